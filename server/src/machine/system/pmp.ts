import type { Xlen } from '../../isa/types';

/** What an access wants of memory. */
export type AccessType = 'fetch' | 'load' | 'store';

/** Entries that are there; the CSRs of the others read as 0. */
export const pmpEntries = 16;

const bit = { fetch: 4, load: 1, store: 2 } as const;
const [lock, off, tor, na4] = [0x80, 0, 1, 2];

/** One entry as it applies: bytes [start, end) of physical memory. */
interface Range {
  readonly start: number;
  readonly end: number;
  readonly config: number;
}

/** Physical memory protection (ISA manual, volume II, "Physical Memory Protection"), at a granularity of 4 bytes. */
export class Pmp {
  private readonly config = new Uint8Array(pmpEntries);
  private readonly addresses = new Array<bigint>(pmpEntries).fill(0n);
  private ranges: readonly (Range | null)[] = [];

  constructor(private readonly xlen: Xlen) {
    this.update();
  }

  /** Whether any entry binds M-mode. */
  get bindsMachine(): boolean {
    return this.config.some((config) => (config & lock) !== 0);
  }

  /** `pmpaddr`; 0 beyond the last entry. */
  readAddress(entry: number): bigint {
    return this.addresses[entry] ?? 0n;
  }

  /** Whether `pmpaddr` cannot be written: its own entry is locked, or the next one, which begins there. */
  isAddressLocked(entry: number): boolean {
    const next = this.configOf(entry + 1);
    return (this.configOf(entry) & lock) !== 0 || ((next & lock) !== 0 && matching(next) === tor);
  }

  writeAddress(entry: number, value: bigint): void {
    if (entry >= pmpEntries || this.isAddressLocked(entry)) return;
    this.addresses[entry] = BigInt.asUintN(this.xlen === 64 ? 54 : 32, value);
    this.update();
  }

  /** `pmpcfg`: one byte for each of the entries from `first` on, XLEN / 8 of them. */
  readConfig(first: number): bigint {
    let value = 0n;
    for (let i = 0; i < this.xlen / 8; i++) value |= BigInt(this.configOf(first + i)) << BigInt(8 * i);
    return value;
  }

  writeConfig(first: number, value: bigint): void {
    for (let i = 0; i < this.xlen / 8 && first + i < pmpEntries; i++) {
      if ((this.configOf(first + i) & lock) !== 0) continue;
      const wanted = Number((value >> BigInt(8 * i)) & 0x9fn);
      // Writable but not readable is reserved.
      this.config[first + i] = (wanted & 1) === 0 ? wanted & ~2 : wanted;
    }
    this.update();
  }

  /** Whether all of an access is allowed. @param machine in M-mode, which only locked entries bind */
  allows(address: number, size: number, type: AccessType, machine: boolean): boolean {
    for (const range of this.ranges) {
      if (range === null || address >= range.end || address + size <= range.start) continue;
      if (address < range.start || address + size > range.end) return false;
      if (machine && (range.config & lock) === 0) return true;
      return (range.config & bit[type]) !== 0;
    }
    return machine;
  }

  /** Whether all bytes of a page are treated alike. */
  isUniform(page: number, size: number): boolean {
    const end = page + size;
    return this.ranges.every(
      (range) => range === null || range.end <= page || range.start >= end || (range.start <= page && end <= range.end),
    );
  }

  private configOf(entry: number): number {
    return this.config[entry] ?? 0;
  }

  private update(): void {
    this.ranges = this.addresses.map((address, entry): Range | null => {
      const config = this.configOf(entry);
      const kind = matching(config);
      if (kind === off) return null;
      const at = Number(address) * 4;
      if (kind === na4) return { start: at, end: at + 4, config };
      if (kind === tor) {
        const start = Number(this.addresses[entry - 1] ?? 0n) * 4;
        return start < at ? { start, end: at, config } : null;
      }
      // NAPOT: as many ones at the bottom as the size has bits beyond 8 bytes.
      const ones = address & ~(address + 1n);
      const size = Number(ones + 1n) * 8;
      return { start: Number(address & ~ones) * 4, end: Number(address & ~ones) * 4 + size, config };
    });
  }
}

const matching = (config: number): number => (config >> 3) & 3;
