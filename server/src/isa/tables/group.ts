import { operandKinds } from '../operands';
import type { InstructionSpec, OperandSpec, Xlen } from '../types';

export interface RowOptions {
  readonly reserved?: string;
  readonly hint?: string;
  /** The base instruction that a C instruction stands for. */
  readonly expandsTo?: string;
  /** Kinds that have bits but are not written, separated by spaces. */
  readonly hidden?: string;
  /** The encoding is set aside to raise an illegal-instruction exception. */
  readonly illegal?: boolean;
}

/** Mnemonic, fixed bits, syntax, meaning, the rest. */
export type Row = readonly [string, number, string, string, RowOptions?];

export interface GroupHead {
  /** Alternatives separated by spaces, conjunctions by `+`: `c+d zcd`. */
  readonly extensions: string;
  readonly xlens: readonly Xlen[];
  /** Section of the ISA manual. */
  readonly section: string;
  readonly length: 2 | 4;
}

/** The operands named in a syntax, in the order in which they are written. Register names stand for themselves. */
function operandsOf(syntax: string): OperandSpec[] {
  const words = syntax.split(/[\s,()[\]]+/);
  return words.flatMap((kind) => {
    const spec = operandKinds.get(kind);
    return spec ? [{ name: spec.name, kind }] : [];
  });
}

/** The values that its operands' kinds reserve, and what else is reserved, as one condition. */
function reservedOf(operands: readonly OperandSpec[], more: string | undefined): string | null {
  const values = operands.flatMap(({ name, kind }) => {
    const { reserved = [], numbers = null } = operandKinds.get(kind) ?? {};
    return reserved.filter((value) => numbers === null || numbers.includes(value)).map((value) => `${name}=${value}`);
  });
  return [...values, ...(more === undefined ? [] : [more])].join('|') || null;
}

/** Rows of one chapter as instruction specifications: every bit that no operand covers is fixed. */
export function group(head: GroupHead, rows: readonly Row[]): InstructionSpec[] {
  return rows.map(([mnemonic, match, syntax, summary, options = {}]) => {
    const operands = [...operandsOf(syntax), ...operandsOf(options.hidden ?? '')];
    const free = operands.reduce((mask, operand) => mask | (operandKinds.get(operand.kind)?.mask ?? 0), 0);
    return {
      mnemonic,
      mask: (~free & (head.length === 2 ? 0xffff : 0xffffffff)) >>> 0,
      match,
      length: head.length,
      xlens: head.xlens,
      extensions: head.extensions.split(' ').map((all) => all.split('+')),
      operands,
      syntax,
      summary,
      section: head.section,
      expandsTo: options.expandsTo ?? null,
      reserved: reservedOf(operands, options.reserved),
      hint: options.hint ?? null,
      illegal: options.illegal ?? false,
    };
  });
}

export const BOTH: readonly Xlen[] = [32, 64];
export const RV32: readonly Xlen[] = [32];
export const RV64: readonly Xlen[] = [64];
