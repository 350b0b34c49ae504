import { LimitHit } from '../checker/litmus/budget';
import type { LitmusHost, LitmusOptions, LitmusResult, LitmusTest, Witness } from '../checker/litmus/test';
import type { Scenario } from '../checker/scenario';
import type { CheckHost, CheckOptions, Verdict } from '../checker/verdict';
import { type Limits, memoryLimitText, timeLimitText } from './report';

/** What a worker can be asked. */
export type Question =
  | {
      readonly kind: 'check';
      readonly scenario: Scenario;
      /** Also find the shortest traces, the lowest rung and what a safe verdict relies on: several searches more. */
      readonly explain: boolean;
    }
  | { readonly kind: 'litmus'; readonly test: LitmusTest; readonly options: LitmusOptions }
  /** How a final state comes about; `state` is its text. */
  | { readonly kind: 'witness'; readonly test: LitmusTest; readonly options: LitmusOptions; readonly state: string };

/** What it finds out, of the question's kind. */
export type Finding =
  | { readonly kind: 'check'; readonly verdict: Verdict }
  | { readonly kind: 'litmus'; readonly result: LitmusResult }
  /** No witness: the state does not occur, or `limit` was hit before it did. */
  | { readonly kind: 'witness'; readonly witness: Witness | null; readonly limit: string | null };

/** One search, as it is sent to a worker. Structured-cloneable. */
export interface Job {
  readonly id: number;
  readonly question: Question;
  readonly limits: Limits;
}

/** What a worker says of the job that it runs. Every job ends with exactly one of `done`, `cancelled`, `error`. */
export type JobMessage =
  | { readonly kind: 'progress'; readonly id: number; readonly states: number }
  | { readonly kind: 'done'; readonly id: number; readonly finding: Finding; readonly ms: number }
  | { readonly kind: 'cancelled'; readonly id: number }
  | { readonly kind: 'error'; readonly id: number; readonly message: string };

/** Why a worker is gone: `memory` where its heap was full. */
export interface WorkerExit {
  readonly kind: 'memory' | 'crash';
  readonly message: string;
}

export interface WorkerEvents {
  message(message: JobMessage): void;
  exit(exit: WorkerExit): void;
}

/** A thread that runs one job at a time. */
export interface CheckWorker {
  run(job: Job): void;
  /**
   * Stops the running job: `stopping` where the worker will answer `cancelled` and live on, `gone` where it had to be
   * ended (no shared memory); no further event comes from it then.
   */
  cancel(): 'stopping' | 'gone';
  dispose(): void;
}

export type SpawnWorker = (events: WorkerEvents) => CheckWorker;

/** The checker's entry points. */
export interface Engine {
  readonly check: (scenario: Scenario, options: CheckOptions, host: CheckHost) => Verdict;
  readonly runLitmus: (test: LitmusTest, options: LitmusOptions, host: LitmusHost) => LitmusResult;
  /** @throws LimitHit */
  readonly findWitness: (test: LitmusTest, options: LitmusOptions, state: string, host: LitmusHost) => Witness | null;
}

/** What a job needs of the thread that it runs on. */
export interface JobEnvironment extends Engine {
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Heap in use, in MB; null where the platform does not tell. */
  readonly memoryMb: () => number | null;
  readonly cancelled: () => boolean;
  readonly report: (message: JobMessage) => void;
}

/** How often a job looks at its heap and reports progress, in ms. Cancel and the clock are looked at on every call. */
const progressInterval = 50;

/** Runs one job to its end, on this thread. Never throws: an exception of the checker becomes `error`. */
export function runJob(job: Job, env: JobEnvironment): void {
  const start = env.now();
  const deadline = start + job.limits.maxSeconds * 1000;
  let nextProgress = start + progressInterval;
  let cancelled = false;
  const interrupt = (states: number): string | null => {
    if (env.cancelled()) {
      cancelled = true;
      return 'cancelled';
    }
    const now = env.now();
    if (now >= deadline) return timeLimitText(job.limits);
    if (now < nextProgress) return null;
    nextProgress = now + progressInterval;
    env.report({ kind: 'progress', id: job.id, states });
    const memory = env.memoryMb();
    return memory !== null && memory > job.limits.maxMemoryMb ? memoryLimitText(job.limits) : null;
  };
  try {
    const finding = answer(job, env, interrupt);
    if (cancelled) env.report({ kind: 'cancelled', id: job.id });
    else env.report({ kind: 'done', id: job.id, finding, ms: env.now() - start });
  } catch (error) {
    env.report({ kind: 'error', id: job.id, message: errorText(error) });
  }
}

function answer({ question, limits }: Job, env: Engine, interrupt: (steps: number) => string | null): Finding {
  if (question.kind === 'check') {
    const { scenario, explain } = question;
    const options: CheckOptions = { maxStates: limits.maxStates, reductions: { freshPass: true }, explain };
    return { kind: 'check', verdict: env.check(scenario, options, { interrupt }) };
  }
  const { test, options } = question;
  if (question.kind === 'litmus') return { kind: 'litmus', result: env.runLitmus(test, options, { interrupt }) };
  try {
    return { kind: 'witness', witness: env.findWitness(test, options, question.state, { interrupt }), limit: null };
  } catch (error) {
    if (error instanceof LimitHit) return { kind: 'witness', witness: null, limit: error.message };
    throw error;
  }
}

/** An exception as one readable text, with where it was thrown. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const place = error.stack?.split('\n').find((line) => line.trim().startsWith('at '));
  return place ? `${error.message} (${place.trim()})` : error.message;
}
