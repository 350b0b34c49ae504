import { type Rules, rulesOf } from './condition';
import { extensionTitle } from './extensions';
import { undecoded } from './isa-string';
import { instructions } from './tables/index';
import type { Decoded, InstructionSpec, Isa } from './types';

/** An instruction made ready for one ISA. */
interface Candidate extends Rules {
  readonly spec: InstructionSpec;
  readonly mask: number;
  readonly match: number;
  /** What the ISA lacks for it: the shortest list; empty where it has it. */
  readonly missing: readonly string[];
}

/** Candidates by the low bits of the word and funct3: the more specific and the included come first. */
interface Decoder {
  readonly wide: readonly (readonly Candidate[])[];
  readonly narrow: readonly (readonly Candidate[])[];
  /** Why a word is no instruction, for want of a better reason. */
  readonly unknown: string;
}

const NO_FIELDS: Readonly<Record<string, number>> = Object.freeze({});

/** Length in bytes of the instruction that begins with this 16-bit parcel; 8 stands for everything longer than 6. */
export function instructionLength(parcel: number): 2 | 4 | 6 | 8 {
  if ((parcel & 0b11) !== 0b11) return 2;
  if ((parcel & 0b11100) !== 0b11100) return 4;
  return (parcel & 0b100000) === 0 ? 6 : 8;
}

/** What the ISA lacks for an instruction: the shortest list of missing extensions. */
function missingOf(spec: InstructionSpec, isa: Isa): readonly string[] {
  const missing = spec.extensions.map((all) => all.filter((name) => !isa.extensions.has(name)));
  return missing.reduce((best, names) => (names.length < best.length ? names : best));
}

const bitCount = (mask: number): number => mask.toString(2).replaceAll('0', '').length;

function prepare(isa: Isa): Decoder {
  const candidates = instructions
    .filter((spec) => spec.xlens.includes(isa.xlen))
    .map(
      (spec): Candidate => ({
        spec,
        mask: spec.mask | 0,
        match: spec.match | 0,
        ...rulesOf(spec),
        missing: missingOf(spec, isa),
      }),
    )
    .sort((a, b) => a.missing.length - b.missing.length || bitCount(b.spec.mask) - bitCount(a.spec.mask));
  const indexed = (length: 2 | 4, bits: number): Candidate[][] => {
    const buckets: Candidate[][] = Array.from({ length: 2 ** bits }, () => []);
    for (const candidate of candidates.filter((one) => one.spec.length === length)) {
      const indexMask = length === 4 ? 0x707f : 0xe003;
      buckets.forEach((bucket, key) => {
        const word =
          length === 4 ? ((key & 0xe0) << 7) | ((key & 0x1f) << 2) | 0b11 : ((key & 0x1c) << 11) | (key & 0b11);
        if (((word ^ candidate.match) & candidate.mask & indexMask) === 0) bucket.push(candidate);
      });
    }
    return buckets;
  };
  return { wide: indexed(4, 8), narrow: indexed(2, 5), unknown: unknownReason(isa) };
}

function unknownReason(isa: Isa): string {
  const missing = undecoded(isa);
  if (missing.length === 0) return 'no instruction has this encoding';
  const named = missing.slice(0, 3).map(extensionTitle).join(', ');
  return `no instruction that is known here has this encoding (${named}${missing.length > 3 ? ', ...' : ''} not decoded)`;
}

const decoders = new WeakMap<Isa, Decoder>();

function decoderOf(isa: Isa): Decoder {
  let decoder = decoders.get(isa);
  if (!decoder) {
    decoder = prepare(isa);
    decoders.set(isa, decoder);
  }
  return decoder;
}

const without = (word: number, length: 2 | 4 | 6 | 8, legality: 'illegal' | 'reserved', reason: string): Decoded => ({
  word,
  length,
  spec: null,
  fields: NO_FIELDS,
  legality,
  reason,
});

function decodeAs(candidate: Candidate, word: number): Decoded {
  const { spec, missing, reserved, hint } = candidate;
  const fields: Record<string, number> = {};
  for (const kind of candidate.kinds) fields[kind.name] = kind.read(word);
  let legality: Decoded['legality'] = 'legal';
  let reason: string | null = null;
  const broken = missing.length === 0 && reserved !== null ? reserved(word) : null;
  if (missing.length > 0) {
    legality = 'excluded';
    reason = `needs ${missing.map(extensionTitle).join(' and ')}`;
  } else if (spec.illegal) {
    legality = 'illegal';
    reason = 'defined as illegal';
  } else if (broken !== null) {
    legality = 'reserved';
    reason = `reserved with ${broken}`;
  } else if (hint !== null && hint(word) !== null) {
    legality = 'hint';
  }
  return { word, length: spec.length, spec, fields, legality, reason };
}

/** What a word is. What one instruction reserves may be left to another: `ssrdp x0` is a may-be-operation. */
function firstOf(candidates: readonly Candidate[], word: number): Decoded | null {
  let reserved: Decoded | null = null;
  for (const candidate of candidates) {
    if (((word ^ candidate.match) & candidate.mask) !== 0) continue;
    const decoded = decodeAs(candidate, word);
    if (decoded.legality !== 'reserved') return decoded;
    reserved ??= decoded;
  }
  return reserved;
}

/**
 * Decodes the instruction in the low bits of `word` (a 16-bit parcel in the low half; what is above it is ignored and not
 * part of the result's `word`). Never fails: what is no instruction has `spec` null and a reason.
 */
export function decode(word: number, isa: Isa): Decoded {
  const { wide, narrow, unknown } = decoderOf(isa);
  if ((word & 0b11) !== 0b11) {
    const parcel = word & 0xffff;
    const found = firstOf(narrow[((parcel >> 11) & 0x1c) | (parcel & 0b11)] ?? [], parcel);
    return found ?? without(parcel, 2, 'reserved', unknown);
  }
  const unsigned = word >>> 0;
  if ((word & 0b11100) === 0b11100) {
    const reason = 'begins an instruction longer than 32 bits, of which there are none';
    return without(unsigned, instructionLength(word), 'illegal', reason);
  }
  const found = firstOf(wide[((word >> 7) & 0xe0) | ((word >> 2) & 0x1f)] ?? [], unsigned);
  return found ?? without(unsigned, 4, 'reserved', unknown);
}
