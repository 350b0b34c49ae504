/** Decimal to IEEE 754 binary32 and binary64, rounded once, to nearest with ties to even. */

interface Format {
  /** Bits of the significand, the hidden one included. */
  readonly precision: number;
  readonly maxExponent: number;
  readonly size: 4 | 8;
}

const FORMATS: Readonly<Record<4 | 8, Format>> = {
  4: { precision: 24, maxExponent: 127, size: 4 },
  8: { precision: 53, maxExponent: 1023, size: 8 },
};

const bitLength = (value: bigint): number => value.toString(2).length;

/** The quotient to the nearest whole number, ties to even. */
function divided(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  const twice = 2n * (a % b);
  return twice > b || (twice === b && quotient % 2n === 1n) ? quotient + 1n : quotient;
}

/** The bits of a fraction that is not negative; those of infinity or more where it is too large. */
function nearest(numerator: bigint, denominator: bigint, { precision, maxExponent }: Format): bigint {
  if (numerator === 0n) return 0n;
  const smallest = 1 - maxExponent;
  let exponent = Math.max(bitLength(numerator) - bitLength(denominator), smallest);
  const significandAt = (power: number): bigint => {
    const shift = precision - 1 - power;
    return shift >= 0
      ? divided(numerator << BigInt(shift), denominator)
      : divided(numerator, denominator << BigInt(-shift));
  };
  const one = 1n << BigInt(precision - 1);
  // The first guess is at most one too high; rounding may carry into the next power.
  if (exponent > smallest && significandAt(exponent) < one) exponent--;
  const significand = significandAt(exponent);
  const biased = BigInt(exponent + maxExponent);
  // A subnormal has no hidden bit, and the exponent field 0 for the smallest power.
  return ((biased - 1n) << BigInt(precision - 1)) + significand;
}

const NUMBER = /^(?:0[fdrs])?([-+]?)(?:(\d*)(?:\.(\d*))?(?:e([-+]?\d{1,6}))?|(inf|infinity)|(nan))$/i;
/** Beyond these powers of ten every number is 0 or infinite; more digits than this are refused. */
const MAX_DIGITS = 2000;

/** The bits of a number as `.float` and `.double` take it: `1.5`, `-1e10`, `0f1.5`, `inf`, `nan`; null where it is none, or too large. */
export function floatBits(text: string, size: 4 | 8): bigint | null {
  const match = NUMBER.exec(text);
  if (!match || text.length > MAX_DIGITS) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0', infinite, notANumber] = match;
  const format = FORMATS[size];
  const { precision, maxExponent } = format;
  const infinity = BigInt(2 * maxExponent + 1) << BigInt(precision - 1);
  const signBit = sign === '-' ? 1n << BigInt(8 * size - 1) : 0n;
  if (infinite) return signBit | infinity;
  // GNU as sets every bit.
  if (notANumber) return signBit | (infinity + (1n << BigInt(precision - 1)) - 1n);
  if (whole + fraction === '') return null;
  const digits = BigInt(whole + fraction);
  const power = Number(exponent) - fraction.length;
  if (digits === 0n || power < -MAX_DIGITS - 400) return signBit;
  if (power > 400) return null;
  const scale = 10n ** BigInt(Math.abs(power));
  const bits = power < 0 ? nearest(digits, scale, format) : nearest(digits * scale, 1n, format);
  return bits < infinity ? signBit | bits : null;
}
