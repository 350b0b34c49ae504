/** The path of a violation in one sentence: what a thread ran, where it was interrupted, and what was written meanwhile. */
import { close, type MessageSet, members, none, single } from '../memory/order';
import { type Layout, wordText } from './layout';
import type { Taken } from './meetings';
import { latest, microAfter, noProgress, standing } from './moves';
import { type Message, overlaps, type Program, type Progress, type Rendezvous, trackOf } from './program';
import type { Operation, Scenario } from './scenario';
import type { Found } from './search';
import { type Action, type FixupUse, patcherOf, type State } from './state';
import type { Words } from './words';

type Step = Extract<Action, { kind: 'step' }>;

/**
 * `Hart 1 executes AUIPC of old, is interrupted at entry+4 by 'sync fence.i' of redirect and comes back to JALR' of new
 * (written meanwhile by "write JALR'")`: begins with a capital letter, and ends without a full stop.
 */
export function story(scenario: Scenario, layout: Layout, program: Program, words: Words, path: Found['path']): string {
  return new Story(scenario, layout, program, words).tell(path);
}

/** A sentence of more parts is told by its beginning and its end; the trace has all of them. */
const longestStory = 9;
/** As many instructions in a row are listed. */
const longestRun = 5;

class Story {
  /** What is told of each hart or thread in turn. */
  readonly #parts: { readonly subject: string; readonly clauses: string[] }[] = [];
  /** Instructions that ran one after the other, with nothing to be said of any. */
  #run: { readonly label: string; readonly owner: string | null }[] = [];
  #verb = 'executes';
  /** So many micro-operations of each patcher must have been performed by now. */
  #done: Progress = noProgress;
  #joined = 0;
  /** Of each patcher, the last rendezvous that the thread's hart has taken. */
  #answered: readonly Rendezvous[] = [];

  constructor(
    readonly scenario: Scenario,
    readonly layout: Layout,
    readonly program: Program,
    readonly words: Words,
  ) {}

