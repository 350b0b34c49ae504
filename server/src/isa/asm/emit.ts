import { decode } from '../decode';
import type { Decoded } from '../types';
import { type Directive, directives } from './directives';
import { evaluate, report, type Scope } from './evaluate';
import { floatBits } from './float';
import type { AssembledPiece, Expression, Operand, Span, StatementBody } from './types';

/** The bytes of directives. */

/** A block that would grow beyond this is refused. */
export const MAX_BYTES = 1 << 20;

const NOP = 0x00000013;
const C_NOP = 0x0001;

export type DirectiveBody = StatementBody & { readonly k: 'directive' };

/** `length` bytes of a value, little-endian. */
export function littleEndian(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** `size` bytes of a value, over and over; 0 where the length is no multiple of it. */
function repeated(value: bigint, size: number, length: number): Uint8Array {
  const one = littleEndian(BigInt.asUintN(64, value), size);
  const all = new Uint8Array(length);
  for (let at = length % size; at < length; at += size) all.set(one, at);
  return all;
}

const bytesWords = (count: number): string => `${count} byte${count === 1 ? '' : 's'}`;

/** What a directive makes at an address, of which the layout is told by two questions. */
export interface Place {
  /** Address of the block. */
  readonly base: bigint;
  /** What the directive's expressions may refer to; its address is the directive's. */
  readonly scope: Scope;
  /** Whether an operand is a place (1) or a number (0). */
  readonly degree: (operand: Operand) => number;
}

/** The pieces of a directive that has bytes; none for another. Problems go to the scope. */
export function emit(body: DirectiveBody, text: string, place: Place): AssembledPiece[] {
  const { scope } = place;
  const directive = directives.get(body.name.name);
  const data = (bytes: Uint8Array): AssembledPiece[] =>
    bytes.length === 0 ? [] : [{ address: scope.address, bytes, decoded: null, text }];
  switch (directive?.k) {
    case 'data':
      return data(values(body, directive.size, scope));
    case 'float':
      return data(floats(body, directive.size, scope));
    case 'leb':
      return data(
        concat(
          numbers(body, scope, 1, Number.POSITIVE_INFINITY).map((n) => leb(n ?? 0n, directive.signed, body, scope)),
        ),
      );
    case 'string':
      return data(concat(body.operands.map((operand) => string(operand, directive.zero, scope))));
    case 'space': {
      const [count, value = 0n] = numbers(body, scope, 1, 2);
      const length = counted(count, 1, body, scope);
      return data(repeated(value ?? 0n, 1, length));
    }
    case 'fill':
      return data(fill(body, scope));
    case 'org':
      return data(org(body, place));
    case 'align':
      return align(body, directive, text, scope);
    case 'insn':
      return data(insn(body, scope)).map((piece) => ({ ...piece, decoded: decodedOf(piece.bytes, scope) }));
    default:
      return [];
  }
}

/** So many times so many bytes; 0 with a problem noted where it is too much, or less than nothing. */
function counted(count: bigint | null | undefined, size: number, body: DirectiveBody, scope: Scope): number {
  if (count === undefined || count === null) return 0;
  if (count >= 0n && count * BigInt(size) <= BigInt(MAX_BYTES)) return Number(count) * size;
  report(scope, 'range', `\`${body.name.name}\` ${count}: 0 to ${MAX_BYTES} bytes are possible`, body);
  return 0;
}

/** The values of a directive's operands, null where one is left out; empty with a problem noted where they are too few or many. */
function numbers(body: DirectiveBody, scope: Scope, least: number, most: number): (bigint | null)[] {
  const { operands, name } = body;
  if (operands.length < least || operands.length > most || operands[0]?.k === 'empty') {
    const count = least === most ? `${least}` : Number.isFinite(most) ? `${least} to ${most}` : 'one or more';
    report(scope, 'operand', `\`${name.name}\` takes ${count} operand${most === 1 ? '' : 's'}`, body);
    return [];
  }
  const before = scope.problems.length;
  const all = operands.map((operand): bigint | null => {
    if (operand.k === 'empty') return null;
    if (operand.k === 'expression') return evaluate(operand.value, scope);
    return report(scope, 'operand', 'a number is expected here', operand);
  });
  return scope.problems.length > before ? [] : all;
}

function values(body: DirectiveBody, size: number, scope: Scope): Uint8Array {
  const limit = 1n << BigInt(8 * size);
  return concat(
    body.operands.map((operand, i) => {
      // `.` is where the value stands, not where the directive does.
      const here = { ...scope, address: scope.address + BigInt(i * size) };
      if (operand.k !== 'expression') {
        report(scope, 'operand', 'a number or symbol is expected here', operand);
        return new Uint8Array(size);
      }
      if (size === 16) return littleEndian(octa(operand.value, scope), size);
      const value = evaluate(operand.value, here) ?? 0n;
      // An address of the upper half of a 32-bit space is negative here, and an 8-byte value always fits.
      if (size < 8 && (value >= limit || value < -limit / 2n))
        report(scope, 'range', `${value} does not fit ${bytesWords(size)}`, operand);
      return littleEndian(BigInt.asUintN(64, value), size);
    }),
  );
}

/** The number of an `.octa`: the one place where 64 bits are not enough. */
function octa(expression: Expression, scope: Scope): bigint {
  const negative = expression.k === 'unary' && expression.op === '-';
  const number = negative ? expression.a : expression;
  if (number.k !== 'number') {
    report(scope, 'operand', '`.octa` takes numbers: nothing is computed in 16 bytes', expression);
    return 0n;
  }
  const value = negative ? -number.value : number.value;
  if (value >= 1n << 128n || value < -(1n << 127n))
    report(scope, 'range', 'the number does not fit 16 bytes', expression);
  return BigInt.asUintN(128, value);
}

function floats(body: DirectiveBody, size: 4 | 8, scope: Scope): Uint8Array {
  return concat(
    body.rest.split(',').map((text) => {
      const bits = floatBits(text.replace(/\s+/g, ''), size);
      if (bits === null) report(scope, 'operand', `\`${text.trim()}\` is no number of ${bytesWords(size)}`, body);
      return littleEndian(bits ?? 0n, size);
    }),
  );
}

function leb(value: bigint, signed: boolean, body: DirectiveBody, scope: Scope): Uint8Array {
  if (!signed && value < 0n) report(scope, 'range', `${value} has a sign: \`.sleb128\` is for such`, body);
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    const group = Number(rest & 0x7fn);
    const last = signed ? rest >= -64n && rest < 64n : rest < 128n;
    if (last || bytes.length > 9) return Uint8Array.from([...bytes, group]);
    bytes.push(group | 0x80);
  }
}

