import { cp, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { expect, inject } from 'vitest';
import { root } from '../../scripts/lib/run.mjs';

/** Where screenshots go: a scratch directory, or docs/images when they are to be renewed (`npm run screenshots`). */
const screenshots = process.env.CMODX_SCREENSHOTS ?? `${root}.cache/e2e/screenshots`;

/** VS Code in a browser, as a user sees it: what the tests do and look at, by the words of its surfaces. */
export class Editor {
  private constructor(
    readonly page: Page,
    /** The file's text on disk. */
    private readonly text: string,
  ) {}

  /** Opens a copy of the examples with one file, by its path among them. */
  static async open(browser: Browser, file: string): Promise<Editor> {
    const { port, examples } = inject('host');
    // A copy for each window: VS Code brings unsaved edits of a folder back when it is opened again.
    const workspace = join(await mkdtemp(join(tmpdir(), 'cmodx-e2e-')), 'examples');
    await cp(examples, workspace, { recursive: true });
    const payload = JSON.stringify([['openFile', `vscode-remote://127.0.0.1:${port}${workspace}/${file}`]]);
    const query = new URLSearchParams({ folder: workspace, payload });
    const text = await readFile(`${workspace}/${file}`, 'utf8');
    const editor = await Editor.at(browser, `http://127.0.0.1:${port}/?${query}`, text);
    await editor.lines.first().waitFor();
    return editor;
  }

  /** Opens an address that shows VS Code. */
  static async at(browser: Browser | BrowserContext, address: string, text = ''): Promise<Editor> {
    const page = await browser.newPage();
    await page.setViewportSize({ width: 1440, height: 900 });
    page.setDefaultTimeout(40_000);
    await page.goto(address);
    await page.locator('.monaco-workbench').waitFor();
    return new Editor(page, text);
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  get lines(): Locator {
    return this.page.locator('.editor-instance .view-line');
  }

  get lenses(): Locator {
    return this.page.locator('.codelens-decoration a, .codelens-decoration > span');
  }

  get squiggles(): Locator {
    return this.page.locator('.squiggly-error');
  }

  get hoverCard(): Locator {
    return this.page.locator('.monaco-hover:visible').first();
  }

  get suggestions(): Locator {
    return this.page.locator('.suggest-widget.visible .monaco-list-row');
  }

  get statusItem(): Locator {
    return this.page.locator('.statusbar-item[id="cmodx.cmodx.cmodx.status"], .statusbar-item[id*="cmodx.status"]');
  }

  /** Rows of the Problems panel. */
  get problems(): Locator {
    return this.page.locator('.markers-panel .monaco-list-row');
  }

  /** The lens with these words. */
  lens(text: string | RegExp): Locator {
    return this.lenses.filter({ hasText: text }).first();
  }

  /**
   * Clicks the lens with these words, once it is a link: while other extensions start, VS Code shows the lenses that it
   * remembers, as plain text.
   */
  async clickLens(text: string | RegExp): Promise<void> {
    await this.page.locator('.codelens-decoration a').filter({ hasText: text }).first().click();
  }

  /** Contents of the trace panel. */
  get tracePanel(): ReturnType<Page['frameLocator']> {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  /** Runs a command by its title in the palette. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await input.fill(`>${title}`);
    // The row itself and not Enter: the best match may be another command with more words.
    await this.page.locator(`.quick-input-list .monaco-list-row[aria-label^="${title}"]`).first().click();
    // The palette closes, or asks on.
    await expect.poll(async () => (await input.isVisible()) && (await input.inputValue()).startsWith('>')).toBe(false);
  }

  /** Chooses an entry of the list that asks, by how it begins. */
  async choose(label: string): Promise<void> {
    await this.page.locator(`.quick-input-list .monaco-list-row[aria-label^="${label}"]`).first().click();
  }

  /**
   * Puts the cursor on the first line of the file on disk that holds these words: at `within` them, or at the line's
   * end.
   */
  async goToText(text: string, { within = text, end = false } = {}): Promise<void> {
    const lines = this.text.split('\n');
    const line = lines.findIndex((candidate) => candidate.includes(text));
    if (line < 0) throw new Error(`the file has no line with ${text}`);
    const start = lines[line]?.indexOf(text) ?? 0;
    await this.press('Control+1', 'Control+g');
    const input = this.page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await input.fill(`:${line + 1}:${start + text.indexOf(within) + 1}`);
    await this.press('Enter');
    await input.waitFor({ state: 'hidden' });
    if (end) await this.press('End');
  }

  /** Shows the hover card of the words `within`, on the first line that holds `text`. */
  async hoverText(text: string, within: string): Promise<Locator> {
    await this.goToText(text, { within });
    await this.press('Control+k', 'Control+i');
    await this.hoverCard.waitFor();
    return this.hoverCard;
  }

  /** Types at the cursor. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text, { delay: 5 });
  }

  /** Puts a whole text in at the cursor, as one edit: typing it would auto-close brackets and ask for suggestions. */
  async paste(text: string): Promise<void> {
    await this.press('Control+1');
    await this.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await this.page.keyboard.press('Control+v');
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** The line where the debugger has stopped. */
  get stoppedLine(): Locator {
    return this.page.locator('.debug-top-stack-frame-line').first();
  }

  /** The box at the line where a trace ends in its violation. */
  get violation(): Locator {
    return this.page.locator('.exception-widget');
  }

  /** Rows of the call stack: harts and where each is. */
  get callStack(): Locator {
    return this.page.locator('.debug-call-stack .monaco-list-row');
  }

  /** Where the debugger stands, `Step 3 of 9`, and the call frame that goes with it. */
  async step(): Promise<string> {
    const [row = ''] = await this.callStack.filter({ hasText: /Step \d+ of \d+/ }).allTextContents();
    const [frame = ''] = await this.page.locator('.debug-call-stack .stack-frame').allTextContents();
    return `${/Step \d+ of \d+/.exec(row)?.[0] ?? 'nowhere'}: ${frame}`;
  }

  /** Presses a button of the debug toolbar by its icon: `step-over`, `step-back`, `continue`, `reverse-continue`. */
  async debug(icon: string): Promise<void> {
    await this.page.locator(`.codicon-debug-${icon}:visible`).first().click();
  }

  async screenshot(name: string): Promise<void> {
    await mkdir(screenshots, { recursive: true });
    await this.page.screenshot({ path: `${screenshots}/${name}.png` });
  }
}
