import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startBrowser } from './browser';
import { Editor } from './editor';

let browser: Browser;
let editor: Editor;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor?.screenshot(`failed: ${task.name}`);
  await editor?.close();
});

test('a litmus test shows what is observed, all final states, and a witness to step through', async () => {
  editor = await Editor.open(browser, 'litmus/message-passing.litmus');
  await editor.page
    .locator('.statusbar-item[id="status.editor.mode"]')
    .filter({ hasText: /litmus/i })
    .waitFor();
  await editor.lens(/^Sometimes: 1 of 4 final states$/).waitFor();
  await editor.lens(/^rvwmo$/).waitFor();
  await editor.statusItem.filter({ hasText: 'Sometimes: 1 of 4 final states' }).waitFor();
  expect(await editor.squiggles.count()).toBe(0);

  await editor.clickLens(/^Final states$/);
  const states = editor.tracePanel.locator('table.states tbody tr');
  await states.nth(3).waitFor();
  expect(await states.count()).toBe(4);
  await states.filter({ hasText: 'satisfied' }).locator('a').click();
  await editor.tracePanel.locator('table.trace tbody tr').first().waitFor();
  await editor.screenshot('litmus');
  await editor.tracePanel.locator('a.debug').click();

  await editor.stoppedLine.waitFor();
  await expect.poll(() => editor.step()).toMatch(/^Step 0 of \d+/);
  await editor.debug('step-over');
  await expect.poll(() => editor.step()).toMatch(/^Step 1 of/);
  const first = await editor.step();
  await editor.debug('step-over');
  await expect.poll(() => editor.step()).toMatch(/^Step 2 of/);
  await editor.debug('step-back');
  await expect.poll(() => editor.step()).toBe(first);
  await editor.callStack.filter({ hasText: 'P1' }).first().waitFor();
  await editor.debug('continue');
  await editor.callStack.filter({ hasText: 'Final state: 1:x5=1; 1:x7=0;' }).first().waitFor();
  await editor.debug('stop');
  await editor.stoppedLine.waitFor({ state: 'hidden' });
});

test('a claim holds until the fence that it needs is gone', async () => {
  editor = await Editor.open(browser, 'litmus/message-passing-fenced.litmus');
  await editor.lens(/^Never: 0 of 3 final states$/).waitFor();
  await editor.goToText('fence w,w');
  await editor.press('Control+Shift+k');
  await editor.lens(/^Sometimes: 1 of 4 final states$/).waitFor();
  await editor.page.locator('.squiggly-warning').first().waitFor();
  await editor.command('Problems: Focus on Problems View');
  await editor.problems.filter({ hasText: 'does not hold' }).first().waitFor();
  await editor.press('Control+1', 'Control+z');
  await editor.lens(/^Never: 0 of 3 final states$/).waitFor();
});

test('the model is one click away', async () => {
  editor = await Editor.open(browser, 'litmus/new-then-old.litmus');
  await editor.lens(/^Never: 0 of 3 final states$/).waitFor();
  await editor.clickLens(/^rvwmo, fetch isa\+decode-w$/);
  const choose = async (name: string): Promise<void> => {
    const row = editor.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first();
    await editor.page.locator('.quick-input-widget input.input').fill(name);
    await row.click();
  };
  await choose('rvwmo');
  await editor.page.locator('.quick-input-widget input.input[placeholder*="fetch"]').waitFor();
  await choose('letter');
  await editor.lens(/^rvwmo, fetch letter$/).waitFor();
  await editor.lens(/^Sometimes: 1 of 4 final states$/).waitFor();
});
