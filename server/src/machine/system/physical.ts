import type { AccessSize } from '../effect';
import { Lookaside } from './lookaside';

/** A device on the bus, little-endian. Offsets count from its address. */
export interface Device {
  readonly address: number;
  readonly size: number;
  /** Null, or false, where it refuses such an access. */
  load(offset: number, size: AccessSize): bigint | null;
  store(offset: number, size: AccessSize, value: bigint): boolean;
}

/** What is told of a store. */
type Told = (address: number, size: number) => void;

/** Pages are what RAM comes in, and what code is kept by. */
const pageBits = 12;
const pageSize = 1 << pageBits;
/** Lines are what is marked: so many bytes, as a power of two. */
export const lineBits = 7;
const lineSize = 1 << lineBits;

/** Why a line is marked: a store to it has to be told. */
const [holdsCode, isWatched] = [1, 2];

/** A range of RAM: whole pages. `code` holds what was made of the instructions of a page, one slot a parcel. */
interface Region<Code> extends Place {
  readonly view: DataView;
  /** One for each line, and one behind. */
  readonly lines: Uint8Array;
  readonly code: ((Code | undefined)[] | undefined)[];
}

/** Where a range of RAM is in linear memory. */
export interface Place {
  /** Physical addresses. */
  readonly start: number;
  readonly end: number;
  /** Of its bytes, and of the marks of its lines: what is not 0 has to be told of. */
  readonly base: number;
  readonly marks: number;
}

/** Linear memory begins with the registers of the hart, and tables that find pages, a page each: so many bytes. */
export const tables = { load: pageSize, store: 2 * pageSize } as const;
const headerSize = 3 * pageSize;
/** Of linear memory, in bytes. */
const wasmPage = 1 << 16;

/**
 * Physical memory: RAM and devices. Addresses are numbers below 2^53, which is more than the RAM of any machine; those
 * that an address register can hold beyond that reach nothing. All RAM lies in one linear memory, in which compiled code
 * finds it, where WebAssembly is there.
 *
 * @typeParam Code what is kept beside the instructions in RAM; a store to one drops it.
 */
export class PhysicalMemory<Code> {
  /** The first 256 bytes of linear memory. */
  readonly registers: BigUint64Array<ArrayBuffer>;
  /** Null where there is no WebAssembly. */
  readonly linear: WebAssembly.Memory | null;
  private readonly lookasides: Readonly<Record<keyof typeof tables, Lookaside>>;
  private readonly regions: readonly Region<Code>[];
  private readonly devices: Device[] = [];
  /** Of the last access: the next one is likely to go there too. */
  private recent: Region<Code> | null = null;
  /** Counts the stores that someone may want to look at: to lines with instructions, and to what is watched. */
  events = 0;
  /** Of how many instructions something is kept. */
  keptCode = 0;
  /** Is told of each store to one of these, by the address of the instruction. */
  codeChanged: ((address: number) => void) | null = null;
  private watched: { readonly start: number; readonly end: number; readonly tell: Told }[] = [];

  /** @param ranges of RAM, zeros; rounded up to pages, and joined where they touch */
  constructor(ranges: readonly { readonly start: number; readonly size: number }[]) {
    const wanted = ranges
      .map(({ start, size }) => ({
        start: Math.floor(start / pageSize) * pageSize,
        end: Math.ceil((start + size) / pageSize) * pageSize,
      }))
      .sort((a, b) => a.start - b.start);
    const joined: { start: number; end: number }[] = [];
    for (const range of wanted) {
      const last = joined.at(-1);
      if (last !== undefined && range.start <= last.end) last.end = Math.max(last.end, range.end);
      else joined.push({ ...range });
    }
    let size = headerSize;
    const places = joined.map(({ start, end }): Place => {
      const marks = size;
      const base = Math.ceil((marks + (end - start) / lineSize + 1) / pageSize) * pageSize;
      size = base + end - start;
      return { start, end, base, marks };
    });
    this.linear = linearMemory(size);
    const buffer = this.linear?.buffer ?? new ArrayBuffer(size);
    this.registers = new BigUint64Array(buffer, 0, 32);
    this.lookasides = { load: new Lookaside(buffer, tables.load), store: new Lookaside(buffer, tables.store) };
    this.regions = places.map((place) => ({
      ...place,
      view: new DataView(buffer, place.base, place.end - place.start),
      lines: new Uint8Array(buffer, place.marks, place.base - place.marks),
      code: new Array((place.end - place.start) / pageSize),
    }));
  }

  /** The RAM around an address; null where there is none. */
  placeOf(address: number): Place | null {
    return this.regionOf(address, 1);
  }

  /** Tells compiled code that it may access a page. @param page its virtual address */
  openPage(type: keyof typeof tables, page: bigint, physical: number): void {
    const region = this.regionOf(physical, pageSize);
    if (region === null) return;
    const { start, base, marks } = region;
    this.lookasides[type].set(page, base + physical - start, marks - base / lineSize);
  }

  /** Takes back all of that. */
  closePages(): void {
    this.lookasides.load.clear();
    this.lookasides.store.clear();
  }

  attach(device: Device): void {
    this.devices.push(device);
  }

  /** Tells of each store to a range of RAM, once it is there. */
  watch(start: number, size: number, tell: Told): void {
    this.watched.push({ start, end: start + size, tell });
    for (let at = start - (start % lineSize); at < start + size; at += lineSize) {
      const region = this.regionOf(at, 1);
      if (region !== null) this.mark(region, at - region.start, isWatched);
    }
  }

