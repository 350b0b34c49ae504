/** One step of the transition system: what has happened, and where that leads. */
import { type MessageSet, members, type Order } from '../memory/order';
import type { SetViews } from '../memory/set-views';
import type { Taken } from './meetings';
import type { Exit } from './pass';
import type { Program, Progress } from './program';
import type { Action, State, Wrong } from './state';

/** What a pass carries along inside one instruction. */
export interface Hand {
  readonly views: SetViews;
  readonly order: Order;
  /** The view of the instruction's own fetch: its accesses come after it. */
  readonly fetched: MessageSet;
  readonly loads: readonly MessageSet[];
  /** Messages that loads (with Ziccid, fetches too) of these bytes have not seen: those that can come will be seen, in the end. */
  readonly unseen: MessageSet;
}

export type Step = Extract<Action, { kind: 'step' }>;

interface MoveBase {
  /** After the action; for `wrong`, the one that it goes wrong in. */
  readonly state: State;
  readonly action: Action;
  /** How far the patchers must have come. */
  readonly progress: Progress;
}
export type Move =
  | (MoveBase & {
      readonly kind: 'state';
      /** 1, or 0 where the action is not a step of a trace. */
      readonly steps: number;
      /** An instruction that can be repeated as often as it comes round: loops of these alone may hang. */
      readonly repeatable: boolean;
    })
  | (MoveBase & { readonly kind: 'exit'; readonly exit: Exit })
  | (MoveBase & { readonly kind: 'wrong'; readonly wrong: Wrong });

export const noProgress: Progress = [];

export function latest(a: Progress, b: Progress): Progress {
  if (b.length === 0 || a === b) return a;
  if (a.length === 0) return b;
  if (a.length === 1 && b.length === 1) return (a[0] ?? 0) >= (b[0] ?? 0) ? a : b;
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => Math.max(a[i] ?? 0, b[i] ?? 0));
}

export const sum = (progress: Progress): number =>
  progress.length === 1 ? (progress[0] ?? 0) : progress.reduce((all, its) => all + its, 0);

/** A patcher stands before this micro-operation. */
export const standing = ({ standing: at }: Program, q: number): Progress => at[q] ?? noProgress;

/** All patchers have ended. */
export const ended = ({ tracks }: Program): Progress => tracks.map(({ first, end }) => end - first);

/** How far the patchers must have come for a hart to have taken these rendezvous. */
export const progressOf = (program: Program, taken: Taken): Progress =>
  program.meetings.last(taken).reduce((all, { kind, waitMicro, sendMicro }) => {
    return latest(all, standing(program, kind === 'park' ? waitMicro : sendMicro + 1));
  }, noProgress);

/** The latest micro-operations that wrote one of these are done. */
export function microAfter(program: Program, seen: MessageSet): Progress {
  let all = noProgress;
  for (const id of members(seen)) all = latest(all, standing(program, (program.messages[id]?.micro ?? 0) + 1));
  return all;
}

/** What several things need together. */
export const allOf = (needs: readonly Progress[]): Progress => needs.reduce(latest, noProgress);
