/** One litmus test asked of both models of memory: the product's, by steps, and the tests' own, by axioms. */
import { defaultLitmusOptions, type LitmusOptions, type LitmusTest, runLitmus } from '../../server/src/checker/litmus';
import { enumerate } from '../axiomatic/enumerate';

export type Question = Pick<LitmusOptions, 'memory' | 'fetch'> & Partial<LitmusOptions>;

export interface Comparison {
  /** What one has and the other has not, in words; empty where they agree. */
  readonly differences: readonly string[];
  /** Neither has hit a limit or a fault: the sets of final states were compared. */
  readonly complete: boolean;
}

/** A fault or a limit must be one of both; all else is compared state by state. */
export function compare(test: LitmusTest, question: Question): Comparison {
  const product = runLitmus(test, { ...defaultLitmusOptions, ...question });
  const axioms = enumerate(test, { memory: question.memory, fetch: question.fetch });
  const ours = product.states.map(({ text }) => text);
  const faults = [product.fault?.message ?? null, axioms.fault];
  if (faults.includes(null) && faults.some((one) => one !== null)) {
    return {
      differences: [`fault: ${faults[0] ?? 'none'} (product), ${faults[1] ?? 'none'} (axioms)`],
      complete: false,
    };
  }
  if (faults[0] !== null || product.limit !== null || axioms.limit !== null)
    return { differences: [], complete: false };
  return {
    differences: [
      ...ours.filter((state) => !axioms.states.includes(state)).map((state) => `only the product has ${state}`),
      ...axioms.states.filter((state) => !ours.includes(state)).map((state) => `only the axioms have ${state}`),
    ],
    complete: true,
  };
}
