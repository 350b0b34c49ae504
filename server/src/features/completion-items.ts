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

/** A place to fill in, the nth to come to. */
export const hole = (n: number, text: string): string => `\${${n}:${text}}`;

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

/** The names of some kinds, in the shortest spelling that means one thing; dotted ones where a dotted one was begun. */
export function names(analysis: Analysis, kinds: readonly NameKind[], prefix = ''): Candidate[] {
  const wanted = analysis.names.filter(({ kind }) => kinds.includes(kind));
  const dot = prefix.lastIndexOf('.') + 1;
  return wanted.flatMap((info) => {
    const spelling = spellings(info, wanted).find((text) => dot === 0 || text.startsWith(prefix.slice(0, dot)));
    return spelling === undefined ? [] : [plain(spelling, info.kind, info.detail)];
  });
}

/** How a name may be written among others so that only it is meant, the shortest first. */
function spellings(info: NameInfo, among: readonly NameInfo[]): string[] {
  const forms = (one: NameInfo): string[] => {
    const path = qualifiedName(one).split('.');
    return [
      one.name,
      ...(path.length > 2 ? [`${path[0]}.${one.name}`] : []),
      ...(path.length > 1 ? [path.slice(-2).join('.')] : []),
      path.join('.'),
    ];
  };
  const taken = new Set(among.filter((other) => other !== info && other.name === info.name).flatMap(forms));
  return [...new Set(forms(info))].filter((form) => !taken.has(form));
}
