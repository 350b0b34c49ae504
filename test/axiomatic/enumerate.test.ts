import { describe, expect, it } from 'vitest';
import type { LitmusFetch, LitmusTest } from '../../server/src/checker/litmus/test';
import { type EnumerateOptions, enumerate } from './enumerate';
import type { RuleName } from './rules';
import { letter, threads } from './support';

const rvwmo: EnumerateOptions = { memory: 'rvwmo', fetch: null };
const states = (test: LitmusTest, options: EnumerateOptions = rvwmo): readonly string[] => {
  const { states: found, limit, fault } = enumerate(test, options);
  expect({ limit, fault }).toEqual({ limit: null, fault: null });
  return found;
};

describe('the number of executions of the classic shapes', () => {
  const W = (place: string, value = 1): string => `sw x${value},0(${{ x: 'x6', y: 'x7', z: 'x8' }[place]})`;
  const R = (place: string, register = 5): string => `lw x${register},0(${{ x: 'x6', y: 'x7', z: 'x8' }[place]})`;
  const fence = 'fence rw,rw';
  /** By shape: threads, then how many executions plain, with a fence between all accesses, under TSO, under SC. */
  const shapes: Readonly<Record<string, readonly [readonly (readonly string[])[], number, number, number, number]>> = {
    MP: [
      [
        [W('x'), W('y')],
        [R('y'), R('x', 9)],
      ],
      4,
      3,
      3,
      3,
    ],
    SB: [
      [
        [W('x'), R('y')],
        [W('y'), R('x')],
      ],
      4,
      3,
      4,
      3,
    ],
    LB: [
      [
        [R('x'), W('y')],
        [R('y'), W('x')],
      ],
      4,
      3,
      3,
      3,
    ],
    IRIW: [[[W('x')], [W('y')], [R('x'), R('y', 9)], [R('y'), R('x', 9)]], 16, 15, 15, 15],
    '2+2W': [
      [
        [W('x', 2), W('y')],
        [W('y', 2), W('x')],
      ],
      4,
      3,
      3,
      3,
    ],
    CoRR: [[[W('x')], [R('x'), R('x', 9)]], 3, 3, 3, 3],
    R: [
      [
        [W('x'), W('y')],
        [W('y', 2), R('x')],
      ],
      4,
      3,
      4,
      3,
    ],
    S: [
      [
        [W('x', 2), W('y')],
        [R('y'), W('x')],
      ],
      4,
      3,
      3,
      3,
    ],
    ISA2: [
      [
        [W('x'), W('y')],
        [R('y'), W('z')],
        [R('z'), R('x', 9)],
      ],
      8,
      7,
      7,
      7,
    ],
    WRC: [[[W('x')], [R('x'), W('y')], [R('y'), R('x', 9)]], 8, 7, 7, 7],
  };
  it.each(Object.entries(shapes))('%s', (_, [bodies, plain, fenced, tso, sc]) => {
    const test = threads(bodies, 'x;');
    const between = threads(
      bodies.map((body) => body.flatMap((line, i) => (i === 0 ? [line] : [fence, line]))),
      'x;',
    );
    expect({
      plain: enumerate(test, rvwmo).executions,
      fenced: enumerate(between, rvwmo).executions,
      tso: enumerate(test, { ...rvwmo, memory: 'tso' }).executions,
      sc: enumerate(test, { ...rvwmo, memory: 'sc' }).executions,
    }).toEqual({ plain, fenced, tso, sc });
  });
});

/** `y` is set after `x`, or after the instruction at `La` has been patched. */
const sendXY = ['sw x1,0(x6)', 'fence w,w', 'sw x1,0(x7)'];
const patchY = ['sw x3,0(x4)', 'fence w,w', 'sw x1,0(x7)'];
/** The instruction at `La` is patched after `x` is set. */
const sendXA = ['sw x1,0(x6)', 'fence w,w', 'sw x3,0(x4)'];
const patchWith = (word: string): string => `0:x3=instr:"${word}"; 0:x4=P1:La;`;
const receive = ['lw x5,0(x7)', 'fence r,w', 'sw x1,0(x6)'];
const under = (rules: Partial<LitmusFetch>): EnumerateOptions => ({ memory: 'rvwmo', fetch: { ...letter, ...rules } });

