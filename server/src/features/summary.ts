import type { CheckReport, FileReport } from '../service/report';
import { reportHeadline } from '../service/words';
import { judge } from './expectation';
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
  const { check, status, verdict } = report;
  const judgements = status === 'current' && verdict ? judge(check, verdict) : null;
  const reasons = judgements?.flatMap(({ why }) => why ?? []) ?? [];
  return {
    protocol: check.protocol,
    when: check.when,
    label: check.when === null ? check.protocol : `when ${check.when}`,
    span: spanOf(check.source),
    expected: check.expectations.length > 0 ? check.expectations.map(({ text }) => text).join('; ') : null,
    met: judgements?.every(({ outcome }) => outcome === 'met') ?? null,
    why: reasons.length > 0 ? reasons.join('; ') : null,
    headline: reportHeadline(report),
  };
}

/** All checks of a file, in the order of the text. */
export function summarize(report: FileReport): CheckSummary[] {
  return report.checks.map(summarizeCheck);
}

/** A file in a few words, for a status line: `3 of 4 checks as expected, 1 not`, `checking 2 of 4`. */
export function statusText(report: FileReport): string {
  const total = report.checks.length;
  if (total === 0) return 'no protocols';
  const checking = report.checks.filter(({ status }) => status === 'checking').length;
  if (checking > 0) return `checking ${checking} of ${total}`;
  const stale = report.checks.filter(({ status }) => status === 'stale').length;
  if (stale > 0) return `stale: ${stale} of ${total} not checked`;
  const met = summarize(report).filter((summary) => summary.met === true).length;
  const noun = total === 1 ? 'check' : 'checks';
  return met === total ? `${total} ${noun} as expected` : `${met} of ${total} ${noun} as expected`;
}
