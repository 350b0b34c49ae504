import { type Entry, entryAt } from './entry';
import { type Alignment, bytesAt, hex, ImportError, type Place, type Program } from './program';
import { placeOf } from './select';

/** What the patchable entries of a program have in common, and where they differ. */
export interface Summary {
  readonly where: string;
  readonly entries: number;
  /** How many entries have so many bytes before the entry and so many from it on, most frequent first. */
  readonly shapes: readonly { readonly before: number; readonly length: number; readonly entries: number }[];
  /** How many entries lie at each remainder; those whose remainder the linker still chooses are `open`. */
  readonly mod4: Histogram;
  readonly mod8: Histogram;
  /** Entries whose 4-byte words are not all aligned: a store of one is two, and a hart may see half. */
  readonly torn: number;
  /** The first of those, in the order of the list; null where there is none. */
  readonly firstTorn: string | null;
  readonly reach: Reach | null;
}

export interface Histogram {
  readonly remainders: Readonly<Record<number, number>>;
  readonly open: number;
}

/** For how many entries the JALR alone can be rewritten to call a target. */
export interface Reach {
  readonly target: string;
  /** What the AUIPCs were made for, in words. */
  readonly base: string;
  readonly encodable: number;
  /** Entries from which not even the base is in reach of an AUIPC and a JALR. */
  readonly withoutAuipc: number;
  /** The first entry that fails; null where none does. */
  readonly first: ReachFailure | null;
  /** For how many entries `|target - base| <= 2047`, a check by distance, gives the wrong answer. */
  readonly wrongByDistance: number;
}

export interface ReachFailure {
  readonly entry: string;
  /** `auipc result`, what would have to be added to it, and what would be called with its low 12 bits instead. */
  readonly auipc: string;
  readonly immediate: string;
  readonly calls: string;
}

/** Told now and then how many entries are done. */
export type Progress = (done: number, all: number) => void;

export interface ReachWanted {
  /** A name, with or without an offset, or an address. */
  readonly target: string;
  /** What the AUIPCs point to; null: what stands there, else the symbol `ftrace_caller`. */
  readonly base: string | null;
}

const stride = 4096;

/** @throws ImportError where nothing is listed, or a name is not there */
export function summarize(program: Program, wanted: ReachWanted | null, progress: Progress): Summary {
  const { where, all } = program.entries;
  if (all.length === 0) throw new ImportError(`lists no patchable entries: ${program.entries.missing}`);
  const reach = wanted === null ? null : new ReachCount(program, wanted);
  const shapes = new Map<string, { before: number; length: number; entries: number }>();
  const [mod4, mod8] = [new HistogramCount(4), new HistogramCount(8)];
  let torn = 0;
  let firstTorn: string | null = null;
  for (const [index, first] of all.entries()) {
    if (index % stride === 0) progress(index, all.length);
    const entry = entryAt(program, first);
    const shape = `${entry.before} ${entry.length}`;
    const known = shapes.get(shape) ?? { before: entry.before, length: entry.length, entries: 0 };
    shapes.set(shape, { ...known, entries: known.entries + 1 });
    const alignment = program.alignmentAt(entry.place);
    mod4.add(alignment);
    mod8.add(alignment);
    if (alignment.modulus >= 4 && alignment.remainder % 4 !== 0) {
      torn += 1;
      firstTorn ??= titleOf(entry);
    }
    reach?.add(entry);
  }
  progress(all.length, all.length);
  return {
    where,
    entries: all.length,
    shapes: [...shapes.values()].sort((a, b) => b.entries - a.entries),
    mod4: mod4.result(),
    mod8: mod8.result(),
    torn,
    firstTorn,
    reach: reach?.result() ?? null,
  };
}

const titleOf = ({ name, place }: Entry): string =>
  name === null ? hex(place.address) : `${name} (${hex(place.address)})`;

class HistogramCount {
  private readonly remainders: Record<number, number> = {};
  private open = 0;
  constructor(private readonly modulus: number) {}

