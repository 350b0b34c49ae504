import { decode, instructionLength } from '../isa/index';
import type { Decoded, Isa } from '../isa/types';
import { amoValue } from './amo';
import { loadedValue } from './bytes';
import { type CsrFile, Csrs } from './csrs';
import type { AccessSize, Effect, Expr } from './effect';
import { effectOf } from './effects';
import { FloatState, runFloat } from './float/index';
import { evaluate } from './values';

/** What a hart reaches. A refusal (null, false) is an access fault. */
export interface HartMemory {
  /** The `size` bytes at an address of any alignment, little-endian, zero-extended. */
  load(address: bigint, size: AccessSize): bigint | null;
  /** Stores the low `size` bytes of a value. */
  store(address: bigint, size: AccessSize, value: bigint): boolean;
  /** The 16-bit parcel at an even address. */
  fetch(address: bigint): number | null;
}

/** The state of one hart. Registers hold values in [0, 2^xlen). */
export class Hart {
  pc: bigint;
  readonly csrs: CsrFile;
  /** What `lr` reserved. Whoever stores to these bytes from outside the hart sets it to null. */
  reservation: { readonly address: bigint; readonly size: 4 | 8 } | null = null;
  /** Instructions retired since reset. */
  retired = 0n;

  /**
   * @param csrs by default those of a hart that has machine mode only
   * @param float the floating-point registers, if `csrs` is to know them
   * @param registers 32 of them, 0
   */
  constructor(
    pc: bigint,
    isa: Isa,
    hartId = 0n,
    csrs: CsrFile | null = null,
    readonly float = new FloatState(isa),
    readonly registers = new BigUint64Array(32),
  ) {
    this.pc = pc;
    this.csrs = csrs ?? new Csrs(isa, hartId, () => this.retired, float);
  }

  read(reg: number): bigint {
    return this.registers[reg] ?? 0n;
  }

  write(reg: number, value: bigint): void {
    if (reg !== 0) this.registers[reg] = value;
  }
}

/** Why an instruction did not retire. All but `unsupported` are exceptions of the architecture. */
export type Trap =
  | { readonly cause: 'ecall' | 'ebreak' }
  | { readonly cause: 'illegal-instruction'; readonly reason: string }
  | { readonly cause: 'misaligned-fetch'; readonly address: bigint }
  | { readonly cause: 'fetch-fault'; readonly address: bigint }
  /** `lr`, `sc`, the AMOs and Zalasr's loads and stores need natural alignment. */
  | { readonly cause: 'misaligned-load' | 'misaligned-store'; readonly address: bigint }
  | { readonly cause: 'load-fault' | 'store-fault'; readonly address: bigint }
  /** A real instruction that this hart does not execute. */
  | { readonly cause: 'unsupported'; readonly mnemonic: string };

/** One step. After a trap the hart is as it was before: its pc is the trapping instruction's. */
export type StepResult =
  | { readonly kind: 'retired'; readonly decoded: Decoded; readonly effect: Effect }
  | { readonly kind: 'trap'; readonly trap: Trap; readonly decoded: Decoded | null };

/** Fetches, decodes and executes one instruction. Never throws, whatever memory holds. */
export function step(hart: Hart, memory: HartMemory, isa: Isa): StepResult {
  if (hart.pc % BigInt(instructionAlignment(isa)) !== 0n)
    return trapped({ cause: 'misaligned-fetch', address: hart.pc });
  const fetched = fetchInstruction(hart.pc, memory, isa);
  if (typeof fetched === 'bigint') return trapped({ cause: 'fetch-fault', address: fetched });
  const effect = effectOf(fetched, isa);
  const trap = execute(effect, hart, memory, isa, BigInt(fetched.length));
  if (trap !== null) return trapped(trap, fetched);
  hart.retired += 1n;
  return { kind: 'retired', decoded: fetched, effect };
}

/** Where instructions may stand: multiples of 2 with compressed instructions, else of 4 (IALIGN in bytes). */
export function instructionAlignment(isa: Isa): 2 | 4 {
  return isa.extensions.has('zca') || isa.extensions.has('c') ? 2 : 4;
}

const trapped = (trap: Trap, decoded: Decoded | null = null): StepResult => ({ kind: 'trap', trap, decoded });

