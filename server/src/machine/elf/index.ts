/** ELF files of RISC-V programs. */

export { type Elf, type ElfSection, type ElfSymbol, isElf, readElf } from './elf';
export { type ElfRelocation, relocationsIn, relocationTypes } from './relocations';
