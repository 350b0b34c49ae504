import { describe, expect, it } from 'vitest';
import type { CheckOptions } from '../../server/src/checker';
import { brief, verdictOf as explained, traceOf } from './support';

/** Without what a `safe` rests on, and shortest traces. */
const verdictOf = (text: string, when: string | null = null, options: Partial<CheckOptions> = {}) =>
  explained(text, when, { explain: false, ...options });

/** A JIT compiler's method, which a pointer publishes, and a reader that calls it; it is illegal before it is written. */
const pointer = (patcher: string, reader: string, lines = ''): string => `
data slot at 0x80020000 { .dword 0 }
site method at 0x80001000 {
  version empty { .half 0 ; .half 0 ; .half 0 }
  version body { ADD: addi a0, a0, 1 ; RET: c.jr ra }
}
protocol publish patches method from empty to body {
  ${patcher}
  thread reader clobbers t1 {
    mv s0, ra
    ${reader}
    jr s0
  }
  ${lines}
}
`;
const emit = 'write ADD, RET ; fence w,w ; store.d slot, method';
const call = 'jalr t1 ; 1:';
const load = 'ld t1, slot ; beqz t1, 1f';

describe('a pointer that publishes code', () => {
  it.each([
    // The pointer orders what is loaded through it, and no fetch.
    ['is called as it is', 'executors any', emit, `${load} ; ${call}`, 'unsafe illegal'],
    ['is read with acquire', 'executors any', emit, `${load} ; fence r, rw ; ${call}`, 'unsafe illegal'],
    ['is read with a full fence', 'executors any', emit, `${load} ; fence ; ${call}`, 'unsafe illegal'],
    // fence.i: the load before it comes before the fetches behind it.
    ['is followed by fence.i', 'executors any pinned', emit, `${load} ; fence.i ; ${call}`, 'safe'],
    ['is followed by fence.i, masked', 'executors any masked', emit, `${load} ; fence.i ; ${call}`, 'safe'],
    ['is preceded by fence.i', 'executors any pinned', emit, `fence.i ; ${load} ; ${call}`, 'unsafe illegal'],
    // The fence.i is that hart's own.
    [
      'is followed by fence.i, and then by a migration',
      'executors any',
      emit,
      `${load} ; fence.i ; ${call}`,
      'unsafe illegal',
    ],
    // Two stores without a fence between them are seen in any order.
    [
      'is stored without a fence before it',
      'executors any pinned',
      'write ADD, RET ; store.d slot, method',
      `${load} ; fence.i ; ${call}`,
      'unsafe illegal',
    ],
    [
      'is stored after all harts have executed fence.i',
      'executors any',
      'write ADD, RET ; fence w,w ; sync fence.i ; store.d slot, method',
      `${load} ; ${call}`,
      'safe',
    ],
    [
      'is stored before they have',
      'executors any',
      'store.d slot, method ; write ADD, RET ; fence w,w ; sync fence.i',
      `${load} ; fence.i ; ${call}`,
      'unsafe illegal',
    ],
  ])('%s', (_name, executors, patcher, reader, verdict) => {
    expect(brief(verdictOf(pointer(patcher, reader, executors)))).toBe(verdict);
  });

  it.each([
    ['ziccid', 'unsafe illegal'],
    ['fetch letter', 'unsafe illegal'],
    ['fetch isa+decode', 'unsafe illegal'],
    ['memory sc', 'unsafe illegal'],
  ])('read with acquire is no better when %s', (condition, verdict) => {
    const text = pointer(emit, `${load} ; fence r, rw ; ${call}`, `expect safe when ${condition}`);
    expect(brief(verdictOf(text, condition))).toBe(verdict);
  });
  it.each([
    // The load anchors the fence.i: the letter of the manual orders the fetches behind it.
    ['fetch letter', 'safe'],
    ['memory tso', 'safe'],
    ['not ziccif', 'safe'],
    ['executors 2, not preemptible', 'safe'],
    ['executors 2, migrating', 'unsafe illegal'],
  ])('followed by fence.i when %s', (condition, verdict) => {
    const pinned = condition.includes('executors') ? '' : 'executors any pinned';
    const text = pointer(emit, `${load} ; fence.i ; ${call}`, `${pinned}\n  expect safe when ${condition}`);
    expect(brief(verdictOf(text, condition))).toBe(verdict);
  });
  it('stored without a fence before it, in total store order', () => {
    const patcher = 'write ADD, RET ; store.d slot, method';
    const text = pointer(patcher, `${load} ; fence.i ; ${call}`, 'executors any pinned\n  expect safe when memory tso');
    expect(brief(verdictOf(text, 'memory tso'))).toBe('safe');
  });
  it('is waited for in a loop', () => {
    const waits = 'ld t1, slot ; beqz t1, 1b';
    expect(brief(verdictOf(pointer(emit, `1: ${waits} ; fence.i ; jalr t1`, 'executors 1 pinned')))).toBe('safe');
    expect(brief(verdictOf(pointer(emit, `1: ${waits} ; jalr t1`, 'executors 1 pinned')))).toBe('unsafe illegal');
  });
  it('is waited for in vain', () => {
    const text = pointer('write ADD, RET', '1: ld t1, slot ; beqz t1, 1b', 'executors 1 pinned, masked');
    expect(brief(verdictOf(text))).toBe('unsafe hang');
  });
  it('that nobody follows harms nobody', () => {
    expect(brief(verdictOf(pointer(emit, 'ld t1, slot')))).toBe('safe');
  });
  it('is told with the thread and its lines', () => {
    expect(traceOf(explained(pointer(emit, `${load} ; fence r, rw ; ${call}`)), 'illegal')).toEqual([
      'hart 1: executes mv s0, ra of reader at reader',
      'hart 1: executes auipc t1, 0x10 of reader at reader+4',
      'patcher: writes ADD: 0x00150513 at method',
      'patcher: writes RET: 0x8082 at method+4',
      'patcher: executes fence w,w',
      'patcher: stores.d slot, method: 0x0000000080001000 at slot',
      'hart 1: executes ld t1, -4(t1) of reader at reader+8',
      'hart 1: executes beqz t1, 0x80010018 <reader+24> of reader at reader+12',
      'hart 1: executes fence r, rw of reader at reader+16',
      'hart 1: executes jalr t1 of reader at reader+20',
      'hart 1: executes unimp of empty at method (stale: this hart does not see the newer word yet)',
    ]);
  });
});

