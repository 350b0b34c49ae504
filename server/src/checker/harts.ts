/** What happens to a hart between instructions: interrupts of a protocol, and what it owes when a thread leaves it. */

import { close, decidesLess, type MessageSet, none, type Order, single } from '../memory/order';
import {
  afterAcquire,
  afterFenceI,
  afterRead,
  afterWrite,
  bounds as boundsOf,
  freshViews,
  readBound,
  recloseViews,
  released,
  type SetViews,
  viewsBelow,
  writeBound,
} from '../memory/set-views';
import type { MemoryRules } from '../memory/views';
import type { Taken } from './meetings';
import { afterMeeting, runMicro } from './micro';
import { type Grace, type Micro, type Program, type Rendezvous, type Track, trackOf } from './program';

/** A hart: its views, and which rendezvous it has taken. */
export interface Hart {
  readonly views: SetViews;
  readonly taken: Taken;
}
/** An executor's hart. */
export type Remote = Hart;
/** A patcher's hart: whose, and before which micro-operation it stands. */
export interface PatcherHart extends Hart {
  readonly track: number;
  readonly q: number;
}

/** A hart, and what its past has decided about the order. */
export interface At<H extends Hart> {
  readonly order: Order;
  readonly hart: H;
}

/** A hart that still owes answers, and its thread reports. */
type Debtor = At<Remote> & { readonly reported: number };

export class Harts {
  /** By `Taken`. */
  readonly #fresh: readonly (readonly At<Remote>[])[];
  /** By micro-operation. */
  readonly #patchers: readonly (readonly At<PatcherHart>[])[];
  /** By micro-operation: what its patcher still stores to memory on the hart that it is on. */
  readonly #future: readonly MessageSet[];

  /** By track (last: for harts of executors) and `Taken`: what a hart can have seen no part of, because it still has to answer. */
  readonly #unseen: readonly (readonly MessageSet[])[];

