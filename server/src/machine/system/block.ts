import type { Isa, Xlen } from '../../isa/types';
import { loadedValue } from '../bytes';
import { compile, compileCondition, compileWrite } from '../compile';
import type { AccessSize, Effect } from '../effect';
import type { Hart, HartMemory, Trap } from '../hart';
import type { Entry, Spot } from './compiled';

/** What one instruction of a block does: null, or why it has done nothing. A jump sets the pc. */
type Run = () => Trap | null;

/** Instructions that stand one behind another, made ready to run at just this address. */
export interface Block {
  readonly runs: readonly Run[];
  /** Where each stands, and where what follows the last one does. */
  readonly addresses: readonly bigint[];
  /** The last one sets the pc. */
  readonly jumps: boolean;
  /** It sets it to what registers say. */
  readonly indirect: boolean;
  /** Where it stands; null where that may change unnoticed. */
  readonly spot: Spot | null;
  readonly record: RunRecord;
  /** The same and more as WebAssembly. */
  compiled: Entry | null;
}

/** What is known of the code at an address. */
export interface RunRecord {
  /** How many instructions were run uncompiled. */
  interpreted: number;
  /** How often what was compiled has done nothing, in a row. */
  vain: number;
}

/** What a block may hold, and what may end it. */
export const isStraight = ({ kind }: Effect): boolean =>
  kind === 'alu' || kind === 'load' || kind === 'store' || kind === 'fence';
export const isJump = ({ kind }: Effect): boolean => kind === 'jump' || kind === 'branch';

/**
 * Makes an effect ready to run: what `execute` does of it, but for the pc of what falls through.
 *
 * @param pc where it stands
 * @param length of the instruction, in bytes
 * @param alignment of instructions, in bytes
 */
export function compileEffect(
  effect: Effect,
  hart: Hart,
  memory: HartMemory,
  isa: Isa,
  pc: bigint,
  length: bigint,
  alignment: bigint,
): Run {
  const { xlen } = isa;
  const x = hart.registers;
  switch (effect.kind) {
    case 'alu': {
      const { rd } = effect;
      if (rd === 0) return () => null;
      const write = compileWrite(rd, effect.value, x, pc, xlen);
      return () => {
        write();
        return null;
      };
    }
    case 'load': {
      const { rd, size, signed } = effect;
      const of = compile(effect.address, x, pc, xlen);
      const ordered = effect.aq || effect.rl;
      const extend = extension(size, signed, xlen);
      return () => {
        const address = of();
        if (ordered && address % BigInt(size) !== 0n) return { cause: 'misaligned-load', address };
        const raw = memory.load(address, size);
        if (raw === null) return { cause: 'load-fault', address };
        if (rd !== 0) x[rd] = extend(raw);
        return null;
      };
    }
    case 'store': {
      const { size } = effect;
      const of = compile(effect.address, x, pc, xlen);
      const value = compile(effect.value, x, pc, xlen);
      const ordered = effect.aq || effect.rl;
      return () => {
        const address = of();
        if (ordered && address % BigInt(size) !== 0n) return { cause: 'misaligned-store', address };
        return memory.store(address, size, value()) ? null : { cause: 'store-fault', address };
      };
    }
    case 'jump': {
      const { rd } = effect;
      const target = compile(effect.target, x, pc, xlen);
      const link = compile(effect.link, x, pc, xlen);
      return () => {
        const next = target();
        if (next % alignment !== 0n) return { cause: 'misaligned-fetch', address: next };
        if (rd !== 0) x[rd] = link();
        hart.pc = next;
        return null;
      };
    }
    case 'branch': {
      const holds = compileCondition(effect.condition, x, pc, xlen);
      const target = compile(effect.target, x, pc, xlen)();
      const behind = BigInt.asUintN(xlen, pc + length);
      const misaligned = target % alignment !== 0n;
      return () => {
        if (!holds()) hart.pc = behind;
        else if (misaligned) return { cause: 'misaligned-fetch', address: target };
        else hart.pc = target;
        return null;
      };
    }
    default:
      return () => null;
  }
}

/** What a load makes of the bits that it read: `loadedValue`, with the widths written as numbers. */
function extension(size: AccessSize, signed: boolean, xlen: Xlen): (raw: bigint) => bigint {
  if (!signed || size * 8 >= xlen) return (raw) => raw;
  if (xlen === 32) return (raw) => loadedValue(raw, size, signed, xlen);
  if (size === 4) return (raw) => BigInt.asUintN(64, BigInt.asIntN(32, raw));
  if (size === 2) return (raw) => BigInt.asUintN(64, BigInt.asIntN(16, raw));
  return (raw) => BigInt.asUintN(64, BigInt.asIntN(8, raw));
}
