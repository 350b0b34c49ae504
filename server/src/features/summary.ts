import type { CheckReport } from '../service/report';
import { reportHeadline } from '../service/words';
import { isMet, outcomes } from './outcome';
import { type Span, spanOf } from './text';

/** One check for a list of tests: what was expected, what was found. */
export interface CheckSummary {
  readonly protocol: string;
  readonly when: string | null;
  /** `replay_auipc`, or the `when` as written. */
  readonly label: string;
  /** The protocol's name, or the expectation. */
  readonly span: Span;
  /** As written, several joined with `; `; null where nothing was (then `safe` is expected). */
  readonly expected: string | null;
  /** Null unless there is a verdict of the text as it stands. */
  readonly met: boolean | null;
  /** Why it is not met; null where it is, or where nothing is known. */
  readonly why: string | null;
  readonly headline: string;
}

export function summarizeCheck(report: CheckReport): CheckSummary {
  const { check } = report;
  const reasons = outcomes(report).flatMap(({ why }) => why ?? []);
  return {
    protocol: check.protocol,
    when: check.when,
    label: check.when === null ? check.protocol : `when ${check.when}`,
    span: spanOf(check.source),
    expected: check.expectations.length > 0 ? check.expectations.map(({ text }) => text).join('; ') : null,
    met: isMet(report),
    why: reasons.length > 0 ? reasons.join('; ') : null,
    headline: reportHeadline(report),
  };
}
