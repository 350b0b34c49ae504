import type { Verdict, VerdictKind } from '../checker/verdict';
import type { Check } from '../language/types';

/** How far one check may go. Hitting any of them makes the verdict `inconclusive`, with the limit named. */
export interface Limits {
  readonly maxStates: number;
  readonly maxSeconds: number;
  /** Heap of the worker that checks, in MB. */
  readonly maxMemoryMb: number;
}

export const defaultLimits: Limits = { maxStates: 2_000_000, maxSeconds: 30, maxMemoryMb: 2048 };

/**
 * - `checking`: a search for the text as it stands is queued or under way.
 * - `current`: `verdict` is that of the text as it stands.
 * - `stale`: nothing is known of the text as it stands, and no search is under way (cancelled, or not asked for).
 * - `failed`: the checker broke; `failure` says how. Never shown as a verdict.
 */
export type CheckStatus = 'checking' | 'current' | 'stale' | 'failed';

/** What is known of one check of the text as it stands. */
export interface CheckReport {
  readonly check: Check;
  readonly status: CheckStatus;
  /** Only with `current`; places are those of the text as it stands. */
  readonly verdict: Verdict | null;
  /** Only with `current`: the verdict stands, its shortest trace or what it relies on is still being found. */
  readonly refining: boolean;
  /** What the last finished search of an older text said, for "was safe"; null where there was none. */
  readonly previous: VerdictKind | null;
  /** States seen so far (`checking`) or in all (`current`). */
  readonly states: number;
  /** How long the search took, in milliseconds; null unless `current`. */
  readonly ms: number | null;
  readonly failure: string | null;
}

/** All checks of one document, in the order of its text. `version` is that of the text that they belong to. */
export interface FileReport {
  readonly file: string;
  readonly version: number;
  readonly checks: readonly CheckReport[];
}

/** The verdict of a check whose text has errors. */
export const invalidVerdict: Verdict = {
  verdict: 'invalid',
  bounds: { harts: 0, passes: 0 },
  reliesOn: [],
  rung: null,
  claims: [],
  limit: null,
  states: 0,
  violations: [],
};

/** The verdict of a check that ended at a limit outside the checker's own count (heap, for one). */
export function limitVerdict(limit: string, states: number): Verdict {
  return { ...invalidVerdict, verdict: 'inconclusive', limit, states };
}

/** `memory limit of 2,048 MB`. */
export function memoryLimitText(limits: Limits): string {
  return `memory limit of ${limits.maxMemoryMb.toLocaleString('en-US')} MB`;
}

/** `time limit of 60 s`. */
export function timeLimitText(limits: Limits): string {
  return `time limit of ${limits.maxSeconds.toLocaleString('en-US')} s`;
}
