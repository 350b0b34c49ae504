import type { Xlen } from '../../isa/types';
import type { BinaryOp, Expr, UnaryOp } from '../effect';
import { applyBinary, applyUnary } from '../values';
import type { Code, Opcode, ValueType } from './code';

/** Where the code of expressions goes. Registers are locals of XLEN bits. */
export interface Frame {
  readonly xlen: Xlen;
  /** Of registers and values: XLEN bits. */
  readonly type: ValueType;
  readonly code: Code;
  /** Three locals of XLEN bits that nothing else keeps a value in. */
  readonly scratch: readonly [number, number, number];
  /** The local that holds register 1..31. */
  register(number: number): number;
}

/** Whether code can be written for an expression: not for operators that are rare and long. */
export function isWritable(expr: Expr): boolean {
  if (expr.k === 'un') return expr.op in unary && isWritable(expr.a);
  if (expr.k !== 'bin') return true;
  const { op, a, b } = expr;
  return (op in direct || op in comparisons || op in composed) && isWritable(a) && isWritable(b);
}

/** The value of an expression that no register decides; null for others. */
export function fixedValue(expr: Expr, pc: bigint, xlen: Xlen): bigint | null {
  switch (expr.k) {
    case 'const':
      return expr.value;
    case 'pc':
      return pc;
    case 'reg':
      return expr.reg === 0 ? 0n : null;
    case 'un': {
      const a = fixedValue(expr.a, pc, xlen);
      return a === null ? null : applyUnary(expr.op, a, xlen);
    }
    case 'bin': {
      const a = fixedValue(expr.a, pc, xlen);
      const b = a === null ? null : fixedValue(expr.b, pc, xlen);
      return a === null || b === null ? null : applyBinary(expr.op, a, b, xlen);
    }
  }
}

/** Writes code that leaves an expression's value, XLEN bits: what `evaluate` yields. */
export function writeValue(expr: Expr, pc: bigint, frame: Frame): void {
  const { code, xlen, type } = frame;
  const fixed = fixedValue(expr, pc, xlen);
  if (fixed !== null) code.constant(type, fixed);
  else if (expr.k === 'reg') code.get(frame.register(expr.reg));
  else if (expr.k === 'un') {
    writeValue(expr.a, pc, frame);
    unary[expr.op]?.(frame);
  } else if (expr.k === 'bin') {
    writeValue(expr.a, pc, frame);
    writeValue(expr.b, pc, frame);
    writeBinary(expr.op, frame);
  }
}

/** Writes code that leaves whether an expression is not 0, as an i32. */
export function writeCondition(expr: Expr, pc: bigint, frame: Frame): void {
  const { code, type } = frame;
  const compare = expr.k === 'bin' ? comparisons[expr.op] : undefined;
  if (expr.k === 'bin' && compare !== undefined) {
    writeValue(expr.a, pc, frame);
    writeValue(expr.b, pc, frame);
    code.emit(`${type}.${compare}`);
    return;
  }
  writeValue(expr, pc, frame);
  code.constant(type, 0).emit(`${type}.ne`);
}

type Plain<Type extends string> = Type extends `i64.${infer Name}`
  ? `i32.${Name}` extends Opcode
    ? Name
    : never
  : never;
/** Instructions that there are for both widths. */
type Both = Plain<Opcode>;

const comparisons: Partial<Record<BinaryOp, Both>> = {
  eq: 'eq',
  ne: 'ne',
  lt: 'lt_s',
  ltu: 'lt_u',
  ge: 'ge_s',
  geu: 'ge_u',
};

/** Operators that are one instruction; shifts take their amounts modulo the width, as WebAssembly does. */
const direct: Partial<Record<BinaryOp, Both>> = {
  add: 'add',
  sub: 'sub',
  mul: 'mul',
  and: 'and',
  or: 'or',
  xor: 'xor',
  sll: 'shl',
  srl: 'shr_u',
  sra: 'shr_s',
};

type Writer = (frame: Frame) => void;

