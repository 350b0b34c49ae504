import type { Xlen } from '../../isa/types';
import type { Effect } from '../effect';
import { Code, type Label, type ValueType } from './code';
import { fixedValue, writeCondition, writeValue } from './expression';
import { type BasicBlock, type Instruction, transferOf } from './flow';
import { type InstructionFrame, type Reach, writeEffect } from './instruction';
import { encodeModule } from './module';

/** What compiled code has to know of the machine. */
export interface Target {
  readonly xlen: Xlen;
  /** Of instructions, in bytes. */
  readonly alignment: 2 | 4;
  readonly reach: Reach;
  /** Of linear memory, 64 KiB each. */
  readonly pages: number;
}

type Branch = Extract<Effect, { kind: 'branch' }>;
type Jump = Extract<Effect, { kind: 'jump' }>;

/** Where the pc stands in linear memory: behind the registers, 8 bytes each. */
export const pcOffset = 8 * 32;

/** Of the table that finds blocks by the pc, for each instruction: one that is sparse costs more than the code itself. */
const mostSlots = 4;

// Parameters and locals of the function; the registers follow.
const [next, left, linear, entry, pc, offset, scratchA, scratchB, scratchC, firstRegister] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
];

/**
 * A module whose function runs basic blocks: from the one of a number (from 1 on) for at most so many instructions, both
 * i32, and returns how many of these are left. Registers and pc are in linear memory before and after. It leaves before
 * the instruction that it cannot run, and before the block that it cannot run to its end.
 */
export function compileUnit(blocks: readonly BasicBlock[], target: Target): Uint8Array<ArrayBuffer> {
  return new UnitWriter(blocks, target).module();
}

/**
 * The blocks stand one behind another, each behind the end of a `block` that branches to it leave; those back go through
 * a table at the start of a loop around all.
 */
class UnitWriter {
  private readonly code = new Code();
  private readonly type: ValueType;
  /** Registers in the order of their locals. */
  private readonly registers: number[] = [];
  private readonly written = new Set<number>();
  private readonly numbers: ReadonlyMap<bigint, number>;
  /** Of blocks by their number; 0 finds the block of the pc. */
  private labels: Label[] = [];
  private exit: Label = 0;
  private again: Label = 0;

  constructor(
    private readonly blocks: readonly BasicBlock[],
    private readonly target: Target,
  ) {
    this.type = target.xlen === 64 ? 'i64' : 'i32';
    this.numbers = new Map(blocks.map(([first], index) => [first.pc, index + 1]));
  }

  module(): Uint8Array<ArrayBuffer> {
    const { code, blocks } = this;
    this.exit = code.open('block');
    this.again = code.open('loop');
    this.labels = Array.from({ length: blocks.length + 1 }, () => code.open('block')).reverse();
    code.get(next).branchTable(this.labels, this.exit).emit('end');
    this.findBlock();
    for (const [index, block] of blocks.entries()) {
      code.emit('end');
      this.writeBlock(block, index + 1);
    }
    code.emit('end', 'end');
    const whole = this.entered();
    whole.append(code);
    this.writeBack(whole);
    const rest = Array.from({ length: firstRegister + this.registers.length - pc }, () => this.type);
    const locals: ValueType[] = ['i32', 'i32', ...rest];
    return encodeModule([{ parameters: ['i32', 'i32'], result: 'i32', locals, code: whole }], this.target.pages);
  }

  /** Loads the registers that are used. */
  private entered(): Code {
    const code = new Code();
    for (const [index, register] of this.registers.entries())
      code
        .constant('i32', 8 * register)
        .access(`${this.type}.load`, 0)
        .set(firstRegister + index);
    return code;
  }

  /** Stores those that were written, and the pc. The upper halves of registers of 32 bits are 0 always. */
  private writeBack(code: Code): void {
    const put = (address: number, local: number): void => {
      code.constant('i32', address).get(local).access(`${this.type}.store`, 0);
    };
    put(pcOffset, pc);
    for (const [index, register] of this.registers.entries())
      if (this.written.has(register)) put(8 * register, firstRegister + index);
    code.get(left);
  }

  /** Goes on at the block that begins at the pc, or leaves. */
  private findBlock(): void {
    const { code, type, blocks, exit } = this;
    const [first, last] = [blocks[0]?.[0].pc ?? 0n, blocks.at(-1)?.[0].pc ?? 0n];
    const span = Number(last - first) / 2 + 1;
    if (span > mostSlots * blocks.reduce((sum, { length }) => sum + length, 0)) {
      this.searchBlock(0, blocks.length);
      return;
    }
    const slots = new Array<Label>(span).fill(exit);
    for (const [address, number] of this.numbers) slots[Number(address - first) / 2] = this.labels[number] ?? exit;
    code.get(pc).constant(type, first).emit(`${type}.sub`).tee(offset);
    code
      .constant(type, last - first)
      .emit(`${type}.gt_u`)
      .branchIf(exit)
      .get(offset);
    if (type === 'i64') code.emit('i32.wrap_i64');
    code.constant('i32', 1).emit('i32.shr_u').branchTable(slots, exit);
  }

