import { equivalent } from './equivalence';
import { type Exit, goesRound, type Pass, type Performed, passKey, staysAt } from './pass';
import type { Finding, Setup, Transition } from './setup';
import { type HartState, type Slot, type State, withHart, withSlot } from './state';
import { afterAll, couldBe } from './threads';
import type { World } from './world';

/** The thread itself, if it could have done so alone, and whether it could have after the end. */
const asThread = (world: World, at: string, pass: Pass): string[] => [
  ...(couldBe(world, at, pass, false) ? [pass.site.name] : []),
  ...(couldBe(world, at, pass, true) ? [afterAll] : []),
];

/** What becomes of a pass after each of its steps, and what that shows. */
export class Judgement {
  private readonly judged = new Map<string, readonly string[]>();

  constructor(private readonly setup: Setup) {}

  arrived(state: State, index: number, hart: HartState, slotIndex: number, text: string, step: Performed): Transition {
    const { passes } = this.setup;
    const slot = this.setup.slotOf(state, slotIndex);
    const over = this.setup.quiet(text, this.over(state, index, { ...hart, trapped: null }, slotIndex));
    if (step.kind === 'exit') {
      const inside = slot.own === null ? this.remains(step) : null;
      const stays = (pass: number): Transition =>
        this.setup.quiet(text, withSlot(withHart(state, index, hart), slotIndex, { ...slot, late: false, pass }));
      return { ...(inside === null ? over : stays(inside)), findings: this.judge(slot, step) };
    }
    if (step.kind === 'violation') return { ...over, findings: this.judge(slot, step) };
    const back = step.pass.pc <= passes.at(slot.pass).pc;
    if (back && goesRound(step.pass) && this.forever(state, index, hart, slot, step.pass)) {
      const why = `goes round at ${step.pass.pc.toString(16)}`;
      return { ...over, findings: this.judge(slot, { kind: 'violation', code: 'hang', why, access: step.access }) };
    }
    const pass = passes.numberOf(step.pass);
    return this.setup.quiet(text, withSlot(withHart(state, index, hart), slotIndex, { ...slot, pass }));
  }

  /** The pass has ended: its hart is free, and its thread is outside. */
  over(state: State, index: number, hart: HartState, slotIndex: number): State {
    const { asked } = state;
    const awaited = asked?.slots.includes(slotIndex) === true;
    const reported = awaited
      ? { ...asked, slots: asked.slots.filter((slot) => slot !== slotIndex), rank: state.messages.length }
      : asked;
    return withSlot(withHart({ ...state, asked: reported }, index, { ...hart, slot: null }), slotIndex, null);
  }

  /**
   * Nothing that is sure to happen will end this loop: no store is on its way, no message will interrupt it, and each
   * patcher has finished or waits, for this very hart or for another that does. Interrupts that merely may come do not
   * count.
   */
  private forever(state: State, index: number, hart: HartState, slot: Slot, pass: Pass): boolean {
    const { scenario, memory, patchers, patching } = this.setup;
    const { preemptible, masked } = scenario.executors;
    const interruptible = !masked && !slot.handler;
    if (patchers.commits(state).length > 0) return false;
    // With Ziccid a newer store is fetched in the end.
    const settled = !scenario.machine.isa.extensions.has('ziccid') || memory.fetch(state, hart, pass.pc).length === 1;
    // Nobody goes on while the patcher itself goes round.
    if (slot.own !== null) return settled;
    for (let patcher = 0; patcher < patching; patcher++) {
      const next = patchers.next(state, patcher);
      if (next === undefined) continue;
      const runs = state.harts[patcher]?.slot !== null || next.kind === 'run';
      const goesOn = runs || patchers.step(state, patcher) !== null;
      if (patcher === index ? preemptible && interruptible : goesOn) return false;
    }
    if (state.asked?.slots.some((other) => state.slots[other] !== slot) === true) return false;
    const gathers = state.stop !== null && state.released[state.stop] === null;
    for (const [i, other] of state.harts.entries()) {
      const listens = i !== index || interruptible || scenario.machine.ipi === 'sbi';
      if (other.pending.length > 0 && listens) return false;
      const stops = i !== index || (interruptible && preemptible);
      if (i >= patching && gathers && other.online && other.parked === null && stops) return false;
    }
    return settled;
  }

  /** The pass of a thread that stays in the symbol that it has jumped to, where that can make a difference. */
  private remains({ at, leads, pass }: Exit): number | null {
    const { scenario, retiring, freed, passes } = this.setup;
    const symbol = scenario.symbols.find(({ address }) => address.toString(16) === at);
    if (symbol === undefined || leads === 'nowhere') return null;
    const retires = retiring.some(({ targets }) => targets.includes(symbol.address));
    return retires || freed.has(symbol.address) ? passes.numberOf(staysAt(pass, symbol)) : null;
  }

  private judge(slot: Slot, step: Exclude<Performed, { kind: 'next' }>): Finding[] {
    const { site } = this.setup.passes.at(slot.pass);
    const late = (why: string): Finding[] => (slot.late && site.to !== null ? [{ kind: 'not effective', why }] : []);
    if (step.kind === 'violation') return [{ kind: step.code, why: step.why }, ...late(step.why)];
    const found = this.versionsLike(slot.pass, step);
    const { own } = slot;
    if (found.length === 0 || (own !== null && !found.some((name) => own.includes(name)))) {
      // Where one version alone would have jumped there too, the jump is at fault; otherwise the mixture is.
      const wild = step.leads === 'nowhere' && this.setup.world.ofOneVersion(site, step.pass.versions);
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
    const { world } = this.setup;
    const thread = world.isThread(pass.site);
    const known =
      this.judged.get(key) ??
      (thread ? asThread(world, at, pass) : null) ??
      pass.site.versions.filter((version) => equivalent(this.setup.world, version, at, pass)).map(({ name }) => name);
    this.judged.set(key, known);
    return known;
  }
}
