import { decode, encode, type InstructionSpec, type Isa, specOf } from '../../../server/src/isa/index';
import { type OperandKindSpec, operandKinds } from '../../../server/src/isa/operands';
import { type Effect, effectOf } from '../../../server/src/machine/index';
import type { Dice } from '../dice';
import { kept, reach } from './frame';

/** One instruction's bits, and how many bytes they are. */
export interface Code {
  readonly word: number;
  readonly length: number;
}

/** Instructions that belong together and can stand anywhere: all jumps are within. */
export type Unit = readonly Code[];

type Fields = Record<string, number>;

/** Makes units of an instruction set at random. */
export class Units {
  /** What is harmless to jump over or to come back to. */
  private readonly fillers: readonly InstructionSpec[];

  constructor(
    private readonly dice: Dice,
    private readonly isa: Isa,
    specs: readonly InstructionSpec[],
  ) {
    this.fillers = specs.filter((spec) =>
      /^(c\.)?(add|xor|sub|or|and|mv|li|addi|slli|sh1add|mul)$/.test(spec.mnemonic),
    );
  }

  /** A unit in which an instruction is executed, whatever the registers hold. */
  of(spec: InstructionSpec): Unit {
    const { dice } = this;
    switch (this.sample(spec).kind) {
      case 'load':
      case 'store':
      case 'float.load':
      case 'float.store':
        return this.access(spec);
      case 'amo':
        return this.atomic(spec);
      case 'lr':
      case 'sc':
        return this.reservation(spec.mnemonic.endsWith('.w') ? 'w' : 'd');
      case 'branch':
        return this.around((target) => this.code(spec, { ...this.fields(spec), imm: target }), spec.length);
      case 'jump':
        return spec.operands.some(({ kind }) => operandKinds.get(kind)?.class === 'target')
          ? this.around((target) => this.code(spec, { ...this.fields(spec), imm: target }), spec.length)
          : this.indirect(spec);
      case 'csr':
        return this.csr(spec);
      default:
        break;
    }
    if (spec.mnemonic === 'c.addi16sp') {
      const imm = 16 * dice.between(1, 31) * dice.pick([1, -1]);
      return [this.code(spec, { imm }), this.code(spec, { imm: -imm })];
    }
    return [this.any(spec)];
  }

  /** The effect of any legal encoding. */
  private sample(spec: InstructionSpec): Effect {
    return effectOf(decode(this.any(spec, true).word, this.isa), this.isa);
  }

  /** A legal encoding that writes no register that is kept. @param anywhere also where its operands lead nowhere */
  any(spec: InstructionSpec, anywhere = false): Code {
    for (let tries = 0; tries < 200; tries++) {
      const fields = anywhere ? { ...this.fields(spec), csr: 1 } : this.fields(spec);
      // Fences have fields that must be 0.
      if (tries > 20) for (const name of Object.keys(fields)) if (this.dice.below(2) === 0) fields[name] = 0;
      const code = this.tried(spec, fields);
      if (code !== null) return code;
    }
    throw new Error(`no legal encoding of ${spec.mnemonic} was found`);
  }

  private code(spec: InstructionSpec, fields: Fields): Code {
    const code = this.tried(spec, fields);
    if (code === null) throw new Error(`${spec.mnemonic} cannot have ${JSON.stringify(fields)}`);
    return code;
  }

  private named(mnemonic: string, fields: Fields): Code {
    const spec = specOf(mnemonic, this.isa.xlen);
    if (spec === undefined) throw new Error(`there is no ${mnemonic}`);
    return this.code(spec, fields);
  }

  private tried(spec: InstructionSpec, fields: Fields): Code | null {
    const encoded = encode(spec, fields);
    if (!encoded.ok) return null;
    const decoded = decode(encoded.word, this.isa);
    if (decoded.spec !== spec || (decoded.legality !== 'legal' && decoded.legality !== 'hint')) return null;
    return { word: encoded.word, length: spec.length };
  }

  private fields(spec: InstructionSpec): Fields {
    const fields: Fields = {};
    for (const { name, kind } of spec.operands) {
      const found = operandKinds.get(kind);
      if (found !== undefined) fields[name] = this.value(found);
    }
    return fields;
  }

  private value(kind: OperandKindSpec): number {
    const { dice } = this;
    const { min, max, scale, reserved } = kind;
    const legal = (value: number): boolean =>
      !reserved.includes(value) && (kind.class !== 'x' || kind.name !== 'rd' || !kept.has(value));
    for (;;) {
      const edges = [min, max, 0, scale, -scale].filter((value) => value >= min && value <= max);
      const random = min + scale * dice.below((max - min) / scale + 1);
      const value = kind.class === 'x' || kind.class === 'f' || dice.below(3) > 0 ? random : dice.pick(edges);
      if (legal(value)) return value;
    }
  }

