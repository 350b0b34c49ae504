import { addressesOf, Members } from '../checker/reach';
import type {
  Granule,
  HandlerOperation,
  Machine,
  Operation,
  Progression,
  Reach,
  Scenario,
  Source,
} from '../checker/scenario';
import type { FenceSet } from '../machine/effect';
import { addressed, type Group, type PlacedOperation } from './edits';
import { fetchRungs, ipiKinds, memoryModels } from './machine';
import { fenceLetters, fenceSetText } from './operation-text';
import { fencesOf } from './thread-edits';

export const neighbourKinds = ['drop', 'weaken', 'strengthen', 'swap', 'assume'] as const;
/**
 * What a neighbour does to its protocol: leaves something out, makes it weaker or stronger, exchanges what stands side
 * by side, or assumes something else of the machine, of the executors or of where the code lies.
 */
export type NeighbourKind = (typeof neighbourKinds)[number];

/** A protocol that differs from a given one in one place. */
export interface Neighbour {
  readonly kind: NeighbourKind;
  /** The condition that makes it, as a `when` has it. */
  readonly when: string;
  /** What is changed, where it is written; the protocol's name where an assumption is written nowhere. */
  readonly source: Source;
}

/** A protocol as it stands: its scenario, and its operations in their steps. */
export interface Protocol {
  readonly scenario: Scenario;
  readonly groups: readonly Group[];
  /** Where each step's name is written. */
  readonly steps: ReadonlyMap<string, Source>;
}

/** All neighbours of a protocol, by kind and then in the order of its text. */
export function neighbours(protocol: Protocol): Neighbour[] {
  const found = [
    ...ofSteps(protocol),
    ...addressed(protocol.groups).flatMap((operation, index, all) => ofOperation(operation, all.slice(index + 1))),
    ...ofThreads(protocol),
    ...ofAssumptions(protocol),
  ];
  return neighbourKinds.flatMap((kind) => found.filter((neighbour) => neighbour.kind === kind));
}

function ofSteps({ groups, steps }: Protocol): Neighbour[] {
  return groups.flatMap(({ step, patcher, operations }, index): Neighbour[] => {
    const source = step === null ? undefined : steps.get(step);
    if (step === null || source === undefined) return [];
    const behind = groups[index + 1];
    const next = behind?.patcher === patcher ? behind.step : null;
    return [
      // A step of one operation is left out with that.
      ...(operations.length > 1 ? [{ kind: 'drop', when: `without ${step}`, source } as const] : []),
      ...(next === null ? [] : [{ kind: 'swap', when: `swap ${step} ${next}`, source } as const]),
    ];
  });
}

function ofOperation({ selector, operation, next }: PlacedOperation, behind: readonly PlacedOperation[]): Neighbour[] {
  const { source } = operation;
  const of = (kind: NeighbourKind, when: string): Neighbour => ({ kind, when, source });
  // A lock is left out with what gives it back.
  const unlock =
    operation.kind === 'lock'
      ? behind.find((other) => other.operation.kind === 'unlock' && other.operation.name === operation.name)
      : undefined;
  return [
    ...(operation.kind === 'unlock'
      ? []
      : [of('drop', `without ${[selector, ...(unlock ? [unlock.selector] : [])].join(', without ')}`)]),
    ...ownNeighbours(operation, selector).map(([kind, when]) => of(kind, when)),
    ...(next === null ? [] : [of('swap', `swap ${selector} ${next}`)]),
  ];
}

/** Their fences, and where there are several each of them. */
function ofThreads({ scenario: { threads, regions, machine } }: Protocol): Neighbour[] {
  return threads.flatMap(({ name, address, source }): Neighbour[] => {
    const code = regions.find((region) => region.address === address);
    const fences = code === undefined ? [] : fencesOf({ name, code }, machine.isa);
    return [
      ...(threads.length > 1 ? [{ kind: 'drop', when: `without ${name}`, source } as const] : []),
      ...fences.flatMap(({ selector, fence, at }): Neighbour[] => {
        const changes: readonly Change[] = fence.kind === 'fence' ? ofFence(fence, selector) : [];
        const all: readonly Change[] = [['drop', `without ${selector}`], ...changes];
        return all.map(([kind, when]) => ({ kind, when, source: at.source }));
      }),
    ];
  });
}

