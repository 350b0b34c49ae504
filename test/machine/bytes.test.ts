import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessSize } from '../../server/src/machine/effect';
import {
  byteKey,
  joinBytes,
  opaque,
  type SymbolicByte,
  splitBytes,
  substitute,
  symbolicUnary,
  valueKey,
} from '../../server/src/machine/index';
import { arbitraryValue } from './arbitrary';

const a0 = opaque('a0');
const a1 = opaque('a1');

describe('bytes of unknown values', () => {
  it('come back whole: sd a0, (x); ld t0, (x)', () => {
    expect(valueKey(joinBytes(splitBytes(a0, 8, 64), true, 64))).toBe('a0');
  });

  it('come back extended: sw a0, (x); lwu t0, (x)', () => {
    expect(valueKey(joinBytes(splitBytes(a0, 4, 64), false, 64))).toBe('zext32(a0)');
    expect(valueKey(joinBytes(splitBytes(a0, 4, 64), true, 64))).toBe('sext32(a0)');
  });

  it('are the same bytes whether the upper half was extended before or not', () => {
    const extended = splitBytes(symbolicUnary('sext32', a0, 64), 4, 64);
    expect(extended.map(byteKey)).toEqual(splitBytes(a0, 4, 64).map(byteKey));
  });

  it('of a number are numbers', () => {
    expect(splitBytes(0x000282e7n, 4, 64).map(byteKey)).toEqual(['0xe7', '0x82', '0x2', '0x0']);
    expect(joinBytes(splitBytes(0xfffff2b7n, 4, 64), true, 64)).toBe(0xfffffffffffff2b7n);
  });

  it('of two stores make one load', () => {
    const slot = [...splitBytes(a0, 4, 64), ...splitBytes(a1, 4, 64)];
    expect(valueKey(joinBytes(slot, true, 64))).toBe('zext32(a0)+4294967296*zext32(a1)');
  });

  it.each([32, 64] as const)('agree with integers on RV%i, wherever the stores overlap', (xlen) => {
    const sizes = fc.constantFrom<AccessSize>(...(xlen === 64 ? ([1, 2, 4, 8] as const) : ([1, 2, 4] as const)));
    const store = fc.record({ at: fc.nat(15), size: sizes, value: arbitraryValue(xlen) });
    fc.assert(
      fc.property(fc.array(store, { maxLength: 6 }), fc.nat(15), sizes, fc.boolean(), (stores, at, size, signed) => {
        const symbolic = Array.from({ length: 24 }, (): SymbolicByte => ({ value: 0n, index: 0 }));
        const concrete = new DataView(new ArrayBuffer(24));
        stores.forEach((s, n) => {
          splitBytes(opaque(`v${n}`), s.size, xlen).forEach((byte, i) => {
            symbolic[s.at + i] = byte;
            concrete.setUint8(s.at + i, Number((s.value >> BigInt(8 * i)) & 0xffn));
          });
        });
        const loaded = joinBytes(symbolic.slice(at, at + size), signed, xlen);
        const known = substitute(loaded, (name) => stores[Number(name.slice(1))]?.value ?? 0n, xlen);
        const bits = Array.from({ length: size }, (_, i) => BigInt(concrete.getUint8(at + i)) << BigInt(8 * i));
        const raw = bits.reduce((all, byte) => all | byte, 0n);
        expect(known).toBe(BigInt.asUintN(xlen, signed ? BigInt.asIntN(8 * size, raw) : raw));
      }),
      { numRuns: 2000 },
    );
  });
});