function string(operand: Operand, zero: boolean, scope: Scope): Uint8Array {
  if (operand.k !== 'list') {
    report(scope, 'operand', 'a string is expected here', operand);
    return new Uint8Array();
  }
  const bytes = operand.values.map((value) => Number(evaluate(value, scope) ?? 0n));
  return Uint8Array.from(zero ? [...bytes, 0] : bytes);
}

/** Of a value the low four bytes count, and the four above them are 0. */
function fill(body: DirectiveBody, scope: Scope): Uint8Array {
  const [count, size, value] = numbers(body, scope, 1, 3);
  const each = Number(size ?? 1n);
  if (each < 0 || each > 8) {
    report(scope, 'range', `\`.fill\` takes values of 0 to 8 bytes, not ${each}`, body);
    return new Uint8Array();
  }
  const length = counted(count, Math.max(each, 1), body, scope);
  return each === 0 ? new Uint8Array() : repeated(BigInt.asUintN(32, value ?? 0n), each, length);
}

function org(body: DirectiveBody, { base, scope, degree }: Place): Uint8Array {
  const [to, value] = numbers(body, scope, 1, 2);
  const [operand] = body.operands;
  if (to === undefined || to === null || !operand) return new Uint8Array();
  const { xlen } = scope.isa;
  const from = BigInt.asUintN(xlen, scope.address - base);
  const offset = degree(operand) === 0 ? to : BigInt.asIntN(xlen, to - base);
  if (offset < from) {
    report(scope, 'range', `\`.org\` goes back: from offset ${from} to ${offset}`, operand);
    return new Uint8Array();
  }
  return repeated(value ?? 0n, 1, counted(offset - from, 1, body, scope));
}