  constructor(
    readonly program: Program,
    readonly rules: MemoryRules,
  ) {
    this.#future = program.micros.map((_, q) => {
      const { end } = trackOf(program, q);
      const leaves = this.#leaves(q);
      return program.messages.reduce(
        (all, { id, micro, kind }) =>
          micro >= q && micro < (leaves ?? end) && kind !== 'ipi' ? all | single(id) : all,
        none,
      );
    });
    this.#unseen = [...program.tracks, null].map((own) =>
      Array.from({ length: program.meetings.count }, (_, taken) => this.#waitsOn(taken, own)),
    );
    const fresh: At<Remote>[][] = Array.from({ length: program.meetings.count }, () => []);
    const idle: At<Remote> = { order: program.order, hart: { views: freshViews, taken: 0 } };
    for (const at of this.#reach([idle], (from) => this.takes(from.order, from.hart))) fresh[at.hart.taken]?.push(at);
    this.#fresh = fresh.map((its) => lowest(its).filter(({ hart }) => !this.deaf(hart)));
    const patchers: At<PatcherHart>[][] = program.micros.map(() => []);
    const begin = program.tracks.map(
      ({ index, first }): At<PatcherHart> => ({
        order: program.order,
        hart: { views: freshViews, taken: 0, track: index, q: first },
      }),
    );
    for (const at of this.#reach(begin, (from) => this.#onwards(from, program.graces.length)))
      patchers[at.hart.q]?.push(at);
    this.#patchers = patchers.map((its) => byTaken(its).flatMap(lowest));
  }

  /**
   * May a thread that has reported for so many waits begin a pass on a hart that has taken so many rendezvous, and both
   * have done nothing else? Only if neither is ahead of what the other still owes: what comes before a wait has been
   * answered when it begins, and who reports, or is made, after that comes after those answers.
   */
  begins(taken: Taken, reported: number): boolean {
    const { rendezvous, graces, meetings } = this.program;
    return graces.every(({ sendMicro, index }) =>
      rendezvous.every((meeting) => {
        const answered = meetings.has(taken, meeting);
        return meeting.sendMicro < sendMicro ? answered || index >= reported : !answered || index < reported;
      }),
    );
  }

  /** A thread that has reported so often has seen what the patcher had done when it began to wait, as RCU guarantees. */
  seenBy(order: Order, views: SetViews, reported: number): SetViews {
    const grace = this.program.graces[reported - 1];
    return grace === undefined ? views : afterAcquire(this.rules, views, close(order, single(grace.message)));
  }

  /**
   * A hart that has come online after the one patcher's first `taken` rendezvous had begun: no target of those. Null: it
   * would come online while harts are stopped.
   */
  newcomer(taken: Taken, fenceI: boolean): Remote | null {
    const meeting = this.program.rendezvous[taken - 1];
    if (meeting === undefined || this.parked({ views: freshViews, taken })) return null;
    if (!fenceI) return { views: freshViews, taken };
    // Whoever brings it up holds the lock under which the patcher read the set of harts, until all had answered.
    const [boundary] = this.patchersAt(Math.max(meeting.waitMicro, meeting.sendMicro) + 1);
    if (boundary === undefined) return null;
    const handed = afterAcquire(this.rules, freshViews, close(this.program.order, released(boundary.hart.views)));
    return { views: afterFenceI(this.rules, handed), taken };
  }

  /** Harts that have done nothing but take these rendezvous; none where no code of a pass runs on them then. */
  fresh(taken: Taken): readonly At<Remote>[] {
    return this.#fresh[taken] ?? [];
  }

  /** The hart of a patcher just before its micro-operation q, where nothing else has run on it: each past that it can have. */
  patchersAt(q: number): readonly At<PatcherHart>[] {
    return this.#patchers[q] ?? [];
  }

  /** The hart where another past, too, has decided about the order; none where the two contradict each other. */
  under<H extends Hart>(order: Order, { order: its, hart }: At<H>): readonly At<H>[] {
    const joined = this.program.orders.join(order, its);
    return joined === null ? [] : [{ order: joined, hart: { ...hart, views: recloseViews(joined, hart.views) } }];
  }

  /** Between `park` and `leave`: no thread can be resumed on it. */
  parked(hart: Hart): boolean {
    return this.#stops(hart, () => true);
  }

  /** Parked with interrupts off: not even an interrupt handler can pass through a site. */
  deaf(hart: Hart): boolean {
    return this.#stops(hart, ({ irqsOff }) => irqsOff);
  }

  #stops({ taken }: Hart, counts: (meeting: Rendezvous) => boolean): boolean {
    let depth = 0;
    for (const meeting of this.program.rendezvous)
      if (meeting.kind !== 'sync' && counts(meeting) && this.program.meetings.has(taken, meeting))
        depth += meeting.kind === 'park' ? 1 : -1;
    return depth > 0;
  }

  /** What a hart may take next, where some global order still lets it answer. A patcher does not answer itself. */
  takes<H extends Hart>(order: Order, hart: H): (At<H> & { readonly meeting: Rendezvous })[] {
    const own = isPatchers(hart) ? hart.track : null;
    const next = this.program.meetings.next(hart.taken);
    if (next.length === 0) return [];
    return next.flatMap(({ meeting, taken }) => {
      if (meeting.track === own) return [];
      const done = this.#answer(order, hart.views, meeting);
      return done === null ? [] : [{ order: done.order, hart: { ...hart, views: done.views, taken }, meeting }];
    });
  }

  #answer(
    order: Order,
    before: SetViews,
    meeting: Rendezvous,
  ): { readonly order: Order; readonly views: SetViews } | null {
    const { rules } = this;
    const views = afterMeeting(rules, order, before, meeting);
    if (meeting.kind === 'leave') return { order, views };
    const bound = writeBound(rules, views, none, true);
    const grown = this.program.orders.constrain(order, bound, meeting.later);
    if (grown === null) return null;
    return {
      order: grown,
      views: afterWrite(grown === order ? views : recloseViews(grown, views), none, close(grown, bound)),
    };
  }

  /**
   * All that the hart still owes, done now: the orders in which it can be.
   * @param reported For so many waits has the thread on it reported; null: it has none.
   */
  settle(order: Order, hart: Remote, reported: number | null): readonly Order[] {
    let open: readonly Debtor[] = [{ order, hart, reported: reported ?? this.program.graces.length }];
    // Whatever a hart owes, it owes in so many steps, in whichever order it does them.
    while (open[0] !== undefined && this.#owes(open[0])) open = this.#distinct(open.flatMap((from) => this.#pay(from)));
    return leastDecided([...new Set(open.map((paid) => paid.order))]);
  }

  #owes({ hart, reported }: Debtor): boolean {
    const { meetings, graces } = this.program;
    return reported < graces.length || meetings.next(hart.taken).length > 0;
  }

  /** The next of what a hart and its thread owe: of each patcher, and in its order where one waits for threads too. */
  #pay(from: Debtor): readonly Debtor[] {
    const { order, hart, reported } = from;
    const grace = this.program.graces[reported];
    const next = this.program.meetings.next(hart.taken);
    if (grace === undefined || next.some(({ meeting }) => meeting.sendMicro < grace.sendMicro))
      return this.takes(order, hart).map((done) => ({ order: done.order, hart: done.hart, reported }));
    const done = this.report(order, hart.views, grace);
    return done ? [{ order: done.order, hart: { ...hart, views: done.views }, reported: reported + 1 }] : [];
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
  canAnswer(hart: Hart): boolean {
    const whose = isPatchers(hart) ? hart.track : this.program.tracks.length;
    const unseen = this.#unseen[whose]?.[hart.taken] ?? none;
    return unseen === none || (released(hart.views) & unseen) === none;
  }

  #waitsOn(taken: Taken, own: Track | null): MessageSet {
    return this.program.tracks.reduce((all, track) => {
      const next = this.program.meetings.left(taken, track.index).find(({ later }) => later !== none);
      return track === own ? all : all | (next?.later ?? none);
    }, none);
  }

  /**
   * The patcher does its next micro-operation, which is no wait for a thread that has not reported (`reported` so many).
   * Null: it cannot, has ended, or no global order lets it.
   */
  advance({ order, hart }: At<PatcherHart>, reported: number): At<PatcherHart> | null {
    const { q } = hart;
    if (q >= trackOf(this.program, q).end || this.#waitsFor(this.program.micros[q], reported) !== null) return null;
    const next = runMicro(this.program, this.rules, order, hart.views, q);
    if (next === null) return null;
    const views = next.order === order ? next.views : recloseViews(next.order, next.views);
    return { order: next.order, hart: { ...hart, views, q: q + 1 } };
  }

  /** What may happen next on a patcher's hart without a thread: the patcher goes on, or it answers another. */
  #onwards(from: At<PatcherHart>, reported: number): At<PatcherHart>[] {
    const next = this.advance(from, reported);
    return [...(next ? [next] : []), ...this.takes(from.order, from.hart)];
  }

  /** An executor's hart now, and after any interrupts of the protocol that it takes from here on. */
  answering(from: At<Remote>): Iterable<At<Remote>> {
    return this.#reach([from], (at) => this.takes(at.order, at.hart));
  }

  /**
   * A patcher's hart now and at any later time, up to where the patcher leaves it.
   * @param reported For so many waits has the thread reported that may come to it.
   */
  ahead(from: At<PatcherHart>, reported: number): Iterable<At<PatcherHart>> {
    return this.#reach([from], (at) => (this.left(at.hart) ? [] : this.#onwards(at, reported)));
  }

  /** All that a patcher has still to do, done now, with what the hart that it is on and the thread there still owe. */
  settlePatcher(order: Order, hart: PatcherHart, reported: number): readonly Order[] {
    const leaves = this.#leaves(hart.q);
    const { end } = trackOf(this.program, hart.q);
    const here = this.#settleHere({ order, hart, reported }, leaves ?? end);
    const all = this.program.graces.length;
    const out = here.flatMap((done): readonly Order[] => {
      if (leaves === null) return [done.order];
      const arrived = this.advance(done, all);
      // The hart that the patcher has left is one of the others then.
      const stays = this.left(done.hart);
      if (!arrived || !stays) return [];
      return this.settlePatcher(arrived.order, arrived.hart, all).flatMap((settled) =>
        this.settle(settled, { ...stays, views: recloseViews(settled, stays.views) }, done.reported),
      );
    });
    return leastDecided([...new Set(out)]);
  }

  /** The hart that the patcher leaves when it migrates next: it has answered whatever the patcher has sent. */
  left({ views, q }: PatcherHart): Remote | null {
    const micro = this.program.micros[q];
    return micro?.kind === 'migrate' ? { views, taken: micro.taken } : null;
  }

  /** The micro-operation with which the patcher leaves the hart that it is on at q, or null. */
  #leaves(q: number): number | null {
    const { end } = trackOf(this.program, q);
    const leaves = this.program.micros.findIndex(({ kind }, i) => kind === 'migrate' && i >= q && i < end);
    return leaves < 0 ? null : leaves;
  }

  /** A patcher goes on to `to` on one hart, and answers the others; the thread there reports where it is waited for. */
  #settleHere(
    from: At<PatcherHart> & { readonly reported: number },
    to: number,
  ): (At<PatcherHart> & { readonly reported: number })[] {
    const { micros, meetings } = this.program;
    const { track } = from.hart;
    const next = (at: typeof from): (typeof from)[] => {
      const answered = this.takes(at.order, at.hart).map((done) => ({ ...done, reported: at.reported }));
      const grace = at.hart.q < to ? this.#waitsFor(micros[at.hart.q], at.reported) : null;
      if (grace !== null) {
        const done = this.report(at.order, at.hart.views, grace);
        const hart = done && { ...at.hart, views: done.views };
        return hart ? [...answered, { order: done.order, hart, reported: grace.index + 1 }] : answered;
      }
      const on = at.hart.q < to ? this.advance(at, at.reported) : null;
      return on === null ? answered : [...answered, { ...on, reported: at.reported }];
    };
    return [...this.#reach([from], next)].filter(
      ({ hart }) => hart.q === to && meetings.next(hart.taken).every(({ meeting }) => meeting.track === track),
    );
  }

  /** The wait for threads that a micro-operation is, where the thread has not reported for it. */
  #waitsFor(micro: Micro | undefined, reported: number): Grace | null {
    return micro?.kind === 'grace' && micro.grace >= reported ? (this.program.graces[micro.grace] ?? null) : null;
  }

  /** May a thread that has reported so often be on the patcher's hart, just before this micro-operation? */
  passes(q: number, reported: number): boolean {
    return this.program.graces.every(({ waitMicro, index }) => waitMicro >= q || index < reported);
  }

  /** Cheaply: can the patcher still make its stores? */
  canStore(hart: PatcherHart): boolean {
    return ((hart.views.vwn | hart.views.vcap | hart.views.vI) & (this.#future[hart.q] ?? none)) === none;
  }

  /** May a thread run on the patcher's hart just before micro-operation q? */
  open(q: number): boolean {
    return q >= trackOf(this.program, q).end ? this.program.deadlock === null : (this.program.micros[q]?.open ?? false);
  }

  /** A hart that has read, with acquire, that the protocol has ended; null: it never does. */
  lateViews(views: SetViews, order: Order): SetViews | null {
    const { ends, deadlock } = this.program;
    return deadlock !== null ? null : afterAcquire(this.rules, views, close(order, ends));
  }

  /** Everything that can be reached, each once: what is reached first comes first. */
  #reach<T extends At<Hart> & { readonly reported?: number }>(
    from: readonly T[],
    next: (at: T) => readonly T[],
  ): readonly T[] {
    const out: T[] = [];
    const seen = new Set<string>();
    let open = this.#distinct(from, seen);
    while (open.length > 0) {
      out.push(...open);
      open = this.#distinct(open.flatMap(next), seen);
    }
    return out;
  }

  /** One patcher's hart has one way to go; where there are several patchers, many lead to the same. */
  #distinct<T extends At<Hart> & { readonly reported?: number }>(
    all: readonly T[],
    seen = new Set<string>(),
  ): readonly T[] {
    if (this.program.tracks.length === 1) return all;
    return all.filter((at) => {
      const key = keyOf(at);
      return !seen.has(key) && seen.add(key);
    });
  }
}

