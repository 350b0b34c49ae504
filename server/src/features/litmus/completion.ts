import { registerCompletions } from '../../isa/completions';
import { type LitmusAnalysis, litmusIsa } from '../../language/litmus';
import { type Candidate, type CompletionItem, plain } from '../completion-items';
import { mnemonics } from '../mnemonics';
import { type SignatureHelp, signaturesOf } from '../signature';

/** Integer registers, by the numbers that litmus tests use. */
const registers: readonly Candidate[] = registerCompletions(litmusIsa)
  .filter(({ label }) => /^x\d/.test(label))
  .map(({ label, detail }) => plain(label, 'register', detail));

function locations({ locations: all }: LitmusAnalysis): Candidate[] {
  return all.map(({ name, type }) => plain(name, 'data', type));
}

/** `0:x5`, as far as the test names them. */
function observables(analysis: LitmusAnalysis): Candidate[] {
  const names = analysis.references.flatMap(({ kind, name }) => (kind === 'register' ? [name] : []));
  return [...new Set(names)].sort().map((name) => plain(name, 'register', 'register'));
}

/** What may stand in a cell, behind its `before`. */
function inCell(analysis: LitmusAnalysis, before: string): readonly Candidate[] {
  const statement = before.replace(/^\s*[\w$.]+:\s*/, '');
  if (/^\s*[\w.]*$/.test(statement)) return mnemonics(litmusIsa);
  const labels = analysis.references.flatMap(({ kind, name, definition }) =>
    kind === 'label' && definition ? [plain(name.replace(/^P\d+:/, ''), 'label', name)] : [],
  );
  return [...registers, ...labels];
}

/** How the instruction in the cell at an offset is written; null outside of its operands. */
export function litmusSignature({ text }: LitmusAnalysis, offset: number): SignatureHelp | null {
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const cell = before.slice(before.lastIndexOf('|') + 1).replace(/^\s*[\w$.]+:\s*/, '');
  const [, mnemonic, operands] = /^\s*([a-z][\w.]*)\s(.*)$/.exec(cell) ?? [];
  if (mnemonic === undefined || operands === undefined) return null;
  return signaturesOf(mnemonic, operands.split(',').length - 1, litmusIsa);
}

/** What may stand at an offset: by the text of its line, so that half-typed text does no harm. */
export function litmusCompletion(analysis: LitmusAnalysis, offset: number): CompletionItem[] {
  const { text, stateSource, condition, threads } = analysis;
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const prefix = /[\w.:]*$/.exec(before)?.[0] ?? '';
  const span = { start: offset - prefix.length, end: offset };
  const place = (candidates: readonly Candidate[]): CompletionItem[] =>
    candidates.map((candidate, rank) => ({ ...candidate, span, rank }));
  if (!stateSource || offset < stateSource.start) return [];
  if (offset <= stateSource.end) return place(locations(analysis));
  if (condition && offset >= condition.source.start) return place([...locations(analysis), ...observables(analysis)]);
  const firstRow = threads[0]?.source.end ?? stateSource.end;
  return offset > firstRow ? place(inCell(analysis, before.slice(before.lastIndexOf('|') + 1))) : [];
}
