/** From where a pass can begin: on which hart, at which point of the protocol, and what its thread has reported by then. */
import { none, type Order } from '../memory/order';
import type { Entrance } from './entrances';
import type { At, Harts, PatcherHart, Remote } from './harts';
import { allOf, ended, type Move, noProgress, progressOf, standing } from './moves';
import { enter } from './pass';
import type { Program, Progress } from './program';
import type { Scenario } from './scenario';
import { type Action, type State, withPatcher } from './state';

export class Starts {
  constructor(
    readonly scenario: Scenario,
    readonly entrances: readonly Entrance[],
    readonly program: Program,
    readonly harts: Harts,
  ) {}

  /** Any number of harts, the patcher's among them. */
  get #any(): boolean {
    return this.scenario.executors.count === 'any';
  }

  /**
   * Every way in which a pass can begin at a site or in a thread: executors begin at sites where there are no threads.
   * @param how `late`: after its hart has read the end. `idle`: harts keep their views from pass to pass, so that passes
   * begin once, on harts that have done nothing.
   */
  *at(index: number, how: { readonly late: boolean; readonly idle: boolean }): Iterable<Move> {
    const entrance = this.entrances[index];
    if (!entrance) return;
    if (entrance.thread || this.scenario.threads.length === 0) yield* this.#startExecutors(entrance, index, how);
    if (how.late || entrance.thread) return;
    for (const [q, micro] of this.program.micros.entries())
      if (micro.kind === 'run' && micro.site === entrance.name)
        yield* this.#startRun(entrance, index, q, micro.version);
  }

  *#startExecutors(
    site: Entrance,
    index: number,
    how: { readonly late: boolean; readonly idle: boolean },
  ): Iterable<Move> {
    const { rendezvous, meetings, tracks, graces } = this.program;
    const { onlineLater, count } = this.scenario.executors;
    const reports = how.idle || count === 0 ? [0] : Array.from({ length: graces.length + 1 }, (_, i) => i);
    for (let taken = 0; taken < (how.idle ? 1 : meetings.count); taken++)
      for (const reported of how.late ? [graces.length] : reports)
        if (count !== 0 && this.harts.begins(taken, reported))
          for (const at of this.harts.fresh(taken)) yield* this.#startRemote(site, index, at, reported, how, false);
    if (onlineLater !== 'no' && count !== 0)
      for (let taken = 1; taken <= rendezvous.length; taken++) {
        const hart = this.harts.newcomer(taken, onlineLater === 'fence.i');
        const meeting = rendezvous[taken - 1];
        // A thread on it has reported for all waits that were over before, and perhaps for more: elsewhere, or as a new one.
        const over = graces.filter(({ waitMicro }) => waitMicro < (meeting?.sendMicro ?? 0)).length;
        for (let reported = how.late ? graces.length : over; hart && reported <= graces.length; reported++)
          yield* this.#startRemote(site, index, { order: this.program.order, hart }, reported, how, true);
      }
    for (const { first, end } of tracks)
      for (let q = how.late ? end : first; q <= (how.idle ? first : end); q++) {
        const over = graces.filter(({ waitMicro }) => waitMicro < q).length;
        const begun = how.late ? graces.length : graces.filter(({ sendMicro }) => sendMicro < q).length;
        for (let reported = how.late ? graces.length : over; reported <= begun; reported++)
          for (const at of this.harts.patchersAt(q)) yield* this.#startPatcher(site, index, at, reported, how);
      }
  }

  *#startRemote(
    site: Entrance,
    index: number,
    { order, hart }: At<Remote>,
    reported: number,
    how: { readonly late: boolean; readonly idle: boolean },
    newcomer: boolean,
  ): Iterable<Move> {
    const { taken } = hart;
    const begun = this.harts.seenBy(order, hart.views, reported);
    const views = how.late ? this.harts.lateViews(begun, order) : begun;
    if (!views) return;
    const waited = this.program.graces[reported - 1];
    const progress = allOf([
      progressOf(this.program, taken),
      how.late ? ended(this.program) : noProgress,
      waited === undefined ? noProgress : standing(this.program, waited.sendMicro + 1),
    ]);
    yield this.#start(
      { ...blank(site, index, order), ...how, reported, place: 'remote', remote: { views, taken } },
      { kind: 'start', place: 'remote', taken, q: -1, late: how.late, newcomer, reported },
      progress,
    );
  }

  /** A pass begins on a patcher's hart, just before its next micro-operation. */
  *#startPatcher(
    site: Entrance,
    index: number,
    { order, hart }: At<PatcherHart>,
    reported: number,
    how: { readonly late: boolean; readonly idle: boolean },
  ): Iterable<Move> {
    const { q, taken } = hart;
    if (!this.#any || !this.harts.open(q)) return;
    const views = how.late ? this.harts.lateViews(hart.views, order) : hart.views;
    if (!views) return;
    yield this.#start(
      withPatcher(
        { ...blank(site, index, order), ...how, reported, place: 'patcher', track: hart.track },
        { ...hart, views },
      ),
      { kind: 'start', place: 'patcher', taken, q, late: how.late, newcomer: false, reported },
      allOf([standing(this.program, q), progressOf(this.program, taken), how.late ? ended(this.program) : noProgress]),
    );
  }

  /** The patcher's own thread passes through the site, where its program says so. */
  *#startRun(site: Entrance, index: number, q: number, must: string): Iterable<Move> {
    const reported = this.program.graces.length;
    for (const { order, hart } of this.harts.patchersAt(q))
      yield this.#start(
        withPatcher({ ...blank(site, index, order), must, reported, place: 'patcher', track: hart.track }, hart),
        { kind: 'start', place: 'patcher', taken: hart.taken, q, late: false, newcomer: false, reported },
        standing(this.program, q),
      );
  }

  #start(state: State, action: Action, progress: Progress): Move {
    return { kind: 'state', state, action, progress, steps: 0, repeatable: false };
  }
}

const blank = (site: Entrance, index: number, order: Order): State => ({
  order,
  site: index,
  thread: enter(site),
  idle: false,
  late: false,
  must: null,
  over: false,
  reported: 0,
  used: 0,
  versions: -1,
  last: '',
  place: 'remote',
  remote: null,
  others: [],
  track: 0,
  patchers: [],
  away: false,
  carried: none,
});
