/**
 * The transition system: from where a thread can start, and what can happen next to it and to the hart that it is on.
 * Pure: a search strategy (search.ts, table.ts) decides what to do with the moves.
 */
import { close, type MessageSet, members, none, type Order, single } from '../memory/order';
import {
  afterAcquire,
  afterBranch,
  afterFence,
  afterFenceI,
  afterFetch,
  afterRead,
  afterWrite,
  readBound,
  recloseViews,
  released,
  type SetViews,
  writeBound,
} from '../memory/set-views';
import type { MemoryRules } from '../memory/views';
import { fetchInstruction, readAtSepc } from './fetch';
import { Harts, type PatcherHart, type Remote } from './harts';
import { Images } from './images';
import { Layout, wordOf } from './layout';
import { type Exit, enter, Pass, type PassMemory, type PassStep, type Thread } from './pass';
import { type Program, programOf } from './program';
import { type Reading, Readings } from './readings';
import type { Scenario, Site, SymbolDefinition } from './scenario';
import {
  type Action,
  type FixupUse,
  reclosed,
  type State,
  spot,
  spotOf,
  viewsOf,
  type Wrong,
  withViews,
} from './state';
import { alignedParts } from './stores';
import { Unsupported } from './unsupported';
import { numberOf, type VersionOutcomes, versionOutcomes } from './versions';

/** What a pass carries along inside one instruction. */
interface Hand {
  readonly views: SetViews;
  readonly order: Order;
  /** The view of the instruction's own fetch: its accesses come after it. */
  readonly fetched: MessageSet;
  readonly loads: readonly MessageSet[];
  /** Some load did not see the newest value: it will, in the end. */
  readonly stale: boolean;
}

type Step = Extract<Action, { kind: 'step' }>;

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

export class Model {
  readonly layout: Layout;
  readonly program: Program;
  readonly readings: Readings;
  readonly harts: Harts;
  readonly versions: readonly VersionOutcomes[][];
  readonly #passes: readonly Pass<Hand>[];
  readonly #images: readonly Images[];
  /** Any number of harts, the patcher's among them. */
  readonly #any: boolean;
  /** By site, the bit of the version `to`; 0 where there is none, or nobody asks. */
  readonly #to: readonly number[];

