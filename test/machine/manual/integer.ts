import { type Fields, field, type Meaning, type Model, readX, signed, unsigned, writeX } from './model';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const address = (m: Model, fields: Fields): bigint =>
  unsigned(m.xlen, readX(m, fields, 'rs1') + BigInt(fields.imm ?? 0));

const loads = (bytes: number, isSigned: boolean): Meaning => {
  return (m, fields) => {
    const value = m.load(address(m, fields), bytes);
    writeX(m, fields, isSigned ? signed(8 * bytes, value) : value);
  };
};
const stores = (bytes: number): Meaning => {
  return (m, fields) => m.store(address(m, fields), bytes, readX(m, fields, 'rs2'));
};
const onRd = (of: (value: bigint, xlen: number) => bigint): Meaning => {
  return (m, fields) => writeX(m, fields, of(readX(m, fields, 'rd'), m.xlen));
};
const nothing: Meaning = () => undefined;

/** Zicond, Zimop, Zcmop, Zawrs, Zcb and what QEMU gets wrong of Zbb. */
const small: Readonly<Record<string, Meaning>> = {
  'czero.eqz': (m, fields) => writeX(m, fields, readX(m, fields, 'rs2') === 0n ? 0n : readX(m, fields, 'rs1')),
  'czero.nez': (m, fields) => writeX(m, fields, readX(m, fields, 'rs2') !== 0n ? 0n : readX(m, fields, 'rs1')),
  ctzw: (m, fields) => {
    const low = unsigned(32, readX(m, fields, 'rs1'));
    let count = 0n;
    while (count < 32n && ((low >> count) & 1n) === 0n) count++;
    writeX(m, fields, count);
  },
  'wrs.nto': nothing,
  'wrs.sto': nothing,
  ...Object.fromEntries([
    ...upTo(32).map((n) => [`mop.r.${n}`, (m: Model, fields: Fields) => writeX(m, fields, 0n)] as const),
    ...upTo(8).map((n) => [`mop.rr.${n}`, (m: Model, fields: Fields) => writeX(m, fields, 0n)] as const),
    ...upTo(8).map((n) => [`c.mop.${2 * n + 1}`, nothing] as const),
  ]),
  'c.lbu': loads(1, false),
  'c.lhu': loads(2, false),
  'c.lh': loads(2, true),
  'c.sb': stores(1),
  'c.sh': stores(2),
  'c.zext.b': onRd((value) => unsigned(8, value)),
  'c.zext.h': onRd((value) => unsigned(16, value)),
  'c.zext.w': onRd((value) => unsigned(32, value)),
  'c.sext.b': onRd((value) => signed(8, value)),
  'c.sext.h': onRd((value) => signed(16, value)),
  'c.not': onRd((value) => ~value),
  'c.mul': (m, fields) => writeX(m, fields, readX(m, fields, 'rd') * readX(m, fields, 'rs2')),
};

type Combine = (old: bigint, operand: bigint, bits: number) => bigint;
const combinations: Readonly<Record<string, Combine>> = {
  swap: (_, operand) => operand,
  add: (old, operand) => old + operand,
  and: (old, operand) => old & operand,
  or: (old, operand) => old | operand,
  xor: (old, operand) => old ^ operand,
  min: (old, operand, bits) => (signed(bits, old) < signed(bits, operand) ? old : operand),
  max: (old, operand, bits) => (signed(bits, old) > signed(bits, operand) ? old : operand),
  minu: (old, operand, bits) => (unsigned(bits, old) < unsigned(bits, operand) ? old : operand),
  maxu: (old, operand, bits) => (unsigned(bits, old) > unsigned(bits, operand) ? old : operand),
};

const amo = (combine: Combine, bytes: number): Meaning => {
  return (m, fields) => {
    const at = readX(m, fields, 'rs1');
    const old = m.load(at, bytes);
    m.store(at, bytes, combine(old, readX(m, fields, 'rs2'), 8 * bytes));
    writeX(m, fields, signed(8 * bytes, old));
  };
};

/** Zacas: `temp = mem[X(rs1)]; if (temp == X(rd)) mem[X(rs1)] = X(rs2); X(rd) = temp`. */
const compareAndSwap = (bytes: number): Meaning => {
  return (m, fields) => {
    const at = readX(m, fields, 'rs1');
    const temp = m.load(at, bytes);
    if (temp === unsigned(8 * bytes, readX(m, fields, 'rd'))) m.store(at, bytes, readX(m, fields, 'rs2'));
    writeX(m, fields, signed(8 * bytes, temp));
  };
};

/** The same on register pairs, each half of XLEN bits: X(0) and its neighbour count as zeros, and are not written. */
const compareAndSwapPairs: Meaning = (m, fields) => {
  const bytes = m.xlen / 8;
  const at = readX(m, fields, 'rs1');
  const pair = (name: string): readonly [bigint, bigint] => {
    const register = field(fields, name);
    return register === 0 ? [0n, 0n] : [m.x[register] ?? 0n, m.x[register + 1] ?? 0n];
  };
  const above = at + BigInt(bytes);
  const [low, high] = [m.load(at, bytes), m.load(above, bytes)];
  const [compareLow, compareHigh] = pair('rd');
  const [swapLow, swapHigh] = pair('rs2');
  if (low === compareLow && high === compareHigh) {
    m.store(at, bytes, swapLow);
    m.store(above, bytes, swapHigh);
  }
  const rd = field(fields, 'rd');
  if (rd === 0) return;
  m.x[rd] = low;
  m.x[rd + 1] = high;
};

