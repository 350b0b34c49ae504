import type { Source } from '../checker/scenario';
import type { Analysis, NameInfo } from '../language/analysis';
import { descendants, type SyntaxNode } from '../language/syntax';
import { enclosing, nameToken } from './context';
import { canonical, type Span, spanOf, touches } from './text';

/** A name where it stands in the analysed file. */
export interface NameUse {
  readonly info: NameInfo;
  readonly span: Span;
}

/** The name that a cursor is on or behind: its definition or one of its uses. */
export function nameAt(analysis: Analysis, offset: number): NameUse | null {
  const { file } = analysis.tree;
  let best: NameUse | null = null;
  for (const info of analysis.names) {
    for (const source of info.made ? info.references : [info.definition, ...info.references]) {
      if (source.file !== file || !touches(source, offset)) continue;
      // Of two that touch at the cursor (`SITE.LABEL`), the one that begins there is meant.
      if (best === null || source.start > best.span.start) best = { info, span: spanOf(source) };
    }
  }
  return best;
}

/** The same name as another analysis has it: what is defined at the same place. */
export function counterpart({ kind, name, definition }: NameInfo, { names }: Analysis): NameInfo | null {
  const file = canonical(definition.file);
  const same = (other: NameInfo): boolean =>
    other.kind === kind &&
    other.name === name &&
    other.definition.start === definition.start &&
    canonical(other.definition.file) === file;
  return names.find(same) ?? null;
}

/** A name with its path: `entry.new.JALR'`. */
export function qualifiedName(info: NameInfo): string {
  return info.container ? `${qualifiedName(info.container)}.${info.name}` : info.name;
}

/** All places of a numeric label in one block: each definition with the uses that mean it. */
interface NumericLabel {
  readonly definition: Span;
  readonly uses: readonly Span[];
}

function numericLabels(block: SyntaxNode): NumericLabel[] {
  const definitions: { number: string; definition: Span; uses: Span[] }[] = [];
  for (const label of descendants(block, 'label')) {
    const token = nameToken(label);
    if (token?.kind === 'number') definitions.push({ number: token.text, definition: spanOf(token), uses: [] });
  }
  for (const statement of descendants(block, 'assembly')) {
    for (const child of statement.children) {
      const use = child.type === 'token' && child.kind === 'number' ? /^(\d+)([fb])$/.exec(child.text) : null;
      if (!use) continue;
      const same = definitions.filter(({ number }) => number === use[1]);
      const meant =
        use[2] === 'f'
          ? same.find(({ definition }) => definition.start > child.start)
          : same.findLast(({ definition }) => definition.start < child.start);
      meant?.uses.push(spanOf(child));
    }
  }
  return definitions;
}

/** The numeric label (`1:`, `1f`, `1b`) at an offset: where it is defined and used. */
export function numericLabelAt(analysis: Analysis, offset: number): NumericLabel | null {
  const block = enclosing(analysis.tree, offset, 'version', 'code', 'data', 'asm', 'thread');
  if (!block) return null;
  return (
    numericLabels(block).find(({ definition, uses }) => [definition, ...uses].some((span) => touches(span, offset))) ??
    null
  );
}

export function sourceIn(analysis: Analysis, { start, end }: Span): Source {
  return { file: analysis.tree.file, start, end };
}
