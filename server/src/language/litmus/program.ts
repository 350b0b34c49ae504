import type { LitmusContext } from './context';
import type { CellNode, Program, Range, Word } from './syntax';

/** More threads than this are refused: no search would end. */
const MAX_THREADS = 32;
/** As are longer tables and cells: no test needs them, and much would be made of them. */
const MAX_ROWS = 1000;
const MAX_CELL = 1000;

/** What a section behind the table begins with. */
export const conditionWords = ['exists', 'forall', 'filter', 'locations'] as const;

/** What begins the part behind the table, as herd7 looks for it. */
const CONDITION = /(?:(?:~|not\b)\s*exists|exists|forall|final|cases|[oO]bserved|locations|filter)(?![\w.-])|<</y;

/** Parses the table: a row of threads' names, then rows of instructions, `|` between the cells, `;` behind each row. */
export function parseProgram(context: LitmusContext, range: Range): Program {
  const { masked } = context;
  let at = skipSpace(masked, range.start);
  if (masked[at] === ';') at = skipSpace(masked, at + 1);
  const threads: Word[] = [];
  const cells: CellNode[] = [];
  for (let row = 0; at < range.end && !context.full; row++) {
    if (startsCondition(masked, at) || startsAlmost(context, at)) break;
    if (row > MAX_ROWS) {
      context.add('unsupported', { start: at, end: at + 1 }, `more than ${MAX_ROWS} rows are not supported`);
      return { threads, cells, end: range.end };
    }
    const end = rowEnd(masked, at, range.end);
    const parts = cellsOf(masked, at, end);
    if (masked[end] !== ';') {
      const last = parts.findLast(({ start, end: to }) => to > start) ?? { start: at, end: at + 1 };
      context.add('syntax', { start: last.end - 1, end: last.end }, 'a `;` is missing at the end of this row');
    }
    if (row === 0) {
      if (!parseThreads(context, parts, threads)) return { threads: [], cells: [], end: range.end };
    } else takeRow(context, row - 1, parts, threads.length, cells);
    at = skipSpace(masked, masked[end] === ';' ? end + 1 : end);
  }
  if (threads.length === 0 && !context.failed) {
    const start = Math.max(0, range.start - 1);
    context.add('syntax', { start, end: range.start }, 'the program is missing behind this: ` P0 | P1 ;` and its rows');
  }
  return { threads, cells, end: at };
}

function skipSpace(text: string, from: number): number {
  const SPACE = /\s*/y;
  SPACE.lastIndex = from;
  SPACE.test(text);
  return SPACE.lastIndex;
}

function startsCondition(text: string, at: number): boolean {
  CONDITION.lastIndex = at;
  return CONDITION.test(text);
}

/** Does a misspelt word stand here that may begin the condition? No instruction has a bracket behind its first word. */
function startsAlmost(context: LitmusContext, at: number): boolean {
  const WORD = /~?\s*([A-Za-z]{4,10})\s*[([]/y;
  WORD.lastIndex = at;
  const word = WORD.exec(context.masked)?.[1];
  return word !== undefined && context.closest(word, conditionWords) !== null;
}

/** The `;` of a row, or where a line begins the condition, or the end. */
function rowEnd(text: string, from: number, end: number): number {
  const STOP = /;|\n/g;
  STOP.lastIndex = from;
  for (let match = STOP.exec(text); match !== null && match.index < end; match = STOP.exec(text)) {
    if (match[0] === ';') return match.index;
    const next = skipSpace(text, match.index);
    if (startsCondition(text, next)) return next;
    STOP.lastIndex = Math.max(next, match.index + 1);
  }
  return end;
}

/** The cells of a row, trimmed; an empty one is an empty range. */
function cellsOf(text: string, from: number, end: number): Range[] {
  const cells: Range[] = [];
  for (let at = from; at <= end; ) {
    const bar = text.indexOf('|', at);
    const to = bar < 0 || bar > end ? end : bar;
    const cell = text.slice(at, to);
    const start = at + (cell.length - cell.trimStart().length);
    cells.push({ start, end: Math.max(start, at + cell.trimEnd().length) });
    at = to + 1;
  }
  return cells;
}

/** The names of the threads; false where the table cannot be read for want of them. */
function parseThreads(context: LitmusContext, parts: readonly Range[], threads: Word[]): boolean {
  if (parts.length > MAX_THREADS) {
    const place = parts[MAX_THREADS] ?? { start: 0, end: 0 };
    context.add('unsupported', place, `more than ${MAX_THREADS} threads are not supported`);
    return false;
  }
  for (const [column, part] of parts.entries()) {
    const text = context.masked.slice(part.start, part.end);
    const name = `P${column}`;
    if (!/^P[0-9]+$/.test(text)) {
      refuseThread(context, part, text);
      return false;
    }
    if (text !== name) {
      context.add('syntax', part, `the threads are P0, P1 and so on from left to right: this is \`${name}\``, name);
    }
    threads.push({ ...part, text: name });
  }
  return true;
}

function refuseThread(context: LitmusContext, part: Range, text: string): void {
  const place = part.end > part.start ? { start: part.start, end: Math.min(part.end, part.start + 40) } : part;
  if (/^P[0-9]+\s*[({:]/.test(text)) {
    context.add('unsupported', place, 'a thread with parameters, a scope or a body in C is not supported');
    return;
  }
  const lower = /^[pP]?([0-9]{1,3}):?$/.exec(text)?.[1];
  const meant = lower === undefined ? null : `P${lower}`;
  const asked = meant === null ? '' : `; did you mean \`${meant}\`?`;
  context.add('syntax', place, `the first row names the threads: \` P0 | P1 ;\`${asked}`, meant);
}

function takeRow(
  context: LitmusContext,
  row: number,
  parts: readonly Range[],
  columns: number,
  cells: CellNode[],
): void {
  for (const [column, { start, end }] of parts.entries()) {
    if (end === start) continue;
    if (column >= columns) {
      const count = columns === 1 ? 'is 1 thread' : `are ${columns} threads`;
      context.add('syntax', { start, end }, `this cell belongs to no thread: there ${count}`);
      return;
    }
    if (end - start > MAX_CELL) {
      const place = { start, end: start + 1 };
      context.add('unsupported', place, `cells of more than ${MAX_CELL} characters are not supported`);
    } else cells.push({ row, column, start, end });
  }
}
