import type { AccessSize, AmoOp, Effect } from '../effect';
import { type EffectTable, nothing, type Operands } from './operands';

const sizes = { b: 1, h: 2, w: 4, d: 8 } as const;
type Width = keyof typeof sizes;
type Build = (o: Operands) => Effect;

const amoOps: readonly AmoOp[] = ['swap', 'add', 'xor', 'and', 'or', 'min', 'max', 'minu', 'maxu'];

/** A, Zabha, Zacas, Zalasr and Zawrs. */
export const atomic: EffectTable = {
  'lr.w': reserve(4),
  'lr.d': reserve(8),
  'sc.w': conditional(4),
  'sc.d': conditional(8),
  'amocas.q': pairSwap('q'),
  // A wait may end at any time, for any reason.
  'wrs.nto': () => nothing,
  'wrs.sto': () => nothing,
  ...Object.fromEntries(
    (['b', 'h', 'w', 'd'] as const).flatMap((width): [string, Build][] => [
      ...amoOps.map((op): [string, Build] => [`amo${op}.${width}`, amo(op, sizes[width])]),
      [`amocas.${width}`, compareAndSwap(width)],
      [`l${width}.aq`, load(sizes[width], { aq: true, rl: false })],
      [`l${width}.aqrl`, load(sizes[width], { aq: true, rl: true })],
      [`s${width}.rl`, store(sizes[width], { aq: false, rl: true })],
      [`s${width}.aqrl`, store(sizes[width], { aq: true, rl: true })],
    ]),
  ),
};

interface Ordering {
  readonly aq: boolean;
  readonly rl: boolean;
}

function reserve(size: 4 | 8): Build {
  return (o) => ({ kind: 'lr', rd: o.rd, address: o.rs1, size, ...ordering(o) });
}

function conditional(size: 4 | 8): Build {
  return (o) => ({ kind: 'sc', rd: o.rd, address: o.rs1, size, value: o.rs2, ...ordering(o) });
}

function amo(op: AmoOp, size: AccessSize): Build {
  return (o) => ({ kind: 'amo', op, rd: o.rd, address: o.rs1, size, value: o.rs2, compare: null, ...ordering(o) });
}

function compareAndSwap(width: Width): Build {
  const build = amo('swap', sizes[width]);
  return (o) => {
    const swap = build(o);
    // On RV32 the 64-bit form works on register pairs.
    if (swap.kind !== 'amo' || o.xlen < 8 * sizes[width]) return pairSwap(width)(o);
    return { ...swap, compare: o.rdBefore };
  };
}

function pairSwap(width: 'd' | 'q' | Width): Build {
  return (o) => ({
    kind: 'amo.pair',
    mnemonic: `amocas.${width}`,
    rd: o.rd,
    rs2: o.number('rs2'),
    address: o.rs1,
    ...ordering(o),
  });
}

function load(size: AccessSize, order: Ordering): Build {
  return (o) => ({ kind: 'load', rd: o.rd, address: o.rs1, size, signed: true, ...order });
}

function store(size: AccessSize, order: Ordering): Build {
  return (o) => ({ kind: 'store', address: o.rs1, size, value: o.rs2, ...order });
}

function ordering(o: Operands): Ordering {
  return { aq: o.number('aq') === 1, rl: o.number('rl') === 1 };
}
