import { registersOf, spaceFor } from '../../isa/index';
import type { Effect, Expr } from '../effect';
import { bin, type EffectTable, type Operands, reg } from './operands';

/** Zcmp and Zcmt: several accesses or moves in one instruction. Zcb's are those of their base instructions. */
export const codeSize: EffectTable = {
  'cm.push': (o) => {
    const size = bytes(o);
    const stores = saved(o).map(
      (from, i): Effect => ({
        kind: 'store',
        address: bin('add', sp, o.constant(-size * (i + 1))),
        size,
        value: reg(from),
        aq: false,
        rl: false,
      }),
    );
    return { kind: 'sequence', mnemonic: 'cm.push', parts: [...stores, moveSp(o, -1)] };
  },
  'cm.pop': (o) => ({ kind: 'sequence', mnemonic: 'cm.pop', parts: pop(o) }),
  'cm.popret': (o) => ({ kind: 'sequence', mnemonic: 'cm.popret', parts: [...pop(o), giveBack(o)] }),
  'cm.popretz': (o) => ({
    kind: 'sequence',
    mnemonic: 'cm.popretz',
    parts: [...pop(o), { kind: 'alu', rd: 10, value: o.constant(0) }, giveBack(o)],
  }),
  'cm.mvsa01': (o) => ({
    kind: 'sequence',
    mnemonic: 'cm.mvsa01',
    parts: [move(o.number('r1s'), 10), move(o.number('r2s'), 11)],
  }),
  'cm.mva01s': (o) => ({
    kind: 'sequence',
    mnemonic: 'cm.mva01s',
    parts: [move(10, o.number('r1s')), move(11, o.number('r2s'))],
  }),
  'cm.jt': (o) => ({ kind: 'table.jump', mnemonic: 'cm.jt', rd: 0, link: o.link, index: o.number('index') }),
  'cm.jalt': (o) => ({ kind: 'table.jump', mnemonic: 'cm.jalt', rd: 1, link: o.link, index: o.number('index') }),
};

const sp: Expr = reg(2);

function bytes(o: Operands): 4 | 8 {
  return o.xlen === 64 ? 8 : 4;
}

/** The registers of the list, from the highest address down: s11 to s0, then ra. */
function saved(o: Operands): readonly number[] {
  return registersOf(o.number('rlist')).toReversed();
}

function distance(o: Operands): number {
  return spaceFor(o.number('rlist'), o.xlen) + o.number('imm');
}

function moveSp(o: Operands, sign: 1 | -1): Effect {
  return { kind: 'alu', rd: 2, value: bin('add', sp, o.constant(sign * distance(o))) };
}

function pop(o: Operands): readonly Effect[] {
  const size = bytes(o);
  const loads = saved(o).map(
    (rd, i): Effect => ({
      kind: 'load',
      rd,
      address: bin('add', sp, o.constant(distance(o) - size * (i + 1))),
      size,
      signed: true,
      aq: false,
      rl: false,
    }),
  );
  return [...loads, moveSp(o, 1)];
}

function giveBack(o: Operands): Effect {
  return { kind: 'jump', rd: 0, link: o.link, target: bin('and', reg(1), o.constant(-2)) };
}

function move(rd: number, from: number): Effect {
  return { kind: 'alu', rd, value: reg(from) };
}