/** The instruction at an address, or the address that could not be read. */
export function fetchInstruction(pc: bigint, memory: HartMemory, isa: Isa): Decoded | bigint {
  const low = memory.fetch(pc);
  if (low === null) return pc;
  if (instructionLength(low) === 2) return decode(low, isa);
  const next = BigInt.asUintN(isa.xlen, pc + 2n);
  const high = memory.fetch(next);
  return high === null ? next : decode((low | (high << 16)) >>> 0, isa);
}

/**
 * Applies an effect and moves the pc on; on a trap nothing has changed, but for the accesses before it of a `sequence`.
 * @param length of the instruction, in bytes
 */
export function execute(effect: Effect, hart: Hart, memory: HartMemory, isa: Isa, length: bigint): Trap | null {
  const { xlen } = isa;
  const value = (expr: Expr): bigint => evaluate(expr, (reg) => hart.read(reg), hart.pc, xlen);
  let next = BigInt.asUintN(xlen, hart.pc + length);

  switch (effect.kind) {
    case 'alu':
      hart.write(effect.rd, value(effect.value));
      break;
    case 'jump': {
      next = value(effect.target);
      if (isMisaligned(next, isa)) return { cause: 'misaligned-fetch', address: next };
      hart.write(effect.rd, value(effect.link));
      break;
    }
    case 'branch':
      if (value(effect.condition) === 1n) next = value(effect.target);
      if (isMisaligned(next, isa)) return { cause: 'misaligned-fetch', address: next };
      break;
    case 'load': {
      const address = value(effect.address);
      if (isOrdered(effect) && address % BigInt(effect.size) !== 0n) return { cause: 'misaligned-load', address };
      const raw = memory.load(address, effect.size);
      if (raw === null) return { cause: 'load-fault', address };
      hart.write(effect.rd, loadedValue(raw, effect.size, effect.signed, xlen));
      break;
    }
    case 'store': {
      const address = value(effect.address);
      if (isOrdered(effect) && address % BigInt(effect.size) !== 0n) return { cause: 'misaligned-store', address };
      if (!memory.store(address, effect.size, value(effect.value))) return { cause: 'store-fault', address };
      break;
    }
    case 'lr': {
      const address = value(effect.address);
      if (address % BigInt(effect.size) !== 0n) return { cause: 'misaligned-load', address };
      const raw = memory.load(address, effect.size);
      if (raw === null) return { cause: 'load-fault', address };
      hart.reservation = { address, size: effect.size };
      hart.write(effect.rd, loadedValue(raw, effect.size, true, xlen));
      break;
    }
    case 'sc': {
      const address = value(effect.address);
      if (address % BigInt(effect.size) !== 0n) return { cause: 'misaligned-store', address };
      const reserved = hart.reservation?.address === address && hart.reservation.size === effect.size;
      if (reserved && !memory.store(address, effect.size, value(effect.value)))
        return { cause: 'store-fault', address };
      hart.reservation = null;
      hart.write(effect.rd, reserved ? 0n : 1n);
      break;
    }
    case 'amo': {
      const address = value(effect.address);
      if (address % BigInt(effect.size) !== 0n) return { cause: 'misaligned-store', address };
      const old = memory.load(address, effect.size);
      if (old === null) return { cause: 'store-fault', address };
      const expected = effect.compare === null ? old : BigInt.asUintN(8 * effect.size, value(effect.compare));
      // A compare-and-swap that fails needs permission to store nevertheless (Zacas), so it stores what is there.
      const stored = old === expected ? amoValue(effect.op, old, value(effect.value), effect.size, xlen) : old;
      if (!memory.store(address, effect.size, stored)) return { cause: 'store-fault', address };
      hart.write(effect.rd, loadedValue(old, effect.size, true, xlen));
      break;
    }
    case 'amo.pair': {
      const trap = swapPair(effect, value(effect.address), hart, memory, isa);
      if (trap !== null) return trap;
      break;
    }
    case 'sequence': {
      const start = hart.pc;
      for (const part of effect.parts) {
        hart.pc = start;
        const trap = execute(part, hart, memory, isa, length);
        if (trap !== null) {
          hart.pc = start;
          return trap;
        }
      }
      return null;
    }
    case 'table.jump': {
      const entry = tableEntry(effect.index, hart, memory, isa);
      if ('cause' in entry) return entry;
      next = entry.target;
      hart.write(effect.rd, value(effect.link));
      break;
    }
    case 'csr': {
      const reason = hart.csrs.refusal(effect.csr, effect.writes);
      if (reason !== null) return { cause: 'illegal-instruction', reason };
      const source = value(effect.source);
      const old = hart.csrs.read(effect.csr);
      if (effect.writes) {
        const written = { rw: source, rs: old | source, rc: old & ~source }[effect.op];
        hart.csrs.write(effect.csr, BigInt.asUintN(xlen, written));
      }
      hart.write(effect.rd, old);
      break;
    }
    case 'float': {
      const write = (reg: number, result: bigint): void => hart.write(reg, BigInt.asUintN(xlen, result));
      const reason = runFloat(effect.operation, hart.float, { value, write });
      if (reason !== null) return { cause: 'illegal-instruction', reason };
      break;
    }
    case 'float.load': {
      const address = value(effect.address);
      const raw = memory.load(address, effect.size);
      if (raw === null) return { cause: 'load-fault', address };
      hart.float.load(effect.frd, effect.size, raw);
      break;
    }
    case 'float.store': {
      const address = value(effect.address);
      const stored = hart.float.raw(effect.frs2);
      if (!memory.store(address, effect.size, stored)) return { cause: 'store-fault', address };
      break;
    }
    case 'fence':
    case 'fence.i':
      // One hart with one memory: everything is in order already.
      break;
    case 'ecall':
    case 'ebreak':
      return { cause: effect.kind };
    case 'illegal':
      return { cause: 'illegal-instruction', reason: effect.reason };
    case 'unsupported':
      return { cause: 'unsupported', mnemonic: effect.mnemonic };
  }
  hart.pc = next;
  return null;
}

