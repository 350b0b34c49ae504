import type { Span } from './types';

export type TokenKind =
  /** Identifier with its primes, `.` (alone) and directives included: `t0`, `JALR'`, `entry.JUMP`, `.word`, `.` */
  'name' | 'number' | 'float' | 'local' | 'string' | 'relocation' | 'punctuation' | 'error';

export interface Token extends Span {
  readonly kind: TokenKind;
  readonly text: string;
  /** Of a number or character; 0 otherwise. */
  readonly value: bigint;
}

export interface Lexed {
  readonly tokens: readonly Token[];
  readonly comment: Span | null;
}

const SPACE = /(?:[ \t\r\f\v\n]+|\/\*[\s\S]*?\*\/)+/y;
const COMMENT = /(?:#|\/\/)[^\n]*/y;
const NAME = /[A-Za-z_.$][A-Za-z0-9_.$]*'*/y;
const LOCAL = /(\d+)([fb])(?![A-Za-z0-9_.$])/y;
const NUMBER = /0[xX][0-9a-fA-F]+|0[bB][01]+|\d+/y;
/** Decimal with a point or an exponent, or C's hexadecimal notation with a binary exponent. */
const FLOAT =
  /(?:0[xX][0-9a-fA-F]+(?:\.[0-9a-fA-F]*)?[pP][-+]?\d+|\d+\.\d*(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+)(?![A-Za-z0-9_.$])/y;
const CHARACTER = /'(?:\\(?:[0-7]{1,3}|x[0-9a-fA-F]{1,2}|[^\n])|[^\\\n'])'?/y;
const STRING = /"(?:\\[^\n]|[^"\\\n])*"?/y;
const RELOCATION = /%[A-Za-z_]\w*/y;
const CALLED_RELOCATION = /%[A-Za-z_]\w*(?=\s*\()/y;
const PUNCTUATION = /<<|>>|<>|[<>=!]=|&&|\|\||[-+*/%&|^~(),:!=<>{}]/y;
/** What compilers write behind the name of a function that may lie in another object; it changes no bytes. */
const PLT = /@(?:plt|PLT)(?![A-Za-z0-9_.$])/y;

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, b: 8, f: 12, '\\': 92, "'": 39, '"': 34 };

function characterValue(text: string): bigint {
  const body = text.slice(1).replace(/(.)'$/s, '$1');
  if (!body.startsWith('\\')) return BigInt(body.codePointAt(0) ?? 0);
  const rest = body.slice(1);
  if (/^[0-7]/.test(rest)) return BigInt(Number.parseInt(rest, 8) & 0xff);
  if (/^x[0-9a-f]/i.test(rest)) return BigInt(Number.parseInt(rest.slice(1), 16));
  return BigInt(ESCAPES[rest] ?? rest.codePointAt(0) ?? 0);
}

/** The bytes of a string token, its quotes included; UTF-8, escapes as in C. */
export function stringBytes(text: string): Uint8Array {
  const body = text.slice(1).replace(/"$/, '');
  const pieces = body.match(/\\(?:[0-7]{1,3}|x[0-9a-fA-F]+|[\s\S])|[^\\]+|\\/g) ?? [];
  const bytes = pieces.map((piece) =>
    piece.startsWith('\\') && piece.length > 1
      ? [Number(BigInt.asUintN(8, characterValue(`'${lastHexDigits(piece)}`)))]
      : [...new TextEncoder().encode(piece)],
  );
  return Uint8Array.from(bytes.flat());
}

/** Of more hexadecimal digits than a byte has the last two count. */
const lastHexDigits = (piece: string): string => piece.replace(/^(\\x)[0-9a-fA-F]*([0-9a-fA-F]{2})$/, '$1$2');

/** Decimal, `0x`, `0b`, and octal with a leading 0. Undefined for `089`. */
function numberValue(text: string): bigint | undefined {
  if (/^0\d/.test(text)) return /^[0-7]+$/.test(text) ? BigInt(`0o${text.slice(1)}`) : undefined;
  return BigInt(text.toLowerCase());
}

/** GNU as knows `1$:`, LLVM does not: a label that counts up to the next named one. */
export const isDollarLabel = ({ kind, text }: Token): boolean => kind === 'error' && /^\d+\$$/.test(text);
export const NO_DOLLAR = 'labels such as `1$` are refused: write `1:`, and `1b` or `1f` for it';

/**
 * The tokens of `text` between two offsets. White space and block comments are dropped; a line comment ends the statement.
 * Never fails: what is no token is an `error` token of one character.
 */
export function lex(text: string, start: number, end: number): Lexed {
  const tokens: Token[] = [];
  let at = start;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    return found && at + found[0].length <= end ? found : null;
  };
  const push = (kind: TokenKind, length: number, value = 0n): void => {
    tokens.push({ kind, text: text.slice(at, at + length), value, start: at, end: at + length });
    at += length;
  };
  while (at < end) {
    const space = match(SPACE);
    if (space) {
      at += space[0].length;
      continue;
    }
    const comment = match(COMMENT);
    if (comment) return { tokens, comment: { start: at, end: at + comment[0].trimEnd().length } };
    const local = match(LOCAL);
    // `0b` with binary digits after it is a number, and `0b` alone the label 0 before here.
    if (local) {
      push('local', local[0].length);
      continue;
    }
    const float = match(FLOAT);
    if (float) {
      push('float', float[0].length);
      continue;
    }
    const number = match(NUMBER);
    if (number) {
      const value = numberValue(number[0]);
      const tail = /^[A-Za-z0-9_.$]+/.exec(text.slice(at + number[0].length, end))?.[0] ?? '';
      push(value === undefined || tail !== '' ? 'error' : 'number', number[0].length + tail.length, value);
      continue;
    }
    const name = match(NAME);
    if (name) {
      push('name', name[0].length);
      at += match(PLT)?.[0].length ?? 0;
      continue;
    }
    const character = match(CHARACTER);
    if (character) {
      push('number', character[0].length, characterValue(character[0]));
      continue;
    }
    const string = match(STRING);
    if (string) {
      push('string', string[0].length);
      continue;
    }
    // After a value `%` is the remainder; before a name it begins a relocation. After a mnemonic only a `(` tells: `jr %lo(f)(t0)`.
    const last = tokens.at(-1);
    const afterValue = last !== undefined && (['name', 'number', 'local'].includes(last.kind) || last.text === ')');
    const relocation = match(afterValue ? CALLED_RELOCATION : RELOCATION);
    if (relocation) {
      push('relocation', relocation[0].length);
      continue;
    }
    const punctuation = match(PUNCTUATION);
    push(punctuation ? 'punctuation' : 'error', punctuation ? punctuation[0].length : 1);
  }
  return { tokens, comment: null };
}
