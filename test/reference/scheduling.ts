import { beginPass } from './pass';
import type { Setup, Transition } from './setup';
import { endOf, type HartState, type Slot, type State, withHart, withPatcher, withSlot } from './state';

/** Which thread runs on which hart: passes that begin, are preempted and resumed, and harts that stop or come online. */
export class Scheduling {
  constructor(private readonly setup: Setup) {}

  /** A hart that runs no pass: it may begin or resume one, stop, or be let go. */
  *idle(state: State, index: number, hart: HartState): Generator<Transition> {
    if (!hart.online) {
      yield* this.comesOnline(state, index, hart);
      return;
    }
    const patches = index < this.setup.patching;
    const stop = index === 0 ? state.stop : hart.parked;
    const executes = this.setup.executes(index);
    if (stop === null) {
      if (executes) yield* this.begin(state, index, hart, false);
      // A thread may be bound to the hart that the patcher has left.
      if (executes || !patches) yield* this.resume(state, index, hart);
    } else if (!this.setup.stopOf(stop).irqsOff && executes) yield* this.begin(state, index, hart, true);
    if (patches) return;
    if (this.mayStop(state, hart)) yield this.park(state, index, hart, 'stops');
    if (hart.parked !== null) yield* this.letGo(state, index, hart, hart.parked);
  }

  /** Where a thread that runs a pass may leave its hart, as if preempted: the hart goes on without it, or stops. */
  *leaves(state: State, index: number, hart: HartState, slotIndex: number): Generator<Transition> {
    const away = this.preempted(state, index, hart, slotIndex);
    yield this.setup.quiet(`hart ${index}: pass ${slotIndex} is preempted`, away);
    const left = away.harts[index];
    if (index >= this.setup.patching && left !== undefined && this.mayStop(state, hart))
      yield this.park(away, index, left, 'is stopped');
  }

  private *comesOnline(state: State, index: number, hart: HartState): Generator<Transition> {
    if (state.stop !== null) return;
    const { memory, patchers, scenario } = this.setup;
    const text = `hart ${index}: comes online`;
    if (scenario.executors.onlineLater !== 'fence.i') {
      yield this.setup.quiet(text, withHart(state, index, { ...hart, online: true }));
      return;
    }
    const { locked, done } = state.hotplug;
    const onTheirWay = state.patchers.flatMap(({ buffer }) => buffer);
    if (locked || onTheirWay.some(({ id }) => id < done && patchers.isMemory(id))) return;
    const rank = state.messages.findLastIndex((id) => id < done) + 1;
    const started = memory.fenceI(memory.acquire({ ...hart, online: true }, rank));
    yield this.setup.quiet(text, withHart(state, index, started));
  }

  private mayStop(state: State, hart: HartState): boolean {
    return state.stop !== null && hart.parked === null && state.released[state.stop] === null;
  }

  private park(state: State, index: number, hart: HartState, text: string): Transition {
    const rank = state.messages.length;
    const answers = (state.patchers[0]?.answers ?? []).map((answer, i) => (i === index ? rank : answer));
    const stands: HartState = { ...hart, parked: state.stop, slot: null, trapped: null };
    const parked = withHart(state, index, this.setup.memory.hasWritten(stands, rank));
    return this.setup.quiet(`hart ${index}: ${text}`, withPatcher(parked, 0, { answers }));
  }

  private *letGo(state: State, index: number, hart: HartState, stop: number): Generator<Transition> {
    const { memory } = this.setup;
    const released = state.released[stop];
    if (released === null || released === undefined) return;
    const { acquire, fenceI } = this.setup.stopOf(stop);
    let free = acquire ? memory.acquire(hart, released) : memory.hasRead(hart, Math.max(released, hart.vI, hart.vrn));
    if (fenceI) free = memory.fenceI(free);
    yield this.setup.quiet(`hart ${index}: leaves stop_machine`, withHart(state, index, { ...free, parked: null }));
  }

  private *begin(state: State, index: number, hart: HartState, handler: boolean): Generator<Transition> {
    const { scenario, machine, memory, passes, patching } = this.setup;
    const { count, migrating } = scenario.executors;
    const free = count !== 'any' && !migrating ? index - patching : state.slots.indexOf(null);
    if (free >= machine.threads || state.slots[free] !== null) return;
    for (const site of this.setup.entrances) {
      for (const { reported, late } of this.beginnings(state)) {
        const slot: Slot = {
          pass: passes.numberOf(beginPass(site)),
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
        const knows = told > 0 ? memory.acquire(hart, told) : hart;
        const runs = { ...(late ? memory.acquire(knows, endOf(state) ?? 0) : knows), slot: free };
        const awaited = asked === null || reported ? asked : { ...asked, slots: [...asked.slots, free].sort() };
        yield this.setup.quiet(
          `hart ${index}: begins a${late ? ' late' : ''} pass`,
          withSlot(withHart({ ...state, asked: awaited }, index, runs), free, slot),
        );
      }
    }
  }

  /** A thread that is asked may begin before it reports; then it is waited for. It may have read every END, or not. */
  private beginnings(state: State): { readonly reported: boolean; readonly late: boolean }[] {
    return (state.asked === null ? [true] : [true, false]).flatMap((reported) =>
      (endOf(state) === null ? [false] : [false, true]).map((late) => ({ reported, late })),
    );
  }

  /** Where that does not matter, no hart is told from another. */
  private homeOf(hart: number): number {
    const { migrating, flushing } = this.setup.scenario.executors;
    return migrating && !flushing ? 0 : hart;
  }

  private *resume(state: State, index: number, hart: HartState): Generator<Transition> {
    const { migrating, flushing } = this.setup.scenario.executors;
    const { memory, patchers, scenario } = this.setup;
    for (const [i, slot] of state.slots.entries()) {
      if (slot === null || slot.hart !== null) continue;
      if (!migrating && slot.home !== index) continue;
      const own = state.patchers[index]?.buffer ?? [];
      if (slot.behind.some((id) => !own.some((buffered) => buffered.id === id))) continue;
      const fixes = scenario.fixups.length > 0 ? ('interrupt' as const) : null;
      const trapped = slot.handles ? ('handler' as const) : fixes;
      const arrived = withHart(state, index, memory.acquire(hart, slot.view));
      const settled = flushing && slot.home !== index ? patchers.fenceI(arrived, index) : arrived;
      const runs = { ...(settled.harts[index] ?? hart), slot: i, trapped };
      const resumed: Slot = {
        ...slot,
        hart: index,
        home: this.homeOf(index),
        handles: false,
        view: 0,
        behind: [],
      };
      yield this.setup.quiet(`hart ${index}: resumes pass ${i}`, withSlot(withHart(settled, index, runs), i, resumed));
    }
  }

  /** The thread leaves the hart inside a trap. */
  private preempted(state: State, index: number, hart: HartState, slotIndex: number): State {
    const { memory, patchers } = this.setup;
    const slot = this.setup.slotOf(this.setup.disturbed(state, slotIndex), slotIndex);
    const rank = state.messages.length;
    const buffer = state.patchers[index]?.buffer ?? [];
    const behind = buffer.map(({ id }) => id).filter((id) => patchers.isMemory(id));
    const left = memory.hasWritten({ ...hart, slot: null, trapped: null }, rank);
    const waits: Slot = {
      ...slot,
      hart: null,
      handles: hart.trapped === 'handler',
      view: rank,
      behind,
    };
    return withSlot(withHart(state, index, left), slotIndex, waits);
  }
}
