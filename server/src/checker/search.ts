/**
 * The search: everything that one thread can do in one pass, on any harts, against the messages of a patcher.
 *
 * Why one thread and one pass are enough. Executors write nothing that another thread reads, so they meet only in the
 * patcher's waits; a hart that has done nothing but answer has the lowest views that any hart with as many answers
 * can have, and lower views allow more. So a pass that starts on such a hart can do all that a pass on a busier one
 * can, and a migrating thread may be resumed on such a hart. `docs/semantics.md` has the argument in full;
 * `reductions.freshPass: false` keeps every hart's views from pass to pass instead.
 */
import {
  afterAcquire, afterBranch, afterFence, afterFenceI, afterFetch, afterRead, afterWrite, type HartViews, type MemoryRules,
  readBound, recloseViews, released, writeBound,
} from '../memory/views';
import { close, members, type MessageSet, none, type Order } from '../memory/order';
import { Harts, type Remote } from './harts';
import { findCycles } from './cycles';
import { Layout, wordOf } from './layout';
import { enter, Pass, type PassMemory, type PassStep, type Thread } from './pass';
import { type Program, programOf } from './program';
import { type Reading, Readings } from './readings';
import type { Scenario, Site } from './scenario';
import { type Action, type Fetch, type FixupUse, spot, spotOf, type State, bounds, shapeKey, type Wrong } from './state';
import { equivalent, numberOf, outcomeOf, type VersionOutcomes, versionOutcomes } from './versions';
import type { CheckHost, ViolationKind } from './verdict';

export interface Found {
  readonly wrong: Wrong;
  /** From the start to the action that goes wrong. `state` is the one after the action; of the last, the one that it goes wrong in. */
  readonly path: readonly { readonly action: Action; readonly state: State }[];
}

export interface SearchResult {
  readonly states: number;
  readonly found: ReadonlyMap<ViolationKind, Found>;
  /** A late pass that is not the `to` version, or null: `effective` holds (if the protocol names a `to`). */
  readonly ineffective: Found | null;
  /** What was hit, or null: everything was explored. */
  readonly limit: string | null;
  readonly program: Program;
}

export interface SearchOptions {
  readonly maxStates: number;
  readonly freshPass: boolean;
  /** Stop at the first violation: enough to know that a rung is too low. */
  readonly firstOnly: boolean;
  /** Tell paths apart by how far the patcher must have come, so that the first one found is a shortest. */
  readonly shortest: boolean;
  readonly effective: boolean;
}

interface Node { readonly state: State; readonly parent: number; readonly action: Action; readonly cost: number; readonly progress: number }
/** What a pass carries along inside one instruction. */
interface Hand { readonly views: HartViews; readonly order: Order; readonly fetched: MessageSet; readonly loads: readonly MessageSet[]; /** Some load did not see the newest value: it will, in the end. */ readonly stale: boolean }

class Unsupported extends Error {}

export function search(scenario: Scenario, rules: MemoryRules, options: SearchOptions, host: CheckHost): SearchResult {
  return new Search(scenario, rules, options, host).run();
}

class Search {
  readonly #layout: Layout;
  readonly #program: Program;
  readonly #readings: Readings;
  readonly #harts: Harts;
  readonly #passes: readonly Pass<Hand>[];
  readonly #versions: readonly VersionOutcomes[][];
  readonly #images: readonly { readonly address: bigint; readonly bytes: Uint8Array; readonly version: number }[][];
  readonly #forbids: boolean;
  readonly #any: boolean;

  readonly #nodes: Node[] = [];
  /** By shape: the states none of which allows all that another does. */
  readonly #alike = new Map<string, { readonly id: number; readonly bounds: readonly MessageSet[] }[]>();
  readonly #superseded = new Set<number>();
  readonly #queue: number[][] = [];
  readonly #edges: { from: number; to: number }[] = [];
  #loops = false;
  readonly #found = new Map<ViolationKind, Found>();
  #ineffective: Found | null = null;

