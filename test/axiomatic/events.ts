/**
 * Events of candidate executions (ISA manual, volume I, RVWMO, "Memory Model Primitives"). All plain data.
 * A thread's events stand in one array; an event is named by its index there, until threads are put together.
 */
import type { FenceSet } from '../../server/src/machine';

/** Which of the four ordering annotations an operation carries, on either side. */
export type Annotation = 'none' | 'rcpc' | 'rcsc';

interface AtPlace {
  /** The instruction's number in its thread's execution. Events of one instruction are not ordered by po. */
  readonly instruction: number;
}

interface Footprint extends AtPlace {
  readonly address: bigint;
  /** In bytes, at most 8. A memory operation is single-copy atomic: it has one place in the global order. */
  readonly size: number;
  /** What it returns, unsigned; null for an operation that loads nothing. */
  readonly reads: bigint | null;
}

/** One memory operation: a load, a store, or both at once (an AMO). */
export interface MemoryEvent extends Footprint {
  readonly kind: 'memory';
  /** What it stores, unsigned; null for an operation that stores nothing. */
  readonly writes: bigint | null;
  readonly by: 'load' | 'store' | 'amo' | 'lr' | 'sc';
  readonly acquire: Annotation;
  readonly release: Annotation;
  /** The thread's earlier events on which this one has a syntactic dependency. */
  readonly addressFrom: Dependency;
  readonly dataFrom: Dependency;
  readonly controlFrom: Dependency;
  /** For a store-conditional that stores: its load-reserved. */
  readonly pairedWith: number | null;
}

/** One fetch of a unit of code: outside per-location coherence, never from the hart's store buffer. */
export interface FetchEvent extends Footprint {
  readonly kind: 'fetch';
}

export interface FenceEvent extends AtPlace {
  readonly kind: 'fence';
  readonly pred: FenceSet;
  readonly succ: FenceSet;
  readonly tso: boolean;
}

export interface FetchFenceEvent extends AtPlace {
  readonly kind: 'fence.i';
}

export type Event = MemoryEvent | FetchEvent | FenceEvent | FetchFenceEvent;

/** Indices of events of the same thread. */
export type Dependency = ReadonlySet<number>;

/** How a thread's execution ends: at its end, at the bound on loops, or at what is not modelled. */
export type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'cut'; readonly bound: string }
  | { readonly kind: 'fault'; readonly reason: string };

/** One execution of one thread alone, every value that it loads or fetches having been guessed. */
export interface Unfolding {
  readonly thread: number;
  readonly events: readonly Event[];
  /** Registers 0 to 31 at the end. */
  readonly registers: readonly bigint[];
  readonly ending: Ending;
}

export const isMemory = (event: Event): event is MemoryEvent => event.kind === 'memory';
export const isFetch = (event: Event): event is FetchEvent => event.kind === 'fetch';
export const isLoad = (event: Event): event is MemoryEvent => event.kind === 'memory' && event.reads !== null;

/** What is in memory afterwards. */
export const isWrite = (event: Event): event is MemoryEvent & { readonly writes: bigint } =>
  event.kind === 'memory' && event.writes !== null;

/**
 * A store for the rules of preserved program order. A compare-and-swap that fails is "treated as an AMO for the
 * purposes of the RVWMO PPO rules", whether it writes the old value back or not (Zacas).
 */
export const isStore = (event: Event): event is MemoryEvent =>
  event.kind === 'memory' && (event.writes !== null || event.by === 'amo');

/** Program order: between instructions, not between the events of one. */
export const before = (a: Event, b: Event): boolean => a.instruction < b.instruction;

export function overlap(a: MemoryEvent | FetchEvent, b: MemoryEvent | FetchEvent): boolean {
  return a.address < b.address + BigInt(b.size) && b.address < a.address + BigInt(a.size);
}
