import { type Rules, rulesOf } from './condition';
import { fieldsMaker } from './fields';
import { instructions } from './tables/index';
import type { InstructionSpec, Xlen } from './types';

/** An instruction made ready for matching. */
export interface Candidate extends Rules {
  readonly spec: InstructionSpec;
  /** As signed 32-bit numbers, which is what the operators yield. */
  readonly mask: number;
  readonly match: number;
  /** Its place among those of its XLEN. */
  readonly index: number;
  /** The values of its operands in a word, by name. */
  readonly fieldsOf: (word: number) => Readonly<Record<string, number>>;
}

/** The instructions of an XLEN by their fixed bits; of several that a word matches, the more specific come first. */
export interface Lookup {
  /** What a 32-bit word may be: at most a few. */
  wide(word: number): readonly Candidate[];
  /** What a 16-bit parcel may be: at most a few. */
  narrow(parcel: number): readonly Candidate[];
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

/** Of all these lists most are never asked for: each is made when it is first wanted. */
function makeLookup(xlen: Xlen): Lookup {
  const entries = instructions
    .filter((spec) => spec.xlens.includes(xlen))
    .map((spec) => ({ spec, bits: bitCount(spec.mask) }))
    .sort((a, b) => b.bits - a.bits)
    .map(({ spec }, index): Entry => ({ spec, index }));
  const ofLength = (length: 2 | 4) => entries.filter(({ spec }) => spec.length === length);
  const wideBuckets = buckets(ofLength(4), WIDE_BITS, 256, wideBucket, wideWord);
  const narrowBuckets = buckets(ofLength(2), NARROW_BITS, 32, narrowBucket, narrowParcel);
  const candidates: (Candidate | undefined)[] = [];
  const candidateOf = ({ spec, index }: Entry): Candidate => {
    let candidate = candidates[index];
    if (!candidate) {
      const rules = rulesOf(spec);
      const fieldsOf = fieldsMaker(rules.kinds);
      candidate = { spec, mask: spec.mask | 0, match: spec.match | 0, index, fieldsOf, ...rules };
      candidates[index] = candidate;
    }
    return candidate;
  };
  const listOf = (bucket: readonly Entry[] | undefined, word: number, bits: number): readonly Candidate[] =>
    (bucket ?? []).filter(({ spec }) => agrees(spec, word, bits)).map(candidateOf);
  const wide = new Array<readonly Candidate[] | undefined>(256 << 6).fill(undefined);
  const narrow = new Array<readonly Candidate[] | undefined>(32 << 5).fill(undefined);
  return {
    wide: (word) => {
      const bucket = wideBucket(word);
      const key = (bucket << 6) | (word >>> 26);
      let found = wide[key];
      if (!found) {
        found = listOf(wideBuckets[bucket], word, WIDE_TOP);
        wide[key] = found;
      }
      return found;
    },
    narrow: (parcel) => {
      const bucket = narrowBucket(parcel);
      const key = (bucket << 5) | ((parcel >> 8) & 0b11100) | ((parcel >> 5) & 0b11);
      let found = narrow[key];
      if (!found) {
        found = listOf(narrowBuckets[bucket], parcel, NARROW_TOP);
        narrow[key] = found;
      }
      return found;
    },
  };
}

const lookups = new Map<Xlen, Lookup>();

/** The lookup of an XLEN, made when it is first wanted. */
export function lookupOf(xlen: Xlen): Lookup {
  let lookup = lookups.get(xlen);
  if (!lookup) {
    lookup = makeLookup(xlen);
    lookups.set(xlen, lookup);
  }
  return lookup;
}
