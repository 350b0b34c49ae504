/**
 * What a thread's pass may amount to: what it does alone while the patcher's stores take effect one after the other, each at
 * once and for everyone, and while no site changes that it is in. Between leaving its own code and coming back to it, a thread
 * finds a site as it was at one moment, and executes of it instructions of one version.
 */
import { valueKey } from '../machine';
import { none } from '../memory/order';
import { atTheEnd, type Entrance } from './entrances';
import { hex, type Layout } from './layout';
import { enter, Pass, type PassMemory, type PassStep, type Thread, undecided } from './pass';
import type { Operation, Scenario, Site, Version } from './scenario';
import { instructionAt, numberOf, type Outcome, outcomeOf, type VersionOutcomes } from './versions';

/** What has been stored, between two stores. */
type Moment = ReadonlyMap<bigint, number>;

/** Where a thread is in the protocol. */
interface Present {
  /** The moment that its last look at memory was at; later ones are not earlier. */
  readonly at: number;
  readonly visits: ReadonlyMap<number, Visit>;
}
/** A site that the thread has entered since it left its own code. */
interface Visit {
  readonly at: number;
  /** Bit i: version i may be the one that it executes. */
  readonly versions: number;
}

/** Instructions on all ways through a thread. */
const mostSteps = 50_000;

/**
 * Runs a thread alone, begun at any moment, and (under the name `atTheEnd`) begun when all is done.
 * `problem`: why that cannot be told.
 */
export function threadOutcomes(layout: Layout, entrance: Entrance): VersionOutcomes[] {
  const version = (name: string): Version => ({ name, instructions: [], source: entrance.source });
  const { patchers } = layout.scenario;
  if (patchers.length > 1) {
    const problem = 'threads in assembly beside several patchers at once are not supported yet';
    return [{ version: version(entrance.name), outcomes: [], reaches: new Set(), problem }];
  }
  const moments = momentsOf(patchers.flatMap(({ operations }) => stores(operations)));
  const alone = (name: string, from: number, final: boolean): VersionOutcomes => {
    const found = new Alone(layout, entrance, moments, final).run(from);
    const failed = typeof found === 'string';
    return {
      version: version(name),
      outcomes: failed ? [] : found,
      reaches: new Set(),
      problem: failed ? found : null,
    };
  };
  return [alone(entrance.name, 0, false), alone(atTheEnd, moments.length - 1, true)];
}

/** What of a scenario with threads is not decided, in words; null where all of it is. */
export function threadProblem({ threads, sites }: Scenario): string | null {
  const [thread] = threads;
  if (thread === undefined) return null;
  if (sites.reduce((sum, { versions }) => sum + versions.length, 0) > 30)
    return `more than 30 versions of the sites that thread ${thread.name} may pass through are not supported`;
  return null;
}

class Alone {
  readonly #sites: readonly Site[];
  /** By site: the versions that it may be found in. */
  readonly #versions: readonly number[];
  readonly #pass: Pass<Present>;

