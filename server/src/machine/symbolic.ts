import type { Xlen } from '../isa/types';
import type { Expr } from './effect';
import { symbolicBinary, symbolicUnary } from './rules';
import { addScaled, type Value } from './term';

/**
 * Evaluates an expression over integers and terms.
 *
 * @param read The value of registers 1..31; register 0 is never asked for.
 * @param pc The address of the instruction.
 * @throws TermTooDeep where a result is too large to be worth comparing.
 */
export function evaluateSymbolic(expr: Expr, read: (reg: number) => Value, pc: bigint, xlen: Xlen): Value {
  switch (expr.k) {
    case 'const':
      return expr.value;
    case 'reg':
      return expr.reg === 0 ? 0n : read(expr.reg);
    case 'pc':
      return pc;
    case 'un':
      return symbolicUnary(expr.op, evaluateSymbolic(expr.a, read, pc, xlen), xlen);
    case 'bin': {
      const a = evaluateSymbolic(expr.a, read, pc, xlen);
      return symbolicBinary(expr.op, a, evaluateSymbolic(expr.b, read, pc, xlen), xlen);
    }
  }
}

/** Replaces every opaque name by a value; with integers for all names the result is an integer. */
export function substitute(value: Value, of: (name: string) => Value, xlen: Xlen): Value {
  if (typeof value === 'bigint') return value;
  let result: Value = BigInt.asUintN(xlen, value.constant);
  for (const { atom, coefficient } of value.summands) {
    const inner =
      atom.kind === 'opaque'
        ? of(atom.name)
        : atom.kind === 'un'
          ? symbolicUnary(atom.op, substitute(atom.a, of, xlen), xlen)
          : symbolicBinary(atom.op, substitute(atom.a, of, xlen), substitute(atom.b, of, xlen), xlen);
    result = addScaled(result, inner, coefficient, xlen);
  }
  return result;
}

/** An unknown condition: it has the truth value `holds` exactly where the atom named by `key` is 1. */
export interface Condition {
  readonly key: string;
  readonly holds: boolean;
}

/**
 * The truth of a comparison's result. `beq` and `bne` of the same registers, or `slt` and the branch on its
 * result, give the same key, so that a pass which has chosen one way keeps to it.
 */
export function conditionOf(value: Value, xlen: Xlen): boolean | Condition {
  const truth = symbolicBinary('ne', value, 0n, xlen);
  if (typeof truth === 'bigint') return truth !== 0n;
  const [only] = truth.summands;
  return { key: only?.atom.key ?? truth.key, holds: only?.coefficient === 1n };
}
