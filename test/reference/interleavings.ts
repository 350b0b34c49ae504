import type { Scenario } from '../../server/src/checker/scenario';
import { Execution } from './execution';
import { Interrupts } from './interrupts';
import { Judgement } from './judgement';
import { beginPass } from './pass';
import { Scheduling } from './scheduling';
import { type Machine, Setup, type Transition } from './setup';
import { endOf, initialState, type Slot, type State, withHart, withPatcher, withSlot } from './state';

/** All steps of all harts from any state: the machine of docs/semantics.md, with little reduced (`settle.ts`). */
export class Interleavings {
  private readonly setup: Setup;
  private readonly interrupts: Interrupts;
  private readonly scheduling: Scheduling;
  private readonly execution: Execution;

  constructor(scenario: Scenario, machine: Machine) {
    this.setup = new Setup(scenario, machine);
    this.interrupts = new Interrupts(this.setup);
    this.scheduling = new Scheduling(this.setup);
    this.execution = new Execution(this.setup, this.scheduling, new Judgement(this.setup));
  }

  initial(): State {
    const { harts, machine, program } = this.setup;
    const counts = {
      harts,
      // The last slot is for the patcher's own passes.
      slots: machine.threads + 1,
      stops: program.stops.length,
      locks: program.locks.length,
      starts: program.patchers.map(({ start }) => start),
    };
    return this.setup.settling.settled(initialState(counts, (hart) => this.setup.comesLater(hart)));
  }

  /** The patchers have done everything that the protocol says. */
  finished(state: State): boolean {
    return endOf(state) !== null;
  }

  /** The versions in which some thread still is, as `retires` means it: in its pass, or in what the version jumps to. */
  heldVersions(state: State): string[] {
    const { passes, retiring, world } = this.setup;
    return state.slots.flatMap((slot) => {
      if (slot === null || slot.own !== null) return [];
      const { retired, pc, held } = passes.at(slot.pass);
      const inside = retiring.filter(({ targets }) =>
        targets.some((target) => (held === null ? world.sameCode(pc, target) : pc === target)),
      );
      return [...retired, ...inside.map(({ version }) => version)];
    });
  }

  *transitions(state: State): Generator<Transition> {
    const { patchers, scenario } = this.setup;
    for (const { text, state: next } of patchers.commits(state)) yield this.setup.quiet(text, next);
    for (const [index, hart] of state.harts.entries()) {
      const name = scenario.patchers[index]?.name;
      if (name !== undefined && hart.slot === null) {
        const next = this.patcherStep(state, index);
        const text = `${scenario.patchers.length > 1 ? `patcher ${name}` : 'patcher'}: ${patchers.next(state, index)?.text ?? ''}`;
        if (next !== null) yield this.setup.quiet(text, next);
      }
      yield* this.interrupts.taken(state, index, hart);
      if (hart.slot === null) yield* this.scheduling.idle(state, index, hart);
      else yield* this.execution.running(state, index, hart, hart.slot);
    }
  }

  private patcherStep(state: State, index: number): State | null {
    const { patchers, passes, machine } = this.setup;
    const micro = patchers.next(state, index);
    const own = state.harts[index];
    const at = state.patchers[index]?.at;
    if (micro?.kind !== 'run' || own === undefined || at === undefined) return patchers.step(state, index);
    const slot: Slot = {
      pass: passes.numberOf(beginPass(micro.site)),
      late: false,
      handler: false,
      own: micro.versions,
      hart: index,
      home: index,
      handles: false,
      view: 0,
      behind: [],
    };
    const number = machine.threads;
    const onward = withPatcher(state, index, { at: at + 1 });
    return withSlot(withHart(onward, index, { ...own, slot: number }), number, slot);
  }
}
