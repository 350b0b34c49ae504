/**
 * Memory, cut into cells: the pieces that every access of the test covers as a whole. Accesses of one size make one
 * cell of each location; mixed sizes cut it finer. Cuts are found by running: an access with a new footprint cuts, and
 * the search begins again.
 */
import type { LitmusTest } from './test';

/** Thrown when an access has cut a cell: everything computed over the old cells is void. */
export class NewCut extends Error {}

/** The cells that an access covers, lowest address first. */
export type Footprint = readonly number[];

interface Area {
  readonly start: number;
  /** Initial bytes. */
  readonly bytes: Uint8Array;
}

export class Cells {
  readonly #areas: readonly Area[];
  /** Sorted addresses at which a cell begins or ends; within an area only. */
  readonly #cuts = new Set<number>();
  readonly #footprints = new Map<number, Footprint | null>();
  /** Where a cell begins, how long it is and what it holds at first. */
  start: number[] = [];
  size: number[] = [];
  initial: bigint[] = [];

  constructor(test: LitmusTest) {
    this.#areas = [...test.locations.map(dataArea), ...test.threads.map(codeArea)];
    for (const area of this.#areas) {
      this.#cuts.add(area.start);
      this.#cuts.add(area.start + area.bytes.length);
    }
    for (const location of test.locations)
      location.initial.forEach((_, i) => {
        this.#cuts.add(Number(location.address) + i * location.size);
      });
    this.#recut();
  }

  /**
   * The cells of an access; null where it is not wholly inside one location or one thread's code.
   * @throws NewCut the first time that an access begins or ends inside a cell.
   */
  footprint(address: number, size: number): Footprint | null {
    const key = address * 16 + size;
    const known = this.#footprints.get(key);
    if (known !== undefined) return known;
    const found = this.#find(address, size);
    this.#footprints.set(key, found);
    return found;
  }

  /** Makes the cells of an access before the search begins. */
  cut(address: number, size: number): void {
    if (this.#inside(address, size) && this.#cutAt(address, address + size)) this.#recut();
  }

  #inside = (address: number, size: number): boolean =>
    this.#areas.some((area) => area.start <= address && address + size <= area.start + area.bytes.length);

  /** Whether a cut was missing. */
  #cutAt(...places: readonly number[]): boolean {
    const missing = places.filter((place) => !this.#cuts.has(place));
    for (const place of missing) this.#cuts.add(place);
    return missing.length > 0;
  }

  #find(address: number, size: number): Footprint | null {
    const end = address + size;
    if (!this.#inside(address, size)) return null;
    if (this.#cutAt(address, end)) {
      this.#recut();
      throw new NewCut();
    }
    const cells: number[] = [];
    this.start.forEach((start, cell) => {
      if (address <= start && start < end) cells.push(cell);
    });
    return cells;
  }

  #recut(): void {
    this.#footprints.clear();
    this.start = [];
    this.size = [];
    this.initial = [];
    const cuts = [...this.#cuts].sort((a, b) => a - b);
    for (const area of this.#areas) {
      const inside = cuts.filter((cut) => area.start <= cut && cut <= area.start + area.bytes.length);
      for (let i = 0; i + 1 < inside.length; i++) {
        const from = inside[i] ?? 0;
        const to = inside[i + 1] ?? 0;
        this.start.push(from);
        this.size.push(to - from);
        this.initial.push(littleEndian(area.bytes.subarray(from - area.start, to - area.start)));
      }
    }
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}

function putLittleEndian(bytes: Uint8Array, at: number, value: bigint, size: number): void {
  for (let i = 0; i < size; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
}

function dataArea(location: LitmusTest['locations'][number]): Area {
  const bytes = new Uint8Array(location.size * location.initial.length);
  location.initial.forEach((value, i) => {
    putLittleEndian(bytes, i * location.size, value, location.size);
  });
  return { start: Number(location.address), bytes };
}

function codeArea(thread: LitmusTest['threads'][number]): Area {
  const start = Number(thread.start);
  const bytes = new Uint8Array(Number(thread.end) - start);
  for (const one of thread.instructions)
    putLittleEndian(bytes, Number(one.address) - start, BigInt(one.bits ?? 0), one.length);
  return { start, bytes };
}
