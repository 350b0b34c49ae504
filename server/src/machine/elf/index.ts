/** ELF files of RISC-V programs. */

export { type Elf, type ElfResult, type ElfSection, type ElfSegment, type ElfSymbol, isElf, readElf } from './elf';
