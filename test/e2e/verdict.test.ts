import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startBrowser } from './browser';
import { Editor } from './editor';

const mail = 'ftrace/replay-auipc.cmodx';
const safe = /^safe: any harts, any passes, [\d,]+ states$/;
const unsafe = /^unsafe: JALR' with AUIPC's t0, \d+ steps$/;

let browser: Browser;
let editor: Editor;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  editor = await Editor.open(browser, mail);
  await editor.lens(safe).waitFor();
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await editor?.screenshot(`failed: ${task.name}`);
  await editor?.close();
});

test("the mail's protocol is safe, and every expectation of its variants is met", async () => {
  await editor.lens(/^(\d+) of \1 expectations met$/).waitFor();
  await editor.statusItem.filter({ hasText: /\d+ of \d+ as expected/ }).waitFor();
  expect(await editor.squiggles.count()).toBe(0);
  await editor.screenshot('safe');
});

test('deleting a line makes it unsafe at once, and undoing makes it safe again', async () => {
  await editor.goToText('on trap return to entry');
  await editor.press('Control+Shift+k');
  await editor.lens(unsafe).waitFor();
  await editor.squiggles.first().waitFor();
  await editor.command('Problems: Focus on Problems View');
  await editor.problems.filter({ hasText: 'JALR' }).first().waitFor();
  await editor.goToText('protocol replay_auipc');
  await editor.screenshot('unsafe');
  await editor.press('Control+z');
  await editor.lens(safe).waitFor();
});

test('a text with an error has no verdict, least of all the old one', async () => {
  await editor.goToText('step activate', { end: true });
  await editor.press('Enter');
  await editor.type('bogus');
  await editor.lens(/^invalid: /).waitFor();
  expect(await editor.lens(/^safe/).count()).toBe(0);
});

test('hover tells the bits of an instruction, and what a write changes', async () => {
  const card = await editor.hoverText('jalr  t0, %pcrel_lo(AUIPC)', 'jalr');
  await card.filter({ hasText: /0x[0-9a-f]{8}/ }).waitFor();
  await editor.screenshot('hover');
  await editor.press('Escape');
  const write = await editor.hoverText("write JALR'", "JALR'");
  await write.filter({ hasText: /bits?/ }).waitFor();
});

test('completion offers what may stand there', async () => {
  await editor.goToText('step redirect', { end: true });
  await editor.press('Enter');
  await editor.type('step again { fen');
  // Asked for by key: whether VS Code shows the list by itself hangs on how fast one types.
  await editor.press('Control+Space');
  await editor.suggestions.filter({ hasText: 'fence.i' }).first().waitFor();
  await editor.screenshot('completion');
});

test('the lens opens the trace, whose steps lead to their lines', async () => {
  await editor.goToText('on trap return to entry');
  await editor.press('Control+Shift+k');
  await editor.clickLens(unsafe);
  const steps = editor.tracePanel.locator('table.trace tbody tr');
  await steps.first().waitFor();
  expect(await steps.count()).toBeGreaterThan(4);
  await editor.tracePanel.locator('h2 code').filter({ hasText: 'mixed' }).first().waitFor();
  await editor.screenshot('trace');
  await steps.last().locator('a').click();
  await editor.page
    .locator('.statusbar-item')
    .filter({ hasText: /selected/ })
    .waitFor();
});

test('a protocol is varied beside its text; a row leads to its trace, and becomes an expectation', async () => {
  await editor.goToText('protocol replay_auipc');
  await editor.command('CMODX: Vary Protocol');
  const panel = editor.tracePanel;
  await panel.locator('tr').nth(50).waitFor();
  const top = panel.locator('h1');
  await panel.locator('tr').nth(30).scrollIntoViewIfNeeded();
  const seen = await top.boundingBox();
  await panel.getByText(/^51 variations: 37 load-bearing, 14 change nothing$/).waitFor();
  // The page is made anew as rows come in, and stays where it was read.
  expect(seen?.y).toBeLessThan(0);
  expect(await top.boundingBox()).toEqual(seen);
  await editor.screenshot('varied');
  const row = panel.locator('tr', { hasText: 'retarget.write by half' });
  await row.getByText('add as expect').click();
  await panel.locator('tr', { hasText: 'retarget.write by half' }).getByText('expected in the text').waitFor();
  await editor.lens(/^(\d+) of \1 expectations met$/).waitFor();
  await panel
    .locator('tr', { hasText: 'swap redirect retarget' })
    .getByText(/^unsafe mixed/)
    .click();
  await editor.page.getByRole('tab', { name: /^replay_auipc when swap redirect retarget/ }).waitFor();
});
