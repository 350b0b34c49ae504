import { summarizeCheck } from '../features/summary';
import type { FileReport, CheckReport as KnownCheck } from '../service';
import { toRange } from './convert';
import type { CheckReport, Status, VerdictSummary } from './protocol';
import type { DocumentState } from './workspace';

function verdictSummary({ status, verdict }: KnownCheck): VerdictSummary | null {
  if (status !== 'current' || !verdict) return null;
  return {
    ...verdict,
    violations: verdict.violations.map(({ code, message, headline, trace }) => ({
      code,
      message,
      headline,
      steps: trace.length,
    })),
  };
}

/** What the client is told of a document's checks, in the order of its text. */
export function checkReports(document: DocumentState, report: FileReport): CheckReport[] {
  return report.checks.map((known) => {
    const { protocol, when, expected, met, headline } = summarizeCheck(known);
    return {
      uri: document.uri,
      protocol,
      when,
      version: report.version,
      status: known.status,
      expected,
      met,
      verdict: verdictSummary(known),
      headline,
      range: toRange(document.lines, known.check.source),
    };
  });
}

/** How far the checks of a document are. */
export function statusOf({ file, checks }: FileReport): Status {
  const checking = checks.filter(({ status }) => status === 'checking');
  const stale = checks.some(({ status }) => status === 'stale');
  return {
    uri: file,
    state: checking.length > 0 ? 'checking' : stale ? 'cancelled' : 'done',
    done: checks.length - checking.length,
    total: checks.length,
    refining: checks.some(({ refining }) => refining),
    states: checking.reduce((sum, { states }) => sum + states, 0),
  };
}
