import type {
  EbreakHandler,
  Executors,
  Forbid,
  Machine,
  Operation,
  Patcher,
  Reach,
  Scenario,
  Site,
  TrapReturnFixup,
  Version,
} from '../checker/scenario';
import { checkLoads } from './asm-operations';
import type { PlacedBlock } from './blocks';
import type { Change } from './conditions';
import { type Context, findLabel } from './context';
import { type Located, normalised, type ProtocolDeclaration, sourceOf, type Unit } from './declarations';
import type { Group } from './edits';
import { defaultExecutors, readExecutorWords } from './executors';
import { type Handlers, readHandlers } from './handlers';
import { counted, hex } from './names';
import { readOperations } from './operations';
import type { PlacedSite, Program } from './program';
import { readReach } from './reaches';
import type { LabelTarget } from './scope';
import { didYouMean } from './suggest';
import { nodeOf, nodesOf, type SyntaxNode, type Token, textOf, wordsOf } from './syntax';
import { type ReadThread, readThreads } from './threads';

/** A protocol read against one placement of its program, before any condition has changed its operations. */
export interface ReadProtocol {
  readonly sites: readonly Site[];
  readonly groups: readonly Group[];
  readonly fixups: readonly TrapReturnFixup[];
  readonly breakpoints: readonly EbreakHandler[];
  readonly executors: Executors;
  readonly forbids: readonly Forbid[];
  readonly reaches: readonly Reach[];
  readonly threads: readonly ReadThread[];
}

/** The sites that a protocol patches, for the reading of its operations. Messages about them come from `readProtocol`. */
export function patchedSites(protocol: ProtocolDeclaration, program: Program): PlacedSite[] {
  const sites = nodesOf(protocol.node, 'patch').map((patch) => program.sites.get(siteName(protocol, patch)));
  return [...new Set(sites.filter((site) => site !== undefined))];
}

function siteName({ unit }: ProtocolDeclaration, patch: SyntaxNode): string {
  const reference = nodeOf(patch, 'reference');
  return reference === null ? '' : textOf(unit.tree, reference);
}

/**
 * Reads all of a protocol but its `expect` lines. What has errors is left out, with a message.
 * `shared` are the handlers at file level, which hold for all protocols; one of the protocol itself goes first.
 */
export function readProtocol(outer: Context, shared: Handlers, protocol: ProtocolDeclaration): ReadProtocol {
  const { unit, node } = protocol;
  const block = nodeOf(node, 'block');
  const lines = block === null ? [] : nodesOf(block);
  const of = (kind: SyntaxNode['kind']): SyntaxNode[] => lines.filter((line) => line.kind === kind);

  const handlers = lines.filter(({ kind }) => kind === 'fixup' || kind === 'breakpoint' || kind === 'ipi');
  const own = readHandlers(
    outer,
    handlers.map((handler) => ({ unit, node: handler })),
  );
  const loads: Parameters<Context['onLoad']>[0][] = [];
  const context: Context = { ...outer, ipi: own.ipi ?? shared.ipi, onLoad: (load) => loads.push(load) };

  const groups: Group[] = [];
  const readGroup = (line: SyntaxNode, patcher: string | null): void => {
    if (line.kind === 'step') {
      const body = nodeOf(line, 'block');
      const step = nameText(unit, line);
      const operations = readOperations(context, unit, body === null ? [] : nodesOf(body), step);
      groups.push({ step, patcher, operations });
    } else groups.push({ step: null, patcher, operations: readOperations(context, unit, [line], null) });
  };
  for (const line of lines) {
    if (line.kind !== 'patcher') readGroup(line, null);
    else for (const inner of nodesOf(nodeOf(line, 'block') ?? line)) readGroup(inner, nameText(unit, line));
  }
  checkLoads(context, loads, groups);
  const patchers = of('patcher');
  checkPatchers(context, unit, patchers, groups);
  const inSites = (sequence: Sequence): boolean => {
    if (sequence.members.some((member) => member.some((target) => context.sites.some((site) => isIn(site, target)))))
      return true;
    context.sink.add(
      'operation',
      sourceOf(unit, sequence.node),
      'what is allowed stands in a site that the protocol patches',
    );
    return false;
  };
  const sequences = (kind: 'forbid' | 'allow'): Sequence[] =>
    of(kind).flatMap((line) => readSequence(context, { unit, node: line }) ?? []);
  const sites = readSites(context, protocol, sequences('allow').filter(inSites));
  checkOwn(context, sites, groups);
  const inForce = (name: string): string | null => sites.find((site) => site.name === name)?.to ?? null;
  return {
    sites,
    groups,
    fixups: [...shared.fixups, ...own.fixups],
    breakpoints: [...own.breakpoints, ...shared.breakpoints],
    executors: readExecutors(context, protocol, of('executors')),
    forbids: sequences('forbid').flatMap((sequence) => forbidsOf(context, sequence, of('thread').length > 0)),
    threads: readThreads(
      context,
      of('thread').map((thread) => ({ unit, node: thread })),
    ),
    reaches: of('reach').flatMap((line) => readReach(context, { unit, node: line }, inForce) ?? []),
  };
}

