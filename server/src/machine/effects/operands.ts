import type { Decoded, Xlen } from '../../isa/types';
import type { BinaryOp, Effect, Expr, UnaryOp } from '../effect';

/** How the instructions of one extension act, by mnemonic of the base (not compressed) form. */
export type EffectTable = Readonly<Record<string, (o: Operands) => Effect>>;

export const un = (op: UnaryOp, a: Expr): Expr => ({ k: 'un', op, a });
export const bin = (op: BinaryOp, a: Expr, b: Expr): Expr => ({ k: 'bin', op, a, b });
export const pc: Expr = { k: 'pc' };
/** Register 1..31. */
export const reg = (number: number): Expr => ({ k: 'reg', reg: number });
const zero: Expr = { k: 'const', value: 0n };
/** A no-op. */
export const nothing: Effect = { kind: 'alu', rd: 0, value: zero };

/** The operands of one decoded base instruction, as expressions over the registers before it. */
export class Operands {
  /**
   * @param fields Of the base instruction; an operand that it does not have must not be asked for.
   * @param length In bytes, of the instruction as fetched: 2 for a compressed one.
   */
  constructor(
    private readonly fields: Decoded['fields'],
    private readonly length: number,
    readonly xlen: Xlen,
  ) {}

  get rd(): number {
    return this.number('rd');
  }
  /** What the destination register holds before the instruction. */
  get rdBefore(): Expr {
    return this.register('rd');
  }
  get rs1(): Expr {
    return this.register('rs1');
  }
  get rs2(): Expr {
    return this.register('rs2');
  }
  get imm(): Expr {
    return this.constant(this.number('imm'));
  }
  get shamt(): Expr {
    return this.constant(this.number('shamt'));
  }
  /** The address of the next instruction in memory. */
  get link(): Expr {
    return bin('add', pc, this.constant(this.length));
  }
  /** Where a load or store goes. */
  get address(): Expr {
    return this.plusImm(this.rs1);
  }
  /** Where `jal` and the branches go. */
  get relative(): Expr {
    return this.plusImm(pc);
  }

  /** A field as it stands. */
  number(name: string): number {
    const value = this.fields[name];
    if (value === undefined) throw new Error(`the instruction has no operand ${name}`);
    return value;
  }

  /** A signed number as an XLEN-bit constant. */
  constant(value: number): Expr {
    return { k: 'const', value: BigInt.asUintN(this.xlen, BigInt(value)) };
  }

  /** `rd := value`. */
  set(value: Expr): Effect {
    return { kind: 'alu', rd: this.rd, value };
  }

  private plusImm(base: Expr): Expr {
    return this.number('imm') === 0 ? base : bin('add', base, this.imm);
  }

  private register(name: string): Expr {
    const number = this.number(name);
    return number === 0 ? zero : reg(number);
  }
}
