import type { Source } from '../checker/scenario';
import type { VerdictKind, ViolationKind } from '../checker/verdict';
import { judge } from '../language/expectation';
import { LineIndex } from '../language/lines';
import type { Diagnostic, Severity } from '../language/types';
import type { CheckReport, FileReport } from '../service';
import { type ExitCode, exitCodes } from './host';

/** `cmodx check --json`, version 1: fields may be added, never changed. Lines and columns count from 1. */
export interface CheckJson {
  readonly version: 1;
  readonly results: readonly CheckResult[];
  readonly diagnostics: readonly PlacedDiagnostic[];
}

/** One protocol under one `when`. */
export interface CheckResult {
  readonly file: string;
  readonly protocol: string;
  readonly when: string | null;
  readonly verdict: VerdictKind;
  readonly expected: string | null;
  readonly met: boolean;
  readonly bounds: { readonly harts: 'any' | number; readonly passes: 'any' | number };
  readonly reliesOn: readonly string[];
  readonly rung: string | null;
  readonly claims: readonly { readonly name: string; readonly holds: boolean }[];
  readonly limit: string | null;
  readonly states: number;
  /** Whole milliseconds that the search took. */
  readonly ms: number;
  readonly violations: readonly PlacedViolation[];
}

export interface PlacedViolation {
  readonly code: ViolationKind;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly trace: readonly {
    readonly hart: string;
    readonly text: string;
    /** Null where the step is written nowhere. */
    readonly file: string | null;
    readonly line: number | null;
  }[];
}

export interface PlacedDiagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
}

/** Finds lines in the texts that took part, imports among them. */
export class Places {
  private readonly texts = new Map<string, { readonly text: string; readonly lines: LineIndex }>();

  add(file: string, text: string): void {
    this.texts.set(file, { text, lines: new LineIndex(text) });
  }

  /** A file's text; empty where it was never read. */
  text(file: string): string {
    return this.texts.get(file)?.text ?? '';
  }

  /** Counted from 1. */
  of({ file, start }: Pick<Source, 'file' | 'start'>): { file: string; line: number; column: number } {
    const position = this.texts.get(file)?.lines.position(start) ?? { line: 0, column: 0 };
    return { file, line: position.line + 1, column: position.column + 1 };
  }

  /** From its first character to behind its last, counted from 1. */
  region({ file, start, end }: Source): { startLine: number; startColumn: number; endLine: number; endColumn: number } {
    const [first, last] = [this.of({ file, start }), this.of({ file, start: end })];
    return { startLine: first.line, startColumn: first.column, endLine: last.line, endColumn: last.column };
  }
}

/** A file of which all is known. */
export interface CheckedFile {
  readonly file: string;
  /** What its text is told. */
  readonly diagnostics: readonly Diagnostic[];
  /** What is said of the file as a whole: that it cannot be read, for one. */
  readonly notes: readonly PlacedDiagnostic[];
  /** Null where there was nothing to check. */
  readonly report: FileReport | null;
}

/** What the command line tells of a finished check: its result, why its expectation is not met, and its exit code. */
export interface Outcome {
  readonly result: CheckResult;
  readonly report: CheckReport;
  readonly problems: readonly string[];
  readonly exitCode: ExitCode;
}

/** The outcome of one check. A search that broke is `inconclusive` with the reason as its limit, and exit code 2. */
export function outcomeOf(file: string, report: CheckReport, places: Places): Outcome {
  const { check, verdict, failure } = report;
  const judgement = verdict ? judge(check.expectations, verdict) : null;
  const result: CheckResult = {
    file,
    protocol: check.protocol,
    when: check.when,
    verdict: verdict?.verdict ?? 'inconclusive',
    expected: judgement?.expected ?? null,
    met: judgement?.met ?? false,
    bounds: verdict?.bounds ?? { harts: 0, passes: 0 },
    reliesOn: verdict?.reliesOn ?? [],
    rung: verdict?.rung ?? null,
    claims: (verdict?.claims ?? []).map(({ name, holds }) => ({ name, holds })),
    limit: verdict ? verdict.limit : failure,
    states: report.states,
    ms: Math.round(report.ms ?? 0),
    violations: (verdict?.violations ?? []).map(({ code, message, source, trace }) => ({
      code,
      message,
      ...places.of(source),
      trace: trace.map((step) => {
        const place = step.source && places.of(step.source);
        return { hart: step.hart, text: step.text, file: place?.file ?? null, line: place?.line ?? null };
      }),
    })),
  };
  return { result, report, problems: judgement?.problems ?? [], exitCode: exitCodeOf(result, failure !== null) };
}

function exitCodeOf({ verdict, met }: CheckResult, failed: boolean): ExitCode {
  if (failed || verdict === 'invalid') return exitCodes.cannotCheck;
  if (verdict === 'inconclusive') return exitCodes.limit;
  return met ? exitCodes.ok : exitCodes.notMet;
}

/** A diagnostic of the text with its place in words. */
export function placeDiagnostic(diagnostic: Diagnostic, places: Places): PlacedDiagnostic {
  const { severity, code, message } = diagnostic;
  return { ...places.of(diagnostic.source), severity, code, message };
}

/** A file without protocols, which is neither good nor bad: it may be there to be imported. */
export function nothingChecked(file: string): PlacedDiagnostic {
  const message = 'there is no protocol in this file: nothing was checked';
  return { file, line: 1, column: 1, severity: 'information', code: 'no-protocol', message };
}

/** A file that could not even be read, as a diagnostic at its start. */
export function unreadable(file: string, message: string): PlacedDiagnostic {
  return { file, line: 1, column: 1, severity: 'error', code: 'unreadable', message };
}
