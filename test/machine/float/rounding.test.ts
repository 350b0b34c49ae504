import { describe, expect, it } from 'vitest';
import { add, div, fma, mul, roundToIntegral, sqrt, sub } from '../../../server/src/machine/float/arithmetic';
import { convert, fromInteger } from '../../../server/src/machine/float/convert';
import { type FloatFormat, formats, isInfinite, isNan, isZero } from '../../../server/src/machine/float/format';
import type { FloatResult, RoundingMode } from '../../../server/src/machine/float/round';
import { Dice } from '../dice';
import {
  type Exact,
  equalTo,
  type Fraction,
  fraction,
  inverse,
  nearestBy,
  negative,
  plus,
  rootOf,
  times,
  whole,
} from './exact';
import { integer, value } from './operands';

const modes: readonly RoundingMode[] = ['rne', 'rtz', 'rdn', 'rup', 'rmm'];
const names: readonly FloatFormat[] = ['h', 's', 'd', 'b'];

/** What is computed, and the exact number that it should be the nearest to; null where that is 0. */
interface Case {
  readonly words: string;
  readonly result: (mode: RoundingMode) => FloatResult;
  readonly exact: Exact | null;
}

const operations = ['add', 'sub', 'mul', 'div', 'fma', 'sqrt', 'convert', 'integer'] as const;

function caseOf(operation: (typeof operations)[number], name: FloatFormat, dice: Dice): Case {
  const format = formats[name];
  const finite = (of = format): bigint => {
    for (;;) {
      const bits = value(dice, of);
      if (!isNan(of, bits) && !isInfinite(of, bits) && !isZero(of, bits)) return bits;
    }
  };
  const [a, b, c] = [finite(), finite(), finite()];
  const [x, y, z] = [a, b, c].map((bits) => fraction(format, bits)) as [Fraction, Fraction, Fraction];
  const words = `${operation} ${name} ${[a, b, c].map((bits) => bits.toString(16)).join(' ')}`;
  const of = (exact: Fraction, result: Case['result']): Case => ({
    words,
    result,
    exact: exact.over === 0n ? null : equalTo(exact),
  });
  switch (operation) {
    case 'add':
      return of(plus(x, y), (mode) => add(format, a, b, mode));
    case 'sub':
      return of(plus(x, negative(y)), (mode) => sub(format, a, b, mode));
    case 'mul':
      return of(times(x, y), (mode) => mul(format, a, b, mode));
    case 'div':
      return of(times(x, inverse(y)), (mode) => div(format, a, b, mode));
    case 'fma':
      return of(plus(times(x, y), z), (mode) => fma(format, a, b, c, mode));
    case 'sqrt': {
      const positive = a & format.magnitude;
      return { words, result: (mode) => sqrt(format, positive, mode), exact: rootOf(fraction(format, positive)) };
    }
    case 'convert': {
      const from = formats[dice.pick(names)];
      const bits = finite(from);
      return { ...of(fraction(from, bits), (mode) => convert(from, format, bits, mode)), words: `${words} of ${bits}` };
    }
    case 'integer': {
      const number = BigInt.asIntN(64, integer(dice));
      return { ...of(whole(number), (mode) => fromInteger(format, number, mode)), words: `${words} of ${number}` };
    }
  }
}

describe.each(names)('in format %s', (name) => {
  it.each(operations)('%s gives the number and the flags that the definition of rounding gives', (operation) => {
    const dice = new Dice(names.indexOf(name) * 100 + operations.indexOf(operation));
    for (let i = 0; i < (name === 'd' ? 60 : 150); i++) {
      const { words, result, exact } = caseOf(operation, name, dice);
      for (const mode of modes) {
        const here = result(mode);
        const there =
          exact === null
            ? { bits: here.bits & (formats[name].magnitude + 1n), flags: 0 }
            : nearestBy(formats[name], exact, mode);
        expect({ words, mode, ...here }).toEqual({ words, mode, ...there });
      }
    }
  });
});

describe('the machine’s own arithmetic, which rounds to nearest,', () => {
  const { s, d } = formats;
  const bitsOf = (number: number): bigint => new BigUint64Array(new Float64Array([number]).buffer)[0] ?? 0n;
  const numberOf = (bits: bigint): number => new Float64Array(new BigUint64Array([bits]).buffer)[0] ?? 0;
  const singleBitsOf = (number: number): bigint => BigInt(new Uint32Array(new Float32Array([number]).buffer)[0] ?? 0);
  const singleOf = (bits: bigint): number => new Float32Array(new Uint32Array([Number(bits)]).buffer)[0] ?? 0;
  const operators: readonly [string, typeof add, (a: number, b: number) => number][] = [
    ['+', add, (a, b) => a + b],
    ['-', sub, (a, b) => a - b],
    ['*', mul, (a, b) => a * b],
    ['/', div, (a, b) => a / b],
    ['√', (format, a, _, mode) => sqrt(format, a, mode), (a) => Math.sqrt(a)],
  ];

  /** Tries numbers until one differs, and tells which. */
  function expectAgreement(seed: number, differs: (dice: Dice) => boolean): void {
    const dice = new Dice(seed);
    const first = Array.from({ length: 3000 }).findIndex(() => differs(dice));
    expect({ seed, first }).toEqual({ seed, first: -1 });
  }

  it.each(operators)('agrees on %s', (_, ours, theirs) => {
    expectAgreement(7, (dice) => {
      const [a, b, e, f] = [value(dice, d), value(dice, d), value(dice, s), value(dice, s)];
      const there = theirs(numberOf(a), numberOf(b));
      // Computed in double precision and rounded again: for these operators that is the same (Figueroa 1995).
      const single = Math.fround(theirs(singleOf(e), singleOf(f)));
      return (
        !Object.is(numberOf(ours(d, a, b, 'rne').bits), there) ||
        !Object.is(singleOf(ours(s, e, f, 'rne').bits), single)
      );
    });
  });

  it('agrees on conversions between formats and from integers', () => {
    expectAgreement(8, (dice) => {
      const a = value(dice, d);
      const single = convert(d, s, a, 'rne').bits;
      const integral = BigInt.asIntN(64, integer(dice));
      return (
        single !== (isNan(d, a) ? s.nan : singleBitsOf(numberOf(a))) ||
        convert(s, d, single, 'rne').bits !== (isNan(d, a) ? d.nan : bitsOf(Math.fround(numberOf(a)))) ||
        fromInteger(d, integral, 'rne').bits !== bitsOf(Number(integral))
      );
    });
  });

  it.each([
    ['rtz', Math.trunc],
    ['rdn', Math.floor],
    ['rup', Math.ceil],
    ['rmm', (a: number) => Math.trunc(a) + (Math.abs(a % 1) >= 0.5 ? Math.sign(a) : 0)],
    ['rne', (a: number) => (Math.abs(a) < 2 ** 52 ? Math.sign(a) * (Math.abs(a) + 2 ** 52 - 2 ** 52) : a)],
  ] as const)('agrees on integral values, %s', (mode, theirs) => {
    expectAgreement(9, (dice) => {
      const a = numberOf(value(dice, d));
      if (Number.isNaN(a)) return false;
      const there = Number.isFinite(a) ? theirs(a) : a;
      // A result of 0 keeps the sign of what was rounded.
      const kept = there === 0 && (a < 0 || Object.is(a, -0)) ? -0 : there;
      return [false, true].some((raise) => {
        const here = roundToIntegral(d, bitsOf(a), mode, raise);
        return !Object.is(numberOf(here.bits), kept) || here.flags !== (raise && there !== a ? 1 : 0);
      });
    });
  });
});
