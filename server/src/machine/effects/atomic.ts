import type { AmoOp, Effect } from '../effect';
import type { EffectTable, Operands } from './operands';

const sizes = { w: 4, d: 8 } as const;
type Width = keyof typeof sizes;

const amoOps: readonly AmoOp[] = ['swap', 'add', 'xor', 'and', 'or', 'min', 'max', 'minu', 'maxu'];

/** A: load-reserved, store-conditional and the read-modify-writes, at both widths. */
export const atomic: EffectTable = Object.fromEntries(
  (['w', 'd'] as const).flatMap((width): [string, (o: Operands) => Effect][] => [
    [`lr.${width}`, lr(width)],
    [`sc.${width}`, sc(width)],
    ...amoOps.map((op): [string, (o: Operands) => Effect] => [`amo${op}.${width}`, amo(op, width)]),
  ]),
);

function lr(width: Width): (o: Operands) => Effect {
  return (o) => ({ kind: 'lr', rd: o.rd, address: o.rs1, size: sizes[width], ...ordering(o) });
}

function sc(width: Width): (o: Operands) => Effect {
  return (o) => ({ kind: 'sc', rd: o.rd, address: o.rs1, size: sizes[width], value: o.rs2, ...ordering(o) });
}

function amo(op: AmoOp, width: Width): (o: Operands) => Effect {
  return (o) => ({ kind: 'amo', op, rd: o.rd, address: o.rs1, size: sizes[width], value: o.rs2, ...ordering(o) });
}

function ordering(o: Operands): { readonly aq: boolean; readonly rl: boolean } {
  return { aq: o.number('aq') === 1, rl: o.number('rl') === 1 };
}