const HIGHEST_POWER = 12n;

function align(
  body: DirectiveBody,
  { power, size }: Directive & { readonly k: 'align' },
  text: string,
  scope: Scope,
): AssembledPiece[] {
  const [operand, value, most] = numbers(body, scope, 1, 3);
  if (operand === undefined || operand === null) return [];
  const possible = power ? operand >= 0n && operand <= HIGHEST_POWER : operand >= 0n && operand <= 4096n;
  const to = possible ? (power ? 1n << operand : operand || 1n) : 1n;
  if (!possible || (to & (to - 1n)) !== 0n) {
    report(scope, 'range', `\`${body.name.name}\` takes ${power ? '0 to 12' : 'a power of two up to 4096'}`, body);
    return [];
  }
  const gap = Number((to - (scope.address % to)) % to);
  if (gap === 0 || (most !== undefined && most !== null && most !== 0n && BigInt(gap) > most)) return [];
  if (value === undefined || value === null) return nops(gap, body, text, scope);
  if (gap % size !== 0) report(scope, 'range', `a gap of ${bytesWords(gap)} is not filled by values of ${size}`, body);
  return [{ address: scope.address, bytes: repeated(value, size, gap), decoded: null, text }];
}

/** Instructions that fill a gap: nothing for an odd byte, then a `c.nop`, then as many `nop` as it takes. */
function nops(gap: number, body: Span, text: string, scope: Scope): AssembledPiece[] {
  const { isa } = scope;
  const pieces: AssembledPiece[] = [];
  let { address } = scope;
  const push = (bytes: Uint8Array, word: number | null): void => {
    pieces.push({ address, bytes, decoded: word === null ? null : decode(word, isa), text });
    address += BigInt(bytes.length);
  };
  if (gap % 2 === 1) push(new Uint8Array(1), null);
  if (gap % 4 >= 2) {
    if (!isa.extensions.has('zca'))
      report(scope, 'excluded', `${gap} bytes cannot be filled with instructions: \`c.nop\` needs C`, body);
    push(littleEndian(BigInt(C_NOP), 2), C_NOP);
  }
  for (let i = 0; i < Math.floor(gap / 4); i++) push(littleEndian(BigInt(NOP), 4), NOP);
  return pieces;
}

/** Those of 2 and 4 bytes can be instructions that are known. */
function decodedOf(bytes: Uint8Array, scope: Scope): Decoded | null {
  if (bytes.length > 4) return null;
  return decode(
    bytes.reduceRight((word, byte) => ((word << 8) | byte) >>> 0, 0),
    scope.isa,
  );
}

/** By the low bits of the first parcel, as the ISA manual has it ("Expanded Instruction-Length Encoding"); 0: reserved. */
function lengthOf(bits: bigint): number {
  const low = Number(bits & 0xffffn);
  if ((low & 3) !== 3) return 2;
  if ((low & 0x1f) !== 0x1f) return 4;
  if ((low & 0x3f) === 0x1f) return 6;
  return (low & 0x7f) === 0x3f ? 8 : 0;
}

/** `.insn 0x13`, or with the length before it: `.insn 4, 0x13`. */
function insn(body: DirectiveBody, scope: Scope): Uint8Array {
  const all = numbers(body, scope, 1, 2);
  const bits = all.at(-1);
  if (bits === undefined || bits === null) return new Uint8Array();
  const unsigned = BigInt.asUintN(64, bits);
  const length = lengthOf(unsigned);
  const [said] = all.length === 2 ? all : [BigInt(length)];
  if (length === 0 || said !== BigInt(length) || unsigned >= 1n << BigInt(8 * length)) {
    const shown = `0x${unsigned.toString(16)}`;
    const why =
      length === 0 ? 'begins a format that is not defined' : `is no instruction of ${bytesWords(Number(said))}`;
    report(scope, 'range', `${shown} ${why}`, body);
    return new Uint8Array();
  }
  return littleEndian(unsigned, length);
}