/** Compare-and-swap of twice XLEN bits, the lower half at the lower address. */
function swapPair(
  { rd, rs2 }: Extract<Effect, { kind: 'amo.pair' }>,
  address: bigint,
  hart: Hart,
  memory: HartMemory,
  isa: Isa,
): Trap | null {
  const size = isa.xlen === 64 ? 8 : 4;
  const upper = BigInt.asUintN(isa.xlen, address + BigInt(size));
  if (address % BigInt(2 * size) !== 0n) return { cause: 'misaligned-store', address };
  // The register above x0 is none of the pair.
  const pair = (reg: number): readonly [bigint, bigint] =>
    reg === 0 ? [0n, 0n] : [hart.read(reg), hart.read(reg + 1)];
  const [low, high] = [memory.load(address, size), memory.load(upper, size)];
  if (low === null || high === null) return { cause: 'store-fault', address };
  const [expectedLow, expectedHigh] = pair(rd);
  const [newLow, newHigh] = low === expectedLow && high === expectedHigh ? pair(rs2) : [low, high];
  if (!memory.store(address, size, newLow) || !memory.store(upper, size, newHigh))
    return { cause: 'store-fault', address };
  if (rd !== 0) {
    hart.write(rd, low);
    hart.write(rd + 1, high);
  }
  return null;
}

/** Where an entry of the jump table leads: XLEN bits, which are fetched. */
function tableEntry(index: number, hart: Hart, memory: HartMemory, isa: Isa): Trap | { readonly target: bigint } {
  const { xlen } = isa;
  const reason = hart.csrs.refusal(JVT, false);
  if (reason !== null) return { cause: 'illegal-instruction', reason };
  const base = hart.csrs.read(JVT);
  // The six low bits are the mode, of which there is one.
  if ((base & 0x3fn) !== 0n) return { cause: 'illegal-instruction', reason: 'jvt.mode is reserved' };
  const address = BigInt.asUintN(xlen, base + BigInt((index * xlen) / 8));
  let entry = 0n;
  for (let bit = 0; bit < xlen; bit += 16) {
    const at = BigInt.asUintN(xlen, address + BigInt(bit / 8));
    const parcel = memory.fetch(at);
    if (parcel === null) return { cause: 'fetch-fault', address: at };
    entry |= BigInt(parcel) << BigInt(bit);
  }
  return { target: entry & ~1n };
}

/** The base of the table of jumps. */
const JVT = 0x017;

/** Zalasr: an atomic access, which needs natural alignment. */
const isOrdered = (access: { readonly aq: boolean; readonly rl: boolean }): boolean => access.aq || access.rl;

function isMisaligned(address: bigint, isa: Isa): boolean {
  return address % BigInt(instructionAlignment(isa)) !== 0n;
}
