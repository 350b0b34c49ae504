/** A whole machine with privileged modes, on which bare-metal programs run. */

export type { HtifHost } from './htif';
export { loadMachine, type Machine, type RunEnd } from './machine';
export { Tracer } from './trace';
