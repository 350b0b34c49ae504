import type { Isa } from '../../isa/types';
import type { Elf } from '../elf/index';
import { type Op, SystemHart } from './hart';
import { Htif, type HtifHost } from './htif';
import { PhysicalMemory } from './physical';

/** Where RAM begins on most boards, and in most bare-metal programs. */
const ramStart = 0x8000_0000;
const ramSize = 128 << 20;
/** More memory than this is refused, whatever a program's headers say. */
const largestMemory = 1 << 30;
/** Of a program; each takes a range of memory of its own. */
const mostSegments = 1000;

export interface MachineOptions {
  readonly isa: Isa;
  /** Whether ordinary loads and stores of any alignment are carried out; otherwise they trap. */
  readonly misaligned: boolean;
  /** Runs of a block of instructions after which it is compiled to WebAssembly; null: never. */
  readonly compileAfter?: number | null;
}

export type RunEnd =
  /** By itself: the program's exit code. */
  | { readonly kind: 'exited'; readonly code: bigint }
  /** After as many steps as were allowed. */
  | { readonly kind: 'limit' }
  /** Not yet: its host is full. So many of the steps that were allowed are left. */
  | { readonly kind: 'paused'; readonly left: number }
  /** Never: nothing that it does can change any more. */
  | { readonly kind: 'stuck'; readonly what: string }
  /** It wants what is not there. */
  | { readonly kind: 'refused'; readonly what: string };

/** One hart, RAM, a CLINT and a host interface, with a program loaded: bare metal, in M-mode at its entry. */
export interface Machine {
  readonly hart: SystemHart;
  readonly memory: PhysicalMemory<Op>;
  /** Whether the program can end by itself: it has a symbol `tohost`. */
  readonly canEnd: boolean;
  /** The memory between two symbols; null where there is none. */
  symbolRange(from: string, to: string): { readonly start: number; readonly size: number } | null;
  /** Steps at most so often (instructions and traps). @param stepped is called after each step */
  run(steps: number, stepped?: (hart: SystemHart) => void): RunEnd;
}

export type LoadResult =
  | { readonly ok: true; readonly machine: Machine }
  | { readonly ok: false; readonly message: string };

/** Loads an executable. Fails where it is none for such a hart, or where it wants memory that there cannot be. */
export function loadMachine(elf: Elf, options: MachineOptions, host: HtifHost): LoadResult {
  const problem = refusal(elf, options.isa);
  if (problem !== null) return { ok: false, message: problem };
  const segments = elf.segments.map(({ address, bytes, size }) => ({
    start: Number(address),
    size: Number(size),
    bytes,
  }));
  const memory = new PhysicalMemory<Op>([{ start: ramStart, size: ramSize }, ...segments]);
  for (const { start, bytes } of segments) memory.write(start, bytes);
  const symbol = (name: string): number | null => {
    const found = elf.symbols.find((one) => one.name === name && one.defined);
    return found === undefined || memory.bytes(Number(found.value), 8) === null ? null : Number(found.value);
  };
  const symbolRange: Machine['symbolRange'] = (from, to) => {
    const [start, end] = [from, to].map((name) => elf.symbols.find((one) => one.name === name && one.defined)?.value);
    if (start === undefined || end === undefined || start >= end) return null;
    const range = { start: Number(start), size: Number(end - start) };
    return memory.bytes(range.start, range.size) === null ? null : range;
  };
  const tohost = symbol('tohost');
  const htif = tohost === null ? null : new Htif(memory, tohost, symbol('fromhost'), host);
  const hart = new SystemHart(elf.entry, memory, { ...options, hartId: 0n });
  const run: Machine['run'] = (steps, stepped) => {
    for (let left = steps; left > 0; ) {
      if (stepped === undefined && htif?.busy !== true) left -= hart.advance(left);
      else {
        hart.step();
        left--;
      }
      if (hart.refused !== null) return { kind: 'refused', what: hart.refused };
      if (hart.stuck !== null) return { kind: 'stuck', what: hart.stuck };
      stepped?.(hart);
      if (htif?.busy !== true) continue;
      htif.poll();
      if (htif.end !== null) return htif.end;
      if (host.full?.() === true) return { kind: 'paused', left };
    }
    return { kind: 'limit' };
  };
  return { ok: true, machine: { hart, memory, canEnd: tohost !== null, symbolRange, run } };
}

function refusal({ xlen, executable, entry, segments }: Elf, isa: Isa): string | null {
  if (!executable) return 'is an object file: link it first';
  if (xlen !== isa.xlen) return `is for RV${xlen}, and the ISA is RV${isa.xlen}`;
  if (segments.length === 0) return 'has nothing to load';
  if (segments.length > mostSegments) return `has ${segments.length} segments to load, more than ${mostSegments}`;
  if ((entry & 1n) !== 0n) return `has an odd entry address 0x${entry.toString(16)}`;
  let total = BigInt(ramSize);
  for (const { address, size } of segments) {
    total += size + 0x2000n;
    const end = address + size;
    if (end > 1n << 56n) return `has a segment at 0x${address.toString(16)}, beyond all physical addresses`;
    if (end > BigInt(Number.MAX_SAFE_INTEGER))
      return `has a segment at 0x${address.toString(16)}: memory beyond 2^53 is not supported`;
    if (total > BigInt(largestMemory)) return `wants more than ${largestMemory >> 20} MB of memory`;
  }
  return null;
}
