import type { Scenario } from '../../server/src/checker/scenario';
import type { ViolationKind } from '../../server/src/checker/verdict';
import { equivalent, targetsOf } from './equivalence';
import { Memory } from './memory';
import {
  type Access,
  arrive,
  beginPass,
  comeBack,
  type Exit,
  endsAtBreakpoint,
  execute,
  executeCopy,
  goesRound,
  type Pass,
  type Performed,
  passKey,
  type SharedMemory,
  type Step,
  staysAt,
} from './pass';
import { Patcher, withHart } from './patcher';
import { NotModelled, type Program, poison, programOf, type Stop, sparesOf } from './program';
import { type HartState, initialState, Passes, type Slot, type State } from './state';
import { handlersAt, type Look } from './trap';
import { World } from './world';

/** A fixed machine for a scenario that may leave the number open. */
export interface Machine {
  /** Executor harts beside the patcher's. */
  readonly harts: number;
  /** Harts beside these that come online while the protocol runs. */
  readonly later?: number;
  /** Passes in progress at one time. */
  readonly threads: number;
  /** Passes also run on the patcher's hart. */
  readonly onPatcher: boolean;
}

/** Something that a step shows: a violation, or a late pass that is not the `to` version. */
export interface Finding {
  readonly kind: ViolationKind | 'not effective';
  readonly why: string;
}
export interface Transition {
  readonly text: string;
  readonly state: State;
  readonly findings: readonly Finding[];
}

/** All steps of all harts from any state: the machine of docs/semantics.md, with nothing reduced. */
export class Interleavings {
  private readonly world: World;
  private readonly program: Program;
  private readonly memory: Memory;
  private readonly patcher: Patcher;
  private readonly passes = new Passes();
  /** What a pass may do when it executes these bytes without reading shared memory. */
  private readonly executed = new Map<string, readonly Step[]>();
  /** How many of the harts beside the patcher's run passes. */
  private readonly executing: number;
  private readonly harts: number;
  /** By address: where a thread that stays may find that it was freed. */
  private readonly freed: ReadonlySet<bigint>;
  private readonly judged = new Map<string, readonly string[]>();
  /** The versions that are to retire, each with what it jumps to. */
  private readonly retiring: readonly { readonly version: string; readonly targets: readonly bigint[] }[];

  constructor(
    private readonly scenario: Scenario,
    private readonly machine: Machine,
  ) {
    const { fetch } = scenario.machine;
    if (!fetch.decodeW && !fetch.decode) throw new NotModelled("a fetch that reads past its hart's own later store");
    this.world = new World(scenario);
    this.executing = machine.harts + (machine.later ?? 0);
    const spares = sparesOf(scenario.patchers.flatMap(({ operations }) => operations));
    this.program = programOf(scenario, this.executing + spares);
    this.freed = new Set(
      this.program.micros.flatMap((micro) =>
        micro.kind === 'store' && micro.payload.kind === 'bytes' && micro.payload.bytes.includes(poison)
          ? [micro.payload.address]
          : [],
      ),
    );
    this.memory = new Memory(this.world, this.program, scenario);
    this.patcher = new Patcher(scenario, this.program, this.memory, this.executing > 0 || machine.onPatcher);
    this.harts = this.executing + spares;
    this.retiring = scenario.sites.flatMap((site) =>
      site.versions
        .filter(({ name }) => site.to !== null && name !== site.to)
        .map((version) => ({ version: version.name, targets: targetsOf(this.world, site, version) })),
    );
  }

  initial(): State {
    const { harts, threads } = this.machine;
    const later = (hart: number): boolean => hart > harts && hart <= this.executing;
    // The last slot is for the patcher's own passes.
    return initialState(this.harts, later, threads + 1, this.program.stops.length);
  }

  /** The patcher has done everything that its protocol says. */
  finished(state: State): boolean {
    return state.end !== null;
  }

  /** The versions in which some thread still is, as `retires` means it: in its pass, or in what the version jumps to. */
  heldVersions(state: State): string[] {
    return state.slots.flatMap((slot) => {
      if (slot === null || slot.own !== null) return [];
      const { retired, pc, held } = this.passes.at(slot.pass);
      const inside = this.retiring.filter(({ targets }) =>
        targets.some((target) => (held === null ? this.world.sameCode(pc, target) : pc === target)),
      );
      return [...retired, ...inside.map(({ version }) => version)];
    });
  }

