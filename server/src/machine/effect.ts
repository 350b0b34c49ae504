/**
 * What one instruction does, as data. Emulator, checker and debugger interpret the same effect, each over
 * its own values (64-bit integers; symbolic names with views; source text of a compiled block).
 * Register reads inside an expression are what makes a dependency (ISA manual, RVWMO, "syntactic dependencies").
 */

export type ExtensionOp = 'sext8' | 'sext16' | 'sext32' | 'zext8' | 'zext16' | 'zext32';
/** Leading zeros, trailing zeros (XLEN where there is no one), ones. */
export type CountOp = 'clz' | 'ctz' | 'cpop';
/** Bytes in the opposite order; bits of every byte in the opposite order; every byte that is not 0 to all ones. */
export type ByteOp = 'rev8' | 'brev8' | 'orcb';
export type UnaryOp = 'not' | ExtensionOp | CountOp | ByteOp;
export type BinaryOp =
  | 'add'
  | 'sub'
  | 'mul'
  | 'mulh'
  | 'mulhu'
  | 'mulhsu'
  | 'div'
  | 'divu'
  | 'rem'
  | 'remu'
  | 'and'
  | 'or'
  | 'xor'
  | 'sll'
  | 'srl'
  | 'sra'
  /** Comparisons yield 1 or 0. */
  | 'eq'
  | 'ne'
  | 'lt'
  | 'ltu'
  | 'ge'
  | 'geu'
  | 'min'
  | 'max'
  | 'minu'
  | 'maxu'
  /** Carry-less products: the low XLEN bits, the high ones, and those from XLEN - 1 on. */
  | 'clmul'
  | 'clmulh'
  | 'clmulr';

/**
 * Values are XLEN bits wide, kept as unsigned bigint in [0, 2^XLEN). Every operator works at XLEN, except that a
 * shift amount is taken modulo XLEN; 32-bit forms (`addw`, `sllw`, `divw` ...) are spelt out with sext32/zext32.
 */
export type Expr =
  | { readonly k: 'const'; readonly value: bigint }
  | { readonly k: 'reg'; readonly reg: number }
  | { readonly k: 'pc' }
  | { readonly k: 'un'; readonly op: UnaryOp; readonly a: Expr }
  | { readonly k: 'bin'; readonly op: BinaryOp; readonly a: Expr; readonly b: Expr };

export type AccessSize = 1 | 2 | 4 | 8;
export type AmoOp = 'swap' | 'add' | 'xor' | 'and' | 'or' | 'min' | 'max' | 'minu' | 'maxu';
/** Subsets of `iorw`. */
export interface FenceSet {
  readonly i: boolean;
  readonly o: boolean;
  readonly r: boolean;
  readonly w: boolean;
}

export type Effect =
  | { readonly kind: 'alu'; readonly rd: number; readonly value: Expr }
  /** `jal`, `jalr`: rd := link (pc + length); pc := target (bit 0 already cleared by the expression). */
  | { readonly kind: 'jump'; readonly rd: number; readonly link: Expr; readonly target: Expr }
  | { readonly kind: 'branch'; readonly condition: Expr; readonly target: Expr }
  | {
      readonly kind: 'load';
      readonly rd: number;
      readonly address: Expr;
      readonly size: AccessSize;
      readonly signed: boolean;
      /** Zalasr, and herd7's `lw.aq`; false for an ordinary load. */
      readonly aq: boolean;
      readonly rl: boolean;
    }
  | {
      readonly kind: 'store';
      readonly address: Expr;
      readonly size: AccessSize;
      readonly value: Expr;
      /** Zalasr, and herd7's `sw.rl`; false for an ordinary store. */
      readonly aq: boolean;
      readonly rl: boolean;
    }
  | {
      readonly kind: 'lr';
      readonly rd: number;
      readonly address: Expr;
      readonly size: 4 | 8;
      readonly aq: boolean;
      readonly rl: boolean;
    }
  | {
      readonly kind: 'sc';
      readonly rd: number;
      readonly address: Expr;
      readonly size: 4 | 8;
      readonly value: Expr;
      readonly aq: boolean;
      readonly rl: boolean;
    }
  | {
      readonly kind: 'amo';
      readonly op: AmoOp;
      readonly rd: number;
      readonly address: Expr;
      readonly size: AccessSize;
      readonly value: Expr;
      /** Compare-and-swap (Zacas): the store takes place only where memory holds the low `size` bytes of this. */
      readonly compare: Expr | null;
      readonly aq: boolean;
      readonly rl: boolean;
    }
  | { readonly kind: 'fence'; readonly pred: FenceSet; readonly succ: FenceSet; readonly tso: boolean }
  | { readonly kind: 'fence.i' }
  | {
      readonly kind: 'csr';
      readonly op: 'rw' | 'rs' | 'rc';
      readonly rd: number;
      readonly csr: number;
      readonly source: Expr;
      readonly reads: boolean;
      readonly writes: boolean;
    }
  | { readonly kind: 'ecall' }
  | { readonly kind: 'ebreak' }
  /** Raises an illegal-instruction exception. */
  | { readonly kind: 'illegal'; readonly reason: string }
  /** Decoded but not executed here; refused by name, never guessed. */
  | { readonly kind: 'unsupported'; readonly mnemonic: string };