  constructor(
    readonly layout: Layout,
    readonly entrance: Entrance,
    readonly moments: readonly Moment[],
    final: boolean,
  ) {
    this.#sites = layout.scenario.sites;
    this.#versions = this.#sites.map(({ versions, to }) => {
      const last = versions.findIndex(({ name }) => name === to);
      return final && last >= 0 ? 1 << last : (1 << versions.length) - 1;
    });
    const same = (present: Present): Present => present;
    const see = (present: Present, address: bigint, size: number) => this.#see(present, address, size);
    const memory: PassMemory<Present> = {
      load: (present, address, size) => see(present, address, size).map((seen) => ({ ...seen, view: none })),
      fetch: see,
      own: (hart) => ({ view: none, hart }),
      fence: same,
      fenceI: same,
      branch: same,
    };
    this.#pass = new Pass(layout, entrance, memory);
  }

  /** All outcomes of a pass begun at a moment; in words why they cannot be told. */
  run(from: number): Outcome[] | string {
    const outcomes = new Map<string, Outcome>();
    const open: { thread: Thread; present: Present }[] = [
      { thread: enter(this.entrance), present: { at: from, visits: new Map() } },
    ];
    const seen = new Set<string>();
    for (let steps = 0; ; steps++) {
      const here = open.pop();
      if (here === undefined) return [...outcomes.values()];
      if (steps > mostSteps)
        return `thread ${this.entrance.name} alone does not end within ${mostSteps.toLocaleString('en-US')} instructions`;
      const next = this.#step(here.thread, here.present);
      if (next === null)
        return `thread ${this.entrance.name} alone runs into ${hex(here.thread.pc)}, where nothing stands`;
      for (const step of next) {
        if (step.kind === 'next') {
          const there = { thread: step.thread, present: step.hart };
          // Round the same loop in the same state: this way never ends, and no pass amounts to it.
          const key = step.thread.pc <= here.thread.pc ? keyOf(there) : null;
          if (key !== null && seen.has(key)) continue;
          if (key !== null) seen.add(key);
          open.push(there);
        } else if (step.kind === 'exit') {
          const problem = undecided(step.thread, step.exit);
          if (problem !== null) return problem;
          const outcome = outcomeOf(this.entrance, step.thread, step.exit);
          outcomes.set(`${[...outcome.assumptions].sort().join()} ${outcome.key}`, outcome);
        } else if (step.kind === 'unsupported') return step.what;
        // A fault of the thread alone: no pass amounts to it.
      }
    }
  }

  #step(thread: Thread, present: Present): PassStep<Present>[] | null {
    if (thread.holding) return this.#pass.return(thread, present);
    if (thread.trapped) return this.#pass.handle(thread, present);
    const fetched = this.#fetch(present, thread.pc);
    return fetched === null
      ? null
      : fetched.flatMap(({ bytes, present: after }) => this.#pass.execute(thread, bytes, after));
  }

  /** What may stand at a pc; null where nothing is declared. */
  #fetch(present: Present, pc: bigint): { readonly bytes: Uint8Array; readonly present: Present }[] | null {
    const index = this.#sites.findIndex(({ address, size }) => pc >= address && pc < address + BigInt(size));
    const site = this.#sites[index];
    if (site === undefined) {
      const bytes = instructionAt((address) => this.layout.initialByte(address), pc);
      const { address, size } = this.entrance;
      const home = pc >= address && pc < address + BigInt(size);
      return bytes && [{ bytes, present: home ? { ...present, visits: new Map() } : present }];
    }
    const visit = present.visits.get(index);
    const entries = visit
      ? [visit]
      : this.#later(present.at, (at) => this.#bytes(at, site.address, site.size).join()).map(({ at }) => ({
          at,
          versions: this.#versions[index] ?? 0,
        }));
    return entries.flatMap((entry) => {
      const bytes = instructionAt((address) => this.#byte(entry.at, address), pc);
      const versions = bytes === null ? 0 : entry.versions & having(site, pc, bytes);
      if (bytes === null || versions === 0) return [];
      const visits = new Map(present.visits).set(index, { at: entry.at, versions });
      return [{ bytes, present: { at: visit ? present.at : entry.at, visits } }];
    });
  }

  #see(present: Present, address: bigint, size: number): { readonly value: bigint; readonly hart: Present }[] {
    return this.#later(present.at, (at) => numberOf(this.#bytes(at, address, size))).map(({ at, what }) => ({
      value: what,
      hart: { ...present, at },
    }));
  }

  /** What may be found from a moment on, each at the first moment that has it, which leaves most to come. */
  #later<T>(from: number, find: (at: number) => T): { readonly at: number; readonly what: T }[] {
    const found = new Map<T, number>();
    for (let at = from; at < this.moments.length; at++) {
      const what = find(at);
      if (!found.has(what)) found.set(what, at);
    }
    return [...found].map(([what, at]) => ({ at, what }));
  }

  #bytes(at: number, address: bigint, size: number): number[] {
    return Array.from({ length: size }, (_, i) => this.#byte(at, address + BigInt(i)) ?? 0);
  }

  #byte(at: number, address: bigint): number | null {
    return this.moments[at]?.get(address) ?? this.layout.initialByte(address);
  }
}

/** Bit i: these bytes at a pc are what version i has there, as far as it says anything of them. */
function having({ versions }: Site, pc: bigint, bytes: Uint8Array): number {
  return versions.reduce((set, { instructions }, i) => {
    const agrees = instructions.every(({ address, bytes: its }) =>
      its.every((byte, at) => {
        const other = bytes[Number(address - pc) + at];
        return other === undefined || other === byte;
      }),
    );
    return agrees ? set | (1 << i) : set;
  }, 0);
}

function keyOf({ thread, present }: { readonly thread: Thread; readonly present: Present }): string {
  const registers = [...thread.registers].map(([register, value]) => `${register}=${valueKey(value)}`).sort();
  const assumptions = [...thread.assumptions].map(([key, truth]) => `${key}:${truth}`).sort();
  const visits = [...present.visits].map(([site, { at, versions }]) => `${site}:${at}:${versions}`).sort();
  const { pc, stores: own, calls, holding, trapped } = thread;
  return [pc, registers, assumptions, own, calls, holding?.link, trapped, present.at, visits].join('|');
}

type Store = Extract<Operation, { kind: 'store' }>;

const stores = (operations: readonly Operation[]): Store[] =>
  operations.flatMap((operation) =>
    operation.kind === 'store' ? [operation] : operation.kind === 'stop_machine' ? stores(operation.body) : [],
  );

/** Memory before, between and after the patcher's stores. */
function momentsOf(all: readonly Store[]): Moment[] {
  let moment: Moment = new Map();
  return [
    moment,
    ...all.map(({ address, bytes }) => {
      moment = new Map([...moment, ...[...bytes].map((byte, at) => [address + BigInt(at), byte] as const)]);
      return moment;
    }),
  ];
}