  *transitions(state: State): Generator<Transition> {
    for (const { text, state: next } of this.patcher.commits(state)) yield { text, state: next, findings: [] };
    for (const [index, hart] of state.harts.entries()) {
      if (index === 0 && hart.slot === null) {
        const next = this.patcherStep(state);
        if (next !== null) yield this.quiet(`patcher: ${this.program.micros[state.at]?.text ?? ''}`, next);
      }
      yield* this.interrupts(state, index, hart);
      if (hart.slot === null) yield* this.idle(state, index, hart);
      else yield* this.running(state, index, hart, hart.slot);
    }
  }

  private patcherStep(state: State): State | null {
    const micro = this.program.micros[state.at];
    const own = state.harts[0];
    if (micro?.kind !== 'run' || own === undefined) return this.patcher.step(state);
    const slot: Slot = {
      pass: this.passes.numberOf(beginPass(micro.site)),
      late: false,
      handler: false,
      own: micro.versions,
      hart: 0,
      home: 0,
      handles: false,
      view: 0,
      behind: [],
    };
    const number = this.machine.threads;
    return withSlot(withHart({ ...state, at: state.at + 1 }, 0, { ...own, slot: number }), number, slot);
  }

  private quiet(text: string, state: State): Transition {
    const harts = state.harts.map((hart) => this.memory.normal(hart));
    return {
      text,
      state: harts.every((hart, i) => hart === state.harts[i]) ? state : { ...state, harts },
      findings: [],
    };
  }

  private slotOf(state: State, index: number): Slot {
    const slot = state.slots[index];
    if (slot === null || slot === undefined) throw new Error(`no pass ${index}`);
    return slot;
  }

  private stopOf(index: number): Stop {
    const stop = this.program.stops[index];
    if (stop === undefined) throw new Error(`no stop_machine ${index}`);
    return stop;
  }

  /** Whether an S-mode interrupt may come here. */
  private interruptible(state: State, index: number, hart: HartState): boolean {
    if (hart.parked !== null && this.stopOf(hart.parked).irqsOff) return false;
    if (index === 0 && state.stop !== null && this.stopOf(state.stop).irqsOff) return false;
    if (hart.slot === null) return true;
    const slot = this.slotOf(state, hart.slot);
    return hart.trapped === null && !this.masked(slot) && !slot.handler;
  }

  /** Within a pass; whoever stays in a symbol that does not come back has left it. */
  private masked(slot: Slot): boolean {
    return this.scenario.executors.masked && this.passes.at(slot.pass).held?.link !== null;
  }

  /** Messages from the patcher that this hart may take now. */
  private *interrupts(state: State, index: number, hart: HartState): Generator<Transition> {
    const [message, ...pending] = hart.pending;
    if (message === undefined) return;
    const firmware = this.scenario.machine.ipi === 'sbi';
    if (!firmware && !this.interruptible(state, index, hart)) return;
    const sync = this.program.syncs[message.sync];
    if (sync === undefined) return;
    const post = Math.max(message.rank, hart.vI, hart.vrn);
    let after = this.memory.hasRead({ ...hart, pending }, post);
    for (const operation of sync.body) {
      after =
        operation.kind === 'fence.i'
          ? this.memory.fenceI(after)
          : this.memory.fenceReads(after, operation.pred, operation.succ, operation.tso);
    }
    const rank = state.messages.length;
    after = this.memory.hasWritten(after, rank);
    if (!firmware && hart.slot !== null && this.scenario.fixups.length > 0) after = { ...after, trapped: 'interrupt' };
    const answers = sync.async ? state.answers : state.answers.map((answer, i) => (i === index ? rank : answer));
    const disturbed = hart.slot === null ? state : this.disturbed(state, hart.slot);
    yield this.quiet(`hart ${index}: takes the message, answers`, withHart({ ...disturbed, answers }, index, after));
  }

