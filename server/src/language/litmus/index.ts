/** herd7's RISC-V `.litmus` files: text to a resolved test, diagnostics, and what an editor shows of it. */

export type * from './analysis';
export { analyzeLitmus, litmusIsa } from './analyze';
