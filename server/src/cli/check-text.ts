import { counted, reportHeadline, verdictNotes } from '../service';
import type { Outcome, PlacedDiagnostic, PlacedViolation } from './check-results';
import { exitCodes } from './host';
import type { Style } from './style';

/** `a.cmodx:3:7: error: unknown label ...  [unknown-label]`. */
export function diagnosticText(diagnostic: PlacedDiagnostic, style: Style): string {
  const { file, line, column, severity, code, message } = diagnostic;
  const paint = severity === 'error' ? style.bad : severity === 'warning' ? style.unsure : style.faint;
  return `${file}:${line}:${column}: ${paint(severity)}: ${message} ${style.faint(`[${code}]`)}\n`;
}

/** A violation with its place; its steps, a line each, `withTrace`. */
export function violationText(violation: PlacedViolation, withTrace: boolean, style: Style): string {
  const { code, file, line, column, message, trace } = violation;
  const head = `      ${style.bad(code)} at ${file}:${line}:${column}: ${message}\n`;
  if (!withTrace) return head;
  const width = String(trace.length).length;
  const steps = trace.map(({ hart, text, file: where, line: stepLine }, index) => {
    const place = where === null || stepLine === null ? '' : style.faint(`  (${where}:${stepLine})`);
    return `        ${String(index + 1).padStart(width)}. ${hart}: ${text}${place}\n`;
  });
  return head + steps.join('');
}

/**
 * One check for people: whether it is as expected, its verdict, and its violations; their traces where the expectation
 * is not met, or for all with `traces`.
 */
export function outcomeText({ result, report, problems, exitCode }: Outcome, traces: boolean, style: Style): string {
  const { protocol, when, expected, met, verdict } = result;
  const name = when === null ? protocol : `${protocol} when ${when}`;
  const mark = met ? style.good('ok  ') : exitCode === exitCodes.notMet ? style.bad('FAIL') : style.unsure('??  ');
  const notes = report.verdict && verdict === 'safe' ? verdictNotes(report.verdict) : [];
  const line = `  ${mark} ${style.strong(name)}: ${[reportHeadline(report), ...notes].join('; ')}`;
  const asExpected = met && verdict === 'unsafe' ? style.faint(` (as expected: ${expected ?? verdict})`) : '';
  const why = (exitCode === exitCodes.notMet ? problems : []).map((problem) => `      ${problem}\n`).join('');
  const violations = result.violations.map((violation) => violationText(violation, traces || !met, style)).join('');
  return `${line}${asExpected}\n${why}${violations}`;
}

/** `17 checks: 15 as expected, 1 not, 1 inconclusive`. */
export function summaryText(outcomes: readonly Outcome[], brokenFiles: number, style: Style): string {
  const count = (code: number): number => outcomes.filter(({ exitCode }) => exitCode === code).length;
  const parts = [
    style.good(`${count(exitCodes.ok)} as expected`),
    ...(count(exitCodes.notMet) > 0 ? [style.bad(`${count(exitCodes.notMet)} not as expected`)] : []),
    ...(count(exitCodes.limit) > 0 ? [style.unsure(`${count(exitCodes.limit)} inconclusive`)] : []),
    ...(count(exitCodes.cannotCheck) > 0 ? [style.bad(`${count(exitCodes.cannotCheck)} not checked`)] : []),
    ...(brokenFiles > 0 ? [style.bad(`${counted(brokenFiles, 'file')} with errors`)] : []),
  ];
  return `${counted(outcomes.length, 'check')}: ${parts.join(', ')}\n`;
}
