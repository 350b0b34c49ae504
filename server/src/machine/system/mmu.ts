import type { AccessSize } from '../effect';
import type { HartMemory } from '../hart';
import type { PhysicalMemory } from './physical';
import type { AccessType } from './pmp';
import { machine, type Privilege, type PrivilegedState, status } from './state';
import { shapeOf, type TableMemory, walk } from './translate';

/** Why the last access was refused, and the address of the part of it that was. */
export interface Fault {
  readonly kind: 'page' | 'access' | 'misaligned';
  readonly address: bigint;
}

/** One access as it is told in a log: at a virtual address; `value` null for a load. */
export interface Access {
  readonly address: bigint;
  readonly size: AccessSize;
  readonly value: bigint | null;
}

const pageSize = 4096;
/** The widest physical address has 56 bits. */
const beyond = 2 ** 56;

/**
 * What a hart sees of memory: translated by its page tables, protected by PMP. Refused accesses leave their reason in
 * `fault`, and have changed nothing.
 */
export class Mmu<Code> implements HartMemory {
  fault: Fault = { kind: 'access', address: 0n };
  /** The accesses since whoever reads it has emptied it; null: nobody does. */
  log: Access[] | null = null;
  /** Pages that were looked up: where the bytes of a virtual page are, and may be accessed as asked. */
  private readonly known: Readonly<Record<AccessType, Map<bigint, number>>> = {
    fetch: new Map(),
    load: new Map(),
    store: new Map(),
  };
  private readonly tables: TableMemory;
  /** Loads and stores go where they say: neither translated nor protected. */
  private direct = false;

  /** @param misaligned whether ordinary loads and stores of any alignment are carried out; if not, they trap */
  constructor(
    private readonly state: PrivilegedState,
    private readonly physical: PhysicalMemory<Code>,
    private readonly misaligned: boolean,
  ) {
    const allowed = (address: number, size: number, type: AccessType): boolean =>
      state.pmp.allows(address, size, type, false);
    this.tables = {
      load: (address, size) => (allowed(address, size, 'load') ? physical.load(address, size) : null),
      store: (address, size, value) => allowed(address, size, 'store') && physical.store(address, size, value),
    };
  }

  /** Whether loads and stores go where they say. */
  get isDirect(): boolean {
    return this.direct;
  }

  /** Forgets what was looked up: `satp`, `mstatus`, PMP, the mode or the tables have changed. */
  flush(): void {
    this.known.fetch.clear();
    this.known.load.clear();
    this.known.store.clear();
    this.physical.closePages();
    this.direct = this.privilegeOf('load') === machine && !this.state.pmp.bindsMachine;
  }

  /** Whether the page of an address has been looked up for fetches, and is treated alike in all of its bytes. */
  knowsCode(address: bigint): boolean {
    return this.known.fetch.has(address >> 12n);
  }

  load(address: bigint, size: AccessSize): bigint | null {
    if (this.direct && this.log === null) {
      const physical = Number(address);
      if (physical % size === 0 || this.misaligned)
        return this.physical.load(physical, size) ?? this.refuseAbsent(address, size, 'load');
    }
    const at = this.place(address, size, 'load');
    if (at === null) return null;
    const value = at < 0 ? this.loadSplit(address, size) : this.physical.load(at, size);
    if (value === null) return this.refuseAbsent(address, size, 'load');
    this.log?.push({ address, size, value: null });
    return value;
  }

  store(address: bigint, size: AccessSize, value: bigint): boolean {
    if (this.direct && this.log === null) {
      const physical = Number(address);
      if (physical % size === 0 || this.misaligned)
        return this.physical.store(physical, size, value) || this.refuseAbsent(address, size, 'store') !== null;
    }
    const at = this.place(address, size, 'store');
    if (at === null) return false;
    const stored = at < 0 ? this.storeSplit(address, size, value) : this.physical.store(at, size, value);
    if (!stored) return this.refuseAbsent(address, size, 'store') !== null;
    this.log?.push({ address, size, value: BigInt.asUintN(8 * size, value) });
    return true;
  }

