/** What each version of a site does when it runs alone, and whether a pass amounts to one of them. */
import { opaque, valueKey } from '../machine';
import { none } from '../memory/order';
import { hex, type Layout } from './layout';
import { type Exit, enter, entryName, Pass, type PassMemory, type PassStep, type Thread, undecided } from './pass';
import type { Operation, Site, Version } from './scenario';

/** A finished pass, reduced to what can be observed of it. */
export interface Outcome {
  readonly assumptions: ReadonlyMap<string, boolean>;
  readonly key: string;
  readonly exit: Exit;
}

export interface VersionOutcomes {
  readonly version: Version;
  readonly outcomes: readonly Outcome[];
  /** The addresses of symbols that it jumps to, and the names of regions that it runs through. */
  readonly reaches: ReadonlySet<string>;
  /** Why it could not be run alone, or null. */
  readonly problem: string | null;
}

/** Exit pc, registers that are not clobbered, stores, calls. */
export function outcomeOf(site: Site, thread: Thread, exit: Exit): Outcome {
  const registers: string[] = [];
  for (const [register, value] of [...thread.registers].sort(([a], [b]) => a - b))
    if (!site.clobbers.includes(register) && valueKey(value) !== opaque(entryName(register)).key)
      registers.push(`${register}=${valueKey(value)}`);
  return {
    assumptions: thread.assumptions,
    exit,
    key: [exit.at, registers.join(','), thread.stores.join(','), thread.calls.join(',')].join(' | '),
  };
}

/** Branches give a version several outcomes; a version that never leaves has a problem. */
const maximalSteps = 20_000;

/**
 * Runs every version alone, on its own bytes over those that the site held at first, and on declared data as the patchers
 * leave it at one moment: a pass that loads twice and sees data of two moments amounts to no version.
 */
export function versionOutcomes(layout: Layout, site: Site): VersionOutcomes[] {
  const history = dataHistory(layout.scenario.patchers.map(({ operations }) => dataSteps(operations)));
  if (typeof history === 'string')
    return site.versions.map((version) => ({ version, outcomes: [], reaches: new Set(), problem: history }));
  return site.versions.map((version) => runAlone(layout, site, version, history));
}

function runAlone(layout: Layout, site: Site, version: Version, history: readonly Data[]): VersionOutcomes {
  const image = new Map<bigint, number>();
  for (const { address, bytes } of version.instructions)
    bytes.forEach((byte, i) => {
      image.set(address + BigInt(i), byte);
    });
  const outcomes = new Map<string, Outcome>();
  const reaches = new Set<string>();
  for (const data of history) {
    let looked = false;
    const byteAt = (address: bigint): number | null =>
      image.get(address) ?? data.get(address) ?? layout.initialByte(address);
    const value = (address: bigint, size: number): bigint => {
      looked = true;
      return numberOf(Array.from({ length: size }, (_, i) => byteAt(address + BigInt(i)) ?? 0));
    };
    const memory: PassMemory<null> = {
      load: (_hart, address, size) => [{ value: value(address, size), view: none, hart: null }],
      fetch: (_hart, address, size) => [{ value: value(address, size), hart: null }],
      own: () => ({ view: none, hart: null }),
      fence: () => null,
      fenceI: () => null,
      branch: () => null,
    };
    const problem = runOn(layout, site, version, new Pass<null>(layout, site, memory), byteAt, outcomes, reaches);
    if (problem !== null) return { version, outcomes: [], reaches, problem };
    if (!looked) break;
  }
  return { version, outcomes: [...outcomes.values()], reaches, problem: null };
}

/** Adds what a version amounts to on memory that nobody changes. Returns why it could not be run, or null. */
function runOn(
  layout: Layout,
  site: Site,
  version: Version,
  pass: Pass<null>,
  byteAt: (address: bigint) => number | null,
  outcomes: Map<string, Outcome>,
  reaches: Set<string>,
): string | null {
  const open: Thread[] = [enter(site)];
  const seen = new Set<string>();
  for (let steps = 0; ; steps++) {
    const thread = open.pop();
    if (thread === undefined) return null;
    if (steps > maximalSteps)
      return `version ${version.name} alone does not leave the site within ${maximalSteps.toLocaleString('en-US')} instructions`;
    const place = placeOf(layout, thread);
    if (place !== null) reaches.add(place);
    const bytes = thread.holding ? new Uint8Array() : instructionAt(byteAt, thread.pc);
    const next: PassStep<null>[] = thread.holding
      ? pass.return(thread, null)
      : thread.trapped
        ? pass.handle(thread, null)
        : bytes
          ? pass.execute(thread, bytes, null)
          : [];
    if (!bytes) return `version ${version.name} alone runs into ${hex(thread.pc)}, where nothing stands`;
    for (const step of next) {
      if (step.kind === 'next') {
        // Round the same loop in the same state: this way never leaves, and no pass is equivalent to it.
        const back = step.thread.pc <= thread.pc && !firstTime(seen, step.thread);
        if (!back) open.push(step.thread);
      } else if (step.kind === 'exit') {
        const problem = undecided(step.thread, step.exit);
        if (problem !== null) return problem;
        const outcome = outcomeOf(site, step.thread, step.exit);
        // Where declared code leads to is not the version's: that code may be freed, and what it leads to stay.
        const own = layout.siteAt(thread.pc) === site;
        const { kind, target } = step.exit;
        if (own && kind === 'end' && typeof target === 'bigint' && layout.symbolAt(target)) reaches.add(hex(target));
        outcomes.set(`${[...outcome.assumptions].sort().join()} ${outcome.key}`, outcome);
      } else if (step.kind === 'unsupported') return step.what;
      // A fault of the version alone: no pass is equivalent to it.
    }
  }
}

