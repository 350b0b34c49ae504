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

/** What is known of an instruction under an ISA. */
const UNKNOWN = 0;
/** It has it, and no word is reserved, a hint or illegal. */
const PLAIN = 1;
const WITH_RULES = 2;
const LACKING = 3;

/** Decodes for one ISA. */
export class Decoder {
  private readonly lookup: Lookup;
  /** What the ISA lacks for each instruction that has come up, by its index. */
  private readonly missing: (readonly string[] | undefined)[] = [];
  private readonly standings: Uint8Array;
  private unknown: string | null = null;

  constructor(readonly isa: Isa) {
    this.lookup = lookupOf(isa.xlen);
    this.standings = new Uint8Array(this.lookup.count);
  }

  /**
   * The index of the instruction that a word is, or -1. `word` is a 32-bit word, signed or not, or a 16-bit parcel. What one
   * instruction reserves may be left to another: `ssrdp x0` is a may-be-operation. Where the ISA has none, it is the one for
   * which it lacks the least.
   */
  find(word: number): number {
    if ((word & 0b11111) === 0b11111) return -1;
    const { lookup, standings } = this;
    const start = lookup.start(word);
    const { lists } = lookup;
    let reserved = -1;
    let excluded = -1;
    let fewest = 0;
    for (let at = start; ; at += 3) {
      if (((word ^ (lists[at + 1] ?? 0)) & (lists[at] ?? 0)) !== 0) continue;
      const index = lists[at + 2] ?? -1;
      if (index < 0) return excluded >= 0 ? excluded : reserved;
      const standing = (standings[index] ?? UNKNOWN) || this.standingOf(index);
      if (standing === PLAIN) return index;
      if (standing === LACKING) {
        const lacking = this.missingFor(index).length;
        if (excluded >= 0 && fewest <= lacking) continue;
        excluded = index;
        fewest = lacking;
      } else if ((this.candidate(index)?.reserved?.of(word) ?? null) === null) return index;
      else if (reserved < 0) reserved = index;
    }
  }

  /** The instruction to which `find` gave an index. */
  candidate(index: number): Candidate | null {
    return this.lookup.candidate(index);
  }

  /** Whether a word that is the instruction to which `find` gave an index is a hint. */
  isHint(index: number, word: number): boolean {
    if (this.standings[index] !== WITH_RULES) return false;
    const candidate = this.candidate(index);
    if (candidate === null || candidate.hint === null || candidate.spec.illegal) return false;
    return candidate.hint.of(word) !== null && (candidate.reserved === null || candidate.reserved.of(word) === null);
  }

  /** As `decode` below. */
  decode(word: number): Decoded {
    const narrow = (word & 0b11) !== 0b11;
    const bits = narrow ? word & 0xffff : word >>> 0;
    const index = this.find(bits);
    const candidate = this.candidate(index);
    if (candidate === null) return this.noInstruction(bits);
    const { spec, fieldsOf, reserved, hint } = candidate;
    const missing = this.missingFor(index);
    let legality: Decoded['legality'] = 'legal';
    let reason: string | null = null;
    const broken = missing.length === 0 && reserved !== null ? reserved.of(bits) : null;
    if (missing.length > 0) {
      legality = 'excluded';
      reason = needs(missing);
    } else if (spec.illegal) {
      legality = 'illegal';
      reason = 'defined as illegal';
    } else if (broken !== null) {
      legality = 'reserved';
      reason = `reserved with ${broken}`;
    } else if (hint !== null && hint.of(bits) !== null) {
      legality = 'hint';
    }
    return { word: bits, length: spec.length, spec, fields: fieldsOf(bits), legality, reason };
  }

  private missingFor(index: number): readonly string[] {
    let missing = this.missing[index];
    if (!missing) {
      const candidate = this.candidate(index);
      missing = candidate === null ? NOTHING : missingOf(candidate.spec, this.isa);
      this.missing[index] = missing;
    }
    return missing;
  }

  private standingOf(index: number): number {
    const candidate = this.candidate(index);
    const ruled =
      candidate !== null && (candidate.reserved !== null || candidate.hint !== null || candidate.spec.illegal);
    const standing = this.missingFor(index).length > 0 ? LACKING : ruled ? WITH_RULES : PLAIN;
    this.standings[index] = standing;
    return standing;
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
