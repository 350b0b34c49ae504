import type { Xlen } from '../isa/types';
import type { BinaryOp, UnaryOp } from './effect';
import { isTable } from './tables';
import {
  type Atom,
  addScaled,
  bareAtom,
  binaryTerm,
  constantOf,
  type Summand,
  sameValue,
  sum,
  summandsOf,
  type Term,
  unaryTerm,
  type Value,
  valueKey,
} from './term';
import { applyBinary, applyUnary, extensions, isExtension } from './values';

/** One unary operator over integers and terms. */
export function symbolicUnary(op: UnaryOp, a: Value, xlen: Xlen): Value {
  if (typeof a === 'bigint') return applyUnary(op, a, xlen);
  if (op === 'not') return addScaled(-1n, a, -1n, xlen);
  if (isTable(op)) {
    const byte = truncate(a, 8, xlen);
    return typeof byte === 'bigint' ? applyUnary(op, byte, xlen) : unaryTerm(op, byte, TABLE_WIDTH);
  }
  if (!isExtension(op)) return unaryTerm(op, a, isCount(op) ? COUNT_WIDTH : Number.POSITIVE_INFINITY);
  const { bits, signed } = extensions[op];
  return extend(a, bits, signed, op, xlen);
}

/** Bits of a table's entries. */
const TABLE_WIDTH = 32;
/** Bits of a count, which is 64 at most. */
const COUNT_WIDTH = 7;
const isCount = (op: UnaryOp): boolean => op === 'clz' || op === 'ctz' || op === 'cpop';

/** One binary operator over integers and terms. */
export function symbolicBinary(op: BinaryOp, a: Value, b: Value, xlen: Xlen): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return applyBinary(op, a, b, xlen);
  return rules[op](a, b, xlen);
}

/**
 * A value that agrees with `value` in the low `bits` and says nothing else: coefficients shrink, and extensions
 * from at least as many bits fall away, so that `addiw` up and down again meets where it began.
 */
export function truncate(value: Value, bits: number, xlen: Xlen): Value {
  if (typeof value === 'bigint') return BigInt.asUintN(bits, value);
  const mask = (1n << BigInt(bits)) - 1n;
  const summands: Summand[] = [];
  let constant = value.constant;
  for (const { atom, coefficient } of value.summands) {
    const transparent = widened(atom, bits) ?? masked(atom, mask);
    if (transparent !== null) {
      const inner = truncate(transparent, bits, xlen);
      constant += coefficient * constantOf(inner);
      for (const s of summandsOf(inner)) summands.push({ atom: s.atom, coefficient: coefficient * s.coefficient });
    } else summands.push({ atom, coefficient });
  }
  // Merge first: 2^bits copies of an atom must vanish whichever way they come together.
  const merged = sum(summands, constant, xlen);
  const low = summandsOf(merged)
    .map((s) => ({ atom: s.atom, coefficient: BigInt.asIntN(bits, s.coefficient) }))
    .filter((s) => s.coefficient !== 0n);
  if (low.length === 0) return BigInt.asUintN(bits, constantOf(merged));
  return sum(low, BigInt.asIntN(bits, constantOf(merged)), xlen);
}

/** The bits and the sign of an extension, or null for any other atom. */
function extensionOf(atom: Atom): (typeof extensions)[keyof typeof extensions] | null {
  return atom.kind === 'un' && isExtension(atom.op) ? extensions[atom.op] : null;
}

/** The operand of an extension that leaves the low `bits` as they are, or null. */
function widened(atom: Atom, bits: number): Value | null {
  return atom.kind === 'un' && (extensionOf(atom)?.bits ?? 0) >= bits ? atom.a : null;
}

/** The operand of an `and` that leaves the bits of `mask` as they are, or null. */
function masked(atom: Atom, mask: bigint): Value | null {
  return atom.kind === 'bin' && atom.op === 'and' && typeof atom.b === 'bigint' && (atom.b & mask) === mask
    ? atom.a
    : null;
}

function extend(value: Value, bits: number, signed: boolean, op: UnaryOp, xlen: Xlen): Value {
  if (bits >= xlen) return value;
  const low = truncate(value, bits, xlen);
  if (typeof low === 'bigint') return applyUnary(op, low, xlen);
  const atom = bareAtom(low);
  if (atom !== null) {
    if (atom.width <= (signed ? bits - 1 : bits)) return low;
    // An extension that is still here is from fewer bits, or `truncate` had looked through it.
    if (signed && extensionOf(atom) !== null) return low;
  }
  return unaryTerm(op, low, signed ? Number.POSITIVE_INFINITY : bits);
}

