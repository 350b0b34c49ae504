/** What one micro-operation of a patcher does to the views of its hart, and a rendezvous to those of another. */
import { close, type MessageSet, members, none, type Order, single } from '../memory/order';
import {
  afterAcquire,
  afterBranch,
  afterDeviceWrite,
  afterFence,
  afterFenceI,
  afterFetch,
  afterRead,
  afterWrite,
  deviceWriteBound,
  freshViews,
  readBound,
  released,
  type SetViews,
  writeBound,
} from '../memory/set-views';
import type { MemoryRules } from '../memory/views';
import { type Message, overlaps, type Program, type Rendezvous } from './program';

/** What of a program its micro-operations are run with, while it is made too. */
export type ProgramShape = Pick<Program, 'micros' | 'messages' | 'rendezvous' | 'graces' | 'orders'>;

/**
 * One micro-operation of the patcher from the given views.
 * @returns null where the order leaves no room for it: a message of it has been read where it cannot have been.
 */
export function runMicro(
  program: ProgramShape,
  rules: MemoryRules,
  order: Order,
  views: SetViews,
  q: number,
): { readonly order: Order; readonly views: SetViews } | null {
  const micro = program.micros[q];
  if (micro === undefined) return { order, views };
  switch (micro.kind) {
    case 'write': {
      const own = single(micro.message);
      const bound =
        writeBound(rules, views, none, micro.release) | sameLocation(program.messages, micro.message, views.coh);
      const grown = program.orders.constrain(order, bound, own);
      return grown && { order: grown, views: afterWrite(views, own, close(grown, own | bound)) };
    }
    case 'device-write': {
      const own = single(micro.message);
      const bound = deviceWriteBound(rules, views);
      const grown = program.orders.constrain(order, bound, own);
      return grown && { order: grown, views: afterDeviceWrite(views, close(grown, own | bound)) };
    }
    case 'fence':
      return { order, views: afterFence(views, micro.pred, micro.succ, micro.tso) };
    case 'fence.i':
      return { order, views: afterFenceI(rules, views) };
    case 'wait':
      return { order, views: afterWait(rules, order, views, program.rendezvous[micro.rendezvous]?.message ?? null) };
    case 'run':
    case 'ended':
      return { order, views };
    case 'lock':
      return { order, views: micro.unlock === null ? views : afterWait(rules, order, views, micro.unlock) };
    case 'migrate': {
      // One patcher only migrates: what a hart has taken is a number of its rendezvous.
      const hart = program.rendezvous
        .slice(0, micro.taken)
        .reduce((its, meeting) => afterMeeting(rules, order, its, meeting), freshViews);
      const arrived = afterAcquire(rules, hart, close(order, released(views)));
      return { order, views: micro.fenceI ? afterFenceI(rules, arrived) : arrived };
    }
    case 'grace':
      return { order, views: afterWait(rules, order, views, program.graces[micro.grace]?.message ?? null) };
  }
}

/** A hart's views after the interrupt of a rendezvous, up to its answer. */
export function afterMeeting(rules: MemoryRules, order: Order, before: SetViews, meeting: Rendezvous): SetViews {
  let views = before;
  if (meeting.message !== null) {
    const seen = single(meeting.message);
    const post = readBound(rules, views, none) | close(order, seen);
    views = afterRead(rules, views, none, seen, post, meeting.kind === 'leave' && meeting.acquire);
  } else views = afterAcquire(rules, views, released(views));
  for (const operation of meeting.body)
    views =
      operation.kind === 'fence.i'
        ? afterFenceI(rules, views)
        : afterFence(views, operation.pred, operation.succ, operation.tso);
  // The answer is an instruction too, fetched after the handler's fence.i.
  return afterFetch(rules, views, views.vI);
}

/** An answer comes after the message that it answers. The loop that waits, for it or for a lock, is a control dependency on it. */
function afterWait(rules: MemoryRules, order: Order, views: SetViews, message: number | null): SetViews {
  const seen = message === null ? none : close(order, single(message));
  const answer = readBound(rules, views, none) | seen;
  return afterBranch(afterAcquire(rules, views, answer), answer);
}

/** Those of `seen` that overlap the message's bytes: earlier accesses to the same location (coherence). */
function sameLocation(messages: readonly Message[], id: number, seen: MessageSet): MessageSet {
  const own = messages[id];
  if (own === undefined || own.bytes.length === 0) return none;
  let out = none;
  for (const other of members(seen)) {
    const message = messages[other];
    if (message && message.id !== id && overlaps(message, own.address, own.bytes.length)) out |= single(other);
  }
  return out;
}
