/** A patchers' program: their operations taken apart into what the memory model knows (build.ts makes it). */
import type { FenceSet } from '../machine';
import type { MessageSet, Order, Orders } from '../memory/order';
import type { Meetings } from './meetings';
import type { HandlerOperation, Operation } from './scenario';

/** One entry of the global memory order. */
export interface Message {
  readonly id: number;
  readonly kind: 'code' | 'data' | 'free' | 'ipi' | 'counter' | 'grace' | 'unlock' | 'end';
  /**
   * For `code`, `data` and `free`: which bytes; what `free` writes is poison. Other messages are each their own location.
   */
  readonly address: bigint;
  readonly bytes: Uint8Array;
  /** Index into `Program.operations`; -1 for an END store. */
  readonly operation: number;
  /** Index into `Program.micros`. */
  readonly micro: number;
}

/** A point where every other hart must do something. Those of one patcher are taken in order. */
export interface Rendezvous {
  readonly index: number;
  /** Whose it is, and which of its rendezvous. */
  readonly track: number;
  readonly nth: number;
  /**
   * `sync`: takes an interrupt, reads the message, runs the handler's body, answers.
   * `park`: the hart's thread is switched out, the hart reports and spins with interrupts off.
   * `leave`: a parked hart reads the counter, executes `fence.i` and goes on.
   */
  readonly kind: 'sync' | 'park' | 'leave';
  /** What the hart reads: the message or the counter. Null for `park`. */
  readonly message: number | null;
  readonly body: readonly HandlerOperation[];
  /** Executed by firmware: not maskable, no trap-return fix-up. */
  readonly firmware: boolean;
  /** `park` and `leave`: are interrupts off in between? */
  readonly irqsOff: boolean;
  /** `leave`: is the counter read with acquire? */
  readonly acquire: boolean;
  /** Everything that the patcher writes only after it has seen every hart's answer (none for `leave`). */
  readonly later: MessageSet;
  readonly sendMicro: number;
  readonly waitMicro: number;
  readonly operation: number;
}

/**
 * A wait for every thread (`wait rcu_tasks`). A thread reads that it has begun, and reports with a store-release, both
 * outside of the sites and of all that they jump to.
 */
export interface Grace {
  readonly index: number;
  /** What the threads read. */
  readonly message: number;
  /** Everything that the patcher writes only after it has seen every report. */
  readonly later: MessageSet;
  readonly sendMicro: number;
  readonly waitMicro: number;
}

export type Micro = {
  /** Index into `Program.operations`; -1 for a patcher's end. */
  readonly operation: number;
  /** May a thread take over the patcher's hart just before? */
  readonly open: boolean;
} & (
  | { readonly kind: 'write'; readonly message: number; readonly release: boolean }
  | { readonly kind: 'device-write'; readonly message: number }
  | { readonly kind: 'fence'; readonly pred: FenceSet; readonly succ: FenceSet; readonly tso: boolean }
  | { readonly kind: 'fence.i' }
  | { readonly kind: 'wait'; readonly rendezvous: number }
  | { readonly kind: 'grace'; readonly grace: number }
  /** The patcher's own thread passes through a site. */
  | { readonly kind: 'run'; readonly site: string; readonly version: string }
  /** It goes on on a hart that has taken so many rendezvous and done nothing else. */
  | { readonly kind: 'migrate'; readonly taken: number; readonly fenceI: boolean }
  /** It takes a lock that some unlock has given back; null: that nobody has held yet. */
  | { readonly kind: 'lock'; readonly unlock: number | null }
  /** The patcher has ended. Never run. */
  | { readonly kind: 'ended' }
);

/** One patcher's part of a program: the micro-operations `first` up to, and not including, `end`. */
export interface Track {
  readonly index: number;
  /** Null where there is one patcher only. */
  readonly name: string | null;
  readonly first: number;
  readonly end: number;
}

/** How many micro-operations each patcher has done, by track; none where a track is missing. */
export type Progress = readonly number[];

export interface Program {
  readonly operations: readonly Operation[];
  /** Track by track, each with an `ended` behind its last. */
  readonly micros: readonly Micro[];
  readonly tracks: readonly Track[];
  /** By micro-operation: how far its patcher has come when it stands before that. */
  readonly standing: readonly Progress[];
  readonly messages: readonly Message[];
  readonly rendezvous: readonly Rendezvous[];
  readonly meetings: Meetings;
  readonly graces: readonly Grace[];
  readonly order: Order;
  readonly orders: Orders;
  /** The stores by which the patchers say that they have ended. */
  readonly ends: MessageSet;
  /** A wait that can never end: nothing after it happens. */
  readonly deadlock: Deadlock | null;
}

export interface Deadlock {
  /** By track, the micro-operation that it stands before. */
  readonly at: readonly number[];
  /** The operation that waits. */
  readonly operation: number;
  /** What it waits for: harts that are stopped, or a lock. */
  readonly waitsFor: 'harts' | 'lock';
}

/** What the architecture leaves open between patchers that run side by side, decided. */
export interface Plan {
  /** Whose turn it is, lock operation by lock operation: indices of tracks. */
  readonly locks: readonly number[];
  /** Pairs of messages to the same bytes: the first comes before the second. */
  readonly coherence: readonly (readonly [earlier: number, later: number])[];
}

export const aloneOrInTurn: Plan = { locks: [], coherence: [] };

/** The track whose micro-operation (or end) this is. */
export function trackOf({ tracks }: Pick<Program, 'tracks'>, q: number): Track {
  const track = tracks.find(({ end }) => q <= end) ?? tracks[0];
  if (track === undefined) throw new RangeError('a program has a patcher');
  return track;
}

/** Does the message write any byte of [address, address + size)? */
export const overlaps = (message: Message, address: bigint, size: number): boolean =>
  message.bytes.length > 0 &&
  message.address < address + BigInt(size) &&
  address < message.address + BigInt(message.bytes.length);
