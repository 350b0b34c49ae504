import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Xlen } from '../../../server/src/isa/types';
import type { Expr } from '../../../server/src/machine/effect';
import { evaluate } from '../../../server/src/machine/index';
import { Code, type ValueType } from '../../../server/src/machine/wasm/code';
import { type Frame, isWritable, writeCondition, writeValue } from '../../../server/src/machine/wasm/expression';
import { encodeModule } from '../../../server/src/machine/wasm/module';
import { arbitraryExpr, arbitraryValue, binaryOps, unaryOps } from '../arbitrary';

const pc = 0x8000_0000n;

/** Functions of registers 1..4 that yield the value, and whether it is not 0. */
function compiled(expr: Expr, xlen: Xlen) {
  const type: ValueType = xlen === 64 ? 'i64' : 'i32';
  const build = (result: ValueType, write: typeof writeValue) => {
    const code = new Code();
    const frame: Frame = { xlen, type, code, scratch: [4, 5, 6], register: (number) => number - 1 };
    write(expr, pc, frame);
    const module = encodeModule(
      [{ parameters: [type, type, type, type], result, locals: [type, type, type], code }],
      1,
    );
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { f } = new WebAssembly.Instance(new WebAssembly.Module(module), { m: { m: memory } }).exports;
    return f as (...values: readonly (bigint | number)[]) => bigint | number;
  };
  const [value, condition] = [build(type, writeValue), build('i32', writeCondition)];
  const given = (values: readonly bigint[]) => (xlen === 64 ? values : values.map((one) => Number(one) | 0));
  return {
    value: (...values: readonly bigint[]) => BigInt.asUintN(xlen, BigInt(value(...given(values)))),
    holds: (...values: readonly bigint[]) => condition(...given(values)) !== 0,
  };
}

const reg = (number: number): Expr => ({ k: 'reg', reg: number });

/** Operators that are not written are replaced. */
function writable(expr: Expr): Expr {
  if (expr.k === 'un') {
    const a = writable(expr.a);
    return isWritable({ ...expr, a }) ? { ...expr, a } : { k: 'un', op: 'not', a };
  }
  return expr.k === 'bin' ? { ...expr, a: writable(expr.a), b: writable(expr.b) } : expr;
}

describe.each([32, 64] as const)('RV%i: an expression in WebAssembly', (xlen) => {
  const values = fc.array(arbitraryValue(xlen), { minLength: 4, maxLength: 4 });
  const samples = fc.sample(fc.tuple(arbitraryValue(xlen), arbitraryValue(xlen)), { numRuns: 300, seed: 1 });

  it.each(binaryOps)('%s has the value that the interpreter gives it', (op) => {
    const expr: Expr = { k: 'bin', op, a: reg(1), b: reg(2) };
    const { value, holds } = compiled(expr, xlen);
    for (const [a, b] of [...samples, ...samples.map(([both]) => [both, both] as const)]) {
      const expected = evaluate(expr, (number) => [a, b][number - 1] ?? 0n, pc, xlen);
      expect([a, b, value(a, b, 0n, 0n), holds(a, b, 0n, 0n)]).toEqual([a, b, expected, expected !== 0n]);
    }
  });

  it.each(unaryOps.filter((op) => isWritable({ k: 'un', op, a: reg(1) })))('%s has it', (op) => {
    const expr: Expr = { k: 'un', op, a: reg(1) };
    const { value } = compiled(expr, xlen);
    for (const [a] of samples) expect([a, value(a, 0n, 0n, 0n)]).toEqual([a, evaluate(expr, () => a, pc, xlen)]);
  });

  it('has it however operators are nested', () => {
    fc.assert(
      fc.property(arbitraryExpr(xlen).map(writable), values, (expr, contents) => {
        const expected = evaluate(expr, (number) => contents[number - 1] ?? 0n, pc, xlen);
        const { value, holds } = compiled(expr, xlen);
        expect(value(...contents)).toBe(expected);
        expect(holds(...contents)).toBe(expected !== 0n);
      }),
      { numRuns: 500 },
    );
  });
});

it('only what tables say is left to the interpreter', () => {
  expect(unaryOps.filter((op) => !isWritable({ k: 'un', op, a: reg(1) }))).toEqual(
    unaryOps.slice(unaryOps.indexOf('unzip')),
  );
});