/** A method of two versions, and one more; a flag. */
const calls = (patches: string, patcher: string, threads: string): string => `
data flag at 0x80020000 { .dword 0, 0 }
site one at 0x80001000 {
  version old { A: addi a0, a0, 1 ; c.jr ra }
  version new { B: slli a0, a0, 1 ; c.jr ra }
}
site two at 0x80002000 {
  version old { C: addi a1, a1, 1 ; c.jr ra }
  version new { D: slli a1, a1, 1 ; c.jr ra }
}
protocol p patches ${patches} {
  ${patcher}
  ${threads}
}
`;
const both = 'one from old to new, two from old to new';
const thread = (code: string): string => `thread caller clobbers t1 { mv s0, ra ; ${code} ; jr s0 }`;

describe('what a pass of a thread must amount to', () => {
  const announced = 'write B ; fence w,w ; store.d flag, 1';
  it.each([
    ['any version, where the thread asks for none', 'write B', 'call one', 'safe'],
    // Two fetches of one address may see the newer word first.
    ['the old version after the new one is none', 'write B', 'call one ; call one', 'unsafe mixed'],
    [
      'the old version where the flag is seen is none',
      announced,
      'ld t1, flag ; beqz t1, 1f ; call one ; 1:',
      'unsafe mixed',
    ],
    [
      'the new version where the flag is not seen is one',
      announced,
      'ld t1, flag ; bnez t1, 1f ; call one ; 1:',
      'safe',
    ],
    [
      'the flag of before after the new version is none',
      'store.d flag, 1 ; fence w,w ; write B',
      'call one ; ld t1, flag ; add a0, a0, t1',
      'unsafe mixed',
    ],
    ['the flag alone may be either', announced, 'ld t1, flag ; add a0, a0, t1', 'safe'],
    [
      'two flags as nobody stored them',
      'store.d flag, 1 ; fence w,w ; store.d flag+8, 1',
      'ld t1, flag+8 ; add a0, a0, t1 ; ld t1, flag ; slli t1, t1, 1 ; add a0, a0, t1',
      'unsafe mixed',
    ],
    [
      'two flags read in order',
      'store.d flag, 1 ; fence w,w ; store.d flag+8, 1',
      'ld t1, flag+8 ; add a0, a0, t1 ; fence r, r ; ld t1, flag ; slli t1, t1, 1 ; add a0, a0, t1',
      'safe',
    ],
  ])('%s', (_name, patcher, code, verdict) => {
    expect(brief(verdictOf(calls('one from old to new', patcher, thread(code))))).toBe(verdict);
  });

  it.each([
    // Each hart has executed fence.i between the two writes: who finds the second site new finds the first one new.
    [
      'the first that is patched behind the second',
      'write B ; fence w,w ; sync fence.i ; write D',
      'call two ; call one',
      'safe',
    ],
    ['without the sync between', 'write B ; fence w,w ; write D', 'call two ; call one', 'unsafe mixed'],
    ['without a fence before the sync', 'write B ; sync fence.i ; write D', 'call two ; call one', 'unsafe mixed'],
    [
      'in the order in which they are patched',
      'write B ; fence w,w ; sync fence.i ; write D',
      'call one ; call two',
      'safe',
    ],
  ])('of two sites, %s', (_name, patcher, code, verdict) => {
    expect(brief(verdictOf(calls(both, patcher, thread(code))))).toBe(verdict);
  });

  it('with its own registers but those that it or a site clobbers', () => {
    const text = (clobbers: string): string =>
      calls(
        'one from old to new',
        'store.d flag, 1 ; fence w,w ; write B',
        `thread caller ${clobbers} { mv s0, ra ; call one ; ld t1, flag ; jr s0 }`,
      );
    // New code and the flag of before: seen in t1 alone.
    expect(brief(verdictOf(text('')))).toBe('unsafe mixed');
    expect(brief(verdictOf(text('clobbers t1')))).toBe('safe');
  });
  it('after the end: the new version', () => {
    const effective = (patcher: string): boolean | undefined =>
      verdictOf(calls('one from old to new', patcher, thread('call one'))).claims.find(
        ({ name }) => name === 'effective',
      )?.holds;
    expect(effective('write B ; fence w,w ; sync fence.i')).toBe(true);
    expect(effective('write B')).toBe(false);
    expect(effective('write B ; fence w,w ; sync fence.i ; write A ; fence w,w ; sync fence.i')).toBe(false);
  });
  it('whichever of several threads it is', () => {
    const text = (lines: string): string =>
      calls(
        'one from old to new',
        announced,
        `executors any pinned
  thread careful clobbers t1 { mv s0, ra ; ld t1, flag ; beqz t1, 1f ; fence.i ; call one ; 1: jr s0 }
  thread hasty clobbers t1 { mv s0, ra ; ld t1, flag ; beqz t1, 1f ; call one ; 1: jr s0 }
  ${lines}`,
      );
    expect(brief(verdictOf(text('')))).toBe('unsafe mixed');
    expect(brief(verdictOf(text('expect safe when without hasty'), 'without hasty'))).toBe('safe');
    expect(brief(verdictOf(text('expect safe when without careful'), 'without careful'))).toBe('unsafe mixed');
  });
  it('wherever it enters the site, and wherever that leads', () => {
    const inner = (code: string): string => `
symbol out = 0x80100000
site here at 0x80001000 {
  version old { addi a0, a0, 1 ; X: addi a0, a0, 2 ; addi a0, a0, 4 }
  version new { addi a0, a0, 1 ; Y: j out ; addi a0, a0, 4 }
}
protocol p patches here from old to new { write Y ; thread caller { ${code} } }
`;
    expect(brief(verdictOf(inner('tail here+4')))).toBe('safe');
    expect(brief(verdictOf(inner('tail here')))).toBe('safe');
    // A pass ends behind the site, at the symbol, or where the thread's own code does.
    expect(brief(verdictOf(inner('nop')))).toBe('safe');
    expect(brief(verdictOf(inner('tail here+0x100')))).toBe('unsafe wild-jump');
    expect(brief(verdictOf(inner('jr a5')))).toBe('unsafe wild-jump');
  });
  it('two instructions of different versions in one visit are none of it', () => {
    const text = `
site here at 0x80001000 {
  version old { A: addi a0, a0, 1 ; B: addi a1, a1, 1 ; c.jr ra }
  version new { A': addi a0, a0, 2 ; B': addi a1, a1, 2 ; c.jr ra }
}
protocol p patches here from old to new {
  write A' ; fence w,w ; sync fence.i ; write B'
  thread caller { mv s0, ra ; call here ; jr s0 }
  expect safe when without write.2
}
`;
    expect(brief(verdictOf(text))).toBe('unsafe mixed');
    // What is never to be is not a version, even where nobody is late.
    expect(brief(verdictOf(text, 'without write.2'))).toBe('unsafe mixed');
  });
  it('the same where harts keep what they have seen from pass to pass', () => {
    const unreduced = { reductions: { freshPass: false } };
    for (const [patcher, code, verdict] of [
      [announced, 'ld t1, flag ; beqz t1, 1f ; call one ; 1:', 'unsafe mixed'],
      [announced, 'ld t1, flag ; beqz t1, 1f ; fence.i ; call one ; 1:', 'safe'],
      ['write B', 'call one ; call one', 'unsafe mixed'],
    ] as const) {
      const text = calls('one from old to new', patcher, `executors 1 pinned\n  ${thread(code)}`);
      expect(brief(verdictOf(text))).toBe(verdict);
      expect(brief(verdictOf(text, null, unreduced))).toBe(verdict);
    }
  });
});

