import type { FinalState } from '../checker/litmus/test';
import type { Source } from '../checker/scenario';
import type { Recording, Verdict, Violation } from '../checker/verdict';
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
  /** The model that litmus tests are run under; `auto`: as each test has it. */
  readonly litmus: {
    /** `auto`, `none` or the name of a set of fetch rules: `isa+decode-w`. */
    readonly fetch: string;
    /** `auto`, `rvwmo`, `tso` or `sc`. */
    readonly memory: string;
  };
}

export const defaultSettings: Settings = {
  check: { run: 'onType' },
  limits: defaultLimits,
  litmus: { fetch: 'auto', memory: 'auto' },
};

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
/** Request, client to server, `{ uri }`: what is known of a litmus test; null where the document is none. */
export const litmusRequest = 'cmodx/litmus';
export interface LitmusAnswer {
  readonly uri: string;
  readonly version: number;
  /** Null where the text has errors. */
  readonly name: string | null;
  readonly status: 'checking' | 'current' | 'stale' | 'failed';
  /** In words: `Sometimes: 1 of 4 final states`, `running...`. */
  readonly headline: string;
  /** In words: `rvwmo, fetch isa+decode-w`. */
  readonly model: string;
  /** As herd7 prints it; null where the test has none. */
  readonly condition: string | null;
  /** Whether the condition holds, with its quantifier; null where that is open. */
  readonly holds: boolean | null;
  /** Those of the text as it stands: empty unless `current`. */
  readonly states: readonly FinalState[];
  /** Why some states may be missing; null where none is. */
  readonly limit: string | null;
  /** The state that `cmodx/witness` takes by default; null where there is none. */
  readonly wanted: string | null;
}
/**
 * Request, client to server, a `WitnessId`: how a final state of a litmus test comes about. Null where the document is no
 * litmus test, or was changed meanwhile.
 */
export const witnessRequest = 'cmodx/witness';
/** Names a final state of a file. The argument of the commands of a litmus test's lenses. */
export interface WitnessId {
  readonly uri: string;
  /** Its text; null for the one that the condition makes one ask for. */
  readonly state: string | null;
}
export interface WitnessAnswer {
  readonly version: number;
  readonly state: string | null;
  /** Null where there is none. */
  readonly recording: Recording | null;
  /** Why there is none, in words. */
  readonly reason: string | null;
  /** The texts that the recording's places are in. */
  readonly texts: Readonly<Record<string, string>>;
}
/** Names a protocol of a file. The argument of `cmodx.vary`. */
export interface ProtocolId {
  readonly uri: string;
  readonly protocol: string;
}
/**
 * Request, client to server, a `ProtocolId`: varies the protocol. Its neighbours are checked in the background, behind
 * all that the texts ask for, until the table is closed. Answers as `cmodx/variations`.
 */
export const varyRequest = 'cmodx/vary';
/** Request, client to server, a `ProtocolId`: what is known of its variations; null where it is not varied. */
export const variationsRequest = 'cmodx/variations';
export interface VaryAnswer {
  readonly version: number;
  /** The protocol as it stands. */
  readonly base: CheckReport;
  /** In words: `51 variations: 37 load-bearing, 14 change nothing`. */
  readonly summary: string;
  readonly groups: readonly { readonly heading: string; readonly rows: readonly VaryRow[] }[];
}
export interface VaryRow {
  /** Null while it is not known. */
  readonly effect: 'load-bearing' | 'saves' | 'changes' | 'redundant' | 'open' | null;
  /** The effect in words that fit the kind of change: `redundant`, `strong enough`, `order is free`. */
  readonly label: string;
  /** What an `expect` line would have to say; null where there is no verdict. */
  readonly found: string | null;
  /** The first violation in words, or the limit at which the search ended. */
  readonly why: string | null;
  /** What is changed. */
  readonly place: Source;
  /** The text has an `expect` line with this `when`. */
  readonly written: boolean;
  readonly report: CheckReport;
}
/** Notification, server to client, a `ProtocolId`: its table has changed. */
export const variedNotification = 'cmodx/varied';
/** Notification, client to server, a `ProtocolId`: nobody looks at its table any more. */
export const closeVaryNotification = 'cmodx/closeVary';
/** Request, client to server, a `CheckId`: puts a row of a table into the text as an `expect` line; whether that was done. */
export const addExpectRequest = 'cmodx/addExpect';

/** Request, server to client, `{ uri }`: the text of a file that is not open (an import); null where there is none. */
export const readFileRequest = 'cmodx/readFile';
/** Request, server to client: the URIs of the protocols' files in the user's folders; null where they are very many. */
export const listFilesRequest = 'cmodx/listFiles';
/** Request, client to server, `{ template }`: the text of a new protocol; null where there is no such template. */
export const newProtocolRequest = 'cmodx/newProtocol';
/**
 * Request, client to server, an `OpenProgram`: reads an ELF file or a disassembly, and keeps it for `cmodx/import` until
 * another is opened.
 */
export const openProgramRequest = 'cmodx/openProgram';
export interface OpenProgram {
  /** The file's name, for what is written about it. */
  readonly name: string;
  /** Its bytes in base 64: no message has bytes. */
  readonly content: string;
  /** The template that is to be written. */
  readonly template: string;
}
/** Places to choose from, or why there is none; `more`: not all are listed, and any may be named. */
export type OpenProgramAnswer =
  | { readonly places: readonly string[]; readonly more: boolean }
  | { readonly problem: string };
/** Request, client to server, an `ImportProgram`: the protocol for a place of the program that was opened last. */
export const importRequest = 'cmodx/import';
export interface ImportProgram {
  readonly template: string;
  /** A name, a name with an offset, or an address. */
  readonly place: string;
}
export type ImportAnswer = { readonly text: string } | { readonly problem: string };

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

/** The client's command behind the code action "Vary this protocol"; its one argument is a `ProtocolId`. */
export const varyCommand = 'cmodx.vary';

/** Those of the lenses of litmus tests; their one argument is a `WitnessId`. */
export const litmusLensCommands = {
  states: 'cmodx.litmus.showStates',
  witness: 'cmodx.litmus.showWitness',
  debug: 'cmodx.litmus.debugWitness',
  model: 'cmodx.litmus.chooseModel',
} as const;
