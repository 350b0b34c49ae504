import type { Xlen } from '../../isa/types';
import { basicBlocks, type Program } from '../wasm/flow';
import { compileUnit, pcOffset, type Target } from '../wasm/unit';
import { lineBits, type PhysicalMemory, tables } from './physical';

/** Where compiled code is entered. */
export interface Entry {
  readonly unit: Unit;
  readonly spot: Spot;
  /** The number of the block that begins there. */
  readonly block: number;
  /** How many units have been made so far that have this block. */
  readonly copies: number;
}

/** Where code stands, and how it reaches memory. */
export interface Spot {
  readonly pc: bigint;
  readonly physical: number;
  /** Addresses of code and data are translated or protected; otherwise they are what they say. */
  readonly mapped: boolean;
}

interface Unit {
  /** Runs from a block for at most so many instructions. @returns how many are left of these */
  readonly run: (block: number, steps: number) => number;
  /** Where it begins. */
  readonly start: Spot;
  /** All that it was made of: physical addresses. */
  readonly addresses: ReadonlySet<number>;
  readonly entries: readonly Entry[];
}

/** A unit that has been stored to is made anew after twice as many instructions, up to so many times. */
const mostDoublings = 12;
/**
 * Units may overlap, so that all of a loop is in one. A block that is in so many is left out of further ones, which lead to
 * it: a program that goes on making code would have what calls that code compiled again with each piece.
 */
const mostCopies = 16;

/**
 * Code of a hart as WebAssembly: units of basic blocks, made of what runs often, dropped when an instruction is stored to.
 * Where addresses are translated, a unit is of one page, and is entered where that page is at the same address again.
 */
export class CompiledCode<Code> {
  /** By physical address, of code whose addresses are not translated and of code whose are. */
  private readonly entries = { direct: new Map<number, Entry>(), mapped: new Map<number, Entry>() };
  private readonly units = new Set<Unit>();
  /** Instructions in these; one that is in two counts twice. */
  private inUnits = 0;
  private readonly dropped = new Map<number, number>();
  /** Instructions that have been stored to after they had been compiled, by physical address: they may be so again. */
  private readonly changing = new Set<number>();
  private readonly pc: BigUint64Array;

  /** @param threshold instructions of a block that have run, after which it is compiled */
  constructor(
    private readonly memory: PhysicalMemory<Code>,
    private readonly linear: WebAssembly.Memory,
    private readonly target: Pick<Target, 'xlen' | 'alignment'> & { readonly xlen: Xlen; readonly misaligned: boolean },
    private readonly program: Program,
    private readonly threshold: number,
  ) {
    this.pc = new BigUint64Array(linear.buffer, pcOffset, 1);
  }

  /** Instructions of which something is kept. */
  get size(): number {
    return this.inUnits + this.changing.size;
  }

  at(spot: Spot): Entry | null {
    const entry = this.entriesFor(spot).get(spot.physical);
    return entry?.spot.pc === spot.pc ? entry : null;
  }

  /** Whether so many instructions of the block at a place have run that it is to be compiled. */
  wants({ physical }: Spot, ran: number): boolean {
    return ran >= this.threshold * 2 ** (this.dropped.get(physical) ?? 0);
  }

  /** Compiles what begins at a place. @returns where it can be entered now; nothing where it cannot be compiled */
  compile(start: Spot): readonly Entry[] {
    const { pc, physical, mapped } = start;
    const place = this.memory.placeOf(physical);
    if (place === null) return [];
    const { xlen, alignment, misaligned } = this.target;
    const blocks = basicBlocks(pc, this.around(start), xlen);
    if (blocks.length === 0) return [];
    const ram = mapped ? ({ kind: 'tables', ...tables } as const) : ({ kind: 'window', ...place } as const);
    const pages = this.linear.buffer.byteLength >> 16;
    const target = { xlen, alignment, reach: { ram, lineBits, misaligned }, pages };
    const run = instantiate(compileUnit(blocks, target), this.linear);
    if (run === null) return [];
    const known = this.entriesFor(start);
    const entries: Entry[] = [];
    const addresses = new Set(blocks.flatMap((block) => block.map((one) => beside(start, one.pc))));
    const unit: Unit = { run, start, addresses, entries };
    for (const [index, [first]] of blocks.entries()) {
      const spot = { pc: first.pc, physical: beside(start, first.pc), mapped };
      entries.push({ unit, spot, block: index + 1, copies: (this.at(spot)?.copies ?? 0) + 1 });
    }
    this.units.add(unit);
    this.inUnits += addresses.size;
    for (const entry of entries) known.set(entry.spot.physical, entry);
    return entries;
  }

  /**
   * The code of which a unit may be made that begins at a place: of its page where addresses are translated; either all of
   * it or none has been stored to before, so that what changes takes nothing else with it.
   */
  private around(start: Spot): Program {
    const { at, observed } = this.program;
    const { pc, mapped } = start;
    const changes = this.changing.has(start.physical);
    const fits = (address: bigint): boolean => {
      if (address === pc) return true;
      if (mapped && address >> 12n !== pc >> 12n) return false;
      const physical = beside(start, address);
      if (this.changing.has(physical) !== changes) return false;
      return (this.at({ pc: address, physical, mapped })?.copies ?? 0) < mostCopies;
    };
    return { at: (address) => (fits(address) ? at(address) : null), observed };
  }

  /** Runs at most so many instructions. @returns how many, and where the next one is */
  run({ unit, block }: Entry, steps: number): { readonly ran: number; readonly pc: bigint } {
    const limit = Math.min(steps, 0x7fff_ffff);
    const ran = limit - unit.run(block, limit);
    return { ran, pc: this.pc[0] as bigint };
  }

  /** Drops what was made of the instruction at a physical address. @returns where that could be entered */
  changed(address: number): readonly Entry[] {
    const gone: Entry[] = [];
    for (const unit of this.units) {
      if (!unit.addresses.has(address)) continue;
      this.changing.add(address);
      this.units.delete(unit);
      this.inUnits -= unit.addresses.size;
      const known = this.entriesFor(unit.start);
      for (const entry of unit.entries) if (known.get(entry.spot.physical) === entry) known.delete(entry.spot.physical);
      const { physical } = unit.start;
      this.dropped.set(physical, Math.min((this.dropped.get(physical) ?? 0) + 1, mostDoublings));
      gone.push(...unit.entries);
    }
    return gone;
  }

  /** Drops all. */
  clear(): void {
    this.units.clear();
    this.inUnits = 0;
    this.dropped.clear();
    this.changing.clear();
    this.entries.direct.clear();
    this.entries.mapped.clear();
  }

  private entriesFor({ mapped }: Spot): Map<number, Entry> {
    return mapped ? this.entries.mapped : this.entries.direct;
  }
}

/** The physical address of code that stands in one piece with that of a place. */
const beside = ({ pc, physical }: Spot, address: bigint): number => physical + Number(address - pc);

/** Null where the engine refuses. */
function instantiate(bytes: Uint8Array<ArrayBuffer>, memory: WebAssembly.Memory): Unit['run'] | null {
  try {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { m: memory } });
    return instance.exports.f as Unit['run'];
  } catch {
    return null;
  }
}
