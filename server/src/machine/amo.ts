import type { Xlen } from '../isa/types';
import { loadedValue } from './bytes';
import type { AmoOp } from './effect';
import { symbolicBinary } from './rules';
import type { Value } from './term';

/**
 * What a read-modify-write stores: its low `size` bytes. `old` is what memory held, in any extension.
 * Sign extension keeps the unsigned order of 32-bit values too, so one form serves all comparisons.
 */
export function amoValue(op: AmoOp, old: bigint, operand: bigint, size: 4 | 8, xlen: Xlen): bigint;
export function amoValue(op: AmoOp, old: Value, operand: Value, size: 4 | 8, xlen: Xlen): Value;
export function amoValue(op: AmoOp, old: Value, operand: Value, size: 4 | 8, xlen: Xlen): Value {
  const a = loadedValue(old, size, true, xlen);
  const b = loadedValue(operand, size, true, xlen);
  if (op === 'swap') return b;
  return symbolicBinary(op, a, b, xlen);
}
