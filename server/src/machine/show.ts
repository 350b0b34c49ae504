import type { BinaryOp } from './effect';
import type { Atom, Value } from './term';

/** The name of an address (`old_tramp`, `entry+4`), or null. */
export type SymbolName = (address: bigint) => string | null;

/** A value for people: `0xffffffff80012000 (old_tramp)`, `ra+8`, `ra & ~1`, `sext32(a0)`. */
export function showValue(value: Value, symbolName?: SymbolName): string {
  if (typeof value === 'bigint') {
    const name = symbolName?.(value) ?? null;
    return name === null ? hex(value) : `${hex(value)} (${name})`;
  }
  return showSum(value, symbolName);
}

function showSum(value: Exclude<Value, bigint>, symbolName: SymbolName | undefined): string {
  const [first] = value.summands;
  const alone = value.constant === 0n && value.summands.length === 1 && first?.coefficient === 1n;
  if (alone) return showAtom(first.atom, false, symbolName);
  let text = '';
  for (const { atom, coefficient } of value.summands) {
    const factor = magnitude(coefficient);
    if (coefficient < 0n) text += '-';
    else if (text !== '') text += '+';
    text += `${factor === 1n ? '' : `${showConstant(factor)}*`}${showAtom(atom, true, symbolName)}`;
  }
  if (value.constant === 0n) return text;
  return `${text}${value.constant < 0n ? '-' : '+'}${showConstant(magnitude(value.constant))}`;
}

/** How each operator is written; those that are missing are written as calls. */
const infix: Partial<Readonly<Record<BinaryOp, string>>> = {
  mul: '*',
  and: '&',
  or: '|',
  xor: '^',
  sll: '<<',
  srl: '>>>',
  sra: '>>',
  eq: '==',
  lt: '<',
};

/** @param nested Whether the atom stands inside a larger expression, so that an infix operator needs brackets. */
function showAtom(atom: Atom, nested: boolean, symbolName: SymbolName | undefined): string {
  if (atom.kind === 'opaque') return atom.name;
  if (atom.kind === 'un') return `${atom.op}(${showValue(atom.a, symbolName)})`;
  const sign = infix[atom.op];
  if (sign === undefined) return `${atom.op}(${showValue(atom.a, symbolName)}, ${showValue(atom.b, symbolName)})`;
  const text = `${showOperand(atom.a, symbolName)} ${sign} ${showOperand(atom.b, symbolName)}`;
  return nested ? `(${text})` : text;
}

function showOperand(value: Value, symbolName: SymbolName | undefined): string {
  if (typeof value === 'bigint') return showMask(value);
  const text = showValue(value, symbolName);
  return text.includes(' ') ? `(${text})` : text;
}

/** `~1` for a mask with all but a few bits set: an XLEN-bit value whose complement is short. */
function showMask(value: bigint): string {
  for (const xlen of [32, 64] as const) {
    const inverse = BigInt.asUintN(xlen, ~value);
    if (value >> BigInt(xlen - 1) === 1n && inverse < 0x1000n) return `~${showConstant(inverse)}`;
  }
  return showConstant(value);
}

const magnitude = (n: bigint): bigint => (n < 0n ? -n : n);
const hex = (n: bigint): string => `0x${n.toString(16)}`;
/** Small distances in decimal, as people write them; others in hexadecimal. */
const showConstant = (n: bigint): string => (n < 4096n ? `${n}` : hex(n));
