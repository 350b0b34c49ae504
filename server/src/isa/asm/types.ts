import type { Decoded, Isa, TextProblem } from '../types';

/** A half-open range of UTF-16 offsets in the text that was handed to the parser. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** `!` between two operands is "or not": `a | ~b`; `<>` and `!=` are the same. */
export type ExpressionOperator =
  | ('+' | '-' | '*' | '/' | '%' | '<<' | '>>' | '&' | '|' | '^' | '!')
  | ('==' | '!=' | '<>' | '<' | '>' | '<=' | '>=' | '&&' | '||');

/** All but the first four name something that only a linker can tell: they are read, and refused by name. */
export const RELOCATIONS = [
  ...(['%hi', '%lo', '%pcrel_hi', '%pcrel_lo'] as const),
  ...(['%got_pcrel_hi', '%tprel_hi', '%tprel_lo', '%tprel_add', '%tls_ie_pcrel_hi', '%tls_gd_pcrel_hi'] as const),
  ...(['%tlsdesc_hi', '%tlsdesc_load_lo', '%tlsdesc_add_lo', '%tlsdesc_call'] as const),
] as const;
export type RelocationOperator = (typeof RELOCATIONS)[number];

/** An assembly-time expression, with the place of every part. */
export type Expression = Span &
  (
    | { readonly k: 'number'; readonly value: bigint }
    /** `0.5`, `0x1p-1`: as written. */
    | { readonly k: 'float'; readonly text: string }
    /** A symbol, label, register, CSR, rounding mode or fence set: the operand's kind says which. Primes included. */
    | { readonly k: 'name'; readonly name: string }
    /** `1f`, `1b`. */
    | { readonly k: 'local'; readonly number: number; readonly direction: 'f' | 'b' }
    /** `.`: the address of the statement. */
    | { readonly k: 'here' }
    /** `*` in a pattern: any value. */
    | { readonly k: 'any' }
    | { readonly k: 'unary'; readonly op: '-' | '~' | '+' | '!'; readonly a: Expression }
    | { readonly k: 'binary'; readonly op: ExpressionOperator; readonly a: Expression; readonly b: Expression }
    | { readonly k: 'relocation'; readonly op: RelocationOperator; readonly a: Expression }
  );

/** One operand between commas: `t0`, `8`, `%lo(sym)(t0)`, `(t0)`, `{ra, s0}`. */
export type Operand = Span &
  (
    | { readonly k: 'expression'; readonly value: Expression }
    | { readonly k: 'memory'; readonly offset: Expression | null; readonly base: Expression }
    /** `{ra, s0-s3}`; the bytes of a string; `e32, m1, ta, ma` where a vector type is expected. */
    | { readonly k: 'list'; readonly values: readonly Expression[] }
    /** What a directive lets out: `.p2align 4,,8`. */
    | { readonly k: 'empty' }
  );

/** A name where it stands in the text. */
export interface Name extends Span {
  readonly name: string;
}

/** `rest` is what follows the name, as written. */
export type StatementBody = Span &
  (
    | {
        readonly k: 'instruction';
        readonly mnemonic: Name;
        readonly operands: readonly Operand[];
        readonly rest: string;
      }
    /** `name` with its dot: `.word`; `x = 5` is `.set x, 5`. */
    | { readonly k: 'directive'; readonly name: Name; readonly operands: readonly Operand[]; readonly rest: string }
  );

/** Where a statement came from that stands nowhere as such: a macro's or a repetition's, with its operands put in. */
export interface Origin {
  /** `line 2 of macro \`save\``. */
  readonly where: string;
  /** The statement as it was assembled. */
  readonly text: string;
}

/** One statement of GNU as: labels, then an instruction or directive, then perhaps a comment. Any part may be absent. */
export interface Statement extends Span {
  readonly labels: readonly Name[];
  readonly body: StatementBody | null;
  /** From its `#` or `//` to the end of the line. */
  readonly comment: Span | null;
  readonly problems: readonly TextProblem[];
  /** The body as written, white space trimmed: `jalr t0, %pcrel_lo(AUIPC')(t0)`; empty without a body. */
  readonly text: string;
  /** The whole statement as written, labels included and the comment not: what a macro keeps of it. */
  readonly raw: string;
  /** Set where the statement stands in for the one whose place it has. */
  readonly origin?: Origin;
}

/** An `auipc` with `%pcrel_hi`, to which a `%pcrel_lo` of its label refers. */
export interface PcrelHi {
  /** Address of the `auipc`. */
  readonly address: bigint;
  /** Address that the pair computes. */
  readonly target: bigint;
}

/** What a block of assembly may refer to outside itself. */
export interface AssemblyEnvironment {
  readonly isa: Isa;
  /** The address of an external name (unsigned, below 2^XLEN), or undefined where there is none. */
  readonly symbol: (name: string) => bigint | undefined;
  /** All external names, for "did you mean". */
  readonly symbolNames?: readonly string[];
  /** The `auipc` at an external label, for `%pcrel_lo(label)` across blocks. */
  readonly pcrelHi?: (label: string) => PcrelHi | undefined;
  /** Whether the block starts under `.option rvc`. Default false: nothing is compressed. */
  readonly rvc?: boolean;
}

/** A piece of memory: one instruction, or the data of a directive. */
export interface AssembledPiece {
  readonly address: bigint;
  /** Little-endian. */
  readonly bytes: Uint8Array;
  /** Null for data and padding. */
  readonly decoded: Decoded | null;
  /** As written where the statement is one instruction; as `format` prints it where a pseudo-instruction became several. */
  readonly text: string;
}

export interface AssembledStatement {
  readonly statement: Statement;
  /** Address of the statement: of its first byte, or of the next one where it has none. */
  readonly address: bigint;
  /** All bytes of the statement. */
  readonly bytes: Uint8Array;
  readonly pieces: readonly AssembledPiece[];
}

export interface AssembledBlock {
  /**
   * In the order of memory: the statements handed in, and what macros, repetitions and conditions have made of them, each with
   * the place of the use. An erroneous one has as many (zero) bytes as are known.
   */
  readonly statements: readonly AssembledStatement[];
  /** Named labels, absolute addresses. Numeric labels are local and not listed. */
  readonly labels: ReadonlyMap<string, bigint>;
  /** By label: the `auipc` with `%pcrel_hi` that stands at it. */
  readonly pcrelHi: ReadonlyMap<string, PcrelHi>;
  /** Total length in bytes. */
  readonly size: number;
  /** Problems of syntax (of what was assembled), layout and encoding. */
  readonly problems: readonly TextProblem[];
}

/** `(word & mask) === match`; both unsigned. */
export interface InstructionPattern {
  readonly mask: number;
  readonly match: number;
  readonly length: 2 | 4;
  /** As written, white space normalised. */
  readonly text: string;
}