  /** A hart that runs no pass: it may begin or resume one, stop, or be let go. */
  private *idle(state: State, index: number, hart: HartState): Generator<Transition> {
    if (!hart.online) {
      yield* this.comesOnline(state, index, hart);
      return;
    }
    const stop = index === 0 ? state.stop : hart.parked;
    const executes = index === 0 ? this.machine.onPatcher : index <= this.executing;
    if (stop === null) {
      if (executes) yield* this.begin(state, index, hart, false);
      // A thread may be bound to the hart that the patcher has left.
      if (executes || index !== 0) yield* this.resume(state, index, hart);
    } else if (!this.stopOf(stop).irqsOff && executes) yield* this.begin(state, index, hart, true);
    if (index === 0) return;
    if (hart.parked === null && this.mayStop(state, hart)) yield this.park(state, index, hart, 'stops');
    const released = hart.parked === null ? null : state.released[hart.parked];
    if (hart.parked !== null && released !== null && released !== undefined) {
      const { acquire, fenceI } = this.stopOf(hart.parked);
      let free = acquire
        ? this.memory.acquire(hart, released)
        : this.memory.hasRead(hart, Math.max(released, hart.vI, hart.vrn));
      if (fenceI) free = this.memory.fenceI(free);
      yield this.quiet(`hart ${index}: leaves stop_machine`, withHart(state, index, { ...free, parked: null }));
    }
  }

  private *comesOnline(state: State, index: number, hart: HartState): Generator<Transition> {
    if (state.stop !== null) return;
    const text = `hart ${index}: comes online`;
    const { onlineLater } = this.scenario.executors;
    if (onlineLater !== 'fence.i') {
      yield this.quiet(text, withHart(state, index, { ...hart, online: true }));
      return;
    }
    const { locked, done } = state.hotplug;
    if (locked || state.buffer.some(({ id }) => id < done && this.isMemoryStore(id))) return;
    const rank = state.messages.findLastIndex((id) => id < done) + 1;
    const started = this.memory.fenceI(this.memory.acquire({ ...hart, online: true }, rank));
    yield this.quiet(text, withHart(state, index, started));
  }

  private mayStop(state: State, hart: HartState): boolean {
    return state.stop !== null && hart.parked === null && state.released[state.stop] === null;
  }

  private park(state: State, index: number, hart: HartState, text: string): Transition {
    const rank = state.messages.length;
    const answers = state.answers.map((answer, i) => (i === index ? rank : answer));
    const parked = this.memory.hasWritten({ ...hart, parked: state.stop, slot: null, trapped: null }, rank);
    return this.quiet(`hart ${index}: ${text}`, withHart({ ...state, answers }, index, parked));
  }

  private *begin(state: State, index: number, hart: HartState, handler: boolean): Generator<Transition> {
    const { count, migrating } = this.scenario.executors;
    const free = count !== 'any' && !migrating ? index - 1 : state.slots.indexOf(null);
    if (free >= this.machine.threads || state.slots[free] !== null) return;
    for (const site of this.scenario.sites) {
      for (const { reported, late } of this.beginnings(state)) {
        const slot: Slot = {
          pass: this.passes.numberOf(beginPass(site)),
          late,
          handler,
          own: null,
          hart: index,
          home: this.homeOf(index),
          handles: false,
          view: 0,
          behind: [],
        };
        const { asked } = state;
        const told = reported ? (asked?.message ?? state.told) : state.told;
        const knows = told > 0 ? this.memory.acquire(hart, told) : hart;
        const runs = { ...(late ? this.memory.acquire(knows, state.end ?? 0) : knows), slot: free };
        const awaited = asked === null || reported ? asked : { ...asked, slots: [...asked.slots, free].sort() };
        yield this.quiet(
          `hart ${index}: begins a${late ? ' late' : ''} pass`,
          withSlot(withHart({ ...state, asked: awaited }, index, runs), free, slot),
        );
      }
    }
  }

  /** A thread that is asked may begin before it reports; then it is waited for. */
  private beginnings(state: State): { readonly reported: boolean; readonly late: boolean }[] {
    return (state.asked === null ? [true] : [true, false]).flatMap((reported) =>
      (state.end === null ? [false] : [false, true]).map((late) => ({ reported, late })),
    );
  }

  /** Where that does not matter, no hart is told from another. */
  private homeOf(hart: number): number {
    const { migrating, flushing } = this.scenario.executors;
    return migrating && !flushing ? 0 : hart;
  }

