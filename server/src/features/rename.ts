import type { Source } from '../checker/scenario';
import { isRegisterName } from '../isa/registers';
import type { Analysis, NameInfo, NameKind } from '../language/analysis';
import { keywords } from '../language/keywords';
import { counterpart, nameAt, sourceIn } from './names';
import { canonical, type Span, type TextEdit } from './text';

/** Something that cannot be done, in words for people. */
export interface Refusal {
  readonly refused: string;
}

export type RenameStart = { readonly span: Span; readonly name: string } | Refusal;
export type RenameResult = { readonly edits: readonly TextEdit[] } | Refusal;

function refuse(refused: string): Refusal {
  return { refused };
}

/** Labels may end in primes; names hold no dot, because dots join them. */
const namePattern = /^[A-Za-z_][A-Za-z0-9_]*'*$/;

/** Kinds whose names share one space: an operand may mean any of them. */
const operandKinds: ReadonlySet<NameKind> = new Set(['symbol', 'code', 'data', 'site', 'label']);

/** The name at an offset, if it can be renamed, else why not. */
export function prepareRename(analysis: Analysis, offset: number): RenameStart {
  const use = nameAt(analysis, offset);
  if (!use)
    return refuse('Only the name of a symbol, code, data, site, version, label, step or protocol can be renamed.');
  const { info, span } = use;
  if (info.made) return refuse(`\`${info.name}\` is made by a macro, and stands nowhere as it is.`);
  return { span, name: info.name };
}

function siteOf(info: NameInfo): NameInfo | null {
  return info.kind === 'site' || !info.container ? info : siteOf(info.container);
}

/** Would the two names be taken for one another if they were spelt alike? */
function collide(a: NameInfo, b: NameInfo): boolean {
  if (a.kind === 'version' || a.kind === 'step') return b.kind === a.kind && a.container === b.container;
  if (a.kind === 'protocol') return b.kind === 'protocol';
  if (!operandKinds.has(b.kind)) return false;
  // Labels of two sites may share a name: SITE.LABEL tells them apart.
  return a.kind !== 'label' || b.kind !== 'label' || siteOf(a) === siteOf(b);
}

function objection(analysis: Analysis, info: NameInfo, newName: string): string | null {
  if (!namePattern.test(newName)) {
    return `\`${newName}\` is no name: a letter or \`_\`, then letters, digits and \`_\`, then perhaps primes.`;
  }
  if (keywords.some(({ word }) => word === newName)) return `\`${newName}\` is a word of the language.`;
  if (operandKinds.has(info.kind) && isRegisterName(newName)) {
    return `\`${newName}\` is a register.`;
  }
  const other = analysis.names.find(
    (candidate) => candidate !== info && candidate.name === newName && collide(info, candidate),
  );
  return other ? `There is a ${other.kind} \`${newName}\` already.` : null;
}

/**
 * The edits that give the name at an offset another spelling everywhere, or why that cannot be.
 * @param others the analyses of the other files in which it may stand, that of its definition among them
 */
export function rename(
  analysis: Analysis,
  offset: number,
  newName: string,
  others: readonly Analysis[] = [],
): RenameResult {
  const start = prepareRename(analysis, offset);
  if ('refused' in start) return start;
  const info = nameAt(analysis, offset)?.info;
  if (!info || info.name === newName) return { edits: [] };
  const all = [analysis, ...others];
  const { file } = info.definition;
  if (!all.some(({ tree }) => canonical(tree.file) === canonical(file)))
    return refuse(`\`${info.name}\` is defined in ${file}: rename it there.`);
  const edits: TextEdit[] = [];
  for (const one of all) {
    const same = one === analysis ? info : counterpart(info, one);
    if (!same) continue;
    const problem = objection(one, same, newName);
    if (problem !== null) return refuse(one === analysis ? problem : `In ${one.tree.file}: ${problem}`);
    edits.push(...placesIn(one, same).map((source) => ({ source, newText: newName })));
  }
  return { edits };
}

/** Where a name stands in an analysed file, in order of its text. */
function placesIn(analysis: Analysis, { definition, references }: NameInfo): Source[] {
  const places = new Map<number, Source>();
  for (const source of [definition, ...references]) {
    if (source.file === analysis.tree.file) places.set(source.start, sourceIn(analysis, source));
  }
  return [...places.values()].sort((a, b) => a.start - b.start);
}
