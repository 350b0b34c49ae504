/**
 * A patcher in plain assembly: its instructions are followed with the values that they make, and what they store and
 * order becomes operations. Nobody else writes what it reads, so that there is one way through it.
 */

import { wordOf } from '../checker/layout';
import type { PlacedInstruction, Region, Source } from '../checker/scenario';
import { numberOf } from '../checker/versions';
import { littleEndian } from '../isa/asm/emit';
import { decode } from '../isa/decode';
import { xRegisterName } from '../isa/registers';
import type { Isa } from '../isa/types';
import {
  conditionOf,
  type Effect,
  type Expr,
  effectOf,
  evaluateSymbolic,
  opaque,
  showValue,
  splitOffset,
  symbolicBinary,
  symbolicUnary,
  TermTooDeep,
  type Value,
  valueKey,
} from '../machine';
import type { PlacedBlock } from './blocks';
import { hex } from './names';

type Fence = Extract<Effect, { kind: 'fence' }>;

/** What a patcher's instruction does that others can see, or that rests on what others do. */
export type Deed = { readonly at: PlacedInstruction } & (
  | { readonly kind: 'store'; readonly address: bigint; readonly bytes: Uint8Array }
  | { readonly kind: 'fence'; readonly fence: Omit<Fence, 'kind'> }
  | { readonly kind: 'fence.i' }
  /** Of declared bytes, taken to be what they were at first. */
  | { readonly kind: 'load'; readonly address: bigint; readonly size: number }
);

export type Followed =
  | { readonly ok: true; readonly deeds: readonly Deed[] }
  | { readonly ok: false; readonly message: string; readonly source: Source };

/** A patcher of more instructions, or with more to see, is refused. */
const mostSteps = 100_000;
const mostDeeds = 1_000;

/** What cannot be followed, told at the instruction. */
class Refused extends Error {}

/** Follows a block from its first instruction to its end, or to the return to its caller. */
export function follow(block: PlacedBlock, isa: Isa, regions: readonly Region[]): Followed {
  return new Follower(block, isa, regions).run();
}

class Follower {
  private readonly instructions: ReadonlyMap<bigint, PlacedInstruction>;
  private readonly registers = new Map<number, Value>();
  /** The patcher's own stack, by the distance from the `sp` of entry. */
  private readonly stack = new Map<bigint, { readonly size: number; readonly value: Value }>();
  /** How many values have been read that nobody knows. */
  private unknowns = 0;
  private readonly deeds: Deed[] = [];
  private readonly back: string;
  private pc: bigint;

  constructor(
    private readonly block: PlacedBlock,
    private readonly isa: Isa,
    private readonly regions: readonly Region[],
  ) {
    this.instructions = new Map(block.instructions.map((instruction) => [instruction.address, instruction]));
    this.pc = block.address;
    const even = (1n << BigInt(isa.xlen)) - 2n;
    this.back = valueKey(symbolicBinary('and', entry(1), even, isa.xlen));
  }

