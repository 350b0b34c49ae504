export type * from './scenario';
export type * from './verdict';
export { violationKinds } from './verdict';
export { check, defaultOptions, ladder, rungName } from './check';
