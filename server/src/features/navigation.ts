import type { Source } from '../checker/scenario';
import type { Analysis } from '../language/analysis';
import { tokenAt } from '../language/syntax';
import { enclosing } from './context';
import { counterpart, nameAt, numericLabelAt, sourceIn } from './names';

/** The file that the `import` at an offset reads, or null. */
function importedFile(analysis: Analysis, offset: number): Source | null {
  const token = enclosing(analysis.tree, offset, 'import') && tokenAt(analysis.tree, offset);
  if (token?.kind !== 'string') return null;
  const path = token.text.slice(1, -1).replace(/^(\.\.?\/)+/, '');
  const file = analysis.imports.find((name) => name === path || name.endsWith(`/${path}`));
  return file === undefined ? null : { file, start: 0, end: 0 };
}

/** Where the name at an offset is defined; null where there is none. In another file if it was imported. */
export function definition(analysis: Analysis, offset: number): Source | null {
  const file = importedFile(analysis, offset);
  if (file) return file;
  const local = numericLabelAt(analysis, offset);
  if (local) return sourceIn(analysis, local.definition);
  return nameAt(analysis, offset)?.info.definition ?? null;
}

function before(a: Source, b: Source): number {
  return a.start - b.start;
}

/**
 * All places of the name at an offset, in order of the text, then those in `others`, the analyses of other files; the
 * definition only if it is asked for.
 */
export function references(
  analysis: Analysis,
  offset: number,
  withDefinition: boolean,
  others: readonly Analysis[] = [],
): Source[] {
  const local = numericLabelAt(analysis, offset);
  if (local) {
    const places = withDefinition ? [local.definition, ...local.uses] : local.uses;
    return places.map((span) => sourceIn(analysis, span)).sort(before);
  }
  const use = nameAt(analysis, offset);
  if (!use) return [];
  const elsewhere = others.flatMap((other) => [...(counterpart(use.info, other)?.references ?? [])].sort(before));
  const uses = [...[...use.info.references].sort(before), ...elsewhere];
  return withDefinition ? [use.info.definition, ...uses] : uses;
}

/** The places in this file to highlight with the cursor on a name: where it is defined (`write`) and used (`read`). */
export function highlights(
  analysis: Analysis,
  offset: number,
): { readonly source: Source; readonly kind: 'read' | 'write' }[] {
  const defined = definition(analysis, offset);
  return references(analysis, offset, true)
    .filter(({ file }) => file === analysis.tree.file)
    .map((source) => ({ source, kind: source.start === defined?.start ? 'write' : 'read' }));
}
