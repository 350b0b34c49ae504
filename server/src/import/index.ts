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

/** Reads an ELF file or the text of a disassembly, whichever it is. @throws ImportError, which says what is wrong */
export function readProgram(bytes: Uint8Array): Program {
  if (isElf(bytes)) return elfProgram(bytes);
  try {
    return objdumpProgram(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw new ImportError('is neither an ELF file nor text');
  }
}
