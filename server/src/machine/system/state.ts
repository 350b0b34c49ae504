import type { Isa } from '../../isa/types';
import type { FloatState } from '../float/state';
import type { Clint } from './clint';
import type { Counters } from './counters';
import type { Pmp } from './pmp';

/** U, S, M. */
export type Privilege = 0 | 1 | 3;
export const [user, supervisor, machine] = [0, 1, 3] as const;

/** Fields of `mstatus`; those of `sstatus` stand in the same places. */
export const status = {
  sie: 1n << 1n,
  mie: 1n << 3n,
  spie: 1n << 5n,
  mpie: 1n << 7n,
  spp: 1n << 8n,
  mpp: 3n << 11n,
  fs: 3n << 13n,
  mprv: 1n << 17n,
  sum: 1n << 18n,
  mxr: 1n << 19n,
  tvm: 1n << 20n,
  tw: 1n << 21n,
  tsr: 1n << 22n,
} as const;

/** Interrupts by their bit in `mip` and `mie`. */
export const interrupt = { ssi: 1n << 1n, msi: 1n << 3n, sti: 1n << 5n, mti: 1n << 7n, sei: 1n << 9n } as const;

/** The trap registers of one privileged mode. */
export interface TrapRegisters {
  /** `xtvec`: the handler's address, and 1 in the low bits where interrupts have vectors. */
  tvec: bigint;
  epc: bigint;
  cause: bigint;
  tval: bigint;
  scratch: bigint;
  counteren: number;
}

const noTraps = (): TrapRegisters => ({ tvec: 0n, epc: 0n, cause: 0n, tval: 0n, scratch: 0n, counteren: 0 });

/** What the privileged architecture adds to a hart, as far as it is not in a device or a counter. */
export class PrivilegedState {
  privilege: Privilege = machine;
  /** The writable fields of `mstatus`; UXL, SXL and SD are worked out when it is read. */
  mstatus = 0n;
  medeleg = 0n;
  mideleg = 0n;
  mie = 0n;
  /** The bits of `mip` that software sets. */
  mip = 0n;
  readonly m = noTraps();
  readonly s = noTraps();
  satp = 0n;
  menvcfg = 0n;
  /** The base of Zcmt's table of jumps. */
  jvt = 0n;
  senvcfg = 0n;
  /** Sstc's timer. */
  stimecmp = 0xffff_ffff_ffff_ffffn;
  /** An interrupt may be due, or another timer: the hart looks again. */
  changed = true;
  /** Translation or protection may be another: what was looked up is forgotten. */
  remapped = true;

  constructor(
    readonly isa: Isa,
    readonly hartId: bigint,
    readonly counters: Counters,
    readonly clint: Clint,
    readonly pmp: Pmp,
    readonly float: FloatState,
  ) {
    // Without Svade, hardware updates the accessed and dirty bits from the start.
    if (isa.extensions.has('svadu') && !isa.extensions.has('svade')) this.menvcfg = envcfg.adue;
  }

  has(extension: string): boolean {
    return this.isa.extensions.has(extension);
  }

  /** Whether Sstc's `stimecmp` drives the supervisor timer interrupt. */
  get supervisorTimer(): boolean {
    return (this.menvcfg & envcfg.stce) !== 0n;
  }

  /** `mip`, with what the devices and the timer raise. */
  get pending(): bigint {
    const { cycles } = this.counters;
    let pending = this.mip;
    if (this.clint.software) pending |= interrupt.msi;
    if (cycles >= this.clint.deadline) pending |= interrupt.mti;
    if (this.supervisorTimer) {
      pending &= ~interrupt.sti;
      if (cycles >= this.counters.cycleOf(this.stimecmp)) pending |= interrupt.sti;
    }
    return pending;
  }

  /** The next cycle at which a timer may raise an interrupt. */
  get deadline(): number {
    const machineTimer = (this.mie & interrupt.mti) === 0n ? Number.POSITIVE_INFINITY : this.clint.deadline;
    const stimer = this.supervisorTimer && (this.mie & interrupt.sti) !== 0n;
    return stimer ? Math.min(machineTimer, this.counters.cycleOf(this.stimecmp)) : machineTimer;
  }

  get floatOff(): boolean {
    return (this.mstatus & status.fs) === 0n;
  }

  /** Marks the floating-point state as dirty where it is. @returns whether that has changed `mstatus` */
  noteFloat(): boolean {
    if (!this.float.dirty) return false;
    this.float.dirty = false;
    const before = this.mstatus;
    this.mstatus |= status.fs;
    return this.mstatus !== before;
  }
}

/** Fields of `menvcfg` and `senvcfg`, as far as they are there. */
export const envcfg = {
  fiom: 1n,
  /** Cache blocks: invalidation (two bits), cleaning and flushing, zeros. */
  cbie: 3n << 4n,
  cbcfe: 1n << 6n,
  cbze: 1n << 7n,
  adue: 1n << 61n,
  pbmte: 1n << 62n,
  stce: 1n << 63n,
} as const;