/** The instruction at `Lb` is patched before the one at `La`; the second fetch must see it if the first has. */
const twoFetches = (body: readonly string[]): { test: LitmusTest; state: string } => ({
  test: threads(
    [['sw x11,0(x12)', 'fence w,w', 'sw x3,0(x4)'], body],
    '1:x10;1:x11;',
    `${patchWith('li x10,2')} 0:x11=instr:"li x11,2"; 0:x12=P1:Lb;`,
  ),
  state: '1:x10=2; 1:x11=1;',
});

interface Case {
  readonly test: LitmusTest;
  /** A state that is forbidden by the rule alone. */
  readonly state: string;
  readonly options?: EnumerateOptions;
}

const cases: Readonly<Partial<Record<RuleName, Case>>> = {
  r1: { test: threads([['sw x1,0(x6)', 'sw x2,0(x6)']], 'x;'), state: '[x]=1;' },
  r2: {
    test: threads([['sw x1,0(x6)'], ['lw x5,0(x6)', 'lw x9,0(x6)']], '1:x5;1:x9;'),
    state: '1:x5=1; 1:x9=0;',
  },
  // Of a load after an AMO r2 says the same, as the manual words it: both load, and from different stores.
  r3: {
    test: threads(
      [
        sendXY,
        ['lr.w x5,(x7)', 'sc.w x9,x2,(x7)', 'lw x10,0(x7)', 'xor x11,x10,x10', 'add x11,x11,x6', 'lw x12,0(x11)'],
      ],
      '1:x5;1:x9;1:x10;1:x12;',
    ),
    state: '1:x5=1; 1:x9=0; 1:x10=2; 1:x12=0;',
  },
  r4: {
    test: threads(
      [
        ['sw x1,0(x6)', 'fence w,r', 'lw x5,0(x7)'],
        ['sw x1,0(x7)', 'fence w,r', 'lw x5,0(x6)'],
      ],
      '0:x5;1:x5;',
    ),
    state: '0:x5=0; 1:x5=0;',
  },
  r5: { test: threads([sendXY, ['lr.w.aq x5,(x7)', 'lw x9,0(x6)']], '1:x5;1:x9;'), state: '1:x5=1; 1:x9=0;' },
  r6: {
    test: threads(
      [
        ['sw x1,0(x6)', 'amoswap.w.rl x0,x1,(x7)'],
        ['lw x5,0(x7)', 'fence r,r', 'lw x9,0(x6)'],
      ],
      '1:x5;1:x9;',
    ),
    state: '1:x5=1; 1:x9=0;',
  },
  r7: {
    test: threads(
      [
        ['amoswap.w.rl x0,x1,(x6)', 'lr.w.aq x5,(x7)'],
        ['amoswap.w.rl x0,x1,(x7)', 'lr.w.aq x5,(x6)'],
      ],
      '0:x5;1:x5;',
    ),
    state: '0:x5=0; 1:x5=0;',
  },
  r9: {
    test: threads([sendXY, ['lw x5,0(x7)', 'xor x9,x5,x5', 'add x9,x9,x6', 'lw x10,0(x9)']], '1:x5;1:x10;'),
    state: '1:x5=1; 1:x10=0;',
  },
  r10: {
    test: threads([['lw x5,0(x6)', 'xor x9,x5,x5', 'ori x9,x9,1', 'sw x9,0(x7)'], receive], '0:x5;1:x5;'),
    state: '0:x5=1; 1:x5=1;',
  },
  r11: {
    test: threads([['lw x5,0(x6)', 'bne x5,x0,L', 'L:', 'sw x1,0(x7)'], receive], '0:x5;1:x5;'),
    state: '0:x5=1; 1:x5=1;',
  },
  r12: {
    test: threads(
      [sendXY, ['lw x5,0(x7)', 'sw x5,0(x8)', 'lw x9,0(x8)', 'xor x10,x9,x9', 'add x10,x10,x6', 'lw x11,0(x10)']],
      '1:x5;1:x9;1:x11;',
    ),
    state: '1:x5=1; 1:x9=1; 1:x11=0;',
  },
  r13: {
    test: threads(
      [['lw x5,0(x6)', 'xor x9,x5,x5', 'add x9,x9,x8', 'lw x10,0(x9)', 'sw x1,0(x7)'], receive],
      '0:x5;1:x5;',
    ),
    state: '0:x5=1; 1:x5=1;',
  },
  sc: {
    test: threads(
      [
        ['sw x1,0(x6)', 'lw x5,0(x7)'],
        ['sw x1,0(x7)', 'lw x5,0(x6)'],
      ],
      '0:x5;1:x5;',
    ),
    state: '0:x5=0; 1:x5=0;',
    options: { memory: 'sc', fetch: null },
  },
  'load-value': {
    test: threads([sendXY, ['lw x5,0(x7)', 'fence r,r', 'lw x9,0(x6)']], '1:x5;1:x9;'),
    state: '1:x5=1; 1:x9=0;',
  },
  atomicity: {
    test: threads([['sw x2,0(x6)'], ['lr.w x5,(x6)', 'sc.w x9,x1,(x6)']], '1:x5;1:x9;x;'),
    state: '1:x5=0; 1:x9=0; [x]=1;',
  },
  iico: {
    test: threads([sendXA, ['La: nop']], '1:x10;', `${patchWith('lw x10,0(x6)')} 1:x10=5;`),
    state: '1:x10=0;',
    options: under({}),
  },
  'fence.i': {
    test: threads([patchY, ['lw x5,0(x7)', 'fence.i', 'La: li x10,1']], '1:x5;1:x10;', patchWith('li x10,2')),
    state: '1:x5=1; 1:x10=1;',
    options: under({}),
  },
  'fetch-value': {
    test: threads([patchY, ['lw x5,0(x7)', 'fence.i', 'La: li x10,1']], '1:x5;1:x10;', patchWith('li x10,2')),
    state: '1:x5=1; 1:x10=1;',
    options: under({}),
  },
  'fencei-fetch': { ...twoFetches(['La: li x10,1', 'fence.i', 'Lb: li x11,1']), options: under({ fenceiFetch: true }) },
  ziccid: { ...twoFetches(['La: li x10,1', 'Lb: li x11,1']), options: under({ ziccid: true }) },
  'decode-w': {
    test: threads([[], ['La: li x10,1', 'sw x3,0(x4)']], '1:x10;', '1:x3=instr:"li x10,2"; 1:x4=P1:La;'),
    state: '1:x10=2;',
    options: under({ decodeW: true }),
  },
  decode: {
    test: threads([sendXA, ['La: li x10,1', 'lw x5,0(x6)']], '1:x5;1:x10;', patchWith('li x10,2')),
    state: '1:x5=0; 1:x10=2;',
    options: under({ decode: true }),
  },
};