  private *resume(state: State, index: number, hart: HartState): Generator<Transition> {
    for (const [i, slot] of state.slots.entries()) {
      if (slot === null || slot.hart !== null) continue;
      const { migrating, flushing } = this.scenario.executors;
      if (!migrating && slot.home !== index) continue;
      if (index !== 0 && slot.behind.length > 0) continue;
      const fixes = this.scenario.fixups.length > 0 ? ('interrupt' as const) : null;
      const trapped = slot.handles ? ('handler' as const) : fixes;
      const arrived = withHart(state, index, this.memory.acquire(hart, slot.view));
      const settled = flushing && slot.home !== index ? this.flushed(arrived, index) : arrived;
      const runs = { ...(settled.harts[index] ?? hart), slot: i, trapped };
      const resumed: Slot = {
        ...slot,
        hart: index,
        home: this.homeOf(index),
        handles: false,
        view: 0,
        behind: [],
      };
      yield this.quiet(`hart ${index}: resumes pass ${i}`, withSlot(withHart(settled, index, runs), i, resumed));
    }
  }

  private flushed(state: State, index: number): State {
    const hart = state.harts[index];
    if (index === 0) return this.patcher.fenceI(state);
    return hart === undefined ? state : withHart(state, index, this.memory.fenceI(hart));
  }

  /** The thread leaves the hart inside a trap. */
  private preempted(state: State, index: number, hart: HartState, slotIndex: number): State {
    const slot = this.slotOf(this.disturbed(state, slotIndex), slotIndex);
    const rank = state.messages.length;
    const behind = index === 0 ? state.buffer.map(({ id }) => id).filter((id) => this.isMemoryStore(id)) : [];
    const left = this.memory.hasWritten({ ...hart, slot: null, trapped: null }, rank);
    const waits: Slot = {
      ...slot,
      hart: null,
      handles: hart.trapped === 'handler',
      view: rank,
      behind,
    };
    return withSlot(withHart(state, index, left), slotIndex, waits);
  }

  /** Whoever goes round may find something else after an interrupt. */
  private disturbed(state: State, index: number): State {
    const slot = this.slotOf(state, index);
    return withSlot(state, index, {
      ...slot,
      pass: this.passes.numberOf({ ...this.passes.at(slot.pass), backward: 0 }),
    });
  }

  private isMemoryStore(id: number): boolean {
    const micro = this.program.micros[id];
    return micro?.kind === 'store' && !micro.device;
  }

  private *running(state: State, index: number, hart: HartState, slotIndex: number): Generator<Transition> {
    const slot = this.slotOf(state, slotIndex);
    const { preemptible } = this.scenario.executors;
    const irqsOff = index === 0 && state.stop !== null && this.stopOf(state.stop).irqsOff;
    if (!this.masked(slot) && !slot.handler && !irqsOff) {
      // Whoever stays in a symbol after its pass gives up its hart as it likes; a handler that has looked goes on.
      const leaves = preemptible || this.passes.at(slot.pass).held?.link === null;
      if (leaves && slot.own === null && hart.trapped !== 'breakpoint') {
        const away = this.preempted(state, index, hart, slotIndex);
        yield this.quiet(`hart ${index}: pass ${slotIndex} is preempted`, away);
        const left = away.harts[index];
        if (index !== 0 && left !== undefined && this.mayStop(state, hart))
          yield this.park(away, index, left, 'is stopped');
      }
      if (hart.trapped === null && this.scenario.fixups.length > 0) {
        const interrupted = withHart(this.disturbed(state, slotIndex), index, { ...hart, trapped: 'interrupt' });
        yield this.quiet(`hart ${index}: is interrupted`, interrupted);
      }
    }
    if (hart.trapped === 'handler') yield* this.breaks(state, index, hart, slotIndex);
    else if (hart.trapped !== null) yield* this.trapReturn(state, index, hart, slotIndex);
    else if (this.passes.at(slot.pass).held !== null) yield* this.stays(state, index, hart, slotIndex);
    else yield* this.executes(state, index, hart, slotIndex);
  }

