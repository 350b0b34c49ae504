import type { Scenario, TrapReturnFixup } from '../../server/src/checker/scenario';
import type { ViolationKind } from '../../server/src/checker/verdict';
import { equivalent } from './equivalence';
import { Memory } from './memory';
import {
  type Access,
  arrive,
  beginPass,
  comeBack,
  type Exit,
  execute,
  goesRound,
  type Pass,
  passKey,
  type SharedMemory,
  type Step,
} from './pass';
import { Patcher, withHart } from './patcher';
import { NotModelled, type Program, programOf, type Stop } from './program';
import { type HartState, initialState, Passes, type Slot, type State } from './state';
import { World } from './world';

/** A fixed machine for a scenario that may leave the number open. */
export interface Machine {
  /** Executor harts beside the patcher's. */
  readonly harts: number;
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
  private readonly judged = new Map<string, readonly string[]>();

  constructor(
    private readonly scenario: Scenario,
    private readonly machine: Machine,
  ) {
    const { fetch } = scenario.machine;
    if (!fetch.decodeW && !fetch.decode) throw new NotModelled("a fetch that reads past its hart's own later store");
    this.world = new World(scenario);
    this.program = programOf(scenario, machine.harts);
    this.memory = new Memory(this.world, this.program, scenario);
    this.patcher = new Patcher(scenario, this.program, this.memory);
  }

  initial(): State {
    return initialState(this.machine.harts, this.machine.threads, this.program.stops.length);
  }

  /** The patcher has done everything that its protocol says. */
  finished(state: State): boolean {
    return state.end !== null;
  }

