import { parseIsa } from '../../isa/index';
import type { Xlen } from '../../isa/types';
import { archAttribute } from './attributes';
import { ElfBytes, ElfError, NameReader } from './bytes';

/** What a loader copies to memory (PT_LOAD). */
export interface ElfSegment {
  /** Where it is loaded: the physical address. */
  readonly address: bigint;
  readonly virtualAddress: bigint;
  /** From the file; what `size` has more is zeros. */
  readonly bytes: Uint8Array;
  readonly size: bigint;
}

export interface ElfSection {
  readonly name: string;
  readonly address: bigint;
  readonly size: bigint;
  /** Empty where the file has none of it (`.bss`). */
  readonly bytes: Uint8Array;
  /** Takes memory when the program runs (SHF_ALLOC). */
  readonly allocated: boolean;
  /** Holds instructions (SHF_EXECINSTR). */
  readonly executable: boolean;
  /** `sh_type`. */
  readonly type: number;
  /** `sh_info`: of a table of relocations, the index of the section that they are in; 0 for none. */
  readonly info: number;
  /** In bytes; at least 1. */
  readonly alignment: bigint;
}

export interface ElfSymbol {
  readonly name: string;
  readonly value: bigint;
  readonly size: bigint;
  /** `none` has no type: an assembler label. */
  readonly kind: 'none' | 'object' | 'function' | 'section' | 'file' | 'other';
  readonly binding: 'local' | 'global' | 'weak' | 'other';
  /** Index of the section in which it is; null for undefined, absolute and common symbols. */
  readonly section: number | null;
  readonly defined: boolean;
}

/** A little-endian RISC-V ELF file. */
export interface Elf {
  readonly xlen: Xlen;
  /** An executable has an entry and segments; an object file has sections only. */
  readonly executable: boolean;
  readonly entry: bigint;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  /** Of `.symtab`; of `.dynsym` where the file is stripped of it. */
  readonly symbols: readonly ElfSymbol[];
  /** The ISA string of `.riscv.attributes`, where there is one that can be read. */
  readonly arch: string | null;
  /** `e_flags`: bit 0 says that there are compressed instructions (RISC-V psABI). */
  readonly flags: number;
}

export type ElfResult =
  | { readonly ok: true; readonly elf: Elf }
  /** `offset`: the byte of the file at which it shows. */
  | { readonly ok: false; readonly message: string; readonly offset: number };

/** Whether a file says that it is ELF. */
export const isElf = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;

/**
 * Reads an ELF file (System V ABI, and the RISC-V psABI's supplement). Nothing of the file is copied; time and memory
 * are bounded by its length, whatever it says. Never throws.
 */
export function readElf(bytes: Uint8Array): ElfResult {
  try {
    return { ok: true, elf: read(bytes) };
  } catch (error) {
    if (error instanceof ElfError) return { ok: false, message: error.message, offset: error.offset };
    throw error;
  }
}

function read(bytes: Uint8Array): Elf {
  if (!isElf(bytes)) throw new ElfError('is not an ELF file: it does not begin with 7f 45 4c 46', 0);
  const wide = identify(bytes);
  const file = new ElfBytes(bytes, wide);
  const layout = wide ? layout64 : layout32;
  const type = file.u16(0x10, 'the header');
  if (type !== 1 && type !== 2 && type !== 3)
    throw new ElfError(`has type ${type}: neither executable nor object`, 0x10);
  const machine = file.u16(0x12, 'the header');
  if (machine !== 243) throw new ElfError(`is for machine ${machine}, not for RISC-V (243)`, 0x12);
  const names = new NameReader(bytes.length);
  const sections = readSections(file, layout, names, bytes.length);
  const plain = sections.map(({ section }) => section);
  return {
    xlen: wide ? 64 : 32,
    executable: type !== 1,
    entry: file.word(0x18, 'the header'),
    segments: readSegments(file, layout),
    sections: plain,
    symbols: readSymbols(layout, sections, names),
    arch: archOf(sections),
    flags: file.u32(wide ? 0x30 : 0x24, 'the header'),
  };
}

