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
  /** The profile from which Ziccif comes; null without a profile, and where the user wrote `ziccif` too. */
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
  /** The operands in the order in which they are written; `aq` and `rl` (part of the mnemonic) come last. */
  readonly operands: readonly OperandSpec[];
  /** How they are written, by kind: `rd, imm12(rs1)`. What stands in square brackets may be left out. */
  readonly syntax: string;
  /** For a C instruction: the base instruction that it stands for, by field: `addi rd, x2, imm`. */
  readonly expandsTo: string | null;
  /** Field values that make the encoding reserved, or a hint: `rd=0`, `imm=0|rd=0`. Null: none. */
  readonly reserved: string | null;
  readonly hint: string | null;
  /** Set aside to raise an illegal-instruction exception (`c.unimp`). */
  readonly illegal: boolean;
  /** One line of meaning, as pseudo-code or words. */
  readonly summary: string;
  /** Section of the ISA manual. */
  readonly section: string;
}

/**
 * One decoded instruction. `fields` holds register numbers (0..31, `x8..x15` of a C form as 8..15) and immediates *as the
 * instruction uses them*, by operand name: `rd rs1 rs2 rs3`, `imm` (sign-extended; a byte offset for loads, stores, jumps and
 * branches; already shifted left by 12 and sign-extended from bit 31 for `lui`, `auipc` and `c.lui`; 0..31 for `csrrwi`),
 * `shamt`, `csr`, `rm` (0..7), `pred` and `succ` (bits `iorw` = 8 4 2 1), `aq`, `rl` (0 or 1).
 * A C form has only its own fields; `expand` gives the base instruction with all of its fields.
 */
export interface Decoded {
  /** The bits, unsigned; for a parcel only the low 16 are significant. */
  readonly word: number;
  /** In bytes. 6 and 8 are the longer formats, which are never legal here. */
  readonly length: 2 | 4 | 6 | 8;
  readonly spec: InstructionSpec | null;
  readonly fields: Readonly<Record<string, number>>;
  readonly legality: Legality;
  /**
   * With `excluded`: `needs Zcb`; with `reserved` or `illegal`: why; otherwise null.
   * `reserved` with a `spec` of `fence` or `fence.i`: base implementations ignore the reserved fields and execute it.
   */
  readonly reason: string | null;
}

/** A message with a place in the text that was handed in (offsets in UTF-16 units, half-open). */
export interface TextProblem {
  readonly code: string;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  /** "Did you mean": what to write in place of the range. */
  readonly suggestion?: string;
}
