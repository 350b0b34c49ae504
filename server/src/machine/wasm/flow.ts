import type { Xlen } from '../../isa/types';
import type { Effect } from '../effect';
import { fixedValue, isWritable } from './expression';

/** One instruction where it stands. */
export interface Instruction {
  readonly pc: bigint;
  readonly effect: Effect;
  /** Of what stands behind it. */
  readonly next: bigint;
}

/** Instructions one behind another: entered at the first only, left behind the last only. */
export type BasicBlock = readonly [Instruction, ...Instruction[]];

/** The code that there is. */
export interface Program {
  /** Null where nothing can be fetched, or what is there cannot be kept. */
  at(pc: bigint): { readonly effect: Effect; readonly length: bigint } | null;
  /** Where the jump at an address has gone last, if that is known. */
  observed(pc: bigint): bigint | null;
}

/** Of instructions. */
export const largestUnit = 1000;
/** Bytes between the lowest address and the highest. */
const widestUnit = 1n << 14n;

/** Whether it may be compiled: it does one thing to registers and memory, and goes on. */
export function isCompiled(effect: Effect): boolean {
  switch (effect.kind) {
    case 'alu':
      return isWritable(effect.value);
    case 'jump':
      return isWritable(effect.target);
    case 'branch':
      return isWritable(effect.condition);
    case 'load':
      return !effect.aq && !effect.rl && isWritable(effect.address);
    case 'store':
      return !effect.aq && !effect.rl && isWritable(effect.address) && isWritable(effect.value);
    case 'fence':
    case 'fence.i':
      return true;
    case 'sequence':
      return effect.parts.every(isCompiled);
    default:
      return false;
  }
}

/** The jump or branch that an instruction ends with. */
export function transferOf(effect: Effect): Extract<Effect, { kind: 'jump' | 'branch' }> | null {
  if (effect.kind === 'jump' || effect.kind === 'branch') return effect;
  const last = effect.kind === 'sequence' ? effect.parts.at(-1) : undefined;
  return last === undefined ? null : transferOf(last);
}

/** What goes on behind even if it cannot be compiled: all but what always leads elsewhere. */
function goesOn({ kind }: Effect): boolean {
  return kind !== 'ecall' && kind !== 'ebreak' && kind !== 'illegal' && kind !== 'unsupported' && kind !== 'table.jump';
}

/** The basic blocks that can be reached from an address, in the order of their addresses, within what a unit may hold. */
export function basicBlocks(entry: bigint, program: Program, xlen: Xlen): readonly BasicBlock[] {
  const found = new Map<bigint, Instruction>();
  const leaders = new Set<bigint>();
  const waiting: bigint[] = [];
  const lead = (pc: bigint): void => {
    const distance = pc - entry;
    if (distance > widestUnit || distance < -widestUnit || leaders.has(pc)) return;
    leaders.add(pc);
    waiting.push(pc);
  };
  lead(entry);
  for (let at = waiting.shift(); at !== undefined && found.size < largestUnit; at = waiting.shift()) {
    for (let pc = at; !found.has(pc) && found.size < largestUnit; ) {
      const here = program.at(pc);
      if (here === null) break;
      const next = BigInt.asUintN(xlen, pc + here.length);
      if (!isCompiled(here.effect)) {
        if (goesOn(here.effect)) lead(next);
        break;
      }
      found.set(pc, { pc, effect: here.effect, next });
      const transfer = transferOf(here.effect);
      if (transfer !== null) {
        const target = fixedValue(transfer.target, pc, xlen) ?? program.observed(pc);
        // First what the jump goes to: a callee, then what stands behind the call.
        if (target !== null) lead(target);
        if (transfer.kind === 'branch' || transfer.rd !== 0) lead(next);
        break;
      }
      pc = next;
    }
  }
  return blocksOf(found, leaders);
}

function blocksOf(found: ReadonlyMap<bigint, Instruction>, leaders: ReadonlySet<bigint>): BasicBlock[] {
  const blocks: BasicBlock[] = [];
  for (const leader of [...leaders].sort((a, b) => (a < b ? -1 : 1))) {
    const first = found.get(leader);
    if (first === undefined) continue;
    const block: [Instruction, ...Instruction[]] = [first];
    for (let last = first; transferOf(last.effect) === null && !leaders.has(last.next); ) {
      const next = found.get(last.next);
      if (next === undefined) break;
      block.push(next);
      last = next;
    }
    blocks.push(block);
  }
  return blocks;
}
