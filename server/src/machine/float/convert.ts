/** Conversions between formats, and between them and integers. */
import { finish } from './arithmetic';
import { type FormatSpec, isInfinite, isNan, isNegative, isSignalling, unpack, withSign } from './format';
import { dropBits, exactly, type FloatResult, flags, type RoundingMode } from './round';

/** Words and doublewords, signed and unsigned, as the mnemonics name them. */
export type IntegerFormat = 'w' | 'wu' | 'l' | 'lu';

export const integerFormats: Readonly<Record<IntegerFormat, { readonly bits: 32 | 64; readonly signed: boolean }>> = {
  w: { bits: 32, signed: true },
  wu: { bits: 32, signed: false },
  l: { bits: 64, signed: true },
  lu: { bits: 64, signed: false },
};

export function convert(from: FormatSpec, to: FormatSpec, a: bigint, mode: RoundingMode): FloatResult {
  if (isNan(from, a)) return exactly(to.nan, isSignalling(from, a) ? flags.NV : 0);
  if (isInfinite(from, a)) return exactly(withSign(to, to.infinity, isNegative(from, a)));
  return finish(to, unpack(from, a), mode);
}

/** @param value Any integer; the caller has given it its sign. */
export function fromInteger(to: FormatSpec, value: bigint, mode: RoundingMode): FloatResult {
  const negative = value < 0n;
  return finish(to, { negative, exponent: 0, significand: negative ? -value : value }, mode);
}

/**
 * What cannot be represented is invalid and gives the nearest bound; a NaN gives the upper one (F, table "Domains of
 * float-to-integer conversions and behavior for invalid inputs").
 *
 * @returns `bits` is the integer with its sign.
 */
export function toInteger(from: FormatSpec, to: IntegerFormat, a: bigint, mode: RoundingMode): FloatResult {
  const { bits, signed } = integerFormats[to];
  const upper = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  const lower = signed ? -upper - 1n : 0n;
  if (isNan(from, a)) return exactly(upper, flags.NV);
  if (isInfinite(from, a)) return exactly(isNegative(from, a) ? lower : upper, flags.NV);
  const { negative, exponent, significand } = unpack(from, a);
  const { integer, inexact } = dropBits(significand, -exponent, negative, mode);
  const value = negative ? -integer : integer;
  if (value < lower) return exactly(lower, flags.NV);
  if (value > upper) return exactly(upper, flags.NV);
  return exactly(value, inexact ? flags.NX : 0);
}

/** Towards zero, modulo 2^32 (Zfa, `fcvtmod.w.d`). The flags are those of the conversion that saturates. */
export function toIntegerModulo(from: FormatSpec, a: bigint): FloatResult {
  const { flags: raised } = toInteger(from, 'w', a, 'rtz');
  if (isNan(from, a) || isInfinite(from, a)) return exactly(0n, raised);
  const { negative, exponent, significand } = unpack(from, a);
  const { integer } = dropBits(significand, -exponent, negative, 'rtz');
  return exactly(BigInt.asIntN(32, negative ? -integer : integer), raised);
}
