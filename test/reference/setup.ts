import type { Scenario, Site } from '../../server/src/checker/scenario';
import type { ViolationKind } from '../../server/src/checker/verdict';
import { targetsOf } from './equivalence';
import { Memory } from './memory';
import { Patchers } from './patchers';
import { NotModelled, type Program, poison, programOf, type Stop, sparesOf } from './program';
import { Settling } from './settle';
import { Passes, type Slot, type State, withSlot } from './state';
import { threadCode } from './threads';
import { World } from './world';

/** A fixed machine for a scenario that may leave the number open. */
export interface Machine {
  /** Executor harts beside the patchers'. */
  readonly harts: number;
  /** Harts beside these that come online while the protocol runs. */
  readonly later?: number;
  /** Passes in progress at one time. */
  readonly threads: number;
  /** Passes also run on the patchers' harts. */
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

/** What stays the same while a scenario runs on a machine: harts 0 up are the patchers', then come those of threads. */
export class Setup {
  readonly world: World;
  readonly program: Program;
  readonly memory: Memory;
  readonly patchers: Patchers;
  readonly settling: Settling;
  readonly passes = new Passes();
  /** How many harts are patchers', and how many there are, with those to which a patcher migrates. */
  readonly patching: number;
  readonly harts: number;
  /** How many of the harts beside the patchers' run passes. */
  private readonly executing: number;
  /** Where passes begin. */
  readonly entrances: readonly Site[];
  /** By address: where a thread that stays may find that it was freed. */
  readonly freed: ReadonlySet<bigint>;
  /** The versions that are to retire, each with what it jumps to. */
  readonly retiring: readonly { readonly version: string; readonly targets: readonly bigint[] }[];

  constructor(
    readonly scenario: Scenario,
    readonly machine: Machine,
  ) {
    const { fetch } = scenario.machine;
    if (!fetch.decodeW && !fetch.decode) throw new NotModelled("a fetch that reads past its hart's own later store");
    this.world = new World(scenario);
    this.patching = scenario.patchers.length;
    this.executing = machine.harts + (machine.later ?? 0);
    const others = this.executing + sparesOf(scenario.patchers.flatMap(({ operations }) => operations));
    this.harts = this.patching + others;
    this.program = programOf(scenario, others);
    this.freed = new Set(
      this.program.micros.flatMap((micro) =>
        micro.kind === 'store' && micro.payload.kind === 'bytes' && micro.payload.bytes.includes(poison)
          ? [micro.payload.address]
          : [],
      ),
    );
    this.memory = new Memory(this.world, this.program, scenario);
    this.patchers = new Patchers(scenario, this.program, this.memory, this.executing > 0 || machine.onPatcher);
    const moves = this.program.micros.some(({ kind }) => kind === 'run' || kind === 'migrate');
    const { flushing, onlineLater } = scenario.executors;
    const fencesAnywhere =
      moves || flushing || onlineLater !== 'no' || this.program.stops.length > 0 || this.world.mayFence();
    const blind = machine.onPatcher || moves ? 0 : this.patching;
    this.settling = new Settling(this.memory, this.patchers, blind, fencesAnywhere);
    this.entrances = scenario.threads.length > 0 ? threadCode(scenario) : scenario.sites;
    this.retiring = (scenario.threads.length > 0 ? [] : scenario.sites).flatMap((site) =>
      site.versions
        .filter(({ name }) => site.to !== null && name !== site.to)
        .map((version) => ({ version: version.name, targets: targetsOf(this.world, site, version) })),
    );
  }

  /** Passes may begin on it. */
  executes(hart: number): boolean {
    return hart < this.patching ? this.machine.onPatcher : hart < this.patching + this.executing;
  }

  /** It is not there from the beginning. */
  comesLater(hart: number): boolean {
    return hart >= this.patching + this.machine.harts && hart < this.patching + this.executing;
  }

  slotOf(state: State, index: number): Slot {
    const slot = state.slots[index];
    if (slot === null || slot === undefined) throw new Error(`no pass ${index}`);
    return slot;
  }

  stopOf(index: number): Stop {
    const stop = this.program.stops[index];
    if (stop === undefined) throw new Error(`no stop_machine ${index}`);
    return stop;
  }

  /** The patcher is inside a stop_machine with interrupts off; it is the only one then. */
  stopsWithoutInterrupts(state: State, hart: number): boolean {
    return hart === 0 && state.stop !== null && this.stopOf(state.stop).irqsOff;
  }

  /** Within a pass; whoever stays in a symbol that does not come back has left it. */
  masked(slot: Slot): boolean {
    return this.scenario.executors.masked && this.passes.at(slot.pass).held?.link !== null;
  }

  /** Whoever goes round may find something else after an interrupt. */
  disturbed(state: State, index: number): State {
    const slot = this.slotOf(state, index);
    const pass = this.passes.numberOf({ ...this.passes.at(slot.pass), backward: 0 });
    return withSlot(state, index, { ...slot, pass });
  }

  /** A step that shows nothing. */
  quiet(text: string, state: State): Transition {
    return { text, state: this.settling.settled(state), findings: [] };
  }
}
