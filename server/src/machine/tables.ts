import type { TableOp, UnaryOp } from './effect';

/**
 * The tables of bytes behind `TableOp`, made from the definitions of the ciphers: FIPS 197 (AES), GB/T 32907-2016 (SM4), and
 * the pseudocode of the ISA manual, chapter "Scalar Cryptography".
 */
const entries: Readonly<Record<TableOp, (byte: number) => number>> = {
  unzip: (byte) => evenBits(byte) | (evenBits(byte >> 1) << 16),
  aesSub: (byte) => aesSubstitution(byte),
  aesSubMix: (byte) => column([2, 1, 1, 3], aesSubstitution(byte)),
  aesInvSub: (byte) => aesInverse(byte),
  aesInvSubMix: (byte) => column(inverseMix, aesInverse(byte)),
  aesInvMix: (byte) => column(inverseMix, byte),
  sm4Round: (byte) => {
    const x = sm4Substitution(byte);
    return x ^ (x << 8) ^ (x << 2) ^ (x << 18) ^ ((x & 0x3f) << 26) ^ ((x & 0xc0) << 10);
  },
  sm4Key: (byte) => {
    const x = sm4Substitution(byte);
    return x ^ ((x & 7) << 29) ^ ((x & 0xfe) << 7) ^ ((x & 1) << 23) ^ ((x & 0xf8) << 13);
  },
};

const made = new Map<TableOp, Uint32Array>();

/** The 256 entries of a table, made when they are first wanted. */
function tableOf(op: TableOp): Uint32Array {
  let table = made.get(op);
  if (table === undefined) {
    table = Uint32Array.from({ length: 256 }, (_, byte) => entries[op](byte));
    made.set(op, table);
  }
  return table;
}

/** The entry of the low byte of a value. */
export function lookUp(op: TableOp, a: bigint): bigint {
  return BigInt(tableOf(op)[Number(a & 0xffn)] ?? 0);
}

/** Whether an operator looks its operand up in a table. */
export const isTable = (op: UnaryOp): op is TableOp => Object.hasOwn(entries, op);

function evenBits(byte: number): number {
  return [0, 1, 2, 3].reduce((bits, i) => bits | (((byte >> (2 * i)) & 1) << i), 0);
}

/** Polynomials over GF(2) modulo another, that of degree 8. */
const aesPolynomial = 0x11b;
const sm4Polynomial = 0x1f5;

function product(a: number, b: number, polynomial: number): number {
  let result = 0;
  for (let shifted = a, rest = b; rest !== 0; rest >>= 1) {
    if ((rest & 1) === 1) result ^= shifted;
    shifted <<= 1;
    if (shifted > 0xff) shifted ^= polynomial;
  }
  return result;
}

/** The reciprocal, 0 for 0: the 254th power. */
function reciprocal(a: number, polynomial: number): number {
  let power = 1;
  for (let i = 0; i < 254; i++) power = product(power, a, polynomial);
  return power;
}

const rotated = (byte: number, by: number): number => ((byte << by) | (byte >> (8 - by))) & 0xff;

/** FIPS 197, 5.1.1: the reciprocal, through an affine map. */
function aesSubstitution(byte: number): number {
  const a = reciprocal(byte, aesPolynomial);
  return a ^ rotated(a, 1) ^ rotated(a, 2) ^ rotated(a, 3) ^ rotated(a, 4) ^ 0x63;
}

function aesInverse(byte: number): number {
  return reciprocal(rotated(byte, 1) ^ rotated(byte, 3) ^ rotated(byte, 6) ^ 0x05, aesPolynomial);
}

/** By row: what InvMixColumns multiplies a byte of row 0 by. */
const inverseMix = [0xe, 0x9, 0xd, 0xb];

/** A byte times one factor for each row, row 0 lowest. */
function column(factors: readonly number[], byte: number): number {
  return factors.reduce((bits, factor, row) => bits | (product(byte, factor, aesPolynomial) << (8 * row)), 0);
}

/** The reciprocal between two equal affine maps (Liu et al. 2007, "Analysis of the SMS4 Block Cipher"). */
function sm4Substitution(byte: number): number {
  return sm4Affine(reciprocal(sm4Affine(byte), sm4Polynomial));
}

function sm4Affine(byte: number): number {
  const rows = [0, 1, 2, 3, 4, 5, 6, 7];
  return rows.reduce((bits, row) => bits ^ (parity(byte & rotated(0xa7, row)) << row), 0xd3);
}

function parity(bits: number): number {
  let odd = 0;
  for (let rest = bits; rest !== 0; rest >>= 1) odd ^= rest & 1;
  return odd;
}