  /** Inside a symbol, whose own code may run meanwhile. */
  private *stays(state: State, index: number, hart: HartState, slotIndex: number): Generator<Transition> {
    const slot = this.slotOf(state, slotIndex);
    const pass = this.passes.at(slot.pass);
    if (this.freed.has(pass.pc) && this.memory.fetchesMayGo(state, index)) {
      for (const fetched of this.memory.fetchParcel(state, hart, pass.pc)) {
        const why = `executes what has been freed at ${pass.pc.toString(16)}`;
        const step: Performed = fetched.bytes.includes(poison)
          ? { kind: 'violation', code: 'freed', why, access: { kind: 'none' } }
          : { kind: 'next', pass, access: { kind: 'none' } };
        yield this.arrived(state, index, fetched.hart, slotIndex, `hart ${index}: runs the called symbol`, step);
      }
    }
    const text = `hart ${index}: the called symbol returns`;
    if (pass.held?.link === null) yield this.quiet(text, this.over(state, index, hart, slotIndex));
    else yield this.quiet(text, withSlot(state, slotIndex, { ...slot, pass: this.passes.numberOf(comeBack(pass)) }));
  }

  /** The pass has ended: its hart is free, and its thread is outside. */
  private over(state: State, index: number, hart: HartState, slotIndex: number): State {
    const { asked } = state;
    const awaited = asked?.slots.includes(slotIndex) === true;
    const reported = awaited
      ? { ...asked, slots: asked.slots.filter((slot) => slot !== slotIndex), rank: state.messages.length }
      : asked;
    return withSlot(withHart({ ...state, asked: reported }, index, { ...hart, slot: null }), slotIndex, null);
  }

  private *trapReturn(state: State, index: number, hart: HartState, slotIndex: number): Generator<Transition> {
    const slot = this.slotOf(state, slotIndex);
    const pass = this.passes.at(slot.pass);
    const fixups = pass.held === null ? this.scenario.fixups : [];
    for (const { handler, context } of handlersAt(this.world, fixups, pass.pc, hart, this.look(state, index))) {
      const back: HartState = { ...context, trapped: null };
      if (handler === null) {
        yield this.quiet(`hart ${index}: returns from the trap`, withHart(state, index, back));
      } else {
        const target = BigInt.asUintN(this.scenario.machine.isa.xlen, pass.pc + handler.sepcDelta);
        const step = arrive(this.world, pass, target);
        // Who was interrupted may find something else; at a breakpoint it is the same for ever.
        const settled: Performed = {
          ...(step.kind === 'next' && hart.trapped === 'interrupt'
            ? { ...step, pass: { ...step.pass, backward: 0 } }
            : step),
          access: { kind: 'none' },
        };
        const text = `hart ${index}: returns from the trap with a fix-up`;
        yield this.arrived(state, index, back, slotIndex, text, settled);
      }
    }
  }

  /** How a trap's handler on this hart reads memory. */
  private look(state: State, index: number): Look<HartState> {
    return (hart, address, size) =>
      this.memory.readsMayGo(state, index)
        ? this.memory.read(state, index, hart, address, size, 0).map(({ bytes, hart: context }) => ({ bytes, context }))
        : [];
  }

  /** In the trap of an `ebreak`: what its handler makes of it. */
  private *breaks(state: State, index: number, trappedHart: HartState, slotIndex: number): Generator<Transition> {
    const { breakpoints, fixups, machine } = this.scenario;
    const hart: HartState = { ...trappedHart, trapped: null };
    const pass = this.passes.at(this.slotOf(state, slotIndex).pass);
    const text = `hart ${index}: handles a breakpoint at ${pass.pc.toString(16)}`;
    for (const { handler, context } of handlersAt(this.world, breakpoints, pass.pc, hart, this.look(state, index))) {
      if (handler === null) {
        yield this.arrived(state, index, context, slotIndex, text, {
          ...endsAtBreakpoint(pass),
          access: { kind: 'none' },
        });
        continue;
      }
      const { effect } = handler;
      const steps: readonly Performed[] =
        effect.kind === 'run'
          ? executeCopy(this.world, pass, effect.instruction, this.sharedBy(state, index, context, 0))
          : [
              {
                ...arrive(this.world, pass, BigInt.asUintN(machine.isa.xlen, pass.pc + effect.delta)),
                access: { kind: 'none' },
              },
            ];
      for (const step of steps) {
        const trapped = step.kind === 'next' && fixups.length > 0 ? ('breakpoint' as const) : null;
        if (
          step.kind === 'exit' &&
          fixups.some(({ addresses }) => addresses?.some((at) => at.toString(16) === step.at))
        )
          throw new NotModelled('a fix-up where a breakpoint leads out of the site');
        for (const after of this.accesses(state, index, context, step.access))
          yield this.arrived(state, index, { ...after, trapped }, slotIndex, text, step);
      }
    }
  }

