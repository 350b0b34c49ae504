import type { AccessSize } from '../effect';
import type { Counters } from './counters';
import type { Device } from './physical';

/** Where it stands on most boards, Spike and QEMU's `virt` among them. */
export const clintAddress = 0x200_0000;
const [msip, mtimecmp, mtime] = [0, 0x4000, 0xbff8];

/**
 * The core-local interruptor of one hart: software interrupt, timer and time (SiFive's layout; the ACLINT
 * specification's MTIMER and MSWI).
 */
export class Clint implements Device {
  readonly address = clintAddress;
  readonly size = 0xc000;
  /** The software interrupt that is pending: `mip.MSIP`. */
  software = false;
  private compare = 0xffff_ffff_ffff_ffffn;

  /** @param changed is told when a store may have raised or cleared an interrupt */
  constructor(
    private readonly counters: Counters,
    private readonly changed: () => void,
  ) {}

  /** The cycle from which on the timer interrupt is pending. */
  get deadline(): number {
    return this.counters.cycleOf(this.compare);
  }

  load(offset: number, size: AccessSize): bigint | null {
    if (offset % size !== 0) return null;
    const at = offset & ~7;
    const shift = BigInt(8 * (offset - at));
    return BigInt.asUintN(8 * size, this.register(at) >> shift);
  }

  store(offset: number, size: AccessSize, value: bigint): boolean {
    if (offset % size !== 0) return false;
    const at = offset & ~7;
    const shift = BigInt(8 * (offset - at));
    const mask = ((1n << BigInt(8 * size)) - 1n) << shift;
    const written = (this.register(at) & ~mask) | ((value << shift) & mask);
    if (at === msip) this.software = (written & 1n) !== 0n;
    else if (at === mtimecmp) this.compare = written;
    else if (at === mtime) this.counters.time = written;
    this.changed();
    return true;
  }

  /** The doubleword at an offset; 0 where there is none. */
  private register(at: number): bigint {
    if (at === msip) return this.software ? 1n : 0n;
    if (at === mtimecmp) return this.compare;
    return at === mtime ? this.counters.time : 0n;
  }
}
