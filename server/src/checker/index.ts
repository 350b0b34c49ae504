export type * from './scenario';
export type * from './verdict';