/** The scenario of a protocol under some changes; why there is none, in words, where a change does not fit. */
export function scenarioOf(
  protocol: ProtocolDeclaration,
  read: ReadProtocol,
  program: Program,
  machine: Machine,
  when: string | null,
  changes: readonly Change[],
): Scenario | string {
  let { groups, fixups, breakpoints, executors, threads } = read;
  for (const change of changes) {
    const newGroups = change.groups?.(groups) ?? groups;
    const newFixups = change.fixups?.(fixups) ?? fixups;
    if (typeof newGroups === 'string') return newGroups;
    if (typeof newFixups === 'string') return newFixups;
    const newBreakpoints = change.breakpoints?.(breakpoints) ?? breakpoints;
    if (typeof newBreakpoints === 'string') return newBreakpoints;
    const newThreads = change.threads?.(threads) ?? threads;
    if (typeof newThreads === 'string') return newThreads;
    threads = newThreads;
    groups = newGroups;
    fixups = newFixups;
    breakpoints = newBreakpoints;
    executors = change.executors?.(executors) ?? executors;
  }
  const names = [...new Set(groups.filter(({ operations }) => operations.length > 0).map(({ patcher }) => patcher))];
  const patchers = (names.length === 0 ? [null] : names).map(
    (name): Patcher => ({
      name: name ?? 'patcher',
      operations: groups.filter(({ patcher }) => patcher === name).flatMap(({ operations }) => operations),
      source: protocol.entry.definition,
    }),
  );
  return {
    protocol: protocol.entry.name,
    when,
    machine,
    symbols: program.symbolDefinitions,
    regions: [...program.regionDefinitions, ...threads.map(({ code }) => code)],
    sites: read.sites,
    threads,
    fixups,
    breakpoints,
    patchers,
    executors,
    forbids: read.forbids,
    reaches: read.reaches,
    source: protocol.entry.definition,
  };
}

const nameText = (unit: Unit, line: SyntaxNode): string | null => {
  const name = nodeOf(line, 'name');
  return name === null ? null : textOf(unit.tree, name);
};

/** Where there are several, each operation is one's; and no two have one name. */
function checkPatchers({ sink }: Context, unit: Unit, patchers: readonly SyntaxNode[], groups: readonly Group[]): void {
  if (patchers.length === 0) return;
  const loose = groups.find(({ patcher, operations }) => patcher === null && operations.length > 0)?.operations[0];
  if (loose !== undefined)
    sink.add('operation', loose.source, 'where a protocol has patchers, each operation stands in one of them');
  const seen = new Set<string>();
  for (const patcher of patchers) {
    const name = nameText(unit, patcher);
    if (name === null) continue;
    if (seen.has(name))
      sink.add(
        'duplicate-name',
        sourceOf(unit, nodeOf(patcher, 'name') ?? patcher),
        `\`${name}\` is a patcher already`,
      );
    seen.add(name);
  }
}

/** What the patcher's own thread does: where no version is named that its pass must be, or where it cannot move. */
function checkOwn({ sink }: Context, sites: readonly Site[], groups: readonly Group[]): void {
  const visit = (operation: Operation, stopped: boolean): void => {
    const { kind, source, text } = operation;
    if (stopped && (kind === 'run' || kind === 'migrate'))
      sink.add('operation', source, `\`${text}\` is not supported within \`stop_machine\``);
    if (kind === 'run' && operation.version === null && sites.find(({ name }) => name === operation.site)?.to == null)
      sink.add('operation', source, `say which version this must be: \`run ${operation.site} as VERSION\``);
    if (kind === 'stop_machine') for (const own of operation.body) visit(own, true);
  };
  for (const { operations } of groups) for (const operation of operations) visit(operation, false);
}

