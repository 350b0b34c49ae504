/**
 * Floating-point instructions in a pass. Their registers hold what nobody set, so nothing is computed: what a pass does to them
 * is the list of what it has executed, with every integer that went in. Two passes with equal lists leave equal registers.
 */
import { type Effect, type Expr, type Value, valueKey } from '../machine';

type FloatEffect = Extract<Effect, { kind: 'float' }>;
type FloatOperation = FloatEffect['operation'];

/** One entry of the list. @param calls How many the pass has made: each may have changed all of these registers. */
export function floatEntry({ mnemonic, operation }: FloatEffect, value: (expr: Expr) => Value, calls: number): string {
  const written = JSON.stringify(operation, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}` : part));
  return [mnemonic, written, calls, ...integersInto(operation).map((expr) => valueKey(value(expr)))].join(' ');
}

/** The integer register that an operation writes, or null where its result is a floating-point number. */
export function integerResult(operation: FloatOperation): number | null {
  switch (operation.k) {
    case 'compare':
    case 'class':
    case 'to-integer':
    case 'move-out':
      return operation.rd;
    default:
      return null;
  }
}

function integersInto(operation: FloatOperation): Expr[] {
  if (operation.k === 'from-integer') return [operation.source];
  if (operation.k === 'move-in') return operation.high === null ? [operation.low] : [operation.low, operation.high];
  return [];
}
