import type { Source } from '../checker/scenario';
import type { TraceStep, Verdict, Violation, ViolationKind } from '../checker/verdict';
import type { Analysis } from '../language/analysis';
import type { Check, Diagnostic, Severity } from '../language/types';
import type { CheckReport, FileReport } from '../service/report';
import { counted } from '../service/words';
import type { CheckerCode } from './diagnostic-kinds';
import { outcomes } from './outcome';
import { diagnosticPage } from './pages';
import { type Span, spanOf } from './text';

/** A message at a place of the analysed file, for squiggles and the list of problems. */
export interface EditorDiagnostic {
  readonly span: Span;
  readonly severity: Severity;
  readonly code: string;
  /** The page that explains the code. */
  readonly page: string;
  readonly message: string;
  /** Further places, of any file: for a violation its trace, step by step. */
  readonly related: readonly { readonly message: string; readonly source: Source }[];
  /** Where it tells of a check: which, and the violation whose trace explains it. */
  readonly about?: { readonly check: Check; readonly violation: Violation | null };
}

/** A longer trace is shown whole by the trace view; the list of problems gets its beginning and its end. */
const longestTrace = 60;

function traceLines(trace: readonly TraceStep[]): EditorDiagnostic['related'] {
  const lines = trace.flatMap(({ hart, text, source }, index) =>
    source ? [{ message: `${index + 1}. ${hart}: ${text}`, source }] : [],
  );
  if (lines.length <= longestTrace) return lines;
  return [...lines.slice(0, longestTrace / 2), ...lines.slice(-longestTrace / 2)];
}

/** The code of a check that the checker broke in. */
export const failedCode: CheckerCode = 'checker-failed';

/** A message of the checker, before its page is looked up. */
type Message = Omit<EditorDiagnostic, 'page' | 'code'> & { readonly code: ViolationKind | CheckerCode };

/** What the text itself is told: syntax, names, encodings, reach. */
export function textDiagnostics({ tree, diagnostics }: Analysis): EditorDiagnostic[] {
  return editorDiagnostics(tree.file, diagnostics);
}

/** The messages that have their place in `file`. */
export function editorDiagnostics(file: string, diagnostics: readonly Diagnostic[]): EditorDiagnostic[] {
  return diagnostics
    .filter(({ source }) => source.file === file)
    .map(({ source, severity, code, message, related }) => ({
      span: spanOf(source),
      severity,
      code,
      page: diagnosticPage(code),
      message,
      related,
    }));
}

/** A violation at the step or instruction that causes it; at the check where that is in another file. */
function violationMessage(file: string, report: CheckReport, violation: Violation, severity: Severity): Message {
  const here = violation.source.file === file;
  const expected = severity === 'error' ? '' : ' (expected)';
  return {
    span: spanOf(here ? violation.source : report.check.source),
    severity,
    code: violation.code,
    message: `${report.check.protocol}: ${violation.message}${expected}`,
    related: [
      ...(here ? [] : [{ message: `the cause: ${violation.headline}`, source: violation.source }]),
      ...traceLines(violation.trace),
    ],
    about: { check: report.check, violation },
  };
}

function currentMessages(file: string, report: CheckReport, verdict: Verdict): Message[] {
  const { check } = report;
  const subject = check.when === null ? check.protocol : `${check.protocol} when ${check.when}`;
  if (verdict.verdict === 'invalid') return [];
  if (verdict.verdict === 'inconclusive') {
    const message = `${subject} is neither safe nor unsafe: ${verdict.limit ?? 'the search was not finished'}, after ${counted(verdict.states, 'state')}`;
    const about = { check, violation: null };
    return [{ span: spanOf(check.source), severity: 'warning', code: 'inconclusive', message, related: [], about }];
  }
  const unmet = outcomes(report).filter(({ outcome }) => outcome === 'unmet');
  const expectsUnsafe = check.expectations.some((expectation) => expectation.verdict === 'unsafe');
  // The trace under changed assumptions belongs to the `expect` line: the code as it stands does not do that.
  const violation = verdict.violations[0] ?? null;
  const trace =
    check.when !== null && !expectsUnsafe && violation
      ? [
          { message: `${violation.code}: ${violation.message}`, source: violation.source },
          ...traceLines(violation.trace),
        ]
      : [];
  const expectations = unmet.flatMap(({ expectation, why }): Message[] =>
    expectation
      ? [
          {
            span: spanOf(expectation.source),
            severity: 'error',
            code: 'expectation-not-met',
            message: `${subject}: ${why}`,
            related: trace,
            about: { check, violation },
          },
        ]
      : [],
  );
  if (check.when !== null) return expectations;
  const severity = expectsUnsafe ? 'hint' : 'error';
  return [
    ...verdict.violations.map((violation) => violationMessage(file, report, violation, severity)),
    ...expectations,
  ];
}

/** What the checker says of the text as it stands; nothing for what is queued, under way or of an older text. */
export function verdictDiagnostics(report: FileReport): EditorDiagnostic[] {
  const messages = report.checks.flatMap((entry): Message[] => {
    if (entry.status === 'failed') {
      const { check, failure } = entry;
      const message = `${check.protocol} was not checked: ${failure ?? 'the checker broke'}`;
      const about = { check, violation: null };
      return [{ span: spanOf(check.source), severity: 'error', code: failedCode, message, related: [], about }];
    }
    return entry.status === 'current' && entry.verdict ? currentMessages(report.file, entry, entry.verdict) : [];
  });
  return messages.map((message) => ({ ...message, page: diagnosticPage(message.code) }));
}
