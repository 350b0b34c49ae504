import type { Xlen } from '../isa';
import { countWhile } from './sorted';

/**
 * A place in code. In a linked program `space` is 0 and `address` an address; in an object file every section is a space of
 * its own, which begins at 0.
 */
export interface Place {
  readonly space: number;
  readonly address: bigint;
}

/** A run of code. */
export interface Code {
  /** Of its section. */
  readonly name: string;
  readonly place: Place;
  readonly bytes: Uint8Array;
}

export interface CodeSymbol {
  readonly name: string;
  readonly place: Place;
  /** In bytes; 0 where that is not known. */
  readonly size: bigint;
  /** Rather than a label, or data. */
  readonly function: boolean;
}

/** A jump label: an instruction that is either a NOP or a jump to `target` (Linux, `struct jump_entry`). */
export interface Branch {
  readonly place: Place;
  readonly target: Place;
  /** The name or address of the key that it belongs to; null where the file does not say. */
  readonly key: string | null;
}

/** Where a place will be: at an address that is `remainder` modulo `modulus`, a power of two. */
export interface Alignment {
  readonly remainder: number;
  readonly modulus: number;
}

/** Places that are patched, and how the file says so. */
export interface Listed<T> {
  /** In words: `the section __patchable_function_entries`. */
  readonly where: string;
  readonly all: readonly T[];
  /** Where there are none, why, in words: `it has no section __jump_table`. */
  readonly missing: string;
}

/** What is read of an ELF file or of a disassembly, whichever it was. */
export interface Program {
  /** In words: `a linked ELF64 file`. */
  readonly what: string;
  /** Whether addresses are those at which it runs. */
  readonly linked: boolean;
  readonly xlen: Xlen;
  /** The ISA string that the file names; null where there is none that is understood. */
  readonly arch: string | null;
  /** Whether there may be instructions of 2 bytes. */
  readonly compressed: boolean;
  /** By place. */
  readonly codes: readonly Code[];
  readonly symbols: Symbols;
  /** The first nops of functions. */
  readonly entries: Listed<Place>;
  readonly branches: Listed<Branch>;
  readonly alignmentAt: (place: Place) => Alignment;
  /** What the linker will still change between two addresses, in words, by address. */
  readonly relocated: (place: Place, length: number) => ReadonlyMap<bigint, string>;
}

/** What is wrong with a file, or with what is asked of it; for people. */
export class ImportError extends Error {}

/** The bytes from a place on to the end of its run of code; empty where there is no code. */
export function bytesAt({ codes }: Pick<Program, 'codes'>, wanted: Place): Uint8Array {
  const code = codes[countWhile(codes, ({ place }) => compare(place, wanted) <= 0) - 1];
  if (code === undefined || code.place.space !== wanted.space) return new Uint8Array(0);
  return code.bytes.subarray(Number(wanted.address - code.place.address));
}

export const hex = (value: bigint | number): string =>
  value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;

/** The names of places. */
export class Symbols {
  /** By place, one for each. */
  private readonly sorted: readonly CodeSymbol[];
  private readonly functions: readonly CodeSymbol[];
  private readonly named = new Map<string, CodeSymbol>();
  /** Further places of a name. */
  private readonly others = new Map<string, CodeSymbol[]>();

  /** @param all in any order; of several at one place, the first is its name */
  constructor(all: readonly CodeSymbol[]) {
    for (const symbol of all) {
      const others = this.others.get(symbol.name);
      if (!this.named.has(symbol.name)) this.named.set(symbol.name, symbol);
      else if (others === undefined) this.others.set(symbol.name, [symbol]);
      else others.push(symbol);
    }
    const sorted = [...all].sort((a, b) => compare(a.place, b.place));
    this.sorted = sorted.filter(({ place }, i) => i === 0 || compare(place, sorted[i - 1]?.place ?? place) !== 0);
    this.functions = this.sorted.filter((symbol) => symbol.function);
  }

  get empty(): boolean {
    return this.sorted.length === 0;
  }

  /** All that have a name, by place. */
  get all(): readonly CodeSymbol[] {
    return this.sorted;
  }

  /** The places that a name stands for. */
  of(name: string): readonly CodeSymbol[] {
    const first = this.named.get(name);
    return first === undefined ? [] : [first, ...(this.others.get(name) ?? [])];
  }

  /** The last symbol that is not behind a place, or null. */
  before(place: Place): CodeSymbol | null {
    const found = this.sorted[countWhile(this.sorted, (symbol) => compare(symbol.place, place) <= 0) - 1];
    return found?.place.space === place.space ? found : null;
  }

  /** The first symbol at or behind a place, or null. */
  from(place: Place): CodeSymbol | null {
    return firstFrom(this.sorted, place);
  }

  /** The first function at or behind a place, or null. */
  functionFrom(place: Place): CodeSymbol | null {
    return firstFrom(this.functions, place);
  }

  /** `name` or `name+0x10`; null where no symbol is before the place. */
  near(place: Place): string | null {
    const symbol = this.before(place);
    if (symbol === null) return null;
    const beyond = place.address - symbol.place.address;
    return beyond === 0n ? symbol.name : `${symbol.name}+${hex(beyond)}`;
  }
}

function firstFrom(sorted: readonly CodeSymbol[], place: Place): CodeSymbol | null {
  const found = sorted[countWhile(sorted, (symbol) => compare(symbol.place, place) < 0)];
  return found?.place.space === place.space ? found : null;
}

/** By space, then by address. */
export function compare(a: Place, b: Place): number {
  if (a.space !== b.space) return a.space - b.space;
  return a.address < b.address ? -1 : a.address > b.address ? 1 : 0;
}
