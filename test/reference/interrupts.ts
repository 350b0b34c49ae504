import type { Setup, Transition } from './setup';
import { type HartState, type State, withHart, withPatcher } from './state';

/** The interrupts by which harts take the patchers' messages. */
export class Interrupts {
  constructor(private readonly setup: Setup) {}

  /**
   * Each message that this hart may take now: those of one patcher in its order, those of several in any. The handler
   * reads the message, runs the sync's body and answers.
   */
  *taken(state: State, index: number, hart: HartState): Generator<Transition> {
    const { scenario, program } = this.setup;
    if (scenario.machine.ipi !== 'sbi' && !this.interruptible(state, index, hart)) return;
    const askedBy = new Set<number>();
    for (const { sync: number } of hart.pending) {
      const sync = program.syncs[number];
      if (sync === undefined || askedBy.has(sync.patcher)) continue;
      askedBy.add(sync.patcher);
      const after = this.handled(state, index, hart, number);
      if (after !== null) {
        const whose = this.setup.patching > 1 ? `${scenario.patchers[sync.patcher]?.name}'s` : 'the';
        yield this.setup.quiet(`hart ${index}: takes ${whose} message, answers`, after);
      }
    }
  }

  /** Whether an S-mode interrupt may come here. */
  private interruptible(state: State, index: number, hart: HartState): boolean {
    if (hart.parked !== null && this.setup.stopOf(hart.parked).irqsOff) return false;
    if (this.setup.stopsWithoutInterrupts(state, index)) return false;
    if (hart.slot === null) return true;
    const slot = this.setup.slotOf(state, hart.slot);
    return hart.trapped === null && !this.setup.masked(slot) && !slot.handler;
  }

  private handled(state: State, index: number, hart: HartState, number: number): State | null {
    const { scenario, program, memory, patchers } = this.setup;
    const sync = program.syncs[number];
    const message = hart.pending.find((each) => each.sync === number);
    if (sync === undefined || message === undefined || !memory.readsMayGo(state, index)) return null;
    const pending = hart.pending.filter((each) => each !== message);
    const read = memory.hasRead({ ...hart, pending }, Math.max(message.rank, hart.vI, hart.vrn));
    let after = withHart(hart.slot === null ? state : this.setup.disturbed(state, hart.slot), index, read);
    for (const operation of sync.body) {
      after =
        operation.kind === 'fence.i'
          ? patchers.fenceI(after, index)
          : patchers.fence(after, index, operation.pred, operation.succ, operation.tso);
    }
    after = this.answered(after, index, number);
    const own = after.harts[index];
    const returns = scenario.machine.ipi !== 'sbi' && hart.slot !== null && scenario.fixups.length > 0;
    return returns && own !== undefined ? withHart(after, index, { ...own, trapped: 'interrupt' }) : after;
  }

  /** The answer is a store with release: on a patcher's hart it waits for those that this has not let out yet. */
  private answered(state: State, index: number, number: number): State {
    const { program, memory, patchers } = this.setup;
    const sync = program.syncs[number];
    const hart = state.harts[index];
    if (sync === undefined || hart === undefined) return state;
    const store = sync.answers.get(index);
    if (store !== undefined) return patchers.issue(state, index, store);
    const rank = state.messages.length;
    const after = withHart(state, index, memory.hasWritten(hart, rank));
    const answers = state.patchers[sync.patcher]?.answers ?? [];
    return sync.async
      ? after
      : withPatcher(after, sync.patcher, { answers: answers.map((other, i) => (i === index ? rank : other)) });
  }
}
