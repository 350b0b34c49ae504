import type { LitmusAnalysis } from '../../language/litmus';
import { conditionText, type LitmusReport } from '../../service';
import type { CheckerCode } from '../diagnostic-kinds';
import { type EditorDiagnostic, editorDiagnostics, failedCode } from '../diagnostics';
import { diagnosticPage } from '../pages';
import { type Span, spanOf } from '../text';

/** What the text itself is told. */
export function litmusTextDiagnostics({ file, diagnostics }: LitmusAnalysis): EditorDiagnostic[] {
  return editorDiagnostics(file, diagnostics);
}

/** Where the test is spoken of: its name, or the file's first character. */
export function testSpan({ nameSource }: Pick<LitmusAnalysis, 'nameSource'>): Span {
  return nameSource ? spanOf(nameSource) : { start: 0, end: 1 };
}

/**
 * What running the test has shown: a `~exists` or `forall` that does not hold, and why nothing is known. Nothing of an
 * `exists`, which is a question and not a claim.
 */
export function litmusResultDiagnostics(analysis: LitmusAnalysis, report: LitmusReport): EditorDiagnostic[] {
  const { test, status, result, failure } = report;
  if (!test) return [];
  const at = analysis.condition ? spanOf(analysis.condition.source) : testSpan(analysis);
  const told = (code: CheckerCode, span: Span, message: string, severity: 'error' | 'warning'): EditorDiagnostic => ({
    span,
    severity,
    code,
    page: diagnosticPage(code),
    message,
    related: [],
  });
  if (status === 'failed') {
    return [told(failedCode, at, `${test.name} was not run: ${failure ?? 'the checker broke'}`, 'error')];
  }
  if (status !== 'current' || !result) return [];
  const { limit, fault, holds, positive, negative } = result;
  const messages: EditorDiagnostic[] = [];
  if (fault) {
    const message = `${fault.message}: what happens then is not part of the model, so there is no observation`;
    messages.push(told('litmus-fault', spanOf(fault.source), message, 'warning'));
  }
  if (limit !== null) {
    const message = `${test.name}: some final states may be missing: ${limit}`;
    messages.push(told('inconclusive', at, message, 'warning'));
  }
  if (holds === false && test.condition && test.condition.quantifier !== 'exists') {
    const [count, what] = test.condition.quantifier === 'forall' ? [negative, 'do not satisfy'] : [positive, 'satisfy'];
    const states = `${count} of ${positive + negative} final states ${what} it`;
    messages.push(told('condition-not-met', at, `\`${conditionText(test)}\` does not hold: ${states}`, 'warning'));
  }
  return messages;
}
