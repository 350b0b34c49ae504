/** The machine layer: what one instruction does to one hart, over integers and over unknown values. */
export type * from './effect';
export { effectOf, executed } from './effects';
export { applyBinary, applyUnary, evaluate } from './values';
export {
  opaque,
  sameValue,
  splitOffset,
  type Term,
  TermTooDeep,
  type Value,
  valueKey,
} from './term';
export {
  type Condition,
  conditionOf,
  evaluateSymbolic,
  substitute,
  symbolicBinary,
  symbolicUnary,
} from './symbolic';
export { byteKey, joinBytes, loadedValue, splitBytes, type SymbolicByte } from './bytes';
export { amoValue } from './amo';
export { showValue, type SymbolName } from './show';
export { Hart, type HartMemory, instructionAlignment, step, type StepResult, type Trap } from './hart';
export { Ram } from './ram';
