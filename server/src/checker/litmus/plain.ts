/**
 * The model as it is defined: every interleaving of steps and promises, each step certified. Slow; the promise-first
 * search is held to its final states.
 */
import type { Machine } from './machine';
import type { Memory } from './memory';
import type { Fault } from './steps';
import { type ThreadState, threadKey } from './thread';

interface State {
  readonly memory: Memory;
  readonly threads: readonly ThreadState[];
}

/** Calls `found` for every final state: its memory, and one end for each thread. */
export function plainSearch(
  machine: Machine,
  found: (memory: Memory, ends: readonly (readonly ThreadState[])[]) => void,
): Fault | null {
  const visited = new Set<string>();
  let fault: Fault | null = null;
  const stack: State[] = [{ memory: [], threads: machine.start }];
  for (let here = stack.pop(); here !== undefined; here = stack.pop()) {
    const { memory, threads } = here;
    const key = `${memory.map((one) => one.key).join()};${threads.map(threadKey).join(';')}`;
    if (visited.has(key)) continue;
    visited.add(key);
    if (machine.threads.every((steps, t) => steps.done(threads[t] ?? fail()) && threads[t]?.promises.length === 0))
      found(
        memory,
        threads.map((one) => [one]),
      );
    machine.threads.forEach((steps, t) => {
      const thread = threads[t] ?? fail();
      const go = (to: ThreadState, grown: Memory): void => {
        if (grown.length > memory.length && !machine.budget.mayStore(memory.length)) return;
        if (to.promises.length > 0 && !machine.alone(t, to, grown).certified) return;
        stack.push({ memory: grown, threads: threads.map((one, i) => (i === t ? to : one)) });
      };
      if (!steps.done(thread))
        for (const outcome of steps.next(thread, memory, true)) {
          machine.budget.step();
          if (outcome.kind === 'step') go(outcome.state, outcome.memory);
          else if (thread.promises.length === 0) fault ??= outcome;
        }
      for (const promise of machine.alone(t, thread, memory).promises)
        go({ ...thread, promises: [...thread.promises, memory.length + 1] }, [...memory, promise]);
    });
  }
  return fault;
}

function fail(): never {
  throw new RangeError('no such thread');
}
