import { type Rules, rulesOf } from './condition';
import { fieldsMaker } from './fields';
import { instructions } from './tables/index';
import type { InstructionSpec, Xlen } from './types';

/** An instruction made ready for matching. */
export interface Candidate extends Rules {
  readonly spec: InstructionSpec;
  /** Its place among those of its XLEN. */
  readonly index: number;
  /** The values of its operands in a word, by name. */
  readonly fieldsOf: (word: number) => Readonly<Record<string, number>>;
}

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Whether a word agrees with an instruction in these of its bits. */
const agrees = ({ mask, match }: InstructionSpec, word: number, bits: number): boolean =>
  ((word ^ match) & mask & bits) === 0;

/** Opcode and funct3; of a parcel, the quadrant and funct3. */
const WIDE_BITS = 0x707f;
const NARROW_BITS = 0xe003;

const wideBucket = (word: number): number => ((word >> 7) & 0xe0) | ((word >> 2) & 0x1f);
const narrowBucket = (parcel: number): number => ((parcel >> 11) & 0x1c) | (parcel & 0b11);
const wideWord = (bucket: number): number => ((bucket & 0xe0) << 7) | ((bucket & 0x1f) << 2) | 0b11;
const narrowParcel = (bucket: number): number => ((bucket & 0x1c) << 11) | (bucket & 0b11);

/** A specification and its place. */
interface Entry {
  readonly spec: InstructionSpec;
  readonly index: number;
}

/** The instructions that can stand in each bucket. */
function buckets(
  entries: readonly Entry[],
  bits: number,
  count: number,
  bucketOf: (word: number) => number,
  wordOf: (bucket: number) => number,
): readonly (readonly Entry[])[] {
  const made = Array.from({ length: count }, (): Entry[] => []);
  for (const entry of entries) {
    // Most have all of these bits fixed.
    if ((entry.spec.mask & bits) === bits) made[bucketOf(entry.spec.match)]?.push(entry);
    else for (const [key, bucket] of made.entries()) if (agrees(entry.spec, wordOf(key), bits)) bucket.push(entry);
  }
  return made;
}

/** Within a bucket: the upper six bits of a word; of a parcel, bits 12 to 10 and 6 to 5. */
const WIDE_TOP = 0xfc000000 | 0;
const NARROW_TOP = 0x1c60;

/** Keys of words are below, those of parcels from here on. */
const NARROW_KEYS = 256 << 6;
const KEYS = NARROW_KEYS + (32 << 5);

/**
 * The instructions of an XLEN by their fixed bits; of several that a word matches, the more specific come first. What a word
 * may be is a list of numbers in `lists`: mask, match and index of each, and at its end -1 for the index with an empty mask.
 */
export class Lookup {
  lists = new Int32Array(1 << 12);
  private length = 0;
  /** By key: where the list begins; -1 where it has not been made. Most are never asked for. */
  private readonly starts = new Int32Array(KEYS).fill(-1);
  private readonly specs: readonly InstructionSpec[];
  private readonly candidates: (Candidate | undefined)[] = [];
  private readonly wide: readonly (readonly Entry[])[];
  private readonly narrow: readonly (readonly Entry[])[];

  constructor(xlen: Xlen) {
    this.specs = instructions
      .filter((spec) => spec.xlens.includes(xlen))
      .map((spec) => ({ spec, bits: bitCount(spec.mask) }))
      .sort((a, b) => b.bits - a.bits)
      .map(({ spec }) => spec);
    const entries = this.specs.map((spec, index): Entry => ({ spec, index }));
    const ofLength = (length: 2 | 4) => entries.filter(({ spec }) => spec.length === length);
    this.wide = buckets(ofLength(4), WIDE_BITS, 256, wideBucket, wideWord);
    this.narrow = buckets(ofLength(2), NARROW_BITS, 32, narrowBucket, narrowParcel);
  }

  /** How many instructions there are. */
  get count(): number {
    return this.specs.length;
  }

  /** Where the list for a 32-bit word begins, signed or not, or for a 16-bit parcel. */
  start(word: number): number {
    const key =
      (word & 0b11) === 0b11
        ? (wideBucket(word) << 6) | (word >>> 26)
        : NARROW_KEYS | (narrowBucket(word) << 5) | ((word >> 8) & 0b11100) | ((word >> 5) & 0b11);
    const start = this.starts[key] ?? -1;
    return start >= 0 ? start : this.makeList(key, word);
  }

  candidate(index: number): Candidate | null {
    const spec = this.specs[index];
    if (!spec) return null;
    let candidate = this.candidates[index];
    if (!candidate) {
      const rules = rulesOf(spec);
      candidate = { spec, index, fieldsOf: fieldsMaker(rules.kinds), ...rules };
      this.candidates[index] = candidate;
    }
    return candidate;
  }

  private makeList(key: number, word: number): number {
    const [entries, bits] =
      key < NARROW_KEYS
        ? [this.wide[wideBucket(word)] ?? [], WIDE_TOP]
        : [this.narrow[narrowBucket(word)] ?? [], NARROW_TOP];
    const list = entries.filter(({ spec }) => agrees(spec, word, bits));
    const numbers = [...list.flatMap(({ spec, index }) => [spec.mask, spec.match, index]), 0, 0, -1];
    const start = this.length;
    this.length = start + numbers.length;
    if (this.length > this.lists.length) {
      const wider = new Int32Array(2 * this.length);
      wider.set(this.lists);
      this.lists = wider;
    }
    this.lists.set(numbers, start);
    this.starts[key] = start;
    return start;
  }
}

const lookups = new Map<Xlen, Lookup>();

/** The lookup of an XLEN, made when it is first wanted. */
export function lookupOf(xlen: Xlen): Lookup {
  let lookup = lookups.get(xlen);
  if (!lookup) {
    lookup = new Lookup(xlen);
    lookups.set(xlen, lookup);
  }
  return lookup;
}
