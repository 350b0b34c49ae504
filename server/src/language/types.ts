import type { Scenario, Source } from '../checker/scenario';
import type { ViolationKind } from '../checker/verdict';

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** A message about the text, with its place and a code that has a page in docs/diagnostics. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly source: Source;
  readonly related: readonly { readonly message: string; readonly source: Source }[];
  /** Text edits that would repair it: "did you mean". */
  readonly fixes: readonly {
    readonly title: string;
    readonly edits: readonly { readonly source: Source; readonly newText: string }[];
  }[];
}

/** `expect unsafe mixed when ipi sbi`. */
export interface Expectation {
  /** The condition as written, normalised white space; null for the protocol as it stands. */
  readonly when: string | null;
  /** `unsafe mixed`, `safe, not effective`: as written. */
  readonly text: string;
  readonly verdict: 'safe' | 'unsafe';
  /** With `unsafe`: each of these kinds must be among those found. */
  readonly codes: readonly ViolationKind[];
  readonly claims: readonly { readonly name: string; readonly holds: boolean }[];
  readonly source: Source;
}

/** One search to be made: a protocol under one `when`. A protocol with no `expect` has one check that expects `safe`. */
export interface Check {
  readonly protocol: string;
  readonly when: string | null;
  /** All expectations with this `when`; empty where nothing was written for it. */
  readonly expectations: readonly Expectation[];
  /** Null: the file has errors that touch this check; the verdict is then `invalid`. */
  readonly scenario: Scenario | null;
  /** The protocol's name as it stands in the text, or the expectation for a `when`. */
  readonly source: Source;
}

/** A file whose `import`s are to be read; the edge brings the reading. `null`: there is no such file. */
export type ReadImport = (path: string, importer: string) => { readonly file: string; readonly text: string } | null;
