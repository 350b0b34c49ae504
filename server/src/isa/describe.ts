import { type FormatOptions, format, formatValue, targetOf } from './format';
import { type OperandKindSpec, operandKinds } from './operands';
import type { Decoded, Legality } from './types';

/** Bits `hi..lo` of the word. */
export interface BitField {
  /** `opcode`, `funct3`, `rd`, `imm[11:5]`. */
  readonly name: string;
  readonly hi: number;
  readonly lo: number;
  /** The bits as an unsigned number. */
  readonly value: number;
  /** What they stand for: `t0`, `-8`; empty for an opcode. */
  readonly meaning: string;
}

export interface OperandDescription {
  readonly name: string;
  /** As it is written: `t0`. */
  readonly text: string;
  /** In words: `destination register`. */
  readonly words: string;
}

export interface Description {
  /** The canonical mnemonic, or null for no instruction. */
  readonly mnemonic: string | null;
  /** As written, without aliases, and with them. */
  readonly text: string;
  readonly alias: string;
  /** From the highest bit to the lowest; they cover the word. */
  readonly fields: readonly BitField[];
  readonly operands: readonly OperandDescription[];
  readonly summary: string;
  /** Section of the ISA manual. */
  readonly section: string;
  /** Where a jump or branch goes, or what an `auipc` computes; null without an address or where a register decides. */
  readonly target: bigint | null;
  readonly legality: Legality;
  readonly reason: string | null;
}

function fieldName(kind: OperandKindSpec, at: number, size: number): string {
  if (kind.segments.length === 1 && kind.scale === 1) return kind.name;
  return size === 1 ? `${kind.name}[${at}]` : `${kind.name}[${at + size - 1}:${at}]`;
}

/** The fixed parts of each format, where no operand stands. */
function fixedName(length: number, lo: number, hi: number): string {
  if (length === 2) return hi === 1 ? 'op' : lo === 13 ? 'funct3' : 'funct';
  if (lo === 0 && hi === 6) return 'opcode';
  if (lo === 12 && hi === 14) return 'funct3';
  if (hi === 31) return `funct${hi - lo + 1}`;
  return 'fixed';
}

/** Runs of fixed bits end where one of these bits begins, so that the usual fields of the formats come out. */
const BOUNDARIES: Readonly<Record<number, readonly number[]>> = { 2: [2, 13], 4: [7, 12, 15, 20, 25] };

function bitFields(decoded: Decoded, operandText: (kind: OperandKindSpec) => string): BitField[] {
  const { spec, word } = decoded;
  const bits = decoded.length === 2 ? 16 : 32;
  const field = (name: string, hi: number, lo: number, meaning: string): BitField => ({
    name,
    hi,
    lo,
    value: Math.floor(word / 2 ** lo) % 2 ** (hi - lo + 1),
    meaning,
  });
  if (!spec) return [field('bits', bits - 1, 0, decoded.reason ?? '')];
  const fields = spec.operands.flatMap((operand): BitField[] => {
    const kind = operandKinds.get(operand.kind);
    if (!kind) return [];
    return kind.segments.map((s) => field(fieldName(kind, s.at, s.hi - s.lo + 1), s.hi, s.lo, operandText(kind)));
  });
  const boundaries = BOUNDARIES[spec.length] ?? [];
  const covered = new Set(fields.flatMap((f) => Array.from({ length: f.hi - f.lo + 1 }, (_, i) => f.lo + i)));
  for (let lo = 0; lo < bits; ) {
    if (covered.has(lo)) {
      lo++;
      continue;
    }
    let hi = lo;
    while (hi + 1 < bits && !covered.has(hi + 1) && !boundaries.includes(hi + 1)) hi++;
    fields.push(field(fixedName(spec.length, lo, hi), hi, lo, ''));
    lo = hi + 1;
  }
  return fields.sort((a, b) => b.hi - a.hi);
}

/** All that a hover shows of an instruction. `address` and `symbol` give targets their names. */
export function describe(decoded: Decoded, options: FormatOptions = {}): Description {
  const { spec, fields } = decoded;
  const kinds = (spec?.operands ?? []).flatMap((operand) => operandKinds.get(operand.kind) ?? []);
  const textOf = (kind: OperandKindSpec): string => formatValue(kind, fields[kind.name] ?? 0, options, fields);
  const relative = kinds.find((kind) => kind.class === 'target');
  const offset = relative ? fields[relative.name] : spec?.mnemonic === 'auipc' ? fields.imm : undefined;
  return {
    mnemonic: spec?.mnemonic ?? null,
    text: format(decoded, { ...options, aliases: false }),
    alias: format(decoded, { ...options, aliases: true }),
    fields: bitFields(decoded, textOf),
    operands: kinds.map((kind) => ({ name: kind.name, text: textOf(kind), words: kind.words })),
    summary: spec?.summary ?? '',
    section: spec?.section ?? '',
    target:
      options.address !== undefined && offset !== undefined
        ? targetOf(options.address, offset, options.xlen ?? 64)
        : null,
    legality: decoded.legality,
    reason: decoded.reason,
  };
}
