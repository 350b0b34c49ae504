import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BinaryOp } from '../../server/src/machine/effect';
import {
  conditionOf,
  evaluate,
  evaluateSymbolic,
  opaque,
  sameValue,
  showValue,
  splitOffset,
  substitute,
  symbolicBinary,
  symbolicUnary,
  TermTooDeep,
  type Value,
  valueKey,
} from '../../server/src/machine/index';
import { arbitraryExpr, arbitraryNarrowExpr, arbitraryValue } from './arbitrary';

const sp = opaque('sp');
const ra = opaque('ra');
const a0 = opaque('a0');
const a1 = opaque('a1');
const on64 = (op: BinaryOp, a: Value, b: Value): Value => symbolicBinary(op, a, b, 64);
const minus = (n: bigint): bigint => BigInt.asUintN(64, -n);

describe('the normal form', () => {
  const same: [string, Value, Value][] = [
    ['addi sp, sp, -16; addi sp, sp, 16 gives sp back', on64('add', on64('add', sp, minus(16n)), 16n), sp],
    ['x - x is 0', on64('sub', on64('add', sp, 4n), on64('add', sp, 4n)), 0n],
    ['x ^ x is 0', on64('xor', a0, a0), 0n],
    ['(x + y) - y is x', on64('sub', on64('add', a0, a1), a1), a0],
    ['not not x is x', symbolicUnary('not', symbolicUnary('not', a0, 64), 64), a0],
    ['slli 3 is a product with 8', on64('sll', a0, 3n), on64('mul', a0, 8n)],
    ['slli 32; srli 32 is zext.w', on64('srl', on64('sll', a0, 32n), 32n), symbolicUnary('zext32', a0, 64)],
    ['slli 48; srai 48 is sext.h', on64('sra', on64('sll', a0, 48n), 48n), symbolicUnary('sext16', a0, 64)],
    ['x & y is y & x', on64('and', a0, a1), on64('and', a1, a0)],
    ['(x & 12) & 10 is x & 8', on64('and', on64('and', a0, 12n), 10n), on64('and', a0, 8n)],
    ['snez of seqz is the negation', on64('ltu', 0n, on64('ltu', a0, 1n)), on64('eq', a0, 0n)],
    ['xori 1 negates a truth value', on64('xor', on64('lt', a0, a1), 1n), on64('ge', a0, a1)],
  ];
  it.each(same)('%s', (_, actual, expected) => {
    expect(valueKey(actual)).toBe(valueKey(expected));
  });

  it('brings addiw up and down again back to sext.w', () => {
    const up = symbolicUnary('sext32', on64('add', a0, 1n), 64);
    const down = symbolicUnary('sext32', on64('sub', up, 1n), 64);
    expect(valueKey(down)).toBe(valueKey(symbolicUnary('sext32', a0, 64)));
  });

  it('folds comparisons of values with one base', () => {
    expect(on64('eq', on64('add', sp, 8n), on64('add', sp, 8n))).toBe(1n);
    expect(on64('eq', on64('add', sp, 8n), sp)).toBe(0n);
    expect(on64('ne', on64('add', sp, 8n), sp)).toBe(1n);
    expect(on64('geu', sp, sp)).toBe(1n);
  });

  it('does not take a value for narrower than it is', () => {
    const topByte = on64('srl', a0, 56n);
    expect(valueKey(symbolicUnary('zext8', topByte, 64))).toBe(valueKey(topByte));
    expect(sameValue(symbolicUnary('sext8', topByte, 64), topByte)).toBe(false);
    expect(sameValue(on64('and', topByte, 0x7fn), topByte)).toBe(false);
    expect(on64('eq', on64('lt', a0, a1), 2n)).toBe(0n);
  });

  it('does not fold what overflow can decide: sp < sp + 8 is not always true', () => {
    expect(typeof on64('ltu', sp, on64('add', sp, 8n))).not.toBe('bigint');
  });

  it('keeps opaque names apart', () => {
    expect(sameValue(ra, sp)).toBe(false);
    expect(sameValue(opaque('ra'), ra)).toBe(true);
    expect(valueKey(opaque('a+b'))).not.toBe(valueKey(on64('add', opaque('a'), opaque('b'))));
    expect(valueKey(opaque('0x10'))).not.toBe(valueKey(16n));
  });

  it('splits an address into base and offset', () => {
    const { base, offset } = splitOffset(on64('add', sp, minus(8n)));
    expect(base && sameValue(base, sp)).toBe(true);
    expect(offset).toBe(-8n);
    expect(splitOffset(0x1000n)).toEqual({ base: null, offset: 0x1000n });
  });

  it('refuses a value that grows without end', () => {
    expect(() => {
      let x: Value = a0;
      for (let i = 0; i < 20; i++) x = on64('mul', x, x);
    }).toThrow(TermTooDeep);
  });
});

