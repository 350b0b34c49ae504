/** The machine layer: what one instruction does to one hart, over integers and over unknown values. */

export { amoValue } from './amo';
export { byteKey, joinBytes, loadedValue, type SymbolicByte, splitBytes } from './bytes';
export type * from './effect';
export { effectOf, executed } from './effects';
export { Hart, type HartMemory, instructionAlignment, type StepResult, step, type Trap } from './hart';
export { Ram } from './ram';
export { symbolicBinary, symbolicUnary } from './rules';
export { type SymbolName, showValue } from './show';
export {
  type Condition,
  conditionOf,
  evaluateSymbolic,
  substitute,
} from './symbolic';
export {
  opaque,
  sameValue,
  splitOffset,
  type Term,
  TermTooDeep,
  type Value,
  valueKey,
} from './term';
export { applyBinary, applyUnary, evaluate } from './values';
