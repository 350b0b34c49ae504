/** Tokens of a litmus file's initial state and of its condition. The program between them is assembly. */

export type LitmusTokenKind =
  /** `x`, `uint64_t`, `P0`, `exists`. */
  | 'name'
  /** Begins with a digit or with `-` and one: `1`, `-1`, `0xff`. */
  | 'number'
  /** `instr:"nop"` and `label:"P0:L0"`, whole. */
  | 'instruction'
  | 'label'
  /** One of `/\ \/ => == != <> <<`, or one character. */
  | 'sign'
  | 'unknown';

export interface LitmusToken {
  readonly kind: LitmusTokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const rules: readonly (readonly [LitmusTokenKind, RegExp])[] = [
  ['instruction', /instr:[ \t]*"(?:[^"\n]*"|[^";\n]*)/y],
  ['label', /label:[ \t]*"(?:[^"\n]*"|[^";\n]*)/y],
  ['name', /[A-Za-z_.$][\w.$]*/y],
  ['number', /-?[0-9]\w*/y],
  ['sign', /\/\\|\\\/|=>|==|!=|<>|<<|[{}()[\];:,=*&~%+-]/y],
  ['unknown', /[^\s\w.$"{}()[\];:,=*&~%+\-\\/<>!]+|[\s\S]/uy],
];
const SPACE = /\s+/y;

/** The tokens between two offsets. White space is dropped. Never throws; linear. */
export function tokenize(text: string, start: number, end: number): LitmusToken[] {
  const tokens: LitmusToken[] = [];
  for (let at = start; at < end; ) {
    SPACE.lastIndex = at;
    if (SPACE.test(text)) {
      at = SPACE.lastIndex;
      continue;
    }
    for (const [kind, rule] of rules) {
      rule.lastIndex = at;
      if (!rule.test(text)) continue;
      const to = Math.min(rule.lastIndex, end);
      tokens.push({ kind, text: text.slice(at, to), start: at, end: to });
      at = to;
      break;
    }
  }
  return tokens;
}

/** What stands between the quotation marks of `instr:"..."` or `label:"..."`, with its place. */
export function quoted({ text, start, end }: LitmusToken): {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly closed: boolean;
} {
  const open = text.indexOf('"') + 1;
  const closed = text.length > open && text.endsWith('"');
  const to = closed ? end - 1 : end;
  return { text: text.slice(open, to - start), start: start + open, end: to, closed };
}

/** The value of a number, or null where it is none or longer than any that fits 64 bits. */
export function numberOf(text: string): bigint | null {
  const digits = text.replace(/^-/, '');
  if (digits.length > 66 || !/^(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|[0-9]+)$/.test(digits)) return null;
  const value = BigInt(digits);
  return text.startsWith('-') ? -value : value;
}
