import { box, type FloatFormat, type FormatSpec, formats } from '../../../server/src/machine/float/format';
import type { Dice } from '../dice';

/** What one instruction is tried on: three 64-bit floating-point registers, and an integer register. */
export interface Tuple {
  readonly f: readonly [bigint, bigint, bigint];
  readonly x: bigint;
}

/** Operands at which arithmetic in a format misbehaves, on their own and together. */
export function tuples(dice: Dice, format: FloatFormat, count: number): Tuple[] {
  const spec = formats[format];
  return Array.from({ length: count }, () => {
    const a = value(dice, spec);
    const b = related(dice, spec, a);
    const c = dice.below(3) === 0 ? value(dice, spec) : addend(dice, spec, a, b);
    const boxed = (bits: bigint): bigint => (dice.below(40) === 0 ? anyBits(dice, 64) : box(spec, bits));
    return { f: [boxed(a), boxed(b), boxed(c)], x: integer(dice) };
  });
}

/** One encoding: a special value, or a number of any size whose significand is of a telling shape. */
export function value(dice: Dice, spec: FormatSpec): bigint {
  const { width, infinity, quiet, precision } = spec;
  switch (dice.below(8)) {
    case 0:
      return signed(
        dice,
        spec,
        dice.pick([0n, 0n, infinity, infinity - 1n, infinity | quiet, infinity | 1n, infinity | (quiet + 1n)]),
      );
    case 1:
      // Around the smallest normal number, and the smallest of all.
      return signed(
        dice,
        spec,
        dice.pick([1n, 2n, 3n, 2n * quiet - 1n, 2n * quiet, 2n * quiet + 1n, anyBits(dice, precision - 1)]),
      );
    case 2:
      return anyBits(dice, width);
    case 3:
      // Around what integers end at, and halves.
      return number(dice, spec, dice.pick([-2, -1, 0, 1, precision - 2, precision - 1, 30, 31, 32, 62, 63, 64]));
    default:
      return number(dice, spec, dice.between(spec.minimal - precision, 2 - spec.minimal));
  }
}

/** A second operand: anything, or so that a sum, a product or a quotient comes to a limit. */
function related(dice: Dice, spec: FormatSpec, a: bigint): bigint {
  const exponent = exponentOf(spec, a);
  const { precision, minimal } = spec;
  const near = dice.between(-2, 2);
  switch (dice.below(6)) {
    case 0:
      return value(dice, spec);
    case 1:
      return number(dice, spec, exponent + near);
    case 2:
      return number(dice, spec, exponent + dice.pick([-1, 1]) * (precision + near));
    case 3:
      // The product, or the quotient, is subnormal.
      return number(dice, spec, dice.pick([minimal - exponent, exponent - minimal]) + dice.between(-precision, 2));
    case 4:
      // They overflow.
      return number(dice, spec, dice.pick([1 - minimal - exponent, exponent + minimal]) + near);
    default:
      return dice.pick([a, signed(dice, spec, a & spec.magnitude), a ^ 1n]);
  }
}

/** A third operand that cancels most of the product, or decides how it is rounded. */
function addend(dice: Dice, spec: FormatSpec, a: bigint, b: bigint): bigint {
  const product = exponentOf(spec, a) + exponentOf(spec, b);
  return number(dice, spec, product + dice.pick([0, 1, -spec.precision, spec.precision, dice.between(-60, 60)]));
}

/** A number of about this size, subnormal or infinite where the format has no other. */
export function number(dice: Dice, spec: FormatSpec, exponent: number): bigint {
  const { precision, minimal, infinity } = spec;
  const fractionBits = precision - 1;
  const fraction = BigInt.asUintN(fractionBits, significand(dice, fractionBits));
  if (exponent < minimal) {
    const shift = BigInt(Math.min(minimal - exponent, fractionBits + 1));
    return signed(dice, spec, (fraction | (1n << BigInt(fractionBits))) >> shift);
  }
  const bits = (BigInt(exponent - minimal + 1) << BigInt(fractionBits)) | fraction;
  return signed(dice, spec, bits > infinity ? infinity - BigInt(dice.below(2)) : bits);
}

/** Bits of a significand: all, few, one at some place, a run, with short ones for ties. */
function significand(dice: Dice, bits: number): bigint {
  const one = (): bigint => 1n << BigInt(dice.below(bits));
  switch (dice.below(6)) {
    case 0:
      return dice.pick([0n, 1n, -1n, -2n]);
    case 1:
      return one();
    case 2:
      return one() - one();
    case 3:
      return one() | one() | one();
    case 4:
      return anyBits(dice, bits) & -one();
    default:
      return anyBits(dice, bits);
  }
}

function exponentOf({ magnitude, precision, minimal }: FormatSpec, bits: bigint): number {
  return Number((bits & magnitude) >> BigInt(precision - 1)) + minimal - 1;
}

const signed = (dice: Dice, { magnitude }: FormatSpec, bits: bigint): bigint =>
  dice.below(2) === 0 ? bits : bits | (magnitude + 1n);

export function anyBits(dice: Dice, width: number): bigint {
  const all = (BigInt(dice.below(2 ** 32)) << 32n) | BigInt(dice.below(2 ** 32));
  return BigInt.asUintN(width, all);
}

/** 64 bits: around powers of two and halfway between the numbers of a format. */
export function integer(dice: Dice): bigint {
  const power = 1n << BigInt(dice.below(64));
  const near = power + BigInt(dice.between(-3, 3));
  const bits = dice.pick([
    near,
    anyBits(dice, 64) >> BigInt(dice.below(64)),
    power | (power >> 24n),
    power | (power >> 53n) | 1n,
  ]);
  return BigInt.asUintN(64, dice.below(2) === 0 ? bits : -bits);
}
