/**
 * The transition system: from where a thread can start, and what can happen next to it and to the hart that it is on.
 * Pure: a search strategy (search.ts, table.ts) decides what to do with the moves.
 */
import { close, type MessageSet, members, none, type Order } from '../memory/order';
import { afterFetch, freshViews, recloseViews, released, type SetViews } from '../memory/set-views';
import type { MemoryRules } from '../memory/views';
import { type Entrance, entrancesOf } from './entrances';
import { fetchInstruction, readAtSepc } from './fetch';
import { type Hart, Harts, type PatcherHart } from './harts';
import { Images } from './images';
import { Layout, wordOf } from './layout';
import { allOf, type Hand, latest, type Move, microAfter, noProgress, progressOf, type Step, standing } from './moves';
import { enter, Pass, type PassStep, type Thread } from './pass';
import { passMemory } from './pass-memory';
import { type Program, type Progress, trackOf } from './program';
import { Readings } from './readings';
import type { Scenario, SymbolDefinition } from './scenario';
import { Starts } from './starts';
import {
  type Action,
  type FixupUse,
  patcherOf,
  reclosed,
  type State,
  spot,
  spotOf,
  viewsOf,
  type Wrong,
  withHart,
  withPatcher,
  withViews,
} from './state';
import { Switching } from './switching';
import { threadOutcomes } from './thread-outcomes';
import { Unsupported } from './unsupported';
import { type VersionOutcomes, versionOutcomes } from './versions';

export class Model {
  readonly layout: Layout;
  readonly readings: Readings;
  readonly harts: Harts;
  /** Where passes begin: `State.site` is an index into it. */
  readonly entrances: readonly Entrance[];
  /** By entrance, what its passes may amount to. */
  readonly versions: readonly VersionOutcomes[][];
  readonly #passes: readonly Pass<Hand>[];
  readonly #images: readonly Images[];
  readonly #starts: Starts;
  readonly #switching: Switching;
  /** By site, the bit of the version `to`; 0 where there is none, or nobody asks. */
  readonly #to: readonly number[];