describe('each rule forbids something that no other rule forbids', () => {
  it.each(Object.entries(cases))('%s', (rule, { test, state, options = rvwmo }) => {
    const without = states(test, { ...options, mutate: rule as RuleName });
    expect(states(test, options)).toEqual(without.filter((text) => text !== state));
    expect(without).toContain(state);
  });
});

it('rule 8 adds nothing where a store-conditional stores to the address of its load-reserved: rule 1 orders them', () => {
  const { test } = cases.atomicity!;
  expect(states(test, { ...rvwmo, mutate: 'r8' })).toEqual(states(test));
});

describe('accesses of different sizes', () => {
  it('a double read is whole words of the stores to its halves, each at any time', () => {
    const test = threads([['sw x1,0(x6)', 'sw x2,4(x6)'], ['ld x5,0(x6)']], '1:x5;', 'uint64_t x; uint64_t 1:x5;');
    expect(states(test)).toEqual(['1:x5=0;', '1:x5=1;', '1:x5=8589934592;', '1:x5=8589934593;']);
  });

  it('a double store is seen whole, by a load of its size and by two loads of its halves with a fence between', () => {
    const shown = 'uint64_t x; uint64_t 0:x3=0x0000000100000001; uint64_t 1:x5;';
    const store = ['sd x3,0(x6)'];
    expect(states(threads([store, ['ld x5,0(x6)']], '1:x5;', shown))).toEqual(['1:x5=0;', '1:x5=4294967297;']);
    const halves = threads([store, ['lw x5,0(x6)', 'fence r,r', 'lw x9,4(x6)']], '1:x5;1:x9;', shown);
    expect(states(halves)).toEqual(['1:x5=0; 1:x9=0;', '1:x5=0; 1:x9=1;', '1:x5=1; 1:x9=1;']);
  });

  it('a load takes a byte from its own hart and the others from another: the byte need not be in memory yet', () => {
    // The store buffer holds 2 for byte 0; the other bytes may be of before or after the other hart's store.
    const test = threads([['sw x3,0(x6)'], ['sb x2,0(x6)', 'lw x5,0(x6)']], '1:x5;x;', '0:x3=0x01010101;');
    // 0x01010102 and 0x01010101 in memory at the end. The load has seen the other store only if it precedes its own,
    // or is later than it in memory and then covers byte 0.
    expect(states(test)).toEqual([
      '1:x5=16843009; [x]=16843009;',
      '1:x5=16843010; [x]=16843010;',
      '1:x5=2; [x]=16843009;',
      '1:x5=2; [x]=16843010;',
    ]);
  });

  it('a misaligned store is several, in any order; a misaligned AMO is refused', () => {
    const shown = 'uint64_t x; uint64_t 0:x3=0x0000000100000001; uint64_t 1:x5; uint64_t 1:x9;';
    const test = threads(
      [['sd x3,4(x6)'], ['lw x5,4(x6)', 'fence r,r', 'lw x9,8(x6)']],
      '1:x5;1:x9;',
      `uint64_t x[2]; ${shown.slice(12)}`,
    );
    expect(states(test)).toEqual(['1:x5=0; 1:x9=0;', '1:x5=0; 1:x9=1;', '1:x5=1; 1:x9=0;', '1:x5=1; 1:x9=1;']);
    const amo = threads([['addi x9,x6,2', 'amoadd.w x5,x1,(x9)']], '0:x5;', 'uint64_t x;');
    expect(enumerate(amo, rvwmo).fault).toMatch(/^a misaligned atomic access to 0x/);
  });
});

