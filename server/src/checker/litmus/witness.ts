/** How a final state comes about: one execution, in an order in which the model can take its steps. */
import { Budget } from './budget';
import { type Machine, overMachine } from './machine';
import type { Memory, Message } from './memory';
import { promiseFirst } from './promise-first';
import type { Access, Step } from './steps';
import { Telling } from './telling';
import type { LitmusHost, LitmusOptions, LitmusTest, Witness, WitnessStep } from './test';
import { type ThreadState, threadKey } from './thread';

/** Thrown to end the search at the first execution that is wanted. */
class Found extends Error {
  constructor(
    readonly memory: Memory,
    readonly paths: readonly (readonly Step[])[],
  ) {
    super();
  }
}

/**
 * An execution that ends in a final state (its text as in `LitmusResult`).
 *
 * @returns null where there is none.
 * @throws LimitHit where a limit was hit before one was found.
 */
export function findWitness(
  test: LitmusTest,
  options: LitmusOptions,
  state: string,
  host: LitmusHost = {},
): Witness | null {
  return overMachine(test, options, new Budget(options, host), (machine) => {
    try {
      promiseFirst(machine, (memory, ends) => {
        for (const chosen of choices(ends))
          if (machine.outcomes.stateOf(machine.cells, memory, chosen)?.text === state)
            throw new Found(
              memory,
              chosen.map((end, thread) => pathTo(machine, thread, memory, end)),
            );
      });
      return null;
    } catch (error) {
      if (!(error instanceof Found)) throw error;
      return { state, steps: schedule(machine, error.memory, error.paths) };
    }
  });
}

function* choices(ends: readonly (readonly ThreadState[])[], thread = 0): Iterable<readonly ThreadState[]> {
  if (thread === ends.length) yield [];
  for (const end of ends[thread] ?? []) for (const rest of choices(ends, thread + 1)) yield [end, ...rest];
}

interface Node {
  readonly state: ThreadState;
  readonly step: Step | null;
  readonly from: Node | null;
}

/** The shortest run of a thread over a whole memory that ends as `end` does. */
function pathTo(machine: Machine, thread: number, memory: Memory, end: ThreadState): Step[] {
  const steps = machine.threads[thread];
  const start = machine.start[thread];
  if (steps === undefined || start === undefined) throw new RangeError(`no thread ${thread}`);
  const promises = memory.flatMap((one, i) => (one.thread === thread ? [i + 1] : []));
  const wanted = machine.outcomes.ending(thread, end);
  const visited = new Set<string>();
  const queue: Node[] = [{ state: { ...start, promises }, step: null, from: null }];
  for (const node of queue) {
    const { state } = node;
    if (steps.done(state) && state.promises.length === 0 && machine.outcomes.ending(thread, state) === wanted)
      return unwind(node);
    const key = threadKey(state);
    if (steps.done(state) || visited.has(key)) continue;
    visited.add(key);
    machine.budget.step();
    for (const outcome of steps.next(state, memory, false))
      if (outcome.kind === 'step') queue.push({ state: outcome.state, step: outcome, from: node });
  }
  throw new RangeError('an end without a run');
}

function unwind(last: Node): Step[] {
  const out: Step[] = [];
  for (let node: Node | null = last; node?.step; node = node.from) out.unshift(node.step);
  return out;
}

/** Puts the threads' runs into one order with as few promises as it takes, greedily. */
function schedule(machine: Machine, memory: Memory, paths: readonly (readonly Step[])[]): WitnessStep[] {
  const telling = new Telling(machine);
  const states = [...machine.start];
  const next = paths.map(() => 0);
  const out: WitnessStep[] = [];
  let stored = 0;
  const say = (thread: number, kind: WitnessStep['kind'], text: string, pc: number | null): void => {
    out.push({
      thread,
      kind,
      text,
      source: pc === null ? null : machine.code.sourceAt(pc),
      registers: states.map((state, t) => telling.registers(t, state)),
      pcs: states.map((state) => BigInt(state.pc)),
      memory: memory.slice(0, stored).map((one) => telling.message(one)),
    });
  };
  for (;;) {
    // Steps that add nothing to memory come first: so a load that reads something old does so before it is old.
    const able = paths.flatMap((path, t) => {
      const step = path[next[t] ?? 0];
      return step !== undefined && ready(step.accesses, stored) ? [{ t, adds: adds(step.accesses, stored) }] : [];
    });
    const thread = (able.find((one) => !one.adds) ?? able[0])?.t ?? -1;
    const step = paths[thread]?.[next[thread] ?? 0];
    const before = states[thread];
    if (step === undefined || before === undefined) {
      const promised: Message | undefined = memory[stored];
      if (promised === undefined) return out;
      stored++;
      say(promised.thread, 'promise', `promises ${telling.message(promised)}`, null);
      continue;
    }
    const writes = step.accesses.flatMap((one) => (one.kind === 'write' ? [one.at] : []));
    const fulfils = writes.some((at) => at <= stored);
    stored = Math.max(stored, ...writes);
    states[thread] = step.state;
    next[thread] = (next[thread] ?? 0) + 1;
    say(thread, fulfils ? 'fulfil' : 'execute', telling.step(before, step, memory), before.pc);
  }
}

const adds = (accesses: readonly Access[], stored: number): boolean =>
  accesses.some((one) => one.kind === 'write' && one.at > stored);

/** Whether a step can be taken when memory holds `stored` messages: all that it reads is there, and it may append. */
function ready(accesses: readonly Access[], stored: number): boolean {
  let length = stored;
  return accesses.every((one) => {
    if (one.kind !== 'write') return one.sources.every((source) => source <= stored);
    if (one.at === length + 1) length++;
    return one.at <= length;
  });
}