  tell(path: Found['path']): string {
    for (const { action, state } of path) this.#act(action, state);
    this.#flush();
    const told = this.#parts
      .filter(({ clauses }) => clauses.length > 0)
      .map(({ subject, clauses }) => `${subject} ${sentence(shortened(clauses))}`);
    const text = shortened(told).join('; ');
    return text === '' ? 'A pass begins' : `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
  }

  #act(action: Action, state: State): void {
    switch (action.kind) {
      case 'start':
        if (action.place === 'patcher') {
          this.#subject(state.must === null ? `a thread on ${this.#patchersHart(action.q)}` : "the patcher's own pass");
          this.#reach(standing(this.program, action.q));
          this.#takeAll(action.taken);
        } else this.#subject(this.#arrives(action.taken, action.newcomer));
        return;
      case 'step':
        this.#step(action, state);
        return;
      case 'return':
        this.#say(`comes back to ${this.layout.name(state.thread.pc)}`);
        return;
      case 'handle':
        this.#see(action.loads);
        this.#trap('its breakpoint is handled', 'goes on to', action.fixup, state);
        return;
      case 'interrupt':
        this.#trap(`is interrupted at ${this.#spot(action.fixup, state)}`, 'comes back to', action.fixup, state);
        return;
      case 'rendezvous': {
        const meeting = this.program.rendezvous[action.index] ?? null;
        if (meeting !== null) this.#take(meeting);
        const by = meeting === null ? '' : ` by ${this.#operation(meeting.operation)}`;
        const firmware = meeting?.firmware === true ? ' (answered by the firmware)' : '';
        const spot = this.#spot(action.fixup, state);
        this.#trap(`is interrupted at ${spot}${by}${firmware}`, 'comes back to', action.fixup, state);
        return;
      }
      case 'switch-out':
        this.#say(`is preempted at ${this.layout.name(state.thread.pc)}`);
        return;
      case 'switch-in': {
        this.#flush();
        const spot = this.#spot(action.fixup, state);
        if (action.place === 'patcher') {
          this.#reach(standing(this.program, action.q));
          this.#takeAll(action.taken);
          this.#subject(`the thread is resumed on ${this.#patchersHart(action.q)}`);
        } else if (action.same) {
          this.#takeAll(action.taken);
          this.#trap(`is resumed at ${spot}`, 'goes on to', action.fixup, state);
          return;
        } else this.#subject(`the thread is resumed on ${this.#arrives(action.taken, action.newcomer)}`);
        this.#trap(`at ${spot}`, 'executes', action.fixup, state);
        return;
      }
      case 'patcher':
      case 'report':
        if (action.kind === 'patcher') this.#reach(standing(this.program, action.q));
        return;
    }
  }

  #step(step: Step, state: State): void {
    if (step.bytes.length === 0) return;
    const note = this.#note(step, state);
    const known = this.words.known(step.address, step.bytes);
    if (note === '' && known !== null) {
      this.#run.push({ label: this.#label(step), owner: this.#owner(step) });
      return;
    }
    this.#flush();
    const owner = this.#owner(step);
    const what =
      known === null
        ? `${wordText(step.bytes)} = ${this.words.decoded(step.address, step.bytes)} at ${this.layout.name(step.address)}`
        : `${this.#label(step)}${owner === null ? '' : ` of ${owner}`}`;
    this.#say(`${this.#verb} ${what}${note === '' ? '' : ` (${note})`}`);
  }

  /** Whence an instruction is, where that is not what its version's name says: new, stale, or put together. */
  #note(step: Step, state: State): string {
    const stale = this.#stale(step);
    const ahead = this.#ahead(step, state);
    const before = this.#done;
    if (ahead === null) this.#see(step.fetches.map(({ reading }) => reading.seen));
    const sources = sourcesOf(step);
    if (this.words.known(step.address, step.bytes) === null && sources.length > 1)
      return halves(sources.map(({ from, bytes }) => ({ bytes, origin: this.#origin(from) })));
    const [newest] = sources.flatMap(({ from }) => from ?? []).sort((a, b) => b - a);
    const message = newest === undefined ? undefined : this.program.messages[newest];
    if (ahead !== null || stale !== null) return ahead ?? stale ?? '';
    const loaded = this.#loaded(step, this.#done);
    this.#see(step.loads);
    if (message !== undefined && !performed(this.program, message, before))
      return `written ${this.#parts.every(({ clauses }) => clauses.length === 0) && this.#run.length === 0 ? '' : 'meanwhile '}by ${this.#operation(message.operation)}`;
    return loaded;
  }

  /** What a load reads that was not there before. */
  #loaded(step: Step, before: Progress): string {
    const [newest] = step.loads.flatMap(members).sort((a, b) => b - a);
    const message = newest === undefined ? undefined : this.program.messages[newest];
    return message === undefined || performed(this.program, message, before)
      ? ''
      : `reading ${this.#operation(message.operation)}`;
  }

  /** Says where a fetch reads a store that its own hart still holds up, which some rungs allow; null where it does not. */
  #ahead({ fetches }: Step, state: State): string | null {
    const [newest] = fetches.flatMap(({ reading }) => members(reading.seen)).sort((a, b) => b - a);
    const message = newest === undefined ? undefined : this.program.messages[newest];
    if (message === undefined) return null;
    const { micros, meetings, rendezvous } = this.program;
    const own = patcherOf(state);
    const track = trackOf(this.program, message.micro);
    const taken = (own ?? state.remote)?.taken ?? 0;
    const held =
      own?.track === track.index
        ? message.micro >= own.q
        : micros.slice(track.first, message.micro).some((micro) => {
            const meeting = micro.kind === 'wait' ? rendezvous[micro.rendezvous] : undefined;
            if (meeting !== undefined) return !meetings.has(taken, meeting);
            return micro.kind === 'grace' && micro.grace >= state.reported;
          });
    return held ? `fetched ahead of time: ${this.#operation(message.operation)} waits for this very hart` : null;
  }

  /** Says why a word is older than what stands in memory; null where it is not. */
  #stale(step: Step): string | null {
    const newer = step.fetches
      .flatMap(({ address, size, reading }) =>
        this.program.messages.filter(
          (message) =>
            performed(this.program, message, this.#done) &&
            overlaps(message, address, size) &&
            (reading.seen & single(message.id)) === none,
        ),
      )
      .filter((message) => overlaps(message, step.address, step.bytes.length));
    const last = newer.at(-1);
    if (last === undefined) return null;
    const overtaken = this.#overtaken(newer);
    return overtaken ?? `stale: from before ${this.#operation(last.operation)}`;
  }

  /** A store that the message of the hart's last sync does not bring with it, although the patcher did it first. */
  #overtaken(newer: readonly Message[]): string | null {
    for (const { message, track } of this.#answered) {
      const answered = message === null ? undefined : this.program.messages[message];
      if (answered === undefined) continue;
      const carried = close(this.program.order, single(answered.id));
      const behind = newer.find(
        ({ id, micro }) =>
          micro < answered.micro && trackOf(this.program, micro).index === track && (carried & single(id)) === none,
      );
      const what = answered.kind === 'counter' ? 'the end' : 'the message';
      if (behind !== undefined)
        return `stale: ${what} of ${this.#operation(answered.operation)} has overtaken ${this.#operation(behind.operation)}`;
    }
    return null;
  }

  #origin(from: number | null): string {
    const message = from === null ? undefined : this.program.messages[from];
    return message === undefined ? 'from before' : `of ${this.#operation(message.operation)}`;
  }

  /** An interrupt or a return: what it does, and what the trap-return fix-up makes of it. */
  #trap(what: string, verb: string, fixup: FixupUse | null, state: State): void {
    this.#flush();
    if (fixup === null) {
      this.#say(what);
      this.#verb = verb;
      return;
    }
    this.#see([fixup.seen]);
    const word = this.words.known(fixup.address, fixup.bytes) === null ? wordText(fixup.bytes) : null;
    const read = word ?? this.words.label(fixup.address, fixup.bytes);
    this.#say(what);
    const sent = fixup.target < fixup.address ? 'is sent back' : 'is sent on';
    if (fixup.applied) this.#say(`${sent} to ${this.layout.name(fixup.target)} (the fix-up reads ${read})`);
    else this.#say(`is let go on at ${this.layout.name(state.thread.pc)} (the fix-up reads ${read}: no match)`);
  }

  #spot(fixup: FixupUse | null, state: State): string {
    return this.layout.name(fixup?.address ?? state.thread.pc);
  }

  /** `hart 2, after its answer to 'sync fence.i' of redirect,`: a hart that the thread comes to. */
  #arrives(taken: number, newcomer: boolean): string {
    const name = `hart ${++this.#joined}`;
    this.#answered = [];
    this.#takeAll(taken);
    const last = this.program.meetings.last(taken);
    const [meeting] = last;
    if (meeting === undefined) return name;
    const operation = listed(last.map((one) => this.#operation(one.operation)));
    if (newcomer) return `${name}, which comes online after ${operation},`;
    return meeting.kind === 'sync' ? `${name}, after its answer to ${operation},` : `${name}, after ${operation},`;
  }

  #patchersHart(q: number): string {
    const { name } = trackOf(this.program, q);
    return name === null ? "the patcher's hart" : `the hart of patcher ${name}`;
  }

  #takeAll(taken: Taken): void {
    for (const meeting of this.program.rendezvous) if (this.program.meetings.has(taken, meeting)) this.#take(meeting);
  }

  #take(meeting: Rendezvous): void {
    this.#answered = [...this.#answered.filter(({ track }) => track !== meeting.track), meeting];
    this.#reach(standing(this.program, meeting.kind === 'park' ? meeting.waitMicro : meeting.sendMicro + 1));
  }

  #see(sets: readonly MessageSet[]): void {
    for (const set of sets) this.#reach(microAfter(this.program, set));
  }

  #reach(progress: Progress): void {
    this.#done = latest(this.#done, progress);
  }

  #label({ address, bytes }: Step): string {
    const known = this.words.known(address, bytes);
    return known?.instruction.label ?? `\`${known?.instruction.text ?? this.words.decoded(address, bytes)}\``;
  }

  /** The version or region that alone has this instruction there; null where there are several, or none. */
  #owner({ address, bytes }: Step): string | null {
    const versions = this.scenario.sites.flatMap((site) =>
      site.versions.filter((version) => has(version, address, bytes)),
    );
    if (versions.length > 1) return null;
    return this.words.known(address, bytes)?.owner ?? null;
  }

  /** `'sync fence.i' of redirect`. */
  #operation(index: number): string {
    const operation: Operation | undefined = this.program.operations[index];
    if (operation === undefined) return 'the end';
    return `\`${operation.text}\`${operation.step === null ? '' : ` of ${operation.step}`}`;
  }

  #subject(subject: string): void {
    this.#flush();
    this.#verb = 'executes';
    this.#parts.push({ subject, clauses: [] });
  }

  #say(clause: string): void {
    this.#flush();
    this.#verb = 'executes';
    this.#parts.at(-1)?.clauses.push(clause);
  }

  #flush(): void {
    const run = this.#run;
    if (run.length === 0) return;
    this.#run = [];
    const verb = this.#verb;
    this.#say(`${verb} ${instructions(run)}`);
  }
}

