import type { Verdict } from '../checker/verdict';
import type { CheckReport } from './report';

/** `1,108 states`, `1 state`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

function bounded(bound: 'any' | number, noun: string, plural: string): string {
  return bound === 'any' ? `any ${plural}` : `${bound.toLocaleString('en-US')} ${bound === 1 ? noun : plural}`;
}

/**
 * A verdict in one short line, as a lens and the command line show it: `safe: any harts, any passes, 1,108 states`,
 * `unsafe: JALR' with AUIPC's t0, 9 steps`, `inconclusive: time limit of 30 s`, `invalid: the text has errors`.
 */
export function verdictHeadline(verdict: Verdict): string {
  switch (verdict.verdict) {
    case 'safe': {
      const { harts, passes } = verdict.bounds;
      const reach = `${bounded(harts, 'hart', 'harts')}, ${bounded(passes, 'pass', 'passes')}`;
      return `safe: ${reach}, ${counted(verdict.states, 'state')}`;
    }
    case 'unsafe': {
      const [first, ...others] = verdict.violations;
      if (!first) return 'unsafe';
      const more = others.length > 0 ? `; ${others.length} more` : '';
      // What cannot be encoded is found without a step.
      const steps = first.trace.length === 0 ? '' : `, ${counted(first.trace.length, 'step')}`;
      return `unsafe: ${first.headline}${steps}${more}`;
    }
    case 'inconclusive':
      return `inconclusive: ${verdict.limit ?? 'no reason given'}`;
    case 'invalid':
      return 'invalid: the text has errors';
  }
}

/** What a verdict rests on and what else was found, each in words: `lowest rung isa`, `not effective`. */
export function verdictNotes(verdict: Verdict): string[] {
  const notes: string[] = [];
  if (verdict.rung !== null) notes.push(`lowest rung ${verdict.rung}`);
  if (verdict.reliesOn.length > 0) notes.push(`relies on ${verdict.reliesOn.join(', ')}`);
  for (const { name, holds } of verdict.claims) notes.push(holds ? name : `not ${name}`);
  return notes;
}

/** What is known of a check, in one short line. A verdict of an older text is only ever told as such. */
export function reportHeadline(
  report: Pick<CheckReport, 'status' | 'verdict' | 'previous' | 'states' | 'failure'>,
): string {
  const before = report.previous === null ? '' : ` (${report.previous} before this edit)`;
  switch (report.status) {
    case 'checking':
      return `checking${before}`;
    case 'stale':
      return `stale: not checked since the last edit${report.previous === null ? '' : ` (was ${report.previous})`}`;
    case 'failed':
      return `failed: ${report.failure ?? 'the checker gave no reason'}`;
    case 'current':
      return report.verdict ? verdictHeadline(report.verdict) : 'failed: no verdict';
  }
}
