/** ELF files of RISC-V programs. */

export { type Elf, type ElfSymbol, isElf, readElf } from './elf';