/** Whether it is ELF64. */
function identify(bytes: Uint8Array): boolean {
  const [width, order] = [bytes[4], bytes[5]];
  if (width === undefined || order === undefined) throw new ElfError('the file ends within the header', bytes.length);
  if (width !== 1 && width !== 2) throw new ElfError(`has class ${width}: neither ELF32 nor ELF64`, 4);
  if (order !== 1) throw new ElfError(order === 2 ? 'is big-endian' : `has data encoding ${order}`, 5);
  return width === 2;
}

/** Offsets of fields, and sizes of entries. */
interface Layout {
  readonly phoff: number;
  readonly shoff: number;
  readonly phentsize: number;
  readonly segment: { offset: number; vaddr: number; paddr: number; filesz: number; memsz: number; length: number };
  readonly section: {
    flags: number;
    addr: number;
    offset: number;
    size: number;
    link: number;
    info: number;
    align: number;
    length: number;
  };
  readonly symbol: { value: number; size: number; info: number; shndx: number; length: number };
}

const layout32: Layout = {
  phoff: 0x1c,
  shoff: 0x20,
  phentsize: 0x2a,
  segment: { offset: 4, vaddr: 8, paddr: 12, filesz: 16, memsz: 20, length: 32 },
  section: { flags: 8, addr: 12, offset: 16, size: 20, link: 24, info: 28, align: 32, length: 40 },
  symbol: { value: 4, size: 8, info: 12, shndx: 14, length: 16 },
};
const layout64: Layout = {
  phoff: 0x20,
  shoff: 0x28,
  phentsize: 0x36,
  segment: { offset: 8, vaddr: 16, paddr: 24, filesz: 32, memsz: 40, length: 56 },
  section: { flags: 8, addr: 16, offset: 24, size: 32, link: 40, info: 44, align: 48, length: 64 },
  symbol: { value: 8, size: 16, info: 4, shndx: 6, length: 24 },
};

/** A table of the header: where its entries begin. Entries that would lie beyond the file are an error. */
function entriesOf(
  file: ElfBytes,
  start: number,
  count: number,
  entrySize: number,
  what: string,
  from: number,
): number[] {
  if (count === 0 || start === 0) return [];
  file.range(start, count * entrySize, what, from);
  return Array.from({ length: count }, (_, i) => start + i * entrySize);
}

function readSegments(file: ElfBytes, { phoff, phentsize, segment: at }: Layout): ElfSegment[] {
  const start = file.extent(phoff, 'the header');
  const entrySize = file.u16(phentsize, 'the header');
  const count = file.u16(phentsize + 2, 'the header');
  if (count > 0 && start > 0 && entrySize < at.length)
    throw new ElfError(`has program headers of ${entrySize} bytes, not ${at.length}`, phentsize);
  const what = 'a program header';
  return entriesOf(file, start, count, entrySize, 'the table of program headers', phoff).flatMap((entry, i) => {
    if (file.u32(entry, what) !== 1) return [];
    const size = file.word(entry + at.memsz, what);
    const inFile = file.extent(entry + at.filesz, what);
    if (BigInt(inFile) > size) throw new ElfError(`segment ${i} has more bytes in the file than in memory`, entry);
    const bytes = file.range(file.extent(entry + at.offset, what), inFile, `segment ${i}`, entry);
    const [address, virtualAddress] = [file.word(entry + at.paddr, what), file.word(entry + at.vaddr, what)];
    return [{ address, virtualAddress, bytes, size }];
  });
}

interface RawSection {
  readonly section: ElfSection;
  readonly link: number;
  /** Where its header is. */
  readonly entry: number;
}

const [SYMTAB, NOBITS, DYNSYM, ATTRIBUTES] = [2, 8, 11, 0x7000_0003];

