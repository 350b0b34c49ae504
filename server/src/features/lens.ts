import type { Violation } from '../checker/verdict';
import type { Analysis } from '../language/analysis';
import { descendants, wordsOf } from '../language/syntax';
import type { CheckReport, FileReport } from '../service/report';
import { reportHeadline } from '../service/words';
import { nameToken } from './context';
import { type Outcome, outcomes } from './outcome';
import { type Span, spanOf } from './text';

/** What a click does: shows the verdicts and traces of a check, or debugs its shortest trace. */
export type LensAction = 'show' | 'debug';

/** One piece of the line above a protocol. */
export interface Lens {
  /** The word `protocol`: all lenses of a protocol have the same, so that they share one line. */
  readonly span: Span;
  readonly title: string;
  readonly action: LensAction;
  readonly protocol: string;
  /** The variant that the action is about; null for the protocol as it stands. */
  readonly when: string | null;
}

interface Protocol {
  /** Empty where it is missing. */
  readonly name: string;
  readonly nameStart: number;
  readonly extent: Span;
  /** The word `protocol`. */
  readonly word: Span;
}

/** The reports of one protocol: as it stands (null where there is none yet) and all, in the order of the text. */
function reportsOf(
  protocol: Protocol,
  report: FileReport | null,
): { own: CheckReport | null; all: readonly CheckReport[] } {
  const all = report?.checks.filter(({ check }) => check.protocol === protocol.name) ?? [];
  const own = all.filter(({ check }) => check.when === null);
  return { own: own.find(({ check }) => check.source.start === protocol.nameStart) ?? own[0] ?? null, all };
}

function invalidTitle(analysis: Analysis, protocol: Protocol): string {
  const errors = analysis.diagnostics.filter(({ severity }) => severity === 'error');
  const within = errors.find(
    ({ source }) => source.start >= protocol.extent.start && source.end <= protocol.extent.end,
  );
  const first = within ?? errors[0];
  return first ? `invalid: ${first.message}` : 'invalid: the text has errors';
}

function verdictTitle(
  analysis: Analysis,
  protocol: Protocol,
  own: CheckReport | null,
  report: FileReport | null,
): string {
  if (!own) return report ? invalidTitle(analysis, protocol) : 'checking...';
  if (own.status === 'checking') return own.previous ? `checking... (${own.previous} before this edit)` : 'checking...';
  if (own.verdict?.verdict === 'invalid') return invalidTitle(analysis, protocol);
  return reportHeadline(own);
}

/** `12 of 12 expectations met`; null where none was written down. */
export function expectationsTitle(reports: readonly CheckReport[]): string | null {
  const all = reports.filter(({ check }) => check.expectations.length > 0).flatMap(outcomes);
  if (all.length === 0) return null;
  const count = (wanted: Outcome): number => all.filter(({ outcome }) => outcome === wanted).length;
  const [waiting, open] = [count('waiting'), count('open')];
  return [
    `${count('met')} of ${all.length} ${all.length === 1 ? 'expectation' : 'expectations'} met`,
    ...(waiting > 0 ? [`${waiting} not checked yet`] : []),
    ...(open > 0 ? [`${open} undecided`] : []),
  ].join(', ');
}

/** The first check whose expectation is not met, or null. */
function firstUnmet(reports: readonly CheckReport[]): CheckReport | null {
  return reports.find((report) => outcomes(report).some(({ outcome }) => outcome === 'unmet')) ?? null;
}

function hasTrace(report: CheckReport | null): boolean {
  const violations: readonly Violation[] = report?.verdict?.violations ?? [];
  return violations.some(({ trace }) => trace.length > 0);
}

/** A protocol as the text has it, also while its name is being typed. */
function protocolsIn(analysis: Analysis): Protocol[] {
  return [...descendants(analysis.tree.root, 'protocol')].map((node) => {
    const name = nameToken(node);
    return {
      name: name?.text ?? '',
      nameStart: name?.start ?? node.end,
      extent: spanOf(node),
      word: spanOf(wordsOf(node)[0] ?? node),
    };
  });
}

/** The line above each protocol: always there, whatever is known, so that no line jumps. */
export function lenses(analysis: Analysis, report: FileReport | null): Lens[] {
  return protocolsIn(analysis).flatMap((protocol) => {
    const { own, all } = reportsOf(protocol, report);
    const base = { span: protocol.word, protocol: protocol.name };
    const line: Lens[] = [
      { ...base, title: verdictTitle(analysis, protocol, own, report), action: 'show', when: null },
    ];
    if (hasTrace(own)) line.push({ ...base, title: 'Debug', action: 'debug', when: null });
    const expectations = expectationsTitle(all);
    if (expectations !== null) {
      line.push({ ...base, title: expectations, action: 'show', when: firstUnmet(all)?.check.when ?? null });
    }
    return line;
  });
}
