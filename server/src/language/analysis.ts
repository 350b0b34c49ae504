import type { Machine, Source } from '../checker/scenario';
import type { Decoded } from '../isa/types';
import type { SyntaxTree } from './syntax';
import type { Check, Diagnostic } from './types';

export type NameKind =
  | 'symbol'
  | 'code'
  | 'data'
  | 'site'
  | 'version'
  /** A label of a version, of code or of data. */
  | 'label'
  | 'step'
  /** A thread of a protocol. */
  | 'thread'
  | 'protocol';

/** One name of the program: where it is defined and everywhere it is used, itself included. */
export interface NameInfo {
  readonly name: string;
  readonly kind: NameKind;
  /** The name that it is defined in: the site of a version, the version (or region) of a label, the protocol of a step. */
  readonly container: NameInfo | null;
  /** The name's own place; in another file if it was imported. Of a label that a macro makes, the use of the macro. */
  readonly definition: Source;
  /** Whether a macro makes it, so that it stands nowhere as it is. */
  readonly made: boolean;
  /** The whole construct, for an outline. */
  readonly extent: Source;
  /** Uses, in the analysed file only, without the definition. A dotted use gives each part its own place. */
  readonly references: readonly Source[];
  /** Symbols, code, data, sites, labels. */
  readonly address: bigint | null;
  /** In words, for a hover: `symbol at 0xffffffff80012000`, `site of 8 bytes at ...`. */
  readonly detail: string;
}

/** One assembled instruction of the analysed file. */
export interface InstructionInfo {
  /** The statement without its labels. */
  readonly source: Source;
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly decoded: Decoded;
  /** The label before it (`AUIPC'`), or null. */
  readonly label: string | null;
  /** The site and version, or the region, that it stands in. An instruction of a `write` has the site only. */
  readonly container: NameInfo | null;
}

/** One code store of a patcher: what it changes, for a hover. */
export interface WriteInfo {
  readonly source: Source;
  readonly site: string;
  readonly address: bigint;
  readonly bytes: Uint8Array;
  /** What may stand there before, one entry for each version that lists these bytes. */
  readonly before: readonly { readonly version: string; readonly bytes: Uint8Array }[];
  /** Null where the store is one message; otherwise how it is split, in words. */
  readonly split: string | null;
  /** The messages that it is made of, in the order in which they are sent. */
  readonly pieces: readonly { readonly address: bigint; readonly length: number }[];
}

/** A protocol as the text has it, for lenses and outlines. */
export interface ProtocolInfo {
  readonly name: string;
  /** The name. */
  readonly source: Source;
  /** From the word `protocol` to the closing brace. */
  readonly extent: Source;
  readonly sites: readonly string[];
  readonly steps: readonly string[];
}

/** All that is known of one file. Plain data, made anew for each text. */
export interface Analysis {
  readonly tree: SyntaxTree;
  readonly diagnostics: readonly Diagnostic[];
  /** In order of the text, a protocol's own check before those of its `when` lines. */
  readonly checks: readonly Check[];
  readonly protocols: readonly ProtocolInfo[];
  readonly names: readonly NameInfo[];
  readonly instructions: readonly InstructionInfo[];
  readonly writes: readonly WriteInfo[];
  /** With all defaults filled in. */
  readonly machine: Machine;
  /** Files that were imported (as the reader named them), for watching. */
  readonly imports: readonly string[];
}
