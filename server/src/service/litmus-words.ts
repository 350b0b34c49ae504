import type {
  LitmusResult,
  LitmusTest,
  Observable,
  Observation,
  Proposition,
  Quantifier,
} from '../checker/litmus/test';
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

/** A whole number as a variable of the observable's type shows it. */
function numberText(value: bigint, { size, signed }: Observable): string {
  const bits = 8 * size;
  return `${signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)}`;
}

/** How values are written: as addresses and instructions where the test has such, else as numbers. */
function valueText(test: LitmusTest, value: bigint, of: Observable): string {
  const location = test.locations.find(({ address }) => address === value && value !== 0n);
  if (location) return location.name;
  const label = test.labels.find(({ address }) => address === value && value !== 0n);
  if (label) return `P${label.thread}:${label.name}`;
  const word = test.words.find(({ bits }) => BigInt(bits >>> 0) === BigInt.asUintN(32, value) && of.size === 4);
  return word ? `instr:"${word.text}"` : numberText(value, of);
}

type Connective = 'and' | 'or' | 'implies';
const connectives: Readonly<Record<Connective, string>> = { and: ' /\\ ', or: ' \\/ ', implies: ' => ' };

/** Does herd7 write parentheses around a proposition within another? */
function parenthesised(outer: Connective | null, inner: Connective): boolean {
  if (outer === null || outer === inner) return false;
  return !(outer === 'or' && inner === 'and');
}

/** A proposition as herd7 writes it: `1:x5=1 /\ (1:x7=0 \/ [x]=2)`. */
export function propositionText(test: LitmusTest, proposition: Proposition, outer: Connective | null = null): string {
  switch (proposition.kind) {
    case 'constant':
      return `${proposition.value}`;
    case 'value':
      return `${proposition.of.name}=${valueText(test, proposition.value, proposition.of)}`;
    case 'same':
      return `${proposition.a.name}=${proposition.b.name}`;
    case 'not':
      return `not (${propositionText(test, proposition.a)})`;
    default: {
      const { kind, a, b } = proposition;
      const text = `${propositionText(test, a, kind)}${connectives[kind]}${propositionText(test, b, kind)}`;
      return parenthesised(outer, kind) ? `(${text})` : text;
    }
  }
}

/** `exists (1:x5=1 /\ 1:x7=0)`. */
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

/** Null where a limit or a fault leaves it open. */
export function countsOf(test: LitmusTest, result: LitmusResult): Counts | null {
  if (result.limit !== null || result.fault !== null) return null;
  if (!test.condition) return { observation: 'Always', positive: result.states.length, negative: 0, holds: true };
  const { observation, positive, negative, holds } = result;
  return observation === null || holds === null ? null : { observation, positive, negative, holds };
}

/**
 * The result as herd7 prints it, from `Test` to `Time`. Positive and negative count final states, not executions, and
 * are swapped for `~exists`, whose witnesses are the states where the proposition does not hold.
 */
export function herdText(test: LitmusTest, result: LitmusResult, ms: number): string | null {
  const counts = countsOf(test, result);
  if (!counts) return null;
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
  if (!counts) return `undecided: ${result.limit ?? result.fault?.message ?? 'no reason given'}`;
  const states = counted(result.states.length, 'final state');
  return test.condition ? `${counts.observation}: ${counts.positive} of ${states}` : states;
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