/** Unary operators, whose operand is on the stack. */
const unary: Partial<Record<UnaryOp, Writer>> = {
  not: ({ code, type }) => code.constant(type, -1).emit(`${type}.xor`),
  sext8: ({ code, type }) => code.emit(`${type}.extend8_s`),
  sext16: ({ code, type }) => code.emit(`${type}.extend16_s`),
  sext32: ({ code, type }) => (type === 'i64' ? code.emit('i64.extend32_s') : code),
  zext8: ({ code, type }) => code.constant(type, 0xff).emit(`${type}.and`),
  zext16: ({ code, type }) => code.constant(type, 0xffff).emit(`${type}.and`),
  zext32: ({ code, type }) => (type === 'i64' ? code.constant(type, 0xffff_ffff).emit('i64.and') : code),
  clz: ({ code, type }) => code.emit(`${type}.clz`),
  ctz: ({ code, type }) => code.emit(`${type}.ctz`),
  cpop: ({ code, type }) => code.emit(`${type}.popcnt`),
  rev8: (frame) => {
    for (let width = 8; width < frame.xlen; width *= 2) swapNeighbours(width, frame);
  },
  brev8: (frame) => {
    for (const width of [1, 2, 4]) swapNeighbours(width, frame);
  },
  orcb: ({ code, type, scratch: [a] }) => {
    // The highest bit of every byte that is not 0, without carries between bytes; then all of that byte.
    const rest = repeated(0x7fn, 8);
    code.tee(a).constant(type, rest).emit(`${type}.and`).constant(type, rest).emit(`${type}.add`);
    code.get(a).emit(`${type}.or`).constant(type, 7).emit(`${type}.shr_u`);
    code.constant(type, repeated(1n, 8)).emit(`${type}.and`).constant(type, 0xff).emit(`${type}.mul`);
  },
};

/** A pattern of some bits over all of a doubleword. */
function repeated(pattern: bigint, bits: number): bigint {
  let all = 0n;
  for (let at = 0; at < 64; at += bits) all |= pattern << BigInt(at);
  return all;
}

/** Exchanges each two fields of so many bits that stand side by side. */
function swapNeighbours(width: number, { code, type, scratch: [a] }: Frame): void {
  const lower = repeated((1n << BigInt(width)) - 1n, 2 * width);
  code.tee(a).constant(type, width).emit(`${type}.shr_u`).constant(type, lower).emit(`${type}.and`);
  code.get(a).constant(type, lower).emit(`${type}.and`).constant(type, width).emit(`${type}.shl`);
  code.emit(`${type}.or`);
}

/** Binary operators that are more than one instruction; their operands are in the first two scratch locals. */
const composed: Partial<Record<BinaryOp, Writer>> = {
  div: (frame) => writeDivision('div', frame),
  divu: (frame) => writeDivision('divu', frame),
  rem: (frame) => writeDivision('rem', frame),
  remu: (frame) => writeDivision('remu', frame),
  mulh: (frame) => writeHighProduct('mulh', frame),
  mulhu: (frame) => writeHighProduct('mulhu', frame),
  mulhsu: (frame) => writeHighProduct('mulhsu', frame),
  min: (frame) => writeChoice('lt_s', frame),
  max: (frame) => writeChoice('ge_s', frame),
  minu: (frame) => writeChoice('lt_u', frame),
  maxu: (frame) => writeChoice('ge_u', frame),
  clmul: (frame) => writeCarryless('low', frame),
  clmulh: (frame) => writeCarryless('high', frame),
  clmulr: (frame) => writeCarryless('reversed', frame),
};

/** The operands are on the stack. */
function writeBinary(op: BinaryOp, frame: Frame): void {
  const { code, type, scratch } = frame;
  const simple = direct[op];
  const compare = comparisons[op];
  if (simple !== undefined) code.emit(`${type}.${simple}`);
  else if (compare !== undefined) {
    code.emit(`${type}.${compare}`);
    if (type === 'i64') code.emit('i64.extend_i32_u');
  } else {
    code.set(scratch[1]).set(scratch[0]);
    composed[op]?.(frame);
  }
}

