import type { Effect } from '../effect';
import type { EffectTable, Operands } from './operands';

type Op = 'rw' | 'rs' | 'rc';

/** Zicsr. */
export const csr: EffectTable = {
  csrrw: withRegister('rw'),
  csrrs: withRegister('rs'),
  csrrc: withRegister('rc'),
  csrrwi: withImmediate('rw'),
  csrrsi: withImmediate('rs'),
  csrrci: withImmediate('rc'),
};

function withRegister(op: Op): (o: Operands) => Effect {
  return (o) => ({
    kind: 'csr',
    op,
    rd: o.rd,
    csr: o.number('csr'),
    source: o.rs1,
    ...accesses(op, o, o.number('rs1')),
  });
}

function withImmediate(op: Op): (o: Operands) => Effect {
  return (o) => ({
    kind: 'csr',
    op,
    rd: o.rd,
    csr: o.number('csr'),
    source: o.imm,
    ...accesses(op, o, o.number('imm')),
  });
}

/** Which side effects take place (Zicsr, table "Conditions determining whether a CSR instruction reads or writes"). */
function accesses(op: Op, o: Operands, source: number): { readonly reads: boolean; readonly writes: boolean } {
  return op === 'rw' ? { reads: o.rd !== 0, writes: true } : { reads: true, writes: source !== 0 };
}
