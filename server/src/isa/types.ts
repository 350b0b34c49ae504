/**
 * What the rest of the project knows of an instruction. Everything in `isa/` is a table or a pure function:
 * no editor, no file, no clock. Source of all facts: the RISC-V ISA manual (volumes I and II, 2026).
 */

export type Xlen = 32 | 64;

/** A parsed ISA string or profile: which instructions are legal and which promises the fetch path makes. */
export interface Isa {
  readonly xlen: Xlen;
  /** Lower-case names with all implications closed: `i m a f d c zicsr zifencei zca zcd ziccif ziccid zba ...`. */
  readonly extensions: ReadonlySet<string>;
  /** As written by the user: `rv64gc_ziccif`, `rva22s64`. */
  readonly text: string;
  /** True where Ziccif comes only from the profile, not from a word that the user wrote. */
  readonly profile: string | null;
}

/**
 * - `legal`: executes.  - `hint`: executes as a no-op with a reserved meaning.
 * - `reserved`: an encoding that the manual sets aside.  - `illegal`: raises an illegal-instruction exception.
 * - `excluded`: a real instruction that the ISA string leaves out (`needs` names what it wants).
 */
export type Legality = 'legal' | 'hint' | 'reserved' | 'illegal' | 'excluded';

/** How an operand is written, and where its bits are. `name` is unique within an instruction. */
export interface OperandSpec {
  readonly name: string;
  readonly kind: OperandKind;
}
export type OperandKind = string;

export interface InstructionSpec {
  /** Canonical GNU mnemonic, lower case: `addi`, `c.addi4spn`, `lr.w`, `fence.tso`. */
  readonly mnemonic: string;
  /** `(word & mask) === match` selects it; both unsigned 32-bit (16-bit for a parcel). */
  readonly mask: number;
  readonly match: number;
  readonly length: 2 | 4;
  readonly xlens: readonly Xlen[];
  /** Any one of these conjunctions makes it legal: `[['c','d'],['zcd']]`. */
  readonly extensions: readonly (readonly string[])[];
  readonly operands: readonly OperandSpec[];
  /** One line of meaning, as pseudo-code or words. */
  readonly summary: string;
  /** Section of the ISA manual. */
  readonly section: string;
}

/** One decoded instruction. `fields` holds register numbers and sign-extended immediates by operand name. */
export interface Decoded {
  /** The bits, unsigned; for a parcel only the low 16 are significant. */
  readonly word: number;
  /** In bytes. 6 and 8 are the longer formats, which are never legal here. */
  readonly length: 2 | 4 | 6 | 8;
  readonly spec: InstructionSpec | null;
  readonly fields: Readonly<Record<string, number>>;
  readonly legality: Legality;
  /** With `excluded`: `needs Zcb`; with `reserved` or `illegal`: why. */
  readonly reason: string | null;
}

/** A message with a place in the text that was handed in (offsets in UTF-16 units, half-open). */
export interface TextProblem {
  readonly code: string;
  readonly message: string;
  readonly start: number;
  readonly end: number;
}
