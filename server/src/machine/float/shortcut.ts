/**
 * The common cases on the machine's own doubles, which round to nearest, ties to even: taken only where result and flags
 * are provably those of the exact arithmetic. Overflow, underflow, NaNs and infinities are left to that. Source of the
 * error-free transformations: Dekker 1971, Knuth; of the fused multiply-add: Boldo and Melquiond 2008, "Emulation of FMA and
 * correctly rounded sums: proved algorithms using rounding to odd".
 */
import type { FloatArithmetic, FloatOperation } from '../effect';
import type { IntegerSide } from './execute';
import { flags, type RoundingMode } from './round';
import type { FloatState } from './state';

type Operation<K extends FloatOperation['k']> = Extract<FloatOperation, { readonly k: K }>;

/** Carries an operation out if it is one of the common cases; otherwise nothing is done, and the answer is false. */
export function shortcut(operation: FloatOperation, state: FloatState, mode: RoundingMode, to: IntegerSide): boolean {
  switch (operation.k) {
    case 'arithmetic':
      if (mode !== 'rne') return false;
      if (operation.format === 'd') return inDouble(operation, state);
      return operation.format === 's' && inSingle(operation, state);
    case 'compare':
      return compared(operation, state, to);
    case 'sign':
      return injected(operation, state);
    case 'convert':
      return converted(operation, state, mode);
    case 'to-integer':
      return truncated(operation, state, mode, to);
    case 'from-integer':
      return fromInteger(operation, state, mode, to);
    default:
      return false;
  }
}

/** A factor whose products and quotients, and their errors, are all normal numbers. */
const isFactor = (a: number): boolean => Math.abs(a) > 2 ** -450 && Math.abs(a) < 2 ** 450;
/** A summand whose sums do not overflow. */
const isSummand = (a: number): boolean => Math.abs(a) < 2 ** 1000;
/** A result in double precision that single precision has in its normal range, however it is rounded. */
const isSingle = (a: number): boolean => Math.abs(a) > 2 ** -125 && Math.abs(a) < 2 ** 127;

/** `a + b` less what it is rounded to. */
function sumError(a: number, b: number, sum: number): number {
  const part = sum - a;
  return a - (sum - part) + (b - part);
}

