import { type Rules, rulesOf } from './condition';
import { instructions } from './tables/index';
import type { InstructionSpec, Xlen } from './types';

/** An instruction made ready for matching. */
export interface Candidate extends Rules {
  readonly spec: InstructionSpec;
  /** As signed 32-bit numbers, which is what the operators yield. */
  readonly mask: number;
  readonly match: number;
}

/** The instructions of an XLEN by their fixed bits; of several that a word matches, the more specific come first. */
export interface Lookup {
  /** What a 32-bit word may be: at most a few. */
  wide(word: number): readonly Candidate[];
  /** What a 16-bit parcel may be. */
  narrow(parcel: number): readonly Candidate[];
}

const bitCount = (mask: number): number => mask.toString(2).replaceAll('0', '').length;

const agrees = (candidate: Candidate, word: number, bits: number): boolean =>
  ((word ^ candidate.match) & candidate.mask & bits) === 0;

/** Opcode and funct3; of a parcel, the quadrant and funct3. */
const WIDE_BITS = 0x707f;
const NARROW_BITS = 0xe003;
/** Within a bucket of 32-bit instructions. */
const TOP_BITS = 0xfc000000 | 0;

function makeLookup(xlen: Xlen): Lookup {
  const candidates = instructions
    .filter((spec) => spec.xlens.includes(xlen))
    .map((spec) => ({ bits: bitCount(spec.mask), spec }))
    .sort((a, b) => b.bits - a.bits)
    .map(({ spec }): Candidate => ({ spec, mask: spec.mask | 0, match: spec.match | 0, ...rulesOf(spec) }));
  const ofLength = (length: 2 | 4) => candidates.filter((candidate) => candidate.spec.length === length);
  const [wide, narrow] = [ofLength(4), ofLength(2)];
  const wideBuckets = Array.from({ length: 256 }, (_, key) => {
    const word = ((key & 0xe0) << 7) | ((key & 0x1f) << 2) | 0b11;
    return wide.filter((candidate) => agrees(candidate, word, WIDE_BITS));
  });
  const narrowBuckets = Array.from({ length: 32 }, (_, key) => {
    const parcel = ((key & 0x1c) << 11) | (key & 0b11);
    return narrow.filter((candidate) => agrees(candidate, parcel, NARROW_BITS));
  });
  // Of 16,384 most are never asked for.
  const fine: (readonly Candidate[] | undefined)[] = new Array<readonly Candidate[] | undefined>(256 * 64);
  return {
    wide: (word) => {
      const bucket = ((word >> 7) & 0xe0) | ((word >> 2) & 0x1f);
      const key = (bucket << 6) | (word >>> 26);
      let found = fine[key];
      if (!found) {
        found = (wideBuckets[bucket] ?? []).filter((candidate) => agrees(candidate, word, TOP_BITS));
        fine[key] = found;
      }
      return found;
    },
    narrow: (parcel) => narrowBuckets[((parcel >> 11) & 0x1c) | (parcel & 0b11)] ?? [],
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
