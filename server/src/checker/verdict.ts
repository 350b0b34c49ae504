import type { Source } from './scenario';

export const violationKinds = [
  'forbidden',
  'torn',
  'illegal',
  'misaligned',
  'wild-jump',
  'hang',
  'mixed',
  'deadlock',
  'freed',
  'unencodable',
] as const;
/** One event has one kind: the first that fits, in this order. */
export type ViolationKind = (typeof violationKinds)[number];

export interface FetchCandidate {
  /** Hex address of the unit. */
  readonly address: string;
  /** What the next fetch of it may yield: `0x100282e7 jalr t0, 256(t0)`, with whose store it is. */
  readonly words: readonly { readonly bytes: string; readonly text: string; readonly from: string }[];
}

/** One hart after a step. */
export interface HartState {
  /** `patcher`, `hart 1`, `hart 2`: a debugger's thread. */
  readonly name: string;
  readonly pc: string | null;
  /** What it is doing, in words: `interrupted at entry+4`, `waits for 1 answer`, `runs a pass`. */
  readonly activity: string;
  /** Where that is written. */
  readonly source: Source | null;
  /** Registers that the pass has written or that matter: `t0 = 0xffffffff80012000 (old_tramp)`. */
  readonly registers: readonly { readonly name: string; readonly value: string }[];
  readonly fetch: readonly FetchCandidate[];
}

/** The whole machine after a step, as a debugger shows it. Plain JSON. */
export interface Snapshot {
  readonly harts: readonly HartState[];
  /** The patched words as they stand in memory, label and decoded. */
  readonly memory: readonly { readonly address: string; readonly bytes: string; readonly text: string }[];
}

export interface TraceStep {
  /** The hart that acts: the name of one of `after.harts`. */
  readonly hart: string;
  /** In words: `executes AUIPC: auipc t0, 0xfffff612 (old)`. */
  readonly text: string;
  readonly source: Source | null;
  readonly after: Snapshot;
}

/** A run that can be shown step by step: a violation's trace, or a witness of a litmus test's final state. */
export interface Recording {
  /** Null: it ends well, in the final state that `message` tells. */
  readonly code: ViolationKind | null;
  /** What happened, in one sentence with the decoded words. */
  readonly message: string;
  readonly before: Snapshot;
  readonly trace: readonly TraceStep[];
}

export interface Violation extends Recording {
  readonly code: ViolationKind;
  /** For a lens: `JALR' with AUIPC's t0`. */
  readonly headline: string;
  /** The step or instruction that causes it. */
  readonly source: Source;
}

export type VerdictKind = 'safe' | 'unsafe' | 'inconclusive' | 'invalid';

/** `effective` and `retires V`: always computed, never a reason for `unsafe`. */
export interface Claim {
  readonly name: string;
  readonly holds: boolean;
  readonly why: string | null;
}

/** What one check found. Every surface shows this object and nothing else. */
export interface Verdict {
  readonly verdict: VerdictKind;
  readonly bounds: { readonly harts: 'any' | number; readonly passes: 'any' | number };
  /** What a `safe` relies on, in words: `Ziccif (from profile rva22s64)`, `isa: fence.i orders earlier fetches`. */
  readonly reliesOn: readonly string[];
  /** The lowest rung of the fetch ladder on which a `safe` holds: `letter`, `isa`, `isa+decode-w+ziccid`. */
  readonly rung: string | null;
  readonly claims: readonly Claim[];
  /** The limit that was hit or what is not supported, in words; null unless inconclusive. */
  readonly limit: string | null;
  readonly states: number;
  readonly violations: readonly Violation[];
}

/** Where a long check reports and asks whether to go on. No clock of its own: the edge brings one. */
export interface CheckHost {
  /** Called for every move, so it must be quick; returns the limit that was hit or `cancelled`, or null to go on. */
  readonly interrupt?: (states: number) => string | null;
}
export interface CheckOptions {
  readonly maxStates: number;
  /** Every reduction can be switched off, for the tests. */
  readonly reductions: { readonly freshPass: boolean };
  /** Also find the lowest rung and what a safe verdict relies on (needs more searches). */
  readonly explain: boolean;
}
