/** The operations that do not round: comparisons, minimum and maximum, signs, classes. */
import { type FormatSpec, isInfinite, isNan, isNegative, isSignalling, isZero, withSign } from './format';
import { exactly, type FloatResult, flags } from './round';

/** `ltq` and `leq` raise nothing for a quiet NaN (Zfa), as `eq` does. */
export type FloatComparison = 'eq' | 'lt' | 'le' | 'ltq' | 'leq';
/** `minm` and `maxm` give NaN where either operand is one (Zfa). */
export type FloatSelection = 'min' | 'max' | 'minm' | 'maxm';
/** The sign of the second operand, its opposite, or that of both xored. */
export type SignInjection = 'sgnj' | 'sgnjn' | 'sgnjx';

/** `bits` is 1 or 0. */
export function compare(op: FloatComparison, format: FormatSpec, a: bigint, b: bigint): FloatResult {
  if (isNan(format, a) || isNan(format, b)) {
    const raises = op === 'lt' || op === 'le' || isSignalling(format, a) || isSignalling(format, b);
    return exactly(0n, raises ? flags.NV : 0);
  }
  const [x, y] = [ordinal(format, a), ordinal(format, b)];
  const holds = op === 'eq' ? x === y : op === 'lt' || op === 'ltq' ? x < y : x <= y;
  return exactly(holds ? 1n : 0n);
}

/** minimumNumber and maximumNumber (IEEE 754-2019, section 9.6), or minimum and maximum: -0 is below +0. */
export function select(op: FloatSelection, format: FormatSpec, a: bigint, b: bigint): FloatResult {
  const raised = isSignalling(format, a) || isSignalling(format, b) ? flags.NV : 0;
  const [aNaN, bNaN] = [isNan(format, a), isNan(format, b)];
  if ((aNaN && bNaN) || ((aNaN || bNaN) && op.endsWith('m'))) return exactly(format.nan, raised);
  if (aNaN) return exactly(b, raised);
  if (bNaN) return exactly(a, raised);
  const [x, y] = [ordinal(format, a), ordinal(format, b)];
  const aIsBelow = x < y || (x === y && isNegative(format, a));
  return exactly(aIsBelow === op.startsWith('min') ? a : b);
}

/** Raises nothing, NaN or not. */
export function injectSign(op: SignInjection, format: FormatSpec, a: bigint, b: bigint): bigint {
  const negative = isNegative(format, b);
  if (op === 'sgnj') return withSign(format, a, negative);
  return withSign(format, a, op === 'sgnjn' ? !negative : negative !== isNegative(format, a));
}

/** One bit of ten, from negative infinity to quiet NaN (F, table "Format of result of FCLASS instruction"). */
export function classify(format: FormatSpec, a: bigint): bigint {
  if (isNan(format, a)) return isSignalling(format, a) ? 1n << 8n : 1n << 9n;
  const magnitude = a & format.magnitude;
  /** 0 for a zero, then subnormal, normal, infinite. */
  const size = isZero(format, a)
    ? 0n
    : isInfinite(format, a)
      ? 3n
      : magnitude >> BigInt(format.precision - 1)
        ? 2n
        : 1n;
  return isNegative(format, a) ? 1n << (3n - size) : 1n << (4n + size);
}

/** An integer that is ordered as the numbers are; the two zeros are the same. */
const ordinal = (format: FormatSpec, bits: bigint): bigint =>
  isNegative(format, bits) ? -(bits & format.magnitude) : bits;
