/**
 * The definitions of IEEE 754-2019, sections 4.3 and 7, on exact fractions: slow, and an arithmetic of its own. Only the
 * value of an encoding is taken from the product.
 */
import { type FormatSpec, unpack } from '../../../server/src/machine/float/format';
import { type FloatResult, flags, type RoundingMode } from '../../../server/src/machine/float/round';

/** `under` is positive. */
export interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

/** The value of an encoding. That of infinity is the power of two which would stand there. */
export function fraction(format: FormatSpec, bits: bigint): Fraction {
  const { negative, exponent, significand } = unpack(format, bits);
  return scaled(negative ? -significand : significand, exponent);
}

export const whole = (over: bigint): Fraction => ({ over, under: 1n });
const scaled = (over: bigint, exponent: number): Fraction =>
  exponent < 0 ? { over, under: 1n << BigInt(-exponent) } : whole(over << BigInt(exponent));

export const plus = (a: Fraction, b: Fraction): Fraction => ({
  over: a.over * b.under + b.over * a.under,
  under: a.under * b.under,
});
export const times = (a: Fraction, b: Fraction): Fraction => ({ over: a.over * b.over, under: a.under * b.under });
export const negative = (a: Fraction): Fraction => ({ ...a, over: -a.over });
export const inverse = ({ over, under }: Fraction): Fraction =>
  over < 0n ? { over: -under, under: -over } : { over: under, under: over };

/** An exact number that is not 0, by comparison: the sign of its difference from a fraction. */
export type Exact = (than: Fraction) => bigint;
export const equalTo =
  (a: Fraction): Exact =>
  (b) =>
    a.over * b.under - b.over * a.under;
/** The positive root of a positive number. */
export const rootOf =
  (a: Fraction): Exact =>
  (b) =>
    b.over < 0n ? 1n : equalTo(a)(times(b, b));

/** What an exact number is in a format, and what that raises. */
export function nearestBy(format: FormatSpec, exact: Exact, mode: RoundingMode): FloatResult {
  const isNegative = exact(whole(0n)) < 0n;
  const magnitude: Exact = isNegative ? (than) => -exact(negative(than)) : exact;
  const away = mode === 'rup' ? !isNegative : mode === 'rdn' && isNegative;

  // The magnitude lies between the numbers `below` and `below + 1`, or beyond.
  let below = 0n;
  for (let above = format.infinity; above - below > 1n; ) {
    const middle = (below + above) >> 1n;
    if (magnitude(fraction(format, middle)) >= 0n) below = middle;
    else above = middle;
  }
  const isExact = magnitude(fraction(format, below)) === 0n;
  const goesUp = (low: Fraction, high: Fraction, highIsEven: boolean): boolean => {
    if (mode !== 'rne' && mode !== 'rmm') return away || magnitude(high) >= 0n;
    const side = magnitude(times(plus(low, high), { over: 1n, under: 2n }));
    return side > 0n || (side === 0n && (highIsEven || mode === 'rmm'));
  };
  const [low, high] = [fraction(format, below), fraction(format, below + 1n)];
  const up = goesUp(low, high, (below & 1n) === 1n);
  // Beyond the largest number a rounding towards zero stays there, though the next power of two be reached.
  const reached = below + 1n === format.infinity && mode !== 'rne' && mode !== 'rmm' && !away ? below : below + 1n;
  const bits = (isExact || !up ? below : reached) | (isNegative ? format.magnitude + 1n : 0n);
  if (isExact) return { bits, flags: 0 };

  const overflows = below + 1n === format.infinity && up;
  // Were there no smallest exponent, the number before the smallest normal one would be half as far from it.
  const normal = scaled(1n, format.minimal);
  const before = plus(normal, negative(scaled(1n, format.minimal - format.precision)));
  const tiny = magnitude(before) <= 0n || (magnitude(normal) < 0n && !goesUp(before, normal, true));
  return { bits, flags: flags.NX | (overflows ? flags.OF : 0) | (tiny ? flags.UF : 0) };
}
