import type { Trap } from '../hart';
import type { Fault } from './mmu';
import { machine, type Privilege, type PrivilegedState, status, supervisor, user } from './state';

/** A trap as the trap registers tell it. */
export interface Cause {
  readonly number: number;
  readonly interrupt: boolean;
  readonly tval: bigint;
}

const accessCauses = {
  fetch: { misaligned: 0, access: 1, page: 12 },
  load: { misaligned: 4, access: 5, page: 13 },
  store: { misaligned: 6, access: 7, page: 15 },
} as const;

/**
 * The exception that an instruction raises (volume II, table "Machine cause register values").
 *
 * @param word the instruction's bits
 * @param fault what the memory last refused
 */
export function causeOf(
  trap: Exclude<Trap, { readonly cause: 'unsupported' }>,
  state: PrivilegedState,
  pc: bigint,
  word: number,
  fault: Fault,
): Cause {
  const exception = (number: number, tval: bigint): Cause => ({ number, interrupt: false, tval });
  switch (trap.cause) {
    case 'ecall':
      return exception(8 + state.privilege, 0n);
    case 'ebreak':
      return exception(3, pc);
    case 'illegal-instruction':
      return exception(2, BigInt(word));
    case 'misaligned-fetch':
      return exception(accessCauses.fetch.misaligned, trap.address);
    case 'misaligned-load':
      return exception(accessCauses.load.misaligned, trap.address);
    case 'misaligned-store':
      return exception(accessCauses.store.misaligned, trap.address);
    case 'fetch-fault':
      return exception(accessCauses.fetch[fault.kind], trap.address);
    // Of a misaligned access, the part that was refused.
    case 'load-fault':
      return exception(accessCauses.load[fault.kind], fault.address);
    case 'store-fault':
      return exception(accessCauses.store[fault.kind], fault.address);
  }
}

/** Enters the handler of a trap. @returns its address */
export function enterTrap(cause: Cause, state: PrivilegedState, pc: bigint): bigint {
  const { privilege } = state;
  const delegated = cause.interrupt ? state.mideleg : state.medeleg;
  const toSupervisor = privilege !== machine && ((delegated >> BigInt(cause.number)) & 1n) !== 0n;
  const registers = toSupervisor ? state.s : state.m;
  const sign = cause.interrupt ? 1n << BigInt(state.isa.xlen - 1) : 0n;
  registers.epc = pc;
  registers.cause = sign | BigInt(cause.number);
  registers.tval = cause.tval;
  const [enabled, previous] = toSupervisor ? [status.sie, status.spie] : [status.mie, status.mpie];
  const wasEnabled = (state.mstatus & enabled) !== 0n;
  state.mstatus = (state.mstatus & ~(enabled | previous)) | (wasEnabled ? previous : 0n);
  if (toSupervisor) state.mstatus = (state.mstatus & ~status.spp) | (privilege === supervisor ? status.spp : 0n);
  else state.mstatus = (state.mstatus & ~status.mpp) | (BigInt(privilege) << 11n);
  state.privilege = toSupervisor ? supervisor : machine;
  state.changed = true;
  state.remapped = true;
  const base = registers.tvec & ~3n;
  const vectored = cause.interrupt && (registers.tvec & 1n) !== 0n;
  return vectored ? BigInt.asUintN(state.isa.xlen, base + 4n * BigInt(cause.number)) : base;
}

/** Leaves a handler by `mret` or `sret`. @returns where it goes on */
export function leaveTrap(from: 'm' | 's', state: PrivilegedState): bigint {
  const [enabled, previous, mode] =
    from === 'm' ? [status.mie, status.mpie, status.mpp] : [status.sie, status.spie, status.spp];
  const wasEnabled = (state.mstatus & previous) !== 0n;
  const privilege = Number((state.mstatus & mode) >> (from === 'm' ? 11n : 8n)) as Privilege;
  state.mstatus = (state.mstatus & ~(enabled | mode)) | previous | (wasEnabled ? enabled : 0n);
  if (privilege !== machine) state.mstatus &= ~status.mprv;
  state.privilege = privilege;
  state.changed = true;
  state.remapped = true;
  return from === 'm' ? state.m.epc : state.s.epc;
}

/** By falling priority: external, software, timer, of M-mode first (volume II, "Machine Interrupt Registers"). */
const byPriority = [11, 3, 7, 9, 1, 5] as const;

/** The interrupt that is taken before the next instruction, or null. */
export function nextInterrupt(state: PrivilegedState): Cause | null {
  const { privilege, mstatus, mideleg } = state;
  const pending = state.pending & state.mie;
  if (pending === 0n) return null;
  const forMachine = privilege !== machine || (mstatus & status.mie) !== 0n ? pending & ~mideleg : 0n;
  const mayEnterSupervisor = privilege === user || (privilege === supervisor && (mstatus & status.sie) !== 0n);
  const taken = forMachine !== 0n ? forMachine : mayEnterSupervisor ? pending & mideleg : 0n;
  const number = byPriority.find((bit) => ((taken >> BigInt(bit)) & 1n) !== 0n);
  return number === undefined ? null : { number, interrupt: true, tval: 0n };
}

/** The cycle at which a hart that waits may find an interrupt pending; null where none will ever be. */
export function wakingCycle(state: PrivilegedState): number | null {
  if ((state.pending & state.mie) !== 0n) return state.counters.cycles;
  const { deadline } = state;
  return deadline === Number.POSITIVE_INFINITY ? null : deadline;
}