/** Zabha, Zacas and Zalasr. */
const atomics: Readonly<Record<string, Meaning>> = Object.fromEntries([
  ...(['b', 'h'] as const).flatMap((width) =>
    Object.entries(combinations).map(
      ([name, combine]) => [`amo${name}.${width}`, amo(combine, width === 'b' ? 1 : 2)] as const,
    ),
  ),
  ['amocas.b', compareAndSwap(1)] as const,
  ['amocas.h', compareAndSwap(2)] as const,
  ['amocas.w', compareAndSwap(4)] as const,
  [
    'amocas.d',
    (m: Model, fields: Fields) => (m.xlen === 64 ? compareAndSwap(8) : compareAndSwapPairs)(m, fields),
  ] as const,
  ['amocas.q', compareAndSwapPairs] as const,
  ...[1, 2, 4, 8].flatMap((bytes) => {
    const width = { 1: 'b', 2: 'h', 4: 'w', 8: 'd' }[bytes];
    return [
      [`l${width}.aq`, loads(bytes, true)] as const,
      [`l${width}.aqrl`, loads(bytes, true)] as const,
      [`s${width}.rl`, stores(bytes)] as const,
      [`s${width}.aqrl`, stores(bytes)] as const,
    ];
  }),
]);

/** Cache blocks, on a hart that has no cache and one memory. */
const blockSize = 64;
const blocks: Readonly<Record<string, Meaning>> = {
  'cbo.clean': nothing,
  'cbo.flush': nothing,
  'cbo.inval': nothing,
  'cbo.zero': (m, fields) => {
    const start = readX(m, fields, 'rs1') & -BigInt(blockSize);
    for (let i = 0; i < blockSize; i++) m.store(unsigned(m.xlen, start) + BigInt(i), 1, 0n);
  },
};

/** The lists of saved registers by `rlist`, ra first (Zcmp, "PUSH/POP Register Instructions"). */
const listed: readonly (readonly number[])[] = upTo(12).map((n) => {
  const saved = [8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27];
  // s10 comes only with s11.
  return [1, ...saved.slice(0, n === 11 ? 12 : n)];
});

/** `stack_adj_base` for rlist 4..15. */
const stackBase = {
  32: [16, 16, 16, 16, 32, 32, 32, 32, 48, 48, 48, 64],
  64: [16, 16, 32, 32, 48, 48, 64, 64, 80, 80, 96, 112],
} as const;

interface Saving {
  readonly registers: readonly number[];
  readonly adjust: bigint;
}

function saving(m: Model, fields: Fields): Saving {
  const index = field(fields, 'rlist') - 4;
  const registers = listed[index] ?? [];
  return { registers, adjust: BigInt((stackBase[m.xlen][index] ?? 0) + field(fields, 'imm')) };
}

const push: Meaning = (m, fields) => {
  const { registers, adjust } = saving(m, fields);
  const bytes = m.xlen / 8;
  let at = m.x[2] ?? 0n;
  for (const register of registers.toReversed()) {
    at -= BigInt(bytes);
    m.store(at, bytes, m.x[register] ?? 0n);
  }
  m.x[2] = (m.x[2] ?? 0n) - adjust;
};
const pop: Meaning = (m, fields) => {
  const { registers, adjust } = saving(m, fields);
  const bytes = m.xlen / 8;
  let at = (m.x[2] ?? 0n) + adjust;
  for (const register of registers.toReversed()) {
    at -= BigInt(bytes);
    m.x[register] = m.load(at, bytes);
  }
  m.x[2] = (m.x[2] ?? 0n) + adjust;
};
const returns = (m: Model): void => {
  m.pc = (m.x[1] ?? 0n) & ~1n;
};
const tableJump = (links: boolean): Meaning => {
  return (m, fields) => {
    const bytes = m.xlen / 8;
    if (links) m.x[1] = m.pc;
    m.pc = m.load(m.jvt + BigInt(field(fields, 'index') * bytes), bytes) & ~1n;
  };
};

/** Zcmp and Zcmt. */
const codeSize: Readonly<Record<string, Meaning>> = {
  'cm.push': push,
  'cm.pop': pop,
  'cm.popret': (m, fields) => {
    pop(m, fields);
    returns(m);
  },
  'cm.popretz': (m, fields) => {
    pop(m, fields);
    m.x[10] = 0n;
    returns(m);
  },
  'cm.mvsa01': (m, fields) => {
    writeX(m, fields, m.x[10] ?? 0n, 'r1s');
    writeX(m, fields, m.x[11] ?? 0n, 'r2s');
  },
  'cm.mva01s': (m, fields) => {
    [m.x[10], m.x[11]] = [readX(m, fields, 'r1s'), readX(m, fields, 'r2s')];
  },
  'cm.jt': tableJump(false),
  'cm.jalt': tableJump(true),
};

/** What is not floating point. */
export const integerMeanings: Readonly<Record<string, Meaning>> = { ...small, ...atomics, ...blocks, ...codeSize };
