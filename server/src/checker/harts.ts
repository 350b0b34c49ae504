/** What happens to a hart between instructions: interrupts of a protocol, and what it owes when a thread leaves it. */

import { close, type MessageSet, none, type Order, single } from '../memory/order';
import {
  afterAcquire,
  afterFence,
  afterFenceI,
  afterFetch,
  afterRead,
  afterWrite,
  freshViews,
  readBound,
  recloseViews,
  released,
  type SetViews,
  writeBound,
} from '../memory/set-views';
import type { MemoryRules } from '../memory/views';
import { type Program, type Rendezvous, runMicro } from './program';

/** An executor's hart: its views and how many rendezvous it has taken. */
export interface Remote {
  readonly views: SetViews;
  readonly taken: number;
}
/** The patcher's hart: before which micro-operation it stands. */
export interface PatcherHart {
  readonly views: SetViews;
  readonly q: number;
}

export class Harts {
  readonly #fresh: (Remote | null)[] = [];
  /** By micro-operation: what the patcher still stores to memory. */
  readonly #future: readonly MessageSet[];

  constructor(
    readonly program: Program,
    readonly rules: MemoryRules,
  ) {
    this.#future = Array.from({ length: program.end + 1 }, (_, q) =>
      program.messages.reduce(
        (all, { id, micro, kind }) => (micro >= q && kind !== 'ipi' ? all | single(id) : all),
        none,
      ),
    );
    let hart: Remote = { views: freshViews, taken: 0 };
    this.#fresh.push(hart);
    for (let taken = 0; taken < program.rendezvous.length; taken++) {
      const next = this.take(program.order, hart);
      if (next === null) throw new Error('an idle hart can always answer');
      hart = next.hart;
      this.#fresh.push(this.deaf(hart) ? null : hart);
    }
  }

  /** A hart that has done nothing but answer the first `taken` rendezvous; null where no code of a pass runs on it then. */
  fresh(taken: number): Remote | null {
    return this.#fresh[taken] ?? null;
  }

  /** Between `park` and `leave`: no thread can be resumed on it. */
  parked(hart: Remote): boolean {
    return this.#stops(hart, () => true);
  }

  /** Parked with interrupts off: not even an interrupt handler can pass through a site. */
  deaf(hart: Remote): boolean {
    return this.#stops(hart, ({ irqsOff }) => irqsOff);
  }

  #stops(hart: Remote, counts: (meeting: Rendezvous) => boolean): boolean {
    let depth = 0;
    for (const meeting of this.program.rendezvous.slice(0, hart.taken))
      if (counts(meeting)) depth += meeting.kind === 'park' ? 1 : meeting.kind === 'leave' ? -1 : 0;
    return depth > 0;
  }

  /** Takes the next rendezvous. Null: there is none, or no global order lets it answer any more. */
  take(order: Order, hart: Remote): { readonly order: Order; readonly hart: Remote } | null {
    const meeting = this.program.rendezvous[hart.taken];
    if (meeting === undefined) return null;
    const { rules } = this;
    let views = hart.views;
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
    views = afterFetch(rules, views, views.vI);
    if (meeting.kind !== 'leave') {
      const bound = writeBound(rules, views, none, true);
      const grown = this.program.orders.constrain(order, bound, meeting.later);
      if (grown === null) return null;
      views = afterWrite(grown === order ? views : recloseViews(grown, views), none, close(grown, bound));
      return { order: grown, hart: { views, taken: hart.taken + 1 } };
    }
    return { order, hart: { views, taken: hart.taken + 1 } };
  }

  /** All that the hart still owes, taken now: is there an order in which it can? */
  settle(order: Order, hart: Remote): Order | null {
    let state: { order: Order; hart: Remote } = { order, hart };
    while (state.hart.taken < this.program.rendezvous.length) {
      const next = this.take(state.order, state.hart);
      if (next === null) return null;
      state = next;
    }
    return state.order;
  }

  /** Cheaply: can the hart still answer? What it has seen must come before all that waits for its answer. */
  canAnswer(hart: Remote): boolean {
    for (let i = hart.taken; i < this.program.rendezvous.length; i++) {
      const later = this.program.rendezvous[i]?.later ?? none;
      if (later !== none) return (released(hart.views) & later) === none;
    }
    return true;
  }

  /** The patcher goes on to micro-operation `to`. Null: no global order lets it. */
  advance(order: Order, hart: PatcherHart, to: number): { readonly order: Order; readonly hart: PatcherHart } | null {
    let state = { order, views: hart.views };
    for (let q = hart.q; q < to; q++) {
      const next = runMicro(this.program, this.rules, state.order, state.views, q);
      if (next === null) return null;
      state = {
        order: next.order,
        views: next.order === state.order ? next.views : recloseViews(next.order, next.views),
      };
    }
    return { order: state.order, hart: { views: state.views, q: to } };
  }

  settlePatcher(order: Order, hart: PatcherHart): Order | null {
    return this.advance(order, hart, this.program.end)?.order ?? null;
  }

  /** Cheaply: can the patcher still make its stores? */
  canStore(hart: PatcherHart): boolean {
    return ((hart.views.vwn | hart.views.vcap | hart.views.vI) & (this.#future[hart.q] ?? none)) === none;
  }

  /** May a thread run on the patcher's hart just before micro-operation q? */
  open(q: number): boolean {
    return q >= this.program.end ? this.program.deadlock === null : (this.program.micros[q]?.open ?? false);
  }

  lateViews(views: SetViews, order: Order): SetViews | null {
    const end = this.program.messages.find(({ kind }) => kind === 'end');
    if (end === undefined) return null;
    const seen: MessageSet = close(order, single(end.id));
    return afterAcquire(this.rules, views, seen);
  }
}
