import type { Elf, ElfSection } from './elf';

/** The types of relocations that are asked about (RISC-V psABI, "Relocations"). */
export const relocationTypes = {
  word32: 1,
  word64: 2,
  /** Of a linked file that is loaded anywhere: the addend is the address. */
  relative: 3,
  add32: 35,
  add64: 36,
  sub32: 39,
  sub64: 40,
  /** Bytes that the linker deletes until what follows is aligned. */
  align: 43,
  /** The instruction may become shorter, or vanish. */
  relax: 51,
  pcrel32: 57,
} as const;

/** An entry of a table of relocations. */
export interface ElfRelocation {
  /** From the section's beginning in an object file, an address otherwise. */
  readonly offset: bigint;
  readonly type: number;
  /** Index of the symbol; 0: none. */
  readonly symbol: number;
  readonly addend: bigint;
}

const RELA = 4;

/**
 * The relocations in a section from one offset up to another, in the order of the file: in an object file those of the
 * tables that belong to the section, in a linked one those of all tables. What is cut off is left out. Time is that of
 * the tables, memory that of the result.
 */
export function relocationsIn(elf: Elf, index: number, from: bigint, to: bigint): ElfRelocation[] {
  const found: ElfRelocation[] = [];
  for (const table of elf.sections) {
    if (table.type !== RELA || (!elf.executable && table.info !== index)) continue;
    readTable(table, elf.xlen === 64, from, to, found);
  }
  return found;
}

function readTable({ bytes }: ElfSection, wide: boolean, from: bigint, to: bigint, found: ElfRelocation[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = wide ? 24 : 12;
  for (let at = 0; at + length <= bytes.length; at += length) {
    const offset = wide ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true));
    if (offset < from || offset >= to) continue;
    if (wide) {
      const [type, symbol] = [view.getUint32(at + 8, true), view.getUint32(at + 12, true)];
      found.push({ offset, type, symbol, addend: view.getBigInt64(at + 16, true) });
    } else {
      const info = view.getUint32(at + 4, true);
      found.push({ offset, type: info & 0xff, symbol: info >>> 8, addend: BigInt(view.getInt32(at + 8, true)) });
    }
  }
}
