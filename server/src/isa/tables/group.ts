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

/** What follows from the operands of an instruction. */
interface Shape {
  readonly operands: readonly OperandSpec[];
  /** The bits that they cover. */
  readonly free: number;
  /** The values that their kinds reserve, each a condition. */
  readonly reserved: readonly string[];
}

/** By syntax: a few dozen are those of most instructions. */
const shapes = new Map<string, Shape>();

/** @param written the syntax, and what has bits but is not written */
function shapeOf(written: string): Shape {
  let shape = shapes.get(written);
  if (!shape) {
    const operands = operandsOf(written);
    const free = operands.reduce((mask, operand) => mask | (operandKinds.get(operand.kind)?.mask ?? 0), 0);
    const reserved = operands.flatMap(({ name, kind }) => {
      const { reserved: values = [], numbers = null } = operandKinds.get(kind) ?? {};
      return values.filter((value) => numbers === null || numbers.includes(value)).map((value) => `${name}=${value}`);
    });
    shape = { operands, free, reserved };
    shapes.set(written, shape);
  }
  return shape;
}

/** Rows of one chapter as instruction specifications: every bit that no operand covers is fixed. */
export function group(head: GroupHead, rows: readonly Row[]): InstructionSpec[] {
  return rows.map(([mnemonic, match, syntax, summary, options = {}]) => {
    const { operands, free, reserved } = shapeOf(
      options.hidden === undefined ? syntax : `${syntax}, ${options.hidden}`,
    );
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
      reserved: [...reserved, ...(options.reserved === undefined ? [] : [options.reserved])].join('|') || null,
      hint: options.hint ?? null,
      illegal: options.illegal ?? false,
    };
  });
}

export const BOTH: readonly Xlen[] = [32, 64];
export const RV32: readonly Xlen[] = [32];
export const RV64: readonly Xlen[] = [64];