/** `a * b` less what it is rounded to, for factors. */
function productError(a: number, b: number, product: number): number {
  const [aHigh, bHigh] = [upperHalf(a), upperHalf(b)];
  const [aLow, bLow] = [a - aHigh, b - bHigh];
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** The upper 26 bits of a significand. */
function upperHalf(a: number): number {
  const scaled = a * (2 ** 27 + 1);
  return scaled - (scaled - a);
}

const scratch = new Float64Array(1);
const scratchBits = new BigInt64Array(scratch.buffer);

/** A sum that has been rounded to nearest as it is rounded to odd: no later rounding can be misled by it. */
function roundedToOdd(sum: number, error: number): number {
  if (error === 0) return sum;
  scratch[0] = sum;
  const bits = scratchBits[0] ?? 0n;
  if ((bits & 1n) === 1n) return sum;
  scratchBits[0] = bits + (error > 0 === sum > 0 ? 1n : -1n);
  return scratch[0];
}

function inDouble({ op, rd, sources }: Operation<'arithmetic'>, state: FloatState): boolean {
  const [r1 = 0, r2 = 0, r3 = 0] = sources;
  const a = state.double(r1);
  switch (op) {
    case 'add':
    case 'sub': {
      const b = op === 'add' ? state.double(r2) : -state.double(r2);
      if (!isSummand(a) || !isSummand(b)) return false;
      const sum = a + b;
      return state.writeDouble(rd, sum, sumError(a, b, sum) !== 0);
    }
    case 'mul': {
      const b = state.double(r2);
      if (!isFactor(a) || !isFactor(b)) return false;
      const product = a * b;
      return state.writeDouble(rd, product, productError(a, b, product) !== 0);
    }
    case 'div': {
      const b = state.double(r2);
      if (!isFactor(a) || !isFactor(b)) return false;
      const quotient = a / b;
      const product = quotient * b;
      return state.writeDouble(rd, quotient, product !== a || productError(quotient, b, product) !== 0);
    }
    case 'sqrt': {
      if (!isFactor(a) || a < 0) return false;
      const root = Math.sqrt(a);
      const square = root * root;
      return state.writeDouble(rd, root, square !== a || productError(root, root, square) !== 0);
    }
    case 'round':
    case 'roundnx':
      return false;
    default: {
      const [b, c] = [state.double(r2), state.double(r3)];
      if (!isFactor(a) || !isFactor(b) || !(isFactor(c) || c === 0)) return false;
      return fused(rd, negatesProduct(op) ? -a : a, b, negatesAddend(op) ? -c : c, state);
    }
  }
}

const negatesProduct = (op: FloatArithmetic): boolean => op === 'nmsub' || op === 'nmadd';
const negatesAddend = (op: FloatArithmetic): boolean => op === 'msub' || op === 'nmadd';

function fused(rd: number, a: number, b: number, c: number, state: FloatState): boolean {
  const product = a * b;
  const productRest = productError(a, b, product);
  const low = c + productRest;
  const lowRest = sumError(c, productRest, low);
  const high = product + low;
  const highRest = sumError(product, low, high);
  const rest = lowRest + highRest;
  // What has been rounded to odd has its last bit set, so what it is added to is inexact too.
  const odd = roundedToOdd(rest, sumError(lowRest, highRest, rest));
  const result = high + odd;
  return state.writeDouble(rd, result, sumError(high, odd, result) !== 0);
}

/** Rounding to double precision first does no harm: it has more than twice the bits (Figueroa 1995). */
function inSingle({ op, rd, sources }: Operation<'arithmetic'>, state: FloatState): boolean {
  const [r1 = 0, r2 = 0, r3 = 0] = sources;
  const a = state.single(r1);
  switch (op) {
    case 'add':
    case 'sub': {
      const b = op === 'add' ? state.single(r2) : -state.single(r2);
      const sum = a + b;
      // A sum that is smaller than a normal number is exact.
      if (!(Math.abs(sum) < 2 ** 127)) return false;
      const result = Math.fround(sum);
      return state.writeSingle(rd, result, result !== sum || sumError(a, b, sum) !== 0);
    }
    case 'mul': {
      const product = a * state.single(r2);
      if (!isSingle(product)) return false;
      const result = Math.fround(product);
      return state.writeSingle(rd, result, result !== product);
    }
    case 'div': {
      const b = state.single(r2);
      const quotient = a / b;
      if (!isSingle(quotient)) return false;
      const result = Math.fround(quotient);
      return state.writeSingle(rd, result, result * b !== a);
    }
    case 'sqrt': {
      if (!isSingle(a) || a < 0) return false;
      const result = Math.fround(Math.sqrt(a));
      return state.writeSingle(rd, result, result * result !== a);
    }
    case 'round':
    case 'roundnx':
      return false;
    default: {
      const b = state.single(r2);
      const product = negatesProduct(op) ? -a * b : a * b;
      const c = negatesAddend(op) ? -state.single(r3) : state.single(r3);
      const sum = product + c;
      if (!isSingle(sum)) return false;
      const odd = roundedToOdd(sum, sumError(product, c, sum));
      const result = Math.fround(odd);
      return state.writeSingle(rd, result, result !== odd);
    }
  }
}

function compared({ op, format, rd, rs1, rs2 }: Operation<'compare'>, state: FloatState, to: IntegerSide): boolean {
  if (format !== 's' && format !== 'd') return false;
  const [a, b] = [state.number(rs1, format), state.number(rs2, format)];
  if (Number.isNaN(a) || Number.isNaN(b)) return false;
  const holds = op === 'eq' ? a === b : op === 'lt' || op === 'ltq' ? a < b : a <= b;
  to.write(rd, holds ? 1n : 0n);
  return true;
}

/** Moves, negations and absolute values, which leave the rest of the bits alone. */
function injected({ op, format, rd, rs1, rs2 }: Operation<'sign'>, state: FloatState): boolean {
  if (format !== 'd') return false;
  const other = state.highWord(rs2);
  const own = state.highWord(rs1);
  const sign = op === 'sgnj' ? other : op === 'sgnjn' ? ~other : other ^ own;
  state.writeWords(rd, state.lowWord(rs1), (own & 0x7fff_ffff) | (sign & 0x8000_0000));
  return true;
}

function converted({ from, to, rd, rs1 }: Operation<'convert'>, state: FloatState, mode: RoundingMode): boolean {
  if (from === 's' && to === 'd') {
    const a = state.single(rs1);
    return !Number.isNaN(a) && state.writeDouble(rd, a, false);
  }
  if (from !== 'd' || to !== 's') return false;
  const a = state.double(rs1);
  const result = Math.fround(a);
  if (result !== a && (mode !== 'rne' || !isSingle(a))) return false;
  return state.writeSingle(rd, result, result !== a);
}

/** As C converts, and for numbers that every integer format has. */
function truncated(
  { from, to, rd, rs1 }: Operation<'to-integer'>,
  state: FloatState,
  mode: RoundingMode,
  x: IntegerSide,
): boolean {
  if (from !== 's' && from !== 'd') return false;
  const a = state.number(rs1, from);
  if (!(Math.abs(a) < 2 ** 31) || ((to === 'wu' || to === 'lu') && a < 0)) return false;
  const integer = Math.trunc(a);
  if (integer !== a && mode !== 'rtz') return false;
  x.write(rd, BigInt(integer));
  if (integer !== a) state.raise(flags.NX);
  return true;
}

function fromInteger(
  { from, to, rd, source }: Operation<'from-integer'>,
  state: FloatState,
  mode: RoundingMode,
  x: IntegerSide,
): boolean {
  if (to !== 's' && to !== 'd') return false;
  const bits = from === 'w' || from === 'wu' ? 32 : 64;
  const value = x.value(source);
  const exact = from === 'w' || from === 'l' ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  const number = Number(exact);
  if (!Number.isSafeInteger(number)) return false;
  if (to === 'd') return state.writeDouble(rd, number, false);
  const result = Math.fround(number);
  if (result !== number && mode !== 'rne') return false;
  return state.writeSingle(rd, result, result !== number);
}
