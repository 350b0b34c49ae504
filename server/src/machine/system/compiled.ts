import type { Xlen } from '../../isa/types';
import { basicBlocks, type Program } from '../wasm/flow';
import { compileUnit, pcOffset, type Target } from '../wasm/unit';
import { lineBits, type PhysicalMemory } from './physical';

/** Where compiled code is entered. */
export interface Entry {
  readonly unit: Unit;
  /** The number of the block. */
  readonly block: number;
}

interface Unit {
  /** Runs from a block for at most so many instructions. @returns how many are left of these */
  readonly run: (block: number, steps: number) => number;
  /** Where it begins, and all that it was made of. */
  readonly start: bigint;
  readonly addresses: ReadonlySet<bigint>;
  readonly entries: readonly bigint[];
}

/** What is compiled is kept; there is no more of it than this. */
const mostUnits = 1000;
/** A unit that has been stored to is made anew after twice as many runs, up to so many times. */
const mostDoublings = 12;

/**
 * Code of a hart as WebAssembly: units of basic blocks, made of what runs often, dropped when an instruction is stored to.
 * Addresses are virtual and physical ones alike.
 */
export class CompiledCode<Code> {
  private readonly entries = new Map<bigint, Entry>();
  private readonly units = new Set<Unit>();
  private readonly dropped = new Map<bigint, number>();
  private readonly pc: BigUint64Array;

  /** @param threshold runs of a block after which it is compiled */
  constructor(
    private readonly memory: PhysicalMemory<Code>,
    private readonly linear: WebAssembly.Memory,
    private readonly target: Pick<Target, 'xlen' | 'alignment'> & { readonly xlen: Xlen; readonly misaligned: boolean },
    private readonly program: Program,
    private readonly threshold: number,
  ) {
    this.pc = new BigUint64Array(linear.buffer, pcOffset, 1);
    memory.codeChanged = (address) => this.changed(BigInt(address));
  }

  at(pc: bigint): Entry | null {
    return this.entries.get(pc) ?? null;
  }

  /** Whether the block at an address has run often enough. */
  wants(pc: bigint, runs: number): boolean {
    return runs >= this.threshold && runs >= this.threshold * 2 ** (this.dropped.get(pc) ?? 0);
  }

  /** Compiles what begins at an address. @returns where it can be entered now; nothing where it cannot be compiled */
  compile(pc: bigint): readonly bigint[] {
    const place = this.memory.placeOf(Number(pc));
    if (place === null || this.units.size >= mostUnits) return [];
    const { xlen, alignment, misaligned } = this.target;
    const blocks = basicBlocks(pc, this.program, xlen);
    if (blocks.length === 0) return [];
    const window = { ...place, lineBits, misaligned };
    const pages = this.linear.buffer.byteLength >> 16;
    const run = instantiate(compileUnit(blocks, { xlen, alignment, window, pages }), this.linear);
    if (run === null) return [];
    const unit: Unit = {
      run,
      start: pc,
      addresses: new Set(blocks.flatMap((block) => block.map((instruction) => instruction.pc))),
      entries: blocks.map(([first]) => first.pc),
    };
    this.units.add(unit);
    for (const [index, address] of unit.entries.entries()) this.entries.set(address, { unit, block: index + 1 });
    return unit.entries;
  }

  /** Runs at most so many instructions. @returns how many, and where the next one is */
  run({ unit, block }: Entry, steps: number): { readonly ran: number; readonly pc: bigint } {
    const limit = Math.min(steps, 0x7fff_ffff);
    const ran = limit - unit.run(block, limit);
    return { ran, pc: this.pc[0] as bigint };
  }

  private changed(address: bigint): void {
    for (const unit of this.units) {
      if (!unit.addresses.has(address)) continue;
      this.units.delete(unit);
      for (const entry of unit.entries) if (this.entries.get(entry)?.unit === unit) this.entries.delete(entry);
      this.dropped.set(unit.start, Math.min((this.dropped.get(unit.start) ?? 0) + 1, mostDoublings));
    }
  }
}

/** Null where the engine refuses. */
function instantiate(bytes: Uint8Array<ArrayBuffer>, memory: WebAssembly.Memory): Unit['run'] | null {
  try {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { m: memory } });
    return instance.exports.f as Unit['run'];
  } catch {
    return null;
  }
}
