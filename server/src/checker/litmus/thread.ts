/** One thread of a litmus test between two of its steps. Immutable: a step makes a new one. */
import { type TimestampViews, timestampRules } from '../../memory/timestamps';
import type { Cells, Footprint } from './cells';
import type { Timestamp } from './memory';
import type { LitmusTest } from './test';

/** The thread's latest store to a cell, from which its own loads may be forwarded. */
export interface OwnStore {
  readonly at: Timestamp;
  /** View of its address and data: a load that it is forwarded to comes after these, not after the store. */
  readonly view: Timestamp;
  /** By SC or AMO: a load that reads it comes after it (rule 3). */
  readonly exclusive: boolean;
}

/** What the last LR read. */
export interface Reservation {
  readonly address: number;
  readonly cells: Footprint;
  readonly sources: readonly Timestamp[];
  readonly view: Timestamp;
}

export interface ThreadState {
  readonly pc: number;
  /** By register; x0 stays 0. */
  readonly values: readonly bigint[];
  readonly views: readonly Timestamp[];
  readonly hart: TimestampViews;
  /** By cell: no later access reads anything older, and no later store comes before it. */
  readonly coh: readonly Timestamp[];
  /** By cell. */
  readonly own: readonly (OwnStore | undefined)[];
  readonly reservation: Reservation | null;
  /** Its messages in memory that it has still to execute, ascending. */
  readonly promises: readonly Timestamp[];
}

export function initialThread(test: LitmusTest, cells: Cells, thread: number): ThreadState {
  const values = Array.from({ length: 32 }, () => 0n);
  const its = test.threads[thread];
  for (const { register, value } of its?.registers ?? []) if (register > 0) values[register] = value;
  return {
    pc: Number(its?.start ?? 0n),
    values,
    views: Array.from({ length: 32 }, () => 0),
    hart: timestampRules.freshViews,
    coh: cells.start.map(() => 0),
    own: cells.start.map(() => undefined),
    reservation: null,
    promises: [],
  };
}

export function setRegister(state: ThreadState, register: number, value: bigint, view: Timestamp): ThreadState {
  if (register === 0) return state;
  const values = state.values.slice();
  const views = state.views.slice();
  values[register] = value;
  views[register] = view;
  return { ...state, values, views };
}

/** Equal exactly for equal states. */
export function threadKey(state: ThreadState): string {
  const { hart, reservation } = state;
  const reserved =
    reservation === null ? '' : `${reservation.address}:${reservation.sources.join()}:${reservation.view}`;
  const own = state.own.map((one) => (one ? `${one.at}.${one.view}.${one.exclusive ? 1 : 0}` : '')).join();
  const views = `${hart.vI},${hart.fetched},${hart.vrn},${hart.vwn},${hart.vro},${hart.vwo},${hart.vcap},${hart.vrel}`;
  return `${state.pc}|${state.values.join()}|${state.views.join()}|${views}|${state.coh.join()}|${own}|${reserved}|${state.promises.join()}`;
}