  private *executes(state: State, index: number, hart: HartState, slotIndex: number): Generator<Transition> {
    const slot = this.slotOf(state, slotIndex);
    const pass = this.passes.at(slot.pass);
    if (!this.memory.fetchesMayGo(state, index)) return;
    for (const fetched of this.memory.fetch(state, hart, pass.pc)) {
      const shared = this.sharedBy(state, index, fetched.hart, fetched.post);
      for (const step of this.steps(slot.pass, fetched.bytes, shared)) {
        if (step.kind === 'breakpoint') {
          const inside = withHart(state, index, { ...fetched.hart, trapped: 'handler' });
          const at = { ...slot, pass: this.passes.numberOf(step.pass) };
          yield this.quiet(
            `hart ${index}: meets a breakpoint at ${pass.pc.toString(16)}`,
            withSlot(inside, slotIndex, at),
          );
          continue;
        }
        for (const after of this.accesses(state, index, fetched.hart, step.access)) {
          const text = `hart ${index}: executes ${hex(fetched.bytes)} at ${pass.pc.toString(16)}`;
          yield this.arrived(state, index, after, slotIndex, text, step);
        }
      }
    }
  }

  /** What an instruction that was fetched at view `fetched` may read. */
  private sharedBy(state: State, index: number, hart: HartState, fetched: number): SharedMemory {
    return {
      pre: Math.max(hart.vrn, hart.vI, fetched),
      read: (address, size, view) => {
        if (!this.memory.readsMayGo(state, index)) return [];
        return this.memory
          .read(state, index, hart, address, size, Math.max(view, fetched))
          .map(({ bytes, post }) => ({ bytes: bytes.map((byte) => byte ?? 0), post }));
      },
    };
  }

  private steps(number: number, bytes: readonly (number | undefined)[], shared: SharedMemory): readonly Step[] {
    const key = `${number}:${bytes}:${shared.pre}`;
    const known = this.executed.get(key);
    if (known !== undefined) return known;
    let read = false;
    const watched: SharedMemory = {
      pre: shared.pre,
      read: (...access) => {
        read = true;
        return shared.read(...access);
      },
    };
    const steps = execute(this.world, this.passes.at(number), bytes, watched);
    if (!read) this.executed.set(key, steps);
    return steps;
  }

  private accesses(state: State, index: number, hart: HartState, access: Access): HartState[] {
    switch (access.kind) {
      case 'none':
        return [hart];
      case 'own read':
        return [this.memory.hasRead(hart, access.post)];
      case 'own write':
        return [this.memory.hasWritten(hart, state.messages.length)];
      case 'fence':
        if (index === 0 && state.buffer.length > 0)
          throw new NotModelled("a fence in a pass among the patcher's buffered stores");
        return [this.memory.fenceReads(hart, access.effect.pred, access.effect.succ, access.effect.tso)];
      case 'fence.i':
        // The patcher's own stores, if any are still on their way, would have to be waited for here.
        return index === 0 && state.buffer.length > 0 ? [] : [this.memory.fenceI(hart)];
      case 'read': {
        const coh = new Map(hart.coh);
        for (let i = 0n; i < BigInt(access.size); i++)
          coh.set(access.address + i, Math.max(coh.get(access.address + i) ?? 0, access.post));
        return [this.memory.hasRead({ ...hart, coh }, access.post)];
      }
    }
  }

  private arrived(
    state: State,
    index: number,
    hart: HartState,
    slotIndex: number,
    text: string,
    step: Performed,
  ): Transition {
    const slot = this.slotOf(state, slotIndex);
    const over = this.quiet(text, this.over(state, index, { ...hart, trapped: null }, slotIndex));
    if (step.kind === 'exit') {
      const inside = slot.own === null ? this.remains(step) : null;
      const after =
        inside === null
          ? over
          : this.quiet(text, withSlot(withHart(state, index, hart), slotIndex, { ...slot, late: false, pass: inside }));
      return { ...after, findings: this.judge(slot, step) };
    }
    if (step.kind === 'violation') return { ...over, findings: this.judge(slot, step) };
    const back = step.pass.pc <= this.passes.at(slot.pass).pc;
    if (back && goesRound(step.pass) && this.forever(state, index, hart, slot, step.pass)) {
      const why = `goes round at ${step.pass.pc.toString(16)}`;
      return { ...over, findings: this.judge(slot, { kind: 'violation', code: 'hang', why, access: step.access }) };
    }
    const pass = this.passes.numberOf(step.pass);
    return this.quiet(text, withSlot(withHart(state, index, hart), slotIndex, { ...slot, pass }));
  }