  add({ remainder, modulus }: Alignment): void {
    if (modulus < this.modulus) this.open += 1;
    else {
      const own = remainder % this.modulus;
      this.remainders[own] = (this.remainders[own] ?? 0) + 1;
    }
  }

  result(): Histogram {
    return { remainders: this.remainders, open: this.open };
  }
}

/** The farthest that a JALR adds to a register, either way. */
const [lowest, highest] = [-2048n, 2047n];

/**
 * Counts by the rule of the encoding: an AUIPC adds a multiple of 4096 to its own address, so that its result keeps the low
 * 12 bits of the entry, and the JALR adds -2048 to 2047 to that.
 */
class ReachCount {
  private readonly target: Place;
  private readonly base: Place | null;
  private readonly baseText: string;
  /** Whether an AUIPC that stands at an entry counts. */
  private readonly own: boolean;
  private encodable = 0;
  private withoutAuipc = 0;
  private wrongByDistance = 0;
  private first: ReachFailure | null = null;

  constructor(
    private readonly program: Program,
    { target, base }: ReachWanted,
  ) {
    if (!program.linked) throw new ImportError('is not linked: how far anything is from its entries is open yet');
    this.target = placeOf(program, target);
    if (this.target.address % 2n !== 0n)
      throw new ImportError(`${hex(this.target.address)} is odd: no code begins there`);
    const usual = program.symbols.of('ftrace_caller').length > 0 ? 'ftrace_caller' : null;
    const named = base ?? usual;
    this.base = named === null ? null : placeOf(program, named);
    const pairs = base === null && program.entries.all.some((first) => entryAt(program, first).auipc !== null);
    if (named === null && !pairs) {
      throw new ImportError(
        'does not say where the AUIPCs of its entries point to: none stands there, and there is no symbol ftrace_caller; name it with --auipc',
      );
    }
    this.baseText = pairs ? 'what stands at the entries' : (named ?? '');
    this.own = base === null;
  }

  add(entry: Entry): void {
    const { address } = entry.place;
    const width = this.program.xlen;
    const upper = this.own && entry.auipc !== null ? entry.auipc : this.upperFor(address);
    if (upper === null) {
      this.withoutAuipc += 1;
      return;
    }
    const result = BigInt.asUintN(width, address + upper);
    const immediate = BigInt.asIntN(width, this.target.address - result);
    const fits = immediate >= lowest && immediate <= highest;
    if (fits) this.encodable += 1;
    const distance = BigInt.asIntN(width, this.target.address - (this.base?.address ?? result));
    const near = distance >= -highest && distance <= highest;
    if (near !== fits) this.wrongByDistance += 1;
    if (fits || this.first !== null) return;
    const called = { ...entry.place, address: BigInt.asUintN(width, result + BigInt.asIntN(12, immediate)) & ~1n };
    const code = bytesAt(this.program, called).length > 0;
    const name = code ? this.program.symbols.near(called) : 'no code there';
    this.first = {
      entry: titleOf(entry),
      auipc: hex(result),
      immediate: String(immediate),
      calls: `${hex(called.address)}${name === null ? '' : ` (${name})`}`,
    };
  }

  /** What an AUIPC adds that is made for the base, rounded as the JALR's sign wants it; null where it is too far away. */
  private upperFor(address: bigint): bigint | null {
    if (this.base === null) return null;
    const distance = BigInt.asIntN(this.program.xlen, this.base.address - address);
    const upper = (distance + 0x800n) & ~0xfffn;
    return this.program.xlen === 32 || BigInt.asIntN(32, upper) === upper ? upper : null;
  }

  result(): Reach {
    const name = this.program.symbols.near(this.target);
    return {
      target: `${hex(this.target.address)}${name === null ? '' : ` (${name})`}`,
      base: this.baseText,
      encodable: this.encodable,
      withoutAuipc: this.withoutAuipc,
      first: this.first,
      wrongByDistance: this.wrongByDistance,
    };
  }
}
