import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startBrowser } from './browser';
import { Editor } from './editor';
import { startWebHost } from './web-host';

let browser: Browser;
let context: BrowserContext;
let host: Awaited<ReturnType<typeof startWebHost>>;

beforeAll(async () => {
  [browser, host] = await Promise.all([startBrowser(), startWebHost()]);
  context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
});

afterAll(async () => {
  await browser?.close();
  await host?.stop();
});

test('in a web editor, with no process of its own, a pasted protocol gets its verdict', async () => {
  const editor = await Editor.at(context, host.address);
  await editor.command('File: New Untitled Text File');
  await editor.lines.first().waitFor();
  await editor.command('Change Language Mode');
  const picker = editor.page.locator('.quick-input-widget input.input');
  await picker.fill('CMODX');
  await editor.press('Enter');
  const text = await readFile(`${inject('host').examples}/ftrace/replay-auipc.cmodx`, 'utf8');
  await editor.paste(text);
  await editor.lens(/safe: any harts/).waitFor({ timeout: 60_000 });
  expect(await editor.statusItem.textContent()).toContain('as expected');
  await editor.screenshot('web');
});