describe('a hart that flushes where a thread migrates to it', () => {
  it('has done so before the thread goes on, wherever it has been before', () => {
    const text = (executors: string): string => pointer(emit, `${load} ; fence.i ; ${call}`, executors);
    expect(brief(verdictOf(text('executors any migrating with fence.i')))).toBe('safe');
    expect(brief(verdictOf(text('executors 3 migrating with fence.i')))).toBe('safe');
    expect(brief(verdictOf(text('executors 3 migrating')))).toBe('unsafe illegal');
  });
  it('does not where the thread stays on it', () => {
    // The thread sees the flag as it is between both stores, so before all harts stop: it is stopped in its pass, goes on on
    // the same hart, and finds the first instruction new. Nothing has made that hart fetch the second one anew.
    const text = (fenceI: string): string => `
data flag at 0x80020000 { .dword 0 }
site here at 0x80001000 {
  version old { B: addi a0, a0, 1 ; A: addi a0, a0, 2 ; c.jr ra }
  version new { B': slli a0, a0, 1 ; A': slli a0, a0, 2 ; c.jr ra }
}
protocol p patches here from old to new {
  write A' ; fence w,w ; store.d flag, 1 ; fence w,w
  stop_machine ${fenceI} { store.d flag, 2 ; write B' ; fence.i }
  forbid B' then A
  executors any migrating with fence.i
  thread t clobbers t1 { mv s0, ra ; ld t1, flag ; addi t1, t1, -1 ; bnez t1, 1f ; call here ; 1: jr s0 }
}
`;
    expect(brief(verdictOf(text('without fence.i')))).toBe('unsafe forbidden mixed');
    expect(brief(verdictOf(text('')))).toBe('unsafe mixed');
  });
});