  constructor(readonly scenario: Scenario, readonly rules: MemoryRules, readonly options: SearchOptions, readonly host: CheckHost) {
    this.#layout = new Layout(scenario);
    this.#program = programOf(scenario, rules);
    this.#readings = new Readings(this.#layout, this.#program, rules);
    this.#harts = new Harts(this.#program, rules);
    this.#passes = scenario.sites.map((site) => new Pass(this.#layout, site, this.#memory()));
    this.#versions = scenario.sites.map((site) => versionOutcomes(this.#layout, site));
    this.#images = scenario.sites.map((site) => imagesOf(site, this.#program));
    this.#forbids = scenario.forbids.length > 0;
    this.#any = scenario.executors.count === 'any';
  }

  run(): SearchResult {
    let limit = this.#versions.flat().find(({ problem }) => problem !== null)?.problem ?? null;
    if (limit === null)
      try {
        limit = this.#explore();
      } catch (error) {
        if (!(error instanceof Unsupported) && !(error instanceof Error && error.name === 'TermTooDeep')) throw error;
        limit = error.message;
      }
    return {
      states: this.#nodes.length, found: this.#found, ineffective: this.#ineffective, limit, program: this.#program,
    };
  }

  #explore(): string | null {
    this.scenario.sites.forEach((site, index) => {
      this.#starts(site, index);
    });
    let done = 0;
    for (let cost = 0; cost < this.#queue.length; cost++) {
      const bucket = this.#queue[cost] ?? [];
      for (const id of bucket) {
        if (this.#superseded.has(id)) continue;
        if (this.options.firstOnly && this.#found.size > 0) return null;
        if (this.#nodes.length > this.options.maxStates) return `limit of ${this.options.maxStates.toLocaleString('en-US')} states`;
        if (++done % 256 === 0) {
          const stop = this.host.interrupt?.(this.#nodes.length) ?? null;
          if (stop !== null) return stop;
        }
        this.#expand(id);
      }
      this.#queue[cost] = [];
    }
    if (this.#loops) this.#findHangs();
    return null;
  }

  // ---- starts ---------------------------------------------------------------------------------------------------

  #starts(site: Site, index: number): void {
    const { count } = this.scenario.executors;
    const begin = (state: Pick<State, 'place' | 'remote' | 'patcher'> & { late: boolean; idle: boolean }, action: Action, progress: number): void => {
      this.#push(
        {
          order: this.#program.order, site: index, thread: enter(site), versions: -1, last: '', others: [], carried: none, ...state,
        },
        -1, action, 0, progress,
      );
    };
    const last = this.options.freshPass ? this.#program.rendezvous.length : 0;
    const lates = this.options.effective && this.options.freshPass && site.to !== null ? [false, true] : [false];
    if (count !== 0)
      for (let taken = 0; taken <= last; taken++) {
        const hart = this.#harts.fresh(taken);
        if (hart === null) continue;
        for (const late of lates) {
          const views = late ? this.#harts.lateViews(hart.views, this.#program.order) : hart.views;
          if (views === null) continue;
          begin(
            { place: 'remote', remote: { views, taken }, patcher: null, late, idle: !this.options.freshPass },
            { kind: 'start', place: 'remote', taken, q: -1, late },
            Math.max(this.#progressOf(taken), late ? this.#program.end : 0),
          );
        }
      }
    if (!this.#any) return;
    for (let q = 0; q <= (this.options.freshPass ? this.#program.end : 0); q++) {
      if (!this.#harts.open(q)) continue;
      const views = this.#program.boundary[q];
      if (views === undefined) continue;
      for (const late of q === this.#program.end ? lates : [false]) {
        const its = late ? this.#harts.lateViews(views, this.#program.order) : views;
        if (its === null) continue;
        begin(
          { place: 'patcher', remote: null, patcher: { views: its, q }, late, idle: !this.options.freshPass },
          { kind: 'start', place: 'patcher', taken: -1, q, late },
          q,
        );
      }
    }
  }

  /** How far the patcher must have come for a hart to have taken so many rendezvous. */
  #progressOf(taken: number): number {
    const meeting = this.#program.rendezvous[taken - 1];
    return meeting === undefined ? 0 : meeting.kind === 'park' ? meeting.waitMicro : meeting.sendMicro + 1;
  }

  // ---- moves ----------------------------------------------------------------------------------------------------

  #expand(id: number): void {
    const node = this.#nodes[id];
    if (node === undefined) return;
    const { state } = node;
    if (state.place === 'out') {
      this.#resume(id, state);
      return;
    }
    const { preemptible, masked } = this.scenario.executors;
    const { thread } = state;
    const atEntry = state.idle || (thread.pc === this.scenario.sites[state.site]?.address && thread.registers.size === 0 && thread.stores.length === 0);
    const open = !masked || state.idle;
    if (state.idle) this.#idle(id, state);
    if (!(state.idle && state.remote && this.#harts.parked(state.remote))) this.#step(id, state);
    if (state.place === 'remote' && state.remote) {
      const meeting = this.#program.rendezvous[state.remote.taken];
      // At the first instruction of a fresh pass an answer makes the same hart as a later start does.
      if (meeting?.kind === 'sync' && (open || meeting.firmware) && !state.idle) this.#rendezvous(id, state, state.remote);
    }
    if (state.idle) return;
    if (!masked && this.scenario.fixups.length > 0) this.#interrupt(id, state);
    if (preemptible && !masked && !(atEntry && this.options.freshPass)) this.#switchOut(id, state);
  }

  /** Between passes: the hart answers, or the patcher goes on. */
  #idle(id: number, state: State): void {
    if (state.place === 'remote' && state.remote) {
      const next = this.#harts.take(state.order, state.remote);
      if (next) this.#push({ ...state, order: next.order, remote: next.hart }, id, { kind: 'rendezvous', index: state.remote.taken, fixup: null }, 1, this.#progressOf(next.hart.taken));
    } else if (state.patcher && state.patcher.q < this.#program.end) {
      const next = this.#harts.advance(state.order, state.patcher, state.patcher.q + 1);
      if (next) this.#push({ ...state, order: next.order, patcher: next.hart }, id, { kind: 'patcher', q: next.hart.q }, 0, next.hart.q);
    }
  }

  /** Every way in which the next instruction can be fetched and run. */
  #step(id: number, state: State): void {
    const views = viewsOf(state);
    const pass = this.#passes[state.site];
    if (views === null || pass === undefined) return;
    if (state.place === 'patcher' && state.patcher && !this.#harts.open(state.patcher.q)) return;
    const { thread } = state;
    if (thread.holding) {
      for (const step of pass.return(thread, { views, order: state.order, fetched: none, loads: [], stale: false }))
        this.#follow(id, { ...state, idle: false }, step, { kind: 'return' }, 0);
      return;
    }
    for (const { bytes, fetches, after, order } of this.#fetch(state.order, views, thread.pc)) {
      const here = withViews({ ...state, order, idle: false }, after);
      const progress = Math.max(0, ...fetches.map(({ reading }) => this.#micro(reading.seen)));
      const action: Action = { kind: 'step', address: thread.pc, bytes: bytes ?? new Uint8Array(), fetches, loads: [] };
      if (bytes === null) {
        this.#report(id, here, action, { code: 'wild-jump', address: thread.pc, reason: 'there is no declared code', exit: null }, progress);
        continue;
      }
      const wrong = this.#before(here, bytes);
      if (wrong !== null) {
        this.#report(id, here, action, wrong, progress);
        continue;
      }
      const site = this.#layout.siteAt(thread.pc);
      const known = site === this.scenario.sites[state.site] ? this.#versionsWith(state.site, thread.pc, bytes) : -1;
      const next: State = {
        ...here, versions: here.versions & known, last: this.#forbids ? spot(thread.pc, bytes) : '',
      };
      const post = fetches.reduce((all, { reading }) => all | reading.post, none);
      for (const step of pass.execute(thread, bytes, { views: after, order, fetched: post, loads: [], stale: false })) {
        const loads = 'hart' in step ? step.hart.loads : [];
        this.#follow(id, next, step, { ...action, loads }, Math.max(progress, ...loads.map((seen) => this.#micro(seen))));
      }
    }
  }

  /** What an executed instruction leads to. */
  #follow(id: number, state: State, step: PassStep<Hand>, action: Action, progress: number): void {
    switch (step.kind) {
      case 'unsupported':
        throw new Unsupported(step.what);
      case 'fault': {
        const bytes = action.kind === 'step' ? action.bytes : new Uint8Array();
        this.#report(id, state, action, { code: step.code, bytes, address: state.thread.pc, reason: step.reason }, progress);
        return;
      }
      case 'next': {
        const next = withViews({ ...state, thread: step.thread, order: step.hart.order }, step.hart.views);
        if (step.thread.pc <= state.thread.pc) this.#loops = true;
        const to = this.#push(next, id, action, 1, progress);
        if (to >= 0 && !step.hart.stale) this.#edges.push({ from: id, to });
        return;
      }
      case 'exit':
        this.#leave(id, withViews({ ...state, thread: step.thread, order: step.hart.order }, step.hart.views), step, action, progress);
        return;
    }
  }

  /** The pass is over: was it one of the versions? */
  #leave(id: number, state: State, step: Extract<PassStep<Hand>, { kind: 'exit' }>, action: Action, progress: number): void {
    const site = this.scenario.sites[state.site];
    const versions = this.#versions[state.site];
    if (site === undefined || versions === undefined) return;
    const { exit } = step;
    const outcome = outcomeOf(site, step.thread, exit);
    const address = action.kind === 'step' ? action.address : state.thread.pc;
    if (exit.kind === 'undeclared' || !equivalent(outcome, versions, null)) {
      // A jump to nowhere that one version's own instructions make is the version's fault; otherwise two were mixed.
      const wild = (exit.kind === 'undeclared' || exit.kind === 'unknown') && state.versions !== 0;
      this.#report(
        id, state, action,
        wild
          ? { code: 'wild-jump', address, reason: exit.kind === 'undeclared' ? 'nothing is declared there' : 'its target is unknown', exit }
          : { code: 'mixed', exit, address },
        progress,
      );
      return;
    }
    if (state.late && this.#ineffective === null && !equivalent(outcome, versions, site.to) && this.#possible(state))
      this.#ineffective = { wrong: { code: 'mixed', exit, address }, path: this.#path(id, action, state) };
    if (!this.options.freshPass) this.#push({ ...state, thread: enter(site), idle: true, versions: -1, last: '' }, id, action, 1, progress);
  }

  /** The hart takes the next interrupt of the protocol in the middle of the pass. */
  #rendezvous(id: number, state: State, remote: Remote): void {
    const meeting = this.#program.rendezvous[remote.taken];
    const next = this.#harts.take(state.order, remote);
    if (next === null || meeting === undefined) return;
    const progress = this.#progressOf(remote.taken + 1);
    const after: State = reclosed({ ...state, remote: next.hart }, next.order);
    if (meeting.firmware) this.#push(after, id, { kind: 'rendezvous', index: meeting.index, fixup: null }, 1, progress);
    else this.#trapReturn(id, after, (fixup) => ({ kind: 'rendezvous', index: meeting.index, fixup }), progress, true);
  }

  /** Any other interrupt: it matters only where the trap-return path may change sepc. */
  #interrupt(id: number, state: State): void {
    this.#trapReturn(id, state, (fixup) => ({ kind: 'interrupt', fixup }), 0, false);
  }

  #switchOut(id: number, state: State): void {
    const views = viewsOf(state);
    if (views === null) return;
    const { migrating, count } = this.scenario.executors;
    const carried = released(views);
    if (this.#any && migrating) {
      // The hart that it leaves is not looked at again: what it still owes is settled now.
      const order = state.place === 'remote' && state.remote ? this.#harts.settle(state.order, state.remote) : state.order;
      if (order === null) return;
      const left = reclosed({ ...state, place: 'out', remote: null, carried }, order);
      this.#push({ ...left, carried: close(order, carried) }, id, { kind: 'switch-out' }, 1, 0);
      return;
    }
    const keep = migrating && typeof count === 'number' && count > 1;
    const after: State = { ...state, place: 'out', carried, others: keep && state.remote ? [...state.others, state.remote] : state.others };
    this.#push({ ...after, remote: keep ? null : state.remote, patcher: state.patcher }, id, { kind: 'switch-out' }, 1, 0);
  }

  /** Where a thread that is out may go on. */
  #resume(id: number, state: State): void {
    const { migrating, count } = this.scenario.executors;
    const on = (hart: Remote, order: Order, others: readonly Remote[], same: boolean): void => {
      if (this.#harts.parked(hart)) return;
      const views = afterAcquire(this.rules, hart.views, close(order, state.carried));
      const resumed = reclosed({ ...state, place: 'remote', remote: { ...hart, views }, others, carried: none }, order);
      this.#trapReturn(id, resumed, (fixup) => ({ kind: 'switch-in', place: 'remote', same, taken: hart.taken, q: -1, fixup }), this.#progressOf(hart.taken), true);
    };
    const onwards = (hart: Remote, others: readonly Remote[], same: boolean): void => {
      for (let at: { order: Order; hart: Remote } | null = { order: state.order, hart }; at !== null; at = this.#harts.take(at.order, at.hart))
        on(at.hart, at.order, others, same);
    };
    if (migrating && (this.#any || state.others.length < Number(count)))
      for (let taken = 0; taken <= this.#program.rendezvous.length; taken++) {
        const hart = this.#harts.fresh(taken);
        if (hart) on(hart.views.vI === none ? hart : { ...hart, views: recloseViews(state.order, hart.views) }, state.order, state.others, false);
      }
    if (migrating && !this.#any) for (const other of state.others) onwards(other, state.others.filter((it) => it !== other), true);
    if (state.remote) onwards(state.remote, state.others, true);
    if (this.#any && (migrating || state.patcher !== null)) this.#resumeOnPatcher(id, state);
  }

  #resumeOnPatcher(id: number, state: State): void {
    const from = state.patcher?.q ?? 0;
    for (let q = from; q <= this.#program.end; q++) {
      if (!this.#harts.open(q)) continue;
      const boundary = this.#program.boundary[q];
      const at = state.patcher
        ? this.#harts.advance(state.order, state.patcher, q)
        : boundary && { order: state.order, hart: { q, views: recloseViews(state.order, boundary) } };
      if (!at) return;
      const views = afterAcquire(this.rules, at.hart.views, close(at.order, state.carried));
      const resumed = reclosed({ ...state, place: 'patcher', remote: null, patcher: { q, views }, carried: none }, at.order);
      this.#trapReturn(id, resumed, (fixup) => ({ kind: 'switch-in', place: 'patcher', same: state.patcher !== null, taken: -1, q, fixup }), q, true);
    }
  }

  /** The trap returns: fix-ups read the instruction at sepc as data, two bytes and then two more. */
  #trapReturn(id: number, state: State, action: (fixup: FixupUse | null) => Action, progress: number, always: boolean): void {
    const { pc } = state.thread;
    const views = viewsOf(state);
    const candidates = state.thread.holding
      ? []
      : this.scenario.fixups.filter(({ addresses }) => (addresses === null ? this.#layout.siteAt(pc) !== null : addresses.includes(pc)));
    if (candidates.length === 0 || views === null) {
      if (always) this.#push(state, id, action(null), 1, progress);
      return;
    }
    for (const { bytes, seen, views: after, order, stale } of this.#readAtSepc(state.order, views, pc)) {
      const fixup = candidates.find(({ patterns }) => patterns.length === 0 || patterns.some((pattern) => pattern.length === bytes.length && ((wordOf(bytes) & pattern.mask) >>> 0) === pattern.match));
      const use: FixupUse = { fixup: fixup ?? (candidates[0] as FixupUse['fixup']), address: pc, bytes, stale, applied: fixup !== undefined };
      const reached = Math.max(progress, this.#micro(seen));
      const back = reclosed(withViews(state, after), order);
      if (fixup === undefined) {
        if (always) this.#push(back, id, action(use), 1, reached);
        continue;
      }
      const target = BigInt.asUintN(this.scenario.machine.isa.xlen, pc + fixup.sepcDelta);
      if (this.#layout.executable(target)) this.#push({ ...back, thread: { ...back.thread, pc: target } }, id, action(use), 1, reached);
      else this.#report(id, back, action(use), { code: 'wild-jump', address: target, reason: 'the trap-return fix-up leads there', exit: null }, reached);
    }
  }

  *#readAtSepc(order: Order, views: HartViews, pc: bigint): Iterable<{ bytes: number[]; seen: MessageSet; views: HartViews; order: Order; stale: boolean }> {
    const half = (from: { order: Order; views: HartViews }, address: bigint): { reading: Reading; views: HartViews }[] =>
      this.#readings.of(from.order, address, 2, readBound(this.rules, from.views, none), from.views.coh).map((reading) => ({
        reading,
        views: afterRead(this.rules, recloseViews(reading.order, from.views), none, reading.seen, reading.post, false),
      }));
    const isStale = (reading: Reading, address: bigint): boolean => reading.seen !== this.#readings.over(address, 2);
    for (const low of half({ order, views }, pc)) {
      const first = low.reading.bytes.map((byte) => byte ?? 0);
      if (((first[0] ?? 0) & 3) !== 3) {
        yield { bytes: first, seen: low.reading.seen, views: low.views, order: low.reading.order, stale: isStale(low.reading, pc) };
        continue;
      }
      for (const high of half({ order: low.reading.order, views: low.views }, pc + 2n))
        yield {
          bytes: [...first, ...high.reading.bytes.map((byte) => byte ?? 0)],
          seen: low.reading.seen | high.reading.seen,
          views: high.views,
          order: high.reading.order,
          stale: isStale(low.reading, pc) || isStale(high.reading, pc + 2n),
        };
    }
  }

  // ---- fetch ----------------------------------------------------------------------------------------------------

  /** Every instruction that may be fetched at pc. `bytes` is null where nothing is declared. */
  *#fetch(order: Order, views: HartViews, pc: bigint): Iterable<{ bytes: Uint8Array | null; fetches: Fetch[]; after: HartViews; order: Order }> {
    const first = this.rules.ziccif ? 4 - Number(pc % 4n) : 2;
    for (const one of this.#unit(order, views, pc, first)) {
      const [b0, b1, b2, b3] = one.reading.bytes;
      const fetches = [{ address: pc, size: first, reading: one.reading }];
      if (b0 == null || b1 == null) yield { bytes: null, fetches, after: one.views, order: one.reading.order };
      else if ((b0 & 3) !== 3) yield { bytes: Uint8Array.of(b0, b1), fetches, after: one.views, order: one.reading.order };
      else if (first === 4)
        yield { bytes: b2 == null || b3 == null ? null : Uint8Array.of(b0, b1, b2, b3), fetches, after: one.views, order: one.reading.order };
      else
        for (const two of this.#unit(one.reading.order, one.views, pc + 2n, this.rules.ziccif ? 4 : 2)) {
          const [c0, c1] = two.reading.bytes;
          yield {
            bytes: c0 == null || c1 == null ? null : Uint8Array.of(b0, b1, c0, c1),
            fetches: [...fetches, { address: pc + 2n, size: this.rules.ziccif ? 4 : 2, reading: two.reading }],
            after: two.views,
            order: two.reading.order,
          };
        }
    }
  }

  #unit(order: Order, views: HartViews, address: bigint, size: number): { reading: Reading; views: HartViews }[] {
    return this.#readings.of(order, address, size, views.vI, none).map((reading) => ({
      reading,
      views: afterFetch(this.rules, reading.order === order ? views : recloseViews(reading.order, views), reading.post),
    }));
  }

  /** What is wrong with executing these bytes here, before anything else is asked. */
  #before(state: State, bytes: Uint8Array): Wrong | null {
    const { pc } = state.thread;
    const here = spot(pc, bytes);
    for (const { first, then, text } of this.scenario.forbids)
      if (state.last !== '' && first.some((one) => spotOf(one) === state.last) && then.some((one) => spotOf(one) === here)) return { code: 'forbidden', text };
    const touches = this.scenario.sites.findIndex((site) => pc < site.address + BigInt(site.size) && site.address < pc + BigInt(bytes.length));
    if (touches >= 0 && !(this.#images[touches] ?? []).some((image) => contains(image, pc, bytes))) return { code: 'torn', bytes, address: pc };
    return null;
  }

  #versionsWith(site: number, pc: bigint, bytes: Uint8Array): number {
    let set = 0;
    for (const image of this.#images[site] ?? []) if (image.version >= 0 && contains(image, pc, bytes)) set |= 1 << image.version;
    return set;
  }

  #memory(): PassMemory<Hand> {
    return {
      load: (hand, address, size, addressView) => {
        const bound = readBound(this.rules, hand.views, addressView) | hand.fetched;
        return this.#readings.of(hand.order, address, size, bound, hand.views.coh).map((reading) => ({
          value: numberOf(reading.bytes.map((byte) => byte ?? 0)),
          view: reading.post,
          hart: {
            ...hand,
            order: reading.order,
            views: afterRead(this.rules, recloseViews(reading.order, hand.views), addressView, reading.seen, reading.post, false),
            loads: [...hand.loads, reading.seen],
            stale: hand.stale || reading.seen !== this.#readings.over(address, size),
          },
        }));
      },
      own: (hand, access, operands) => {
        const { views } = hand;
        if (access === 'read') {
          const post = readBound(this.rules, views, operands) | hand.fetched;
          return { view: post, hart: { ...hand, views: afterRead(this.rules, views, operands, none, post, false) } };
        }
        const post = writeBound(this.rules, views, operands | hand.fetched, false);
        return { view: post, hart: { ...hand, views: afterWrite(views, none, post) } };
      },
      fence: (hand, { pred, succ, tso }) => ({ ...hand, views: afterFence(hand.views, pred, succ, tso) }),
      fenceI: (hand) => ({ ...hand, views: afterFenceI(this.rules, hand.views) }),
      branch: (hand, operands) => ({ ...hand, views: afterBranch(hand.views, operands) }),
    };
  }

  // ---- bookkeeping ----------------------------------------------------------------------------------------------

  /** One past the latest micro-operation that wrote one of these. */
  #micro(seen: MessageSet): number {
    return Math.max(0, ...members(seen).map((id) => (this.#program.messages[id]?.micro ?? -1) + 1));
  }

  /**
   * Adds a state unless no global order can contain it, or a known one allows all that it allows. Returns the number
   * of the state that stands for it, or -1.
   */
  #push(state: State, parent: number, action: Action, steps: number, progress: number): number {
    if (state.place !== 'patcher' && state.remote && !this.#harts.canAnswer(state.remote)) return -1;
    if (state.patcher && !this.#harts.canStore(state.patcher)) return -1;
    const before = this.#nodes[parent];
    const reached = Math.max(before?.progress ?? 0, progress);
    const cost = (before?.cost ?? 0) + steps + (reached - (before?.progress ?? 0));
    const key = shapeKey(state);
    const its = bounds(state);
    const alike = this.#alike.get(key);
    if (alike === undefined) this.#alike.set(key, [{ id: this.#nodes.length, bounds: its }]);
    else {
      for (const other of alike) {
        const node = this.#nodes[other.id];
        if (node && this.#allows(node, other.bounds, state.order, its, cost, reached)) return other.id;
      }
      const id = this.#nodes.length;
      const kept = alike.filter((other) => {
        const node = this.#nodes[other.id];
        if (!node || !this.#allows({ state, cost, progress: reached }, its, node.state.order, other.bounds, node.cost, node.progress)) return true;
        this.#superseded.add(other.id);
        return false;
      });
      kept.push({ id, bounds: its });
      this.#alike.set(key, kept);
    }
    const id = this.#nodes.push({ state, parent, action, cost, progress: reached }) - 1;
    this.#enqueue(id, cost);
    return id;
  }

  /** Does the first state allow all that the second does, and (for shortest traces) at no higher cost? */
  #allows(
    first: Pick<Node, 'state' | 'cost' | 'progress'>, low: readonly MessageSet[], order: Order, high: readonly MessageSet[], cost: number, progress: number,
  ): boolean {
    if (this.options.shortest && (first.cost > cost || first.cost - first.progress > cost - progress)) return false;
    for (let i = 0; i < low.length; i++) {
      const a = low[i] ?? none;
      const b = high[i] ?? none;
      if (a !== b && (a & ~b) !== none) return false;
    }
    return weakerOrder(first.state.order, order);
  }

  #enqueue(id: number, cost: number): void {
    let bucket = this.#queue[cost];
    if (bucket === undefined) {
      for (let c = this.#queue.length; c <= cost; c++) this.#queue.push([]);
      bucket = this.#queue[cost] ?? [];
    }
    bucket.push(id);
  }

  /** Can everything that is still owed be done, in some global order? Only then has this happened. */
  #possible(state: State): boolean {
    let order: Order | null = state.order;
    if (state.remote) order = this.#harts.settle(order, { ...state.remote, views: recloseViews(order, state.remote.views) });
    for (const other of state.others) order = order && this.#harts.settle(order, { ...other, views: recloseViews(order, other.views) });
    if (state.patcher) order = order && this.#harts.settlePatcher(order, { ...state.patcher, views: recloseViews(order, state.patcher.views) });
    return order !== null;
  }

  #report(id: number, state: State, action: Action, wrong: Wrong, _progress: number): void {
    if (state.late) {
      if (this.#ineffective === null && this.#possible(state)) this.#ineffective = { wrong, path: this.#path(id, action, state) };
      return;
    }
    if (this.#found.has(wrong.code) || !this.#possible(state)) return;
    this.#found.set(wrong.code, { wrong, path: this.#path(id, action, state) });
  }

  #path(id: number, action: Action, state: State): Found['path'] {
    const path: { action: Action; state: State }[] = [{ action, state }];
    for (let at = this.#nodes[id]; at !== undefined; at = this.#nodes[at.parent]) path.push({ action: at.action, state: at.state });
    return path.reverse();
  }

  /** Loops of instructions alone that nothing can end any more. */
  #findHangs(): void {
    for (const id of findCycles(this.#nodes.length, this.#edges)) {
      const node = this.#nodes[id];
      if (node === undefined || node.state.late) continue;
      const { state } = node;
      const { preemptible, masked } = this.scenario.executors;
      const meeting = state.remote ? this.#program.rendezvous[state.remote.taken] : undefined;
      const interruptible = state.place === 'remote'
        ? meeting !== undefined && (meeting.firmware || (!masked && (meeting.kind === 'sync' || preemptible)))
        : state.patcher !== null && state.patcher.q < this.#program.end && preemptible && !masked;
      if (interruptible) continue;
      this.#report(node.parent, state, node.action, { code: 'hang', address: state.thread.pc }, 0);
      return;
    }
  }
}

const viewsOf = (state: State): HartViews | null =>
  (state.place === 'remote' ? state.remote?.views : state.place === 'patcher' ? state.patcher?.views : null) ?? null;

function withViews(state: State, views: HartViews): State {
  if (state.place === 'remote' && state.remote) return { ...state, remote: { ...state.remote, views } };
  if (state.place === 'patcher' && state.patcher) return { ...state, patcher: { ...state.patcher, views } };
  return state;
}

/** The state under an order that may have grown: all views are closed again. */
function reclosed(state: State, order: Order): State {
  if (order === state.order) return state;
  const thread: Thread = state.thread.views.size === 0
    ? state.thread
    : { ...state.thread, views: new Map([...state.thread.views].map(([register, view]) => [register, close(order, view)])) };
  return {
    ...state, order, thread,
    remote: state.remote && { ...state.remote, views: recloseViews(order, state.remote.views) },
    others: state.others.map((other) => ({ ...other, views: recloseViews(order, other.views) })),
    patcher: state.patcher && { ...state.patcher, views: recloseViews(order, state.patcher.views) },
    carried: close(order, state.carried),
  };
}

/** What may legitimately stand at a site's addresses: versions, and whatever a patcher writes as an instruction. */
function imagesOf(site: Site, program: Program): { address: bigint; bytes: Uint8Array; version: number }[] {
  const images = site.versions.flatMap((version, index) =>
    runs(version.instructions.map(({ address, bytes }) => ({ address, bytes }))).map((run) => ({ ...run, version: index })),
  );
  for (const operation of program.operations)
    if (operation.kind === 'store' && operation.target === 'code') {
      images.push({ address: operation.address, bytes: operation.bytes, version: -1 });
      for (const { address, bytes } of operation.instructions) images.push({ address, bytes, version: -1 });
    }
  return images;
}

/** Adjacent pieces joined. */
function runs(pieces: readonly { address: bigint; bytes: Uint8Array }[]): { address: bigint; bytes: Uint8Array }[] {
  const out: { address: bigint; bytes: Uint8Array }[] = [];
  for (const piece of [...pieces].sort((a, b) => (a.address < b.address ? -1 : 1))) {
    const last = out.at(-1);
    if (last && last.address + BigInt(last.bytes.length) === piece.address) last.bytes = Uint8Array.of(...last.bytes, ...piece.bytes);
    else out.push({ ...piece });
  }
  return out;
}

/** Does the second order decide all that the first does? */
function weakerOrder(first: Order, second: Order): boolean {
  if (first === second) return true;
  return first.below.every((set, message) => (set & ~(second.below[message] ?? none)) === none);
}

function contains(image: { readonly address: bigint; readonly bytes: Uint8Array }, address: bigint, bytes: Uint8Array): boolean {
  const start = Number(address - image.address);
  if (start < 0 || start + bytes.length > image.bytes.length) return false;
  return bytes.every((byte, i) => image.bytes[start + i] === byte);
}
