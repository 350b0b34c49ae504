import { mnemonicCompletions } from '../isa/completions';
import type { Isa } from '../isa/types';
import { type Candidate, plain } from './completion-items';

/** What each ISA has, kept for the next keystroke. */
const known = new WeakMap<Isa, readonly Candidate[]>();

/** The instructions and pseudo-instructions that an ISA includes: each once, with all ways to write its operands. */
export function mnemonics(isa: Isa): readonly Candidate[] {
  let candidates = known.get(isa);
  if (!candidates) {
    const byLabel = new Map<string, { readonly shapes: string[]; readonly summary: string }>();
    for (const { label, detail, summary } of mnemonicCompletions(isa)) {
      const entry = byLabel.get(label);
      if (entry) entry.shapes.push(detail);
      else byLabel.set(label, { shapes: [detail], summary });
    }
    candidates = [...byLabel]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([label, { shapes, summary }]) =>
        plain(
          label,
          'mnemonic',
          shapes[0],
          [`\`${summary}\``, ...shapes.map((shape) => `- \`${`${label} ${shape}`.trim()}\``)].join('\n'),
        ),
      );
    known.set(isa, candidates);
  }
  return candidates;
}
