/** What each version of a site does when it runs alone, and whether a pass amounts to one of them. */
import { opaque, valueKey } from '../machine';
import { none } from '../memory/order';
import { hex, type Layout } from './layout';
import { type Exit, enter, entryName, Pass, type PassMemory, type PassStep, type Thread } from './pass';
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

/** Branches and loads of data give a version several outcomes; a version that never leaves has a problem. */
const maximalSteps = 20_000;

/**
 * Runs every version alone, on its own bytes over those that the site held at first. A load of declared data may see
 * any whole value that the protocol ever gives it.
 */
export function versionOutcomes(layout: Layout, site: Site): VersionOutcomes[] {
  const stores = layout.scenario.patchers.flatMap((patcher) => dataStores(patcher.operations));
  return site.versions.map((version) => {
    const image = new Map<bigint, number>();
    for (const { address, bytes } of version.instructions)
      bytes.forEach((byte, i) => {
        image.set(address + BigInt(i), byte);
      });
    const byteAt = (address: bigint): number | null => image.get(address) ?? layout.initialByte(address);
    const memory: PassMemory<null> = {
      load: (_hart, address, size) =>
        dataValues(byteAt, stores, address, size).map((value) => ({ value, view: none, hart: null })),
      fetch: (_hart, address, size) =>
        dataValues(byteAt, stores, address, size).map((value) => ({ value, hart: null })),
      own: () => ({ view: none, hart: null }),
      fence: () => null,
      fenceI: () => null,
      branch: () => null,
    };
    const pass = new Pass<null>(layout, site, memory);
    const outcomes = new Map<string, Outcome>();
    const reaches = new Set<string>();
    const fails = (problem: string): VersionOutcomes => ({ version, outcomes: [], reaches, problem });
    const open: Thread[] = [enter(site)];
    const seen = new Set<string>();
    for (let steps = 0; ; steps++) {
      const thread = open.pop();
      if (thread === undefined) return { version, outcomes: [...outcomes.values()], reaches, problem: null };
      if (steps > maximalSteps)
        return fails(
          `version ${version.name} alone does not leave the site within ${maximalSteps.toLocaleString('en-US')} instructions`,
        );
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
      if (!bytes) return fails(`version ${version.name} alone runs into ${hex(thread.pc)}, where nothing stands`);
      for (const step of next) {
        if (step.kind === 'next') {
          // Round the same loop in the same state: this way never leaves, and no pass is equivalent to it.
          const back = step.thread.pc <= thread.pc && !firstTime(seen, step.thread);
          if (!back) open.push(step.thread);
        } else if (step.kind === 'exit') {
          const outcome = outcomeOf(site, step.thread, step.exit);
          if (step.exit.kind === 'end' && typeof step.exit.target === 'bigint' && layout.symbolAt(step.exit.target))
            reaches.add(hex(step.exit.target));
          outcomes.set(`${[...outcome.assumptions].sort().join()} ${outcome.key}`, outcome);
        } else if (step.kind === 'unsupported') return fails(step.what);
        // A fault of the version alone: no pass is equivalent to it.
      }
    }
  });
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

type DataStore = Extract<Operation, { kind: 'store' }>;

function dataStores(operations: readonly Operation[]): DataStore[] {
  return operations.flatMap((operation) =>
    operation.kind === 'store' && operation.target === 'data'
      ? [operation]
      : operation.kind === 'stop_machine'
        ? dataStores(operation.body)
        : [],
  );
}

/** The initial value and the value after each whole store, in program order. */
function dataValues(
  byteAt: (address: bigint) => number | null,
  stores: readonly DataStore[],
  address: bigint,
  size: number,
): bigint[] {
  const bytes = Array.from({ length: size }, (_, i) => byteAt(address + BigInt(i)) ?? 0);
  const values = new Set([numberOf(bytes)]);
  for (const store of stores) {
    let touched = false;
    bytes.forEach((_, i) => {
      const at = address + BigInt(i) - store.address;
      if (at >= 0n && at < BigInt(store.bytes.length)) {
        bytes[i] = store.bytes[Number(at)] ?? 0;
        touched = true;
      }
    });
    if (touched) values.add(numberOf(bytes));
  }
  return [...values];
}

export function numberOf(bytes: readonly number[]): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}