function readExecutors({ sink }: Context, { unit }: ProtocolDeclaration, lines: readonly SyntaxNode[]): Executors {
  const [line, second] = lines;
  if (line === undefined) return defaultExecutors;
  if (second !== undefined) sink.add('executors', sourceOf(unit, second), 'the executors are given twice');
  const settings = readExecutorWords(unit, wordsOf(line).slice(1), sink, 'executors');
  return { ...defaultExecutors, ...settings, source: sourceOf(unit, line) };
}

/** `A or B then C`: alternatives, in order. */
interface Sequence extends Located {
  readonly members: readonly (readonly LabelTarget[])[];
}

function readSequence(context: Context, at: Located): Sequence | null {
  const { unit, node } = at;
  const members: LabelTarget[][] = [[]];
  let complete = true;
  for (const child of node.children) {
    if (child.type === 'token') {
      if (child.text === 'then') members.push([]);
    } else if (child.kind === 'reference') {
      const target = findLabel(context, unit, { text: textOf(unit.tree, child), start: child.start, end: child.end });
      if (target !== null && target.instructions.length > 0) members.at(-1)?.push(target);
      else complete = false;
      if (target?.instructions.length === 0) {
        context.sink.add('operation', sourceOf(unit, child), `there is no instruction at \`${target.entry.name}\``);
      }
    }
  }
  return complete && members.every((member) => member.length > 0) ? { ...at, members } : null;
}

/** @param threads Do passes begin at the code of threads, and go through several sites? */
function forbidsOf({ sink, sites }: Context, { unit, node, members }: Sequence, threads: boolean): Forbid[] {
  const [first, then, more] = members;
  if (first === undefined || then === undefined || more !== undefined) {
    sink.add('operation', sourceOf(unit, node), 'written `forbid A then B`');
    return [];
  }
  const siteOf = (target: LabelTarget): string | undefined => sites.find((site) => isIn(site, target))?.entry.name;
  const apart = first
    .flatMap((one) => then.map((other): [string | undefined, string | undefined] => [siteOf(one), siteOf(other)]))
    .find(([one, other]) => one !== undefined && other !== undefined && one !== other);
  if (apart !== undefined && !threads) {
    sink.add(
      'operation',
      sourceOf(unit, node),
      `no pass is in \`${apart[0]}\` and in \`${apart[1]}\`, so this would never be seen: write them as one site, or the \`thread\` that goes through both`,
    );
    return [];
  }
  const bits = (targets: readonly LabelTarget[]) => targets.flatMap(({ instructions }) => instructions.slice(0, 1));
  // biome-ignore lint/suspicious/noThenProperty: `forbid A then B`
  return [{ first: bits(first), then: bits(then), text: normalised(unit, node), source: sourceOf(unit, node) }];
}

/** The version that an `allow` stands for: its instructions, each at its place. */
function allowed({ sink }: Context, site: PlacedSite, { unit, node, members }: Sequence): Version | null {
  const fail = (message: string): null => {
    sink.add('operation', sourceOf(unit, node), message);
    return null;
  };
  if (members.length < 2 || members.some((member) => member.length > 1))
    return fail('written `allow A then B`, one label each');
  const instructions = members.flatMap(([target]) => target?.instructions ?? []);
  if (!members.some(([target]) => isIn(site, target))) return null;
  if (!members.every(([target]) => isIn(site, target))) return fail('what is allowed stands in one site');
  for (const [i, { address, bytes }] of instructions.entries()) {
    const end = address + BigInt(bytes.length);
    if (
      instructions
        .slice(i + 1)
        .some((other) => other.address < end && address < other.address + BigInt(other.bytes.length))
    ) {
      return fail('two of these instructions stand at the same address');
    }
  }
  return { name: normalised(unit, node), instructions, source: sourceOf(unit, node) };
}

function isIn(site: PlacedSite, target: LabelTarget | undefined): boolean {
  return target !== undefined && target.entry.container?.container === site.entry;
}

/** The clauses of `SITE from V over W to V`, and what each names. */
function patchClauses(patch: SyntaxNode): {
  readonly site: SyntaxNode | null;
  readonly from: SyntaxNode[];
  readonly to: SyntaxNode[];
} {
  let site: SyntaxNode | null = null;
  const from: SyntaxNode[] = [];
  const to: SyntaxNode[] = [];
  let clause = '';
  for (const child of patch.children) {
    if (child.type === 'token') clause = clauseAfter(child, clause);
    else if (child.kind === 'reference') {
      if (clause === '') site = child;
      else (clause === 'to' ? to : from).push(child);
    }
  }
  return { site, from, to };
}