/** The symbol or region that a thread is in, by address or name; null where it is in neither. */
export function placeOf(layout: Layout, { pc, holding }: Thread): string | null {
  return holding ? hex(pc) : (layout.regionAt(pc, 'code')?.name ?? null);
}

function firstTime(seen: Set<string>, thread: Thread): boolean {
  const registers = [...thread.registers].map(([register, value]) => `${register}=${valueKey(value)}`).sort();
  const assumptions = [...thread.assumptions].map(([key, truth]) => `${key}:${truth}`).sort();
  const key = [
    thread.pc,
    registers,
    assumptions,
    thread.stores,
    thread.calls,
    thread.holding?.link,
    thread.trapped,
  ].join('|');
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

/**
 * Is the pass equivalent to one version, whatever its unknown conditions turn out to be?
 * `only` restricts it to the version of that name.
 */
export function equivalent(outcome: Outcome, versions: readonly VersionOutcomes[], only: string | null): boolean {
  const candidates = versions
    .filter(({ version }) => only === null || version.name === only)
    .flatMap(({ outcomes }) => outcomes);
  const decide = (assumed: ReadonlyMap<string, boolean>): boolean => {
    const possible = candidates.filter(({ assumptions }) => {
      for (const [key, truth] of assumptions) if (assumed.has(key) && assumed.get(key) !== truth) return false;
      return true;
    });
    const equal = possible.filter(({ key }) => key === outcome.key);
    if (equal.length === 0) return false;
    if (equal.some(({ assumptions }) => [...assumptions.keys()].every((key) => assumed.has(key)))) return true;
    for (const { assumptions } of equal)
      for (const key of assumptions.keys())
        if (!assumed.has(key))
          return decide(new Map(assumed).set(key, true)) && decide(new Map(assumed).set(key, false));
    return false;
  };
  return decide(outcome.assumptions);
}

export function instructionAt(byteAt: (address: bigint) => number | null, pc: bigint): Uint8Array | null {
  const low = byteAt(pc);
  const high = byteAt(pc + 1n);
  if (low === null || high === null) return null;
  if ((low & 3) !== 3) return Uint8Array.of(low, high);
  const third = byteAt(pc + 2n);
  const fourth = byteAt(pc + 3n);
  return third === null || fourth === null ? null : Uint8Array.of(low, high, third, fourth);
}

/** What a patcher does to data, and the locks that keep others from doing it in between. */
type DataStep = Extract<Operation, { kind: 'store' | 'lock' | 'unlock' }>;

const dataSteps = (operations: readonly Operation[]): DataStep[] =>
  operations.flatMap((operation) => {
    if (operation.kind === 'stop_machine') return dataSteps(operation.body);
    if (operation.kind === 'store') return operation.target === 'data' ? [operation] : [];
    return operation.kind === 'lock' || operation.kind === 'unlock' ? [operation] : [];
  });

type Data = ReadonlyMap<bigint, number>;

/** Several patchers that store side by side leave data in more ways than this only where somebody wants to see it. */
const mostMoments = 2_000;

interface Moment {
  readonly data: Data;
  /** By patcher: how many of its steps it has done. */
  readonly done: readonly number[];
  readonly held: ReadonlySet<string>;
}

/**
 * Data as it is before, between and after whole stores, each patcher's in its order and those of several in any that their
 * locks allow; or in words that there are too many.
 */
function dataHistory(patchers: readonly (readonly DataStep[])[]): readonly Data[] | string {
  const moments = new Map<string, Moment>();
  const add = (moment: Moment): void => {
    const key = `${moment.done.join()} ${[...moment.data].map(([at, byte]) => `${at}=${byte}`).sort()}`;
    if (!moments.has(key)) moments.set(key, moment);
  };
  add({ data: new Map(), done: patchers.map(() => 0), held: new Set() });
  // What is added meanwhile is visited too.
  for (const moment of moments.values()) {
    if (moments.size > mostMoments)
      return `the patchers' stores to data leave it in more than ${mostMoments.toLocaleString('en-US')} ways`;
    for (const [i, steps] of patchers.entries()) {
      const step = steps[moment.done[i] ?? 0];
      // Of patchers in turn, one holds its lock again and again.
      if (step === undefined || (step.kind === 'lock' && patchers.length > 1 && moment.held.has(step.name))) continue;
      add(after(moment, i, step));
    }
  }
  return [...moments.values()].map(({ data }) => data);
}

function after({ data, done, held }: Moment, patcher: number, step: DataStep): Moment {
  const counts = done.map((count, i) => (i === patcher ? count + 1 : count));
  if (step.kind === 'store') {
    const written = [...step.bytes].map((byte, i): [bigint, number] => [step.address + BigInt(i), byte]);
    return { data: new Map([...data, ...written]), done: counts, held };
  }
  const others = [...held].filter((name) => name !== step.name);
  return { data, done: counts, held: new Set(step.kind === 'lock' ? [...others, step.name] : others) };
}

export function numberOf(bytes: readonly number[]): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}
