import type { Expr, FloatArithmetic, FloatOperation } from '../effect';
import { add, div, fma, mul, roundToIntegral, sqrt, sub } from './arithmetic';
import { classify, compare, injectSign, select } from './compare';
import { convert, fromInteger, integerFormats, toInteger, toIntegerModulo } from './convert';
import { type FormatSpec, formats, negated } from './format';
import type { FloatResult, RoundingMode } from './round';
import { shortcut } from './shortcut';
import type { FloatState } from './state';

/** The integer side of a hart, as an operation needs it. */
export interface IntegerSide {
  /** An expression's value, in [0, 2^xlen). */
  value(expr: Expr): bigint;
  /** Writes the low XLEN bits of an integer of any sign to a register; to register 0, nothing. */
  write(register: number, value: bigint): void;
}

/** Carries an operation out. Returns null, or why it raises an illegal-instruction exception, having changed nothing. */
export function runFloat(operation: FloatOperation, state: FloatState, integers: IntegerSide): string | null {
  const mode = 'rounding' in operation ? state.mode(operation.rounding) : 'rne';
  if (mode === null) return `frm holds ${state.rounding}, a reserved rounding mode`;
  if (!shortcut(operation, state, mode, integers)) runExactly(operation, state, mode, integers);
  return null;
}

/** The same by exact arithmetic, whatever the operands. */
export function runExactly(
  operation: FloatOperation,
  state: FloatState,
  mode: RoundingMode,
  integers: IntegerSide,
): void {
  switch (operation.k) {
    case 'arithmetic': {
      const { op, format, rd, sources } = operation;
      const [a = 0n, b = 0n, c = 0n] = sources.map((register) => state.read(register, format));
      const result = arithmetic[op](formats[format], a, b, c, mode);
      state.write(rd, format, result.bits);
      state.raise(result.flags);
      break;
    }
    case 'select': {
      const { op, format, rd, rs1, rs2 } = operation;
      const result = select(op, formats[format], state.read(rs1, format), state.read(rs2, format));
      state.write(rd, format, result.bits);
      state.raise(result.flags);
      break;
    }
    case 'sign': {
      const { op, format, rd, rs1, rs2 } = operation;
      state.write(rd, format, injectSign(op, formats[format], state.read(rs1, format), state.read(rs2, format)));
      break;
    }
    case 'compare': {
      const { op, format, rd, rs1, rs2 } = operation;
      const result = compare(op, formats[format], state.read(rs1, format), state.read(rs2, format));
      integers.write(rd, result.bits);
      state.raise(result.flags);
      break;
    }
    case 'class':
      integers.write(operation.rd, classify(formats[operation.format], state.read(operation.rs1, operation.format)));
      break;
    case 'convert': {
      const { from, to, rd, rs1 } = operation;
      const result = convert(formats[from], formats[to], state.read(rs1, from), mode);
      state.write(rd, to, result.bits);
      state.raise(result.flags);
      break;
    }
    case 'to-integer': {
      const { from, to, rd, rs1 } = operation;
      const a = state.read(rs1, from);
      const result = to === 'modulo' ? toIntegerModulo(formats[from], a) : toInteger(formats[from], to, a, mode);
      // 32-bit results are sign-extended, the unsigned ones too.
      const bits = to === 'modulo' ? 32 : integerFormats[to].bits;
      integers.write(rd, BigInt.asIntN(bits, result.bits));
      state.raise(result.flags);
      break;
    }
    case 'from-integer': {
      const { from, to, rd, source } = operation;
      const { bits, signed } = integerFormats[from];
      const value = integers.value(source);
      const result = fromInteger(formats[to], signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value), mode);
      state.write(rd, to, result.bits);
      state.raise(result.flags);
      break;
    }
    case 'move-out': {
      const { format, rd, rs1, high } = operation;
      const { width } = formats[format];
      const raw = state.raw(rs1);
      integers.write(rd, high ? BigInt.asIntN(64, raw) >> 32n : BigInt.asIntN(width, raw));
      break;
    }
    case 'move-in': {
      const { format, rd, low, high } = operation;
      const { width } = formats[format];
      const upper = high === null ? 0n : integers.value(high) << 32n;
      state.write(rd, format, BigInt.asUintN(width, upper | integers.value(low)));
      break;
    }
    case 'constant':
      state.write(operation.rd, operation.format, operation.bits);
      break;
  }
}

type Compute = (format: FormatSpec, a: bigint, b: bigint, c: bigint, mode: RoundingMode) => FloatResult;

const arithmetic: Readonly<Record<FloatArithmetic, Compute>> = {
  add: (format, a, b, _, mode) => add(format, a, b, mode),
  sub: (format, a, b, _, mode) => sub(format, a, b, mode),
  mul: (format, a, b, _, mode) => mul(format, a, b, mode),
  div: (format, a, b, _, mode) => div(format, a, b, mode),
  sqrt: (format, a, _b, _c, mode) => sqrt(format, a, mode),
  madd: fma,
  msub: (format, a, b, c, mode) => fma(format, a, b, negated(format, c), mode),
  nmsub: (format, a, b, c, mode) => fma(format, negated(format, a), b, c, mode),
  nmadd: (format, a, b, c, mode) => fma(format, negated(format, a), b, negated(format, c), mode),
  round: (format, a, _b, _c, mode) => roundToIntegral(format, a, mode, false),
  roundnx: (format, a, _b, _c, mode) => roundToIntegral(format, a, mode, true),
};
