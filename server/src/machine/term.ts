import type { Xlen } from '../isa/types';
import type { BinaryOp, UnaryOp } from './effect';

/**
 * What a register holds in a pass whose entry registers are unknown: an integer in [0, 2^xlen), or a term
 * over opaque names. Terms are kept in one normal form, a sum modulo 2^xlen
 *
 *     coefficient * atom + ... + constant
 *
 * so that values which the arithmetic of addresses makes equal have equal keys. Equal keys imply equal values;
 * the converse holds for sums, not for every identity of bitwise and multiplicative operators.
 */
export type Value = bigint | Term;

export interface Term {
  /** Not empty, sorted by the atoms' keys, no atom twice. */
  readonly summands: readonly Summand[];
  /** Signed: in [-2^(xlen-1), 2^(xlen-1)). */
  readonly constant: bigint;
  /** Names the value: two terms are the same value if their keys are equal. */
  readonly key: string;
  /** Number of atoms inside, at all depths. */
  readonly size: number;
}

export interface Summand {
  readonly atom: Atom;
  /** Signed and not 0. */
  readonly coefficient: bigint;
}

/** An unknown that the sum cannot look into. `width` w promises a value in [0, 2^w). */
export type Atom = { readonly key: string; readonly size: number; readonly width: number } & (
  | { readonly kind: 'opaque'; readonly name: string }
  | { readonly kind: 'un'; readonly op: UnaryOp; readonly a: Term }
  | { readonly kind: 'bin'; readonly op: BinaryOp; readonly a: Value; readonly b: Value }
);

/** Atoms in one term. Real entry sequences have a handful; a loop that squares a register has no bound. */
const maximalSize = 200;

/** A value has grown beyond what is worth comparing. Whoever runs a pass answers `inconclusive`. */
export class TermTooDeep extends Error {
  constructor() {
    super(`a register value depends on its inputs through more than ${maximalSize} operations`);
    this.name = 'TermTooDeep';
  }
}

/** A value about which nothing is known but its name: equal only to itself. */
export function opaque(name: string): Term {
  const key = /^[A-Za-z_$.][\w$.@'#:]*$/.test(name) ? name : JSON.stringify(name);
  return bare({ kind: 'opaque', name, key, size: 1, width: Number.POSITIVE_INFINITY });
}

/** The term of a unary operator whose operand is already in the operator's own normal form. */
export function unaryTerm(op: UnaryOp, a: Term, width: number): Term {
  return bare({ kind: 'un', op, a, width, key: `${op}(${a.key})`, size: checkedSize(1 + a.size) });
}

/** The term of a binary operator; at least one operand is a term. */
export function binaryTerm(op: BinaryOp, a: Value, b: Value, width: number): Term {
  const size = checkedSize(1 + sizeOf(a) + sizeOf(b));
  return bare({ kind: 'bin', op, a, b, width, key: `${op}(${valueKey(a)},${valueKey(b)})`, size });
}

/** A short, stable string: equal for equal values, and never shared by an integer and a term. */
export function valueKey(value: Value): string {
  return typeof value === 'bigint' ? `0x${value.toString(16)}` : value.key;
}

/** Whether two values are the same by normal form. `false` does not promise that they differ. */
export function sameValue(a: Value, b: Value): boolean {
  return typeof a === 'bigint' || typeof b === 'bigint' ? a === b : a.key === b.key;
}

/** The atom of a term that is just that atom, or null. */
export function bareAtom(value: Value): Atom | null {
  if (typeof value === 'bigint' || value.constant !== 0n || value.summands.length !== 1) return null;
  const [only] = value.summands;
  return only !== undefined && only.coefficient === 1n ? only.atom : null;
}

/**
 * Splits an address into an unknown base and a signed distance from it: `sp - 8` is base `sp`, offset -8n.
 * Two values with the same base differ by their offsets, modulo 2^xlen. The base of an integer is null.
 */
export function splitOffset(value: Value): { readonly base: Term | null; readonly offset: bigint } {
  if (typeof value === 'bigint') return { base: null, offset: value };
  if (value.constant === 0n) return { base: value, offset: 0n };
  return { base: sumTerm(value.summands, 0n), offset: value.constant };
}

/** `a + factor * b`, modulo 2^xlen. */
export function addScaled(a: Value, b: Value, factor: bigint, xlen: Xlen): Value {
  const constant = constantOf(a) + factor * constantOf(b);
  return sum(
    [...summandsOf(a), ...summandsOf(b).map((s) => ({ ...s, coefficient: factor * s.coefficient }))],
    constant,
    xlen,
  );
}

/** The sum of any summands and a constant, put into normal form. */
export function sum(summands: readonly Summand[], constant: bigint, xlen: Xlen): Value {
  const merged = new Map<string, Summand>();
  for (const { atom, coefficient } of summands) {
    const total = BigInt.asIntN(xlen, coefficient + (merged.get(atom.key)?.coefficient ?? 0n));
    if (total === 0n) merged.delete(atom.key);
    else merged.set(atom.key, { atom, coefficient: total });
  }
  if (merged.size === 0) return BigInt.asUintN(xlen, constant);
  const sorted = [...merged.values()].sort((p, q) => (p.atom.key < q.atom.key ? -1 : 1));
  return sumTerm(sorted, BigInt.asIntN(xlen, constant));
}

export const summandsOf = (value: Value): readonly Summand[] => (typeof value === 'bigint' ? [] : value.summands);
export const constantOf = (value: Value): bigint => (typeof value === 'bigint' ? value : value.constant);

function sumTerm(summands: readonly Summand[], constant: bigint): Term {
  let key = '';
  let size = 0;
  for (const { atom, coefficient } of summands) {
    if (key !== '' && coefficient > 0n) key += '+';
    if (coefficient === -1n) key += '-';
    else if (coefficient !== 1n) key += `${coefficient}*`;
    key += atom.key;
    size += atom.size;
  }
  if (constant !== 0n) key += constant > 0n ? `+${constant}` : `${constant}`;
  return { summands, constant, key, size: checkedSize(size) };
}

function bare(atom: Atom): Term {
  return { summands: [{ atom, coefficient: 1n }], constant: 0n, key: atom.key, size: atom.size };
}

const sizeOf = (value: Value): number => (typeof value === 'bigint' ? 0 : value.size);

function checkedSize(size: number): number {
  if (size > maximalSize) throw new TermTooDeep();
  return size;
}
