/** A thread is switched out, and goes on somewhere: on which harts, and with what views. */
import { close, type MessageSet, none, type Order } from '../memory/order';
import { afterAcquire, afterFenceI, recloseViews, released, type SetViews } from '../memory/set-views';
import type { MemoryRules } from '../memory/views';
import type { Harts, PatcherHart, Remote } from './harts';
import { type Move, progressOf } from './moves';
import type { Program } from './program';
import type { Scenario } from './scenario';
import { type Action, type FixupUse, reclosed, type State, viewsOf } from './state';

/** A trap returns to the thread of a state: what comes of that. */
export type TrapReturn = (state: State, action: (fixup: FixupUse | null) => Action, progress: number) => Iterable<Move>;

export class Switching {
  constructor(
    readonly scenario: Scenario,
    readonly rules: MemoryRules,
    readonly program: Program,
    readonly harts: Harts,
    readonly trapReturn: TrapReturn,
  ) {}

  get #any(): boolean {
    return this.scenario.executors.count === 'any';
  }

  /** The thread is preempted. */
  *out(state: State): Iterable<Move> {
    const views = viewsOf(state);
    if (!views) return;
    const { migrating, count, flushing } = this.scenario.executors;
    const carried = released(views);
    const move = (after: State, order: Order): Move => ({
      kind: 'state',
      state: reclosed(after, order),
      action: { kind: 'switch-out' },
      progress: 0,
      steps: 1,
      repeatable: false,
    });
    if (this.#any && migrating) {
      // The hart that it leaves is not looked at again: what it still owes is settled now.
      const order =
        state.place === 'remote' && state.remote ? this.harts.settle(state.order, state.remote, null) : state.order;
      const away = flushing && state.patcher !== null && (state.away || state.place === 'remote');
      if (order) yield move({ ...state, place: 'out', remote: null, away, carried }, order);
      // Where a hart that a thread comes to flushes, one that it stays on may allow more.
      if (flushing && state.remote) yield move({ ...state, place: 'out', carried }, state.order);
      return;
    }
    const keep = migrating && typeof count === 'number' && count > 1 && state.remote !== null;
    const others = keep && state.remote ? [...state.others, state.remote] : state.others;
    yield move({ ...state, place: 'out', carried, others, remote: keep ? null : state.remote }, state.order);
  }

  /** Where a thread that is out may go on. */
  *in(state: State): Iterable<Move> {
    const { migrating, count, onlineLater } = this.scenario.executors;
    const { harts, program } = this;
    const known = state.others.length + (state.remote ? 1 : 0);
    if (this.#any && migrating && state.remote) {
      yield* this.#resumeAtHome(state, state.order, state.remote, state.others, false);
      return;
    }
    if (migrating && (this.#any || known < Number(count)))
      for (let taken = 0; taken <= program.rendezvous.length; taken++) {
        const hart = harts.fresh(taken);
        if (hart) yield* this.#resumeOn(state, state.order, hart, state.others, 'other');
        const newcomer = onlineLater === 'no' ? null : harts.newcomer(taken, onlineLater === 'fence.i');
        if (newcomer) yield* this.#resumeOn(state, state.order, newcomer, state.others, 'newcomer');
      }
    const homes = state.remote ? [state.remote] : migrating && !this.#any ? state.others : [];
    for (const home of homes)
      yield* this.#resumeAtHome(
        state,
        state.order,
        home,
        state.others.filter((other) => other !== home),
        // The last of the others is the hart that it has just left.
        home !== (state.remote ?? state.others.at(-1)),
      );
    if (this.#any && (migrating || state.patcher)) yield* this.#resumeOnPatcher(state);
  }

  /**
   * On a hart that the thread has been on, the one that it has left or (it migrates) an earlier one: now, or after any interrupt of
   * the protocol that it takes meanwhile.
   */
  *#resumeAtHome(
    state: State,
    order: Order,
    home: Remote,
    others: readonly Remote[],
    migrated: boolean,
  ): Iterable<Move> {
    let at: { readonly order: Order; readonly hart: Remote } | null = { order, hart: home };
    for (; at !== null; at = this.harts.take(at.order, at.hart))
      yield* this.#resumeOn(state, at.order, at.hart, others, 'same', migrated);
  }

  *#resumeOn(
    state: State,
    order: Order,
    hart: Remote,
    others: readonly Remote[],
    which: 'same' | 'other' | 'newcomer',
    migrated = true,
  ): Iterable<Move> {
    if (this.harts.parked(hart)) return;
    const same = which === 'same';
    const newcomer = which === 'newcomer';
    const views = this.#arrive(recloseViews(order, hart.views), close(order, state.carried), migrated);
    const resumed = reclosed({ ...state, place: 'remote', others, carried: none }, order);
    yield* this.trapReturn(
      { ...resumed, remote: { views, taken: hart.taken } },
      (fixup) => ({ kind: 'switch-in', place: 'remote', same, taken: hart.taken, q: -1, newcomer, fixup }),
      progressOf(this.program, hart.taken),
    );
  }

  /** A thread is switched in: what it has done comes before what it does now, and where it has migrated, perhaps `fence.i`. */
  #arrive(views: SetViews, carried: MessageSet, migrated: boolean): SetViews {
    const arrived = afterAcquire(this.rules, views, carried);
    return migrated && this.scenario.executors.flushing ? afterFenceI(this.rules, arrived) : arrived;
  }

  *#resumeOnPatcher(state: State): Iterable<Move> {
    const from = state.patcher;
    let own: { readonly order: Order; readonly hart: PatcherHart } | null = from && { order: state.order, hart: from };
    for (let q = from?.q ?? 0; q <= this.program.end; q++) {
      const left = own && this.harts.left(own.hart);
      if (own && left && q > own.hart.q) {
        // The patcher has gone elsewhere: this is a hart like any other then.
        yield* this.#resumeAtHome({ ...state, patcher: null, away: false }, own.order, left, state.others, state.away);
        return;
      }
      if (q > (from?.q ?? 0) && !this.harts.passes(q - 1, state.reported)) return;
      if (own && own.hart.q < q) own = this.harts.advance(own.order, own.hart, q, state.reported);
      const boundary = this.program.boundary[q];
      if (!boundary || (from && !own)) return;
      if (!this.harts.open(q)) continue;
      const { order, hart } = own ?? { order: state.order, hart: { q, views: recloseViews(state.order, boundary) } };
      const same = from !== null && !state.away;
      const views = this.#arrive(hart.views, close(order, state.carried), !same);
      const resumed = reclosed({ ...state, place: 'patcher', remote: null, away: false, carried: none }, order);
      yield* this.trapReturn(
        { ...resumed, patcher: { q, views } },
        (fixup) => ({ kind: 'switch-in', place: 'patcher', same, taken: -1, q, newcomer: false, fixup }),
        q,
      );
    }
  }
}