  run(): Followed {
    let at: PlacedInstruction | undefined;
    try {
      for (let steps = 0; !this.isOver(); steps++) {
        const next = this.instructions.get(this.pc);
        if (next === undefined) throw new Refused(`no instruction of the block stands at ${hex(this.pc)}`);
        at = next;
        if (steps >= mostSteps)
          throw new Refused(`this does not come to its end within ${mostSteps.toLocaleString('en-US')} instructions`);
        this.step(next);
        if (this.deeds.length > mostDeeds)
          throw new Refused(`more than ${mostDeeds.toLocaleString('en-US')} stores, loads and fences`);
      }
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TermTooDeep)) throw error;
      const { unit, node } = this.block.text;
      return {
        ok: false,
        message: error.message,
        source: at?.source ?? { file: unit.file, start: node.start, end: node.start + 3 },
      };
    }
    return { ok: true, deeds: this.deeds };
  }

  private isOver(): boolean {
    return this.pc === this.block.address + BigInt(this.block.bytes.length);
  }

  private step(at: PlacedInstruction): void {
    const decoded = decode(wordOf(at.bytes), this.isa);
    const next = BigInt.asUintN(this.isa.xlen, this.pc + BigInt(at.bytes.length));
    this.pc = this.perform(effectOf(decoded, this.isa), decoded.spec?.mnemonic ?? 'this', at, next);
  }

  /** Does what an instruction does. Returns where it goes on. */
  private perform(effect: Effect, mnemonic: string, at: PlacedInstruction, next: bigint): bigint {
    const value = (expr: Expr): Value => evaluateSymbolic(expr, (reg) => this.read(reg), this.pc, this.isa.xlen);
    switch (effect.kind) {
      case 'alu':
        this.write(effect.rd, value(effect.value));
        return next;
      case 'jump': {
        const target = value(effect.target);
        this.write(effect.rd, value(effect.link));
        return this.goto(target);
      }
      case 'branch': {
        const condition = conditionOf(value(effect.condition), this.isa.xlen);
        if (typeof condition !== 'boolean')
          throw new Refused(
            `nothing says which way \`${mnemonic}\` goes: it compares ${showValue(value(effect.condition))}`,
          );
        return condition ? this.goto(value(effect.target)) : next;
      }
      case 'load':
        this.ordered(effect, mnemonic);
        this.write(effect.rd, this.load(value(effect.address), effect, at));
        return next;
      case 'store':
        this.ordered(effect, mnemonic);
        this.store(value(effect.address), value(effect.value), effect.size, at);
        return next;
      case 'fence': {
        const { pred, succ, tso } = effect;
        this.deeds.push({ kind: 'fence', fence: { pred, succ, tso }, at });
        return next;
      }
      case 'fence.i':
        this.deeds.push({ kind: 'fence.i', at });
        return next;
      case 'sequence':
        return effect.parts.reduce((_, part) => this.perform(part, mnemonic, at, next), next);
      case 'csr':
        if (effect.writes) throw new Refused(`\`${mnemonic}\` changes a CSR, which is not supported in a patcher`);
        this.write(effect.rd, this.unknown(`what \`${at.text}\` reads`));
        return next;
      case 'illegal':
        throw new Refused(`this is an illegal instruction: ${effect.reason}`);
      case 'ecall':
        throw new Refused(
          'what `ecall` does is not known here: a remote `fence.i` is written `sync fence.i`, between two blocks',
        );
      case 'lr':
      case 'sc':
      case 'amo':
      case 'amo.pair':
        throw new Refused(
          `an atomic instruction (\`${mnemonic}\`) is not supported in a patcher: a lock is taken by \`lock\``,
        );
      default:
        throw new Refused(`\`${mnemonic}\` is not supported in a patcher`);
    }
  }

  private goto(target: Value): bigint {
    const end = this.block.address + BigInt(this.block.bytes.length);
    if (typeof target !== 'bigint') {
      if (target.key === this.back) return end;
      throw new Refused(`this jumps to ${showValue(target)}, which nothing in the block has set`);
    }
    if (target < this.block.address || target > end)
      throw new Refused(`this jumps out of the block, to ${hex(target)}: what is done there is not known`);
    return target;
  }

  /** Zalasr's loads and stores, and herd7's. */
  private ordered({ aq, rl }: { readonly aq: boolean; readonly rl: boolean }, mnemonic: string): void {
    if (aq || rl) throw new Refused(`\`${mnemonic}\` is not supported in a patcher: a fence orders more`);
  }

  private load(
    address: Value,
    { size, signed }: { readonly size: number; readonly signed: boolean },
    at: PlacedInstruction,
  ): Value {
    const unknown = this.unknown(`what \`${at.text}\` loads`);
    if (typeof address !== 'bigint') {
      const offset = this.onStack(address);
      const cell = offset === null ? undefined : this.stack.get(offset);
      return cell?.size === size && size * 8 >= this.isa.xlen ? cell.value : unknown;
    }
    const place = this.bytesAt(address, size);
    if (place === null) return unknown;
    if (!place.own) this.deeds.push({ kind: 'load', address, size, at });
    const loaded = numberOf([...place.bytes]);
    if (size * 8 >= this.isa.xlen) return loaded;
    return symbolicUnary(`${signed ? 's' : 'z'}ext${(size * 8) as 8 | 16 | 32}`, loaded, this.isa.xlen);
  }

  /** What stands at an address from the beginning: in the block itself, or in what is declared. */
  private bytesAt(address: bigint, size: number): { readonly bytes: Uint8Array; readonly own: boolean } | null {
    for (const region of [this.block, ...this.regions]) {
      const start = Number(address - region.address);
      if (start >= 0 && start + size <= region.bytes.length)
        return { bytes: region.bytes.slice(start, start + size), own: region === this.block };
    }
    return null;
  }

  private store(address: Value, value: Value, size: number, at: PlacedInstruction): void {
    if (typeof address !== 'bigint') {
      const offset = this.onStack(address);
      if (offset === null)
        throw new Refused(`this stores to ${showValue(address)}, which nothing in the block has set`);
      for (const [other, cell] of [...this.stack])
        if (other < offset + BigInt(size) && offset < other + BigInt(cell.size)) this.stack.delete(other);
      this.stack.set(offset, { size, value });
      return;
    }
    if (typeof value !== 'bigint')
      throw new Refused(`this stores ${showValue(value)}, which nothing in the block has set`);
    this.deeds.push({ kind: 'store', address, bytes: littleEndian(value, size), at });
  }

  /** A value of its own: what is read twice need not be the same. */
  private unknown(name: string): Value {
    this.unknowns++;
    return opaque(this.unknowns === 1 ? name : `${name} (${this.unknowns})`);
  }

  /** How far an address lies from the `sp` of entry; null where it is not known to be of the stack. */
  private onStack(address: Value): bigint | null {
    const { base, offset } = splitOffset(address);
    return base !== null && valueKey(base) === entry(2).key ? BigInt.asIntN(this.isa.xlen, offset) : null;
  }

  private read(register: number): Value {
    return this.registers.get(register) ?? entry(register);
  }

  private write(register: number, value: Value): void {
    if (register !== 0) this.registers.set(register, value);
  }
}

/** What a register holds that nothing in the block has set. */
const entry = (register: number) => opaque(xRegisterName(register));
