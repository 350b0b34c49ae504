/**
 * The transition system: from where a thread can start, and what can happen next to it and to the hart that it is on.
 * Pure: a search strategy (search.ts, table.ts) decides what to do with the moves.
 */
import { close, type MessageSet, members, none, type Order } from '../memory/order';
import {
  afterAcquire,
  afterBranch,
  afterFence,
  afterFenceI,
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
import { Readings } from './readings';
import type { Scenario, Site } from './scenario';
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

  constructor(
    readonly scenario: Scenario,
    readonly rules: MemoryRules,
  ) {
    this.layout = new Layout(scenario);
    this.program = programOf(scenario, rules);
    this.readings = new Readings(this.layout, this.program, rules);
    this.harts = new Harts(this.program, rules);
    this.versions = scenario.sites.map((site) => versionOutcomes(this.layout, site));
    this.#passes = scenario.sites.map((site) => new Pass(this.layout, site, this.#memory()));
    this.#images = scenario.sites.map((site) => new Images(site, this.program));
    this.#any = scenario.executors.count === 'any';
  }

  // ---- starts ---------------------------------------------------------------------------------------------------

  /** A pass begins on a hart that has done nothing but take so many rendezvous. Null: none runs threads then. */
  startRemote(index: number, taken: number, how: { readonly late: boolean; readonly idle: boolean }): Move | null {
    const site = this.scenario.sites[index];
    const hart = this.harts.fresh(taken);
    const views = hart && (how.late ? this.harts.lateViews(hart.views, this.program.order) : hart.views);
    if (!site || !views) return null;
    const progress = Math.max(this.#progressOf(taken), how.late ? this.program.end : 0);
    return this.#start(
      { ...blank(site, index, this.program.order), ...how, place: 'remote', remote: { views, taken } },
      { kind: 'start', place: 'remote', taken, q: -1, late: how.late },
      progress,
    );
  }

  /** A pass begins on the patcher's hart, just before its micro-operation q. */
  startPatcher(index: number, q: number, how: { readonly late: boolean; readonly idle: boolean }): Move | null {
    const site = this.scenario.sites[index];
    const boundary = this.program.boundary[q];
    if (!this.#any || !site || !boundary || !this.harts.open(q)) return null;
    const views = how.late ? this.harts.lateViews(boundary, this.program.order) : boundary;
    if (!views) return null;
    return this.#start(
      { ...blank(site, index, this.program.order), ...how, place: 'patcher', patcher: { views, q } },
      { kind: 'start', place: 'patcher', taken: -1, q, late: how.late },
      q,
    );
  }

  #start(state: State, action: Action, progress: number): Move {
    return { kind: 'state', state, action, progress, steps: 0, repeatable: false };
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
    if (preemptible && !masked && !untouched) yield* this.#switchOut(state);
  }

  /** Can a state be extended to the end in some global order? A cheap test that says no to most that cannot. */
  plausible(state: State): boolean {
    if (state.remote && !this.harts.canAnswer(state.remote)) return false;
    return !state.patcher || this.harts.canStore(state.patcher);
  }

  /** Can everything that is still owed be done, in some global order? Only then has this happened. */
  possible(state: State): boolean {
    let order: Order | null = state.order;
    for (const hart of [state.remote, ...state.others])
      if (hart) order = order && this.harts.settle(order, { ...hart, views: recloseViews(order, hart.views) });
    if (order && state.patcher) {
      const { q, views } = state.patcher;
      order = this.harts.settlePatcher(order, { q, views: recloseViews(order, views) });
    }
    return order !== null;
  }

  /** Is there an interrupt still to come that gets a thread out of a loop? */
  endsLoops(state: State): boolean {
    const { preemptible, masked } = this.scenario.executors;
    if (state.place === 'patcher')
      return state.patcher !== null && state.patcher.q < this.program.end && preemptible && !masked;
    const meeting = state.remote ? this.program.rendezvous[state.remote.taken] : undefined;
    return meeting !== undefined && (meeting.firmware || (!masked && (meeting.kind === 'sync' || preemptible)));
  }

  /** Between passes: the hart answers, or the patcher goes on. */
  *#betweenPasses(state: State): Iterable<Move> {
    const { remote, patcher } = state;
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
      const next = this.harts.advance(state.order, patcher, patcher.q + 1);
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
      for (const step of pass.return(thread, { views, order: state.order, fetched: none, loads: [], stale: false }))
        yield this.#follow({ ...state, idle: false }, step, { kind: 'return' }, 0);
      return;
    }
    for (const { bytes, fetches, views: after, order } of fetchInstruction(
      this.readings,
      this.rules,
      state.order,
      views,
      thread.pc,
    )) {
      const here = withViews({ ...state, order, idle: false }, after);
      const progress = Math.max(0, ...fetches.map(({ reading }) => this.#microAfter(reading.seen)));
      const action: Action = { kind: 'step', address: thread.pc, bytes: bytes ?? new Uint8Array(), fetches, loads: [] };
      const wrong = this.#beforeExecution(here, bytes);
      if (wrong !== null || bytes === null) {
        if (wrong !== null) yield { kind: 'wrong', state: here, action, progress, wrong };
        continue;
      }
      const inSite = this.layout.siteAt(thread.pc) === this.scenario.sites[state.site];
      const known = inSite ? (this.#images[state.site]?.versions(thread.pc, bytes) ?? 0) : -1;
      const next: State = {
        ...here,
        versions: here.versions & known,
        last: this.scenario.forbids.length > 0 ? spot(thread.pc, bytes) : '',
      };
      const fetched = fetches.reduce((all, { reading }) => all | reading.post, none);
      for (const step of pass.execute(thread, bytes, { views: after, order, fetched, loads: [], stale: false })) {
        const loads = 'hart' in step ? step.hart.loads : [];
        yield this.#follow(
          next,
          step,
          { ...action, loads },
          Math.max(progress, ...loads.map((seen) => this.#microAfter(seen))),
        );
      }
    }
  }

  #follow(state: State, step: PassStep<Hand>, action: Action, progress: number): Move {
    switch (step.kind) {
      case 'unsupported':
        throw new Unsupported(step.what);
      case 'fault': {
        const bytes = action.kind === 'step' ? action.bytes : new Uint8Array();
        const wrong: Wrong = { code: step.code, bytes, address: state.thread.pc, reason: step.reason };
        return { kind: 'wrong', state, action, progress, wrong };
      }
      case 'next':
      case 'exit': {
        const { hart, thread } = step;
        const after = reclosed(withViews({ ...state, thread }, hart.views), hart.order);
        return step.kind === 'exit'
          ? { kind: 'exit', state: after, action, progress, exit: step.exit }
          : { kind: 'state', state: after, action, progress, steps: 1, repeatable: !hart.stale };
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
        state.place === 'remote' && state.remote ? this.harts.settle(state.order, state.remote) : state.order;
      if (order) yield move({ ...state, place: 'out', remote: null, carried }, order);
      return;
    }
    const keep = migrating && typeof count === 'number' && count > 1 && state.remote !== null;
    const others = keep && state.remote ? [...state.others, state.remote] : state.others;
    yield move({ ...state, place: 'out', carried, others, remote: keep ? null : state.remote }, state.order);
  }

  /** Where a thread that is out may go on. */
  *#resume(state: State): Iterable<Move> {
    const { migrating, count } = this.scenario.executors;
    const { harts, program } = this;
    const known = state.others.length + (state.remote ? 1 : 0);
    if (migrating && (this.#any || known < Number(count)))
      for (let taken = 0; taken <= program.rendezvous.length; taken++) {
        const hart = harts.fresh(taken);
        if (hart) yield* this.#resumeOn(state, state.order, hart, state.others, false);
      }
    const homes = state.remote ? [state.remote] : migrating && !this.#any ? state.others : [];
    for (const home of homes) {
      const others = state.others.filter((other) => other !== home);
      let at: { order: Order; hart: Remote } | null = { order: state.order, hart: home };
      for (; at !== null; at = harts.take(at.order, at.hart))
        yield* this.#resumeOn(state, at.order, at.hart, others, true);
    }
    if (this.#any && (migrating || state.patcher)) yield* this.#resumeOnPatcher(state);
  }

  *#resumeOn(state: State, order: Order, hart: Remote, others: readonly Remote[], same: boolean): Iterable<Move> {
    if (this.harts.parked(hart)) return;
    const views = afterAcquire(this.rules, recloseViews(order, hart.views), close(order, state.carried));
    const resumed = reclosed({ ...state, place: 'remote', others, carried: none }, order);
    yield* this.#trapReturn(
      { ...resumed, remote: { views, taken: hart.taken } },
      (fixup) => ({ kind: 'switch-in', place: 'remote', same, taken: hart.taken, q: -1, fixup }),
      this.#progressOf(hart.taken),
    );
  }

  *#resumeOnPatcher(state: State): Iterable<Move> {
    const from = state.patcher;
    let own: { readonly order: Order; readonly hart: PatcherHart } | null = from && { order: state.order, hart: from };
    for (let q = from?.q ?? 0; q <= this.program.end; q++) {
      if (own && own.hart.q < q) own = this.harts.advance(own.order, own.hart, q);
      const boundary = this.program.boundary[q];
      if (!boundary || (from && !own)) return;
      if (!this.harts.open(q)) continue;
      const { order, hart } = own ?? { order: state.order, hart: { q, views: recloseViews(state.order, boundary) } };
      const views = afterAcquire(this.rules, hart.views, close(order, state.carried));
      const resumed = reclosed({ ...state, place: 'patcher', remote: null, carried: none }, order);
      yield* this.#trapReturn(
        { ...resumed, patcher: { q, views } },
        (fixup) => ({ kind: 'switch-in', place: 'patcher', same: from !== null, taken: -1, q, fixup }),
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
        let partial: { readonly value: bigint; readonly view: MessageSet; readonly hart: Hand }[] = [
          { value: 0n, view: none, hart: hand },
        ];
        for (const piece of alignedParts(address, size, 8))
          partial = partial.flatMap((so) =>
            this.#loadPart(so.hart, piece.address, piece.size, addressView).map((part) => ({
              value: so.value | (part.value << (8n * (piece.address - address))),
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
  ): { value: bigint; view: MessageSet; hart: Hand }[] {
    const bound = readBound(this.rules, hand.views, addressView) | hand.fetched;
    return this.readings.of(hand.order, address, size, bound, hand.views.coh).map((reading) => ({
      value: numberOf(reading.bytes.map((byte) => byte ?? 0)),
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

const isUntouched = (thread: Thread, site: Site | undefined): boolean =>
  thread.pc === site?.address &&
  thread.registers.size + thread.stores.length + thread.calls.length + thread.assumptions.size === 0;

const blank = (site: Site, index: number, order: Order): State => ({
  order,
  site: index,
  thread: enter(site),
  idle: false,
  late: false,
  versions: -1,
  last: '',
  place: 'remote',
  remote: null,
  others: [],
  patcher: null,
  carried: none,
});
