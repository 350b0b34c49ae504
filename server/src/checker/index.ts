export { check, defaultOptions } from './check';
export { ladder, rungName } from './rules';
export type * from './scenario';
export { type Sequence, type TableResult, type TableRow, table } from './table';
export type * from './verdict';
export { violationKinds } from './verdict';
