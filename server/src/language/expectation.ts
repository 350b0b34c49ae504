import type { Verdict } from '../checker/verdict';
import type { Expectation } from './types';

/** What a verdict says of what was expected of it. */
export interface Judgement {
  /** What the `expect` lines ask for, as written; null where there is none, which asks for `safe`. */
  readonly expected: string | null;
  readonly met: boolean;
  /** Why not, one sentence each. */
  readonly problems: readonly string[];
}

const implied: Pick<Expectation, 'text' | 'verdict' | 'codes' | 'claims'> = {
  text: 'safe',
  verdict: 'safe',
  codes: [],
  claims: [],
};

/** Judges all expectations of one check together; `inconclusive` and `invalid` meet none. */
export function judge(expectations: readonly Expectation[], verdict: Verdict): Judgement {
  const wanted = expectations.length === 0 ? [implied] : expectations;
  const problems = [...new Set(wanted.flatMap((expectation) => refutations(expectation, verdict)))];
  const expected = expectations.length === 0 ? null : expectations.map(({ text }) => text).join('; ');
  return { expected, met: problems.length === 0, problems };
}

/** What was found, in the words of an `expect` line: `safe`, `unsafe mixed torn`. */
export function foundText(verdict: Verdict): string {
  return [verdict.verdict, ...new Set(verdict.violations.map(({ code }) => code))].join(' ');
}

/**
 * What an `expect` line of a variant would have to say: what was found, with `safe` whether it is effective, and the
 * claims that are not as in the protocol as it stands.
 */
export function expectText(verdict: Verdict, base: Verdict): string {
  if (verdict.verdict !== 'safe') return foundText(verdict);
  const told = verdict.claims.filter(
    ({ name, holds }) =>
      name === 'effective' || base.claims.some((claim) => claim.name === name && claim.holds !== holds),
  );
  return [foundText(verdict), ...told.map(({ name, holds }) => `${holds ? '' : 'not '}${name}`)].join(', ');
}

/** Why one expectation is not met; empty where it is. */
export function refutations(
  wanted: Pick<Expectation, 'text' | 'verdict' | 'codes' | 'claims'>,
  verdict: Verdict,
): string[] {
  const found = foundText(verdict);
  if (verdict.verdict !== wanted.verdict) {
    return [`expected \`${wanted.text}\`, found \`${found}\`${verdict.limit === null ? '' : ` (${verdict.limit})`}`];
  }
  const kinds = new Set(verdict.violations.map(({ code }) => code));
  const problems = wanted.codes
    .filter((code) => !kinds.has(code))
    .map((code) => `expected \`${code}\`, found \`${found}\``);
  for (const { name, holds } of wanted.claims) {
    const claim = verdict.claims.find((candidate) => candidate.name === name);
    if (claim === undefined) problems.push(`\`${name}\` was not established`);
    else if (claim.holds !== holds) {
      problems.push(
        holds
          ? `not ${name}${claim.why === null ? '' : `: ${claim.why}`}`
          : `${name}, though \`not ${name}\` is expected`,
      );
    }
  }
  return problems;
}
