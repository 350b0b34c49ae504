import { allForms } from './asm/forms';
import { registerNames, xRegisterName } from './registers';
import type { Isa } from './types';

/** Something that may be written, for completion lists. */
export interface Completion {
  readonly label: string;
  /** The operands of a mnemonic (`rd, rs1, imm`), or the number of a register. */
  readonly detail: string;
  readonly summary: string;
}

/** Every mnemonic that the ISA has, pseudo-instructions included, once for each way of writing its operands. */
export function mnemonicCompletions(isa: Isa): readonly Completion[] {
  const completions: Completion[] = [];
  for (const [mnemonic, forms] of allForms(isa.xlen)) {
    for (const { syntax, summary, target } of forms) {
      const extensions = target.k === 'instruction' ? target.spec.extensions : [[]];
      if (extensions.some((all) => all.every((name) => isa.extensions.has(name))))
        completions.push({ label: mnemonic, detail: syntax, summary });
    }
  }
  return completions;
}

/** Every register name; those of the floating-point file where the ISA has F. */
export function registerCompletions(isa: Isa): readonly Completion[] {
  return registerNames()
    .filter(({ file }) => file === 'x' || isa.extensions.has('f'))
    .map(({ name, file, number }) => ({
      label: name,
      detail: `${file}${number}`,
      summary: file === 'x' ? `integer register ${xRegisterName(number)}` : 'floating-point register',
    }));
}