  /** The `size` bytes at an address of any alignment, zero-extended; null where there is nothing, or half of it. */
  load(address: number, size: AccessSize): bigint | null {
    const region = this.regionOf(address, size);
    if (region === null) return this.deviceLoad(address, size);
    const offset = address - region.start;
    switch (size) {
      case 1:
        return BigInt(region.view.getUint8(offset));
      case 2:
        return BigInt(region.view.getUint16(offset, true));
      case 4:
        return BigInt(region.view.getUint32(offset, true));
      case 8:
        return region.view.getBigUint64(offset, true);
    }
  }

  /** Stores the low `size` bytes of a value; false where there is nothing, or half of it. */
  store(address: number, size: AccessSize, value: bigint): boolean {
    const region = this.regionOf(address, size);
    if (region === null) return this.deviceStore(address, size, value);
    const offset = address - region.start;
    const { view } = region;
    if (size === 8) view.setBigUint64(offset, value, true);
    else if (size === 4) view.setUint32(offset, Number(BigInt.asUintN(32, value)), true);
    else if (size === 2) view.setUint16(offset, Number(BigInt.asUintN(16, value)), true);
    else view.setUint8(offset, Number(BigInt.asUintN(8, value)));
    const { lines } = region;
    if (lines[offset >>> lineBits] !== 0 || lines[(offset + size - 1) >>> lineBits] !== 0)
      this.stored(region, offset, size);
    return true;
  }

  /** The 16-bit parcel at an even address; null where there is no RAM. Nothing is fetched from a device. */
  fetch(address: number): number | null {
    const region = this.regionOf(address, 2);
    return region === null ? null : region.view.getUint16(address - region.start, true);
  }

  /** What was kept for the instruction at an even address of RAM. */
  codeAt(address: number): Code | undefined {
    const region = this.regionOf(address, 2);
    if (region === null) return undefined;
    const offset = address - region.start;
    return region.code[offset >>> pageBits]?.[(offset & (pageSize - 1)) >>> 1];
  }

  /** Keeps something for the instruction at an even address, which lies within one page, until it is stored to. */
  keepCode(address: number, code: Code): void {
    const region = this.regionOf(address, 2);
    if (region === null) return;
    const offset = address - region.start;
    let page = region.code[offset >>> pageBits];
    if (page === undefined) {
      page = new Array<Code | undefined>(pageSize / 2).fill(undefined);
      region.code[offset >>> pageBits] = page;
    }
    this.mark(region, offset, holdsCode);
    // It may have four bytes.
    this.mark(region, offset + 2, holdsCode);
    const slot = (offset & (pageSize - 1)) >>> 1;
    if (page[slot] === undefined) this.keptCode++;
    page[slot] = code;
  }

  /** Drops all that was kept: no store to it is told any more. */
  dropCode(): void {
    for (const { code } of this.regions) for (const page of code.keys()) code[page] = undefined;
    this.keptCode = 0;
  }

  /** Bytes of RAM, a copy; null where there is not all of it. */
  bytes(address: number, size: number): Uint8Array | null {
    const region = this.regionOf(address, size);
    if (region === null) return null;
    return new Uint8Array(region.view.buffer, region.base + address - region.start, size).slice();
  }

  /** Copies bytes to RAM, which must be there. */
  write(address: number, bytes: Uint8Array): void {
    const region = this.regionOf(address, bytes.length);
    if (region === null) throw new RangeError(`no RAM at 0x${address.toString(16)}`);
    new Uint8Array(region.view.buffer).set(bytes, region.base + address - region.start);
  }

  private regionOf(address: number, size: number): Region<Code> | null {
    const { recent } = this;
    if (recent !== null && address >= recent.start && address + size <= recent.end) return recent;
    for (const region of this.regions) {
      if (address < region.start || address + size > region.end) continue;
      this.recent = region;
      return region;
    }
    return null;
  }

  private mark(region: Region<Code>, offset: number, why: number): void {
    region.lines[offset >>> lineBits] = (region.lines[offset >>> lineBits] ?? 0) | why;
  }

  /** A store to a marked line: what was kept of the instructions that it touches is dropped. */
  private stored(region: Region<Code>, offset: number, size: number): void {
    this.events++;
    // A 4-byte instruction may begin one parcel before.
    for (let at = Math.max(0, (offset & ~1) - 2); at < offset + size; at += 2) {
      const page = region.code[at >>> pageBits];
      const slot = (at & (pageSize - 1)) >>> 1;
      if (page?.[slot] === undefined) continue;
      page[slot] = undefined;
      this.keptCode--;
      this.codeChanged?.(region.start + at);
    }
    const address = region.start + offset;
    for (const { start, end, tell } of this.watched) if (address < end && start < address + size) tell(address, size);
  }

  private deviceAt(address: number, size: number): Device | null {
    return this.devices.find((one) => address >= one.address && address + size <= one.address + one.size) ?? null;
  }

  private deviceLoad(address: number, size: AccessSize): bigint | null {
    const device = this.deviceAt(address, size);
    return device === null ? null : device.load(address - device.address, size);
  }

  private deviceStore(address: number, size: AccessSize, value: bigint): boolean {
    const device = this.deviceAt(address, size);
    return device?.store(address - device.address, size, value) ?? false;
  }
}

/** Zeros; null where the machine that runs this has no WebAssembly, or no room for it. */
function linearMemory(size: number): WebAssembly.Memory | null {
  const pages = Math.ceil(size / wasmPage);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch {
    return null;
  }
}
