import type { Xlen } from '../isa/types';
import type { BinaryOp, Expr } from './effect';
import { applyBinary, applyUnary } from './values';

/** Yields an expression's value now, in [0, 2^xlen). */
export type Compute = () => bigint;

/**
 * Makes a function of an expression: the same value as `evaluate`, only faster.
 *
 * @param x the registers; that of number 0 is always 0
 * @param pc the address of the instruction
 */
export function compile(expr: Expr, x: BigUint64Array, pc: bigint, xlen: Xlen): Compute {
  switch (expr.k) {
    case 'const': {
      const { value } = expr;
      return () => value;
    }
    case 'pc':
      return () => pc;
    case 'reg': {
      const { reg } = expr;
      return () => x[reg] as bigint;
    }
    case 'un': {
      const { op } = expr;
      const a = compile(expr.a, x, pc, xlen);
      if (op === 'sext32' && xlen === 64) return () => BigInt.asUintN(64, BigInt.asIntN(32, a()));
      if (op === 'zext32') return () => BigInt.asUintN(32, a());
      return () => applyUnary(op, a(), xlen);
    }
    case 'bin': {
      if (isFixed(expr)) {
        const value = applyBinary(expr.op, compile(expr.a, x, pc, xlen)(), compile(expr.b, x, pc, xlen)(), xlen);
        return () => value;
      }
      return compileBinary(expr.op, expr.a, expr.b, x, pc, xlen);
    }
  }
}

/** Whether no register decides the value. */
function isFixed(expr: Expr): boolean {
  if (expr.k === 'reg') return false;
  return expr.k === 'bin' ? isFixed(expr.a) && isFixed(expr.b) : expr.k === 'un' ? isFixed(expr.a) : true;
}

function compileBinary(op: BinaryOp, left: Expr, right: Expr, x: BigUint64Array, pc: bigint, xlen: Xlen): Compute {
  const a = compile(left, x, pc, xlen);
  const b = compile(right, x, pc, xlen);
  // The operators that programs spend their time in; what they do is said in `values.ts`. Engines compute in machine
  // words where the width is written as a number.
  if (xlen === 64) {
    switch (op) {
      case 'add':
        if (left.k === 'reg' && right.k === 'const') {
          const { reg } = left;
          const { value } = right;
          return () => BigInt.asUintN(64, (x[reg] as bigint) + value);
        }
        return () => BigInt.asUintN(64, a() + b());
      case 'sub':
        return () => BigInt.asUintN(64, a() - b());
      case 'mul':
        return () => BigInt.asUintN(64, a() * b());
      case 'sll':
        return () => BigInt.asUintN(64, a() << (b() & 63n));
      case 'sra':
        return () => BigInt.asUintN(64, BigInt.asIntN(64, a()) >> (b() & 63n));
      case 'lt':
        return () => (BigInt.asIntN(64, a()) < BigInt.asIntN(64, b()) ? 1n : 0n);
      case 'srl':
        return () => a() >> (b() & 63n);
      default:
        break;
    }
  }
  switch (op) {
    case 'and':
      return () => a() & b();
    case 'or':
      return () => a() | b();
    case 'xor':
      return () => a() ^ b();
    case 'ltu':
      return () => (a() < b() ? 1n : 0n);
    default:
      return () => applyBinary(op, a(), b(), xlen);
  }
}

/**
 * Makes a function that writes an expression's value to a register. On RV64 the common shapes, an operator on two
 * registers or on a register and a number, never leave machine words.
 *
 * @param rd not 0
 */
export function compileWrite(rd: number, expr: Expr, x: BigUint64Array, pc: bigint, xlen: Xlen): () => void {
  const shape = xlen === 64 ? shapeOf(expr) : null;
  if (shape !== null) {
    const { op, reg: a, other } = shape;
    const write = typeof other === 'number' ? onRegisters[op]?.(x, rd, a, other) : onNumber[op]?.(x, rd, a, other);
    if (write !== undefined) return write;
  }
  const value = compile(expr, x, pc, xlen);
  return () => {
    x[rd] = value();
  };
}

type Shape = { readonly op: BinaryOp | `${BinaryOp}w`; readonly reg: number; readonly other: number | bigint };

/** An operator on a register and a register or number; a `w` behind its name: sign-extended from 32 bits. */
function shapeOf(expr: Expr): Shape | null {
  if (expr.k === 'un' && expr.op === 'sext32') {
    const inner = shapeOf(expr.a);
    return inner === null ? null : { ...inner, op: `${inner.op as BinaryOp}w` };
  }
  if (expr.k !== 'bin' || expr.a.k !== 'reg') return null;
  const { op, a, b } = expr;
  if (b.k === 'reg') return { op, reg: a.reg, other: b.reg };
  return b.k === 'const' ? { op, reg: a.reg, other: b.value } : null;
}

type Writers<Other> = Readonly<Record<string, (x: BigUint64Array, rd: number, a: number, b: Other) => () => void>>;

