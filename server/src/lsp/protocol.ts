import type { Verdict, Violation } from '../checker/verdict';
import { defaultLimits, type Limits } from '../service/report';

/**
 * What client and server say to each other beyond the Language Server Protocol: names and plain JSON shapes only,
 * because both sides import it.
 */

/** `initializationOptions`. */
export interface InitializationOptions {
  /** Where the checker's worker script is, as a URL. Only in the browser: in Node it lies beside the server. */
  readonly checkerWorker?: string;
}

/** The settings under `cmodx.`, as `workspace/configuration` answers them. */
export interface Settings {
  /** When to check: while typing, on save, or only by command. */
  readonly check: { readonly run: 'onType' | 'onSave' | 'onCommand' };
  /** A search that passes one of these ends as `inconclusive`. */
  readonly limits: Limits;
}

export const defaultSettings: Settings = { check: { run: 'onType' }, limits: defaultLimits };

/** Names one check of a file: a protocol under one `when` (null: as it stands). The arguments of the lens commands. */
export interface CheckId {
  readonly uri: string;
  readonly protocol: string;
  readonly when: string | null;
}

/**
 * One check and what is known of it for the text at `version`. Every surface shows `headline`; a verdict is only ever
 * that of the text as it stands (`status` is `current`).
 */
export interface CheckReport extends CheckId {
  readonly version: number;
  readonly status: 'checking' | 'current' | 'stale' | 'failed';
  /** What was expected, as written; null where nothing was (then `safe` is). */
  readonly expected: string | null;
  /** Null unless `current`. */
  readonly met: boolean | null;
  /** Without its traces (`traceRequest`). Null unless `current`. */
  readonly verdict: VerdictSummary | null;
  /** In words: `safe: any harts, any passes, 1,108 states`, `checking`, `stale: unsafe before this edit`. */
  readonly headline: string;
  /** The protocol's name in the text, or its expectation: zero-based, end exclusive. */
  readonly range: LspRange;
}

export interface LspRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** A verdict with its violations told but not traced. */
export type VerdictSummary = Omit<Verdict, 'violations'> & {
  readonly violations: readonly (Pick<Violation, 'code' | 'message' | 'headline'> & { readonly steps: number })[];
};

/** Request, client to server, `{ uri }`: the reports of a document, in the order of its text; `[]` where it has none. */
export const verdictsRequest = 'cmodx/verdicts';
/**
 * Request, client to server, a `CheckId`: the violations of a current verdict with their traces, for the debugger.
 * Nothing is checked again; null where there is no current verdict.
 */
export const traceRequest = 'cmodx/trace';
export interface TraceAnswer {
  readonly version: number;
  readonly violations: readonly Violation[];
  /** The files that the trace's places are in, as they were checked: the debugger finds lines in them. */
  readonly texts: Readonly<Record<string, string>>;
}
/** Request, server to client, `{ uri }`: the text of a file that is not open (an import); null where there is none. */
export const readFileRequest = 'cmodx/readFile';
/** Notification, client to server, `{ uri }`: check this document now, whatever the settings say. */
export const checkNotification = 'cmodx/check';
/** Notification, client to server, `{}`: stop what is being checked, now. */
export const cancelNotification = 'cmodx/cancel';

/** Notification, server to client: sent when a document's checking starts, goes on (seldom), ends or is cancelled. */
export const statusNotification = 'cmodx/status';
export interface Status {
  readonly uri: string;
  readonly state: 'checking' | 'done' | 'cancelled';
  /** Every check has its verdict, shortest traces and what the safe ones rely on are still being found. */
  readonly refining: boolean;
  /** Checks done and checks to do. */
  readonly done: number;
  readonly total: number;
  /** States explored so far. */
  readonly states: number;
}

/** Commands of the client that the server's code lenses name; their one argument is a `CheckId`. */
export const lensCommands = { showTrace: 'cmodx.showTrace', debug: 'cmodx.debug' } as const;
