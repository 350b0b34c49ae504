import type { Xlen } from '../isa/types';
import type { BinaryOp, Expr, ExtensionOp, UnaryOp } from './effect';
import { isTable, lookUp } from './tables';

/**
 * Evaluates an expression over integers.
 *
 * @param read The value of registers 1..31, in [0, 2^xlen); register 0 is never asked for.
 * @param pc The address of the instruction.
 * @returns A value in [0, 2^xlen).
 */
export function evaluate(expr: Expr, read: (reg: number) => bigint, pc: bigint, xlen: Xlen): bigint {
  switch (expr.k) {
    case 'const':
      return expr.value;
    case 'reg':
      return expr.reg === 0 ? 0n : read(expr.reg);
    case 'pc':
      return pc;
    case 'un':
      return applyUnary(expr.op, evaluate(expr.a, read, pc, xlen), xlen);
    case 'bin':
      return applyBinary(expr.op, evaluate(expr.a, read, pc, xlen), evaluate(expr.b, read, pc, xlen), xlen);
  }
}

/** One unary operator on a value in [0, 2^xlen). */
export function applyUnary(op: UnaryOp, a: bigint, xlen: Xlen): bigint {
  switch (op) {
    case 'not':
      return BigInt.asUintN(xlen, ~a);
    case 'clz':
      return BigInt(xlen - (a === 0n ? 0 : a.toString(2).length));
    case 'ctz':
      return a === 0n ? BigInt(xlen) : BigInt((a & -a).toString(2).length - 1);
    case 'cpop':
      return BigInt(a.toString(2).replaceAll('0', '').length);
    case 'rev8':
      return joinedBytes(bytesOf(a, xlen).reverse());
    case 'brev8':
      return joinedBytes(bytesOf(a, xlen).map(reversedBits));
    case 'orcb':
      return joinedBytes(bytesOf(a, xlen).map((byte) => (byte === 0n ? 0n : 0xffn)));
    default:
      return isTable(op) ? lookUp(op, a) : extended(op, a, xlen);
  }
}

/** From the lowest to the highest. */
const bytesOf = (a: bigint, xlen: Xlen): bigint[] =>
  Array.from({ length: xlen / 8 }, (_, i) => (a >> BigInt(8 * i)) & 0xffn);

const joinedBytes = (bytes: readonly bigint[]): bigint =>
  bytes.reduce((sum, byte, i) => sum | (byte << BigInt(8 * i)), 0n);

const reversedBits = (byte: bigint): bigint => {
  let reversed = 0n;
  for (let i = 0n; i < 8n; i++) reversed |= ((byte >> i) & 1n) << (7n - i);
  return reversed;
};

function extended(op: ExtensionOp, a: bigint, xlen: Xlen): bigint {
  const { bits, signed } = extensions[op];
  return signed ? BigInt.asUintN(xlen, BigInt.asIntN(bits, a)) : BigInt.asUintN(bits, a);
}

/** The operators that keep the low `bits` of a value and fill the rest with the sign or with zeros. */
export const extensions = {
  sext8: { bits: 8, signed: true },
  sext16: { bits: 16, signed: true },
  sext32: { bits: 32, signed: true },
  zext8: { bits: 8, signed: false },
  zext16: { bits: 16, signed: false },
  zext32: { bits: 32, signed: false },
} as const satisfies Readonly<Record<ExtensionOp, unknown>>;

/** Whether an operator extends a narrow value. */
export const isExtension = (op: UnaryOp): op is ExtensionOp => Object.hasOwn(extensions, op);

/** One binary operator on values in [0, 2^xlen), as the ISA manual (I, M, Zbb) defines it. */
export function applyBinary(op: BinaryOp, a: bigint, b: bigint, xlen: Xlen): bigint {
  return BigInt.asUintN(xlen, binary[op](a, b, xlen));
}

const signed = (a: bigint, xlen: Xlen): bigint => BigInt.asIntN(xlen, a);
const shift = (b: bigint, xlen: Xlen): bigint => b & BigInt(xlen - 1);
const either = (first: boolean, a: bigint, b: bigint): bigint => (first ? a : b);
const truth = (condition: boolean): bigint => (condition ? 1n : 0n);

/** The carry-less product: a polynomial product over GF(2), 2 * XLEN - 1 bits. */
function carryless(a: bigint, b: bigint): bigint {
  let product = 0n;
  for (let rest = b, shifted = a; rest !== 0n; rest >>= 1n, shifted <<= 1n) {
    if ((rest & 1n) === 1n) product ^= shifted;
  }
  return product;
}

/** Results may leave [0, 2^xlen); the caller wraps them. */
const binary: Readonly<Record<BinaryOp, (a: bigint, b: bigint, xlen: Xlen) => bigint>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  mulh: (a, b, xlen) => (signed(a, xlen) * signed(b, xlen)) >> BigInt(xlen),
  mulhu: (a, b, xlen) => (a * b) >> BigInt(xlen),
  mulhsu: (a, b, xlen) => (signed(a, xlen) * b) >> BigInt(xlen),
  // Division by zero yields all ones and the dividend; the one signed overflow wraps (M, "Division Operations").
  div: (a, b, xlen) => (b === 0n ? -1n : signed(a, xlen) / signed(b, xlen)),
  divu: (a, b) => (b === 0n ? -1n : a / b),
  rem: (a, b, xlen) => (b === 0n ? a : signed(a, xlen) % signed(b, xlen)),
  remu: (a, b) => (b === 0n ? a : a % b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  sll: (a, b, xlen) => a << shift(b, xlen),
  srl: (a, b, xlen) => a >> shift(b, xlen),
  sra: (a, b, xlen) => signed(a, xlen) >> shift(b, xlen),
  eq: (a, b) => truth(a === b),
  ne: (a, b) => truth(a !== b),
  lt: (a, b, xlen) => truth(signed(a, xlen) < signed(b, xlen)),
  ltu: (a, b) => truth(a < b),
  ge: (a, b, xlen) => truth(signed(a, xlen) >= signed(b, xlen)),
  geu: (a, b) => truth(a >= b),
  min: (a, b, xlen) => either(signed(a, xlen) < signed(b, xlen), a, b),
  max: (a, b, xlen) => either(signed(a, xlen) > signed(b, xlen), a, b),
  minu: (a, b) => either(a < b, a, b),
  maxu: (a, b) => either(a > b, a, b),
  clmul: carryless,
  clmulh: (a, b, xlen) => carryless(a, b) >> BigInt(xlen),
  clmulr: (a, b, xlen) => carryless(a, b) >> BigInt(xlen - 1),
};
