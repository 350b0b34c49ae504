import type { Progression, Reach, ReachJump } from '../checker/scenario';
import type { PlacedBlock } from './blocks';
import { type Context, findLabel, readAddress } from './context';
import { type Located, normalised, sourceOf, type Unit } from './declarations';
import { jumpAt } from './jumps';
import { progression } from './members';
import { clausesOf, distanceOf, parseNumber } from './placement';
import type { PlacedSite } from './program';
import { didYouMean } from './suggest';
import { nodesOf, type SyntaxNode, textOf, wordsOf } from './syntax';

/** More targets are refused: each is looked at by itself. */
const mostTargets = 65_536;

/**
 * Reads `reach A, B to C every 8 from SITE by LABEL within N of D`; null with a message where it cannot be understood.
 * `versionOf` names the version that the protocol puts in force at a site, whose last jump is meant where no label is given.
 */
export function readReach(context: Context, at: Located, versionOf: (site: string) => string | null): Reach | null {
  const { unit, node } = at;
  const parts = referencesOf(node);
  const site = parts.from === undefined ? null : findSite(context, unit, parts.from);
  const targets = nodesOf(node, 'target').map((target) => readTarget(context, { unit, node: target }));
  if (site === null) return null;
  const jump = readJump(context, at, site, parts.by ?? null, versionOf);
  const within = readWithin(context, at);
  const read = targets.filter((target) => target !== null);
  if (jump === null || within === 'bad' || read.length === 0 || read.length < targets.length) return null;
  if (read.reduce((sum, { count }) => sum + count, 0) > mostTargets) {
    context.sink.add(
      'operation',
      sourceOf(unit, node),
      `at most ${mostTargets.toLocaleString('en-US')} targets at once`,
    );
    return null;
  }
  return {
    never: wordsOf(node)[0]?.text === 'never',
    targets: read,
    site: site.entry.name,
    members: site.members,
    jump,
    within,
    source: sourceOf(unit, node),
  };
}

/** The references of a node by the word before each. */
function referencesOf(node: SyntaxNode): Readonly<Partial<Record<string, SyntaxNode>>> {
  const found: Record<string, SyntaxNode> = {};
  let word = '';
  for (const child of node.children) {
    if (child.type === 'token') word = child.kind === 'word' ? child.text : word;
    else if (child.kind === 'reference') found[word] = child;
  }
  return found;
}

function findSite({ program, sink, observer }: Context, unit: Unit, reference: SyntaxNode): PlacedSite | null {
  const name = textOf(unit.tree, reference);
  const site = program.sites.get(name);
  const source = sourceOf(unit, reference);
  if (site !== undefined) {
    observer.refer(site.entry, source);
    return site;
  }
  const meant = sink.closest(name, program.sites.keys());
  sink.add('unknown-name', source, `there is no site \`${name}\`${didYouMean(meant)}`, meant);
  return null;
}

function readTarget(context: Context, { unit, node }: Located): Progression | null {
  const [first, end] = nodesOf(node, 'address');
  const from = first === undefined ? null : readAddress(context, unit, first);
  if (end === undefined) return from === null ? null : { first: from, step: 1n, count: 1 };
  const to = readAddress(context, unit, end);
  const step = distanceOf({ unit, node }, context.sink);
  if (from === null || to === null || step === null) return null;
  const all = progression(from, to, step);
  if (typeof all !== 'string') return all;
  context.sink.add('address', sourceOf(unit, node), all);
  return null;
}

function readWithin(context: Context, { unit, node }: Located): Reach['within'] | 'bad' {
  const words = wordsOf(node);
  const within = words.findIndex(({ text }) => text === 'within');
  const token = words[within + 1];
  if (within < 0 || token?.kind !== 'number') return null;
  const distance = parseNumber(token.text);
  if (distance === null) {
    context.sink.add('address', sourceOf(unit, token), 'a distance is a number of bytes');
    return 'bad';
  }
  const text = normalised(unit, { start: words[within]?.start ?? node.start, end: node.end });
  const center = clausesOf(node).get('of');
  if (center === undefined) return { distance, of: null, text };
  const of = readAddress(context, unit, center);
  return of === null ? 'bad' : { distance, of, text };
}

/** The jump of a label, or the last of the version that is put in force. */
function readJump(
  context: Context,
  { unit, node }: Located,
  site: PlacedSite,
  label: SyntaxNode | null,
  versionOf: (site: string) => string | null,
): ReachJump | null {
  const { program, sink } = context;
  if (label !== null) {
    const text = textOf(unit.tree, label);
    const target = findLabel({ ...context, sites: [site] }, unit, { text, start: label.start, end: label.end });
    if (target === null) return null;
    const version = site.versions.find(({ entry }) => entry === target.entry.container);
    const index = version?.instructions.findIndex(({ address }) => address === target.address) ?? -1;
    const jump =
      version === undefined || index < 0
        ? `\`${text}\` is no instruction of \`${site.entry.name}\``
        : jumpAt(program, site, version, index, text);
    if (typeof jump !== 'string') return jump;
    sink.add('operation', sourceOf(unit, label), jump);
    return null;
  }
  const target = versionOf(site.entry.name);
  const versions =
    target === null ? [...site.versions].reverse() : site.versions.filter(({ entry }) => entry.name === target);
  const found = versions.flatMap((version) => lastJump(context, site, version) ?? [])[0];
  if (found !== undefined && typeof found !== 'string') return found;
  sink.add(
    'operation',
    sourceOf(unit, node),
    found ?? `no version of \`${site.entry.name}\` has a jump: say which, \`by LABEL\``,
  );
  return null;
}

/** The last instruction of a version that is a jump with an immediate; null where it has none. */
function lastJump({ program }: Context, site: PlacedSite, version: PlacedBlock): ReachJump | string | null {
  let why: string | null = null;
  for (let index = version.instructions.length - 1; index >= 0; index--) {
    const { label } = version.instructions[index] as PlacedBlock['instructions'][number];
    const jump = jumpAt(program, site, version, index, label ?? `the jump of \`${version.entry.name}\``);
    if (typeof jump !== 'string') return jump;
    if (!jump.endsWith('is no jump')) why ??= jump;
  }
  return why;
}
