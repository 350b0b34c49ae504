/** What every search over one test shares: its code, its cells, its threads, and a thread's runs alone. */
import { type Runs, runAlone } from './alone';
import type { Budget } from './budget';
import type { Cells } from './cells';
import { Code } from './code';
import { type Memory, type Message, message } from './memory';
import { Outcomes } from './outcome';
import { ThreadSteps } from './steps';
import type { LitmusFetch, LitmusOptions, LitmusTest } from './test';
import { initialThread, type ThreadState } from './thread';

export class Machine {
  readonly code: Code;
  readonly outcomes: Outcomes;
  readonly threads: readonly ThreadSteps[];
  readonly start: readonly ThreadState[];
  /** By thread and cell: whether the thread has ever looked at it. What it does depends on no other. */
  readonly touched: readonly boolean[][];
  /** By thread: stores to code that a fetch of its own may read before the thread makes them; null where none may. */
  readonly #ahead: readonly Map<string, Message>[] | null;

  constructor(
    readonly test: LitmusTest,
    readonly options: LitmusOptions,
    readonly cells: Cells,
    readonly budget: Budget,
  ) {
    this.code = new Code(test);
    this.outcomes = new Outcomes(test);
    this.outcomes.cut(cells);
    if (options.fetch !== null)
      for (const thread of test.threads)
        for (const one of thread.instructions) cells.cut(Number(one.address), one.length);
    this.touched = test.threads.map(() => []);
    this.threads = this.touched.map((touched, thread) => new ThreadSteps(thread, this.code, cells, options, touched));
    this.start = test.threads.map((_, thread) => initialThread(test, cells, thread));
    this.#ahead = options.fetch !== null && readsAhead(options.fetch) ? this.#outOfThinAir() : null;
  }

  /** All runs of one thread alone over a memory. */
  alone(thread: number, state: ThreadState, memory: Memory): Runs {
    const plain = this.#run(thread, state, memory, []);
    const ahead = this.#ahead?.[thread];
    if (ahead === undefined) return plain;
    for (const one of plain.stores) if (this.code.covers(one)) ahead.set(one.key, one);
    const promises = new Map(plain.promises.map((one) => [one.key, one]));
    let certified = plain.certified;
    // Where a fetch is not ordered before its hart's later stores, it may read one that is still to come: as if that
    // were promised already, at memory's end, after whatever is promised now.
    const hypotheses = [...ahead.values()];
    for (const first of hypotheses)
      for (const second of [null, ...hypotheses.filter((one) => one !== first)]) {
        const runs = this.#run(thread, state, memory, second === null ? [first] : [first, second]);
        if (!runs.certified) continue;
        certified = true;
        for (const one of [first, ...runs.promises]) promises.set(one.key, one);
      }
    return { ...plain, certified, promises: [...promises.values()] };
  }

  #run(thread: number, state: ThreadState, memory: Memory, ahead: readonly Message[]): Runs {
    const steps = this.threads[thread];
    if (steps === undefined) throw new RangeError(`no thread ${thread}`);
    const ending = (end: ThreadState): string => this.outcomes.ending(thread, end);
    const promises = [...state.promises, ...ahead.map((_, i) => memory.length + 1 + i)];
    return runAlone(steps, { ...state, promises }, [...memory, ...ahead], memory.length, ending, this.budget);
  }

  /** Stores that might justify themselves: every word that the text stores as code, at every label. */
  #outOfThinAir(): Map<string, Message>[] {
    return this.test.threads.map((_, thread) => {
      const out = new Map<string, Message>();
      for (const label of this.test.labels)
        for (const word of this.test.words) {
          const size = (word.bits & 3) === 3 ? 4 : 2;
          const one = message(this.cells, thread, Number(label.address), size, BigInt(word.bits));
          if (one !== null) out.set(one.key, one);
        }
      return out;
    });
  }
}

/** Whether nothing puts a fetch before its hart's later stores. */
const readsAhead = (fetch: LitmusFetch): boolean => !fetch.decode && !fetch.decodeW && !fetch.ziccid;
