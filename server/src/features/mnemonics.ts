import { extensionTitle } from '../isa/extensions';
import { aliases } from '../isa/tables/aliases';
import { instructions } from '../isa/tables/index';
import type { Isa } from '../isa/types';
import { type Candidate, plain } from './completion-items';

/** What each ISA makes of the tables, kept for the next keystroke. */
const known = new WeakMap<Isa, readonly Candidate[]>();

function make(isa: Isa): Candidate[] {
  const own = instructions
    .filter(
      ({ xlens, extensions }) =>
        xlens.includes(isa.xlen) && extensions.some((all) => all.every((one) => isa.extensions.has(one))),
    )
    .map(({ mnemonic, syntax, summary, extensions }) => {
      const needs = extensions.map((all) => all.map(extensionTitle).join(' and ')).join(', or ');
      return plain(mnemonic, 'mnemonic', syntax, `\`${summary}\`\n\nExtension ${needs}`);
    });
  const targets = new Set(own.map(({ label }) => label));
  const pseudo = aliases
    .filter(({ template }) => targets.has(template.split(' ')[0] ?? ''))
    .map(({ mnemonic, syntax, summary, template }) =>
      plain(mnemonic, 'mnemonic', syntax, `\`${summary}\`\n\nStands for \`${template}\``),
    );
  const all = new Map([...own, ...pseudo].map((candidate) => [candidate.label, candidate]));
  return [...all.values()].sort((a, b) => (a.label < b.label ? -1 : 1));
}

/** The instructions and pseudo-instructions that an ISA string includes, with their operands. */
export function mnemonics(isa: Isa): readonly Candidate[] {
  let candidates = known.get(isa);
  if (!candidates) {
    candidates = make(isa);
    known.set(isa, candidates);
  }
  return candidates;
}