  /** The same by halves, among the blocks from an index to before another: what it costs is what they are. */
  private searchBlock(from: number, to: number): void {
    const { code, type } = this;
    const middle = (from + to) >>> 1;
    const address = this.blocks[middle]?.[0].pc ?? 0n;
    code.get(pc).constant(type, address);
    if (to - from === 1) {
      code
        .emit(`${type}.eq`)
        .branchIf(this.labels[from + 1] ?? this.exit)
        .branch(this.exit);
      return;
    }
    code.emit(`${type}.lt_u`).open('if');
    this.searchBlock(from, middle);
    code.emit('end');
    this.searchBlock(middle, to);
  }

  private writeBlock(block: BasicBlock, number: number): void {
    const { code } = this;
    code.get(left).constant('i32', block.length).emit('i32.sub').tee(left);
    code.constant('i32', 0).emit('i32.lt_s');
    code.open('if');
    this.leaveBefore(block[0], block.length);
    code.emit('end');
    for (const [index, instruction] of block.entries())
      this.writeInstruction(instruction, number, () => this.leaveBefore(instruction, block.length - index));
    const last = block.at(-1) as Instruction;
    if (transferOf(last.effect)?.kind !== 'jump') this.goTo(last.next, number, true);
  }

  /** @param rest how many of the block have not run */
  private leaveBefore({ pc: at }: Instruction, rest: number): void {
    this.code.get(left).constant('i32', rest).emit('i32.add').set(left);
    this.leaveTo(at);
  }

  private leaveTo(address: bigint): void {
    this.code.constant(this.type, address).set(pc).branch(this.exit);
  }

  /** @param leave writes code that leaves before the instruction */
  private writeInstruction({ pc: at, effect }: Instruction, number: number, leave: () => void): void {
    const frame = this.frame(leave);
    const transfer = transferOf(effect);
    for (const part of effect.kind === 'sequence' ? effect.parts : [effect]) {
      if (part === transfer) break;
      if ('rd' in part) this.written.add(part.rd);
      writeEffect(part, at, frame);
    }
    if (transfer?.kind === 'branch') this.writeBranch(transfer, at, number, frame);
    else if (transfer !== null) this.writeJump(transfer, at, number, frame);
  }

  private writeBranch({ condition, target }: Branch, at: bigint, number: number, frame: InstructionFrame): void {
    const { code } = this;
    const address = fixedValue(target, at, frame.xlen) ?? at;
    const there = this.numbers.get(address);
    writeCondition(condition, at, frame);
    if (there !== undefined && there > number) {
      code.branchIf(this.labels[there] ?? this.exit);
      return;
    }
    code.open('if');
    if (this.isMisaligned(address)) frame.leave();
    else this.goTo(address, number, false);
    code.emit('end');
  }

  private writeJump({ target, rd, link }: Jump, at: bigint, number: number, frame: InstructionFrame): void {
    const { code, type } = this;
    const address = fixedValue(target, at, frame.xlen);
    if (address !== null && this.isMisaligned(address)) {
      frame.leave();
      return;
    }
    if (address === null) {
      writeValue(target, at, frame);
      code.set(pc);
      if (this.target.alignment === 4) {
        code.get(pc).constant(type, 3).emit(`${type}.and`).constant(type, 0).emit(`${type}.ne`);
        code.open('if');
        frame.leave();
        code.emit('end');
      }
    }
    if (rd !== 0) {
      writeValue(link, at, frame);
      this.written.add(rd);
      code.set(frame.register(rd));
    }
    if (address !== null) this.goTo(address, number, true);
    else code.constant('i32', 0).set(next).branch(this.again);
  }

  /** @param falls whether the end of the block is here */
  private goTo(address: bigint, number: number, falls: boolean): void {
    const { code } = this;
    const there = this.numbers.get(address);
    if (there === undefined) this.leaveTo(address);
    else if (there > number) {
      if (!falls || there !== number + 1) code.branch(this.labels[there] ?? this.exit);
    } else code.constant('i32', there).set(next).branch(this.again);
  }

  private isMisaligned(address: bigint): boolean {
    return address % BigInt(this.target.alignment) !== 0n;
  }

  private frame(leave: () => void): InstructionFrame {
    const { code, target, type } = this;
    const { xlen, reach } = target;
    const scratch = [scratchA, scratchB, scratchC] as const;
    const register = (number: number): number => this.local(number);
    return { xlen, type, code, scratch, offset, linear, entry, reach, leave, register };
  }

  private local(register: number): number {
    const known = this.registers.indexOf(register);
    return firstRegister + (known >= 0 ? known : this.registers.push(register) - 1);
  }
}
