import type { Verdict } from '../checker/verdict';
import { judge } from '../language/expectation';
import type { Expectation } from '../language/types';
import type { CheckReport } from '../service/report';

/**
 * - `open`: the verdict is inconclusive or invalid, which meets no expectation and refutes none.
 * - `waiting`: there is no verdict of the text as it stands.
 */
export type Outcome = 'met' | 'unmet' | 'open' | 'waiting';

/** What is known of one expectation. */
export interface ExpectationOutcome {
  /** Null: nothing was written, so `safe` is expected. */
  readonly expectation: Expectation | null;
  readonly outcome: Outcome;
  /** Why it is not met, in words; null where it is, or where nothing is known. */
  readonly why: string | null;
}

function outcomeOf(verdict: Verdict, problems: readonly string[]): Outcome {
  if (problems.length === 0) return 'met';
  return verdict.verdict === 'inconclusive' || verdict.verdict === 'invalid' ? 'open' : 'unmet';
}

/** What a report says of each expectation of its check. */
export function outcomes({ check, status, verdict }: CheckReport): ExpectationOutcome[] {
  const expectations: readonly (Expectation | null)[] = check.expectations.length > 0 ? check.expectations : [null];
  return expectations.map((expectation) => {
    if (status !== 'current' || !verdict) return { expectation, outcome: 'waiting', why: null };
    const { problems } = judge(expectation ? [expectation] : [], verdict);
    return {
      expectation,
      outcome: outcomeOf(verdict, problems),
      why: problems.length > 0 ? problems.join('; ') : null,
    };
  });
}

/** Does the verdict meet everything that the check expects? Null while there is none of the text as it stands. */
export function isMet(report: CheckReport): boolean | null {
  const all = outcomes(report);
  if (all.some(({ outcome }) => outcome === 'waiting')) return null;
  return all.every(({ outcome }) => outcome === 'met');
}