describe('threads beside what else a protocol has', () => {
  const text = (lines: string, code = 'call one'): string => calls('one from old to new', lines, thread(code));

  it('no pass begins at a site but those of the patcher', () => {
    // From its first byte the site would return to a caller; from there nobody comes but the patcher.
    const own = text('run one as old ; write B ; run one\n  executors any', 'nop');
    expect(brief(verdictOf(own))).toBe('unsafe mixed');
    expect(brief(verdictOf(own.replace('write B ;', 'write B ; fence.i ;')))).toBe('safe');
    expect(brief(verdictOf(text('write B', 'nop')))).toBe('safe');
  });
  it('nobody runs them where there are no executors', () => {
    expect(brief(verdictOf(text('write B\n  executors 0')))).toMatch(/^inconclusive: no executor/);
  });
  it('breakpoints and fix-ups in the sites are handled', () => {
    const probe = (handler: string): string => `
site probed at 0x80001000 {
  version off { A: addi a0, a0, 1 ; c.jr ra }
  version on { BREAK: ebreak ; c.jr ra }
}
protocol arm patches probed from off to on {
  ${handler}
  write BREAK
  thread caller { mv s0, ra ; call probed ; jr s0 }
}
`;
    expect(brief(verdictOf(probe('on ebreak at probed { run A }')))).toBe('safe');
    expect(brief(verdictOf(probe('on ebreak at probed { sepc += 4 }')))).toBe('safe');
  });
  it.each([
    [
      'a store to memory that others read',
      'li t1, 1 ; sd t1, flag, t2',
      /an executor stores to the shared address flag/,
    ],
    ['an atomic instruction', 'la t1, flag ; amoadd.d t2, t2, (t1)', /an atomic instruction \(amoadd.d\)/],
    ['a CSR', 'csrr t1, time', /accesses a CSR/],
    ['a load through a pointer that nobody set', 'ld t1, (a5)', /a pointer that nobody set/],
  ])('%s is refused by name', (_name, code, limit) => {
    const verdict = verdictOf(text('write B', code));
    expect([verdict.verdict, verdict.limit]).toEqual(['inconclusive', expect.stringMatching(limit)]);
  });
  it.each([
    ['at once', 'free first', 'unsafe freed'],
    ['when every hart has answered', 'sync fence.i ; free first', 'unsafe freed'],
    ['when every thread has been outside', 'wait rcu_tasks ; free first', 'safe'],
    ['another', 'wait rcu_tasks ; free second', 'unsafe freed'],
  ])('what a thread has loaded the address of is freed %s', (_when, patcher, verdict) => {
    const retire = `
data ptr at 0x80028000 { .dword first }
code first at 0x80030000 { addi a2, a2, 1 ; c.jr ra }
code second at 0x80038000 { addi a2, a2, 2 ; c.jr ra }
site here at 0x80001000 { version only { ld t1, ptr ; jr t1 } }
protocol p patches here from only {
  store.d ptr, second ; fence w,w ; ${patcher}
  thread caller clobbers t1 { mv s0, ra ; ld t1, ptr ; jalr t1 ; jr s0 }
}
`;
    expect(brief(verdictOf(retire))).toBe(verdict);
  });
  it('a thread that never ends is not decided', () => {
    expect(brief(verdictOf(calls('one from old to new', 'write B', 'thread caller { 1: call one ; j 1b }')))).toMatch(
      /^inconclusive: thread caller alone does not end/,
    );
  });
  it('`retires` is not told of them', () => {
    const names = verdictOf(text('write B ; fence w,w ; sync fence.i')).claims.map(({ name }) => name);
    expect(names).toEqual(['effective']);
  });
});
