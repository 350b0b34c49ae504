import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, compileCondition, compileWrite } from '../../server/src/machine/compile';
import type { Expr } from '../../server/src/machine/effect';
import { evaluate } from '../../server/src/machine/index';
import { arbitraryExpr, arbitraryValue, binaryOps } from './arbitrary';

const pc = 0x8000_0000n;

describe.each([32, 64] as const)('RV%i: a compiled expression', (xlen) => {
  const values = fc.array(arbitraryValue(xlen), { minLength: 4, maxLength: 4 });

  /** All three forms against the interpreter. */
  function check(expr: Expr, contents: readonly bigint[]): void {
    const x = new BigUint64Array([0n, ...contents, 0n]);
    const expected = evaluate(expr, (reg) => x[reg] ?? 0n, pc, xlen);
    expect(compile(expr, x, pc, xlen)()).toBe(expected);
    expect(compileCondition(expr, x, pc, xlen)()).toBe(expected !== 0n);
    compileWrite(5, expr, x, pc, xlen)();
    expect(x[5]).toBe(expected);
  }

  it('has the value that the interpreter gives it', () => {
    fc.assert(fc.property(arbitraryExpr(xlen), values, check), { numRuns: 1000 });
  });

  it('has it in every common shape: two registers, a register and a number, sign-extended or not', () => {
    const first: Expr = { k: 'reg', reg: 1 };
    const second = fc.oneof(
      fc.constant<Expr>({ k: 'reg', reg: 2 }),
      arbitraryValue(xlen).map((value): Expr => ({ k: 'const', value })),
    );
    const shape = fc.tuple(fc.constantFrom(...binaryOps), second, fc.boolean()).map(([op, b, extended]): Expr => {
      const inner: Expr = { k: 'bin', op, a: first, b };
      return extended ? { k: 'un', op: 'sext32', a: inner } : inner;
    });
    fc.assert(fc.property(shape, values, check), { numRuns: 3000 });
  });
});
