import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BinaryOp } from '../../server/src/machine/effect';
import { applyBinary } from '../../server/src/machine/index';
import { arbitraryValue } from './arbitrary';

/** Each operator against arithmetic done in another way than by BigInt's own operator of that name. */
describe.each([32, 64] as const)('on RV%i', (xlen) => {
  const size = 1n << BigInt(xlen);
  const signed = (a: bigint): bigint => (a >= size / 2n ? a - size : a);
  const wrap = (a: bigint): bigint => ((a % size) + size) % size;
  const magnitude = (a: bigint): bigint => (a < 0n ? -a : a);
  const value = arbitraryValue(xlen);

  /** Checks a property of `op(a, b)` for all pairs. */
  const always = (op: BinaryOp, holds: (result: bigint, a: bigint, b: bigint) => boolean): void => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const result = applyBinary(op, a, b, xlen);
        return result >= 0n && result < size && holds(result, a, b);
      }),
      { numRuns: 1000 },
    );
  };

  /** The high half of a product of unsigned numbers, by long multiplication of half-words, as a hart without `mulhu` does. */
  function highByHalves(a: bigint, b: bigint): bigint {
    const half = BigInt(xlen / 2);
    const mask = (1n << half) - 1n;
    const [a0, a1, b0, b1] = [a & mask, a >> half, b & mask, b >> half];
    const middle = a1 * b0 + ((a0 * b0) >> half);
    const carry = a0 * b1 + (middle & mask);
    return a1 * b1 + (middle >> half) + (carry >> half);
  }

  it('mulhu is long multiplication', () => {
    always('mulhu', (high, a, b) => high === highByHalves(a, b));
  });

  it('mulh and mulhsu correct mulhu by what the signs are worth', () => {
    const negative = (a: bigint): bigint => (a >= size / 2n ? 1n : 0n);
    always('mulh', (high, a, b) => high === wrap(highByHalves(a, b) - negative(a) * b - negative(b) * a));
    always('mulhsu', (high, a, b) => high === wrap(highByHalves(a, b) - negative(a) * b));
  });

  it('mul and mulhu are the two halves of a sum of shifted copies', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        let product = 0n;
        for (let bit = 0; bit < xlen; bit++) if ((b >> BigInt(bit)) % 2n === 1n) product += a << BigInt(bit);
        expect(applyBinary('mulhu', a, b, xlen) * size + applyBinary('mul', a, b, xlen)).toBe(product);
      }),
    );
  });

  it('divu and remu give quotient and remainder', () => {
    always('divu', (q, a, b) => (b === 0n ? q === size - 1n : a === q * b + applyBinary('remu', a, b, xlen)));
    always('remu', (r, a, b) => (b === 0n ? r === a : r < b));
  });

  it('div and rem round toward zero: the remainder has the sign of the dividend', () => {
    always('div', (q, a, b) => {
      if (b === 0n) return signed(q) === -1n;
      return wrap(signed(q) * signed(b) + signed(applyBinary('rem', a, b, xlen))) === a;
    });
    always('rem', (r, a, b) => {
      if (b === 0n) return r === a;
      return magnitude(signed(r)) < magnitude(signed(b)) && (r === 0n || signed(r) < 0n === signed(a) < 0n);
    });
  });

  it('shifts are products and floored quotients by powers of two', () => {
    const power = (b: bigint): bigint => 2n ** (b % BigInt(xlen));
    const floor = (a: bigint, by: bigint): bigint => (a < 0n ? (a - by + 1n) / by : a / by);
    always('sll', (result, a, b) => result === wrap(a * power(b)));
    always('srl', (result, a, b) => result === a / power(b));
    always('sra', (result, a, b) => signed(result) === floor(signed(a), power(b)));
  });

  it('comparisons agree with the sign of the difference', () => {
    always('lt', (result, a, b) => result === (signed(a) - signed(b) < 0n ? 1n : 0n));
    always('ltu', (result, a, b) => result === (a - b < 0n ? 1n : 0n));
    always('ge', (result, a, b) => result === 1n - applyBinary('lt', a, b, xlen));
    always('geu', (result, a, b) => result === 1n - applyBinary('ltu', a, b, xlen));
    always('eq', (result, a, b) => result === (a - b === 0n ? 1n : 0n));
    always('ne', (result, a, b) => result === 1n - applyBinary('eq', a, b, xlen));
  });

  it('min and max are one of the two, in order', () => {
    for (const [least, most, key] of [
      ['min', 'max', signed],
      ['minu', 'maxu', (a: bigint) => a],
    ] as const) {
      always(least, (result, a, b) => (result === a || result === b) && key(result) <= key(a) && key(result) <= key(b));
      always(most, (result, a, b) => result === wrap(a + b - applyBinary(least, a, b, xlen)));
    }
  });

  it('bitwise operators and addition: a + b = (a ^ b) + 2(a & b), a | b = (a ^ b) + (a & b)', () => {
    const op = (name: BinaryOp, a: bigint, b: bigint): bigint => applyBinary(name, a, b, xlen);
    always('add', (result, a, b) => result === wrap(op('xor', a, b) + 2n * op('and', a, b)));
    always('or', (result, a, b) => result === op('xor', a, b) + op('and', a, b));
    always('sub', (result, a, b) => op('add', result, b) === a);
  });
});
