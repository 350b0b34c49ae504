import { isRegisterName } from '../isa/registers';
import type { Analysis, NameKind } from '../language/analysis';
import { descendants, type NodeKind, wordsOf } from '../language/syntax';
import type { Span } from './text';

/**
 * Token types in the order of their numbers: standard ones, so that every theme has colours for them. What the
 * TextMate grammar knows by itself (keywords, numbers, strings, comments) is left to it; here is what only the
 * analysis knows: what a name means.
 */
export const tokenTypes = [
  'variable',
  'namespace',
  'class',
  'struct',
  'label',
  'method',
  'interface',
  'function',
  'macro',
  'parameter',
] as const;
export type TokenType = (typeof tokenTypes)[number];

/** Modifiers in the order of their bits. */
export const tokenModifiers = ['declaration'] as const;

export interface SemanticToken extends Span {
  readonly type: TokenType;
  readonly declaration: boolean;
}

const nameTypes: Readonly<Record<NameKind, TokenType>> = {
  symbol: 'variable',
  code: 'namespace',
  data: 'namespace',
  site: 'class',
  version: 'struct',
  label: 'label',
  step: 'method',
  thread: 'namespace',
  protocol: 'interface',
};

/** The nodes that hold instructions, operands or registers. */
const assemblyKinds: readonly NodeKind[] = ['assembly', 'pattern', 'operand', 'returns', 'clobbers'];

/** The mnemonics, directives and registers of a node. */
function assemblyTokens(
  kind: NodeKind,
  words: readonly { kind: string; start: number; end: number; text: string }[],
): SemanticToken[] {
  return words.flatMap(({ kind: token, start, end, text }, index): SemanticToken[] => {
    if (token !== 'word') return [];
    if (index === 0 && (kind === 'assembly' || kind === 'pattern')) {
      return [{ start, end, type: text.startsWith('.') ? 'macro' : 'function', declaration: false }];
    }
    return isRegisterName(text) ? [{ start, end, type: 'parameter', declaration: false }] : [];
  });
}

/** All tokens of a file in order, none within another, none across lines. */
export function semanticTokens(analysis: Analysis): SemanticToken[] {
  const tokens = new Map<number, SemanticToken>();
  for (const kind of assemblyKinds) {
    for (const node of descendants(analysis.tree.root, kind)) {
      for (const token of assemblyTokens(kind, wordsOf(node))) tokens.set(token.start, token);
    }
  }
  for (const { kind, definition, references, made } of analysis.names) {
    for (const { file, start, end } of made ? references : [...references, definition]) {
      if (file !== analysis.tree.file || end <= start) continue;
      tokens.set(start, {
        start,
        end,
        type: nameTypes[kind],
        declaration: start === definition.start && definition.file === file,
      });
    }
  }
  return [...tokens.values()].sort((a, b) => a.start - b.start);
}
