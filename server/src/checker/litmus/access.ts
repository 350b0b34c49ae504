/**
 * What one access may see or do, over messages and timestamps. A load is one event at one place of the global memory
 * order, its *position*: byte by byte it reads the newest message up to there, or the thread's own later store
 * (ISA manual, RVWMO, load value axiom). So mixed sizes need no rule of their own.
 */
import type { Cells, Footprint } from './cells';
import { compose, type Memory, type Message, newest, type Timestamp } from './memory';
import type { OwnStore, ThreadState } from './thread';

export interface Reading {
  readonly value: bigint;
  /** By cell of the footprint. */
  readonly sources: readonly Timestamp[];
  /** The lowest position at which a load reads this; its view. */
  readonly post: Timestamp;
}

/** All that a load which may not come before `bound` may read. */
export function readings(
  cells: Cells,
  memory: Memory,
  state: ThreadState,
  footprint: Footprint,
  bound: Timestamp,
): Reading[] {
  const out: Reading[] = [];
  for (const position of positions(memory, state.own, footprint, bound)) {
    if (pastPromise(memory, state, footprint, position)) break;
    const sources = sourcesAt(memory, state, footprint, position);
    if (sources === null || known(out, sources)) continue;
    out.push({ value: compose(cells, memory, footprint, sources), sources, post: position });
  }
  return out;
}

/** All that a fetch which may not come before `bound` may find: outside coherence, and never its own hart's later store. */
export function fetches(cells: Cells, memory: Memory, footprint: Footprint, bound: Timestamp): Reading[] {
  const out: Reading[] = [];
  for (const position of positions(memory, [], footprint, bound)) {
    const sources = footprint.map((cell) => newest(memory, cell, position));
    if (!known(out, sources)) out.push({ value: compose(cells, memory, footprint, sources), sources, post: position });
  }
  return out;
}

/**
 * What a fetch may find besides `found` where stores of `future` come before it in the global order: byte by byte the last
 * of them in any order, over what memory holds. Its view is behind the end of memory.
 */
export function fetchesAhead(
  cells: Cells,
  memory: Memory,
  future: readonly Message[],
  footprint: Footprint,
  found: readonly Reading[],
): Reading[] {
  const whole = [...memory, ...future];
  const post = memory.length + 1;
  const reached = [...found];
  let over = found;
  // Of each cell only the last store counts: no more stores than cells are needed.
  for (const _ of footprint) {
    const next: Reading[] = [];
    for (const { sources: before } of over)
      for (const [i, { values }] of future.entries()) {
        const sources = before.map((source, k) => (values[footprint[k] ?? 0] === undefined ? source : post + i));
        if (known(reached, sources)) continue;
        const one = { value: compose(cells, whole, footprint, sources), sources, post };
        next.push(one);
        reached.push(one);
      }
    over = next;
  }
  return reached.slice(found.length);
}

/** Places at which a read of these cells may find something else than before, ascending, from `bound`. */
function positions(
  memory: Memory,
  own: readonly (OwnStore | undefined)[],
  footprint: Footprint,
  bound: Timestamp,
): Timestamp[] {
  const out = [bound];
  for (let at = bound + 1; at <= memory.length; at++)
    if (footprint.some((cell) => memory[at - 1]?.values[cell] !== undefined || own[cell]?.view === at)) out.push(at);
  return out;
}

/** A load after the thread's own later store to the same bytes: the store could not be executed any more (rule 1). */
const pastPromise = (memory: Memory, state: ThreadState, footprint: Footprint, position: Timestamp): boolean =>
  state.promises.some(
    (promise) => promise <= position && footprint.some((cell) => memory[promise - 1]?.values[cell] !== undefined),
  );

/** What each cell holds for a load at `position`; null where no load of this thread can be there. */
function sourcesAt(
  memory: Memory,
  state: ThreadState,
  footprint: Footprint,
  position: Timestamp,
): readonly Timestamp[] | null {
  const sources: Timestamp[] = [];
  for (const cell of footprint) {
    const own = state.own[cell];
    let source: Timestamp;
    if (own !== undefined && own.at > position) {
      // Forwarded: after what the store depends on (rule 12), and after an SC or AMO itself (rule 3).
      if (own.exclusive || own.view > position) return null;
      source = own.at;
    } else source = newest(memory, cell, position);
    // Rule 2: nothing older than what an earlier access saw.
    const seen = state.coh[cell] ?? 0;
    if (seen > source && newest(memory, cell, seen) > source) return null;
    sources.push(source);
  }
  return sources;
}

const known = (readings: readonly Reading[], sources: readonly Timestamp[]): boolean =>
  readings.some((one) => one.sources.every((source, i) => source === sources[i]));

/** `coh` after a load: rule 1 keeps later stores behind it, rule 2 later loads. */
export function sawCells(
  coh: readonly Timestamp[],
  footprint: Footprint,
  sources: readonly Timestamp[],
  post: Timestamp,
): Timestamp[] {
  const out = coh.slice();
  footprint.forEach((cell, i) => {
    out[cell] = Math.max(out[cell] ?? 0, sources[i] ?? 0, post);
  });
  return out;
}

/** The latest place that a store to these cells must come after, for coherence. */
export const coherenceBound = (state: ThreadState, footprint: Footprint): Timestamp =>
  footprint.reduce((latest, cell) => Math.max(latest, state.coh[cell] ?? 0), 0);

/** The thread's state after its store at `at`. */
export function storeTo(state: ThreadState, footprint: Footprint, at: Timestamp, own: OwnStore): ThreadState {
  const coh = state.coh.slice();
  const stores = state.own.slice();
  for (const cell of footprint) {
    coh[cell] = at;
    stores[cell] = own;
  }
  return { ...state, coh, own: stores, promises: state.promises.filter((promise) => promise !== at) };
}

/** Whether an SC at `at` still holds its reservation: no other thread's store since what the LR read. */
export function reservationHolds(memory: Memory, state: ThreadState, thread: number, at: Timestamp): boolean {
  const { reservation } = state;
  if (reservation === null) return false;
  return reservation.cells.every((cell, i) => {
    for (let t = (reservation.sources[i] ?? 0) + 1; t < at; t++) {
      const between = memory[t - 1];
      if (between?.values[cell] !== undefined && between.thread !== thread) return false;
    }
    return true;
  });
}
