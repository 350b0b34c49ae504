import { extensionTitle } from './extensions';
import { undecoded } from './isa-string';
import { type Candidate, type Lookup, lookupOf } from './lookup';
import type { Decoded, InstructionSpec, Isa } from './types';

const NO_FIELDS: Readonly<Record<string, number>> = Object.freeze({});

/** Length in bytes of the instruction that begins with this 16-bit parcel; 8 stands for everything longer than 6. */
export function instructionLength(parcel: number): 2 | 4 | 6 | 8 {
  if ((parcel & 0b11) !== 0b11) return 2;
  if ((parcel & 0b11100) !== 0b11100) return 4;
  return (parcel & 0b100000) === 0 ? 6 : 8;
}

const NOTHING: readonly string[] = [];

/** What the ISA lacks for an instruction: the shortest list of missing extensions; empty where it has it. */
function missingOf(spec: InstructionSpec, isa: Isa): readonly string[] {
  const missing = spec.extensions.map((all) => all.filter((name) => !isa.extensions.has(name)));
  const fewest = missing.reduce((best, names) => (names.length < best.length ? names : best));
  return fewest.length === 0 ? NOTHING : fewest;
}

/** What is remembered of one ISA. */
interface Decoder {
  readonly lookup: Lookup;
  /** What it lacks for each instruction that has come up. */
  readonly missing: Map<InstructionSpec, readonly string[]>;
  /** Why a word is no instruction, for want of a better reason. */
  readonly unknown: string;
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
    decoder = { lookup: lookupOf(isa.xlen), missing: new Map(), unknown: unknownReason(isa) };
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

function decodeAs({ spec, kinds, reserved, hint }: Candidate, word: number, missing: readonly string[]): Decoded {
  const fields: Record<string, number> = {};
  for (const kind of kinds) fields[kind.name] = kind.read(word);
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

/**
 * What a word is. What one instruction reserves may be left to another: `ssrdp x0` is a may-be-operation. Where the ISA has
 * none, the one for which it lacks the least is named.
 */
function firstOf(candidates: readonly Candidate[], word: number, isa: Isa, decoder: Decoder): Decoded | null {
  let reserved: Decoded | null = null;
  let excluded: Candidate | null = null;
  let fewest = NOTHING;
  for (const candidate of candidates) {
    if (((word ^ candidate.match) & candidate.mask) !== 0) continue;
    let missing = decoder.missing.get(candidate.spec);
    if (!missing) {
      missing = missingOf(candidate.spec, isa);
      decoder.missing.set(candidate.spec, missing);
    }
    if (missing.length > 0) {
      if (excluded !== null && fewest.length <= missing.length) continue;
      excluded = candidate;
      fewest = missing;
      continue;
    }
    const decoded = decodeAs(candidate, word, NOTHING);
    if (decoded.legality !== 'reserved') return decoded;
    reserved ??= decoded;
  }
  return excluded === null ? reserved : decodeAs(excluded, word, fewest);
}

/**
 * Decodes the instruction in the low bits of `word` (a 16-bit parcel in the low half; what is above it is ignored and not
 * part of the result's `word`). Never fails: what is no instruction has `spec` null and a reason.
 */
export function decode(word: number, isa: Isa): Decoded {
  const decoder = decoderOf(isa);
  if ((word & 0b11) !== 0b11) {
    const parcel = word & 0xffff;
    const found = firstOf(decoder.lookup.narrow(parcel), parcel, isa, decoder);
    return found ?? without(parcel, 2, 'reserved', decoder.unknown);
  }
  const unsigned = word >>> 0;
  if ((word & 0b11100) === 0b11100) {
    const reason = 'begins an instruction longer than 32 bits, of which there are none';
    return without(unsigned, instructionLength(word), 'illegal', reason);
  }
  const found = firstOf(decoder.lookup.wide(word), unsigned, isa, decoder);
  return found ?? without(unsigned, 4, 'reserved', decoder.unknown);
}