export const isPatchers = (hart: Hart): hart is PatcherHart => 'q' in hart;

function keyOf({ order, hart, reported }: At<Hart> & { readonly reported?: number }): string {
  const where = `${isPatchers(hart) ? hart.q : ''}/${hart.taken}/${reported ?? ''}/${order.id}`;
  return `${where}/${boundsOf(hart.views).join()}`;
}

/** Those that no other allows more than: lower views and a less decided order allow more. */
function lowest<H extends Hart>(all: readonly At<H>[]): readonly At<H>[] {
  if (all.length < 2) return all;
  const kept: At<H>[] = [];
  for (const one of all) {
    if (kept.some((other) => allows(other, one))) continue;
    for (let i = kept.length - 1; i >= 0; i--) {
      const other = kept[i];
      if (other && allows(one, other)) kept.splice(i, 1);
    }
    kept.push(one);
  }
  return kept;
}

const allows = (one: At<Hart>, other: At<Hart>): boolean =>
  viewsBelow(one.hart.views, other.hart.views) && decidesLess(one.order, other.order);

const leastDecided = (orders: readonly Order[]): readonly Order[] =>
  orders.length < 2
    ? orders
    : orders.filter(
        (one, i) =>
          !orders.some((other, j) => j !== i && decidesLess(other, one) && (j < i || !decidesLess(one, other))),
      );

function byTaken(all: readonly At<PatcherHart>[]): (readonly At<PatcherHart>[])[] {
  const groups = new Map<Taken, At<PatcherHart>[]>();
  for (const at of all) groups.set(at.hart.taken, [...(groups.get(at.hart.taken) ?? []), at]);
  return [...groups.values()];
}