type Change = readonly [kind: NeighbourKind, when: string];

function ownNeighbours(operation: Operation, selector: string): Change[] {
  switch (operation.kind) {
    case 'fence':
      return ofFence(operation, selector);
    case 'store': {
      const smaller = halved(operation.granule, operation.bytes.length);
      const whole = wholeGranule(operation.granule, operation.bytes.length);
      return [
        ...(smaller === null ? [] : [['weaken', `${selector} by ${smaller}`] as const]),
        ...(whole === null ? [] : [['strengthen', `${selector} by ${whole}`] as const]),
      ];
    }
    case 'sync':
      return [
        operation.async ? ['strengthen', `${selector} not async`] : ['weaken', `${selector} async`],
        ...ofHandler(operation.body, selector),
      ];
    case 'stop_machine': {
      const on = {
        park: 'park',
        irqsOff: 'irqs-off',
        release: 'release',
        acquire: 'acquire',
        fenceI: 'fence.i',
      } as const;
      const switches = Object.keys(on) as (keyof typeof on)[];
      return switches
        .filter((name) => operation[name])
        .map((name) => ['weaken', `${selector} without ${on[name]}`] as const);
    }
    default:
      return [];
  }
}

function ofHandler(body: readonly HandlerOperation[], sync: string): Change[] {
  return body.flatMap((own): Change[] => {
    const alike = body.filter(({ kind }) => kind === own.kind);
    const selector = `${sync}.${own.kind}${alike.length === 1 ? '' : `.${alike.indexOf(own) + 1}`}`;
    return [['drop', `without ${selector}`], ...(own.kind === 'fence' ? ofFence(own, selector) : [])];
  });
}

/**
 * One letter less in either set; both cut to stores; the successors taken for stores to memory where they are stores
 * to devices, and the other way round; all there is.
 */
function ofFence({ pred, succ, tso }: Extract<HandlerOperation, { kind: 'fence' }>, selector: string): Change[] {
  const own = `${fenceSetText(pred)},${fenceSetText(succ)}`;
  const weaker = [
    ...(tso ? [] : fewer(pred).map((set) => `${set},${fenceSetText(succ)}`)),
    ...(tso ? [] : fewer(succ).map((set) => `${fenceSetText(pred)},${set}`)),
    ...(!tso && [pred, succ].every(({ r, w }) => r && w) ? ['tso'] : []),
    ...(tso || (pred.w && succ.w) ? ['w,w'] : []),
    ...(pred.w && succ.o ? ['w,w'] : []),
    ...(pred.w && succ.w && !succ.o ? ['w,o'] : []),
  ];
  const stronger = [...(tso ? [own] : []), 'iorw,iorw'];
  const other = (sets: readonly string[]): string[] => [...new Set(sets)].filter((set) => tso || set !== own);
  return [
    ...other(weaker).map((set): Change => ['weaken', `${selector} = ${set}`]),
    ...other(stronger).map((set): Change => ['strengthen', `${selector} = ${set}`]),
  ];
}

/** A set without each of its letters in turn; a fence's set is not empty. */
function fewer(set: FenceSet): string[] {
  const letters = fenceLetters.filter((letter) => set[letter]);
  return letters.length === 1 ? [] : letters.map((letter) => letters.filter((other) => other !== letter).join(''));
}

const granules = [
  ['double', 8],
  ['word', 4],
  ['half', 2],
  ['byte', 1],
] as const satisfies readonly (readonly [Granule, number])[];

function granuleBytes(granule: Granule, length: number): number {
  return granules.find(([name]) => name === granule)?.[1] ?? length;
}

/** The granule that tears a store in two; null where nothing does. */
function halved(granule: Granule, length: number): Granule | null {
  const half = granuleBytes(granule, length) / 2;
  return granules.find(([, bytes]) => bytes === half)?.[0] ?? null;
}

/** The granule by which a store that is torn would be one; null where it is one already. */
function wholeGranule(granule: Granule, length: number): Granule | null {
  return granuleBytes(granule, length) < length ? (granules.find(([, bytes]) => bytes === length)?.[0] ?? null) : null;
}

