import { type Elf, type ElfRelocation, type ElfSection, relocationsIn, relocationTypes as types } from '../machine/elf';
import { type Branch, hex, type Listed, type Place } from './program';

/** A part of a section: offsets in its bytes. */
interface Range {
  readonly section: ElfSection;
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/** A list in memory, by its section or by the symbols around it. */
interface TableNames {
  readonly section: string;
  readonly start: string;
  readonly stop: string;
}

const entryTables: readonly TableNames[] = [
  { section: '__patchable_function_entries', start: '__start_mcount_loc', stop: '__stop_mcount_loc' },
  { section: '__mcount_loc', start: '__start_mcount_loc', stop: '__stop_mcount_loc' },
];
const jumpTable: TableNames = {
  section: '__jump_table',
  start: '__start___jump_table',
  stop: '__stop___jump_table',
};

/**
 * The patchable entries that a file lists: pointers to the first of a function's nops, in sections of the compiler
 * (`-fpatchable-function-entry`), or between two symbols in a linked kernel (Linux, include/asm-generic/vmlinux.lds.h).
 */
export function entriesOf(elf: Elf): Listed<Place> {
  const found = entryTables.map((table) => listed(elf, table, (range) => pointersIn(elf, range)));
  return found.find(({ all }) => all.length > 0) ?? found[0] ?? nothing;
}

/**
 * The jump labels that a file lists (Linux, include/linux/jump_label.h): 32-bit offsets from themselves to the instruction
 * and to its target, and one of the width of a register to the key, with two flags in its low bits.
 */
export function branchesOf(elf: Elf): Listed<Branch> {
  return listed(elf, jumpTable, (range) => branchesIn(elf, range));
}

const nothing = { where: '', all: [], missing: '' };

/** What is in a table: in the sections of its name, of which there may be several, else between its symbols. */
function listed<T>(elf: Elf, { section: name, start, stop }: TableNames, read: (range: Range) => T[]): Listed<T> {
  const sections = elf.sections.flatMap((section, index) =>
    section.name === name ? [{ section, index, from: 0, to: section.bytes.length }] : [],
  );
  const between = sections.length > 0 ? [] : betweenSymbols(elf, start, stop);
  const where = sections.length > 0 ? `the section ${name}` : `the list between ${start} and ${stop}`;
  const ranges = [...sections, ...between];
  const all = ranges.flatMap(read);
  const stripped = elf.symbols.length === 0 ? ' (it has no symbols at all: it is stripped)' : '';
  const missing =
    ranges.length === 0
      ? `it has no section ${name}, and no symbols ${start} and ${stop}${stripped}`
      : ranges.every(({ from, to }) => from === to)
        ? `${where} is empty`
        : `${where} holds nothing but zeros: its relocations have been stripped`;
  return { where, all, missing };
}

function betweenSymbols(elf: Elf, start: string, stop: string): Range[] {
  const [first, last] = [start, stop].map((wanted) => elf.symbols.find(({ name }) => name === wanted)?.value);
  if (first === undefined || last === undefined || first > last || !elf.executable) return [];
  const index = elf.sections.findIndex(
    ({ address, bytes, allocated }) => allocated && address <= first && last <= address + BigInt(bytes.length),
  );
  const section = elf.sections[index];
  if (section === undefined) return [];
  return [{ section, index, from: Number(first - section.address), to: Number(last - section.address) }];
}

/** Where a range begins, and what it has of relocations, by their offsets. */
function relocationsOf(elf: Elf, { section, index, from, to }: Range): Map<bigint, ElfRelocation[]> {
  const base = elf.executable ? section.address : 0n;
  const found = new Map<bigint, ElfRelocation[]>();
  for (const relocation of relocationsIn(elf, index, base + BigInt(from), base + BigInt(to))) {
    const at = relocation.offset - base;
    const others = found.get(at);
    if (others === undefined) found.set(at, [relocation]);
    else others.push(relocation);
  }
  return found;
}

const viewOf = ({ bytes }: ElfSection): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** What a relocation points to; null where its symbol stands in another file. */
function pointedTo(elf: Elf, { type, symbol, addend }: ElfRelocation): Place | null {
  if (type === types.relative) return { space: 0, address: BigInt.asUintN(elf.xlen, addend) };
  const { section = null, value = 0n, defined = false } = elf.symbols[symbol] ?? {};
  if (!defined || (!elf.executable && section === null)) return null;
  return { space: elf.executable ? 0 : (section ?? 0), address: BigInt.asUintN(elf.xlen, value + addend) };
}

const pointers: ReadonlySet<number> = new Set([types.word32, types.word64, types.relative]);

function pointersIn(elf: Elf, range: Range): Place[] {
  const view = viewOf(range.section);
  const relocations = relocationsOf(elf, range);
  const size = elf.xlen / 8;
  const found: Place[] = [];
  for (let at = range.from; at + size <= range.to; at += size) {
    const relocation = relocations.get(BigInt(at))?.find(({ type }) => pointers.has(type));
    const stored = size === 8 ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true));
    const place = relocation !== undefined ? pointedTo(elf, relocation) : null;
    if (place !== null) found.push(place);
    // Zeros fill up what was left out of the list.
    else if (elf.executable && stored !== 0n) found.push({ space: 0, address: stored });
  }
  return found;
}

function branchesIn(elf: Elf, range: Range): Branch[] {
  const view = viewOf(range.section);
  const relocations = relocationsOf(elf, range);
  const size = 8 + elf.xlen / 8;
  const found: Branch[] = [];
  for (let at = range.from; at + size <= range.to; at += size) {
    const offsets = [at, at + 4, at + 8];
    const [place, target, key] = offsets.map((offset, field) => {
      const wide = field === 2 && elf.xlen === 64;
      const stored = wide ? view.getBigInt64(offset, true) : BigInt(view.getInt32(offset, true));
      const own = relocations.get(BigInt(offset)) ?? [];
      return distant(elf, range, offset, field === 2 ? stored & ~3n : stored, own);
    });
    if (!place || !target) continue;
    found.push({ place, target, key: keyName(elf, relocations.get(BigInt(at + 8)) ?? [], key ?? null) });
  }
  return found;
}

/** The place that a stored distance from itself leads to; null where that is outside of the file. */
function distant(
  elf: Elf,
  { section, index }: Range,
  offset: number,
  stored: bigint,
  relocations: readonly ElfRelocation[],
): Place | null {
  if (elf.executable) {
    const address = BigInt.asUintN(elf.xlen, section.address + BigInt(offset) + stored);
    return { space: 0, address };
  }
  const whole = relocations.find(({ type }) => type === types.pcrel32);
  if (whole !== undefined) return pointedTo(elf, whole);
  const to = relocations.find(({ type }) => type === types.add32 || type === types.add64);
  const from = relocations.find(({ type }) => type === types.sub32 || type === types.sub64);
  const [end, start] = [to && pointedTo(elf, to), from && pointedTo(elf, from)];
  // The distance is from a label in this table, which need not be at the field itself.
  if (!end || !start || start.space !== index) return null;
  return { space: end.space, address: end.address + BigInt(offset) - start.address };
}

function keyName(elf: Elf, relocations: readonly ElfRelocation[], place: Place | null): string | null {
  const to = relocations.find(({ type }) => type === types.add32 || type === types.add64);
  if (!elf.executable) return (to && elf.symbols[to.symbol]?.name) || null;
  return place === null ? null : hex(place.address);
}
