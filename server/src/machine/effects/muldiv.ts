import type { BinaryOp, Effect, UnaryOp } from '../effect';
import { bin, type EffectTable, type Operands, un } from './operands';

/** M. */
export const muldiv: EffectTable = {
  mul: full('mul'),
  mulh: full('mulh'),
  mulhsu: full('mulhsu'),
  mulhu: full('mulhu'),
  div: full('div'),
  divu: full('divu'),
  rem: full('rem'),
  remu: full('remu'),

  // Division by zero and overflow come out right through the extensions: 2^31 / 1 sign-extends to -2^31, and
  // a remainder by zero is the sign-extended dividend for the unsigned form too.
  mulw: (o) => o.set(un('sext32', bin('mul', o.rs1, o.rs2))),
  divw: low32('div', 'sext32'),
  divuw: low32('divu', 'zext32'),
  remw: low32('rem', 'sext32'),
  remuw: low32('remu', 'zext32'),
};

function full(op: BinaryOp): (o: Operands) => Effect {
  return (o) => o.set(bin(op, o.rs1, o.rs2));
}

function low32(op: BinaryOp, extension: UnaryOp): (o: Operands) => Effect {
  return (o) => o.set(un('sext32', bin(op, un(extension, o.rs1), un(extension, o.rs2))));
}
