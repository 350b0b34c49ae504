import type { LitmusTest } from '../../checker/litmus/test';
import type { Register, Source } from '../../checker/scenario';
import type { Decoded, Statement } from '../../isa';
import type { Diagnostic } from '../types';

/** A name where it stands in the text. `name` is what all of its places share: `x`, `0:x5`, `P0`, `P0:L0`. */
export interface LitmusReference {
  readonly kind: 'location' | 'register' | 'label' | 'thread' | 'type';
  readonly name: string;
  /** The place that others are led to: a location's or register's own line, a label before its `:`. */
  readonly definition: boolean;
  readonly source: Source;
}

export interface LitmusLocationInfo {
  readonly name: string;
  /** `uint64_t`, `int *`; `int` where none was written. */
  readonly type: string;
  /** Elements of an array; 1 otherwise. */
  readonly count: number;
  /** The first place that names it. */
  readonly source: Source;
}

export interface LitmusRegisterInfo {
  readonly thread: number;
  readonly register: Register;
  readonly type: string;
  /** What it begins with, as written; null where only its type is declared. */
  readonly value: string | null;
  readonly source: Source;
}

/** One instruction of a cell: where `li` has become several, each of them. */
export interface LitmusCellInstruction {
  readonly address: bigint;
  readonly length: 2 | 4;
  /** Null where no encoding has what is written. */
  readonly decoded: Decoded | null;
  readonly text: string;
}

/** One cell of the table that holds something. */
export interface LitmusCell {
  readonly thread: number;
  /** From 0, the row of names aside. */
  readonly row: number;
  readonly statement: Statement;
  /** Empty where there are errors in the thread. */
  readonly instructions: readonly LitmusCellInstruction[];
  readonly source: Source;
}

/** What a litmus file says, and what an editor wants to know of it. */
export interface LitmusAnalysis {
  readonly file: string;
  readonly text: string;
  /** Null where there is an error. */
  readonly test: LitmusTest | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly name: string | null;
  readonly nameSource: Source | null;
  /** Between the braces. */
  readonly stateSource: Source | null;
  readonly threads: readonly { readonly name: string; readonly source: Source }[];
  readonly cells: readonly LitmusCell[];
  readonly locations: readonly LitmusLocationInfo[];
  readonly registers: readonly LitmusRegisterInfo[];
  /** `exists`, `~exists` or `forall`, and with its proposition. */
  readonly condition: { readonly quantifier: Source; readonly source: Source } | null;
  /** All names in the order of the text. */
  readonly references: readonly LitmusReference[];
}
