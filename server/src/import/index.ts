/** The import layer: real code, an ELF file or a disassembly, to `.cmodx` text; and the templates of protocols. */

import { isElf } from '../machine/elf';
import { elfProgram } from './elf-program';
import { objdumpProgram } from './objdump';
import { ImportError, type Program } from './program';

export { placesFor } from './places';
export { ImportError, type Program } from './program';
export { importText, newText } from './site-file';
export { type Histogram, type Reach, type Summary, summarize } from './summary';
export { type Template, templateOf, templates } from './templates';

/** Files that hold an ELF file, or the same code in another form, by how they begin: what to do about them. */
const wrapped: readonly (readonly [string, readonly number[]])[] = [
  ['is compressed (gzip): unpack it first', [0x1f, 0x8b]],
  ['is compressed (xz): unpack it first', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['is compressed (zstd): unpack it first', [0x28, 0xb5, 0x2f, 0xfd]],
  ['is an archive: import one of its object files (`ar x` takes them out)', [0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e]],
  ['is a bootable image, which has no symbols: import the vmlinux that it was made of', [0x4d, 0x5a]],
];

/** Reads an ELF file or the text of a disassembly, whichever it is. @throws ImportError, which says what is wrong */
export function readProgram(bytes: Uint8Array): Program {
  if (isElf(bytes)) return elfProgram(bytes);
  const [told] = wrapped.find(([, magic]) => magic.every((byte, i) => bytes[i] === byte)) ?? [];
  if (told !== undefined) throw new ImportError(told);
  return objdumpProgram(textOf(bytes));
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ImportError('is neither an ELF file nor text');
  }
}
