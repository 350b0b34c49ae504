import type { Xlen } from '../isa/types';
import { loadedValue } from './bytes';
import type { AccessSize, AmoOp } from './effect';
import { symbolicBinary } from './rules';
import type { Value } from './term';

/**
 * What a read-modify-write stores: its low `size` bytes. `old` is what memory held, in any extension.
 * Sign extension keeps the unsigned order of narrow values too, so one form serves all comparisons.
 */
export function amoValue(op: AmoOp, old: bigint, operand: bigint, size: AccessSize, xlen: Xlen): bigint;
export function amoValue(op: AmoOp, old: Value, operand: Value, size: AccessSize, xlen: Xlen): Value;
export function amoValue(op: AmoOp, old: Value, operand: Value, size: AccessSize, xlen: Xlen): Value {
  const a = loadedValue(old, size, true, xlen);
  const b = loadedValue(operand, size, true, xlen);
  if (op === 'swap') return b;
  return symbolicBinary(op, a, b, xlen);
}
