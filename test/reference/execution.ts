import type { Judgement } from './judgement';
import {
  type Access,
  arrive,
  comeBack,
  endsAtBreakpoint,
  execute,
  executeCopy,
  type Performed,
  type SharedMemory,
  type Step,
} from './pass';
import { NotModelled, poison } from './program';
import type { Scheduling } from './scheduling';
import type { Setup, Transition } from './setup';
import { type HartState, type State, withHart, withSlot } from './state';
import { handlersAt, type Look } from './trap';

/** What a hart that runs a pass may do next: an instruction, a breakpoint's handler, a trap's return, a called symbol's. */
export class Execution {
  /** What a pass may do when it executes these bytes without reading shared memory. */
  private readonly executed = new Map<string, readonly Step[]>();

  constructor(
    private readonly setup: Setup,
    private readonly scheduling: Scheduling,
    private readonly judgement: Judgement,
  ) {}

  *running(state: State, index: number, hart: HartState, slotIndex: number): Generator<Transition> {
    const slot = this.setup.slotOf(state, slotIndex);
    const { scenario, passes } = this.setup;
    if (!this.setup.masked(slot) && !slot.handler && !this.setup.stopsWithoutInterrupts(state, index)) {
      // Whoever stays in a symbol after its pass gives up its hart as it likes; a handler that has looked goes on.
      const leaves = scenario.executors.preemptible || passes.at(slot.pass).held?.link === null;
      if (leaves && slot.own === null && hart.trapped !== 'breakpoint')
        yield* this.scheduling.leaves(state, index, hart, slotIndex);
      if (hart.trapped === null && scenario.fixups.length > 0) {
        const disturbed = this.setup.disturbed(state, slotIndex);
        const interrupted = withHart(disturbed, index, { ...hart, trapped: 'interrupt' });
        yield this.setup.quiet(`hart ${index}: is interrupted`, interrupted);
      }
    }
    if (hart.trapped === 'handler') yield* this.breaks(state, index, hart, slotIndex);
    else if (hart.trapped !== null) yield* this.trapReturn(state, index, hart, slotIndex);
    else if (this.setup.passes.at(slot.pass).held !== null) yield* this.stays(state, index, hart, slotIndex);
    else yield* this.executes(state, index, hart, slotIndex);
  }

  /** Inside a symbol, whose own code may run meanwhile. */
  private *stays(state: State, index: number, hart: HartState, slotIndex: number): Generator<Transition> {
    const slot = this.setup.slotOf(state, slotIndex);
    const pass = this.setup.passes.at(slot.pass);
    if (this.setup.freed.has(pass.pc) && this.setup.memory.fetchesMayGo(state, index)) {
      for (const fetched of this.setup.memory.fetchParcel(state, hart, pass.pc)) {
        const why = `executes what has been freed at ${pass.pc.toString(16)}`;
        const step: Performed = fetched.bytes.includes(poison)
          ? { kind: 'violation', code: 'freed', why, access: { kind: 'none' } }
          : { kind: 'next', pass, access: { kind: 'none' } };
        yield this.judgement.arrived(
          state,
          index,
          fetched.hart,
          slotIndex,
          `hart ${index}: runs the called symbol`,
          step,
        );
      }
    }
    const text = `hart ${index}: the called symbol returns`;
    if (pass.held?.link === null) yield this.setup.quiet(text, this.judgement.over(state, index, hart, slotIndex));
    else
      yield this.setup.quiet(
        text,
        withSlot(state, slotIndex, { ...slot, pass: this.setup.passes.numberOf(comeBack(pass)) }),
      );
  }

  private *trapReturn(state: State, index: number, hart: HartState, slotIndex: number): Generator<Transition> {
    const slot = this.setup.slotOf(state, slotIndex);
    const pass = this.setup.passes.at(slot.pass);
    const fixups = pass.held === null ? this.setup.scenario.fixups : [];
    for (const { handler, context } of handlersAt(this.setup.world, fixups, pass.pc, hart, this.look(state, index))) {
      const back: HartState = { ...context, trapped: null };
      if (handler === null) {
        yield this.setup.quiet(`hart ${index}: returns from the trap`, withHart(state, index, back));
      } else {
        const target = BigInt.asUintN(this.setup.scenario.machine.isa.xlen, pass.pc + handler.sepcDelta);
        const step = arrive(this.setup.world, pass, target);
        // Who was interrupted may find something else; at a breakpoint it is the same for ever.
        const settled: Performed = {
          ...(step.kind === 'next' && hart.trapped === 'interrupt'
            ? { ...step, pass: { ...step.pass, backward: 0 } }
            : step),
          access: { kind: 'none' },
        };
        const text = `hart ${index}: returns from the trap with a fix-up`;
        yield this.judgement.arrived(state, index, back, slotIndex, text, settled);
      }
    }
  }

