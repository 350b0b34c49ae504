/** IEEE 754-2019 binary arithmetic as RISC-V defines it, and the floating-point state of a hart. */

export { runFloat } from './execute';
export { FloatState } from './state';
