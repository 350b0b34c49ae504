import type { Verdict } from '../checker/verdict';
import type { Check, Expectation } from '../language/types';

/** `open`: the verdict is inconclusive or invalid, which meets no expectation and refutes none. */
export type Outcome = 'met' | 'unmet' | 'open';

/** What a verdict says of one expectation. */
export interface Judgement {
  /** Null: nothing was written, so `safe` is expected. */
  readonly expectation: Expectation | null;
  readonly outcome: Outcome;
  /** Why it is not met, in words; null where it is. */
  readonly why: string | null;
}

type Wanted = Pick<Expectation, 'text' | 'verdict' | 'codes' | 'claims'>;

/** What a protocol with no `expect` expects. */
const implicit: Wanted = { text: 'safe', verdict: 'safe', codes: [], claims: [] };

/** The kinds of violation found, each once, in the order found. */
export function kindsOf(verdict: Verdict): string[] {
  return [...new Set(verdict.violations.map(({ code }) => code))];
}

/** What was found, in the words of an `expect` line: `safe`, `unsafe mixed torn`. */
export function foundText(verdict: Verdict): string {
  return [verdict.verdict, ...kindsOf(verdict)].join(' ');
}

function refutations(wanted: Wanted, verdict: Verdict): string[] {
  if (wanted.verdict !== verdict.verdict) return [`expected \`${wanted.text}\`, found \`${foundText(verdict)}\``];
  const found = kindsOf(verdict);
  const reasons: string[] = [];
  for (const code of wanted.codes) {
    if (!found.includes(code)) reasons.push(`expected \`${code}\`, found \`${foundText(verdict)}\``);
  }
  for (const { name, holds } of wanted.claims) {
    const claim = verdict.claims.find((candidate) => candidate.name === name);
    if (claim?.holds === holds) continue;
    if (!claim) reasons.push(`\`${name}\` was not established`);
    else if (holds) reasons.push(`not ${name}${claim.why ? `: ${claim.why}` : ''}`);
    else reasons.push(`${name}, though \`not ${name}\` was expected`);
  }
  return reasons;
}

/** Judges all expectations of a check; one that was not written down counts as `safe` (no `when` without an `expect`). */
export function judge(check: Check, verdict: Verdict): Judgement[] {
  const expectations: readonly (Expectation | null)[] = check.expectations.length > 0 ? check.expectations : [null];
  return expectations.map((expectation) => {
    if (verdict.verdict === 'inconclusive' || verdict.verdict === 'invalid') {
      const why = verdict.limit ? `${verdict.verdict}: ${verdict.limit}` : verdict.verdict;
      return { expectation, outcome: 'open', why };
    }
    const reasons = refutations(expectation ?? implicit, verdict);
    return reasons.length === 0
      ? { expectation, outcome: 'met', why: null }
      : { expectation, outcome: 'unmet', why: reasons.join('; ') };
  });
}

/** Does the verdict meet everything that the check expects? */
export function isMet(check: Check, verdict: Verdict): boolean {
  return judge(check, verdict).every(({ outcome }) => outcome === 'met');
}