/** The first where the comparison holds, else the second. */
function writeChoice(compare: Both, { code, type, scratch: [a, b] }: Frame): void {
  code.get(a).get(b).get(a).get(b).emit(`${type}.${compare}`, 'select');
}

/** By zero: all ones, and the dividend; by -1 the quotient wraps, where WebAssembly would trap. */
function writeDivision(op: 'div' | 'divu' | 'rem' | 'remu', { code, type, scratch: [a, b] }: Frame): void {
  code.get(b).emit(`${type}.eqz`);
  code.open('if', type);
  if (op === 'div' || op === 'divu') code.constant(type, -1);
  else code.get(a);
  code.emit('else');
  if (op === 'div') {
    code.get(b).constant(type, -1).emit(`${type}.eq`);
    code.open('if', type);
    code.constant(type, 0).get(a).emit(`${type}.sub`, 'else');
    code.get(a).get(b).emit(`${type}.div_s`, 'end');
  } else
    code
      .get(a)
      .get(b)
      .emit(`${type}.${({ divu: 'div_u', rem: 'rem_s', remu: 'rem_u' } as const)[op]}`);
  code.emit('end');
}

function writeHighProduct(op: 'mulh' | 'mulhu' | 'mulhsu', { code, xlen, scratch: [a, b, c] }: Frame): void {
  if (xlen === 32) {
    code.get(a).emit(op === 'mulhu' ? 'i64.extend_i32_u' : 'i64.extend_i32_s');
    code.get(b).emit(op === 'mulh' ? 'i64.extend_i32_s' : 'i64.extend_i32_u');
    code.emit('i64.mul').constant('i64', 32).emit('i64.shr_u', 'i32.wrap_i64');
    return;
  }
  const low = (local: number) => code.get(local).constant('i64', 0xffff_ffff).emit('i64.and');
  const high = (local: number) => code.get(local).constant('i64', 32).emit('i64.shr_u');
  // By halves; no sum of a product and a half overflows.
  high(a);
  low(b).emit('i64.mul');
  low(a);
  low(b).emit('i64.mul').constant('i64', 32).emit('i64.shr_u', 'i64.add').set(c);
  low(a);
  high(b).emit('i64.mul');
  low(c).emit('i64.add').constant('i64', 32).emit('i64.shr_u');
  high(a);
  high(b).emit('i64.mul', 'i64.add');
  high(c).emit('i64.add');
  // A negative factor counts 2^64 less.
  const lessWhereNegative = (factor: number, other: number) =>
    code.get(factor).constant('i64', 63).emit('i64.shr_s').get(other).emit('i64.and', 'i64.sub');
  if (op !== 'mulhu') lessWhereNegative(a, b);
  if (op === 'mulh') lessWhereNegative(b, a);
}

/** The low bits of a carry-less product, bit by bit from the lowest; or those from XLEN - 1 on, from the highest. */
function writeCarryless(
  part: 'low' | 'high' | 'reversed',
  { code, xlen, type, scratch: [a, b, product] }: Frame,
): void {
  const low = part === 'low';
  code.constant(type, 0).set(product);
  const next = code.open('loop');
  code.get(product).get(a);
  if (low) code.constant(type, 0).get(b).constant(type, 1).emit(`${type}.and`, `${type}.sub`);
  else
    code
      .get(b)
      .constant(type, xlen - 1)
      .emit(`${type}.shr_s`);
  code.emit(`${type}.and`, `${type}.xor`).set(product);
  code
    .get(a)
    .constant(type, 1)
    .emit(low ? `${type}.shl` : `${type}.shr_u`)
    .set(a);
  code
    .get(b)
    .constant(type, 1)
    .emit(low ? `${type}.shr_u` : `${type}.shl`)
    .tee(b);
  code.constant(type, 0).emit(`${type}.ne`).branchIf(next).emit('end').get(product);
  if (part === 'high') code.constant(type, 1).emit(`${type}.shr_u`);
}
