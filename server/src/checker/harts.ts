/** What happens to a hart between instructions: interrupts of a protocol, and what it owes when a thread leaves it. */

import { close, type MessageSet, none, type Order, single } from '../memory/order';
import {
  afterAcquire,
  afterFenceI,
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
import { afterMeeting, type Grace, type Micro, type Program, type Rendezvous, runMicro } from './program';

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

type Owed = { readonly kind: 'meeting'; readonly of: Rendezvous } | { readonly kind: 'report'; readonly of: Grace };

export class Harts {
  readonly #fresh: (Remote | null)[] = [];
  /** By micro-operation: what the patcher still stores to memory on the hart that it is on. */
  readonly #future: readonly MessageSet[];

  constructor(
    readonly program: Program,
    readonly rules: MemoryRules,
  ) {
    this.#future = Array.from({ length: program.end + 1 }, (_, q) => {
      const leaves = program.micros.findIndex((micro, i) => micro.kind === 'migrate' && i >= q);
      const here = leaves < 0 ? program.end : leaves;
      return program.messages.reduce(
        (all, { id, micro, kind }) => (micro >= q && micro < here && kind !== 'ipi' ? all | single(id) : all),
        none,
      );
    });
    let hart: Remote = { views: freshViews, taken: 0 };
    this.#fresh.push(hart);
    for (let taken = 0; taken < program.rendezvous.length; taken++) {
      const next = this.take(program.order, hart);
      if (next === null) throw new Error('an idle hart can always answer');
      hart = next.hart;
      this.#fresh.push(this.deaf(hart) ? null : hart);
    }
  }

  /**
   * May a thread that has reported for so many waits begin a pass on a hart that has taken so many rendezvous, and both
   * have done nothing else? Only if neither is ahead of what the other still owes: what comes before a wait has been
   * answered when it begins, and who reports, or is made, after that comes after those answers.
   */
  begins(taken: number, reported: number): boolean {
    let skipped = false;
    for (const owed of this.#owed(0, 0)) {
      const done = owed.of.index < (owed.kind === 'report' ? reported : taken);
      if (done && skipped) return false;
      if (!done) skipped = true;
    }
    return true;
  }

  /** A thread that has reported so often has seen what the patcher had done when it began to wait, as RCU guarantees. */
  seenBy(order: Order, views: SetViews, reported: number): SetViews {
    const grace = this.program.graces[reported - 1];
    return grace === undefined ? views : afterAcquire(this.rules, views, close(order, single(grace.message)));
  }

  /**
   * A hart that has come online after the patcher's first `taken` rendezvous had begun: no target of those. Null: it
   * would come online while harts are stopped.
   */
  newcomer(taken: number, fenceI: boolean): Remote | null {
    const meeting = this.program.rendezvous[taken - 1];
    if (meeting === undefined || this.parked({ views: freshViews, taken })) return null;
    if (!fenceI) return { views: freshViews, taken };
    // Whoever brings it up holds the lock under which the patcher read the set of harts, until all had answered.
    const boundary = this.program.boundary[Math.max(meeting.waitMicro, meeting.sendMicro) + 1];
    if (boundary === undefined) return null;
    const handed = afterAcquire(this.rules, freshViews, close(this.program.order, released(boundary)));
    return { views: afterFenceI(this.rules, handed), taken };
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
    let views = afterMeeting(rules, order, hart.views, meeting);
    if (meeting.kind !== 'leave') {
      const bound = writeBound(rules, views, none, true);
      const grown = this.program.orders.constrain(order, bound, meeting.later);
      if (grown === null) return null;
      views = afterWrite(grown === order ? views : recloseViews(grown, views), none, close(grown, bound));
      return { order: grown, hart: { views, taken: hart.taken + 1 } };
    }
    return { order, hart: { views, taken: hart.taken + 1 } };
  }

  /**
   * All that the hart still owes, done now: is there an order in which it can?
   * @param reported For so many waits has the thread on it reported; null: it has none.
   */
  settle(order: Order, hart: Remote, reported: number | null): Order | null {
    let state: { order: Order; hart: Remote } = { order, hart };
    for (const owed of this.#owed(hart.taken, reported ?? this.program.graces.length)) {
      const next = this.#do(state.order, state.hart, owed);
      if (next === null) return null;
      state = next;
    }
    return state.order;
  }

  /** What a hart and its thread still owe, in the patcher's order. */
  #owed(taken: number, reported: number): Owed[] {
    const { rendezvous, graces } = this.program;
    const meetings = rendezvous.slice(taken).map((of): Owed => ({ kind: 'meeting', of }));
    const waits = graces.slice(reported).map((of): Owed => ({ kind: 'report', of }));
    return waits.length === 0 ? meetings : [...meetings, ...waits].sort((a, b) => a.of.sendMicro - b.of.sendMicro);
  }

  #do(order: Order, hart: Remote, owed: Owed): { readonly order: Order; readonly hart: Remote } | null {
    if (owed.kind === 'meeting') return this.take(order, hart);
    const done = this.report(order, hart.views, owed.of);
    return done && { order: done.order, hart: { ...hart, views: done.views } };
  }

  /** A thread outside of all sites sees that the patcher waits for it, and says so. Null: no global order lets it. */
  report(order: Order, before: SetViews, grace: Grace): { readonly order: Order; readonly views: SetViews } | null {
    const { rules } = this;
    const seen = single(grace.message);
    const post = readBound(rules, before, none) | close(order, seen);
    const views = afterRead(rules, before, none, seen, post, true);
    const bound = writeBound(rules, views, none, true);
    const grown = this.program.orders.constrain(order, bound, grace.later);
    if (grown === null) return null;
    return { order: grown, views: afterWrite(recloseViews(grown, views), none, close(grown, bound)) };
  }

  /** Cheaply: can a thread that has seen so much still report? */
  canReport(seen: MessageSet, reported: number): boolean {
    return (seen & (this.program.graces[reported]?.later ?? none)) === none;
  }

  /** Cheaply: can the hart still answer? What it has seen must come before all that waits for its answer. */
  canAnswer(hart: Remote): boolean {
    for (let i = hart.taken; i < this.program.rendezvous.length; i++) {
      const later = this.program.rendezvous[i]?.later ?? none;
      if (later !== none) return (released(hart.views) & later) === none;
    }
    return true;
  }

  /**
   * The patcher goes on to micro-operation `to`, past no wait for a thread that has not reported (`reported` so many).
   * Null: it cannot, or no global order lets it.
   */
  advance(
    order: Order,
    hart: PatcherHart,
    to: number,
    reported: number,
  ): { readonly order: Order; readonly hart: PatcherHart } | null {
    let state = { order, views: hart.views };
    for (let q = hart.q; q < to; q++) {
      if (this.#waitsFor(this.program.micros[q], reported) !== null) return null;
      const next = runMicro(this.program, this.rules, state.order, state.views, q);
      if (next === null) return null;
      state = {
        order: next.order,
        views: next.order === state.order ? next.views : recloseViews(next.order, next.views),
      };
    }
    return { order: state.order, hart: { views: state.views, q: to } };
  }

  /** All that the patcher has still to do, done now, with what the hart that it is on and the thread there still owe. */
  settlePatcher(order: Order, hart: PatcherHart, reported: number): Order | null {
    const leaves = this.program.micros.findIndex(({ kind }, q) => kind === 'migrate' && q >= hart.q);
    if (leaves < 0) return this.#settleHere(order, hart, this.program.end, reported)?.order ?? null;
    const left = this.#settleHere(order, hart, leaves, reported);
    const arrived = left && this.advance(left.order, left.hart, leaves + 1, this.program.graces.length);
    const settled = arrived && this.settlePatcher(arrived.order, arrived.hart, this.program.graces.length);
    // The hart that the patcher has left is one of the others then.
    const stays = left && this.left(left.hart);
    return (
      settled && stays && this.settle(settled, { ...stays, views: recloseViews(settled, stays.views) }, left.reported)
    );
  }

  /** The hart that the patcher leaves when it migrates next: it has answered whatever the patcher has sent. */
  left({ views, q }: PatcherHart): Remote | null {
    const micro = this.program.micros[q];
    return micro?.kind === 'migrate' ? { views, taken: micro.taken } : null;
  }

  /** The patcher goes on to `to` on one hart; the thread there reports where the patcher waits for it. */
  #settleHere(
    order: Order,
    hart: PatcherHart,
    to: number,
    before: number,
  ): { readonly order: Order; readonly hart: PatcherHart; readonly reported: number } | null {
    let state: { readonly order: Order; readonly hart: PatcherHart } | null = { order, hart };
    let reported = before;
    for (const grace of this.program.graces.slice(before)) {
      if (grace.waitMicro < hart.q) continue;
      if (grace.waitMicro >= to) break;
      state = this.advance(state.order, state.hart, grace.waitMicro, reported);
      const done: { readonly order: Order; readonly views: SetViews } | null =
        state && this.report(state.order, state.hart.views, grace);
      if (state === null || done === null) return null;
      state = { order: done.order, hart: { views: done.views, q: state.hart.q } };
      reported = grace.index + 1;
    }
    const there = this.advance(state.order, state.hart, to, this.program.graces.length);
    return there && { ...there, reported };
  }

  /** May a thread that has reported so often be on the patcher's hart after this micro-operation? */
  passes(q: number, reported: number): boolean {
    return this.#waitsFor(this.program.micros[q], reported) === null;
  }

  /** The wait for threads that a micro-operation is, where the thread has not reported for it. */
  #waitsFor(micro: Micro | undefined, reported: number): Grace | null {
    return micro?.kind === 'grace' && micro.grace >= reported ? (this.program.graces[micro.grace] ?? null) : null;
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
