/**
 * One thread run alone over a memory: the certification of the promising model, and at the same time the search for
 * what it may promise (Pulte et al., PLDI 2019, section 7: `find_and_certify`).
 */
import type { Budget } from './budget';
import type { Memory, Message } from './memory';
import type { Fault, Step, ThreadSteps } from './steps';
import { type ThreadState, threadKey } from './thread';

export interface Runs {
  /** Ends that need no message beyond memory's, all promises fulfilled: one for each `ending`. */
  readonly finals: readonly ThreadState[];
  /** Whether the thread can fulfil all its promises. */
  readonly certified: boolean;
  /** What it may promise now. */
  readonly promises: readonly Message[];
  /** Stores that it makes in some run, whatever they are bound by: what a fetch of its own may read ahead. */
  readonly stores: readonly Message[];
  readonly fault: Fault | null;
}

interface Branch {
  readonly state: ThreadState;
  readonly memory: Memory;
  /** Messages that this run appended and that could be promised before it, in its order. */
  readonly promisable: readonly Message[];
  readonly turns: number;
}

/**
 * All runs of a thread from `start` over `memory`, whose messages of this thread are `start.promises`.
 *
 * @param ending What of a last state matters: of equal ones, one is kept.
 * @param future Stores that are still to come, which only fetches see: what is promised then is a proposal (ahead.ts).
 */
export function runAlone(
  steps: ThreadSteps,
  start: ThreadState,
  memory: Memory,
  future: readonly Message[],
  ending: (state: ThreadState) => string,
  budget: Budget,
): Runs {
  const finals = new Map<string, ThreadState>();
  const promises = new Map<string, Message>();
  const stores = new Map<string, Message>();
  const visited = new Set<string>();
  let certified = false;
  let fault: Fault | null = null;
  const stack: Branch[] = [{ state: start, memory, promisable: [], turns: 0 }];
  for (let branch = stack.pop(); branch !== undefined; branch = stack.pop()) {
    const { state } = branch;
    if (state.promises.length === 0) {
      certified = true;
      for (const one of branch.promisable) promises.set(one.key, one);
    }
    if (steps.done(state)) {
      if (state.promises.length === 0 && branch.memory.length === memory.length) finals.set(ending(state), state);
      continue;
    }
    budget.step();
    for (const outcome of steps.next(state, branch.memory, true, future)) {
      if (outcome.kind === 'fault') {
        if (state.promises.length === 0) fault ??= outcome;
        continue;
      }
      const next = follow(branch, outcome, memory.length, stores);
      if (outcome.memory.length > branch.memory.length && !budget.mayStore(branch.memory.length)) continue;
      if (outcome.state.pc <= state.pc) {
        const key = [threadKey(outcome.state), keys(outcome.memory.slice(memory.length)), keys(next.promisable)].join(
          '|',
        );
        if (visited.has(key)) continue;
        visited.add(key);
        if (!budget.mayLoop(branch.turns)) continue;
        stack.push({ ...next, turns: branch.turns + 1 });
      } else stack.push(next);
    }
  }
  return {
    finals: [...finals.values()],
    certified,
    promises: [...promises.values()],
    stores: [...stores.values()],
    fault,
  };
}

function follow(branch: Branch, step: Step, horizon: number, stores: Map<string, Message>): Branch {
  let { promisable } = branch;
  for (const access of step.accesses)
    if (access.kind === 'write' && access.appended !== null) {
      stores.set(access.message.key, access.message);
      if (access.appended <= horizon) promisable = [...promisable, access.message];
    }
  return { state: step.state, memory: step.memory, promisable, turns: branch.turns };
}

const keys = (messages: readonly Message[]): string => messages.map((one) => one.key).join();
