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
export function missingOf(spec: InstructionSpec, isa: Isa): readonly string[] {
  const missing = spec.extensions.map((all) => all.filter((name) => !isa.extensions.has(name)));
  const fewest = missing.reduce((best, names) => (names.length < best.length ? names : best));
  return fewest.length === 0 ? NOTHING : fewest;
}

/** `needs Zcb and Zba`. */
export const needs = (missing: readonly string[]): string => `needs ${missing.map(extensionTitle).join(' and ')}`;

function unknownReason(isa: Isa): string {
  const missing = undecoded(isa);
  if (missing.length === 0) return 'no instruction has this encoding';
  const named = missing.slice(0, 3).map(extensionTitle).join(', ');
  return `no instruction that is known here has this encoding (${named}${missing.length > 3 ? ', ...' : ''} not decoded)`;
}

/** Decodes for one ISA. */
export class Decoder {
  private readonly lookup: Lookup;
  /** What the ISA lacks for each instruction that has come up, by its index. */
  private readonly missing: (readonly string[] | undefined)[] = [];
  private unknown: string | null = null;

  constructor(readonly isa: Isa) {
    this.lookup = lookupOf(isa.xlen);
  }

  /**
   * The instruction that a word is, or null. `word` is a 32-bit word, signed or not, or a 16-bit parcel. What one instruction
   * reserves may be left to another: `ssrdp x0` is a may-be-operation. Where the ISA has none, it is the one for which it
   * lacks the least.
   */
  find(word: number): Candidate | null {
    const narrow = (word & 0b11) !== 0b11;
    if (!narrow && (word & 0b11100) === 0b11100) return null;
    const candidates = narrow ? this.lookup.narrow(word) : this.lookup.wide(word);
    let reserved: Candidate | null = null;
    let excluded: Candidate | null = null;
    let fewest = 0;
    for (const candidate of candidates) {
      if (((word ^ candidate.match) & candidate.mask) !== 0) continue;
      const lacking = this.missingFor(candidate).length;
      if (lacking > 0) {
        if (excluded !== null && fewest <= lacking) continue;
        excluded = candidate;
        fewest = lacking;
      } else if (candidate.reserved === null || candidate.reserved(word) === null) return candidate;
      else reserved ??= candidate;
    }
    return excluded ?? reserved;
  }

  /** Whether what `find` gave is a hint. */
  isHint(candidate: Candidate, word: number): boolean {
    const { spec, hint, reserved } = candidate;
    if (hint === null || hint(word) === null || spec.illegal) return false;
    return (reserved === null || reserved(word) === null) && this.missingFor(candidate).length === 0;
  }

  /** As `decode` below. */
  decode(word: number): Decoded {
    const narrow = (word & 0b11) !== 0b11;
    const bits = narrow ? word & 0xffff : word >>> 0;
    const candidate = this.find(bits);
    if (candidate === null) return this.noInstruction(bits);
    const { spec, fieldsOf, reserved, hint } = candidate;
    const missing = this.missingFor(candidate);
    let legality: Decoded['legality'] = 'legal';
    let reason: string | null = null;
    const broken = missing.length === 0 && reserved !== null ? reserved(bits) : null;
    if (missing.length > 0) {
      legality = 'excluded';
      reason = needs(missing);
    } else if (spec.illegal) {
      legality = 'illegal';
      reason = 'defined as illegal';
    } else if (broken !== null) {
      legality = 'reserved';
      reason = `reserved with ${broken}`;
    } else if (hint !== null && hint(bits) !== null) {
      legality = 'hint';
    }
    return { word: bits, length: spec.length, spec, fields: fieldsOf(bits), legality, reason };
  }

  private missingFor({ index, spec }: Candidate): readonly string[] {
    let missing = this.missing[index];
    if (!missing) {
      missing = missingOf(spec, this.isa);
      this.missing[index] = missing;
    }
    return missing;
  }

  private noInstruction(word: number): Decoded {
    const length = instructionLength(word);
    this.unknown ??= unknownReason(this.isa);
    return length > 4
      ? {
          ...NONE,
          word,
          length,
          legality: 'illegal',
          reason: 'begins an instruction longer than 32 bits, of which there are none',
        }
      : { ...NONE, word, length, legality: 'reserved', reason: this.unknown };
  }
}

const NONE = { spec: null, fields: NO_FIELDS } as const;

const decoders = new WeakMap<Isa, Decoder>();

/** The decoder of an ISA, made when it is first wanted. */
export function decoderOf(isa: Isa): Decoder {
  let decoder = decoders.get(isa);
  if (!decoder) {
    decoder = new Decoder(isa);
    decoders.set(isa, decoder);
  }
  return decoder;
}

/**
 * Decodes the instruction in the low bits of `word` (a 16-bit parcel in the low half; what is above it is ignored and not
 * part of the result's `word`). Never fails: what is no instruction has `spec` null and a reason.
 */
export function decode(word: number, isa: Isa): Decoded {
  return decoderOf(isa).decode(word);
}
