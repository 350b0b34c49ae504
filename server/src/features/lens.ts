import type { Violation } from '../checker/verdict';
import type { Analysis, ProtocolInfo } from '../language/analysis';
import type { CheckReport, FileReport } from '../service/report';
import { reportHeadline } from '../service/words';
import { judge } from './expectation';
import { type Span, spanOf } from './text';

/** What a click does: shows the verdicts and traces of a check, or debugs its shortest trace. */
export type LensAction = 'show' | 'debug';

/** One piece of the line above a protocol. */
export interface Lens {
  /** The protocol's name: all lenses of a protocol have the same, so that they share one line. */
  readonly span: Span;
  readonly title: string;
  readonly action: LensAction;
  readonly protocol: string;
  /** The variant that the action is about; null for the protocol as it stands. */
  readonly when: string | null;
}

/** The reports of one protocol: as it stands (null where there is none yet) and all, in the order of the text. */
function reportsOf(
  protocol: ProtocolInfo,
  report: FileReport | null,
): { own: CheckReport | null; all: readonly CheckReport[] } {
  const all = report?.checks.filter(({ check }) => check.protocol === protocol.name) ?? [];
  const own = all.filter(({ check }) => check.when === null);
  return { own: own.find(({ check }) => check.source.start === protocol.source.start) ?? own[0] ?? null, all };
}

function invalidTitle(analysis: Analysis, protocol: ProtocolInfo): string {
  const errors = analysis.diagnostics.filter(({ severity }) => severity === 'error');
  const within = errors.find(
    ({ source }) => source.start >= protocol.extent.start && source.end <= protocol.extent.end,
  );
  const first = within ?? errors[0];
  return first ? `invalid: ${first.message}` : 'invalid: the text has errors';
}

function verdictTitle(analysis: Analysis, protocol: ProtocolInfo, own: CheckReport | null): string {
  if (!own) return 'checking...';
  if (own.status === 'checking') return own.previous ? `checking... (${own.previous} before this edit)` : 'checking...';
  if (own.verdict?.verdict === 'invalid') return invalidTitle(analysis, protocol);
  return reportHeadline(own);
}

/** `12 of 12 expectations met`; null where none was written down. */
export function expectationsTitle(reports: readonly CheckReport[]): string | null {
  let total = 0;
  let met = 0;
  let waiting = 0;
  let open = 0;
  for (const { check, status, verdict } of reports) {
    total += check.expectations.length;
    if (status !== 'current' || !verdict) waiting += check.expectations.length;
    else if (check.expectations.length > 0) {
      for (const { outcome } of judge(check, verdict)) {
        if (outcome === 'met') met++;
        else if (outcome === 'open') open++;
      }
    }
  }
  if (total === 0) return null;
  const rest = [waiting > 0 ? `${waiting} not checked yet` : '', open > 0 ? `${open} undecided` : ''].filter(Boolean);
  const noun = total === 1 ? 'expectation' : 'expectations';
  return [`${met} of ${total} ${noun} met`, ...rest].join(', ');
}

/** The first variant whose expectation is not met, or null. */
function firstUnmet(reports: readonly CheckReport[]): CheckReport | null {
  return (
    reports.find(
      ({ check, verdict }) => verdict !== null && judge(check, verdict).some(({ outcome }) => outcome === 'unmet'),
    ) ?? null
  );
}

function hasTrace(report: CheckReport | null): boolean {
  const violations: readonly Violation[] = report?.verdict?.violations ?? [];
  return violations.some(({ trace }) => trace.length > 0);
}

/** The line above each protocol: always there, whatever is known, so that no line jumps. */
export function lenses(analysis: Analysis, report: FileReport | null): Lens[] {
  return analysis.protocols.flatMap((protocol) => {
    const { own, all } = reportsOf(protocol, report);
    const base = { span: spanOf(protocol.source), protocol: protocol.name };
    const line: Lens[] = [{ ...base, title: verdictTitle(analysis, protocol, own), action: 'show', when: null }];
    if (hasTrace(own)) line.push({ ...base, title: 'Debug', action: 'debug', when: null });
    const expectations = expectationsTitle(all);
    if (expectations !== null) {
      line.push({ ...base, title: expectations, action: 'show', when: firstUnmet(all)?.check.when ?? null });
    }
    return line;
  });
}
