import type { AccessType } from './pmp';
import { envcfg, type Privilege, type PrivilegedState, status, user } from './state';

/** Reads and writes page-table entries; null, or false, is an access fault. */
export interface TableMemory {
  load(address: number, size: 4 | 8): bigint | null;
  store(address: number, size: 4 | 8, value: bigint): boolean;
}

/** A physical address, or what refused the access. */
export type Translation =
  | { readonly ok: true; readonly address: number }
  | { readonly ok: false; readonly fault: 'page' | 'access' };

/** Shapes of page tables by `satp.MODE` (volume II, "Sv32" to "Sv57"). */
interface Shape {
  readonly levels: number;
  /** Of the index into one table. */
  readonly indexBits: number;
  readonly entrySize: 4 | 8;
}

const sv32: Shape = { levels: 2, indexBits: 10, entrySize: 4 };
const shapes64: ReadonlyMap<bigint, Shape> = new Map([
  [8n, { levels: 3, indexBits: 9, entrySize: 8 }],
  [9n, { levels: 4, indexBits: 9, entrySize: 8 }],
  [10n, { levels: 5, indexBits: 9, entrySize: 8 }],
]);

/** Bits of a page-table entry. */
const entryBits = { v: 1n, r: 2n, w: 4n, x: 8n, u: 16n, a: 64n, d: 128n, napot: 1n << 63n, pbmt: 3n << 61n } as const;
const reservedBits = 0x7fn << 54n;
const leafBits = entryBits.a | entryBits.d | entryBits.u | entryBits.napot | entryBits.pbmt;

const failed = (fault: 'page' | 'access'): Translation => ({ ok: false, fault });

/** The shape that `satp` chooses, or null where addresses are physical. */
export function shapeOf({ satp, isa }: PrivilegedState): Shape | null {
  if (isa.xlen === 32) return satp >> 31n === 0n ? null : sv32;
  return shapes64.get(satp >> 60n) ?? null;
}

/**
 * Walks the page table (volume II, "Virtual Address Translation Process").
 *
 * @param address in [0, 2^xlen)
 * @param privilege as which it is accessed: S or U
 * @param memory the tables, already checked against PMP
 */
export function walk(
  address: bigint,
  type: AccessType,
  privilege: Privilege,
  shape: Shape,
  state: PrivilegedState,
  memory: TableMemory,
): Translation {
  const { xlen } = state.isa;
  const { levels, indexBits, entrySize } = shape;
  const width = 12 + levels * indexBits;
  // The bits above must be copies of the highest one.
  if (xlen === 64 && BigInt.asUintN(64, BigInt.asIntN(width, address)) !== address) return failed('page');
  let table = Number(BigInt.asUintN(xlen === 64 ? 44 : 22, state.satp)) * 4096;
  for (let level = levels - 1; level >= 0; level--) {
    const shift = 12 + level * indexBits;
    const index = Number(BigInt.asUintN(indexBits, address >> BigInt(shift)));
    const place = table + index * entrySize;
    const entry = memory.load(place, entrySize);
    if (entry === null) return failed('access');
    if (!isValid(entry, state)) return failed('page');
    const number = xlen === 64 ? BigInt.asUintN(44, entry >> 10n) : entry >> 10n;
    if ((entry & (entryBits.r | entryBits.x)) === 0n) {
      // A pointer to the next table has none of these.
      if ((entry & leafBits) !== 0n) return failed('page');
      table = Number(number) * 4096;
      continue;
    }
    if (!permits(entry, type, privilege, state)) return failed('page');
    const within = BigInt.asUintN(shift, address);
    // A large page is aligned to its size.
    if (BigInt.asUintN(shift - 12, number) !== 0n) return failed('page');
    const napot = xlen === 64 && (entry & entryBits.napot) !== 0n;
    if (napot && (level !== 0 || (number & 15n) !== 8n)) return failed('page');
    const updated = entry | entryBits.a | (type === 'store' ? entryBits.d : 0n);
    if (updated !== entry) {
      if ((state.menvcfg & envcfg.adue) === 0n) return failed('page');
      if (!memory.store(place, entrySize, updated)) return failed('access');
    }
    const page = napot ? ((number & ~15n) | BigInt.asUintN(4, address >> 12n)) << 12n : number << 12n;
    return { ok: true, address: Number(page | within) };
  }
  return failed('page');
}

function isValid(entry: bigint, state: PrivilegedState): boolean {
  if ((entry & entryBits.v) === 0n || (entry & (entryBits.r | entryBits.w)) === entryBits.w) return false;
  if (state.isa.xlen === 32) return true;
  if ((entry & reservedBits) !== 0n) return false;
  if ((entry & entryBits.napot) !== 0n && !state.has('svnapot')) return false;
  const memoryType = entry & entryBits.pbmt;
  return memoryType === 0n || ((state.menvcfg & envcfg.pbmte) !== 0n && memoryType !== entryBits.pbmt);
}

function permits(entry: bigint, type: AccessType, privilege: Privilege, { mstatus }: PrivilegedState): boolean {
  const usable = (entry & entryBits.u) !== 0n;
  if (privilege === user ? !usable : usable && (type === 'fetch' || (mstatus & status.sum) === 0n)) return false;
  switch (type) {
    case 'fetch':
      return (entry & entryBits.x) !== 0n;
    case 'load':
      return (entry & entryBits.r) !== 0n || ((mstatus & status.mxr) !== 0n && (entry & entryBits.x) !== 0n);
    case 'store':
      return (entry & entryBits.w) !== 0n;
  }
}
