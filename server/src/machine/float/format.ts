/** The interchange formats of IEEE 754-2019 (section 3.4) that RISC-V computes with, and their encodings. */

/** half, single, double; `b` is BF16, which is only converted from and to. */
export type FloatFormat = 'h' | 's' | 'd' | 'b';

export interface FormatSpec {
  /** Bits of the encoding. */
  readonly width: 16 | 32 | 64;
  /** Bits of the significand, the leading one included. */
  readonly precision: number;
  /** The exponent of the smallest normal number, 2^minimal. */
  readonly minimal: number;
  /** All bits but the sign. */
  readonly magnitude: bigint;
  /** The encoding of positive infinity: everything above it, as a magnitude, is a NaN. */
  readonly infinity: bigint;
  /** "If the result is NaN, it is the canonical NaN": positive, quiet, no payload (F, "NaN Generation and Propagation"). */
  readonly nan: bigint;
  /** The bit that tells a quiet NaN from a signalling one. */
  readonly quiet: bigint;
}

function spec(width: 16 | 32 | 64, exponentBits: number): FormatSpec {
  const precision = width - exponentBits;
  const fraction = BigInt(precision - 1);
  const infinity = ((1n << BigInt(exponentBits)) - 1n) << fraction;
  const quiet = 1n << (fraction - 1n);
  return {
    width,
    precision,
    minimal: 2 - 2 ** (exponentBits - 1),
    magnitude: (1n << BigInt(width - 1)) - 1n,
    infinity,
    nan: infinity | quiet,
    quiet,
  };
}

export const formats: Readonly<Record<FloatFormat, FormatSpec>> = {
  h: spec(16, 5),
  s: spec(32, 8),
  d: spec(64, 11),
  b: spec(16, 8),
};

/** A finite number, sign * significand * 2^exponent; a zero has significand 0. Not normalised. */
export interface Finite {
  readonly negative: boolean;
  readonly exponent: number;
  readonly significand: bigint;
}

/** The sign bit of an encoding. */
export const isNegative = ({ magnitude }: FormatSpec, bits: bigint): boolean => bits > magnitude;
/** The encoding with the other sign. */
export const negated = ({ magnitude }: FormatSpec, bits: bigint): bigint => bits ^ (magnitude + 1n);
/** The encoding with this sign. */
export const withSign = ({ magnitude }: FormatSpec, bits: bigint, negative: boolean): bigint =>
  (bits & magnitude) | (negative ? magnitude + 1n : 0n);

export const isNan = ({ magnitude, infinity }: FormatSpec, bits: bigint): boolean => (bits & magnitude) > infinity;
export const isSignalling = (format: FormatSpec, bits: bigint): boolean =>
  isNan(format, bits) && (bits & format.quiet) === 0n;
export const isInfinite = ({ magnitude, infinity }: FormatSpec, bits: bigint): boolean =>
  (bits & magnitude) === infinity;
export const isZero = ({ magnitude }: FormatSpec, bits: bigint): boolean => (bits & magnitude) === 0n;

/** The number that an encoding stands for, which must be neither infinite nor NaN. */
export function unpack(format: FormatSpec, bits: bigint): Finite {
  const fractionBits = BigInt(format.precision - 1);
  const magnitude = bits & format.magnitude;
  const field = Number(magnitude >> fractionBits);
  const fraction = magnitude & ((1n << fractionBits) - 1n);
  const least = format.minimal - format.precision + 1;
  return {
    negative: isNegative(format, bits),
    // Subnormal numbers have the exponent of the smallest normal ones, and no leading one.
    exponent: least + Math.max(field, 1) - 1,
    significand: field === 0 ? fraction : fraction | (1n << fractionBits),
  };
}

/** The narrower value as a 64-bit register holds it: all bits above are ones (D, "NaN Boxing of Narrower Values"). */
export const box = ({ width }: FormatSpec, bits: bigint): bigint =>
  bits | ((allOnes >> BigInt(width)) << BigInt(width));

/** The value of a 64-bit register in a format: one that is not boxed counts as the canonical NaN. */
export function unbox(format: FormatSpec, register: bigint): bigint {
  const bits = BigInt.asUintN(format.width, register);
  return box(format, bits) === register ? bits : format.nan;
}

const allOnes = 2n ** 64n - 1n;
