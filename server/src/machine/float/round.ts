import type { Finite, FormatSpec } from './format';

/** To nearest, ties to even; towards zero; down; up; to nearest, ties away from zero (F, table "Rounding mode encoding"). */
export type RoundingMode = 'rne' | 'rtz' | 'rdn' | 'rup' | 'rmm';

/** The bits of `fflags`: inexact, underflow, overflow, division by zero, invalid operation. */
export const flags = { NX: 1, UF: 2, OF: 4, DZ: 8, NV: 16 } as const;

/** The encoding of a result, and the flags that it raises. */
export interface FloatResult {
  readonly bits: bigint;
  readonly flags: number;
}

export const exactly = (bits: bigint, raised = 0): FloatResult => ({ bits, flags: raised });
/** The default result of an invalid operation. */
export const invalid = (format: FormatSpec): FloatResult => exactly(format.nan, flags.NV);

/** Number of bits of a positive integer; 0 for 0. */
export function bitLength(value: bigint): number {
  if (value === 0n) return 0;
  const digits = value.toString(16);
  return 4 * digits.length - (Math.clz32(Number.parseInt(digits[0] ?? '0', 16)) - 28);
}

/** An integer that some low bits of a magnitude were dropped from. */
export interface Rounded {
  readonly integer: bigint;
  readonly inexact: boolean;
}

/** `significand / 2^dropped` as an integer; with `dropped` below 0 it is exact. */
export function dropBits(significand: bigint, dropped: number, negative: boolean, mode: RoundingMode): Rounded {
  if (dropped <= 0) return { integer: significand << BigInt(-dropped), inexact: false };
  const count = BigInt(dropped);
  const kept = significand >> count;
  const rest = significand - (kept << count);
  if (rest === 0n) return { integer: kept, inexact: false };
  return { integer: kept + (goesUp(kept, rest, 1n << (count - 1n), negative, mode) ? 1n : 0n), inexact: true };
}

function goesUp(kept: bigint, rest: bigint, half: bigint, negative: boolean, mode: RoundingMode): boolean {
  switch (mode) {
    case 'rne':
      return rest > half || (rest === half && (kept & 1n) === 1n);
    case 'rmm':
      return rest >= half;
    case 'rtz':
      return false;
    case 'rdn':
      return negative;
    case 'rup':
      return !negative;
  }
}

/**
 * Rounds an exact number that is not zero to a format (IEEE 754-2019, sections 4.3 and 7.4 to 7.6). Tininess is detected
 * after rounding, as RISC-V demands.
 *
 * @param sticky The exact magnitude lies strictly between the given one and the one with the next significand. The
 *   significand must then have at least two bits more than the format's precision.
 */
export function round(format: FormatSpec, value: Finite, mode: RoundingMode, sticky = false): FloatResult {
  const { negative } = value;
  // One more bit, which stands for all that the significand leaves out.
  const significand = (value.significand << 1n) | (sticky ? 1n : 0n);
  const exponent = value.exponent - 1;

  const { precision, minimal, infinity } = format;
  const sign = negative ? format.magnitude + 1n : 0n;
  /** The magnitude is in [2^(top - 1), 2^top). */
  const top = exponent + bitLength(significand);
  const least = minimal - precision + 1;
  const quantum = Math.max(top - precision, least);
  const { integer, inexact } = dropBits(significand, quantum - exponent, negative, mode);
  // A carry out of the significand runs into the exponent field, where it belongs.
  const bits = (BigInt(quantum - least) << BigInt(precision - 1)) + integer;
  if (bits >= infinity) {
    const toInfinity = mode === 'rne' || mode === 'rmm' || (mode === 'rdn' ? negative : mode === 'rup' && !negative);
    return { bits: sign | (toInfinity ? infinity : infinity - 1n), flags: flags.OF | flags.NX };
  }
  if (!inexact) return { bits: sign | bits, flags: 0 };
  const tiny = top <= minimal && !(top === minimal && carries(format, significand, negative, mode));
  return { bits: sign | bits, flags: tiny ? flags.UF | flags.NX : flags.NX };
}

/** Whether rounding to the format's precision, with no bound on the exponent, goes up to the next power of two. */
function carries({ precision }: FormatSpec, significand: bigint, negative: boolean, mode: RoundingMode): boolean {
  const { integer } = dropBits(significand, bitLength(significand) - precision, negative, mode);
  return bitLength(integer) > precision;
}