  /**
   * Nothing that is sure to happen will end this loop: no store is on its way, no message will interrupt it, the
   * patcher has finished or waits for this very hart. Interrupts that merely may come do not count.
   */
  private forever(state: State, index: number, hart: HartState, slot: Slot, pass: Pass): boolean {
    const { preemptible, masked } = this.scenario.executors;
    const interruptible = !masked && !slot.handler;
    if (this.patcher.commits(state).length > 0) return false;
    const unfinished = state.at < this.program.micros.length;
    const patchers = state.harts[0];
    const settled =
      !this.scenario.machine.isa.extensions.has('ziccid') || this.memory.fetch(state, hart, pass.pc).length === 1;
    // Nobody goes on while the patcher itself goes round.
    if (slot.own !== null) return settled;
    if (index === 0 && unfinished && preemptible && interruptible) return false;
    if (index !== 0 && unfinished && (patchers?.slot !== null || this.patcherStep(state) !== null)) return false;
    if (state.asked?.slots.some((other) => state.slots[other] !== slot) === true) return false;
    const gathers = state.stop !== null && state.released[state.stop] === null;
    for (const [i, other] of state.harts.entries()) {
      const listens = i !== index || interruptible || this.scenario.machine.ipi === 'sbi';
      if (other.pending.length > 0 && listens) return false;
      const stops = i !== index || (interruptible && preemptible);
      if (i !== 0 && gathers && other.online && other.parked === null && stops) return false;
    }
    // With Ziccid a newer store is fetched in the end.
    return settled;
  }

  /** The pass of a thread that stays in the symbol that it has jumped to, where that can make a difference. */
  private remains({ at, leads, pass }: Exit): number | null {
    const symbol = this.world.scenario.symbols.find(({ address }) => address.toString(16) === at);
    if (symbol === undefined || leads === 'nowhere') return null;
    const retires = this.retiring.some(({ targets }) => targets.includes(symbol.address));
    return retires || this.freed.has(symbol.address) ? this.passes.numberOf(staysAt(pass, symbol)) : null;
  }

  private judge(slot: Slot, step: Exclude<Performed, { kind: 'next' }>): Finding[] {
    const { site } = this.passes.at(slot.pass);
    const late = (why: string): Finding[] => (slot.late && site.to !== null ? [{ kind: 'not effective', why }] : []);
    if (step.kind === 'violation') return [{ kind: step.code, why: step.why }, ...late(step.why)];
    const found = this.versionsLike(slot.pass, step);
    const { own } = slot;
    if (found.length === 0 || (own !== null && !found.some((name) => own.includes(name)))) {
      // Where one version alone would have jumped there too, the jump is at fault; otherwise the mixture is.
      const wild = step.leads === 'nowhere' && step.pass.versions.length > 0;
      return [
        { kind: wild ? 'wild-jump' : 'mixed', why: `leaves at ${step.at} as no version does` },
        ...late('is no version'),
      ];
    }
    return site.to !== null && found.includes(site.to) ? [] : late(`is ${found.join(' or ')}`);
  }

  /** The versions to which a finished pass is equivalent. */
  private versionsLike(number: number, { at, leads, pass }: Exit): readonly string[] {
    if (leads === 'nowhere') return [];
    const key = `${number}>${at}:${passKey(pass)}`;
    const known =
      this.judged.get(key) ??
      pass.site.versions.filter((version) => equivalent(this.world, version, at, pass)).map(({ name }) => name);
    this.judged.set(key, known);
    return known;
  }
}

function withSlot(state: State, index: number, slot: Slot | null): State {
  return { ...state, slots: state.slots.map((other, i) => (i === index ? slot : other)) };
}

const hex = (bytes: readonly (number | undefined)[]): string =>
  [...bytes]
    .reverse()
    .map((byte) => byte?.toString(16).padStart(2, '0') ?? '??')
    .join('');
