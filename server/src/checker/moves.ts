/** One step of the transition system: what has happened, and where that leads. */
import { type MessageSet, members, type Order } from '../memory/order';
import type { SetViews } from '../memory/set-views';
import type { Exit } from './pass';
import type { Program } from './program';
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
  /** How many micro-operations the patcher must have done. */
  readonly progress: number;
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

/** How far the patcher must have come for a hart to have taken so many rendezvous, in micro-operations. */
export function progressOf({ rendezvous }: Program, taken: number): number {
  const meeting = rendezvous[taken - 1];
  if (meeting === undefined) return 0;
  return meeting.kind === 'park' ? meeting.waitMicro : meeting.sendMicro + 1;
}

/** One past the latest micro-operation that wrote one of these. */
export const microAfter = ({ messages }: Program, seen: MessageSet): number =>
  Math.max(0, ...members(seen).map((id) => (messages[id]?.micro ?? -1) + 1));