type Rule = (a: Value, b: Value, xlen: Xlen) => Value;

const allOnes = (xlen: Xlen): bigint => BigInt.asUintN(xlen, -1n);
/** `1 - x`: the negation of a truth value. */
const negated = (truth: Value, xlen: Xlen): Value => addScaled(1n, truth, -1n, xlen);
const isTruth = (value: Value): boolean => (bareAtom(value)?.width ?? 2) <= 1;

/** Operands of a commutative operator in one order, an integer last. */
function ordered(a: Value, b: Value): readonly [Value, Value] {
  if (typeof a === 'bigint') return [b, a];
  if (typeof b === 'bigint') return [a, b];
  return a.key <= b.key ? [a, b] : [b, a];
}

function commutative(op: BinaryOp, a: Value, b: Value, width = Number.POSITIVE_INFINITY): Term {
  const [x, y] = ordered(a, b);
  return binaryTerm(op, x, y, width);
}

/** `op(op(x, c), d)` with integers c and d, as `op(x, op(c, d))`; null where the shape is another. */
function nested(op: 'and' | 'or' | 'xor', x: Value, d: bigint, xlen: Xlen): Value | null {
  const atom = bareAtom(x);
  if (atom?.kind !== 'bin' || atom.op !== op || typeof atom.b !== 'bigint') return null;
  return symbolicBinary(op, atom.a, applyBinary(op, atom.b, d, xlen), xlen);
}

const masks: readonly { readonly mask: bigint; readonly op: UnaryOp }[] = [
  { mask: 0xffn, op: 'zext8' },
  { mask: 0xffffn, op: 'zext16' },
  { mask: 0xffff_ffffn, op: 'zext32' },
];

const and: Rule = (p, q, xlen) => {
  const [a, b] = ordered(p, q);
  if (sameValue(a, b) || b === allOnes(xlen)) return a;
  if (b === 0n) return 0n;
  if (typeof b !== 'bigint') return commutative('and', a, b);
  const zext = masks.find((m) => m.mask === b);
  if (zext !== undefined) return symbolicUnary(zext.op, a, xlen);
  const width = b.toString(2).length;
  // A mask of low ones keeps a value that is no wider.
  if ((b & (b + 1n)) === 0n && (bareAtom(a)?.width ?? Number.POSITIVE_INFINITY) <= width) return a;
  return nested('and', a, b, xlen) ?? binaryTerm('and', a, b, width);
};

const or: Rule = (p, q, xlen) => {
  const [a, b] = ordered(p, q);
  if (sameValue(a, b) || b === 0n) return a;
  if (b === allOnes(xlen)) return b;
  return (typeof b === 'bigint' && nested('or', a, b, xlen)) || commutative('or', a, b);
};

const xor: Rule = (p, q, xlen) => {
  const [a, b] = ordered(p, q);
  if (sameValue(a, b)) return 0n;
  if (b === 0n) return a;
  if (b === allOnes(xlen)) return symbolicUnary('not', a, xlen);
  if (b === 1n && isTruth(a)) return negated(a, xlen);
  if (typeof b !== 'bigint') return commutative('xor', a, b);
  return nested('xor', a, b, xlen) ?? binaryTerm('xor', a, b, Number.POSITIVE_INFINITY);
};

const mul: Rule = (a, b, xlen) => {
  if (typeof a === 'bigint') return addScaled(0n, b, a, xlen);
  if (typeof b === 'bigint') return addScaled(0n, a, b, xlen);
  return commutative('mul', a, b);
};

/** A product that is 0 where an operand is, and about which nothing else is known. */
const otherProduct =
  (op: 'mulh' | 'mulhu' | 'clmul' | 'clmulh' | 'clmulr'): Rule =>
  (a, b) =>
    a === 0n || b === 0n ? 0n : commutative(op, a, b);

const quotient =
  (op: 'div' | 'divu'): Rule =>
  (a, b, xlen) => {
    if (b === 0n) return allOnes(xlen);
    return b === 1n ? a : binaryTerm(op, a, b, Number.POSITIVE_INFINITY);
  };

const remainder =
  (op: 'rem' | 'remu'): Rule =>
  (a, b) => {
    if (b === 0n) return a;
    return b === 1n ? 0n : binaryTerm(op, a, b, Number.POSITIVE_INFINITY);
  };

/** A shift amount counts modulo XLEN: an integer in [0, XLEN), or a term that says only its low bits. */
const shiftAmount = (b: Value, xlen: Xlen): Value => truncate(b, xlen === 64 ? 6 : 5, xlen);