  /** @param claims Note which versions a pass has been in: `retires` asks. */
  constructor(
    readonly scenario: Scenario,
    readonly program: Program,
    readonly rules: MemoryRules,
    claims = false,
  ) {
    this.layout = new Layout(scenario);
    this.readings = new Readings(this.layout, this.program, rules);
    this.harts = new Harts(this.program, rules);
    this.entrances = entrancesOf(scenario);
    this.versions = this.entrances.map((entrance) =>
      entrance.thread
        ? threadOutcomes(this.layout, entrance)
        : isEntered(scenario, entrance)
          ? versionOutcomes(this.layout, entrance)
          : [],
    );
    this.#passes = this.entrances.map((site) => new Pass(this.layout, site, passMemory(rules, this.readings)));
    this.#images = scenario.sites.map((site) => new Images(site, this.program));
    this.#starts = new Starts(scenario, this.entrances, this.program, this.harts);
    this.#switching = new Switching(scenario, rules, this.program, this.harts, (state, action, progress) =>
      this.#trapReturn(state, action, progress),
    );
    this.#to = scenario.sites.map(({ versions, to }) => {
      const version = versions.findIndex(({ name }) => name === to);
      return claims && version >= 0 ? 1 << version : 0;
    });
  }

  /** Every way in which a pass through a site can begin (starts.ts). */
  starts(site: number, how: { readonly late: boolean; readonly idle: boolean }): Iterable<Move> {
    return this.#starts.at(site, how);
  }

  /** The pass is over, and the thread inside the symbol at this address: for how long nobody knows. */
  inside(state: State, symbol: SymbolDefinition): State {
    const site = this.entrances[state.site];
    if (!site) return state;
    const holding = { symbol: symbol.name, link: null };
    return {
      ...state,
      over: true,
      late: false,
      used: 0,
      last: '',
      thread: { ...enter(site), pc: symbol.address, holding },
    };
  }

  /** Can the thread be where it is when the protocol has ended and all that the patcher has written is there? */
  outlives(state: State): boolean {
    const views = viewsOf(state);
    const { ends, deadlock } = this.program;
    if (!views || deadlock !== null) return false;
    const post = close(state.order, views.vI | ends);
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
      yield* this.#switching.in(state);
      return;
    }
    const { preemptible, masked } = this.scenario.executors;
    if (state.idle) yield* this.#betweenPasses(state);
    yield* this.step(state);
    if (state.idle) return;
    yield* this.interrupted(state);
    if (!masked && !state.thread.trapped && this.scenario.fixups.length > 0)
      for (const move of this.#trapReturn(state, (fixup) => ({ kind: 'interrupt', fixup }), noProgress))
        if (move.kind === 'wrong' || move.state.thread.pc !== state.thread.pc) yield move;
    const untouched = freshPass && state.last === '' && isUntouched(state.thread, this.entrances[state.site]);
    // What a symbol stands for may give up its hart of its own accord.
    const gives = state.over || (preemptible && !masked);
    if (gives && !untouched && state.must === null) yield* this.#switching.out(state);
  }

  /** Can a state be extended to the end in some global order? A cheap test that says no to most that cannot. */
  plausible(state: State): boolean {
    if (state.remote && !this.harts.canAnswer(state.remote)) return false;
    const views = viewsOf(state);
    if (!this.harts.canReport(views ? released(views) : state.carried, state.reported)) return false;
    return state.patchers.every((patcher) => this.harts.canStore(patcher) && this.harts.canAnswer(patcher));
  }

  /** Can everything that is still owed be done, in some global order? Only then has this happened. */
  possible(state: State): boolean {
    const all = this.program.graces.length;
    let orders: readonly Order[] = [state.order];
    for (const hart of [state.remote, ...state.others]) {
      const reported = hart === state.remote && state.place === 'remote' ? state.reported : null;
      if (hart)
        orders = orders.flatMap((order) =>
          this.harts.settle(order, { ...hart, views: recloseViews(order, hart.views) }, reported),
        );
    }
    for (const hart of [...state.patchers, ...this.#elsewhere(state)]) {
      const reported = state.place === 'patcher' && hart.track === state.track ? state.reported : all;
      orders = orders.flatMap((order) =>
        this.harts.settlePatcher(order, { ...hart, views: recloseViews(order, hart.views) }, reported),
      );
    }
    return orders.length > 0;
  }

  /** Where several patchers wait for each other, the harts of those that the thread has not been on, from the start. */
  #elsewhere({ patchers }: State): PatcherHart[] {
    const { tracks } = this.program;
    if (tracks.length === 1) return [];
    return tracks
      .filter(({ index }) => patchers.every(({ track }) => track !== index))
      .map(({ index, first }) => ({ views: freshViews, taken: 0, track: index, q: first }));
  }

  /** Is there an interrupt still to come that gets a thread out of a loop? */
  endsLoops(state: State): boolean {
    const { preemptible, masked } = this.scenario.executors;
    if (state.must !== null) return false;
    const stops = this.#stopsAt(state);
    const own = patcherOf(state);
    if (own && own.q < (stops[own.track] ?? 0) && preemptible && !masked) return true;
    const hart = own ?? (state.place === 'remote' ? state.remote : null);
    if (hart === null) return false;
    return this.program.meetings
      .next(hart.taken)
      .some(({ meeting: { kind, track, waitMicro, sendMicro, firmware } }) => {
        if (track === own?.track || (kind === 'park' ? waitMicro : sendMicro) > (stops[track] ?? 0)) return false;
        return firmware || (!masked && (kind === 'sync' || preemptible));
      });
  }

  /**
   * How far each patcher comes while the thread stays in its pass, as a micro-operation: up to the first wait that it
   * cannot answer from there.
   */
  #stopsAt(state: State): readonly number[] {
    const { tracks, meetings, graces } = this.program;
    const { preemptible, masked } = this.scenario.executors;
    const own = patcherOf(state);
    const hart = own ?? (state.place === 'remote' ? state.remote : null);
    return tracks.map(({ index, end }) => {
      if (own?.track === index && (state.must !== null || !preemptible || masked)) return own.q;
      const left = hart === null || own?.track === index ? [] : meetings.left(hart.taken, index);
      const deaf = left.find(({ kind, firmware }) =>
        kind === 'sync' ? masked && !firmware : kind === 'park' && !preemptible,
      );
      return Math.min(end, deaf?.waitMicro ?? end, graces[state.reported]?.waitMicro ?? end);
    });
  }

  /** Of messages that were not seen: can none of them come while the thread stays in its pass? */
  #seenAll(state: State, unseen: MessageSet): boolean {
    if (unseen === none) return true;
    const stops = this.#stopsAt(state);
    return members(unseen).every((id) => {
      const micro = this.program.messages[id]?.micro ?? 0;
      return micro >= (stops[trackOf(this.program, micro).index] ?? 0);
    });
  }

  /** Between passes: the hart answers, or the patcher goes on. */
  *#betweenPasses(state: State): Iterable<Move> {
    const { remote } = state;
    const patcher = patcherOf(state);
    yield* this.#report(state);
    const hart = patcher ?? (state.place === 'remote' ? remote : null);
    if (hart)
      for (const { order, hart: next, meeting } of this.harts.takes<Hart>(state.order, hart))
        yield {
          kind: 'state',
          steps: 1,
          repeatable: false,
          progress: progressOf(this.program, next.taken),
          state: reclosed(withHart(state, next), order),
          action: { kind: 'rendezvous', index: meeting.index, fixup: null },
        };
    const next = patcher && this.harts.advance({ order: state.order, hart: patcher }, state.reported);
    if (next)
      yield {
        kind: 'state',
        steps: 0,
        repeatable: false,
        progress: standing(this.program, next.hart.q),
        state: reclosed(withPatcher(state, next.hart), next.order),
        action: { kind: 'patcher', q: next.hart.q },
      };
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
      progress: standing(this.program, grace.sendMicro + 1),
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
        action: { kind: 'step', address: pc, bytes: new Uint8Array(), fetches, loads: [] },
        progress: microAfter(this.program, reading.seen),
        wrong: { code: 'freed', how: 'inside', address: pc },
      };
    }
  }

  /** Every way in which the next instruction can be fetched and run. */
  *step(state: State): Iterable<Move> {
    const views = viewsOf(state);
    const pass = this.#passes[state.site];
    if (!views || !pass) return;
    const own = patcherOf(state);
    if (own ? !this.harts.open(own.q) : state.remote && this.harts.deaf(state.remote)) return;
    const { thread } = state;
    if (thread.holding) {
      yield* this.#runInside(state, views);
      for (const step of pass.return(thread, { views, order: state.order, fetched: none, loads: [], unseen: none }))
        yield* this.#follow({ ...state, idle: false }, step, { kind: 'return' }, noProgress);
      return;
    }
    if (thread.trapped) {
      yield* this.#handle(state, views, pass);
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
      const progress = allOf(fetches.map(({ reading }) => microAfter(this.program, reading.seen)));
      const bytes = fetched === 'freed' ? null : fetched;
      const step: Step = {
        kind: 'step',
        address: thread.pc,
        bytes: bytes ?? new Uint8Array(),
        fetches,
        loads: [],
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
      const next: State = {
        ...here,
        ...this.#versionsAfter(here, bytes),
        last: this.scenario.forbids.length > 0 ? spot(thread.pc, bytes) : '',
      };
      const post = fetches.reduce((all, { reading }) => all | reading.post, none);
      const unseen = this.rules.ziccid
        ? fetches.reduce(
            (all, { address, size, reading }) => all | (this.readings.over(address, size) & ~reading.seen),
            none,
          )
        : none;
      const hand: Hand = { views: after, order, fetched: post, loads: [], unseen };
      for (const its of pass.execute(thread, bytes, hand)) {
        const loads = its.kind === 'unsupported' ? [] : its.hart.loads;
        const reached = allOf([progress, ...loads.map((seen) => microAfter(this.program, seen))]);
        yield* this.#follow(next, its, { ...step, loads }, reached);
      }
    }
  }

  /** The handler of the breakpoint that the thread stands at. */
  *#handle(state: State, views: SetViews, pass: Pass<Hand>): Iterable<Move> {
    const hand: Hand = { views, order: state.order, fetched: none, loads: [], unseen: none };
    for (const step of pass.handle(state.thread, hand)) {
      const loads = step.kind === 'unsupported' ? [] : step.hart.loads;
      const reached = allOf(loads.map((seen) => microAfter(this.program, seen)));
      yield* this.#follow(state, step, { kind: 'handle', loads, fixup: null }, reached);
    }
  }

  /** Of which versions the pass can be now that it executes these bytes. */
  #versionsAfter({ site, thread, versions, used }: State, bytes: Uint8Array): Pick<State, 'versions' | 'used'> {
    const entrance = this.entrances[site];
    const at = this.layout.siteAt(thread.pc);
    const index = at === null ? -1 : this.scenario.sites.indexOf(at);
    if (index < 0 || (index !== site && !entrance?.thread)) return { versions, used };
    const known = this.#images[index]?.versions(thread.pc, bytes) ?? 0;
    if (!entrance?.thread) return { versions: versions & known, used: used | this.#own(index, known) };
    const { offset, all } = this.#field(index);
    return { versions: versions & (~all | (known << offset)), used };
  }

  /** Where a thread keeps its bits of a site's versions. */
  #field(site: number): { readonly offset: number; readonly all: number } {
    const before = this.scenario.sites.slice(0, site).reduce((sum, { versions }) => sum + versions.length, 0);
    const count = this.scenario.sites[site]?.versions.length ?? 0;
    return { offset: before, all: ((1 << count) - 1) << before };
  }

  /** Has a pass executed instructions of one version only, of each site that it has been in? */
  ofOneVersion({ site, versions }: State): boolean {
    if (!this.entrances[site]?.thread) return versions !== 0;
    return this.scenario.sites.every((_, index) => (versions & this.#field(index).all) !== 0);
  }

  /** Of versions that have an instruction, those that `to` does not share it with. */
  #own(site: number, having: number): number {
    const to = this.#to[site] ?? 0;
    return to === 0 || (having & to) !== 0 ? 0 : having;
  }

  *#follow(state: State, step: PassStep<Hand>, action: Action, progress: Progress): Iterable<Move> {
    switch (step.kind) {
      case 'unsupported':
        // What no order of the messages lets happen need not be understood.
        if (!this.possible(state)) return;
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
        else if (step.trap && action.kind === 'handle')
          // A handler that has seen all that can come does the same when it comes round again.
          for (const move of this.#trapReturn(after, (fixup) => ({ ...action, fixup }), progress)) {
            const use = move.action.kind === 'handle' ? move.action.fixup : null;
            const old = use === null ? none : this.readings.over(use.address, use.bytes.length) & ~use.seen;
            // A handler that has seen all that can come does the same when it comes round again.
            yield move.kind === 'state' ? { ...move, repeatable: this.#seenAll(after, hart.unseen | old) } : move;
          }
        else
          yield {
            kind: 'state',
            state: after,
            action,
            progress,
            steps: 1,
            repeatable: this.#seenAll(after, hart.unseen),
          };
      }
    }
  }

  /** The hart takes the next interrupt of the protocol in the middle of the pass. */
  *interrupted(state: State): Iterable<Move> {
    const hart = patcherOf(state) ?? (state.place === 'remote' ? state.remote : null);
    if (!hart) return;
    for (const { order, hart: next, meeting } of this.harts.takes<Hart>(state.order, hart)) {
      if (meeting.kind !== 'sync') continue;
      if (!meeting.firmware && ((this.scenario.executors.masked && !state.over) || state.thread.trapped)) continue;
      const progress = progressOf(this.program, next.taken);
      const after = reclosed(withHart(state, next), order);
      const action = (fixup: FixupUse | null): Action => ({ kind: 'rendezvous', index: meeting.index, fixup });
      if (meeting.firmware)
        yield { kind: 'state', state: after, action: action(null), progress, steps: 1, repeatable: false };
      else yield* this.#trapReturn(after, action, progress);
    }
  }

  /** The trap returns: fix-ups read the instruction at sepc, and the first that matches moves sepc. */
  *#trapReturn(state: State, action: (fixup: FixupUse | null) => Action, progress: Progress): Iterable<Move> {
    if (!this.plausible(state)) return;
    const { pc, holding, trapped } = state.thread;
    const views = viewsOf(state);
    // Inside a symbol or a handler the trap returns to the kernel's own code.
    const candidates =
      holding || trapped
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
      const base = { action: action(use), progress: latest(progress, microAfter(this.program, seen)) };
      const back = reclosed(withViews(state, after), order);
      if (!fixup) {
        yield { kind: 'state', state: back, ...base, steps: 1, repeatable: false };
        continue;
      }
      const hand: Hand = { views: after, order, fetched: none, loads: [], unseen: none };
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
}

/** Does any pass begin at a site's first byte? */
const isEntered = ({ threads, patchers }: Scenario, { name }: Entrance): boolean =>
  threads.length === 0 ||
  patchers.some(({ operations }) => operations.some((one) => one.kind === 'run' && one.site === name));

const isUntouched = (thread: Thread, site: Entrance | undefined): boolean =>
  thread.pc === site?.address &&
  !thread.trapped &&
  thread.registers.size + thread.stores.length + thread.calls.length + thread.assumptions.size === 0;
