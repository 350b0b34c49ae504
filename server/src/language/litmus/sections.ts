import type { LitmusContext } from './context';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The parts of a litmus file. */
export interface Sections {
  /** `RISCV`, and the test's name. */
  readonly architecture: Range;
  readonly name: Range;
  /** Between the braces. */
  readonly state: Range;
  /** From behind the braces to where the condition may begin, which only the rows of the table tell. */
  readonly rest: Range;
}

/** The architectures of herd7, but for the one that is read here. */
const OTHERS = 'AArch64 ARM ASL BPF C CPP GPU_PTX JAVA LISA Bell MIPS OpenCL PPC X86 X86_64';
const ARCHITECTURE = 'RISCV';

/**
 * The text with its comments (`(* ... *)`, which nest) as spaces. In the lines before the initial state a comment that
 * is still open where a line begins with `{` is none: herd7 reads those lines as plain text.
 */
export function maskComments(text: string): {
  readonly masked: string;
  /** Comments without an end: where each begins, and whether herd7 reads it as plain text. */
  readonly unclosed: readonly { readonly start: number; readonly plain: boolean }[];
} {
  const unclosed: { start: number; plain: boolean }[] = [];
  const comments: Range[] = [];
  let open: number[] = [];
  let seenState = false;
  const headEnd = /\n|$/.exec(text)?.index ?? 0;
  for (const { 0: sign, index } of text.matchAll(/\(\*|\*\)|^[ \t]*\{|\{/gm)) {
    if (sign === '(*') open.push(index);
    else if (sign === '*)') {
      const start = open.pop();
      if (start === undefined) continue;
      while ((comments.at(-1)?.start ?? -1) > start) comments.pop();
      comments.push({ start, end: index + 2 });
    } else if (!seenState && (sign !== '{' || isLineStart(text, index) || (index < headEnd && open.length === 0))) {
      seenState = true;
      unclosed.push(...open.map((start) => ({ start, plain: true })));
      open = [];
    }
  }
  const [first] = open;
  if (first !== undefined) {
    unclosed.push({ start: first, plain: !seenState });
    while (seenState && (comments.at(-1)?.start ?? -1) > first) comments.pop();
    if (seenState) comments.push({ start: first, end: text.length });
  }
  return { masked: blankOut(text, comments), unclosed };
}

const isLineStart = (text: string, at: number): boolean => at === 0 || text[at - 1] === '\n';

/** The text with spaces in these places, which come in order. */
function blankOut(text: string, places: readonly Range[]): string {
  const parts: string[] = [];
  let kept = 0;
  for (const { start, end } of places) {
    parts.push(text.slice(kept, start), text.slice(start, end).replace(/[^\n]/g, ' '));
    kept = end;
  }
  return parts.join('') + text.slice(kept);
}

/** Takes the file apart; null with a message where that is not possible. */
export function split(context: LitmusContext): Sections | null {
  const head = header(context);
  if (head === null) return null;
  const open = stateStart(context, head.end);
  if (open === null) {
    const place = { start: head.name.start, end: head.name.end };
    context.add('syntax', place, 'the initial state `{ ... }` is missing behind this line');
    return null;
  }
  const { end, next } = stateEnd(context, open);
  return {
    architecture: head.architecture,
    name: head.name,
    state: { start: open + 1, end },
    rest: { start: next, end: context.masked.length },
  };
}

function header(context: LitmusContext): { architecture: Range; name: Range; end: number } | null {
  const { masked } = context;
  const start = /^[\s\ufeff]*/.exec(masked)?.[0].length ?? 0;
  const FIRST = /([^\s{}]+)(?:[ \t]+([^\s{}";]+))?/y;
  FIRST.lastIndex = start;
  const match = FIRST.exec(masked);
  if (match === null) {
    const end = Math.min(start + 1, masked.length);
    context.add('syntax', { start, end }, 'a litmus test begins with `RISCV NAME`');
    return null;
  }
  const [, word = '', name] = match;
  const architecture = { start, end: start + word.length };
  if (word !== ARCHITECTURE) {
    refuseArchitecture(context, architecture, word);
    return null;
  }
  if (name === undefined) {
    context.add('syntax', architecture, 'a name is missing behind `RISCV`');
    return null;
  }
  const end = FIRST.lastIndex;
  return { architecture, name: { start: end - name.length, end }, end };
}

function refuseArchitecture(context: LitmusContext, place: Range, word: string): void {
  const shown = word.length > 40 ? `${word.slice(0, 40)}...` : word;
  const other = OTHERS.split(' ').find((known) => known.toLowerCase() === word.toLowerCase());
  const same = /^risc-?v(?:32|64)?$/i.test(word) || /^rv(?:32|64)/i.test(word);
  const near = same || context.closest(word, [ARCHITECTURE]) ? ARCHITECTURE : null;
  if (other === undefined && near === null) {
    context.add('syntax', place, `a litmus test begins with \`RISCV NAME\`, not with \`${shown}\``);
    return;
  }
  const asked = near === null ? '' : `; did you mean \`${near}\`?`;
  context.add('unsupported', place, `\`${shown}\` tests are not supported: only \`RISCV\` is${asked}`, near);
}

/** The `{` of the initial state, beyond a quoted description, `Key=value` lines and plain text. */
function stateStart({ masked }: LitmusContext, from: number): number | null {
  const DOC = /[ \t]*(?:\([\w/.-]*\)[ \t]*)?\r?\n?[ \t]*"[^"]*"/y;
  DOC.lastIndex = from;
  let at = DOC.test(masked) ? DOC.lastIndex : from;
  const KEY = /[ \t]*[A-Za-z][\w/.-]*[ \t]*=[^\n]*/y;
  while (at < masked.length) {
    KEY.lastIndex = at;
    if (KEY.test(masked)) at = KEY.lastIndex;
    const LINE = /[^\n{]*/y;
    LINE.lastIndex = at;
    LINE.test(masked);
    at = LINE.lastIndex;
    if (masked[at] === '{') return at;
    at++;
  }
  return null;
}

/** The `}` of the initial state: `{` behind `=` opens an array's values. Without it the state ends before the table. */
function stateEnd(context: LitmusContext, open: number): { end: number; next: number } {
  const { masked } = context;
  const TABLE = /^[ \t]*P[0-9]+[ \t]*[|;]/gm;
  TABLE.lastIndex = open;
  const table = TABLE.exec(masked)?.index ?? masked.length;
  const SIGN = /[{}]/g;
  SIGN.lastIndex = open + 1;
  let depth = 0;
  for (let match = SIGN.exec(masked); match !== null && match.index < table; match = SIGN.exec(masked)) {
    if (match[0] === '{') depth++;
    else if (depth === 0) return { end: match.index, next: match.index + 1 };
    else depth--;
  }
  context.add('syntax', { start: open, end: open + 1 }, 'this `{` has no `}`');
  return { end: table, next: table };
}