const sll: Rule = (a, b, xlen) => {
  const amount = shiftAmount(b, xlen);
  if (typeof amount === 'bigint') return addScaled(0n, a, 1n << amount, xlen);
  return a === 0n ? 0n : binaryTerm('sll', a, amount, Number.POSITIVE_INFINITY);
};

const rightShift =
  (op: 'srl' | 'sra'): Rule =>
  (a, b, xlen) => {
    const amount = shiftAmount(b, xlen);
    if (a === 0n || amount === 0n) return a;
    if (typeof amount !== 'bigint') return binaryTerm(op, a, amount, Number.POSITIVE_INFINITY);
    if (typeof a === 'bigint') return applyBinary(op, a, amount, xlen);
    // Left and right again: what `slli; srli` and `slli; srai` spell is an extension.
    const unit = 1n << amount;
    const kept = xlen - Number(amount);
    if ((kept === 8 || kept === 16 || kept === 32) && isMultiple(a, unit)) {
      const summands = a.summands.map((s) => ({ atom: s.atom, coefficient: s.coefficient / unit }));
      return symbolicUnary(`${op === 'sra' ? 'sext' : 'zext'}${kept}`, sum(summands, a.constant / unit, xlen), xlen);
    }
    return binaryTerm(op, a, amount, op === 'srl' ? kept : Number.POSITIVE_INFINITY);
  };

const isMultiple = (term: Term, unit: bigint): boolean =>
  term.constant % unit === 0n && term.summands.every((s) => s.coefficient % unit === 0n);

const eq: Rule = (a, b, xlen) => {
  const difference = addScaled(a, b, -1n, xlen);
  if (typeof difference === 'bigint') return difference === 0n ? 1n : 0n;
  const opposite = addScaled(0n, difference, -1n, xlen);
  const [only, second] = difference.summands;
  if (only !== undefined && second === undefined && only.atom.width <= 1 && abs(only.coefficient) === 1n) {
    // A truth value compared with an integer is itself, its negation, or never equal.
    const expected = only.coefficient === 1n ? -difference.constant : difference.constant;
    const truth = sum([{ atom: only.atom, coefficient: 1n }], 0n, xlen);
    return expected === 1n ? truth : expected === 0n ? negated(truth, xlen) : 0n;
  }
  return binaryTerm('eq', valueKey(opposite) < difference.key ? opposite : difference, 0n, 1);
};

const abs = (n: bigint): bigint => (n < 0n ? -n : n);

const less =
  (op: 'lt' | 'ltu'): Rule =>
  (a, b, xlen) => {
    if (sameValue(a, b)) return 0n;
    if (op === 'ltu') {
      if (b === 0n || a === allOnes(xlen)) return 0n;
      if (a === 0n) return negated(eq(b, 0n, xlen), xlen);
      if (b === 1n) return eq(a, 0n, xlen);
    }
    return binaryTerm(op, a, b, 1);
  };

const extreme =
  (op: 'min' | 'max' | 'minu' | 'maxu'): Rule =>
  (a, b) =>
    sameValue(a, b) ? a : commutative(op, a, b);

/** What each operator does where at least one operand is a term. */
const rules: Readonly<Record<BinaryOp, Rule>> = {
  add: (a, b, xlen) => addScaled(a, b, 1n, xlen),
  sub: (a, b, xlen) => addScaled(a, b, -1n, xlen),
  mul,
  mulh: otherProduct('mulh'),
  mulhu: otherProduct('mulhu'),
  mulhsu: (a, b) => (a === 0n || b === 0n ? 0n : binaryTerm('mulhsu', a, b, Number.POSITIVE_INFINITY)),
  div: quotient('div'),
  divu: quotient('divu'),
  rem: remainder('rem'),
  remu: remainder('remu'),
  and,
  or,
  xor,
  sll,
  srl: rightShift('srl'),
  sra: rightShift('sra'),
  eq,
  ne: (a, b, xlen) => negated(eq(a, b, xlen), xlen),
  lt: less('lt'),
  ltu: less('ltu'),
  ge: (a, b, xlen) => negated(less('lt')(a, b, xlen), xlen),
  geu: (a, b, xlen) => negated(less('ltu')(a, b, xlen), xlen),
  min: extreme('min'),
  max: extreme('max'),
  minu: extreme('minu'),
  maxu: extreme('maxu'),
  clmul: otherProduct('clmul'),
  clmulh: otherProduct('clmulh'),
  clmulr: otherProduct('clmulr'),
};
