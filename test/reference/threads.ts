import type { Operation, Scenario, Site, Version } from '../../server/src/checker/scenario';
import { handled } from './equivalence';
import { beginPass, comeBack, execute, goesRound, outcomeOf, type Pass, passKey, type SharedMemory } from './pass';
import { NotModelled } from './program';
import { byteOf, type World, within } from './world';

/** What a thread must be after the end, where others must be a version. */
export const afterAll = 'after all';

/** The code of each thread, as a place where passes begin. */
export function threadCode({ threads, regions, sites }: Scenario): Site[] {
  return threads.map(({ name, address, clobbers, source }) => {
    const code = regions.find((region) => region.kind === 'code' && region.address === address);
    if (code === undefined) throw new Error(`thread ${name} has no code`);
    return {
      ...{ name, address, source, size: code.bytes.length, initial: code.bytes, from: [] },
      versions: sites.flatMap((site) =>
        site.versions.map((version) => ({ ...version, name: `${site.name}.${version.name}` })),
      ),
      clobbers: [...clobbers, ...sites.flatMap((site) => site.clobbers)],
      to: sites.some(({ to }) => to !== null) ? afterAll : null,
    };
  });
}

/** A thread and the patcher, step by step: no store is seen late, and none goes to a site that the thread is in. */
interface Together {
  readonly pass: Pass;
  /** So many of the patcher's stores are done. */
  readonly stored: number;
  /** The sites that the thread has come to since it was in its own code: as they were then, and as which it runs them. */
  readonly entered: ReadonlyMap<string, { readonly stored: number; readonly versions: readonly string[] }>;
}

/** Could the thread have done this had every store been seen by all at once? Begun before the end, or only after it. */
export function couldBe(world: World, at: string, finished: Pass, after: boolean): boolean {
  const { scenario } = world;
  if (scenario.patchers.length > 1) throw new NotModelled('threads beside several patchers');
  const stores = scenario.patchers.flatMap(({ operations }) => storesOf(operations));
  const wanted = outcomeOf(at, finished);
  const start = { ...beginPass(finished.site), choices: finished.choices };
  const pending: Together[] = [{ pass: start, stored: after ? stores.length : 0, entered: new Map() }];
  const met = new Set<string>();
  for (let here = pending.pop(); here !== undefined; here = pending.pop()) {
    const key = `${passKey(here.pass)} ${here.stored} ${JSON.stringify([...here.entered])}`;
    if (met.has(key) || goesRound(here.pass)) continue;
    met.add(key);
    if (here.pass.choices.size > finished.choices.size) throw new NotModelled('what else a thread may decide');
    if (here.stored < stores.length) pending.push({ ...here, stored: here.stored + 1, pass: freshly(here.pass) });
    for (const next of steps(world, stores, here, after)) {
      if ('pass' in next) pending.push(next);
      else if (next.outcome === wanted) return true;
    }
  }
  return false;
}

/** Whoever goes round may find something else after a store. */
const freshly = (pass: Pass): Pass => ({ ...pass, backward: 0 });

function steps(
  world: World,
  stores: readonly Store[],
  { pass, stored, entered }: Together,
  after: boolean,
): (Together | { readonly outcome: string })[] {
  if (pass.held !== null) return [{ pass: comeBack(pass), stored, entered }];
  const { pc } = pass;
  const now = (address: bigint): number | undefined => byteAfter(world, stores, stored, address);
  const site = world.scenario.sites.find(({ address, size }) => within(pc, address, size));
  const visit = site && (entered.get(site.name) ?? { stored, versions: allowed(site, after) });
  const code = (address: bigint): number | undefined => byteAfter(world, stores, visit?.stored ?? stored, address);
  const length = ((code(pc) ?? 3) & 3) === 3 ? 4 : 2;
  const bytes = Array.from({ length }, (_, i) => code(pc + BigInt(i)));
  if (bytes.includes(undefined)) return [];
  const versions = (visit?.versions ?? []).filter((name) =>
    saysNothingElse(
      site?.versions.find((version) => version.name === name),
      pc,
      bytes,
    ),
  );
  if (visit !== undefined && versions.length === 0) return [];
  const home = within(pc, pass.site.address, pass.site.size);
  const since = home
    ? new Map()
    : site && visit
      ? new Map([...entered, [site.name, { stored: visit.stored, versions }]])
      : entered;
  const shared: SharedMemory = {
    pre: 0,
    read: (address, size) => [
      { bytes: Array.from({ length: size }, (_, i) => now(address + BigInt(i)) ?? 0), post: 0 },
    ],
  };
  return execute(world, { ...pass, last: null }, bytes, shared)
    .flatMap((step) => handled(world, step, shared, now))
    .flatMap((step): (Together | { readonly outcome: string })[] => {
      if (step.kind === 'next') return [{ pass: step.pass, stored, entered: since }];
      return step.kind === 'exit' && step.leads !== 'nowhere' ? [{ outcome: outcomeOf(step.at, step.pass) }] : [];
    });
}

/** The versions that a thread may find: at the end the one in force, where the protocol names it. */
const allowed = ({ versions, to }: Site, after: boolean): string[] =>
  versions.map(({ name }) => name).filter((name) => !after || to === null || name === to);

/** Has the version, wherever it lists one of these bytes, the same? */
function saysNothingElse(version: Version | undefined, pc: bigint, bytes: readonly (number | undefined)[]): boolean {
  return bytes.every((byte, i) => {
    const its = byteOf(version?.instructions ?? [], pc + BigInt(i));
    return its === undefined || its === byte;
  });
}

type Store = Extract<Operation, { kind: 'store' }>;

const storesOf = (operations: readonly Operation[]): Store[] =>
  operations.flatMap((operation) => {
    if (operation.kind === 'stop_machine') return storesOf(operation.body);
    return operation.kind === 'store' ? [operation] : [];
  });

function byteAfter(world: World, stores: readonly Store[], done: number, address: bigint): number | undefined {
  const last = stores.slice(0, done).findLast((store) => within(address, store.address, store.bytes.length));
  return last === undefined ? world.initialByte(address) : last.bytes[Number(address - last.address)];
}