describe('conditions', () => {
  it('are one unknown, whichever way a branch asks', () => {
    const taken = conditionOf(on64('eq', a0, a1), 64);
    const other = conditionOf(on64('ne', a1, a0), 64);
    expect(taken).toMatchObject({ holds: true });
    expect(other).toEqual({ ...(taken as object), holds: false });
  });

  it('see through slt and the branch on its result', () => {
    const slt = on64('lt', a0, a1);
    expect(conditionOf(on64('ne', slt, 0n), 64)).toEqual(conditionOf(slt, 64));
    expect(conditionOf(on64('eq', slt, 0n), 64)).toEqual(conditionOf(on64('ge', a0, a1), 64));
  });

  it('are decided for integers', () => {
    expect(conditionOf(1n, 64)).toBe(true);
    expect(conditionOf(0n, 64)).toBe(false);
  });
});

describe('values for people', () => {
  const shown: [Value, string][] = [
    [on64('add', ra, 8n), 'ra+8'],
    [on64('sub', sp, 16n), 'sp-16'],
    [on64('and', ra, minus(2n)), 'ra & ~1'],
    [on64('add', on64('and', ra, minus(2n)), 4n), '(ra & ~1)+4'],
    [on64('sub', 0n, a0), '-a0'],
    [on64('add', on64('mul', a0, 8n), a1), '8*a0+a1'],
    [on64('divu', a0, a1), 'divu(a0, a1)'],
    [symbolicUnary('sext32', on64('add', a0, 1n), 64), 'sext32(a0+1)'],
    [opaque('t0@entry'), 't0@entry'],
    [0x80n, '0x80'],
  ];
  it.each(shown)('%#: %s', (value, text) => {
    expect(showValue(value)).toBe(text);
  });

  it('name the addresses that have a name', () => {
    const symbolName = (address: bigint): string | null => (address === 0xffffffff80012000n ? 'old_tramp' : null);
    expect(showValue(0xffffffff80012000n, symbolName)).toBe('0xffffffff80012000 (old_tramp)');
    expect(showValue(0x10n, symbolName)).toBe('0x10');
  });
});

describe.each([32, 64] as const)('over RV%i, symbolic evaluation', (xlen) => {
  const registers = fc.array(arbitraryValue(xlen), { minLength: 5, maxLength: 5 });
  const pc = BigInt.asUintN(xlen, 0xffffffff80a00000n);

  it('of integers is evaluation', () => {
    fc.assert(
      fc.property(arbitraryExpr(xlen), registers, (expr, values) => {
        const read = (reg: number): bigint => values[reg] ?? 0n;
        expect(evaluateSymbolic(expr, read, pc, xlen)).toBe(evaluate(expr, read, pc, xlen));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['any expression', arbitraryExpr(xlen)],
    ['narrow values', arbitraryNarrowExpr(xlen)],
  ])('commutes with putting integers in place of names: %s', (_, expressions) => {
    const known = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(expressions, registers, known, (expr, values, isKnown) => {
        const concrete = (reg: number): bigint => values[reg] ?? 0n;
        const read = (reg: number): Value => (isKnown[reg] ? concrete(reg) : opaque(`x${reg}`));
        const symbolic = evaluateSymbolic(expr, read, pc, xlen);
        const replaced = substitute(symbolic, (name) => concrete(Number(name.slice(1))), xlen);
        expect(replaced).toBe(evaluate(expr, concrete, pc, xlen));
      }),
      { numRuns: 5000 },
    );
  });

  it('keeps its normal form under substitution of the names themselves', () => {
    fc.assert(
      fc.property(arbitraryExpr(xlen), (expr) => {
        const symbolic = evaluateSymbolic(expr, (reg) => opaque(`x${reg}`), pc, xlen);
        expect(valueKey(substitute(symbolic, opaque, xlen))).toBe(valueKey(symbolic));
      }),
      { numRuns: 2000 },
    );
  });
});
