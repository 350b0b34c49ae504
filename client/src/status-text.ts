import type { CheckReport, LitmusAnswer } from '../../server/src/lsp/protocol';
import { title } from './trace-page';

/** What the status bar says of checks that are not under way: how many are as expected, never less than the worst. */
export function statusText(reports: readonly CheckReport[]): { text: string; tooltip: string } {
  if (reports.length === 0) return { text: 'CMODX: no protocols', tooltip: 'This file has no protocol to check.' };
  const tooltip = reports.map((report) => `${title(report)}: ${report.headline}`).join('\n');
  const count = (met: boolean): number =>
    reports.filter((report) => report.status === 'current' && report.met === met).length;
  const [asExpected, otherwise] = [count(true), count(false)];
  const text =
    otherwise > 0
      ? `$(error) CMODX: ${otherwise} of ${reports.length} not as expected`
      : asExpected < reports.length
        ? `$(warning) CMODX: ${reports.length - asExpected} of ${reports.length} not decided`
        : `$(pass) CMODX: ${asExpected} of ${reports.length} as expected`;
  return { text, tooltip };
}

/** What the status bar says of a litmus test that is not under way. A question that is answered is neither good nor bad. */
export function litmusStatusText({ status, headline, holds, condition, limit }: LitmusAnswer): {
  text: string;
  tooltip: string;
} {
  const unknown = status !== 'current' || limit !== null || (condition !== null && holds === null);
  const question = condition === null || condition.startsWith('exists');
  const icon = unknown ? 'warning' : question ? 'table' : holds ? 'pass' : 'error';
  return { text: `$(${icon}) CMODX: ${headline}`, tooltip: condition ?? 'This test has no condition.' };
}