  /** How a trap's handler on this hart reads memory. */
  private look(state: State, index: number): Look<HartState> {
    return (hart, address, size) =>
      this.setup.memory.readsMayGo(state, index)
        ? this.setup.memory
            .read(state, index, hart, address, size, 0)
            .map(({ bytes, hart: context }) => ({ bytes, context }))
        : [];
  }

  /** In the trap of an `ebreak`: what its handler makes of it. */
  private *breaks(state: State, index: number, trappedHart: HartState, slotIndex: number): Generator<Transition> {
    const { breakpoints, fixups, machine } = this.setup.scenario;
    const hart: HartState = { ...trappedHart, trapped: null };
    const pass = this.setup.passes.at(this.setup.slotOf(state, slotIndex).pass);
    const text = `hart ${index}: handles a breakpoint at ${pass.pc.toString(16)}`;
    for (const { handler, context } of handlersAt(
      this.setup.world,
      breakpoints,
      pass.pc,
      hart,
      this.look(state, index),
    )) {
      if (handler === null) {
        yield this.judgement.arrived(state, index, context, slotIndex, text, {
          ...endsAtBreakpoint(pass),
          access: { kind: 'none' },
        });
        continue;
      }
      const { effect } = handler;
      const steps: readonly Performed[] =
        effect.kind === 'run'
          ? executeCopy(this.setup.world, pass, effect.instruction, this.sharedBy(state, index, context, 0))
          : [
              {
                ...arrive(this.setup.world, pass, BigInt.asUintN(machine.isa.xlen, pass.pc + effect.delta)),
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
          yield this.judgement.arrived(state, index, { ...after, trapped }, slotIndex, text, step);
      }
    }
  }

  private *executes(state: State, index: number, hart: HartState, slotIndex: number): Generator<Transition> {
    const slot = this.setup.slotOf(state, slotIndex);
    const pass = this.setup.passes.at(slot.pass);
    if (!this.setup.memory.fetchesMayGo(state, index)) return;
    for (const fetched of this.setup.memory.fetch(state, hart, pass.pc)) {
      const shared = this.sharedBy(state, index, fetched.hart, fetched.post);
      for (const step of this.steps(slot.pass, fetched.bytes, shared)) {
        if (step.kind === 'breakpoint') {
          const inside = withHart(state, index, { ...fetched.hart, trapped: 'handler' });
          const at = { ...slot, pass: this.setup.passes.numberOf(step.pass) };
          yield this.setup.quiet(
            `hart ${index}: meets a breakpoint at ${pass.pc.toString(16)}`,
            withSlot(inside, slotIndex, at),
          );
          continue;
        }
        for (const after of this.accesses(state, index, fetched.hart, step.access)) {
          const text = `hart ${index}: executes ${hex(fetched.bytes)} at ${pass.pc.toString(16)}`;
          yield this.judgement.arrived(state, index, after, slotIndex, text, step);
        }
      }
    }
  }

  /** What an instruction that was fetched at view `fetched` may read. */
  private sharedBy(state: State, index: number, hart: HartState, fetched: number): SharedMemory {
    return {
      pre: Math.max(hart.vrn, hart.vI, fetched),
      read: (address, size, view) => {
        if (!this.setup.memory.readsMayGo(state, index)) return [];
        return this.setup.memory
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
    const steps = execute(this.setup.world, this.setup.passes.at(number), bytes, watched);
    if (!read) this.executed.set(key, steps);
    return steps;
  }

  private accesses(state: State, index: number, hart: HartState, access: Access): HartState[] {
    switch (access.kind) {
      case 'none':
        return [hart];
      case 'own read':
        return [this.setup.memory.hasRead(hart, access.post)];
      case 'own write':
        return [this.setup.memory.hasWritten(hart, state.messages.length)];
      case 'fence':
        if (this.holdsBack(state, index))
          throw new NotModelled("a fence in a pass among the patcher's buffered stores");
        return [this.setup.memory.fenceReads(hart, access.effect.pred, access.effect.succ, access.effect.tso)];
      case 'fence.i':
        // The patcher's own stores, if any are still on their way, would have to be waited for here.
        return this.holdsBack(state, index) ? [] : [this.setup.memory.fenceI(hart)];
      case 'read': {
        const coh = new Map(hart.coh);
        for (let i = 0n; i < BigInt(access.size); i++)
          coh.set(access.address + i, Math.max(coh.get(access.address + i) ?? 0, access.post));
        return [this.setup.memory.hasRead({ ...hart, coh }, access.post)];
      }
    }
  }

  /** The hart is a patcher's, and has stores that are not visible yet. */
  private holdsBack(state: State, index: number): boolean {
    return (state.patchers[index]?.buffer.length ?? 0) > 0;
  }
}

const hex = (bytes: readonly (number | undefined)[]): string =>
  [...bytes]
    .reverse()
    .map((byte) => byte?.toString(16).padStart(2, '0') ?? '??')
    .join('');
