import type { Verdict } from '../checker/verdict';

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
  readonly limits: { readonly states: number; readonly seconds: number };
}

export const defaultSettings: Settings = {
  check: { run: 'onType' },
  limits: { states: 2_000_000, seconds: 30 },
};

/** Names one check of a file: a protocol under one `when` (null: as it stands). The arguments of the lens commands. */
export interface CheckId {
  readonly uri: string;
  readonly protocol: string;
  readonly when: string | null;
}

/** One check and what is known about it. */
export interface CheckReport extends CheckId {
  /** The document version that was checked; older than the editor's: stale. */
  readonly version: number;
  /** What was expected, as written; null where nothing was (then `safe` is). */
  readonly expected: string | null;
  readonly met: boolean;
  readonly verdict: Verdict;
}

/** Request, client to server, `{ uri }`: the reports of a document, in the order of its text; `[]` before the first check. */
export const verdictsRequest = 'cmodx/verdicts';
/** Notification, client to server, `{ uri }`: check this document now, whatever the settings say. */
export const checkNotification = 'cmodx/check';
/** Notification, client to server, `{}`: stop what is being checked, now. */
export const cancelNotification = 'cmodx/cancel';

/** Notification, server to client: sent when a document's checking starts, goes on (seldom), ends or is cancelled. */
export const statusNotification = 'cmodx/status';
export interface Status {
  readonly uri: string;
  readonly state: 'checking' | 'done' | 'cancelled';
  /** Checks done and checks to do. */
  readonly done: number;
  readonly total: number;
  /** States explored so far. */
  readonly states: number;
}

/** Commands of the client that the server's code lenses name; their one argument is a `CheckId`. */
export const lensCommands = { showTrace: 'cmodx.showTrace', debug: 'cmodx.debug' } as const;
