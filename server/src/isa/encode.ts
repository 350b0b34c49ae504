import { rulesOf } from './condition';
import { insert, type OperandClass, type OperandKindSpec } from './operands';
import type { InstructionSpec } from './types';

export interface EncodeProblem {
  /** The field that is at fault. */
  readonly operand: string;
  readonly message: string;
}

export type EncodeResult =
  | { readonly ok: true; readonly word: number }
  | { readonly ok: false; readonly problems: readonly EncodeProblem[] };

const REGISTERS: readonly OperandClass[] = ['x', 'f', 'v', 'any'];

/** Why a value cannot stand in an operand of this kind, or null where it can. */
export function operandProblem(kind: OperandKindSpec, value: number): string | null {
  const { min, max, scale } = kind;
  if (REGISTERS.includes(kind.class)) {
    const letter = kind.class === 'any' ? 'x' : kind.class;
    if (kind.reserved.includes(value)) return `${letter}${value} is no ${kind.words}`;
    if (Number.isInteger(value) && value >= min && value <= max) return null;
    return `${kind.words} must be one of ${letter}${min} to ${letter}${max}`;
  }
  if (value % scale !== 0 || Number.isNaN(value)) return `${kind.words} ${value} is not a multiple of ${scale}`;
  // The upper 20 bits are written without the 12 below them.
  const unit = kind.class === 'upper' ? scale : 1;
  const shown = value / unit;
  if (value < min || value > max) return `${kind.words} ${shown} is out of range: ${min / unit} to ${max / unit}`;
  if (kind.reserved.includes(value)) return `${kind.words} ${shown} is reserved`;
  return null;
}

/**
 * Encodes an instruction. `fields` as in `Decoded.fields`; what is left out is the kind's `omitted` value or 0.
 * Every field is checked for range, step and reserved values; the result is unsigned.
 */
export function encode(spec: InstructionSpec, fields: Readonly<Record<string, number>>): EncodeResult {
  const problems: EncodeProblem[] = [];
  const { kinds, reserved } = rulesOf(spec);
  let word = spec.match;
  for (const kind of kinds) {
    const value = fields[kind.name] ?? kind.omitted ?? 0;
    const message = operandProblem(kind, value);
    if (message === null) word = (word | insert(kind, value)) >>> 0;
    else problems.push({ operand: kind.name, message });
  }
  const broken = problems.length === 0 && reserved !== null ? reserved.of(word) : null;
  if (broken !== null) {
    const operand = /^\w+/.exec(broken)?.[0] ?? '';
    problems.push({ operand, message: `\`${spec.mnemonic}\` is reserved with ${broken}` });
  }
  return problems.length === 0 ? { ok: true, word } : { ok: false, problems };
}