describe('compare-and-swap', () => {
  it('stores where memory holds what is expected, else only loads', () => {
    const test = threads([['amocas.w x5,x2,(x6)'], ['sw x1,0(x6)']], '0:x5;x;');
    expect(states(test)).toEqual(['0:x5=0; [x]=1;', '0:x5=1; [x]=1;']);
  });

  it('that fails is an acquire, but no release', () => {
    const failing = (order: string, receiver: readonly string[]): LitmusTest =>
      threads([['sw x1,0(x6)', `amocas.w${order} x5,x2,(x7)`, 'lw x9,0(x8)'], receiver], '0:x5;0:x9;1:x9;', 'y=3;');
    const receiver = ['sw x1,0(x8)', 'fence rw,rw', 'lw x9,0(x6)'];
    const relaxed = '0:x5=3; 0:x9=0; 1:x9=0;';
    expect(states(failing('.aq', receiver))).toContain(relaxed);
    expect(states(failing('.aqrl', receiver))).toContain(relaxed);
    expect(states(threads([sendXY, ['amocas.w.aq x5,x2,(x7)', 'lw x9,0(x6)']], '1:x5;1:x9;'))).not.toContain(
      '1:x5=1; 1:x9=0;',
    );
  });

  it('that fails is ordered as an AMO nevertheless: it returns no store that is not in memory yet', () => {
    // As an ordinary load it would forward the 1, and the load after it could go before the store of the 1.
    const follow = ['xor x9,x5,x5', 'add x9,x9,x7', 'lw x10,0(x9)'];
    const other = ['sw x1,0(x7)', 'fence rw,rw', 'lw x5,0(x6)'];
    const relaxed = '0:x5=1; 0:x10=0; 1:x5=0;';
    const thenLoad = (access: string): LitmusTest =>
      threads([['sw x1,0(x6)', access, ...follow], other], '0:x5;0:x10;1:x5;');
    expect(states(thenLoad('lw x5,0(x6)'))).toContain(relaxed);
    expect(states(thenLoad('amocas.w x5,x2,(x6)'))).not.toContain(relaxed);
  });
});

describe('what is not modelled or not finite is named', () => {
  it('a loop without end', () => {
    const spin = threads([['L:', 'lw x5,0(x6)', 'beq x5,x0,L'], ['sw x1,0(x6)']], '0:x5;');
    expect(enumerate(spin, rvwmo)).toMatchObject({
      states: ['0:x5=1;'],
      limit: 'an instruction of P0 more than 4 times',
    });
  });

  it('an access to no location, a trap, a jump out of the code', () => {
    const fault = (...body: string[]): string | null => enumerate(threads([body], 'x;'), rvwmo).fault;
    expect(fault('lw x5,0(x0)')).toBe('an access to 0x0, where there is no location');
    expect(fault('ecall')).toBe('ecall');
    expect(fault('jalr x0,0(x0)')).toBe('no instruction at 0x0');
  });
});