/** Has the patcher done this when it has come so far? */
function performed(program: Program, { micro }: Message, progress: Progress): boolean {
  const { index, first } = trackOf(program, micro);
  return micro < first + (progress[index] ?? 0);
}

/** `AUIPC, JALR of old and JALR' of new`. */
function instructions(run: readonly { readonly label: string; readonly owner: string | null }[]): string {
  const skipped = run.length - longestRun;
  if (skipped > 1)
    return `${instructions(run.slice(0, 3))}, ${skipped} more, and ${instructions(run.slice(skipped + 3))}`;
  const groups: { owner: string | null; labels: string[] }[] = [];
  for (const { label, owner } of run) {
    const last = groups.at(-1);
    if (last?.owner === owner) last.labels.push(label);
    else groups.push({ owner, labels: [label] });
  }
  return listed(groups.map(({ owner, labels }) => `${labels.join(', ')}${owner === null ? '' : ` of ${owner}`}`));
}

function has(
  { instructions: its }: Scenario['sites'][number]['versions'][number],
  address: bigint,
  bytes: ArrayLike<number>,
): boolean {
  return its.some(
    (one) =>
      one.address === address && one.bytes.length === bytes.length && one.bytes.every((byte, i) => byte === bytes[i]),
  );
}

/** From which messages the bytes of an instruction are, in their order; null for what stood there at first. */
function sourcesOf({ address, bytes, fetches }: Step): { from: number | null; bytes: number }[] {
  const sources: { from: number | null; bytes: number }[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const at = address + BigInt(i);
    const fetch = fetches.find((one) => at >= one.address && at < one.address + BigInt(one.size));
    const from = fetch?.reading.from[Number(at - fetch.address)] ?? null;
    const last = sources.at(-1);
    if (last?.from === from) last.bytes++;
    else sources.push({ from, bytes: 1 });
  }
  return sources;
}

const shortened = (parts: readonly string[]): string[] =>
  parts.length <= longestStory ? [...parts] : [...parts.slice(0, 4), '...', ...parts.slice(-4)];

/** Where the parts of an instruction are from. */
function halves(parts: readonly { readonly bytes: number; readonly origin: string }[]): string {
  const [low, high, more] = parts;
  if (more === undefined && low?.bytes === 2 && high?.bytes === 2)
    return `lower half ${low.origin}, upper half ${high.origin}`;
  return parts.map(({ bytes, origin }) => `${bytes} ${bytes === 1 ? 'byte' : 'bytes'} ${origin}`).join(', ');
}

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;

/** What one hart does, one after the other: a verb that is the same as the one before is not said again. */
function sentence(clauses: readonly string[]): string {
  const executes = 'executes ';
  return clauses
    .map((clause, i) => {
      if (i === 0) return clause;
      if (clause.startsWith(executes) && clauses[i - 1]?.startsWith(executes) === true)
        return `, then ${clause.slice(executes.length)}`;
      return i === clauses.length - 1 ? ` and ${clause}` : `, ${clause}`;
    })
    .join('');
}