function clauseAfter(token: Token, before: string): string {
  return token.text === 'from' || token.text === 'over' || token.text === 'to' ? token.text : before;
}

function readSites(context: Context, protocol: ProtocolDeclaration, allows: readonly Sequence[]): Site[] {
  const { program, sink } = context;
  const { unit } = protocol;
  const done = new Set<string>();
  return nodesOf(protocol.node, 'patch').flatMap((patch): Site[] => {
    const { site: name, from, to } = patchClauses(patch);
    if (name === null) return [];
    const siteText = textOf(unit.tree, name);
    const site = program.sites.get(siteText);
    if (site === undefined) {
      const meant = sink.closest(siteText, program.sites.keys());
      sink.add('unknown-name', sourceOf(unit, name), `there is no site \`${siteText}\`${didYouMean(meant)}`, meant);
      return [];
    }
    context.observer.refer(site.entry, sourceOf(unit, name));
    if (site.members.count > 1) {
      sink.add(
        'operation',
        sourceOf(unit, name),
        `\`${siteText}\` is ${counted(site.members.count, 'site')}: a protocol patches a \`site\`, and says by \`reach\` what holds of them all`,
      );
      return [];
    }
    if (done.has(siteText))
      sink.add('duplicate-name', sourceOf(unit, name), `\`${siteText}\` stands in \`patches\` already`);
    done.add(siteText);
    const [initial, target] = [from, to].map((references) => references.map((reference) => version(site, reference)));
    if (from.length === 0) {
      sink.add(
        'unfilled',
        sourceOf(unit, patch),
        `say what \`${siteText}\` holds at first: \`${siteText} from VERSION\``,
      );
      return [];
    }
    if (to.length > 1) sink.add('duplicate-name', sourceOf(unit, to[1] as SyntaxNode), 'a site goes to one version');
    if (initial === undefined || initial.some((found) => found === null) || target?.some((found) => found === null))
      return [];
    const versions = initial.filter((found) => found !== null);
    const bytes = fill(site, versions, sourceOfList(from));
    if (bytes === null) return [];
    return [
      {
        name: siteText,
        address: site.address,
        size: site.size,
        versions: [
          ...site.versions.map(versionOf),
          ...allows.flatMap((sequence) => allowed(context, site, sequence) ?? []),
        ],
        clobbers: site.clobbers,
        initial: bytes,
        from: versions.map(({ entry }) => entry.name),
        to: target?.[0]?.entry.name ?? null,
        source: site.entry.definition,
      },
    ];
  });

  function sourceOfList(references: readonly SyntaxNode[]) {
    return sourceOf(unit, { start: references[0]?.start ?? 0, end: references.at(-1)?.end ?? 0 });
  }

  function version(site: PlacedSite, reference: SyntaxNode): PlacedBlock | null {
    const text = textOf(unit.tree, reference);
    const found = site.versions.find(({ entry }) => entry.name === text);
    if (found === undefined) {
      const meant = sink.closest(
        text,
        site.versions.map(({ entry }) => entry.name),
      );
      sink.add(
        'unknown-name',
        sourceOf(unit, reference),
        `site \`${site.entry.name}\` has no version \`${text}\`${didYouMean(meant)}`,
        meant,
      );
      return null;
    }
    context.observer.refer(found.entry, sourceOf(unit, reference));
    return found;
  }

  /** The site's bytes at first: each from the first version that lists it; null with a message where none does. */
  function fill(
    site: PlacedSite,
    versions: readonly PlacedBlock[],
    source: ReturnType<typeof sourceOfList>,
  ): Uint8Array | null {
    const bytes = new Uint8Array(site.size);
    const length = Math.max(0, ...versions.map((placed) => placed.bytes.length));
    for (const placed of [...versions].reverse()) bytes.set(placed.bytes);
    if (length === site.size) return bytes;
    const filler = site.versions.find((placed) => placed.bytes.length === site.size)?.entry.name ?? 'VERSION';
    const names = versions.map(({ entry }) => entry.name).join(' over ');
    const missing = counted(site.size - length, 'byte');
    sink.add(
      'unfilled',
      source,
      `${missing} of \`${site.entry.name}\` from ${hex(site.address + BigInt(length))} on are not listed: \`from ${names} over ${filler}\``,
      `${names} over ${filler}`,
    );
    return null;
  }
}

function versionOf(placed: PlacedBlock): Version {
  return {
    name: placed.entry.name,
    instructions: placed.instructions,
    source: sourceOf(placed.text.unit, placed.text.node),
  };
}
