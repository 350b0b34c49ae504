/** What every search over one test shares: its code, its cells, its threads, and a thread's runs alone. */
import { Ahead } from './ahead';
import { type Runs, runAlone } from './alone';
import type { Budget } from './budget';
import { Cells, NewCut } from './cells';
import { Code } from './code';
import type { Memory, Message } from './memory';
import { Outcomes } from './outcome';
import { ThreadSteps } from './steps';
import type { LitmusOptions, LitmusTest } from './test';
import { initialThread, type ThreadState } from './thread';

/**
 * Searches a test: `use` is called anew whenever the search has found out that memory must be cut finer, or that code
 * may be stored which it did not know of.
 */
export function overMachine<T>(
  test: LitmusTest,
  options: LitmusOptions,
  budget: Budget,
  use: (machine: Machine) => T,
): T {
  const cells = new Cells(test);
  const ahead = new Ahead(test, options);
  for (;;) {
    const known = ahead.size;
    try {
      const out = use(new Machine(test, options, cells, ahead, budget));
      if (ahead.size === known) return out;
    } catch (error) {
      if (!(error instanceof NewCut)) throw error;
    }
  }
}

export class Machine {
  readonly code: Code;
  readonly outcomes: Outcomes;
  readonly threads: readonly ThreadSteps[];
  readonly start: readonly ThreadState[];
  /** By thread and cell: whether the thread has ever looked at it. What it does depends on no other. */
  readonly touched: readonly boolean[][];
  /** Stores to code that a fetch may find before they are made. */
  readonly #future: readonly Message[];

  constructor(
    readonly test: LitmusTest,
    readonly options: LitmusOptions,
    readonly cells: Cells,
    readonly ahead: Ahead,
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
    this.#future = ahead.messages(cells);
  }

  /** All runs of one thread alone over a memory. */
  alone(thread: number, state: ThreadState, memory: Memory): Runs {
    const runs = this.#run(thread, state, memory, []);
    if (this.#future.length === 0) {
      this.#note(runs);
      return runs;
    }
    const proposed = this.#run(thread, state, memory, this.#future);
    this.#note(proposed);
    return { ...runs, certified: proposed.certified, promises: proposed.promises };
  }

  #note({ stores }: Runs): void {
    for (const one of stores) if (this.code.covers(one)) this.ahead.add(one);
  }

  #run(thread: number, state: ThreadState, memory: Memory, future: readonly Message[]): Runs {
    const steps = this.threads[thread];
    if (steps === undefined) throw new RangeError(`no thread ${thread}`);
    const ending = (end: ThreadState): string => this.outcomes.ending(thread, end);
    return runAlone(steps, state, memory, future, ending, this.budget);
  }
}
