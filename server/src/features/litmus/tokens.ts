import type { LitmusAnalysis, LitmusReference } from '../../language/litmus';
import type { SemanticToken, TokenType } from '../semantic-tokens';
import { namePlaces } from './places';

const types: Readonly<Record<LitmusReference['kind'], TokenType>> = {
  location: 'variable',
  register: 'parameter',
  label: 'label',
  thread: 'class',
  type: 'struct',
};

/** All tokens of a file in order, none within another, none across lines: what the names are, and mnemonics. */
export function litmusTokens(analysis: LitmusAnalysis): SemanticToken[] {
  const tokens = new Map<number, SemanticToken>();
  for (const { statement } of analysis.cells) {
    const { body } = statement;
    if (!body) continue;
    const { start, end } = body.k === 'instruction' ? body.mnemonic : body.name;
    tokens.set(start, { start, end, type: body.k === 'instruction' ? 'function' : 'macro', declaration: false });
  }
  for (const { kind, definition, source } of namePlaces(analysis)) {
    const { start, end } = source;
    if (end > start && !analysis.text.slice(start, end).includes('\n')) {
      tokens.set(start, { start, end, type: types[kind], declaration: definition });
    }
  }
  return [...tokens.values()].sort((a, b) => a.start - b.start);
}
