/** A whole machine with privileged modes, on which bare-metal programs run. */

export type { SystemHart } from './hart';
export type { HtifHost } from './htif';
export { loadMachine, type Machine, type MachineOptions, type RunEnd } from './machine';
export { Tracer } from './trace';
