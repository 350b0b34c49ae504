/** What the benchmark says: sections of Markdown, the same on the terminal and in docs/performance.md. */

export interface Section {
  readonly title: string;
  /** Paragraphs and tables, in Markdown. */
  readonly blocks: readonly string[];
  /** What the section says in short, for the summary. */
  readonly results: readonly Result[];
}

/** One number that counts. */
export interface Result {
  readonly what: string;
  readonly measured: string;
  /** What it should be, in words; empty where nothing was set. */
  readonly aim: string;
  readonly met: boolean | null;
}

/** A result that should stay below a limit, both in the unit that `format` writes. */
export function below(what: string, value: number, limit: number, format: (value: number) => string): Result {
  return { what, measured: format(value), aim: `under ${format(limit)}`, met: value < limit };
}

/** A result that should reach a value, both in the unit that `format` writes. */
export function above(what: string, value: number, least: number, format: (value: number) => string): Result {
  return { what, measured: format(value), aim: `${format(least)} or more`, met: value >= least };
}

/** A section as Markdown. */
export function sectionText({ title, blocks }: Section): string {
  return [`## ${title}`, ...blocks].join('\n\n');
}

/** The results of all sections as a table. */
export function summaryText(sections: readonly Section[]): string {
  const rows = sections
    .flatMap(({ results }) => results)
    .map(({ what, measured, aim, met }) => [what, measured, aim, met === null ? '' : met ? 'yes' : 'no']);
  return tableText(['', 'measured', 'aim', 'met'], rows);
}

/** A Markdown table with aligned columns: the first to the left, the others, numbers, to the right. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => [...(row[column] ?? '')].length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => pad(cells[column] ?? '', width, column > 0)).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => `${'-'.repeat(width + 1)}${column > 0 ? ':' : '-'}`).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - [...text].length));
  return right ? space + text : text + space;
}

/** `0.4 ms`, `12 ms`, `1.24 s`, `61 s`. */
export function duration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${ms.toFixed(0)} ms`;
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`;
}

/** How many times the one is the other: `0.4x`, `3.1x`, `120x`. */
export function ratio(one: number, other: number): string {
  const times = one / other;
  return `${times.toFixed(times < 10 ? 1 : 0)}x`;
}

/** `1,621,208`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}
