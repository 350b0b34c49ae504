/** A thread is switched out, and goes on somewhere: on which harts, and with what views. */
import { close, type MessageSet, none, type Order } from '../memory/order';
import { afterAcquire, afterFenceI, recloseViews, released, type SetViews } from '../memory/set-views';
import type { MemoryRules } from '../memory/views';
import type { At, Harts, PatcherHart, Remote } from './harts';
import { allOf, type Move, noProgress, progressOf, standing } from './moves';
import type { Program, Progress } from './program';
import type { Scenario } from './scenario';
import { type Action, type FixupUse, patcherOf, reclosed, type State, viewsOf, withPatcher } from './state';

/** A trap returns to the thread of a state: what comes of that. */
export type TrapReturn = (
  state: State,
  action: (fixup: FixupUse | null) => Action,
  progress: Progress,
) => Iterable<Move>;

export class Switching {
  /** By order, track, and for how many waits the thread has reported. */
  readonly #known = new Map<Order, Map<string, readonly At<PatcherHart>[]>>();

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
      progress: noProgress,
      steps: 1,
      repeatable: false,
    });
    if (this.#any && migrating) {
      // The hart that it leaves is not looked at again: what it still owes is settled now.
      const hart = patcherOf(state);
      const several = this.program.tracks.length > 1;
      // So is a patcher's where there are several: when the thread comes back, it is as if it had not been there, which
      // allows more.
      const orders =
        state.place === 'remote' && state.remote
          ? this.harts.settle(state.order, state.remote, null)
          : hart && several
            ? this.harts.settlePatcher(state.order, hart, state.reported)
            : [state.order];
      const away = flushing && !several && state.patchers.length > 0 && (state.away || state.place === 'remote');
      const patchers = several ? [] : state.patchers;
      for (const order of orders) yield move({ ...state, place: 'out', remote: null, patchers, away, carried }, order);
      // Where a hart that a thread comes to flushes, one that it stays on may allow more.
      if (flushing && (state.remote || (hart && several))) yield move({ ...state, place: 'out', carried }, state.order);
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
    const [stays] = program.tracks.length > 1 && migrating ? state.patchers : [];
    if (stays) {
      yield* this.#resumeOnPatcher(state, stays.track);
      return;
    }
    if (migrating && (this.#any || known < Number(count)))
      for (let taken = 0; taken < program.meetings.count; taken++) {
        for (const { order, hart } of harts.fresh(taken).flatMap((at) => harts.under(state.order, at)))
          yield* this.#resumeOn(state, order, hart, state.others, 'other');
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
    if (this.#any)
      for (const { index } of program.tracks)
        if (migrating || state.patchers.some(({ track }) => track === index))
          yield* this.#resumeOnPatcher(state, index);
  }

  /**
   * On a hart that the thread has been on, the one that it has left or (it migrates) an earlier one: now, or after any
   * interrupt of the protocol that it takes meanwhile.
   */
  *#resumeAtHome(
    state: State,
    order: Order,
    home: Remote,
    others: readonly Remote[],
    migrated: boolean,
  ): Iterable<Move> {
    for (const at of this.harts.answering({ order, hart: home }))
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

  *#resumeOnPatcher(state: State, index: number): Iterable<Move> {
    const { harts, program } = this;
    const from = state.patchers.find(({ track }) => track === index);
    const ways = from ? harts.ahead({ order: state.order, hart: from }, state.reported) : this.#untouched(state, index);
    for (const { order, hart } of ways) {
      const left = from && harts.left(hart);
      if (left) {
        // When the patcher goes elsewhere, this is a hart like any other.
        const patchers = state.patchers.filter(({ track }) => track !== index);
        yield* this.#resumeAtHome({ ...state, patchers, away: false }, order, left, state.others, state.away);
      }
      if (!harts.open(hart.q)) continue;
      const same = from !== undefined && !state.away;
      const views = this.#arrive(hart.views, close(order, state.carried), !same);
      const resumed = reclosed(
        { ...state, place: 'patcher', track: index, remote: null, away: false, carried: none },
        order,
      );
      const { q, taken } = hart;
      yield* this.trapReturn(
        withPatcher(resumed, { ...hart, views }),
        (fixup) => ({
          kind: 'switch-in',
          place: 'patcher',
          same,
          taken,
          q,
          newcomer: false,
          fixup,
        }),
        allOf([standing(program, q), progressOf(program, taken)]),
      );
    }
  }
  /** A patcher's hart that no thread has been on, at any time at which this one may come to it. */
  #untouched({ order, reported }: State, index: number): readonly At<PatcherHart>[] {
    const known = this.#known.get(order) ?? new Map<string, readonly At<PatcherHart>[]>();
    const key = `${index}/${reported}`;
    let found = known.get(key);
    if (found === undefined) {
      const { harts, program } = this;
      const { first, end } = program.tracks[index] ?? { first: 0, end: -1 };
      const times = Array.from({ length: end + 1 - first }, (_, i) => first + i).filter((q) =>
        harts.passes(q, reported),
      );
      found = times.flatMap((q) => harts.patchersAt(q).flatMap((at) => harts.under(order, at)));
      this.#known.set(order, known.set(key, found));
    }
    return found;
  }
}
