/**
 * A litmus test, resolved: what the model runs and what its final states show. Plain, structured-cloneable data; the
 * text behind it is herd7's RISC-V `.litmus` format (Alglave, Maranget, Tautschnig, "Herding cats", TOPLAS 2014).
 */
import type { Isa } from '../../isa/types';
import type { Effect } from '../../machine';
import type { FetchRules, Register, Source } from '../scenario';

/** A named piece of data memory: `uint64_t x`, `int a[3]`. Nothing else may be accessed as data, except code. */
export interface Location {
  readonly name: string;
  /** Naturally aligned; no two locations overlap or touch. */
  readonly address: bigint;
  /** Bytes of one element. */
  readonly size: 1 | 2 | 4 | 8;
  /** How its values are shown and compared. */
  readonly signed: boolean;
  /** One initial value for each element, in [0, 2^(8 size)). One element unless it is an array. */
  readonly initial: readonly bigint[];
  readonly source: Source;
}

/** One instruction of a thread, at its place. */
export interface LitmusInstruction {
  readonly address: bigint;
  readonly length: 2 | 4;
  /** Unsigned; null for herd7's forms that no encoding has (`lw.aq x5,4(x6)`). */
  readonly bits: number | null;
  /** What it does as written. What a fetch finds there in its place is decoded anew. */
  readonly effect: Effect;
  /** As written: `lw x5,0(x6)`. */
  readonly text: string;
  readonly source: Source;
}

export interface LitmusThread {
  /** `P0`. */
  readonly name: string;
  /** In order, without gaps. The thread starts at the first and ends at `end`, one past the last. */
  readonly instructions: readonly LitmusInstruction[];
  readonly start: bigint;
  readonly end: bigint;
  /** Initial values in [0, 2^xlen); all other registers are 0. */
  readonly registers: readonly { readonly register: Register; readonly value: bigint }[];
  readonly source: Source;
}

export interface CodeLabel {
  readonly name: string;
  readonly thread: number;
  readonly address: bigint;
}

/** Something whose final value is shown or compared. `name` is how herd7 prints it: `0:x5`, `[x]`, `x[1]`. */
export type Observable =
  | {
      readonly kind: 'register';
      readonly name: string;
      readonly thread: number;
      readonly register: Register;
      /** Bytes and sign of its declared type (`uint64_t 0:x5`); herd7's default is `int`. */
      readonly size: 1 | 2 | 4 | 8;
      readonly signed: boolean;
    }
  | {
      readonly kind: 'memory';
      readonly name: string;
      readonly address: bigint;
      readonly size: 1 | 2 | 4 | 8;
      readonly signed: boolean;
      /** Of an array that is shown whole, all of its elements in order: `a={1,2};`. Null: shown by itself. */
      readonly within: { readonly array: string; readonly first: boolean; readonly last: boolean } | null;
    };

export type Proposition =
  | { readonly kind: 'constant'; readonly value: boolean }
  /** The observable's low `size` bytes are those of `value`, in [0, 2^64). */
  | { readonly kind: 'value'; readonly of: Observable; readonly value: bigint }
  | { readonly kind: 'same'; readonly a: Observable; readonly b: Observable }
  | { readonly kind: 'not'; readonly a: Proposition }
  | { readonly kind: 'and' | 'or' | 'implies'; readonly a: Proposition; readonly b: Proposition };

export type Quantifier = 'exists' | 'not-exists' | 'forall';

export interface LitmusTest {
  readonly name: string;
  readonly isa: Isa;
  readonly locations: readonly Location[];
  readonly threads: readonly LitmusThread[];
  readonly labels: readonly CodeLabel[];
  /** Null: the test has none, all its states are just shown. */
  readonly condition: {
    readonly quantifier: Quantifier;
    readonly proposition: Proposition;
    readonly source: Source;
  } | null;
  /** Final states where it is false are dropped. */
  readonly filter: Proposition | null;
  /** What a final state shows, in the order in which herd7 prints it. */
  readonly observed: readonly Observable[];
  /** It has `instr:` values or code labels as data: fetch is then part of the model unless it is switched off. */
  readonly patchesCode: boolean;
  /** What was stored as `instr:"..."`: code words to the text that they were written as, for showing values. */
  readonly words: readonly { readonly bits: number; readonly text: string }[];
}

export interface LitmusFetch extends FetchRules {
  /** Fetches in program order. */
  readonly ziccid: boolean;
}

export interface LitmusOptions {
  readonly memory: 'rvwmo' | 'tso' | 'sc';
  /** Null: fetch is no event, and `fence.i` no fence (herd7's `riscv.cat`). */
  readonly fetch: LitmusFetch | null;
  /** `plain`: every interleaving of steps and promises, each step certified; for the tests. */
  readonly search: 'promise-first' | 'plain';
  /** Steps of the model before the search gives up, by name. */
  readonly maxSteps: number;
  /** Stores in one execution before a branch is cut off, by name: what bounds a loop that stores. */
  readonly maxStores: number;
  /** Backward jumps on one path of a thread before it is cut off, by name: what bounds a loop that counts. */
  readonly maxTurns: number;
}

/** One final state as herd7 prints it. */
export interface FinalState {
  /** `0:x5=1; [x]=2;` */
  readonly text: string;
  /** Whether the condition's proposition holds; false where there is no condition. */
  readonly satisfies: boolean;
}

export type Observation = 'Never' | 'Sometimes' | 'Always';

export interface LitmusResult {
  /** In herd7's order. */
  readonly states: readonly FinalState[];
  /** Counts of final states where the proposition holds, and where not. */
  readonly positive: number;
  readonly negative: number;
  /** Null where there is no condition, or where a limit leaves it open. */
  readonly observation: Observation | null;
  /** Whether the condition with its quantifier holds; null as above. */
  readonly holds: boolean | null;
  /**
   * The limit that was hit, in words; the states are then some of those that are possible. Also where no execution ends,
   * so that there are none to judge.
   */
  readonly limit: string | null;
  /** What an execution did that the model does not decide, with its place: then there is no observation. */
  readonly fault: { readonly message: string; readonly source: Source } | null;
  readonly steps: number;
}

/** Looked at for every step, so it must be quick: the limit that was hit, or `cancelled`, or null to go on. */
export interface LitmusHost {
  readonly interrupt?: (steps: number) => string | null;
}

/** One step of one thread in a witness, in the order in which the model takes them. */
export interface WitnessStep {
  readonly thread: number;
  /**
   * - `promise`: the thread's later store is already in memory; `fulfil` is that store, when it comes.
   * - `execute`: an instruction.
   */
  readonly kind: 'promise' | 'execute' | 'fulfil';
  /** In words: `lw x5,0(x6) reads 1 of [y] from P1's sw`. */
  readonly text: string;
  /** The instruction as written; for patched code, the instruction that was there at first. Null for a promise. */
  readonly source: Source | null;
  /** The machine after the step. */
  readonly registers: readonly (readonly { readonly name: string; readonly value: string }[])[];
  readonly pcs: readonly bigint[];
  /** Messages in memory so far, oldest first: `[x] = 1 by P0`. */
  readonly memory: readonly string[];
}

export interface Witness {
  readonly state: string;
  readonly steps: readonly WitnessStep[];
}
