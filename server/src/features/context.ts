import {
  type NodeKind,
  nodeOf,
  pathAt,
  type SyntaxNode,
  type SyntaxTree,
  type Token,
  tokensOf,
  wordsOf,
} from '../language/syntax';
import type { Span } from './text';
import { findTerm, type Term, type TermPlace } from './vocabulary';

/** A word of the language as it stands in a text; some words hold hyphens, which the lexer takes for minus signs. */
export interface Word extends Span {
  readonly text: string;
}

/** Words joined by hyphens without a space: `irqs-off`, `decode-w`. */
export function wordsIn(tokens: readonly Token[]): Word[] {
  const words: Word[] = [];
  let hyphen = false;
  for (const { kind, start, end, text } of tokens) {
    const last = words.at(-1);
    if (kind === 'word' && hyphen && last)
      words[words.length - 1] = { start: last.start, end, text: `${last.text}-${text}` };
    else if (kind === 'word') words.push({ start, end, text });
    hyphen = text === '-' && last?.end === start;
  }
  return words;
}

/** The first word of a node: what kind of line it is. */
export function leadingWord(node: SyntaxNode): string | null {
  return wordsOf(node)[0]?.text ?? null;
}

/** The places whose words a node's own words may be; the first word of the node comes from `head`. */
const places: Readonly<
  Partial<Record<NodeKind, { readonly head: readonly TermPlace[]; readonly rest: readonly TermPlace[] }>>
> = {
  import: { head: ['file'], rest: [] },
  machine: { head: ['file'], rest: [] },
  symbol: { head: ['file'], rest: ['clause'] },
  code: { head: ['file'], rest: ['clause'] },
  data: { head: ['file'], rest: ['clause'] },
  site: { head: ['file'], rest: ['clause'] },
  sites: { head: ['file'], rest: ['clause'] },
  reach: { head: ['protocol'], rest: ['protocol', 'clause'] },
  target: { head: ['clause'], rest: ['clause'] },
  version: { head: ['site'], rest: [] },
  fixup: { head: ['file'], rest: ['clause'] },
  breakpoint: { head: ['file'], rest: ['clause'] },
  protocol: { head: ['file'], rest: ['clause'] },
  patch: { head: ['clause'], rest: ['clause'] },
  step: { head: ['protocol'], rest: [] },
  write: { head: ['operation'], rest: [] },
  store: { head: ['operation'], rest: [] },
  fence: { head: ['operation'], rest: [] },
  'fence-i': { head: ['operation'], rest: [] },
  sync: { head: ['operation'], rest: ['operation', 'clause'] },
  stop: { head: ['operation'], rest: [] },
  wait: { head: ['operation'], rest: ['clause'] },
  lock: { head: ['operation'], rest: [] },
  patcher: { head: ['protocol'], rest: [] },
  free: { head: ['operation'], rest: [] },
  run: { head: ['operation'], rest: ['clause'] },
  migrate: { head: ['operation'], rest: ['clause', 'operation'] },
  granule: { head: ['clause'], rest: ['granule'] },
  switches: { head: ['condition'], rest: ['switch'] },
  executors: { head: ['protocol'], rest: ['executors'] },
  forbid: { head: ['protocol'], rest: ['clause'] },
  allow: { head: ['protocol'], rest: ['clause'] },
  expect: { head: ['protocol'], rest: ['verdict', 'violation', 'clause'] },
  condition: { head: ['condition'], rest: ['switch', 'executors', 'granule', 'condition'] },
  returns: { head: ['clause'], rest: [] },
  clobbers: { head: ['clause'], rest: [] },
};

/** The values that a machine's setting, or a condition that changes it, takes. */
export const settingValues: Readonly<Record<string, TermPlace>> = { memory: 'memory', fetch: 'fetch', ipi: 'ipi' };

/** The term that one word of a node is, or null. */
export function termOf(node: SyntaxNode, word: Word): Term | null {
  const first = wordsIn(wordsOf(node))[0];
  const isHead = first?.start === word.start;
  if (node.kind === 'setting' || node.kind === 'condition') {
    const value = settingValues[first?.text ?? ''];
    if (!isHead && value) return findTerm(word.text, [value]);
  }
  if (node.kind === 'setting') return isHead ? findTerm(word.text, ['machine']) : null;
  const known = places[node.kind];
  return known ? findTerm(word.text, isHead ? known.head : known.rest) : null;
}

/** The word of the language at an offset, and what is known of it. */
export function termAt(tree: SyntaxTree, offset: number): { readonly word: Word; readonly term: Term } | null {
  const node = pathAt(tree, offset).at(-1);
  if (!node) return null;
  for (const word of wordsIn(wordsOf(node))) {
    if (offset < word.start || offset > word.end) continue;
    const term = termOf(node, word);
    if (term) return { word, term };
  }
  return null;
}

/** The innermost node of one of some kinds around an offset. */
export function enclosing(tree: SyntaxTree, offset: number, ...kinds: readonly NodeKind[]): SyntaxNode | null {
  return pathAt(tree, offset).findLast((node) => kinds.includes(node.kind)) ?? null;
}

/** The token of a node's name, or null where it is missing. */
export function nameToken(node: SyntaxNode): Token | null {
  const name = nodeOf(node, 'name');
  return name ? ([...tokensOf(name)].find(({ kind }) => kind === 'word' || kind === 'number') ?? null) : null;
}
