import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from './browser';
import { Editor } from './editor';

let browser: Browser;
let editor: Editor;

beforeAll(async () => {
  browser = await startBrowser();
  editor = await Editor.open(browser, 'ftrace/replay-auipc.cmodx');
});

afterAll(async () => {
  await browser?.close();
});

test('an unsafe trace runs forwards to its violation and back to its start', async () => {
  await editor.goToText('on trap return to entry');
  await editor.press('Control+Shift+k');
  await editor.lens(/^unsafe/).waitFor();
  // Each answer draws the lens anew, and a click that falls between pointer down and up is lost: wait for the last.
  await editor.lens(/expectations met, 1 undecided$/).waitFor();
  await editor.page.waitForTimeout(3000);
  await editor.clickLens(/^Debug$/);

  await editor.stoppedLine.waitFor();
  await expect.poll(() => editor.step()).toMatch(/^Step 0 of \d+/);
  await editor.debug('step-over');
  await expect.poll(() => editor.step()).toMatch(/^Step 1 of/);
  const first = await editor.step();
  await editor.debug('step-over');
  await expect.poll(() => editor.step()).toMatch(/^Step 2 of/);
  await editor.debug('step-back');
  await expect.poll(() => editor.step()).toBe(first);

  await editor.debug('continue');
  await editor.violation.filter({ hasText: 'mixed' }).waitFor();
  await editor.callStack.filter({ hasText: 'patcher' }).first().waitFor();
  await editor.screenshot('debug');

  await editor.debug('reverse-continue');
  await expect.poll(() => editor.step()).toMatch(/^Step 0 of/);
  await editor.debug('stop');
  await editor.stoppedLine.waitFor({ state: 'hidden' });
});
