import type { AccessSize, BinaryOp, Effect, Expr, FenceSet } from '../effect';
import { bin, type EffectTable, nothing, type Operands, pc, un } from './operands';

/** RV32I, RV64I, Zifencei, and the hints that have mnemonics of their own. */
export const base: EffectTable = {
  lui: (o) => o.set(o.imm),
  auipc: (o) => o.set(bin('add', pc, o.imm)),

  jal: (o) => ({ kind: 'jump', rd: o.rd, link: o.link, target: o.relative }),
  jalr: (o) => ({ kind: 'jump', rd: o.rd, link: o.link, target: bin('and', o.address, o.constant(-2)) }),
  beq: branch('eq'),
  bne: branch('ne'),
  blt: branch('lt'),
  bge: branch('ge'),
  bltu: branch('ltu'),
  bgeu: branch('geu'),

  lb: load(1, true),
  lh: load(2, true),
  lw: load(4, true),
  ld: load(8, true),
  lbu: load(1, false),
  lhu: load(2, false),
  lwu: load(4, false),
  sb: store(1),
  sh: store(2),
  sw: store(4),
  sd: store(8),

  addi: withImm('add'),
  slti: withImm('lt'),
  sltiu: withImm('ltu'),
  xori: withImm('xor'),
  ori: withImm('or'),
  andi: withImm('and'),
  slli: (o) => o.set(bin('sll', o.rs1, o.shamt)),
  srli: (o) => o.set(bin('srl', o.rs1, o.shamt)),
  srai: (o) => o.set(bin('sra', o.rs1, o.shamt)),

  add: withRegister('add'),
  sub: withRegister('sub'),
  sll: withRegister('sll'),
  slt: withRegister('lt'),
  sltu: withRegister('ltu'),
  xor: withRegister('xor'),
  srl: withRegister('srl'),
  sra: withRegister('sra'),
  or: withRegister('or'),
  and: withRegister('and'),

  // The W forms compute on the low 32 bits and sign-extend; their shift amounts count modulo 32.
  addiw: (o) => o.set(un('sext32', bin('add', o.rs1, o.imm))),
  slliw: (o) => o.set(shiftW('sll', o, o.shamt)),
  srliw: (o) => o.set(shiftW('srl', o, o.shamt)),
  sraiw: (o) => o.set(shiftW('sra', o, o.shamt)),
  addw: (o) => o.set(un('sext32', bin('add', o.rs1, o.rs2))),
  subw: (o) => o.set(un('sext32', bin('sub', o.rs1, o.rs2))),
  sllw: (o) => o.set(shiftW('sll', o, modulo32(o))),
  srlw: (o) => o.set(shiftW('srl', o, modulo32(o))),
  sraw: (o) => o.set(shiftW('sra', o, modulo32(o))),

  fence: (o) => ({ kind: 'fence', pred: fenceSet(o.number('pred')), succ: fenceSet(o.number('succ')), tso: false }),
  'fence.tso': () => ({ kind: 'fence', pred: readWrite, succ: readWrite, tso: true }),
  'fence.i': () => ({ kind: 'fence.i' }),
  ecall: () => ({ kind: 'ecall' }),
  ebreak: () => ({ kind: 'ebreak' }),

  'ntl.p1': () => nothing,
  'ntl.pall': () => nothing,
  'ntl.s1': () => nothing,
  'ntl.all': () => nothing,
  'c.ntl.p1': () => nothing,
  'c.ntl.pall': () => nothing,
  'c.ntl.s1': () => nothing,
  'c.ntl.all': () => nothing,
  pause: () => nothing,
  'prefetch.i': () => nothing,
  'prefetch.r': () => nothing,
  'prefetch.w': () => nothing,
};

type Build = (o: Operands) => Effect;

function branch(op: BinaryOp): Build {
  return (o) => ({ kind: 'branch', condition: bin(op, o.rs1, o.rs2), target: o.relative });
}

function load(size: AccessSize, signed: boolean): Build {
  return (o) => ({ kind: 'load', rd: o.rd, address: o.address, size, signed, aq: false, rl: false });
}

function store(size: AccessSize): Build {
  return (o) => ({ kind: 'store', address: o.address, size, value: o.rs2, aq: false, rl: false });
}

function withImm(op: BinaryOp): Build {
  return (o) => o.set(bin(op, o.rs1, o.imm));
}

function withRegister(op: BinaryOp): Build {
  return (o) => o.set(bin(op, o.rs1, o.rs2));
}

const modulo32 = (o: Operands): Expr => bin('and', o.rs2, o.constant(31));

function shiftW(op: 'sll' | 'srl' | 'sra', o: Operands, amount: Expr): Expr {
  const low = { sll: o.rs1, srl: un('zext32', o.rs1), sra: un('sext32', o.rs1) }[op];
  return un('sext32', bin(op, low, amount));
}

const readWrite: FenceSet = { i: false, o: false, r: true, w: true };

/** Bits `iorw` = 8 4 2 1. */
function fenceSet(bits: number): FenceSet {
  return { i: (bits & 8) !== 0, o: (bits & 4) !== 0, r: (bits & 2) !== 0, w: (bits & 1) !== 0 };
}
