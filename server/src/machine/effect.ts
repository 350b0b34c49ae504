/**
 * What one instruction does, as data. Emulator, checker and debugger interpret the same effect, each over
 * its own values (64-bit integers; symbolic names with views; source text of a compiled block).
 * Register reads inside an expression are what makes a dependency (ISA manual, RVWMO, "syntactic dependencies").
 */
import type { FloatComparison, FloatSelection, SignInjection } from './float/compare';
import type { IntegerFormat } from './float/convert';
import type { FloatFormat } from './float/format';
import type { RoundingField } from './float/state';

export type ExtensionOp = 'sext8' | 'sext16' | 'sext32' | 'zext8' | 'zext16' | 'zext32';
/** Leading zeros, trailing zeros (XLEN where there is no one), ones. */
export type CountOp = 'clz' | 'ctz' | 'cpop';
/** Bytes in the opposite order; bits of every byte in the opposite order; every byte that is not 0 to all ones. */
export type ByteOp = 'rev8' | 'brev8' | 'orcb';
/** What a table (`tables.ts`) has for the low byte: 32 bits. */
export type TableOp =
  /** The even bits of the byte from bit 0 on, the odd ones from bit 16 on. */
  | 'unzip'
  /** AES: the substitution, and the column that MixColumns makes of a substituted byte in row 0. */
  | 'aesSub'
  | 'aesSubMix'
  /** The same of the inverse cipher. */
  | 'aesInvSub'
  | 'aesInvSubMix'
  /** AES: the column that InvMixColumns makes of a byte in row 0. */
  | 'aesInvMix'
  /** SM4: a substituted byte, mixed for the cipher and for its key schedule. */
  | 'sm4Round'
  | 'sm4Key';
export type UnaryOp = 'not' | ExtensionOp | CountOp | ByteOp | TableOp;
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

/** Rounded once. `madd` and its kin are fused; `round` and `roundnx` give an integer in the same format. */
export type FloatArithmetic =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'sqrt'
  /** a * b + c, a * b - c, -(a * b) + c, -(a * b) - c. */
  | 'madd'
  | 'msub'
  | 'nmsub'
  | 'nmadd'
  | 'round'
  | 'roundnx';

/**
 * What an instruction does to the floating-point registers, 64 bits each with narrower values NaN-boxed. `rd`, `rs1`,
 * `rs2` and `sources` number registers of that file, but `rd` an integer register where a result is an integer:
 * `compare`, `class`, `to-integer`, `move-out`. Flags accrue in `fcsr`; `dyn` rounds as its `frm` says, and raises an
 * illegal-instruction exception where that is reserved.
 */
export type FloatOperation =
  | {
      readonly k: 'arithmetic';
      readonly op: FloatArithmetic;
      readonly format: FloatFormat;
      readonly rd: number;
      readonly sources: readonly number[];
      readonly rounding: RoundingField;
    }
  | ({ readonly k: 'select'; readonly op: FloatSelection } & FloatPair)
  | ({ readonly k: 'sign'; readonly op: SignInjection } & FloatPair)
  | ({ readonly k: 'compare'; readonly op: FloatComparison } & FloatPair)
  | { readonly k: 'class'; readonly format: FloatFormat; readonly rd: number; readonly rs1: number }
  | {
      readonly k: 'convert';
      readonly from: FloatFormat;
      readonly to: FloatFormat;
      readonly rd: number;
      readonly rs1: number;
      readonly rounding: RoundingField;
    }
  | {
      readonly k: 'to-integer';
      readonly from: FloatFormat;
      /** `modulo`: 32 bits that wrap around (Zfa). */
      readonly to: IntegerFormat | 'modulo';
      readonly rd: number;
      readonly rs1: number;
      readonly rounding: RoundingField;
    }
  | {
      readonly k: 'from-integer';
      readonly from: IntegerFormat;
      readonly to: FloatFormat;
      readonly rd: number;
      readonly source: Expr;
      readonly rounding: RoundingField;
    }
  /** The bits of a value, sign-extended; with `high` those from 32 on. */
  | {
      readonly k: 'move-out';
      readonly format: FloatFormat;
      readonly rd: number;
      readonly rs1: number;
      readonly high: boolean;
    }
  /** The other way; `high`, if any, gives the bits from 32 on. */
  | {
      readonly k: 'move-in';
      readonly format: FloatFormat;
      readonly rd: number;
      readonly low: Expr;
      readonly high: Expr | null;
    }
  | { readonly k: 'constant'; readonly format: FloatFormat; readonly rd: number; readonly bits: bigint };

interface FloatPair {
  readonly format: FloatFormat;
  readonly rd: number;
  readonly rs1: number;
  readonly rs2: number;
}

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
  /** Compare-and-swap of twice XLEN (Zacas): even registers and the odd ones above them; x0 stands for zeros. */
  | {
      readonly kind: 'amo.pair';
      readonly mnemonic: string;
      readonly rd: number;
      readonly rs2: number;
      readonly address: Expr;
      readonly aq: boolean;
      readonly rl: boolean;
    }
  /** One after another (Zcmp). What stands before a trap has then taken place, as the manual allows: sp moves last. */
  | { readonly kind: 'sequence'; readonly mnemonic: string; readonly parts: readonly Effect[] }
  /** Zcmt: rd := link; pc := the entry of the table at `jvt`. */
  | {
      readonly kind: 'table.jump';
      readonly mnemonic: string;
      readonly rd: number;
      readonly link: Expr;
      readonly index: number;
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
  /** Of the floating-point extensions, which whoever has no such registers refuses by `mnemonic`. */
  | { readonly kind: 'float'; readonly mnemonic: string; readonly operation: FloatOperation }
  | {
      readonly kind: 'float.load';
      readonly mnemonic: string;
      readonly frd: number;
      readonly address: Expr;
      readonly size: 2 | 4 | 8;
    }
  | {
      readonly kind: 'float.store';
      readonly mnemonic: string;
      readonly frs2: number;
      readonly address: Expr;
      readonly size: 2 | 4 | 8;
    }
  | { readonly kind: 'ecall' }
  | { readonly kind: 'ebreak' }
  /** Raises an illegal-instruction exception. */
  | { readonly kind: 'illegal'; readonly reason: string }
  /** Decoded but not executed here; refused by name, never guessed. */
  | { readonly kind: 'unsupported'; readonly mnemonic: string };
