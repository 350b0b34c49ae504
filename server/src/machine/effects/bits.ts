import type { BinaryOp, Effect, Expr, UnaryOp } from '../effect';
import { bin, type EffectTable, nothing, type Operands, un } from './operands';

type Build = (o: Operands) => Effect;

/** B (Zba, Zbb, Zbs), Zbc, Zbkb as far as its operations are simple, Zicond and Zimop. */
export const bits: EffectTable = {
  sh1add: shiftAdd(1, (o) => o.rs1),
  sh2add: shiftAdd(2, (o) => o.rs1),
  sh3add: shiftAdd(3, (o) => o.rs1),
  'add.uw': shiftAdd(0, low32),
  'sh1add.uw': shiftAdd(1, low32),
  'sh2add.uw': shiftAdd(2, low32),
  'sh3add.uw': shiftAdd(3, low32),
  'slli.uw': (o) => o.set(bin('sll', low32(o), o.shamt)),

  andn: (o) => o.set(bin('and', o.rs1, un('not', o.rs2))),
  orn: (o) => o.set(bin('or', o.rs1, un('not', o.rs2))),
  xnor: (o) => o.set(un('not', bin('xor', o.rs1, o.rs2))),
  min: both('min'),
  minu: both('minu'),
  max: both('max'),
  maxu: both('maxu'),
  'sext.b': unary('sext8'),
  'sext.h': unary('sext16'),
  'zext.h': unary('zext16'),
  'orc.b': unary('orcb'),
  rev8: unary('rev8'),
  brev8: unary('brev8'),

  clz: unary('clz'),
  ctz: unary('ctz'),
  cpop: unary('cpop'),
  // The high half is made to count 32 zeros above, one bit just beyond the low half, or nothing.
  clzw: (o) => o.set(bin('sub', un('clz', low32(o)), o.constant(32))),
  ctzw: (o) => o.set(un('ctz', bin('or', o.rs1, o.constant(2 ** 32)))),
  cpopw: (o) => o.set(un('cpop', low32(o))),

  rol: (o) => o.set(rotated('sll', 'srl', o.rs1, o.rs2, o)),
  ror: (o) => o.set(rotated('srl', 'sll', o.rs1, o.rs2, o)),
  rori: (o) => o.set(rotated('srl', 'sll', o.rs1, o.shamt, o)),
  rolw: (o) => o.set(rotated32('sll', 'srl', o.rs2, o)),
  rorw: (o) => o.set(rotated32('srl', 'sll', o.rs2, o)),
  roriw: (o) => o.set(rotated32('srl', 'sll', o.shamt, o)),

  bset: (o) => o.set(bin('or', o.rs1, bit(o, o.rs2))),
  bseti: (o) => o.set(bin('or', o.rs1, bit(o, o.shamt))),
  bclr: (o) => o.set(bin('and', o.rs1, un('not', bit(o, o.rs2)))),
  bclri: (o) => o.set(bin('and', o.rs1, un('not', bit(o, o.shamt)))),
  binv: (o) => o.set(bin('xor', o.rs1, bit(o, o.rs2))),
  binvi: (o) => o.set(bin('xor', o.rs1, bit(o, o.shamt))),
  bext: (o) => o.set(bin('and', bin('srl', o.rs1, o.rs2), o.constant(1))),
  bexti: (o) => o.set(bin('and', bin('srl', o.rs1, o.shamt), o.constant(1))),

  clmul: both('clmul'),
  clmulh: both('clmulh'),
  clmulr: both('clmulr'),

  pack: (o) =>
    o.set(bin('or', un(o.xlen === 64 ? 'zext32' : 'zext16', o.rs1), bin('sll', o.rs2, o.constant(o.xlen / 2)))),
  packh: (o) => o.set(bin('or', un('zext8', o.rs1), bin('sll', un('zext8', o.rs2), o.constant(8)))),
  packw: (o) => o.set(un('sext32', bin('or', un('zext16', o.rs1), bin('sll', o.rs2, o.constant(16))))),

  // Both operands are dependencies, whichever way it goes.
  'czero.eqz': (o) => o.set(bin('and', o.rs1, allOnesWhere('ne', o))),
  'czero.nez': (o) => o.set(bin('and', o.rs1, allOnesWhere('eq', o))),

  ...Object.fromEntries([
    ...upTo(32).map((n) => [`mop.r.${n}`, clear] as const),
    ...upTo(8).map((n) => [`mop.rr.${n}`, clear] as const),
    ...upTo(8).map((n) => [`c.mop.${2 * n + 1}`, () => nothing] as const),
  ]),
};

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

function clear(o: Operands): Effect {
  return o.set(o.constant(0));
}

function both(op: BinaryOp): Build {
  return (o) => o.set(bin(op, o.rs1, o.rs2));
}

function unary(op: UnaryOp): Build {
  return (o) => o.set(un(op, o.rs1));
}

function low32(o: Operands): Expr {
  return un('zext32', o.rs1);
}

function shiftAdd(amount: number, of: (o: Operands) => Expr): Build {
  return (o) => o.set(bin('add', amount === 0 ? of(o) : bin('sll', of(o), o.constant(amount)), o.rs2));
}

/** One bit of XLEN; the number counts modulo XLEN, as every shift amount does. */
function bit(o: Operands, index: Expr): Expr {
  return bin('sll', o.constant(1), index);
}

type Shift = 'sll' | 'srl';

/** Shifted one way, and what falls out shifted back in: amounts count modulo XLEN, so 0 gives `a | a`. */
function rotated(way: Shift, back: Shift, a: Expr, amount: Expr, o: Operands): Expr {
  return bin('or', bin(way, a, amount), bin(back, a, bin('sub', o.constant(0), amount)));
}

/** The same within the low 32 bits. */
function rotated32(way: Shift, back: Shift, amount: Expr, o: Operands): Expr {
  const modulo32 = (expr: Expr): Expr => bin('and', expr, o.constant(31));
  const rest = modulo32(bin('sub', o.constant(0), amount));
  return un('sext32', bin('or', bin(way, low32(o), modulo32(amount)), bin(back, low32(o), rest)));
}

/** All ones where rs2 is not 0 (`ne`), or where it is (`eq`); else 0. */
function allOnesWhere(op: 'eq' | 'ne', o: Operands): Expr {
  return bin('sub', o.constant(0), bin(op, o.rs2, o.constant(0)));
}