function readSections(
  file: ElfBytes,
  { shoff, phentsize, section: at }: Layout,
  names: NameReader,
  length: number,
): RawSection[] {
  const start = file.extent(shoff, 'the header');
  const entrySize = file.u16(phentsize + 4, 'the header');
  let count = file.u16(phentsize + 6, 'the header');
  let namesIndex = file.u16(phentsize + 8, 'the header');
  if (start === 0) return [];
  if (entrySize < at.length)
    throw new ElfError(`has section headers of ${entrySize} bytes, not ${at.length}`, phentsize + 4);
  const what = 'a section header';
  // Numbers that do not fit into 16 bits are in the first entry.
  if (count === 0) count = file.extent(start + at.size, what);
  if (namesIndex === 0xffff) namesIndex = file.u32(start + at.link, what);
  const entries = entriesOf(file, start, count, entrySize, 'the table of section headers', shoff);
  const bytesOf = (entry: number, name: string): Uint8Array => {
    const size = file.extent(entry + at.size, what);
    const type = file.u32(entry + 4, what);
    if (type === NOBITS || type === 0) return new Uint8Array(0);
    return file.range(file.extent(entry + at.offset, what), size, name, entry);
  };
  const namesEntry = entries[namesIndex];
  const table = namesEntry === undefined ? new Uint8Array(0) : bytesOf(namesEntry, 'the table of section names');
  let total = 0;
  return entries.map((entry, i): RawSection => {
    const name = names.read(table, file.u32(entry, what), `section ${i}`, entry);
    const bytes = bytesOf(entry, name === '' ? `section ${i}` : `section ${name}`);
    // What takes time for each byte of each section takes no more than for the file.
    total += bytes.length;
    if (total > length)
      throw new ElfError(`section ${i} overlaps others: together they are longer than the file`, entry);
    const flags = file.extent(entry + at.flags, what);
    return {
      section: {
        name,
        address: file.word(entry + at.addr, what),
        size: file.word(entry + at.size, what),
        bytes,
        allocated: (flags & 2) !== 0,
        executable: (flags & 4) !== 0,
        type: file.u32(entry + 4, what),
        info: file.u32(entry + at.info, what),
        alignment: file.word(entry + at.align, what) || 1n,
      },
      link: file.u32(entry + at.link, what),
      entry,
    };
  });
}

const kinds: readonly ElfSymbol['kind'][] = ['none', 'object', 'function', 'section', 'file'];
const bindings: readonly ElfSymbol['binding'][] = ['local', 'global', 'weak'];

function readSymbols(layout: Layout, sections: readonly RawSection[], names: NameReader): ElfSymbol[] {
  const tableOf = (type: number): RawSection | undefined => sections.find(({ section }) => section.type === type);
  const table = tableOf(SYMTAB) ?? tableOf(DYNSYM);
  if (table === undefined) return [];
  const strings = sections[table.link]?.section.bytes;
  if (strings === undefined) throw new ElfError('the symbol table has no table of names', table.entry);
  const { symbol: at } = layout;
  const { bytes } = table.section;
  const symbols = new ElfBytes(bytes, layout === layout64);
  return Array.from({ length: Math.floor(bytes.length / at.length) }, (_, i): ElfSymbol => {
    const entry = i * at.length;
    const what = 'a symbol';
    const name = names.read(strings, symbols.u32(entry, what), `symbol ${i}`, table.entry);
    const info = symbols.u8(entry + at.info, what);
    const section = symbols.u16(entry + at.shndx, what);
    return {
      name,
      value: symbols.word(entry + at.value, what),
      size: symbols.word(entry + at.size, what),
      kind: kinds[info & 15] ?? 'other',
      binding: bindings[info >> 4] ?? 'other',
      section: section > 0 && section < Math.min(0xff00, sections.length) ? section : null,
      defined: section !== 0,
    };
  });
}

function archOf(sections: readonly RawSection[]): string | null {
  const attributes = sections.find(({ section }) => section.type === ATTRIBUTES);
  const arch = attributes === undefined ? null : archAttribute(attributes.section.bytes);
  return arch !== null && parseIsa(arch).ok ? arch : null;
}
