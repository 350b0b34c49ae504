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

/** A thread has looked at a cell that it was thought never to look at: what was merged may not be equal. */
class NewTouch extends Error {}

/** Calls `found` for every memory that all threads can complete, with the ends that each thread can come to. */
export function promiseFirst(
  machine: Machine,
  found: (memory: Memory, ends: readonly (readonly ThreadState[])[]) => void,
): Fault | null {
  for (;;)
    try {
      return enumerate(machine, found);
    } catch (error) {
      if (!(error instanceof NewTouch)) throw error;
    }
}

function enumerate(
  machine: Machine,
  found: (memory: Memory, ends: readonly (readonly ThreadState[])[]) => void,
): Fault | null {
  const visited = new Set<string>();
  const cache = machine.start.map(() => new Map<string, Runs>());
  let fault: Fault | null = null;

  /** What one thread can do over a memory: it depends only on its own messages and those to cells that it looks at. */
  const runsOf = (thread: number, memory: Memory, key: string): Runs => {
    const known = cache[thread]?.get(key);
    if (known !== undefined) return known;
    const seen = relevant(machine, thread, memory);
    const promises = seen.flatMap((one, i) => (one.thread === thread ? [i + 1] : []));
    const before = count(machine.touched[thread]);
    const start = machine.start[thread];
    if (start === undefined) throw new RangeError(`no thread ${thread}`);
    const runs = machine.alone(thread, { ...start, promises }, seen);
    if (count(machine.touched[thread]) > before) throw new NewTouch();
    cache[thread]?.set(key, runs);
    return runs;
  };

  const stack: Memory[] = [[]];
  for (let memory = stack.pop(); memory !== undefined; memory = stack.pop()) {
    const here = memory;
    const keys = machine.start.map((_, thread) => keyOf(relevant(machine, thread, here)));
    const whole = keys.join(';');
    if (visited.has(whole)) continue;
    visited.add(whole);
    const runs = keys.map((key, thread) => runsOf(thread, here, key));
    // A thread that cannot fulfil its promises any more: no execution comes here.
    if (runs.some((one) => !one.certified)) continue;
    for (const one of runs) fault ??= one.fault;
    if (runs.every((one) => one.finals.length > 0))
      found(
        here,
        runs.map((one) => one.finals),
      );
    if (!runs.some((one) => one.promises.length > 0) || !machine.budget.mayStore(here.length)) continue;
    for (const one of runs) for (const promise of one.promises) stack.push([...here, promise]);
  }
  return fault;
}

/** The messages that a thread's runs depend on. */
function relevant(machine: Machine, thread: number, memory: Memory): Memory {
  const touched = machine.touched[thread];
  return memory.filter((one) => one.thread === thread || one.cells.some((cell) => touched?.[cell] === true));
}

const keyOf = (memory: Memory): string => memory.map((one) => one.key).join();
const count = (touched: readonly boolean[] | undefined): number => touched?.filter(Boolean).length ?? 0;