  /** @param claims Note which versions a pass has been in: `retires` asks. */
  constructor(
    readonly scenario: Scenario,
    readonly rules: MemoryRules,
    claims = false,
  ) {
    this.layout = new Layout(scenario);
    this.program = programOf(scenario, rules);
    this.readings = new Readings(this.layout, this.program, rules);
    this.harts = new Harts(this.program, rules);
    this.versions = scenario.sites.map((site) => versionOutcomes(this.layout, site));
    this.#passes = scenario.sites.map((site) => new Pass(this.layout, site, this.#memory()));
    this.#images = scenario.sites.map((site) => new Images(site, this.program));
    this.#any = scenario.executors.count === 'any';
    this.#to = scenario.sites.map(({ versions, to }) => {
      const version = versions.findIndex(({ name }) => name === to);
      return claims && version >= 0 ? 1 << version : 0;
    });
  }

  // ---- starts ---------------------------------------------------------------------------------------------------

  /**
   * Every way in which a pass through a site can begin.
   * @param how `late`: after its hart has read the end. `idle`: harts keep their views from pass to pass, so that passes
   * begin once, on harts that have done nothing.
   */
  *starts(index: number, how: { readonly late: boolean; readonly idle: boolean }): Iterable<Move> {
    const site = this.scenario.sites[index];
    if (!site) return;
    const { rendezvous, graces, end } = this.program;
    const { onlineLater, count } = this.scenario.executors;
    const reports = how.idle || count === 0 ? [0] : Array.from({ length: graces.length + 1 }, (_, i) => i);
    for (let taken = 0; taken <= (how.idle ? 0 : rendezvous.length); taken++)
      for (const reported of how.late ? [graces.length] : reports) {
        const begun = this.harts.freshThread(taken, reported);
        if (begun && count !== 0) yield* this.#startRemote(site, index, begun.order, begun.hart, reported, how, false);
      }
    if (onlineLater !== 'no')
      for (let taken = 1; taken <= rendezvous.length; taken++) {
        const hart = this.harts.newcomer(taken, onlineLater === 'fence.i');
        const meeting = rendezvous[taken - 1];
        // A thread on it has reported for all waits that were over before.
        const reported = graces.filter(({ waitMicro }) => waitMicro < (meeting?.sendMicro ?? 0)).length;
        if (hart) yield* this.#startRemote(site, index, this.program.order, hart, reported, how, true);
      }
    for (let q = how.late ? end : 0; q <= (how.idle ? 0 : end); q++) {
      const over = graces.filter(({ waitMicro }) => waitMicro < q).length;
      const begun = how.late ? graces.length : graces.filter(({ sendMicro }) => sendMicro < q).length;
      for (let reported = how.late ? graces.length : over; reported <= begun; reported++)
        yield* this.#startPatcher(site, index, q, reported, how);
    }
    if (how.late) return;
    for (const [q, micro] of this.program.micros.entries())
      if (micro.kind === 'run' && micro.site === site.name) yield* this.#startRun(site, index, q, micro.version);
  }

  *#startRemote(
    site: Site,
    index: number,
    order: Order,
    hart: Remote,
    reported: number,
    how: { readonly late: boolean; readonly idle: boolean },
    newcomer: boolean,
  ): Iterable<Move> {
    const { taken } = hart;
    const views = how.late ? this.harts.lateViews(hart.views, order) : hart.views;
    if (!views) return;
    const waited = this.program.graces[reported - 1];
    const progress = Math.max(
      this.#progressOf(taken),
      how.late ? this.program.end : 0,
      waited === undefined ? 0 : waited.sendMicro + 1,
    );
    yield this.#start(
      { ...blank(site, index, order), ...how, reported, place: 'remote', remote: { views, taken } },
      { kind: 'start', place: 'remote', taken, q: -1, late: how.late, newcomer, reported },
      progress,
    );
  }

  /** A pass begins on the patcher's hart, just before its micro-operation q. */
  *#startPatcher(
    site: Site,
    index: number,
    q: number,
    reported: number,
    how: { readonly late: boolean; readonly idle: boolean },
  ): Iterable<Move> {
    const boundary = this.program.boundary[q];
    if (!this.#any || !boundary || !this.harts.open(q)) return;
    const views = how.late ? this.harts.lateViews(boundary, this.program.order) : boundary;
    if (!views) return;
    yield this.#start(
      { ...blank(site, index, this.program.order), ...how, reported, place: 'patcher', patcher: { views, q } },
      { kind: 'start', place: 'patcher', taken: -1, q, late: how.late, newcomer: false, reported },
      q,
    );
  }

  /** The patcher's own thread passes through the site, where its program says so. */
  *#startRun(site: Site, index: number, q: number, must: string): Iterable<Move> {
    const views = this.program.boundary[q];
    if (!views) return;
    const reported = this.program.graces.length;
    yield this.#start(
      { ...blank(site, index, this.program.order), must, reported, place: 'patcher', patcher: { views, q } },
      { kind: 'start', place: 'patcher', taken: -1, q, late: false, newcomer: false, reported },
      q,
    );
  }

  #start(state: State, action: Action, progress: number): Move {
    return { kind: 'state', state, action, progress, steps: 0, repeatable: false };
  }

  /** The pass is over, and the thread inside the symbol at this address: for how long nobody knows. */
  inside(state: State, symbol: SymbolDefinition): State {
    const site = this.scenario.sites[state.site];
    if (!site) return state;
    const holding = { symbol: symbol.name, link: null };
    return { ...state, over: true, last: '', thread: { ...enter(site), pc: symbol.address, holding } };
  }

  /** Can the thread be where it is when the protocol has ended and all that the patcher has written is there? */
  outlives(state: State): boolean {
    const views = viewsOf(state);
    const end = this.program.messages.find(({ kind }) => kind === 'end');
    if (!views || !end) return false;
    const post = close(state.order, views.vI | single(end.id));
    const after = withViews(state, afterFetch(this.rules, views, post));
    return this.plausible(after) && this.possible(after);
  }

  // ---- moves ----------------------------------------------------------------------------------------------------

  /**
   * Everything that can happen next.
   * @param freshPass Passes start on every hart anyway: a thread that has done nothing need not go elsewhere first.
   */
  *moves(state: State, freshPass: boolean): Iterable<Move> {
    if (state.place === 'out') {
      yield* this.#resume(state);
      return;
    }
    const { preemptible, masked } = this.scenario.executors;
    if (state.idle) yield* this.#betweenPasses(state);
    yield* this.step(state);
    if (state.idle) return;
    yield* this.interrupted(state);
    if (!masked && this.scenario.fixups.length > 0)
      for (const move of this.#trapReturn(state, (fixup) => ({ kind: 'interrupt', fixup }), 0))
        if (move.kind === 'wrong' || move.state.thread.pc !== state.thread.pc) yield move;
    const untouched = freshPass && state.last === '' && isUntouched(state.thread, this.scenario.sites[state.site]);
    if (preemptible && (!masked || state.over) && !untouched && state.must === null) yield* this.#switchOut(state);
  }

  /** Can a state be extended to the end in some global order? A cheap test that says no to most that cannot. */
  plausible(state: State): boolean {
    if (state.remote && !this.harts.canAnswer(state.remote)) return false;
    const views = viewsOf(state);
    if (!this.harts.canReport(views ? released(views) : state.carried, state.reported)) return false;
    return !state.patcher || this.harts.canStore(state.patcher);
  }

  /** Can everything that is still owed be done, in some global order? Only then has this happened. */
  possible(state: State): boolean {
    let order: Order | null = state.order;
    const all = this.program.graces.length;
    for (const hart of [state.remote, ...state.others]) {
      const reported = hart === state.remote && state.place === 'remote' ? state.reported : null;
      if (hart)
        order = order && this.harts.settle(order, { ...hart, views: recloseViews(order, hart.views) }, reported);
    }
    if (order && state.patcher) {
      const { q, views } = state.patcher;
      const reported = state.place === 'patcher' ? state.reported : all;
      order = this.harts.settlePatcher(order, { q, views: recloseViews(order, views) }, reported);
    }
    return order !== null;
  }

  /** Is there an interrupt still to come that gets a thread out of a loop? */
  endsLoops(state: State): boolean {
    const { preemptible, masked } = this.scenario.executors;
    if (state.must !== null) return false;
    if (state.place === 'patcher')
      return state.patcher !== null && state.patcher.q < this.program.end && preemptible && !masked;
    const meeting = state.remote ? this.program.rendezvous[state.remote.taken] : undefined;
    return meeting !== undefined && (meeting.firmware || (!masked && (meeting.kind === 'sync' || preemptible)));
  }

  /** Between passes: the hart answers, or the patcher goes on. */
  *#betweenPasses(state: State): Iterable<Move> {
    const { remote, patcher } = state;
    yield* this.#report(state);
    if (state.place === 'remote' && remote) {
      const next = this.harts.take(state.order, remote);
      if (next)
        yield {
          kind: 'state',
          steps: 1,
          repeatable: false,
          progress: this.#progressOf(next.hart.taken),
          state: reclosed({ ...state, remote: next.hart }, next.order),
          action: { kind: 'rendezvous', index: remote.taken, fixup: null },
        };
    } else if (patcher && patcher.q < this.program.end) {
      const next = this.harts.advance(state.order, patcher, patcher.q + 1, state.reported);
      if (next)
        yield {
          kind: 'state',
          steps: 0,
          repeatable: false,
          progress: next.hart.q,
          state: reclosed({ ...state, patcher: next.hart }, next.order),
          action: { kind: 'patcher', q: next.hart.q },
        };
    }
  }

  /** Between passes: the thread reports that it is outside. */
  *#report(state: State): Iterable<Move> {
    const grace = this.program.graces[state.reported];
    const views = viewsOf(state);
    const done = grace && views && this.harts.report(state.order, views, grace);
    if (!done) return;
    yield {
      kind: 'state',
      steps: 1,
      repeatable: false,
      progress: grace.sendMicro + 1,
      state: reclosed(withViews({ ...state, reported: state.reported + 1 }, done.views), done.order),
      action: { kind: 'report', grace: grace.index },
    };
  }

  /** A thread inside a symbol runs what stands there: is it still there? */
  *#runInside(state: State, views: SetViews): Iterable<Move> {
    const { pc } = state.thread;
    for (const reading of this.readings.of(state.order, pc, 2, views.vI, none)) {
      if (!reading.bytes.includes('freed')) continue;
      const after = afterFetch(this.rules, recloseViews(reading.order, views), reading.post);
      const fetches = [{ address: pc, size: 2, reading }];
      yield {
        kind: 'wrong',
        state: withViews({ ...state, order: reading.order }, after),
        action: { kind: 'step', address: pc, bytes: new Uint8Array(), fetches, loads: [], fixup: null },
        progress: this.#microAfter(reading.seen),
        wrong: { code: 'freed', how: 'inside', address: pc },
      };
    }
  }

  /** Every way in which the next instruction can be fetched and run. */
  *step(state: State): Iterable<Move> {
    const views = viewsOf(state);
    const pass = this.#passes[state.site];
    if (!views || !pass) return;
    if (
      state.place === 'patcher'
        ? !this.harts.open(state.patcher?.q ?? 0)
        : state.remote && this.harts.deaf(state.remote)
    )
      return;
    const { thread } = state;
    if (thread.holding) {
      yield* this.#runInside(state, views);
      for (const step of pass.return(thread, { views, order: state.order, fetched: none, loads: [], stale: false }))
        yield* this.#follow({ ...state, idle: false }, step, { kind: 'return' }, 0);
      return;
    }
    for (const { bytes: fetched, fetches, views: after, order } of fetchInstruction(
      this.readings,
      this.rules,
      state.order,
      views,
      thread.pc,
    )) {
      const here = withViews({ ...state, order, idle: false }, after);
      const progress = Math.max(0, ...fetches.map(({ reading }) => this.#microAfter(reading.seen)));
      const bytes = fetched === 'freed' ? null : fetched;
      const step: Step = {
        kind: 'step',
        address: thread.pc,
        bytes: bytes ?? new Uint8Array(),
        fetches,
        loads: [],
        fixup: null,
      };
      const action: Action = step;
      const wrong: Wrong | null =
        fetched === 'freed'
          ? { code: 'freed', how: 'executes', address: thread.pc }
          : this.#beforeExecution(here, bytes);
      if (wrong !== null || bytes === null) {
        if (wrong !== null) yield { kind: 'wrong', state: here, action, progress, wrong };
        continue;
      }
      const inSite = this.layout.siteAt(thread.pc) === this.scenario.sites[state.site];
      const known = inSite ? (this.#images[state.site]?.versions(thread.pc, bytes) ?? 0) : -1;
      const next: State = {
        ...here,
        versions: here.versions & known,
        used: here.used | (inSite ? this.#own(state.site, known) : 0),
        last: this.scenario.forbids.length > 0 ? spot(thread.pc, bytes) : '',
      };
      const post = fetches.reduce((all, { reading }) => all | reading.post, none);
      const hand: Hand = { views: after, order, fetched: post, loads: [], stale: false };
      for (const its of pass.execute(thread, bytes, hand)) {
        const loads = its.kind === 'unsupported' ? [] : its.hart.loads;
        const reached = Math.max(progress, ...loads.map((seen) => this.#microAfter(seen)));
        yield* this.#follow(next, its, { ...step, loads }, reached);
      }
    }
  }

  /** Of versions that have an instruction, those that `to` does not share it with. */
  #own(site: number, having: number): number {
    const to = this.#to[site] ?? 0;
    return to === 0 || (having & to) !== 0 ? 0 : having;
  }

  *#follow(state: State, step: PassStep<Hand>, action: Action, progress: number): Iterable<Move> {
    switch (step.kind) {
      case 'unsupported':
        throw new Unsupported(step.what);
      case 'fault': {
        const bytes = action.kind === 'step' ? action.bytes : new Uint8Array();
        const address = state.thread.pc;
        const wrong: Wrong =
          step.code === 'freed'
            ? { code: 'freed', how: 'loads', address }
            : { code: step.code, bytes, address, reason: step.reason };
        const { hart } = step;
        const at = reclosed(withViews(state, hart.views), hart.order);
        yield { kind: 'wrong', state: at, action, progress, wrong };
        return;
      }
      case 'next':
      case 'exit': {
        const { hart, thread } = step;
        const after = reclosed(withViews({ ...state, thread }, hart.views), hart.order);
        if (step.kind === 'exit') yield { kind: 'exit', state: after, action, progress, exit: step.exit };
        else if (step.trap && action.kind === 'step')
          // A handler that nothing stale has led to does the same when it comes round again.
          for (const move of this.#trapReturn(after, (fixup) => ({ ...action, fixup }), progress))
            yield move.kind === 'state' && move.action.kind === 'step' && move.action.fixup === null
              ? { ...move, repeatable: !hart.stale }
              : move;
        else yield { kind: 'state', state: after, action, progress, steps: 1, repeatable: !hart.stale };
      }
    }
  }

  /** The hart takes the next interrupt of the protocol in the middle of the pass. */
  *interrupted(state: State): Iterable<Move> {
    const { remote } = state;
    const meeting = remote && this.program.rendezvous[remote.taken];
    if (state.place !== 'remote' || !remote || meeting?.kind !== 'sync') return;
    if (this.scenario.executors.masked && !meeting.firmware) return;
    const next = this.harts.take(state.order, remote);
    if (next === null) return;
    const progress = this.#progressOf(remote.taken + 1);
    const after = reclosed({ ...state, remote: next.hart }, next.order);
    const action = (fixup: FixupUse | null): Action => ({ kind: 'rendezvous', index: meeting.index, fixup });
    if (meeting.firmware)
      yield { kind: 'state', state: after, action: action(null), progress, steps: 1, repeatable: false };
    else yield* this.#trapReturn(after, action, progress);
  }

  *#switchOut(state: State): Iterable<Move> {
    const views = viewsOf(state);
    if (!views) return;
    const { migrating, count } = this.scenario.executors;
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
      if (order) yield move({ ...state, place: 'out', remote: null, carried }, order);
      return;
    }
    const keep = migrating && typeof count === 'number' && count > 1 && state.remote !== null;
    const others = keep && state.remote ? [...state.others, state.remote] : state.others;
    yield move({ ...state, place: 'out', carried, others, remote: keep ? null : state.remote }, state.order);
  }

  /** Where a thread that is out may go on. */
  *#resume(state: State): Iterable<Move> {
    const { migrating, count, onlineLater } = this.scenario.executors;
    const { harts, program } = this;
    const known = state.others.length + (state.remote ? 1 : 0);
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
      );
    if (this.#any && (migrating || state.patcher)) yield* this.#resumeOnPatcher(state);
  }

  /** On a hart that the thread has been on: now, or after any interrupt of the protocol that it takes meanwhile. */
  *#resumeAtHome(state: State, order: Order, home: Remote, others: readonly Remote[]): Iterable<Move> {
    let at: { readonly order: Order; readonly hart: Remote } | null = { order, hart: home };
    for (; at !== null; at = this.harts.take(at.order, at.hart))
      yield* this.#resumeOn(state, at.order, at.hart, others, 'same');
  }

  *#resumeOn(
    state: State,
    order: Order,
    hart: Remote,
    others: readonly Remote[],
    which: 'same' | 'other' | 'newcomer',
  ): Iterable<Move> {
    if (this.harts.parked(hart)) return;
    const same = which === 'same';
    const newcomer = which === 'newcomer';
    const views = this.#arrive(recloseViews(order, hart.views), close(order, state.carried), !same);
    const resumed = reclosed({ ...state, place: 'remote', others, carried: none }, order);
    yield* this.#trapReturn(
      { ...resumed, remote: { views, taken: hart.taken } },
      (fixup) => ({ kind: 'switch-in', place: 'remote', same, taken: hart.taken, q: -1, newcomer, fixup }),
      this.#progressOf(hart.taken),
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
        yield* this.#resumeAtHome({ ...state, patcher: null }, own.order, left, state.others);
        return;
      }
      if (q > (from?.q ?? 0) && !this.harts.passes(q - 1, state.reported)) return;
      if (own && own.hart.q < q) own = this.harts.advance(own.order, own.hart, q, state.reported);
      const boundary = this.program.boundary[q];
      if (!boundary || (from && !own)) return;
      if (!this.harts.open(q)) continue;
      const { order, hart } = own ?? { order: state.order, hart: { q, views: recloseViews(state.order, boundary) } };
      const views = this.#arrive(hart.views, close(order, state.carried), from === null);
      const resumed = reclosed({ ...state, place: 'patcher', remote: null, carried: none }, order);
      yield* this.#trapReturn(
        { ...resumed, patcher: { q, views } },
        (fixup) => ({ kind: 'switch-in', place: 'patcher', same: from !== null, taken: -1, q, newcomer: false, fixup }),
        q,
      );
    }
  }

  /** The trap returns: fix-ups read the instruction at sepc, and the first that matches moves sepc. */
  *#trapReturn(state: State, action: (fixup: FixupUse | null) => Action, progress: number): Iterable<Move> {
    if (!this.plausible(state)) return;
    const { pc, holding } = state.thread;
    const views = viewsOf(state);
    const candidates = holding
      ? []
      : this.scenario.fixups.filter(({ addresses }) =>
          addresses === null ? this.layout.siteAt(pc) !== null : addresses.includes(pc),
        );
    const [first] = candidates;
    if (!first || !views) {
      yield { kind: 'state', state, action: action(null), progress, steps: 1, repeatable: false };
      return;
    }
    for (const { bytes, seen, views: after, order } of readAtSepc(this.readings, this.rules, state.order, views, pc)) {
      const word = wordOf(bytes);
      const fixup = candidates.find(
        ({ patterns }) =>
          patterns.length === 0 ||
          patterns.some(({ length, mask, match }) => length === bytes.length && (word & mask) >>> 0 === match >>> 0),
      );
      const target = fixup ? BigInt.asUintN(this.scenario.machine.isa.xlen, pc + fixup.sepcDelta) : pc;
      const use: FixupUse = { fixup: fixup ?? first, address: pc, bytes, seen, applied: fixup !== undefined, target };
      const base = { action: action(use), progress: Math.max(progress, this.#microAfter(seen)) };
      const back = reclosed(withViews(state, after), order);
      if (!fixup) {
        yield { kind: 'state', state: back, ...base, steps: 1, repeatable: false };
        continue;
      }
      const hand: Hand = { views: after, order, fetched: none, loads: [], stale: false };
      for (const step of this.#passes[state.site]?.resumeAt(state.thread, target, hand) ?? [])
        yield this.#afterFixup(back, step, base, target);
    }
  }

  #afterFixup(state: State, step: PassStep<Hand>, base: Pick<Move, 'action' | 'progress'>, target: bigint): Move {
    if (step.kind === 'next')
      return { kind: 'state', state: { ...state, thread: step.thread }, ...base, steps: 1, repeatable: false };
    if (step.kind === 'exit' && step.exit.kind === 'end') return { kind: 'exit', state, ...base, exit: step.exit };
    const reason = step.kind === 'fault' ? step.reason : 'the trap-return fix-up leads there';
    return { kind: 'wrong', state, ...base, wrong: { code: 'wild-jump', address: target, reason, exit: null } };
  }

  /** What is wrong with executing these bytes here, before anything else is asked. */
  #beforeExecution(state: State, bytes: Uint8Array | null): Wrong | null {
    const { pc } = state.thread;
    if (bytes === null) return { code: 'wild-jump', address: pc, reason: 'there is no declared code', exit: null };
    const here = spot(pc, bytes);
    for (const { first, then, text } of this.scenario.forbids)
      if (first.some((one) => spotOf(one) === state.last) && then.some((one) => spotOf(one) === here))
        return { code: 'forbidden', text };
    const touched = this.scenario.sites.findIndex(
      (site) => pc < site.address + BigInt(site.size) && site.address < pc + BigInt(bytes.length),
    );
    return this.#images[touched]?.torn(pc, bytes) === true ? { code: 'torn', bytes, address: pc } : null;
  }

  #memory(): PassMemory<Hand> {
    const { rules } = this;
    return {
      load: (hand, address, size, addressView) => {
        // A misaligned load reads its aligned parts one by one, in any order: they are not ordered among themselves.
        let partial: { readonly value: bigint | 'freed'; readonly view: MessageSet; readonly hart: Hand }[] = [
          { value: 0n, view: none, hart: hand },
        ];
        for (const piece of alignedParts(address, size, 8))
          partial = partial.flatMap((so) =>
            this.#loadPart(so.hart, piece.address, piece.size, addressView).map((part) => ({
              value:
                so.value === 'freed' || part.value === 'freed'
                  ? 'freed'
                  : so.value | (part.value << (8n * (piece.address - address))),
              view: so.view | part.view,
              hart: part.hart,
            })),
          );
        return partial;
      },
      own: (hand, access, operands) => {
        const { views } = hand;
        if (access === 'read') {
          const post = readBound(rules, views, operands) | hand.fetched;
          return { view: post, hart: { ...hand, views: afterRead(rules, views, operands, none, post, false) } };
        }
        const post = writeBound(rules, views, operands | hand.fetched, false);
        return { view: post, hart: { ...hand, views: afterWrite(views, none, post) } };
      },
      fence: (hand, { pred, succ, tso }) => ({ ...hand, views: afterFence(hand.views, pred, succ, tso) }),
      fenceI: (hand) => ({ ...hand, views: afterFenceI(rules, hand.views) }),
      branch: (hand, operands) => ({ ...hand, views: afterBranch(hand.views, operands) }),
    };
  }

  #loadPart(
    hand: Hand,
    address: bigint,
    size: number,
    addressView: MessageSet,
  ): { value: bigint | 'freed'; view: MessageSet; hart: Hand }[] {
    const bound = readBound(this.rules, hand.views, addressView) | hand.fetched;
    return this.readings.of(hand.order, address, size, bound, hand.views.coh).map((reading) => ({
      value: byteValue(reading.bytes),
      view: reading.post,
      hart: {
        ...hand,
        order: reading.order,
        views: afterRead(
          this.rules,
          recloseViews(reading.order, hand.views),
          addressView,
          reading.seen,
          reading.post,
          false,
        ),
        loads: [...hand.loads, reading.seen],
        stale: hand.stale || reading.seen !== this.readings.over(address, size),
      },
    }));
  }

  /** How far the patcher must have come for a hart to have taken so many rendezvous. */
  #progressOf(taken: number): number {
    const meeting = this.program.rendezvous[taken - 1];
    if (meeting === undefined) return 0;
    return meeting.kind === 'park' ? meeting.waitMicro : meeting.sendMicro + 1;
  }

  /** One past the latest micro-operation that wrote one of these. */
  #microAfter(seen: MessageSet): number {
    return Math.max(0, ...members(seen).map((id) => (this.program.messages[id]?.micro ?? -1) + 1));
  }
}

const byteValue = (bytes: Reading['bytes']): bigint | 'freed' =>
  bytes.includes('freed') ? 'freed' : numberOf(bytes.map((byte) => (typeof byte === 'number' ? byte : 0)));

const isUntouched = (thread: Thread, site: Site | undefined): boolean =>
  thread.pc === site?.address &&
  thread.registers.size + thread.stores.length + thread.calls.length + thread.assumptions.size === 0;

const blank = (site: Site, index: number, order: Order): State => ({
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
  patcher: null,
  carried: none,
});
