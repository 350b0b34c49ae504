import type { LitmusTest } from '../../checker/litmus/test';
import type { LitmusAnalysis } from '../../language/litmus';
import { type LitmusReport, litmusReportHeadline, modelName } from '../../service';
import type { Span } from '../text';
import { testSpan } from './diagnostics';

/** What a click does: show the final states, show or debug how one comes about, choose the model. */
export type LitmusLensAction = 'states' | 'witness' | 'debug' | 'model';

/** One piece of the line above a litmus test. */
export interface LitmusLens {
  /** The test's name: all lenses have the same, so that they share one line. */
  readonly span: Span;
  readonly title: string;
  readonly action: LitmusLensAction;
}

/**
 * The final state that a condition makes one ask for: one that `exists` asks about, or that a `~exists` or `forall` that
 * does not hold fails by; null where there is none.
 */
export function wantedState(test: LitmusTest, states: readonly { text: string; satisfies: boolean }[]): string | null {
  if (!test.condition) return states[0]?.text ?? null;
  const wanted = test.condition.quantifier !== 'forall';
  return states.find(({ satisfies }) => satisfies === wanted)?.text ?? null;
}

/** The line above the test: always there, whatever is known, so that no line jumps. */
export function litmusLenses(analysis: LitmusAnalysis, report: LitmusReport | null): LitmusLens[] {
  const span = testSpan(analysis);
  const first = analysis.diagnostics.find(({ severity }) => severity === 'error');
  if (!analysis.test) return [{ span, title: `invalid: ${first?.message ?? 'the text has errors'}`, action: 'states' }];
  if (!report) return [{ span, title: 'running...', action: 'states' }];
  const { test, result, options } = report;
  const line: LitmusLens[] = [{ span, title: litmusReportHeadline(report), action: 'states' }];
  if (test && result && result.states.length > 0) {
    if (wantedState(test, result.states) !== null) {
      line.push({ span, title: 'Show witness', action: 'witness' }, { span, title: 'Debug witness', action: 'debug' });
    }
    line.push({ span, title: 'Final states', action: 'states' });
  }
  return [...line, { span, title: modelName(options), action: 'model' }];
}