  *transitions(state: State): Generator<Transition> {
    for (const { text, state: next } of this.patcher.commits(state)) yield { text, state: next, findings: [] };
    for (const [index, hart] of state.harts.entries()) {
      if (index === 0 && hart.slot === null) {
        const next = this.patcher.step(state);
        if (next !== null) yield this.quiet(`patcher: ${this.program.micros[state.at]?.text ?? ''}`, next);
      }
      yield* this.interrupts(state, index, hart);
      if (hart.slot === null) yield* this.idle(state, index, hart);
      else yield* this.running(state, index, hart, hart.slot);
    }
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
  private interruptible(state: State, hart: HartState): boolean {
    if (hart.parked !== null && this.stopOf(hart.parked).irqsOff) return false;
    if (hart.slot === null) return true;
    return !hart.trapped && !this.scenario.executors.masked && !this.slotOf(state, hart.slot).handler;
  }

  /** Messages from the patcher that this hart may take now. */
  private *interrupts(state: State, index: number, hart: HartState): Generator<Transition> {
    const [message, ...pending] = hart.pending;
    if (message === undefined) return;
    const firmware = this.scenario.machine.ipi === 'sbi';
    if (!firmware && !this.interruptible(state, hart)) return;
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
    if (!firmware && hart.slot !== null && this.scenario.fixups.length > 0) after = { ...after, trapped: true };
    const answers = sync.async ? state.answers : state.answers.map((answer, i) => (i === index ? rank : answer));
    const disturbed = hart.slot === null ? state : this.disturbed(state, hart.slot);
    yield this.quiet(`hart ${index}: takes the message, answers`, withHart({ ...disturbed, answers }, index, after));
  }

  /** A hart that runs no pass: it may begin or resume one, stop, or be let go. */
  private *idle(state: State, index: number, hart: HartState): Generator<Transition> {
    const stop = index === 0 ? state.stop : hart.parked;
    if (stop === null) {
      if (index !== 0 || this.machine.onPatcher) {
        yield* this.begin(state, index, hart, false);
        yield* this.resume(state, index, hart);
      }
    } else if (!this.stopOf(stop).irqsOff && (index !== 0 || this.machine.onPatcher))
      yield* this.begin(state, index, hart, true);
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

  private mayStop(state: State, hart: HartState): boolean {
    return state.stop !== null && hart.parked === null && state.released[state.stop] === null;
  }

  private park(state: State, index: number, hart: HartState, text: string): Transition {
    const rank = state.messages.length;
    const answers = state.answers.map((answer, i) => (i === index ? rank : answer));
    const parked = this.memory.hasWritten({ ...hart, parked: state.stop, slot: null, trapped: false }, rank);
    return this.quiet(`hart ${index}: ${text}`, withHart({ ...state, answers }, index, parked));
  }

  private *begin(state: State, index: number, hart: HartState, handler: boolean): Generator<Transition> {
    const { count, migrating } = this.scenario.executors;
    const free = count !== 'any' && !migrating ? index - 1 : state.slots.indexOf(null);
    if (state.slots[free] !== null) return;
    for (const site of this.scenario.sites) {
      for (const late of state.end === null ? [false] : [false, true]) {
        const slot: Slot = {
          pass: this.passes.numberOf(beginPass(site)),
          late,
          handler,
          hart: index,
          home: migrating ? 0 : index,
          view: 0,
          behind: [],
        };
        const runs = { ...(late ? this.memory.acquire(hart, state.end ?? 0) : hart), slot: free };
        yield this.quiet(
          `hart ${index}: begins a${late ? ' late' : ''} pass`,
          withSlot(withHart(state, index, runs), free, slot),
        );
      }
    }
  }

  private *resume(state: State, index: number, hart: HartState): Generator<Transition> {
    for (const [i, slot] of state.slots.entries()) {
      if (slot === null || slot.hart !== null) continue;
      if (!this.scenario.executors.migrating && slot.home !== index) continue;
      if (index !== 0 && slot.behind.length > 0) continue;
      const runs = { ...this.memory.acquire(hart, slot.view), slot: i, trapped: this.scenario.fixups.length > 0 };
      const resumed: Slot = {
        ...slot,
        hart: index,
        home: this.scenario.executors.migrating ? 0 : slot.home,
        view: 0,
        behind: [],
      };
      yield this.quiet(`hart ${index}: resumes pass ${i}`, withSlot(withHart(state, index, runs), i, resumed));
    }
  }

  /** The thread leaves the hart inside a trap. */
  private preempted(state: State, index: number, hart: HartState, slotIndex: number): State {
    const slot = this.slotOf(this.disturbed(state, slotIndex), slotIndex);
    const rank = state.messages.length;
    const behind = index === 0 ? state.buffer.map(({ id }) => id).filter((id) => this.isMemoryStore(id)) : [];
    const left = this.memory.hasWritten({ ...hart, slot: null, trapped: false }, rank);
    const waits: Slot = {
      ...slot,
      hart: null,
      home: this.scenario.executors.migrating ? 0 : slot.home,
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
    const { preemptible, masked } = this.scenario.executors;
    if (!masked && !slot.handler) {
      if (preemptible) {
        const away = this.preempted(state, index, hart, slotIndex);
        yield this.quiet(`hart ${index}: pass ${slotIndex} is preempted`, away);
        const left = away.harts[index];
        if (index !== 0 && left !== undefined && this.mayStop(state, hart))
          yield this.park(away, index, left, 'is stopped');
      }
      if (!hart.trapped && this.scenario.fixups.length > 0) {
        yield this.quiet(`hart ${index}: is interrupted`, withHart(state, index, { ...hart, trapped: true }));
      }
    }
    if (hart.trapped) yield* this.trapReturn(state, index, hart, slotIndex);
    else if (this.passes.at(slot.pass).held !== null) {
      const pass = this.passes.numberOf(comeBack(this.passes.at(slot.pass)));
      yield this.quiet(`hart ${index}: the called symbol returns`, withSlot(state, slotIndex, { ...slot, pass }));
    } else yield* this.executes(state, index, hart, slotIndex);
  }

  private *trapReturn(state: State, index: number, hart: HartState, slotIndex: number): Generator<Transition> {
    const slot = this.slotOf(state, slotIndex);
    const pass: Pass = { ...this.passes.at(slot.pass), backward: 0 };
    for (const { hart: back, delta } of this.fixup(
      state,
      index,
      { ...hart, trapped: false },
      pass,
      this.scenario.fixups,
    )) {
      if (delta === null) {
        const resumed = withSlot(state, slotIndex, { ...slot, pass: this.passes.numberOf(pass) });
        yield this.quiet(`hart ${index}: returns from the trap`, withHart(resumed, index, back));
      } else {
        const step = arrive(this.world, pass, BigInt.asUintN(this.scenario.machine.isa.xlen, pass.pc + delta));
        const settled: Step = {
          ...(step.kind === 'next' ? { ...step, pass: { ...step.pass, backward: 0 } } : step),
          access: { kind: 'none' },
        };
        yield this.arrived(
          state,
          index,
          back,
          slotIndex,
          `hart ${index}: returns from the trap with a fix-up`,
          settled,
        );
      }
    }
  }

  /** The first fix-up that applies, for every value that its reads may return. */
  private *fixup(
    state: State,
    index: number,
    hart: HartState,
    pass: Pass,
    fixups: readonly TrapReturnFixup[],
  ): Generator<{ hart: HartState; delta: bigint | null }, undefined, undefined> {
    const [fixup, ...others] = fixups;
    if (fixup === undefined) return yield { hart, delta: null };
    const here = fixup.addresses === null ? this.world.inSite(pass.pc) : fixup.addresses.includes(pass.pc);
    if (!here || pass.held !== null) return yield* this.fixup(state, index, hart, pass, others);
    if (fixup.patterns.length === 0) return yield { hart, delta: fixup.sepcDelta };
    if (!this.memory.readsMayGo(state, index)) return undefined;
    for (const low of this.memory.read(state, index, hart, pass.pc, 2, 0)) {
      const whole =
        ((low.bytes[0] ?? 0) & 3) === 3
          ? this.memory.read(state, index, low.hart, pass.pc + 2n, 2, 0)
          : [{ bytes: [], hart: low.hart }];
      for (const high of whole) {
        const bytes = [...low.bytes, ...high.bytes];
        const word = bytes.reduceRight<number>((value, byte) => value * 256 + (byte ?? 0), 0);
        const matches = fixup.patterns.some(
          (pattern) => pattern.length === bytes.length && (word & pattern.mask) >>> 0 === pattern.match >>> 0,
        );
        if (matches) yield { hart: high.hart, delta: fixup.sepcDelta };
        else yield* this.fixup(state, index, high.hart, pass, others);
      }
    }
    return undefined;
  }

  private *executes(state: State, index: number, hart: HartState, slotIndex: number): Generator<Transition> {
    const slot = this.slotOf(state, slotIndex);
    const pass = this.passes.at(slot.pass);
    if (!this.memory.fetchesMayGo(state, index)) return;
    for (const fetched of this.memory.fetch(state, hart, pass.pc)) {
      const pre = Math.max(fetched.hart.vrn, fetched.hart.vI, fetched.post);
      const shared: SharedMemory = {
        pre,
        read: (address, size, view) => {
          if (!this.memory.readsMayGo(state, index)) return [];
          return this.memory
            .read(state, index, fetched.hart, address, size, Math.max(view, fetched.post))
            .map(({ bytes, post }) => ({ bytes: bytes.map((byte) => byte ?? 0), post }));
        },
      };
      for (const step of this.steps(slot.pass, fetched.bytes, shared)) {
        for (const after of this.accesses(state, index, fetched.hart, step.access)) {
          const text = `hart ${index}: executes ${hex(fetched.bytes)} at ${pass.pc.toString(16)}`;
          yield this.arrived(state, index, after, slotIndex, text, step);
        }
      }
    }
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
    step: Step,
  ): Transition {
    const slot = this.slotOf(state, slotIndex);
    const over = this.quiet(text, withSlot(withHart(state, index, { ...hart, slot: null }), slotIndex, null));
    if (step.kind !== 'next') return { ...over, findings: this.judge(slot, step) };
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
    if (index === 0 && unfinished && preemptible && interruptible) return false;
    if (index !== 0 && unfinished && (patchers?.slot !== null || this.patcher.step(state) !== null)) return false;
    const gathers = state.stop !== null && state.released[state.stop] === null;
    for (const [i, other] of state.harts.entries()) {
      const listens = i !== index || interruptible || this.scenario.machine.ipi === 'sbi';
      if (other.pending.length > 0 && listens) return false;
      const stops = i !== index || (interruptible && preemptible);
      if (i !== 0 && gathers && other.parked === null && stops) return false;
    }
    // With Ziccid a newer store is fetched in the end.
    return !this.scenario.machine.isa.extensions.has('ziccid') || this.memory.fetch(state, hart, pass.pc).length === 1;
  }

  private judge(slot: Slot, step: Exclude<Step, { kind: 'next' }>): Finding[] {
    const { site } = this.passes.at(slot.pass);
    const late = (why: string): Finding[] => (slot.late && site.to !== null ? [{ kind: 'not effective', why }] : []);
    if (step.kind === 'violation') return [{ kind: step.code, why: step.why }, ...late(step.why)];
    const found = this.versionsLike(slot.pass, step);
    if (found.length === 0) {
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