  /** An integer register in [low, high] that may be written and is not x0. */
  private free(low = 1, high = 31): number {
    for (;;) {
      const register = this.dice.between(low, high);
      if (!kept.has(register)) return register;
    }
  }

  private filler(): Unit {
    return Array.from({ length: this.dice.between(0, 3) }, () => this.any(this.dice.pick(this.fillers)));
  }

  /** A load or a store, of any alignment; of any immediate, which its base makes up for. */
  private access(spec: InstructionSpec): Unit {
    const { dice } = this;
    const base = spec.operands.find(({ name }) => name === 'rs1');
    for (;;) {
      const fields = this.fields(spec);
      // Relative to the stack pointer: x2 is such that everything can be reached.
      if (base === undefined) return [this.any(spec)];
      const { min = 0, max = 31 } = operandKinds.get(base.kind) ?? {};
      const imm = fields.imm ?? 0;
      const direct = dice.below(2) === 0;
      if (direct && imm >= reach.low && imm <= reach.high) return [this.code(spec, { ...fields, rs1: 8 })];
      const rs1 = this.free(Math.max(1, min), max);
      const to = dice.between(reach.low, reach.high) & dice.pick([-1, -1, -2, -4, -8]);
      if (to < reach.low || to - imm < -2048 || to - imm > 2047) continue;
      return [this.named('addi', { rd: rs1, rs1: 8, imm: to - imm }), this.code(spec, { ...fields, rs1 })];
    }
  }

  private aligned(register: number): Code {
    return this.named('addi', { rd: register, rs1: 8, imm: 8 * this.dice.between(reach.low / 8, reach.high / 8) });
  }

  private atomic(spec: InstructionSpec): Unit {
    const rs1 = this.free();
    return [this.aligned(rs1), this.code(spec, { ...this.fields(spec), rs1 })];
  }

  /** With its reservation a store succeeds; without one, or a second time, it fails. */
  private reservation(width: 'w' | 'd'): Unit {
    const { dice } = this;
    const rs1 = this.free();
    const order = (): Fields => ({ aq: dice.below(2), rl: dice.below(2) });
    const other = (): number => {
      for (;;) {
        const register = this.free();
        if (register !== rs1) return register;
      }
    };
    const load = this.named(`lr.${width}`, { rd: dice.below(8) === 0 ? 0 : other(), rs1, ...order() });
    const store = (): Code =>
      this.named(`sc.${width}`, { rd: other(), rs1, rs2: dice.pick([rs1, dice.below(32)]), ...order() });
    const second = dice.below(3);
    return [this.aligned(rs1), load, ...Array.from({ length: second === 0 ? 2 : 1 }, store)];
  }

  /** A jump or branch forwards over a filler, or backwards to one. */
  private around(make: (target: number) => Code, length: number): Unit {
    const filler = this.filler();
    const size = sizeOf(filler);
    if (this.dice.below(2) === 0) return [make(length + size), ...filler];
    const jump = (imm: number): Code => this.named('jal', { rd: 0, imm });
    return [jump(4 + size + 4), ...filler, jump(4 + length), make(-4 - size)];
  }

  /** A jump to what a register holds, which may be odd. */
  private indirect(spec: InstructionSpec): Unit {
    const filler = this.filler();
    const rs1 = this.free();
    const immediate = spec.operands.some(({ name }) => name === 'imm');
    const imm = immediate ? this.dice.pick([0, 2, -2, this.dice.between(-1500, 1500)]) : 0;
    // Two instructions stand before the jump; bit 0 is ignored.
    const distance = 8 + spec.length + sizeOf(filler) - imm;
    const odd = immediate && imm % 2 !== 0 ? 0 : this.dice.below(2);
    const fields = this.fields(spec);
    return [
      this.named('auipc', { rd: rs1, imm: 0 }),
      this.named('addi', { rd: rs1, rs1, imm: distance + odd }),
      this.code(spec, immediate ? { ...fields, rs1, imm } : { ...fields, rs1 }),
      ...filler,
    ];
  }

  /** On `fflags`, `frm` and `fcsr`, after which the rounding mode is a legal one again. */
  private csr(spec: InstructionSpec): Unit {
    const { dice } = this;
    const csr = dice.between(1, 3);
    const code = this.code(spec, { ...this.fields(spec), csr });
    const [frm, x0] = [2, 0];
    const read = this.named('csrrs', { rd: this.free(), csr: 3, rs1: x0 });
    const repaired = this.named('csrrwi', { rd: dice.pick([x0, this.free()]), csr: frm, imm: dice.below(5) });
    return csr === 1 ? [code] : dice.below(2) === 0 ? [code, read, repaired] : [code, repaired];
  }
}

export const sizeOf = (codes: Unit): number => codes.reduce((size, { length }) => size + length, 0);
