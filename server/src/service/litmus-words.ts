import { Outcomes } from '../checker/litmus/outcome';
import type { LitmusResult, LitmusTest, Observation, Proposition, Quantifier } from '../checker/litmus/test';
import type { LitmusReport } from './litmus';
import { counted } from './words';

/** herd7's word for what a condition asks. A test without one requires nothing: `forall (true)`. */
const kinds: Readonly<Record<Quantifier, string>> = {
  exists: 'Allowed',
  'not-exists': 'Forbidden',
  forall: 'Required',
};
const quantifiers: Readonly<Record<Quantifier, string>> = {
  exists: 'exists',
  'not-exists': '~exists',
  forall: 'forall',
};

type Connective = 'and' | 'or' | 'implies';
const connectives: Readonly<Record<Connective, string>> = { and: ' /\\ ', or: ' \\/ ', implies: ' => ' };

/** Does herd7 write parentheses around a proposition within another? */
function parenthesised(outer: Connective | null, inner: Connective): boolean {
  if (outer === null || outer === inner) return false;
  return !(outer === 'or' && inner === 'and');
}

/** A proposition as herd7 writes it: `1:x5=1 /\ (1:x7=0 \/ [x]=2)`. */
export function propositionText(test: LitmusTest, proposition: Proposition): string {
  const outcomes = new Outcomes(test);
  const write = (one: Proposition, outer: Connective | null): string => {
    switch (one.kind) {
      case 'constant':
        return `${one.value}`;
      case 'value':
        return `${one.of.name}=${outcomes.show(one.of, one.value)}`;
      case 'same':
        return `${one.a.name}=${one.b.name}`;
      case 'not':
        return `not (${write(one.a, null)})`;
      default: {
        const { kind, a, b } = one;
        const text = `${write(a, kind)}${connectives[kind]}${write(b, kind)}`;
        return parenthesised(outer, kind) ? `(${text})` : text;
      }
    }
  };
  return write(proposition, null);
}

/** `exists (1:x5=1 /\ 1:x7=0)`; what herd7 takes for the condition of a test that has none. */
export function conditionText(test: LitmusTest): string {
  if (!test.condition) return 'forall (true)';
  const { quantifier, proposition } = test.condition;
  return `${quantifiers[quantifier]} (${propositionText(test, proposition)})`;
}

/** What was found, with herd7's reading of a test without a condition: every state satisfies it. */
export interface Counts {
  readonly observation: Observation;
  /** Final states where the proposition holds, and where not. */
  readonly positive: number;
  readonly negative: number;
  /** Whether the condition with its quantifier holds. */
  readonly holds: boolean;
}

/** Null where a limit or a fault leaves it open; some states can decide a condition although a limit hides others. */
export function countsOf(test: LitmusTest, result: LitmusResult): Counts | null {
  if (result.fault !== null) return null;
  const { observation, positive, negative, holds, limit, states } = result;
  if (!test.condition && limit === null)
    return { observation: 'Always', positive: states.length, negative: 0, holds: true };
  return observation === null || holds === null ? null : { observation, positive, negative, holds };
}

/**
 * The result as herd7 prints it, from `Test` to `Time`. Positive and negative count final states, not executions, and
 * are swapped for `~exists`, whose witnesses are the states where the proposition does not hold. Null where not all final
 * states are known.
 */
export function herdText(test: LitmusTest, result: LitmusResult, ms: number): string | null {
  const counts = countsOf(test, result);
  if (!counts || result.limit !== null) return null;
  const { observation, positive, negative, holds } = counts;
  const quantifier = test.condition?.quantifier ?? 'forall';
  const witnesses = quantifier === 'not-exists' ? [negative, positive] : [positive, negative];
  const lines = [
    `Test ${test.name} ${kinds[quantifier]}`,
    `States ${result.states.length}`,
    ...result.states.map(({ text }) => text),
    holds ? 'Ok' : 'No',
    'Witnesses',
    `Positive: ${witnesses[0]} Negative: ${witnesses[1]}`,
    `Condition ${conditionText(test)}`,
    `Observation ${test.name} ${observation} ${positive} ${negative}`,
    `Time ${test.name} ${(ms / 1000).toFixed(2)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** A result in one short line: `Sometimes: 1 of 4 final states`, `4 final states`, `undecided: time limit of 30 s`. */
export function litmusHeadline(test: LitmusTest, result: LitmusResult): string {
  const counts = countsOf(test, result);
  const { limit, fault } = result;
  if (!counts) return `undecided: ${limit ?? fault?.message ?? 'no reason given'}`;
  const states = counted(result.states.length, 'final state');
  const found = test.condition ? `${counts.observation}: ${counts.positive} of ${states}` : states;
  return limit === null ? found : `${found} so far (${limit})`;
}

/** What is known of a litmus test, in one short line. A result of an older text is only ever told as such. */
export function litmusReportHeadline(report: LitmusReport): string {
  const { test, status, result, previous, failure } = report;
  if (!test) return 'invalid: the text has errors';
  switch (status) {
    case 'checking':
      return previous === null ? 'running...' : `running... (${previous} before this edit)`;
    case 'stale':
      return `stale: not run since the last edit${previous === null ? '' : ` (was ${previous})`}`;
    case 'failed':
      return `failed: ${failure ?? 'the checker gave no reason'}`;
    case 'current':
      return result ? litmusHeadline(test, result) : 'failed: no result';
  }
}
