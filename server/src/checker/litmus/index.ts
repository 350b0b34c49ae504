/** Litmus tests: final states under RVWMO, TSO or SC, with or without instruction fetch. */
import { Budget, LimitHit } from './budget';
import { type Machine, overMachine } from './machine';
import type { Outcomes } from './outcome';
import { plainSearch } from './plain';
import { promiseFirst } from './promise-first';
import type { Fault } from './steps';
import type { FinalState, LitmusHost, LitmusOptions, LitmusResult, LitmusTest, Observation } from './test';

export type * from './test';
export { findWitness } from './witness';

export const defaultLitmusOptions: LitmusOptions = {
  memory: 'rvwmo',
  fetch: null,
  search: 'promise-first',
  maxSteps: 20_000_000,
  maxStores: 24,
  maxTurns: 16,
};

/** All final states of a test. Never throws for what a test does: limits and faults are part of the result. */
export function runLitmus(test: LitmusTest, options: LitmusOptions, host: LitmusHost = {}): LitmusResult {
  const budget = new Budget(options, host);
  const explore = options.search === 'plain' ? plainSearch : promiseFirst;
  let outcomes: Outcomes | null = null;
  try {
    return overMachine(test, options, budget, (machine) => {
      outcomes = machine.outcomes;
      let ended = false;
      const fault = explore(machine, (memory, ends) => {
        ended = true;
        machine.outcomes.add(machine.cells, memory, ends);
      });
      // Of nothing, everything is true: a test whose threads never come to an end says nothing.
      const endless = ended || fault !== null || budget.cuts.size > 0 ? null : 'no execution comes to an end';
      return result(test, machine.outcomes.states(), fault && { fault, machine }, budget, endless);
    });
  } catch (error) {
    if (!(error instanceof LimitHit)) throw error;
    const found: Outcomes | null = outcomes;
    return result(test, found === null ? [] : (found as Outcomes).states(), null, budget, error.message);
  }
}

function result(
  test: LitmusTest,
  states: readonly FinalState[],
  failed: { readonly fault: Fault; readonly machine: Machine } | null,
  budget: Budget,
  hit: string | null,
): LitmusResult {
  const positive = states.filter((one) => one.satisfies).length;
  const negative = states.length - positive;
  const limit = [...(hit === null ? [] : [hit]), ...budget.cuts].join(', ') || null;
  const fault = failed && {
    message: failed.fault.message,
    source: failed.machine.code.sourceAt(failed.fault.pc) ?? test.threads[0]?.source ?? { file: '', start: 0, end: 0 },
  };
  const observation = fault === null && test.condition !== null ? observe(positive, negative, limit !== null) : null;
  return {
    states,
    positive,
    negative,
    observation,
    holds: observation === null ? null : decide(test.condition?.quantifier ?? 'exists', observation),
    limit,
    fault,
    steps: budget.steps,
  };
}

/** Null where more final states, which a limit has hidden, could change it. */
function observe(positive: number, negative: number, limited: boolean): Observation | null {
  if (positive > 0 && negative > 0) return 'Sometimes';
  if (limited) return null;
  return positive > 0 ? 'Always' : 'Never';
}

function decide(quantifier: 'exists' | 'not-exists' | 'forall', observation: Observation): boolean {
  if (quantifier === 'exists') return observation !== 'Never';
  return quantifier === 'forall' ? observation === 'Always' : observation === 'Never';
}
