import type { Xlen } from '../../../server/src/isa/types';

/** A hart as the manual's pseudocode sees it. */
export interface Model {
  readonly xlen: Xlen;
  /** X(0) is 0 again after each instruction. */
  readonly x: bigint[];
  /** 64 bits each. */
  readonly f: bigint[];
  fflags: number;
  readonly frm: number;
  pc: bigint;
  /** The base of the table of jumps. */
  readonly jvt: bigint;
  /** Little-endian, unsigned. */
  load(address: bigint, bytes: number): bigint;
  store(address: bigint, bytes: number, value: bigint): void;
}

export type Fields = Readonly<Record<string, number>>;

/** What an instruction does. The pc stands behind it already. */
export type Meaning = (m: Model, fields: Fields) => void;

/** The value of a field. */
export function field(fields: Fields, name: string): number {
  const value = fields[name];
  if (value === undefined) throw new Error(`the instruction has no operand ${name}`);
  return value;
}

export const readX = (m: Model, fields: Fields, name: string): bigint => m.x[field(fields, name)] ?? 0n;

/** X(rd) = value, cut to XLEN. */
export function writeX(m: Model, fields: Fields, value: bigint, name = 'rd'): void {
  m.x[field(fields, name)] = BigInt.asUintN(m.xlen, value);
}

export const signed = (bits: number, value: bigint): bigint => BigInt.asIntN(bits, value);
export const unsigned = (bits: number, value: bigint): bigint => BigInt.asUintN(bits, value);
