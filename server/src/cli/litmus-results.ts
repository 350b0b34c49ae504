import type { LitmusOptions, LitmusTest, Observation } from '../checker/litmus/test';
import { type Answer, conditionText, countsOf, fetchName, herdText, limitedResult } from '../service';
import type { PlacedDiagnostic, Places } from './check-results';
import { type ExitCode, exitCodes } from './host';

/** `cmodx litmus --json`, version 1: fields may be added, never changed. Lines and columns count from 1. */
export interface LitmusJson {
  readonly version: 1;
  readonly results: readonly LitmusJsonResult[];
  readonly diagnostics: readonly PlacedDiagnostic[];
}

/** One file. Where `error` is not null, nothing is known but what `states` lists: some of the final states. */
export interface LitmusJsonResult {
  readonly file: string;
  /** Null where the file has none that could be read. */
  readonly name: string | null;
  readonly observation: Observation | null;
  /** Final states where the condition's proposition holds, and where not. */
  readonly positive: number;
  readonly negative: number;
  /** As herd7 writes them, sorted. */
  readonly states: readonly string[];
  /** Milliseconds that the search took. */
  readonly ms: number;
  /** Why there is no observation, with its place. */
  readonly error: string | null;
  /** The limit that was hit, also in `error`. */
  readonly limit: string | null;
  /** With its quantifier, as herd7 prints it. */
  readonly condition: string | null;
  /** Whether the condition holds, with its quantifier. */
  readonly holds: boolean | null;
  readonly memory: LitmusOptions['memory'] | null;
  /** The fetch rules, `none` where fetch was left out. */
  readonly fetch: string | null;
}

/** What the command line tells of one file. */
export interface LitmusOutcome {
  readonly result: LitmusJsonResult;
  /** What herd7 would print; null where there is no observation. */
  readonly text: string | null;
  readonly diagnostics: readonly PlacedDiagnostic[];
  readonly exitCode: ExitCode;
}

const nothing: Omit<LitmusJsonResult, 'file' | 'name' | 'error'> = {
  observation: null,
  positive: 0,
  negative: 0,
  states: [],
  ms: 0,
  limit: null,
  condition: null,
  holds: null,
  memory: null,
  fetch: null,
};

function placeText({ file, line, column }: Pick<PlacedDiagnostic, 'file' | 'line' | 'column'>): string {
  return `${file}:${line}:${column}`;
}

/** A file that is not run: its first error tells why. `diagnostics` must hold one. */
export function refusedOutcome(
  file: string,
  name: string | null,
  diagnostics: readonly PlacedDiagnostic[],
): LitmusOutcome {
  const first = diagnostics.find(({ severity }) => severity === 'error') ?? diagnostics[0];
  const error = first ? `${placeText(first)}: ${first.message}` : `${file} cannot be run`;
  return { result: { file, name, error, ...nothing }, text: null, diagnostics, exitCode: exitCodes.cannotCheck };
}

/** A file that was run. `diagnostics`: what is said of its text all the same. */
export function ranOutcome(
  file: string,
  test: LitmusTest,
  options: LitmusOptions,
  answer: Answer,
  diagnostics: readonly PlacedDiagnostic[],
  places: Places,
): LitmusOutcome {
  const { finding, failure, ms } = answer;
  const found = finding?.kind === 'litmus' ? finding.result : limitedResult(answer.limit ?? '');
  const limit = failure === null ? found.limit : null;
  const counts = failure === null ? countsOf(test, found) : null;
  const start = { file, line: 1, column: 1, severity: 'error' } as const;
  const problem: PlacedDiagnostic | null =
    failure !== null
      ? { ...start, code: 'checker-failed', message: failure }
      : limit !== null
        ? { ...start, ...places.of(test.condition?.source ?? noSource(file)), code: 'inconclusive', message: limit }
        : found.fault
          ? { ...start, ...places.of(found.fault.source), code: 'litmus-fault', message: found.fault.message }
          : null;
  return {
    result: {
      file,
      name: test.name,
      observation: counts?.observation ?? null,
      positive: counts?.positive ?? found.positive,
      negative: counts?.negative ?? found.negative,
      states: found.states.map(({ text }) => text).sort(),
      ms: Math.round(ms * 10) / 10,
      error: problem && `${placeText(problem)}: ${problem.message}`,
      limit,
      condition: conditionText(test),
      holds: counts?.holds ?? null,
      memory: options.memory,
      fetch: fetchName(options.fetch),
    },
    text: herdText(test, found, ms),
    diagnostics: problem ? [...diagnostics, problem] : diagnostics,
    exitCode: problem ? (limit === null ? exitCodes.cannotCheck : exitCodes.limit) : exitCodes.ok,
  };
}

const noSource = (file: string) => ({ file, start: 0, end: 0 });
