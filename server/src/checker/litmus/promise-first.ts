/**
 * The promise-first search: every execution of the promising model can be reordered so that all promises come first
 * (Pulte et al., PLDI 2019, section 7). So the memories are enumerated, store by store, each store certified by its
 * thread alone; then each thread runs alone over the whole memory, and their ends are combined.
 */
import type { Runs } from './alone';
import type { Machine } from './machine';
import type { Memory } from './memory';
import type { Fault } from './steps';
import type { ThreadState } from './thread';

/** Calls `found` for every memory that all threads can complete, with the ends that each thread can come to. */
export function promiseFirst(machine: Machine, found: Found): Fault | null {
  for (;;) {
    const search = new Enumeration(machine, found);
    if (search.run()) return search.fault;
  }
}

type Found = (memory: Memory, ends: readonly (readonly ThreadState[])[]) => void;

class Enumeration {
  fault: Fault | null = null;
  readonly #visited = new Set<string>();
  readonly #known: readonly Map<string, Runs>[];

  constructor(
    readonly machine: Machine,
    readonly found: Found,
  ) {
    this.#known = machine.start.map(() => new Map<string, Runs>());
  }

  /** False where a thread has looked at a cell that it was thought never to look at: what was merged may differ. */
  run(): boolean {
    const { machine } = this;
    const stack: Memory[] = [[]];
    for (let memory = stack.pop(); memory !== undefined; memory = stack.pop()) {
      const here = memory;
      const seen = machine.start.map((_, thread) => relevant(machine, thread, here));
      const keys = seen.map(keyOf);
      const whole = keys.join(';');
      if (this.#visited.has(whole)) continue;
      this.#visited.add(whole);
      const runs: Runs[] = [];
      for (const [thread, messages] of seen.entries()) {
        const its = this.#runsOf(thread, messages, keys[thread] ?? '');
        if (its === null) return false;
        runs.push(its);
      }
      // A thread that cannot fulfil its promises any more: no execution comes here.
      if (runs.some((one) => !one.certified)) continue;
      for (const one of runs) this.fault ??= one.fault;
      const ends = runs.map((one) => one.finals);
      if (ends.every((one) => one.length > 0)) this.found(here, ends);
      if (!runs.some((one) => one.promises.length > 0) || !machine.budget.mayStore(here.length)) continue;
      for (const one of runs) for (const promise of one.promises) stack.push([...here, promise]);
    }
    return true;
  }

  /** What one thread can do over the messages that matter to it; null where it has looked at further cells. */
  #runsOf(thread: number, messages: Memory, key: string): Runs | null {
    const known = this.#known[thread]?.get(key);
    if (known !== undefined) return known;
    const start = this.machine.start[thread];
    if (start === undefined) throw new RangeError(`no thread ${thread}`);
    const promises = messages.flatMap((one, i) => (one.thread === thread ? [i + 1] : []));
    const before = count(this.machine.touched[thread]);
    const runs = this.machine.alone(thread, { ...start, promises }, messages);
    if (count(this.machine.touched[thread]) > before) return null;
    this.#known[thread]?.set(key, runs);
    return runs;
  }
}

/** The messages that a thread's runs depend on. */
function relevant(machine: Machine, thread: number, memory: Memory): Memory {
  const touched = machine.touched[thread];
  return memory.filter((one) => one.thread === thread || one.cells.some((cell) => touched?.[cell] === true));
}

const keyOf = (memory: Memory): string => memory.map((one) => one.key).join();
const count = (touched: readonly boolean[] | undefined): number => touched?.filter(Boolean).length ?? 0;
