/** The machine layer: what one instruction does to one hart, over integers and over unknown values. */

export { amoValue } from './amo';
export { byteKey, joinBytes, type SymbolicByte, splitBytes } from './bytes';
export type * from './effect';
export { effectOf, executed, unmodelled } from './effects';
export { Hart, step, type Trap } from './hart';
export { Ram } from './ram';
export { symbolicBinary, symbolicUnary } from './rules';
export { showValue } from './show';
export {
  conditionOf,
  evaluateSymbolic,
  substitute,
} from './symbolic';
export {
  opaque,
  sameValue,
  splitOffset,
  TermTooDeep,
  type Value,
  valueKey,
} from './term';
export { applyBinary, evaluate } from './values';