// Register 0 is never written, so every index is in range. An array of 64-bit elements keeps the low 64 bits.
const at = (x: BigUint64Array, reg: number): bigint => x[reg] as bigint;

const onRegisters: Writers<number> = {
  add: (x, rd, a, b) => () => {
    x[rd] = at(x, a) + at(x, b);
  },
  sub: (x, rd, a, b) => () => {
    x[rd] = at(x, a) - at(x, b);
  },
  mul: (x, rd, a, b) => () => {
    x[rd] = at(x, a) * at(x, b);
  },
  and: (x, rd, a, b) => () => {
    x[rd] = at(x, a) & at(x, b);
  },
  or: (x, rd, a, b) => () => {
    x[rd] = at(x, a) | at(x, b);
  },
  xor: (x, rd, a, b) => () => {
    x[rd] = at(x, a) ^ at(x, b);
  },
  sll: (x, rd, a, b) => () => {
    x[rd] = at(x, a) << (at(x, b) & 63n);
  },
  srl: (x, rd, a, b) => () => {
    x[rd] = at(x, a) >> (at(x, b) & 63n);
  },
  sra: (x, rd, a, b) => () => {
    x[rd] = BigInt.asIntN(64, at(x, a)) >> (at(x, b) & 63n);
  },
  ltu: (x, rd, a, b) => () => {
    x[rd] = at(x, a) < at(x, b) ? 1n : 0n;
  },
  lt: (x, rd, a, b) => () => {
    x[rd] = BigInt.asIntN(64, at(x, a)) < BigInt.asIntN(64, at(x, b)) ? 1n : 0n;
  },
  addw: (x, rd, a, b) => () => {
    x[rd] = BigInt.asIntN(32, at(x, a) + at(x, b));
  },
  subw: (x, rd, a, b) => () => {
    x[rd] = BigInt.asIntN(32, at(x, a) - at(x, b));
  },
  mulw: (x, rd, a, b) => () => {
    x[rd] = BigInt.asIntN(32, at(x, a) * at(x, b));
  },
};

const onNumber: Writers<bigint> = {
  add: (x, rd, a, b) => () => {
    x[rd] = at(x, a) + b;
  },
  sub: (x, rd, a, b) => () => {
    x[rd] = at(x, a) - b;
  },
  mul: (x, rd, a, b) => () => {
    x[rd] = at(x, a) * b;
  },
  and: (x, rd, a, b) => () => {
    x[rd] = at(x, a) & b;
  },
  or: (x, rd, a, b) => () => {
    x[rd] = at(x, a) | b;
  },
  xor: (x, rd, a, b) => () => {
    x[rd] = at(x, a) ^ b;
  },
  sll: (x, rd, a, b) => () => {
    x[rd] = at(x, a) << (b & 63n);
  },
  srl: (x, rd, a, b) => () => {
    x[rd] = at(x, a) >> (b & 63n);
  },
  sra: (x, rd, a, b) => () => {
    x[rd] = BigInt.asIntN(64, at(x, a)) >> (b & 63n);
  },
  ltu: (x, rd, a, b) => () => {
    x[rd] = at(x, a) < b ? 1n : 0n;
  },
  lt: (x, rd, a, b) => () => {
    x[rd] = BigInt.asIntN(64, at(x, a)) < BigInt.asIntN(64, b) ? 1n : 0n;
  },
  addw: (x, rd, a, b) => () => {
    x[rd] = BigInt.asIntN(32, at(x, a) + b);
  },
  subw: (x, rd, a, b) => () => {
    x[rd] = BigInt.asIntN(32, at(x, a) - b);
  },
  mulw: (x, rd, a, b) => () => {
    x[rd] = BigInt.asIntN(32, at(x, a) * b);
  },
};

/** The same of a condition: whether it holds. */
export function compileCondition(expr: Expr, x: BigUint64Array, pc: bigint, xlen: Xlen): () => boolean {
  if (expr.k !== 'bin') {
    const value = compile(expr, x, pc, xlen);
    return () => value() !== 0n;
  }
  const a = compile(expr.a, x, pc, xlen);
  const b = compile(expr.b, x, pc, xlen);
  switch (expr.op) {
    case 'eq':
      return () => a() === b();
    case 'ne':
      return () => a() !== b();
    case 'lt':
      if (xlen === 32) return () => BigInt.asIntN(32, a()) < BigInt.asIntN(32, b());
      return () => BigInt.asIntN(64, a()) < BigInt.asIntN(64, b());
    case 'ge':
      if (xlen === 32) return () => BigInt.asIntN(32, a()) >= BigInt.asIntN(32, b());
      return () => BigInt.asIntN(64, a()) >= BigInt.asIntN(64, b());
    case 'ltu':
      return () => a() < b();
    case 'geu':
      return () => a() >= b();
    default: {
      const value = compile(expr, x, pc, xlen);
      return () => value() !== 0n;
    }
  }
}
