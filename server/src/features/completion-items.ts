import type { Analysis, NameInfo, NameKind } from '../language/analysis';
import { qualifiedName } from './names';
import type { Span } from './text';
import { type Term, type TermPlace, termsOf } from './vocabulary';

export type CompletionKind =
  | 'keyword'
  | 'value'
  | 'mnemonic'
  | 'directive'
  | 'register'
  | 'csr'
  | 'operator'
  | 'snippet'
  | NameKind;

/** One proposal, before it is put in a place. */
export interface Candidate {
  /** What is shown, and what typed letters are compared with. */
  readonly label: string;
  readonly kind: CompletionKind;
  /** Beside the label: operands, an address, a summary. */
  readonly detail: string;
  /** Markdown. */
  readonly documentation: string | null;
  /** What is inserted; a snippet (`$1`, `${2:name}`) where `snippet`. */
  readonly insert: string;
  readonly snippet: boolean;
}

export interface CompletionItem extends Candidate {
  /** What is replaced: the word that was begun. */
  readonly span: Span;
  /** Order among the proposals, the best first. */
  readonly rank: number;
}

export function plain(
  label: string,
  kind: CompletionKind,
  detail = '',
  documentation: string | null = null,
): Candidate {
  return { label, kind, detail, documentation, insert: label, snippet: false };
}

export function snippet(label: string, insert: string, detail: string): Candidate {
  return { label, kind: 'snippet', detail, documentation: null, insert, snippet: true };
}

function ofTerm(term: Term): Candidate {
  const kind = term.place === 'memory' || term.place === 'fetch' || term.place === 'ipi' ? 'value' : 'keyword';
  return plain(term.word, kind, term.summary, term.detail);
}

/** The words of some places, each once. */
export function words(...places: readonly TermPlace[]): Candidate[] {
  const seen = new Set<string>();
  return places.flatMap(termsOf).flatMap((term) => {
    if (seen.has(term.word)) return [];
    seen.add(term.word);
    return [ofTerm(term)];
  });
}

/** Some of a place's words, in the order given. */
export function only(place: TermPlace, ...wanted: readonly string[]): Candidate[] {
  const all = termsOf(place);
  return wanted.flatMap((word) => all.filter((term) => term.word === word).map(ofTerm));
}

/** The names of some kinds, shortest spelling that means one thing. */
export function names(analysis: Analysis, kinds: readonly NameKind[], prefix = ''): Candidate[] {
  const wanted = analysis.names.filter(({ kind }) => kinds.includes(kind));
  const uses = new Map<string, number>();
  for (const { name } of wanted) uses.set(name, (uses.get(name) ?? 0) + 1);
  return wanted.map((info) => {
    const dotted = prefix.includes('.') ? dottedSpelling(info, prefix) : null;
    const label = dotted ?? ((uses.get(info.name) ?? 0) > 1 ? unambiguous(info, wanted) : info.name);
    return plain(label, info.kind, info.detail);
  });
}

/** The spelling that begins as what was typed: `new.` for `new.JALR'`, `entry.` for `entry.JALR'`. */
function dottedSpelling(info: NameInfo, prefix: string): string | null {
  const parts = qualifiedName(info).split('.');
  const spellings = [
    parts.slice(-2).join('.'),
    parts.join('.'),
    ...(parts.length > 2 ? [`${parts[0]}.${parts.at(-1)}`] : []),
  ];
  return spellings.find((spelling) => spelling.startsWith(prefix.slice(0, prefix.lastIndexOf('.') + 1))) ?? null;
}

/** `SITE.LABEL` or `VERSION.LABEL`, whichever no other name has; else the whole path. */
function unambiguous(info: NameInfo, among: readonly NameInfo[]): string {
  const whole = qualifiedName(info);
  const parts = whole.split('.');
  const twins = among
    .filter((other) => other !== info && other.name === info.name)
    .map((other) => qualifiedName(other).split('.'));
  if (!twins.some(([site]) => site === parts[0])) return `${parts[0]}.${info.name}`;
  const container = parts.at(-2);
  return twins.some((other) => other.at(-2) === container) ? whole : `${container}.${info.name}`;
}
