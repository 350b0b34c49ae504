/**
 * A found execution told as one interleaving: the patcher's operations are put in as late as the thread's path allows.
 * Where no interleaving can show it (a fetch that reads past its hart's own later store), the step says so.
 */
import { close, members, none, single } from '../memory/order';
import type { Layout } from './layout';
import { wordText } from './layout';
import { type Message, type Micro, overlaps, type Program } from './program';
import type { Scenario, Source } from './scenario';
import type { Found } from './search';
import type { Scene, Snapshots, StageHart } from './snapshot';
import type { Action, FixupUse, State } from './state';
import type { Snapshot, TraceStep } from './verdict';
import type { Words } from './words';

interface Line {
  readonly hart: string;
  readonly text: string;
  readonly source: Source | null;
  readonly after: Snapshot;
}

export interface Told {
  readonly before: Snapshot;
  readonly steps: readonly TraceStep[];
}

export function tell(
  scenario: Scenario,
  layout: Layout,
  program: Program,
  words: Words,
  snapshots: Snapshots,
  found: Found | null,
): Told {
  const teller = new Teller(scenario, layout, program, words, snapshots, found?.path ?? []);
  return teller.tell();
}

class Teller {
  readonly #harts: StageHart[] = [
    { name: 'patcher', answered: 0, joins: 0, state: null, activity: 'has not begun', source: null },
  ];
  readonly #lines: Line[] = [];
  #done = 0;
  #current = -1;
  /** For so many waits has the thread reported. */
  #reported = 0;

  constructor(
    readonly scenario: Scenario,
    readonly layout: Layout,
    readonly program: Program,
    readonly words: Words,
    readonly snapshots: Snapshots,
    readonly path: Found['path'],
  ) {
    for (const { action } of path)
      if (this.#enters(action))
        this.#harts.push({
          name: `hart ${this.#harts.length}`,
          answered: 0,
          joins: action.taken,
          state: null,
          activity: 'runs other code',
          source: null,
        });
    if (this.#harts.length === 1 && this.program.rendezvous.length > 0 && path.length === 0)
      this.#harts.push({
        name: 'hart 1',
        answered: 0,
        joins: 0,
        state: null,
        activity: 'runs other code',
        source: null,
      });
  }

  tell(): Told {
    const before = this.#snapshot();
    let joined = 0;
    this.path.forEach(({ action, state }) => {
      if (action.kind === 'start' || (action.kind === 'switch-in' && !(action.same && action.place === 'remote'))) {
        if (action.place === 'patcher') {
          this.#patcherTo(action.q);
          this.#current = 0;
        } else {
          this.#current = ++joined;
          if (action.newcomer) this.#comesOnline(this.#current, action.taken);
          else this.#bring(this.#current, action.taken);
        }
        if (action.kind === 'start' && action.late) this.#patcherTo(this.program.end);
        else if (action.kind === 'start') this.#hasReported(action.reported);
      } else if (action.kind === 'switch-in') this.#bring(this.#current, action.taken);
      this.#act(action, state);
    });
    if (this.program.deadlock && this.path.length === 0) this.#patcherTo(this.program.deadlock.micro);
    return { before, steps: this.#lines };
  }

  #enters(action: Action): action is Extract<Action, { taken: number }> {
    return (
      (action.kind === 'start' && action.place === 'remote') ||
      (action.kind === 'switch-in' && action.place === 'remote' && !action.same)
    );
  }

  /** The thread's own steps. */
  #act(action: Action, state: State): void {
    const hart = this.#harts[this.#current];
    if (hart === undefined) return;
    this.#reported = state.reported;
    const show = (text: string, source: Source | null, activity: string): void => {
      hart.state = state;
      hart.activity = activity;
      hart.source = source ?? hart.source;
      this.#line(hart.name, text, source);
    };
    const here = this.#sourceAt(state);
    switch (action.kind) {
      case 'start':
        if (action.late) show('reads with acquire that the protocol has ended; a pass begins', here, 'runs a pass');
        else {
          hart.state = state;
          hart.activity = 'runs a pass';
          hart.source = here;
        }
        return;
      case 'patcher':
        this.#patcherTo(action.q);
        return;
      case 'step': {
        const ahead = this.#readsAhead(action);
        if (!ahead) this.#patcherTo(this.#needs(action));
        const known = this.words.known(action.address, action.bytes);
        const note = ahead ? this.#aheadNote(action) : this.#staleNote(action);
        show(
          `executes ${action.bytes.length === 0 ? nothing(action) : this.words.whole(action.address, action.bytes)} at ${this.layout.name(action.address)}${note}`,
          known?.instruction.source ?? null,
          'runs a pass',
        );
        return;
      }
      case 'handle':
        this.#patcherTo(
          Math.max(0, ...action.loads.flatMap(members).map((id) => (this.program.messages[id]?.micro ?? -1) + 1)),
        );
        show(`the handler of the breakpoint goes on to ${this.#interrupted(action.fixup, state)}`, here, 'runs a pass');
        if (action.fixup) this.#trapReturn(action.fixup, state, here);
        return;
      case 'return':
        show(`comes back to ${this.layout.name(state.thread.pc)}`, here, 'runs a pass');
        return;
      case 'interrupt':
        show(`takes an interrupt at ${this.#interrupted(action.fixup, state)}`, here, 'in an interrupt handler');
        if (action.fixup) this.#trapReturn(action.fixup, state, here);
        return;
      case 'report':
        this.#patcherTo((this.program.graces[action.grace]?.sendMicro ?? 0) + 1);
        show('the thread reports that it is outside', here, 'runs other code');
        return;
      case 'rendezvous': {
        const meeting = this.program.rendezvous[action.index];
        if (meeting) this.#patcherTo(meeting.kind === 'park' ? meeting.waitMicro : meeting.sendMicro + 1);
        hart.answered = Math.max(hart.answered, action.index + 1);
        const where = this.#interrupted(action.fixup, state);
        const how =
          meeting?.firmware === true
            ? 'the firmware executes fence.i, answers and returns; no trap-return fix-up'
            : `${this.#bodyText(action.index)}${action.fixup ? ' and answers' : ', answers and returns'}`;
        show(
          `takes the interrupt at ${where}: ${how}`,
          here,
          meeting?.firmware === true ? 'runs a pass' : 'in the interrupt handler',
        );
        if (action.fixup) this.#trapReturn(action.fixup, state, here);
        return;
      }
      case 'switch-out':
        show(`the thread is preempted at ${this.layout.name(state.thread.pc)}`, null, 'runs other code');
        hart.state = null;
        return;
      case 'switch-in':
        show(
          `the thread goes on here at ${this.#interrupted(action.fixup, state)}`,
          here,
          action.fixup ? 'in the scheduler' : 'runs a pass',
        );
        if (action.fixup) this.#trapReturn(action.fixup, state, here);
        return;
    }
  }

  /** The trap returns, after the patcher has stored whatever the fix-up read. */
  #trapReturn(use: FixupUse, state: State, source: Source | null): void {
    const hart = this.#harts[this.#current];
    if (hart === undefined) return;
    const needed = Math.max(0, ...members(use.seen).map((id) => (this.program.messages[id]?.micro ?? -1) + 1));
    if (!this.#passesUnanswered(needed)) this.#patcherTo(needed);
    const newer = this.program.messages.some(
      (message) =>
        message.micro < this.#done &&
        (use.seen & single(message.id)) === none &&
        overlaps(message, use.address, use.bytes.length),
    );
    const word = `${wordText(use.bytes)}${newer ? ', stale' : ''}`;
    hart.activity = 'runs a pass';
    hart.state = state;
    const text = use.applied
      ? `the trap-return fix-up reads ${word}: it matches, and returns to ${this.layout.name(use.target)}`
      : `the trap-return fix-up reads ${word}: it does not match; returns to ${this.layout.name(use.address)}`;
    this.#line(hart.name, text, source);
  }

  /** Patcher operations up to, not including, micro-operation `to`; false where a wait cannot be passed. */
  #patcherTo(to: number): boolean {
    while (this.#done < to) {
      const micro = this.program.micros[this.#done];
      if (micro === undefined) return true;
      if (micro.kind === 'wait' && !this.#answerAll(micro.rendezvous)) return false;
      this.#done++;
      const patcher = this.#harts[0];
      const operation = this.program.operations[micro.operation];
      if (patcher && this.#current !== 0) {
        patcher.activity = this.#done >= this.program.end ? 'has finished' : 'patches';
        patcher.source = operation?.source ?? patcher.source;
      }
      this.#line('patcher', this.#microText(micro), operation?.source ?? null);
    }
    return true;
  }

  /** Every hart that has not answered yet does, unless the thread is on it: then its path says when. */
  #answerAll(rendezvous: number): boolean {
    const waiting = this.#harts.some(
      (hart, index) =>
        index > 0 &&
        hart.answered <= rendezvous &&
        (index === this.#current || (hart.state === null && hart.joins <= rendezvous && this.#later(index))),
    );
    if (waiting) return false;
    this.#harts.forEach((hart, index) => {
      if (index > 0) while (hart.answered <= rendezvous) this.#answer(index);
    });
    return true;
  }

  /** Does the thread come to this hart only later in the path? */
  #later(index: number): boolean {
    return index > this.#current && this.#current >= 0;
  }

  #answer(index: number): void {
    const hart = this.#harts[index];
    if (hart === undefined) return;
    const k = hart.answered++;
    const meeting = this.program.rendezvous[k];
    const text =
      meeting?.kind === 'park'
        ? 'stops with interrupts off and reports'
        : meeting?.kind === 'leave'
          ? `is let go${meeting.body.length > 0 ? ', executes fence.i' : ''}`
          : `takes the interrupt: ${meeting?.firmware === true ? 'the firmware executes fence.i' : this.#bodyText(k)} and answers`;
    this.#line(hart.name, text, this.program.operations[meeting?.operation ?? -1]?.source ?? null);
  }

  /** Before a pass: a thread of this hart has been outside since the patcher began to wait. */
  #hasReported(reported: number): void {
    for (const { sendMicro } of this.program.graces.slice(0, reported)) {
      this.#patcherTo(sendMicro + 1);
      this.#line(this.#harts[this.#current]?.name ?? '', 'its thread reports that it is outside', null);
    }
    this.#reported = reported;
  }

  /** A hart to which the first rendezvous were not sent. */
  #comesOnline(index: number, taken: number): void {
    const hart = this.#harts[index];
    if (hart === undefined) return;
    hart.answered = taken;
    this.#patcherTo((this.program.rendezvous[taken - 1]?.sendMicro ?? -1) + 1);
    const start = this.scenario.executors.onlineLater === 'fence.i' ? ' and executes fence.i' : '';
    this.#line(hart.name, `comes online${start}: what was sent before was not sent to it`, null);
  }

  /** Lets a hart take so many rendezvous, with what the patcher must have done for each. */
  #bring(index: number, taken: number): void {
    const hart = this.#harts[index];
    if (hart === undefined) return;
    const before = this.#current;
    this.#current = -1;
    while (hart.answered < taken) {
      const meeting = this.program.rendezvous[hart.answered];
      if (meeting === undefined) break;
      const reached = this.#patcherTo(meeting.kind === 'park' ? meeting.waitMicro : meeting.sendMicro + 1);
      if (hart.answered < taken) this.#answer(index);
      if (!reached) break;
    }
    this.#current = before;
  }

  #needs(action: Extract<Action, { kind: 'step' }>): number {
    const seen = [...action.fetches.map(({ reading }) => reading.seen), ...action.loads];
    return Math.max(0, ...seen.flatMap(members).map((id) => (this.program.messages[id]?.micro ?? -1) + 1));
  }

  /** Must the patcher have passed a wait that this very hart has not answered yet? */
  #readsAhead(action: Extract<Action, { kind: 'step' }>): boolean {
    const needed = this.#needs(action);
    return this.#passesUnanswered(needed);
  }

  #passesUnanswered(needed: number): boolean {
    const hart = this.#harts[this.#current];
    if (this.#current === 0) return needed > this.#done;
    for (let micro = this.#done; micro < needed; micro++) {
      const its = this.program.micros[micro];
      if (its?.kind === 'grace' && this.#reported <= its.grace) return true;
      if (its?.kind === 'wait' && (hart?.answered ?? 0) <= its.rendezvous) return true;
    }
    return false;
  }

  /** Says where a newer word stands in memory already. */
  #staleNote(action: Extract<Action, { kind: 'step' }>): string {
    const newer = this.program.messages.filter(
      (message) =>
        message.micro < this.#done &&
        message.bytes.length > 0 &&
        action.fetches.some(
          ({ address, size, reading }) =>
            message.address < address + BigInt(size) &&
            address < message.address + BigInt(message.bytes.length) &&
            (reading.seen >> BigInt(message.id)) % 2n === 0n,
        ),
    );
    if (newer.length === 0) return '';
    const hart = this.#harts[this.#current];
    const answered = this.program.rendezvous[(hart?.answered ?? 0) - 1]?.message ?? null;
    const carried = answered === null ? none : close(this.program.order, single(answered));
    const behind =
      this.#current > 0 &&
      answered !== null &&
      newer.some(
        ({ id, micro }) => micro < (this.program.messages[answered]?.micro ?? 0) && (carried & single(id)) === none,
      );
    return behind
      ? ' (stale: nothing ordered the store of the newer word before the message that this hart answered)'
      : ' (stale: this hart does not see the newer word yet)';
  }

  #aheadNote(action: Extract<Action, { kind: 'step' }>): string {
    const needed = this.#needs(action);
    const micro = this.program.micros[needed - 1];
    const text =
      micro === undefined ? 'a later store' : (this.program.operations[micro.operation]?.text ?? 'a later store');
    return ` (fetched from \`${text}\`, which the patcher performs only later: no rule of this rung keeps a fetch from reading past its hart's own answer)`;
  }

  #interrupted(fixup: FixupUse | null, state: State): string {
    return this.layout.name(fixup?.address ?? state.thread.pc);
  }

  #bodyText(rendezvous: number): string {
    const body = this.program.rendezvous[rendezvous]?.body ?? [];
    return body.length === 0
      ? 'does nothing'
      : `executes ${body.map((operation) => (operation.kind === 'fence.i' ? 'fence.i' : 'a fence')).join(', ')}`;
  }

  #microText(micro: Micro): string {
    const operation = this.program.operations[micro.operation];
    switch (micro.kind) {
      case 'write': {
        const message = this.program.messages[micro.message];
        if (message === undefined) return 'writes';
        if (message.kind === 'end') return 'ends the protocol (store-release)';
        if (message.kind === 'counter') return 'lets the stopped harts go';
        if (message.kind === 'grace') return 'begins to wait for all threads';
        if (message.kind === 'free') return `frees ${this.layout.name(message.address)}`;
        if (message.kind === 'ipi') return 'sends a message to every other hart (memory store)';
        return this.#storeText(message, operation?.text ?? '');
      }
      case 'device-write':
        return `sends a message to every other hart (${this.scenario.machine.ipi === 'sbi' ? 'SBI call' : 'device store'})`;
      case 'fence':
        return `executes ${operation?.text ?? 'a fence'}`;
      case 'fence.i':
        return 'executes fence.i';
      case 'wait':
        return this.program.rendezvous[micro.rendezvous]?.kind === 'park'
          ? 'every other hart has stopped'
          : 'every other hart has answered';
      case 'grace':
        return 'every thread has been outside';
      case 'run':
        return `runs \`${micro.site}\` itself`;
      case 'migrate':
        if (operation?.kind === 'migrate' && operation.text.startsWith('patcher'))
          return `is followed by ${operation.text}, on a hart of its own`;
        return `goes on on another hart${micro.fenceI ? ', which executes fence.i at the switch' : ''}`;
    }
  }

  #storeText(message: Message, text: string): string {
    const parts = this.program.messages.filter(({ operation }) => operation === message.operation).length;
    const what =
      parts > 1
        ? `${text}, part ${this.program.messages.filter(({ operation, id }) => operation === message.operation && id <= message.id).length} of ${parts}`
        : text;
    return `${what.replace(/^write\b/, 'writes').replace(/^store/, 'stores')}: ${wordText(message.bytes)} at ${this.layout.name(message.address)}`;
  }

  #sourceAt(state: State): Source | null {
    const { pc } = state.thread;
    const site = this.layout.siteAt(pc);
    for (const version of site?.versions ?? [])
      for (const instruction of version.instructions) if (instruction.address === pc) return instruction.source;
    for (const region of this.scenario.regions)
      for (const instruction of region.instructions) if (instruction.address === pc) return instruction.source;
    return this.layout.symbolAt(pc)?.source ?? null;
  }

  #scene(): Scene {
    return { harts: this.#harts, done: this.#done };
  }
  #snapshot(): Snapshot {
    return this.snapshots.take(this.#scene());
  }
  #line(hart: string, text: string, source: Source | null): void {
    this.#lines.push({ hart, text, source, after: this.#snapshot() });
  }
}

const nothing = ({ fetches }: Extract<Action, { kind: 'step' }>): string =>
  fetches.some(({ reading }) => reading.bytes.includes('freed'))
    ? 'what has been freed'
    : 'nothing: no code is declared';
