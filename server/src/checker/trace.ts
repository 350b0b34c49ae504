/**
 * A found execution told as one interleaving: the patcher's operations are put in as late as the thread's path allows.
 * Where no interleaving can show it (a fetch that reads past its hart's own later store), the step says so.
 */
import { close, has, none, type Order, single } from '../memory/order';
import type { Layout } from './layout';
import { wordText } from './layout';
import type { Taken } from './meetings';
import { allOf, ended, microAfter, standing } from './moves';
import {
  type Message,
  type Micro,
  overlaps,
  type Program,
  type Progress,
  type Rendezvous,
  type Track,
  trackOf,
} from './program';
import type { Operation, Scenario, Source } from './scenario';
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
  /** The patchers' first. */
  readonly #harts: StageHart[];
  readonly #lines: Line[] = [];
  /** By track: the micro-operation that its patcher stands before. */
  readonly #done: number[];
  /** The tracks that are being brought on. */
  readonly #moving = new Set<number>();
  #current = -1;
  /** Where in the path it is, and where the thread first comes to each hart. */
  #step = -1;
  readonly #entries: number[];
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
    const { tracks, meetings, rendezvous } = program;
    this.#done = tracks.map(({ first }) => first);
    this.#entries = tracks.map(({ index }) => path.findIndex(({ action }) => this.#onPatcher(action)?.index === index));
    this.#harts = tracks.map(({ index, name }): StageHart => {
      const entry = path[this.#entries[index] ?? -1]?.action;
      return {
        ...blank,
        name: name === null ? 'patcher' : `patcher ${name}`,
        track: index,
        joins: entry && 'taken' in entry ? entry.taken : meetings.count - 1,
        activity: 'has not begun',
      };
    });
    path.forEach(({ action }, step) => {
      if (!this.#enters(action)) return;
      this.#harts.push({ ...blank, name: `hart ${this.#harts.length - tracks.length + 1}`, joins: action.taken });
      this.#entries.push(step);
    });
    if (this.#harts.length === tracks.length && rendezvous.length > 0 && path.length === 0)
      this.#harts.push({ ...blank, name: 'hart 1' });
  }

  tell(): Told {
    const before = this.#snapshot();
    const { tracks, deadlock } = this.program;
    let joined = tracks.length;
    this.path.forEach(({ action, state }, step) => {
      this.#step = step;
      if (action.kind === 'start' || (action.kind === 'switch-in' && !(action.same && action.place === 'remote'))) {
        const track = this.#onPatcher(action);
        if (track) {
          this.#patchersTo(standing(this.program, action.q));
          this.#current = track.index;
          this.#bring(track.index, action.taken);
        } else {
          this.#current = joined++;
          if (action.newcomer) this.#comesOnline(this.#current, action.taken);
          else this.#bring(this.#current, action.taken);
        }
        if (action.kind === 'start' && action.late) this.#patchersTo(ended(this.program));
        else if (action.kind === 'start') this.#hasReported(action.reported);
      } else if (action.kind === 'switch-in') this.#bring(this.#current, action.taken);
      this.#act(action, state);
    });
    if (deadlock && this.path.length === 0) for (const q of deadlock.at) this.#patchersTo(standing(this.program, q));
    return { before, steps: this.#lines };
  }

  /** The patcher to whose hart the thread comes with this action. */
  #onPatcher(action: Action): Track | null {
    return (action.kind === 'start' || action.kind === 'switch-in') && action.place === 'patcher'
      ? trackOf(this.program, action.q)
      : null;
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
        this.#patchersTo(standing(this.program, action.q));
        return;
      case 'step': {
        const ahead = this.#readsAhead(action);
        if (!ahead) this.#patchersTo(this.#needs(action));
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
        this.#patchersTo(allOf(action.loads.map((seen) => microAfter(this.program, seen))));
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
        this.#patchersTo(standing(this.program, (this.program.graces[action.grace]?.sendMicro ?? 0) + 1));
        show('the thread reports that it is outside', here, 'runs other code');
        return;
      case 'rendezvous': {
        const meeting = this.program.rendezvous[action.index];
        if (meeting) {
          this.#patchersTo(this.#sent(meeting));
          if (!this.program.meetings.has(hart.answered, meeting))
            hart.answered = this.#with(hart.answered, meeting.track);
        }
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
    const needed = microAfter(this.program, use.seen);
    if (!this.#passesUnanswered(needed)) this.#patchersTo(needed);
    const newer = this.program.messages.some(
      (message) =>
        this.#isDone(message.micro) &&
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

  #isDone(micro: number): boolean {
    return micro < (this.#done[trackOf(this.program, micro).index] ?? 0);
  }

  /** What each patcher must have done before a hart can take part in a rendezvous of its. */
  #sent({ kind, waitMicro, sendMicro }: Rendezvous): Progress {
    return standing(this.program, kind === 'park' ? waitMicro : sendMicro + 1);
  }

  /** The patchers' operations so far; false where a wait cannot be passed. */
  #patchersTo(progress: Progress): boolean {
    return this.program.tracks.every(({ index, first }) => this.#trackTo(index, first + (progress[index] ?? 0)));
  }

  #trackTo(index: number, to: number): boolean {
    // Two that wait for each other's stores: the one that is told first goes on.
    if (this.#moving.has(index)) return true;
    this.#moving.add(index);
    const reached = this.#oneByOne(index, to);
    this.#moving.delete(index);
    return reached;
  }

  #oneByOne(index: number, to: number): boolean {
    const { tracks, micros, operations } = this.program;
    const end = tracks[index]?.end ?? 0;
    for (let q = this.#done[index] ?? 0; q < Math.min(to, end); q++) {
      const micro = micros[q];
      if (micro === undefined) return true;
      this.#othersBefore(micro, index);
      if (micro.kind === 'wait' && !this.#answerAll(micro.rendezvous)) return false;
      this.#done[index] = q + 1;
      const patcher = this.#harts[index];
      const operation = operations[micro.operation];
      if (patcher && this.#current !== index) {
        patcher.activity = q + 1 >= end ? 'has finished' : 'patches';
        patcher.source = operation?.source ?? patcher.source;
      }
      this.#line(patcher?.name ?? '', this.#microText(micro), operation?.source ?? null);
    }
    return true;
  }

  /** What other patchers do before this: they give back the lock that it takes, and store to the same bytes. */
  #othersBefore(micro: Micro, index: number): void {
    const { messages, tracks } = this.program;
    if (tracks.length === 1) return;
    const own = micro.kind === 'write' ? messages[micro.message] : undefined;
    const below = own === undefined ? none : (this.#order().below[own.id] ?? none);
    const before = own
      ? messages.filter((other) => has(below, other.id) && overlaps(other, own.address, own.bytes.length))
      : micro.kind === 'lock' && micro.unlock !== null
        ? messages.filter(({ id }) => id === micro.unlock)
        : [];
    for (const message of before) {
      const track = trackOf(this.program, message.micro);
      if (track.index !== index) this.#trackTo(track.index, message.micro + 1);
    }
  }

  /** The order in which all ends. */
  #order(): Order {
    return this.path.at(-1)?.state.order ?? this.program.order;
  }

  /** Every hart that has not answered yet does, unless the thread is on it: then its path says when. */
  #answerAll(rendezvous: number): boolean {
    const { meetings } = this.program;
    const meeting = this.program.rendezvous[rendezvous];
    if (meeting === undefined) return true;
    const asked = this.#harts.flatMap((hart, index) =>
      hart.track !== meeting.track && !meetings.has(hart.answered, meeting) ? [{ hart, index }] : [],
    );
    const waiting = asked.some(
      ({ hart, index }) =>
        index === this.#current || (hart.state === null && !meetings.has(hart.joins, meeting) && this.#later(index)),
    );
    if (waiting) return false;
    for (const { hart, index } of asked)
      while (!meetings.has(hart.answered, meeting)) this.#answer(index, meeting.track);
    return true;
  }

  /** Does the thread come to this hart only later in the path? */
  #later(index: number): boolean {
    return this.#step >= 0 && (this.#entries[index] ?? -1) > this.#step;
  }

  /** With one more of this track's. */
  #with(taken: Taken, track: number): Taken {
    return this.program.meetings.next(taken).find(({ meeting }) => meeting.track === track)?.taken ?? taken;
  }

  #answer(index: number, track: number): void {
    const hart = this.#harts[index];
    if (hart === undefined) return;
    const meeting = this.program.meetings.next(hart.answered).find((one) => one.meeting.track === track)?.meeting;
    hart.answered = this.#with(hart.answered, track);
    const text =
      meeting?.kind === 'park'
        ? 'stops with interrupts off and reports'
        : meeting?.kind === 'leave'
          ? `is let go${meeting.body.length > 0 ? ', executes fence.i' : ''}`
          : `takes the interrupt: ${meeting?.firmware === true ? 'the firmware executes fence.i' : this.#bodyText(meeting?.index ?? -1)} and answers`;
    this.#line(hart.name, text, this.program.operations[meeting?.operation ?? -1]?.source ?? null);
  }

  /** Before a pass: a thread of this hart has been outside since the patcher began to wait. */
  #hasReported(reported: number): void {
    for (const { sendMicro } of this.program.graces.slice(0, reported)) {
      this.#patchersTo(standing(this.program, sendMicro + 1));
      this.#line(this.#harts[this.#current]?.name ?? '', 'its thread reports that it is outside', null);
    }
    this.#reported = reported;
  }

  /** A hart to which the first rendezvous were not sent. */
  #comesOnline(index: number, taken: number): void {
    const hart = this.#harts[index];
    if (hart === undefined) return;
    hart.answered = taken;
    this.#patchersTo(standing(this.program, (this.program.rendezvous[taken - 1]?.sendMicro ?? -1) + 1));
    const start = this.scenario.executors.onlineLater === 'fence.i' ? ' and executes fence.i' : '';
    this.#line(hart.name, `comes online${start}: what was sent before was not sent to it`, null);
  }

  /** Lets a hart take these rendezvous, with what the patchers must have done for each. */
  #bring(index: number, taken: Taken): void {
    const hart = this.#harts[index];
    if (hart === undefined) return;
    const { meetings, tracks } = this.program;
    const before = this.#current;
    this.#current = -1;
    for (const track of tracks)
      while (meetings.of(hart.answered, track.index) < meetings.of(taken, track.index)) {
        const [meeting] = meetings.left(hart.answered, track.index);
        if (meeting === undefined) break;
        const reached = this.#patchersTo(this.#sent(meeting));
        if (!meetings.has(hart.answered, meeting)) this.#answer(index, track.index);
        if (!reached) break;
      }
    this.#current = before;
  }

  #needs(action: Extract<Action, { kind: 'step' }>): Progress {
    const seen = [...action.fetches.map(({ reading }) => reading.seen), ...action.loads];
    return allOf(seen.map((set) => microAfter(this.program, set)));
  }

  /** Must a patcher have passed a wait that this very hart has not answered yet? */
  #readsAhead(action: Extract<Action, { kind: 'step' }>): boolean {
    return this.#passesUnanswered(this.#needs(action));
  }

  #passesUnanswered(needed: Progress): boolean {
    const hart = this.#harts[this.#current];
    const { tracks, micros, rendezvous, meetings } = this.program;
    return tracks.some(({ index, first }) => {
      const to = first + (needed[index] ?? 0);
      if (hart?.track === index) return to > (this.#done[index] ?? 0);
      for (let q = this.#done[index] ?? 0; q < to; q++) {
        const its = micros[q];
        if (its?.kind === 'grace' && this.#reported <= its.grace) return true;
        const meeting = its?.kind === 'wait' ? rendezvous[its.rendezvous] : undefined;
        if (meeting && !meetings.has(hart?.answered ?? 0, meeting)) return true;
      }
      return false;
    });
  }

  /** Says where a newer word stands in memory already. */
  #staleNote(action: Extract<Action, { kind: 'step' }>): string {
    const newer = this.program.messages.filter(
      (message) =>
        this.#isDone(message.micro) &&
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
    const messages = this.program.meetings.last(hart?.answered ?? 0).flatMap(({ message }) => message ?? []);
    const behind =
      hart?.track !== undefined &&
      messages.some((answered) => {
        const carried = close(this.program.order, single(answered));
        const sent = this.program.messages[answered]?.micro ?? 0;
        const track = trackOf(this.program, sent);
        return newer.some(({ id, micro }) => micro >= track.first && micro < sent && (carried & single(id)) === none);
      });
    return behind
      ? ' (stale: nothing ordered the store of the newer word before the message that this hart answered)'
      : ' (stale: this hart does not see the newer word yet)';
  }

  #aheadNote(action: Extract<Action, { kind: 'step' }>): string {
    const needed = this.#needs(action);
    const unseen = this.program.tracks.find(
      ({ index, first }) => first + (needed[index] ?? 0) > (this.#done[index] ?? 0),
    );
    const micro = unseen && this.program.micros[unseen.first + (needed[unseen.index] ?? 0) - 1];
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
        if (message.kind === 'end')
          return this.program.tracks.length === 1 ? 'ends the protocol (store-release)' : 'ends (store-release)';
        if (message.kind === 'unlock') return `gives back ${lockOf(operation)} (store-release)`;
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
      case 'lock':
        return `takes ${lockOf(operation)}${micro.unlock === null ? '' : ' (acquire)'}`;
      case 'ended':
        return 'has ended';
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
    return { harts: this.#harts, done: (micro) => this.#isDone(micro) };
  }
  #snapshot(): Snapshot {
    return this.snapshots.take(this.#scene());
  }
  #line(hart: string, text: string, source: Source | null): void {
    this.#lines.push({ hart, text, source, after: this.#snapshot() });
  }
}

const blank = {
  track: null,
  answered: 0,
  joins: 0,
  state: null,
  activity: 'runs other code',
  source: null,
} satisfies Partial<StageHart>;

const lockOf = (operation: Operation | undefined): string =>
  operation?.kind === 'lock' || operation?.kind === 'unlock' ? `\`${operation.name}\`` : 'a lock';

const nothing = ({ fetches }: Extract<Action, { kind: 'step' }>): string =>
  fetches.some(({ reading }) => reading.bytes.includes('freed'))
    ? 'what has been freed'
    : 'nothing: no code is declared';
