/** The operations that round: each computes the exact result over integers and rounds it once. */
import {
  type Finite,
  type FormatSpec,
  isInfinite,
  isNan,
  isNegative,
  isSignalling,
  isZero,
  negated,
  unpack,
  withSign,
} from './format';
import { bitLength, dropBits, exactly, type FloatResult, flags, invalid, type RoundingMode, round } from './round';

/** What an operation with a NaN among its operands gives, or null where there is none. */
function propagated(format: FormatSpec, ...operands: readonly bigint[]): FloatResult | null {
  if (!operands.some((bits) => isNan(format, bits))) return null;
  return operands.some((bits) => isSignalling(format, bits)) ? invalid(format) : exactly(format.nan);
}

export function add(format: FormatSpec, a: bigint, b: bigint, mode: RoundingMode): FloatResult {
  const nan = propagated(format, a, b);
  if (nan !== null) return nan;
  if (isInfinite(format, a)) return isInfinite(format, b) && a !== b ? invalid(format) : exactly(a);
  if (isInfinite(format, b)) return exactly(b);
  return sum(format, unpack(format, a), unpack(format, b), mode);
}

export const sub = (format: FormatSpec, a: bigint, b: bigint, mode: RoundingMode): FloatResult =>
  // The sign of a NaN is of no consequence.
  add(format, a, negated(format, b), mode);

export function mul(format: FormatSpec, a: bigint, b: bigint, mode: RoundingMode): FloatResult {
  const nan = propagated(format, a, b);
  if (nan !== null) return nan;
  const special = specialProduct(format, a, b);
  return special ?? finish(format, product(unpack(format, a), unpack(format, b)), mode);
}

/** `a * b + c`, rounded once. Infinity times zero is invalid even if `c` is a quiet NaN (F, "FMADD"). */
export function fma(format: FormatSpec, a: bigint, b: bigint, c: bigint, mode: RoundingMode): FloatResult {
  const nan = propagated(format, a, b);
  if (nan !== null) return isSignalling(format, c) ? invalid(format) : nan;
  const special = specialProduct(format, a, b);
  if (special !== null && special.flags !== 0) return special;
  const addendNan = propagated(format, c);
  if (addendNan !== null) return addendNan;
  if (special !== null) return add(format, special.bits, c, mode);
  if (isInfinite(format, c)) return exactly(c);
  return sum(format, product(unpack(format, a), unpack(format, b)), unpack(format, c), mode);
}

export function div(format: FormatSpec, a: bigint, b: bigint, mode: RoundingMode): FloatResult {
  const nan = propagated(format, a, b);
  if (nan !== null) return nan;
  const negative = isNegative(format, a) !== isNegative(format, b);
  if (isInfinite(format, a)) {
    return isInfinite(format, b) ? invalid(format) : exactly(withSign(format, format.infinity, negative));
  }
  if (isInfinite(format, b)) return exactly(withSign(format, 0n, negative));
  if (isZero(format, b)) {
    return isZero(format, a) ? invalid(format) : exactly(withSign(format, format.infinity, negative), flags.DZ);
  }
  if (isZero(format, a)) return exactly(withSign(format, 0n, negative));
  const [x, y] = [unpack(format, a), unpack(format, b)];
  const shift = Math.max(0, format.precision + 3 + bitLength(y.significand) - bitLength(x.significand));
  const dividend = x.significand << BigInt(shift);
  const significand = dividend / y.significand;
  const exact = { negative, exponent: x.exponent - y.exponent - shift, significand };
  return round(format, exact, mode, significand * y.significand !== dividend);
}

export function sqrt(format: FormatSpec, a: bigint, mode: RoundingMode): FloatResult {
  const nan = propagated(format, a);
  if (nan !== null) return nan;
  if (isZero(format, a)) return exactly(a);
  if (isNegative(format, a)) return invalid(format);
  if (isInfinite(format, a)) return exactly(a);
  const x = unpack(format, a);
  const wanted = Math.max(0, 2 * (format.precision + 3) - bitLength(x.significand));
  // The exponent is halved, so it must be even.
  const shift = wanted + ((x.exponent - wanted) & 1);
  const radicand = x.significand << BigInt(shift);
  const significand = integerRoot(radicand);
  const root = { negative: false, exponent: (x.exponent - shift) / 2, significand };
  return round(format, root, mode, significand * significand !== radicand);
}

/** Rounded to an integer of the same format (Zfa); `inexact` is raised only where asked for (`froundnx`). */
export function roundToIntegral(format: FormatSpec, a: bigint, mode: RoundingMode, raise: boolean): FloatResult {
  const nan = propagated(format, a);
  if (nan !== null) return nan;
  if (isInfinite(format, a)) return exactly(a);
  const { negative, exponent, significand } = unpack(format, a);
  if (exponent >= 0) return exactly(a);
  const { integer, inexact } = dropBits(significand, -exponent, negative, mode);
  // An integer that is within a format's numbers once its fraction is gone is exact in it.
  const { bits } = finish(format, { negative, exponent: 0, significand: integer }, mode);
  return exactly(bits, inexact && raise ? flags.NX : 0);
}

/** Rounds a number whose sign is known, a zero too. */
export function finish(format: FormatSpec, value: Finite, mode: RoundingMode): FloatResult {
  return value.significand === 0n ? exactly(withSign(format, 0n, value.negative)) : round(format, value, mode);
}

/** A product with an infinite operand, or null. */
function specialProduct(format: FormatSpec, a: bigint, b: bigint): FloatResult | null {
  if (!isInfinite(format, a) && !isInfinite(format, b)) return null;
  if (isZero(format, a) || isZero(format, b)) return invalid(format);
  return exactly(withSign(format, format.infinity, isNegative(format, a) !== isNegative(format, b)));
}

const product = (a: Finite, b: Finite): Finite => ({
  negative: a.negative !== b.negative,
  exponent: a.exponent + b.exponent,
  significand: a.significand * b.significand,
});

function sum(format: FormatSpec, a: Finite, b: Finite, mode: RoundingMode): FloatResult {
  const exponent = Math.min(a.exponent, b.exponent);
  const total = signed(a, exponent) + signed(b, exponent);
  // "The sign of an exact zero sum is positive, except rounding down" (IEEE 754-2019, section 6.3).
  if (total === 0n) return exactly(withSign(format, 0n, a.negative === b.negative ? a.negative : mode === 'rdn'));
  const negative = total < 0n;
  return round(format, { negative, exponent, significand: negative ? -total : total }, mode);
}

function signed({ negative, exponent, significand }: Finite, scale: number): bigint {
  const scaled = significand << BigInt(exponent - scale);
  return negative ? -scaled : scaled;
}

/** The largest integer whose square is not above a positive value. */
function integerRoot(value: bigint): bigint {
  // Newton's iteration from above falls until it is there.
  let root = 1n << BigInt((bitLength(value) + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
