import { type Elf, readElf, relocationsIn, relocationTypes as types } from '../machine/elf';
import { alignments } from './alignment';
import { branchesOf, entriesOf } from './elf-tables';
import {
  type Alignment,
  type Code,
  type CodeSymbol,
  compare,
  hex,
  ImportError,
  type Place,
  type Program,
  Symbols,
} from './program';

/** Reads an ELF file. @throws ImportError where it is none, or none for little-endian RISC-V */
export function elfProgram(bytes: Uint8Array): Program {
  const result = readElf(bytes);
  if (!result.ok) throw new ImportError(`${result.message} (at offset ${hex(result.offset)})`);
  const { elf } = result;
  const linked = elf.executable;
  const codes = codesOf(elf);
  if (codes.length === 0) throw new ImportError('has no section with instructions');
  const symbols = symbolsOf(elf);
  return {
    what: `${linked ? 'a linked' : 'an'} ELF${elf.xlen} ${linked ? 'file' : 'object file'}`,
    linked,
    xlen: elf.xlen,
    arch: elf.arch,
    compressed: (elf.flags & 1) === 1,
    codes,
    symbols,
    entries: entriesOf(elf),
    branches: branchesOf(elf),
    alignmentAt: linked ? ({ address }) => fixed(address) : alignmentsOf(elf),
    relocated: linked ? () => new Map() : (place, length) => relocated(elf, place, length),
  };
}

/** A page: no larger alignment is told of an address. */
const page = 4096n;
const fixed = (address: bigint): Alignment => ({ remainder: Number(address % page), modulus: Number(page) });

function codesOf(elf: Elf): Code[] {
  return elf.sections
    .flatMap(({ name, address, bytes, executable }, index) =>
      executable && bytes.length > 0 ? [{ name, place: spaceOf(elf, index, address), bytes }] : [],
    )
    .sort((a, b) => compare(a.place, b.place));
}

/** Where an address, or an offset in a section, is. */
function spaceOf({ executable }: Elf, section: number, address: bigint): Place {
  return { space: executable ? 0 : section, address };
}

/** Names of the assembler and of mappings, which mean no place to people (RISC-V psABI, "Mapping Symbols"). */
const nameless = /^(?:\$[xd]|\.L|$)/;

function symbolsOf(elf: Elf): Symbols {
  // Functions first, then by weight: several may stand at one place.
  const ranked: CodeSymbol[][] = [[], [], [], []];
  for (const { name, value, size, section, kind, binding, defined } of elf.symbols) {
    const place = defined && kind !== 'section' && kind !== 'file' && !nameless.test(name);
    if (!place || (!elf.executable && section === null)) continue;
    const rank = (kind === 'function' ? 0 : 2) + (binding === 'local' ? 1 : 0);
    ranked[rank]?.push({ name, place: spaceOf(elf, section ?? 0, value), size, function: kind === 'function' });
  }
  return new Symbols(ranked.flat());
}

function alignmentsOf(elf: Elf): Program['alignmentAt'] {
  const known = new Map<number, (offset: number) => Alignment>();
  return ({ space, address }) => {
    const found = known.get(space) ?? alignments(elf, space);
    known.set(space, found);
    return found(Number(address));
  };
}

/** Relocations of instructions (RISC-V psABI, "Relocations"). */
const names: Readonly<Record<number, string>> = {
  16: 'R_RISCV_BRANCH',
  17: 'R_RISCV_JAL',
  18: 'R_RISCV_CALL',
  19: 'R_RISCV_CALL_PLT',
  20: 'R_RISCV_GOT_HI20',
  23: 'R_RISCV_PCREL_HI20',
  24: 'R_RISCV_PCREL_LO12_I',
  25: 'R_RISCV_PCREL_LO12_S',
  26: 'R_RISCV_HI20',
  27: 'R_RISCV_LO12_I',
  28: 'R_RISCV_LO12_S',
  44: 'R_RISCV_RVC_BRANCH',
  45: 'R_RISCV_RVC_JUMP',
};

function relocated(elf: Elf, { space, address }: Place, length: number): Map<bigint, string> {
  const found = relocationsIn(elf, space, address, address + BigInt(length));
  return new Map(
    found
      .filter(({ type }) => type !== types.relax && type !== types.align)
      .map(({ offset, type, symbol }) => {
        const name = elf.symbols[symbol]?.name ?? '';
        return [offset, `${names[type] ?? `relocation ${type}`} ${name}`.trim()];
      }),
  );
}