function ofAssumptions({ scenario }: Protocol): Neighbour[] {
  const { fixups, breakpoints, reaches } = scenario;
  const handlers = (name: string, all: readonly { readonly source: Source }[]): Neighbour[] =>
    all.map(({ source }, index) => ({
      kind: 'drop',
      when: `without "${name}"${all.length === 1 ? '' : `.${index + 1}`}`,
      source,
    }));
  const found = [
    ...handlers('on trap return', fixups),
    ...handlers('on ebreak', breakpoints),
    ...(isIdle(scenario) ? [] : [...ofMachine(scenario), ...ofPlaces(scenario)]),
    ...reaches.flatMap((reach) => ofReach(reach, scenario.machine)),
  ];
  return found.filter(({ when }, index) => found.findIndex((other) => other.when === when) === index);
}

/** Where nothing is written and nothing comes between instructions, code executes as it stands under all assumptions. */
function isIdle({ patchers, threads, fixups, breakpoints }: Scenario): boolean {
  const works = patchers.some(({ operations }) => operations.length > 0);
  return !works && threads.length + fixups.length + breakpoints.length === 0;
}

function assumed(when: string, source: Source): Neighbour {
  return { kind: 'assume', when, source };
}

function ofMachine({ machine, executors, source }: Scenario): Neighbour[] {
  const flipped = (extension: string): string => `${machine.isa.extensions.has(extension) ? 'not ' : ''}${extension}`;
  const rungs = Object.entries(fetchRungs).filter(
    ([, rules]) => JSON.stringify(rules) !== JSON.stringify(machine.fetch),
  );
  return [
    ...[
      flipped('ziccif'),
      flipped('ziccid'),
      ...memoryModels.filter((memory) => memory !== machine.memory).map((memory) => `memory ${memory}`),
      ...rungs.map(([name]) => `fetch ${name}`),
      ...ipiKinds.filter((ipi) => ipi !== machine.ipi).map((ipi) => `ipi ${ipi}`),
    ].map((when) => assumed(when, source)),
    ...[
      executors.preemptible ? 'not preemptible' : 'preemptible',
      ...(executors.migrating ? ['pinned'] : []),
      // Without the fence.i that may come with it.
      ...(executors.migrating && !executors.flushing ? [] : ['migrating']),
      executors.masked ? 'interruptible' : 'masked',
      ...(['any', 1, 2] as const).filter((count) => count !== executors.count).map((count) => `executors ${count}`),
    ].map((when) => assumed(when, executors.source ?? source)),
  ];
}

function ofPlaces({ machine, sites, regions }: Scenario): Neighbour[] {
  return [
    ...sites.flatMap(({ name, address, source }) => acrossWords(name, address, source, machine)),
    ...regions.flatMap(({ name, kind, address, bytes, source }) =>
      kind === 'data' && bytes.length >= 8 && address % 8n === 0n ? [assumed(`${name} at 4 mod 8`, source)] : [],
    ),
  ];
}

/** Where instructions may stand at 2 mod 4, the other multiple of 2. */
function acrossWords(name: string, address: bigint, source: Source, machine: Machine): Neighbour[] {
  return smallest(machine) === 2n ? [assumed(`${name} at ${address % 4n === 0n ? '2 mod 4' : '0 mod 4'}`, source)] : [];
}

/** The alignment that every instruction has, in bytes. */
function smallest({ isa }: Machine): bigint {
  return isa.extensions.has('c') || isa.extensions.has('zca') ? 2n : 4n;
}

/** A site's low 12 bits decide: for a site that stands alone also the first place in its page where it is otherwise. */
function ofReach({ site, members, jump, targets, source }: Reach, machine: Machine): Neighbour[] {
  const neighbours = acrossWords(site, members.first, source, machine);
  if (members.count > 1) return neighbours;
  const step = smallest(machine);
  const page = { first: members.first - (members.first % 4096n), step, count: Number(4096n / step) };
  const wanted = addressesOf(targets);
  const reached = (places: Progression) =>
    new Members({ members: places, jump }, machine.isa.xlen).encodability(wanted);
  const { firstGood, firstBad } = reached(page);
  const other = reached(members).firstBad === null ? firstBad : firstGood;
  return other === null
    ? neighbours
    : [...neighbours, assumed(`${site} at 0x${(other % 4096n).toString(16)} mod 4096`, source)];
}
