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

/** An untitled file in a language, with the text of an example pasted in. */
async function pasted(language: string, example: string): Promise<Editor> {
  const editor = await Editor.at(context, host.address);
  await editor.command('File: New Untitled Text File');
  await editor.lines.first().waitFor();
  await editor.command('Change Language Mode');
  await editor.page.locator('.quick-input-widget input.input').fill(language);
  await editor.press('Enter');
  await editor.paste(await readFile(`${inject('host').examples}/${example}`, 'utf8'));
  return editor;
}

test('in a web editor, with no process of its own, a pasted protocol gets its verdict', async () => {
  const editor = await pasted('CMODX', 'ftrace/replay-auipc.cmodx');
  await editor.lens(/safe: any harts/).waitFor({ timeout: 60_000 });
  expect(await editor.statusItem.textContent()).toContain('as expected');
  await editor.screenshot('web');
  await editor.close();
});

test('there, too, a litmus test is run', async () => {
  const editor = await pasted('Litmus test', 'litmus/store-buffering.litmus');
  await editor.lens(/^Sometimes: 1 of 4 final states$/).waitFor({ timeout: 60_000 });
  await editor.statusItem.filter({ hasText: 'Sometimes: 1 of 4 final states' }).waitFor();
  await editor.close();
});

const disassembly = `
ffffffff80a00000 <vfs_read>:
ffffffff80a00000:\t0001                \tnop
ffffffff80a00002:\t0001                \tnop
ffffffff80a00004:\t0001                \tnop
ffffffff80a00006:\t0001                \tnop
ffffffff80a00008:\t8082                \tret
`;

test('there, too, code from the clipboard becomes a protocol with a verdict', async () => {
  const editor = await Editor.at(context, host.address);
  await editor.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(disassembly)})`);
  await editor.command('CMODX: New Protocol from ELF or objdump...');
  for (const label of ['The Clipboard', 'ftrace-6.16', 'vfs_read']) await editor.choose(label);
  await editor.lines.filter({ hasText: 'site vfs_read at' }).first().waitFor();
  await editor.lens(/safe: any harts/).waitFor({ timeout: 60_000 });
  await editor.close();
});