  fetch(address: bigint): number | null {
    const at = this.translate(address, 2, 'fetch');
    if (at === null) return null;
    return this.physical.fetch(at) ?? this.refuse('access', address);
  }

  /** Where the bytes of an access within one page are; null where it is refused. */
  translate(address: bigint, size: number, type: AccessType): number | null {
    const page = address >> 12n;
    const known = this.known[type].get(page);
    const offset = Number(address & 0xfffn);
    if (known !== undefined) {
      if (type !== 'fetch') this.physical.openPage(type, page << 12n, known);
      return known + offset;
    }
    const privilege = this.privilegeOf(type);
    const at = this.physicalOf(address, type, privilege);
    if (at === null) return null;
    if (!this.state.pmp.allows(at, size, type, privilege === machine)) return this.refuse('access', address);
    if (!this.state.pmp.isUniform(at - offset, pageSize)) return at;
    this.known[type].set(page, at - offset);
    if (type !== 'fetch') this.physical.openPage(type, page << 12n, at - offset);
    return at;
  }

  private physicalOf(address: bigint, type: AccessType, privilege: Privilege): number | null {
    const shape = privilege === machine ? null : shapeOf(this.state);
    if (shape === null) {
      const at = Number(address);
      return at < beyond ? at : this.refuse('access', address);
    }
    const result = walk(address, type, privilege, shape, this.state, this.tables);
    return result.ok ? result.address : this.refuse(result.fault, address);
  }

  /** The mode as which memory is accessed: with MPRV, loads and stores are the trapped mode's. */
  private privilegeOf(type: AccessType): Privilege {
    const { privilege, mstatus } = this.state;
    if (type === 'fetch' || (mstatus & status.mprv) === 0n) return privilege;
    return Number((mstatus & status.mpp) >> 11n) as Privilege;
  }

  /** Where an access is; null where it is refused, -1 where it takes two pages that both may be accessed. */
  private place(address: bigint, size: AccessSize, type: 'load' | 'store'): number | null {
    const offset = Number(address & 0xfffn);
    if (offset % size === 0) return this.translate(address, size, type);
    if (!this.misaligned) return this.refuse('misaligned', address);
    const before = pageSize - offset;
    if (before >= size) return this.translate(address, size, type);
    const second = this.secondPage(address);
    const first = this.translate(address, before, type);
    if (first === null || this.translate(second, size - before, type) === null) return null;
    return -1;
  }

  private secondPage(address: bigint): bigint {
    return BigInt.asUintN(this.state.isa.xlen, ((address >> 12n) + 1n) << 12n);
  }

  private loadSplit(address: bigint, size: AccessSize): bigint | null {
    let value = 0n;
    for (let i = 0; i < size; i++) {
      const byte = this.byteAt(address, i, 'load');
      const part = byte === null ? null : this.physical.load(byte, 1);
      if (part === null) return null;
      value |= part << BigInt(8 * i);
    }
    return value;
  }

  private storeSplit(address: bigint, size: AccessSize, value: bigint): boolean {
    const places = Array.from({ length: size }, (_, i) => this.byteAt(address, i, 'store'));
    // Nothing is stored unless all of it can be.
    if (places.some((at) => at === null || this.physical.load(at, 1) === null)) return false;
    return places.every((at, i) => at !== null && this.physical.store(at, 1, value >> BigInt(8 * i)));
  }

  private byteAt(address: bigint, i: number, type: 'load' | 'store'): number | null {
    return this.translate(BigInt.asUintN(this.state.isa.xlen, address + BigInt(i)), 1, type);
  }

  /** There is no memory: of an access to two pages, for the second if the first is there. */
  private refuseAbsent(address: bigint, size: AccessSize, type: 'load' | 'store'): null {
    const crosses = Number(address & 0xfffn) + size > pageSize;
    const first = crosses ? this.byteAt(address, 0, type) : null;
    const isThere = first !== null && this.physical.load(first, 1) !== null;
    return this.refuse('access', isThere ? this.secondPage(address) : address);
  }

  private refuse(kind: Fault['kind'], address: bigint): null {
    this.fault = { kind, address };
    return null;
  }
}
