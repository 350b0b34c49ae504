import { describe, expect, it } from 'vitest';
import { brief, traceOf, verdictOf } from './support';

const trampolines = `
symbol A = 0x80010000
symbol B = 0x80020000
site entry at 0x80000000 {
  version old { J:  j A }
  version new { J': j B }
}
`;
const replace = (operations: string, lines = ''): string =>
  `${trampolines}protocol p patches entry from old to new {\n${operations}\n${lines}\n}\n`;

describe('free', () => {
  const synced = "write J' ; fence w,w ; sync fence.i";

  it.each([
    ['sync fence.i, then free', `${synced} ; free A`, 'unsafe freed'],
    ['sync fence.i, wait rcu_tasks, then free', `${synced} ; wait rcu_tasks ; free A`, 'safe'],
    ['wait rcu_tasks before the sync', "write J' ; fence w,w ; wait rcu_tasks ; sync fence.i ; free A", 'unsafe freed'],
    ['no sync: stale fetches go there still', "write J' ; fence w,w ; wait rcu_tasks ; free A", 'unsafe freed'],
    ['a second wait is as good as one', `${synced} ; wait rcu_tasks ; wait rcu_tasks ; free A`, 'safe'],
    ['another symbol than the old one', `${synced} ; free B`, 'unsafe freed'],
    ['twice', `${synced} ; wait rcu_tasks ; free A ; free A`, 'safe'],
  ])('%s', (_name, operations, verdict) => {
    expect(brief(verdictOf(replace(operations)))).toBe(verdict);
  });

  it.each([
    ['fetch isa', 'unsafe freed'],
    ['ziccid', 'safe'],
    ['executors 1', 'safe'],
    ['executors 2, not preemptible', 'safe'],
    ['pinned', 'safe'],
    ['ipi device', 'unsafe freed'],
  ])('after rcu_tasks when %s', (condition, verdict) => {
    const text = replace(`${synced} ; wait rcu_tasks ; free A`, `expect safe when ${condition}`);
    expect(brief(verdictOf(text, condition))).toBe(verdict);
  });

  it('a barrier of stores frees nothing, even with fetches in order', () => {
    const text = replace("write J' ; fence w,w ; free A", 'expect unsafe freed when ziccid');
    expect(brief(verdictOf(text, 'ziccid'))).toBe('unsafe freed');
  });

  it('tells who is still inside', () => {
    expect(traceOf(verdictOf(replace(`${synced} ; free A`)), 'freed')).toEqual([
      'hart 1: executes J of old: j 0x80010000 <A> at entry',
      "patcher: writes J': 0x0002006f at entry",
      'patcher: executes fence w,w',
      'patcher: sends a message to every other hart (memory store)',
      'hart 1: takes the interrupt at A: executes fence.i, answers and returns',
      'patcher: every other hart has answered',
      'patcher: executes fence.i',
      'patcher: frees A',
      'hart 1: executes what has been freed at A',
    ]);
  });

  it('code that is declared, and data, can be freed too', () => {
    const text = (operations: string): string => `
data slot at 0x80300000 { .dword 0x80020000 }
code stub at 0x80002000 {
  ld t1, slot
  jr t1
}
symbol B = 0x80020000
site entry at 0x80001000 clobbers t1 {
  version old { J:  j stub }
  version new { J': nop }
}
protocol p patches entry from old to new { ${operations} }
`;
    const unlink = "write J' ; fence w,w ; sync fence.i";
    expect(brief(verdictOf(text(`${unlink} ; free stub`)))).toBe('unsafe freed');
    expect(brief(verdictOf(text(`${unlink} ; free slot`)))).toBe('unsafe freed');
    expect(brief(verdictOf(text(`${unlink} ; wait rcu_tasks ; free slot ; free stub`)))).toBe('safe');
  });

  it('waiting for threads that are stopped is a deadlock', () => {
    expect(brief(verdictOf(replace("stop_machine { write J' ; wait rcu_tasks }")))).toBe('unsafe deadlock');
  });
});

describe('effective', () => {
  it('is about passes: what happens to a thread in the symbol that it has jumped to is no longer one', () => {
    const found = verdictOf(replace("write J' ; fence w,w ; sync fence.i ; free B"));
    expect(brief(found)).toBe('unsafe freed');
    expect(found.claims).toContainEqual({ name: 'effective', holds: true, why: null });
  });
});

describe('retires', () => {
  const retires = (operations: string, condition: string | null = null): boolean | undefined => {
    const text = replace(operations, condition === null ? '' : `expect safe when ${condition}`);
    return verdictOf(text, condition).claims.find(({ name }) => name === 'retires old')?.holds;
  };

  it.each([
    ["write J' ; fence w,w ; sync fence.i", null, false],
    ["write J' ; fence w,w ; sync fence.i ; wait rcu_tasks", null, true],
    ["write J' ; fence w,w ; sync fence.i ; wait rcu_tasks", 'fetch isa', false],
    ["write J' ; fence w,w ; wait rcu_tasks", null, false],
    // A thread that is not preempted in its pass may give up its hart in what it has jumped to.
    ["stop_machine { write J' }", 'not preemptible', false],
    ["stop_machine { write J' }", null, false],
    ["stop_machine { write J' } ; wait rcu_tasks", null, true],
  ])('%s, when %s: %s', (operations, condition, holds) => {
    expect(retires(operations, condition)).toBe(holds);
  });

  it('a thread between two instructions of the old version holds it too', () => {
    const text = (wait: string): string => `
site entry at 0x80001000 {
  version old { A: addi a0, a0, 1 ; B: addi a0, a0, 2 }
  version new { J: j .+8 }
}
protocol p patches entry from old to new { write J ; fence w,w ; sync fence.i ${wait} }
`;
    const claim = (source: string) => verdictOf(source).claims.find(({ name }) => name === 'retires old');
    expect(claim(text(''))?.why).toBe('after the end a thread may still be in old');
    expect(claim(text('; wait rcu_tasks'))?.holds).toBe(true);
  });
});

describe('breakpoints', () => {
  const probe = (at: number, handler: string, operations: string, lines = ''): string => `
machine { isa rv64gc_zifencei_ziccif }
site probed at 0x${(0x8000_0000 + at).toString(16)} {
  version off { INSN: addi a0, a0, 1 }
  version on { BREAK: ebreak }
  version short { SHORT: c.ebreak }
}
on ebreak at probed { ${handler} }
protocol p patches probed from off { ${operations}
${lines} }
`;

  it.each([
    ['a copy is run: nobody can tell', 0, 'run INSN', 'write BREAK', 'safe'],
    ['skipped: version on is what the breakpoint makes of it', 0, 'sepc += 4', 'write BREAK', 'safe'],
    ['back to the breakpoint for ever', 0, 'sepc += 0', 'write BREAK ; fence w,w ; sync fence.i', 'unsafe hang'],
    ['half a breakpoint', 2, 'run INSN', 'write BREAK', 'unsafe torn'],
    ['the short one does not straddle', 2, 'run INSN', 'write SHORT', 'safe'],
    ['it leads nowhere', 0, 'sepc += 16', 'write BREAK', 'unsafe wild-jump'],
  ])('%s', (_name, at, handler, operations, verdict) => {
    expect(brief(verdictOf(probe(at, handler, operations)))).toBe(verdict);
  });

  it('without a handler that is meant the pass ends there', () => {
    const text = probe(0, 'sepc += 4', 'write BREAK').replace('at probed {', 'at probed if c.ebreak {');
    expect(brief(verdictOf(text))).toBe('safe');
  });

  it('the breakpoint-first patch of an instruction across two fetch units', () => {
    const text = `
machine { isa rv64gc_zifencei_ziccif }
site at2 at 0x80000002 {
  version old { OLD: nop }
  version trap { BP: c.ebreak }
  version new { NEW: addi a0, a0, 1 }
}
on ebreak at at2 { sepc += 4 }
protocol poke patches at2 from old to new {
  step one   { write BP                 ; fence w,w ; sync fence.i }
  step two   { write at2+2, .half 0x15  ; fence w,w ; sync fence.i }
  step three { write at2, .half 0x513   ; fence w,w ; sync fence.i }
  expect safe when without one.sync
  expect safe when without two.sync
  expect safe when without two.sync, ziccid
  expect safe when without three.sync
}
`;
    const when = (condition: string | null) => brief(verdictOf(text, condition));
    expect(when(null)).toBe('safe');
    expect(when('without one.sync')).toBe('unsafe torn');
    expect(when('without two.sync')).toBe('unsafe torn');
    expect(when('without two.sync, ziccid')).toBe('safe');
    expect(when('without three.sync')).toBe('safe');
  });
});

describe("the patcher's own passes", () => {
  const jit = (operations: string, executors = 'executors 0'): string => `
site code at 0x80000000 {
  version stub { S: addi a0, a0, 1 }
  version body { B: addi a0, a0, 2 }
}
protocol p patches code from stub to body { ${executors} ; ${operations} }
`;

  it.each([
    ['write B ; run code', 'unsafe mixed'],
    ['write B ; fence rw,rw ; run code', 'unsafe mixed'],
    ['write B ; fence.i ; run code', 'safe'],
    ['run code as stub ; write B ; fence.i ; run code', 'safe'],
    ['write B ; fence.i ; run code as stub', 'unsafe mixed'],
    ['write B ; fence.i ; migrate ; run code', 'unsafe mixed'],
    ['write B ; migrate with fence.i ; run code', 'safe'],
    ['write B ; migrate ; fence.i ; run code', 'safe'],
    ['write B ; fence w,w ; sync fence.i ; migrate ; run code', 'safe'],
    ['write B ; fence w,w ; sync fence.i async ; migrate ; run code', 'unsafe mixed'],
    ['migrate ; write B ; fence.i ; run code', 'safe'],
  ])('%s: %s', (operations, verdict) => {
    expect(brief(verdictOf(jit(operations)))).toBe(verdict);
    expect(brief(verdictOf(jit(operations, 'executors any')))).toBe(verdict);
  });
});

describe('harts that come online later', () => {
  const patch = (executors: string): string => `
site code at 0x80000000 {
  version old { A: addi a0, a0, 1 ; C: nop }
  version new { J: j .+8 }
}
protocol p patches code from old to new { ${executors} ; write J ; fence w,w ; sync fence.i }
`;
  const effective = (executors: string): boolean | undefined =>
    verdictOf(patch(executors)).claims.find(({ name }) => name === 'effective')?.holds;

  it.each([
    ['executors any', true],
    ['executors any online later', false],
    ['executors any online later with fence.i', true],
    ['executors 2 online later', false],
  ])('%s: effective %s', (executors, holds) => {
    expect(effective(executors)).toBe(holds);
  });
});

describe('several patchers', () => {
  const two = (first: string, second: string): string => `
site entry at 0x80001000 {
  version off { A: nop ; B: nop }
  version one { C: addi a0, a0, 1 ; D: addi a0, a0, 1 }
}
protocol p patches entry from off {
  patcher enable  { ${first} }
  patcher disable { ${second} }
}
`;

  it.each([
    ['one word each', 'lock m ; write C ; unlock m', 'lock m ; write A ; unlock m', 'unsafe mixed'],
    ['locks that differ', 'lock m ; write C ; unlock m', 'lock n ; write A ; unlock n', 'unsafe mixed'],
    ['no lock', 'write C', 'write A', 'unsafe mixed'],
    [
      'a lock that is given back in between',
      'lock m ; write C ; unlock m ; lock m ; unlock m',
      'lock m ; write A ; unlock m',
      'unsafe mixed',
    ],
    ['a lock too late', 'write C ; lock m ; unlock m', 'lock m ; write A ; unlock m', 'unsafe mixed'],
    ['a lock that is never given back', 'lock m ; write C', 'lock m ; write A ; unlock m', null],
  ])('%s', (_name, first, second, verdict) => {
    const found = brief(verdictOf(two(first, second)));
    if (verdict === null) expect(found).toMatch(/^inconclusive: .*(lock|never gives)/);
    else expect(found).toBe(verdict);
  });

  it('the second order counts as well as the first', () => {
    const text = (line: string): string => `
symbol A = 0x80010000
symbol B = 0x80020000
site entry at 0x80000000 {
  version one { J: j A }
  version two { K: j B }
}
protocol p patches entry from one {
  ${line}
}
`;
    // Only where the one that frees A comes last is nobody inside A any more.
    const free = 'lock m ; write K ; fence w,w ; sync fence.i ; wait rcu_tasks ; free A ; unlock m';
    expect(brief(verdictOf(text(`patcher a { ${free} }`)))).toBe('safe');
    expect(brief(verdictOf(text(`patcher a { ${free} }\n patcher b { lock m ; write J ; unlock m }`)))).toBe(
      'unsafe freed',
    );
  });
});

describe('what a search could overlook', () => {
  const verdictsOf = (text: string, when: string | null = null): string => brief(verdictOf(text, when));

  it('a hart that comes online after the sync takes a thread that was outside into the old code', () => {
    const text = replace("write J' ; fence w,w ; sync fence.i ; wait rcu_tasks ; free A", 'executors any online later');
    const verdict = verdictOf(text);
    expect(brief(verdict)).toBe('unsafe freed');
    expect(verdict.claims).toMatchObject([
      { name: 'effective', holds: false },
      { name: 'retires old', holds: false },
    ]);
    expect(verdictsOf(text.replace('online later', 'online later with fence.i'))).toBe('safe');
  });

  it('RCU: a pointer is unlinked, and what it led to is freed after the wait', () => {
    const text = (wait: string): string => `
data ops at 0x80300000 { .dword first }
data first at 0x80300040 { .dword target }
data second at 0x80300080 { .dword target }
symbol target = 0x80020000
site entry at 0x80001000 clobbers t0, t1 {
  version on { ld t0, ops ; ld t1, 0(t0) ; jr t1 }
}
protocol p patches entry from on { store.d ops, second ; ${wait} free first }
`;
    expect(verdictsOf(text('wait rcu_tasks ;'))).toBe('safe');
    expect(verdictsOf(text(''))).toBe('unsafe freed');
  });

  it('two halves of one word may become visible in either order, whatever the order of the text', () => {
    const text = (first: string, second: string): string => `
machine { isa rv64gc_zifencei_ziccif }
site s at 0x80001000 clobbers a0, a1 {
  version old { X0: .half 0x0513, 0x0010 ; Y: nop }
  version low { X1: .half 0x0593, 0x0010 ; Y1: nop }
  version high { X2: .half 0x0513, 0x0020 ; Y2: nop }
  version new { X3: .half 0x0593, 0x0020 ; Y3: nop }
}
on trap return to s+4 { sepc -= 4 }
protocol p patches s from old to new {
  write ${first}
  write ${second}
  forbid X2 then X3
  forbid X1 then X3
}
`;
    const halves = ['s+0, .half 0x0593', 's+2, .half 0x0020'] as const;
    expect(verdictsOf(text(halves[0], halves[1]))).toBe('unsafe forbidden');
    expect(verdictsOf(text(halves[1], halves[0]))).toBe('unsafe forbidden');
  });

  it.each([
    [
      'a thread that spins in the old code never reports',
      'wait rcu_tasks ; write G ; fence w,w ; sync fence.i',
      '',
      'unsafe hang',
    ],
    ['it is interrupted, and sees the new code', 'write G ; fence w,w ; sync fence.i', '', 'safe'],
    ['stop_machine waits for it for ever', 'stop_machine { write G }', 'not preemptible', 'unsafe hang'],
    ['it takes no interrupt', 'write G ; fence w,w ; sync fence.i', 'not preemptible masked', 'unsafe hang'],
  ])('%s', (_name, operations, executors, verdict) => {
    const text = `
site s at 0x80000000 {
  version spin { S: j s }
  version go { G: j .+4 }
}
protocol p patches s from spin to go { executors any ${executors} ; ${operations} }
`;
    expect(verdictsOf(text)).toBe(verdict);
  });

  it('a thread that waits for data which the patcher stores only after that thread has been outside', () => {
    const text = (operations: string): string => `
data flag at 0x80005000 { .dword 0 }
site w at 0x80001000 clobbers t0, t1 {
  version on { la t1, flag ; L: ld t0, (t1) ; beqz t0, L ; N: nop }
}
protocol p patches w from on { ${operations} }
`;
    expect(verdictsOf(text('wait rcu_tasks ; store.d flag, 1'))).toBe('unsafe hang');
    expect(verdictsOf(text('store.d flag, 1 ; wait rcu_tasks'))).toBe('safe');
  });

  it('what a version jumps to is not retired while a breakpoint leads there, or the new version, or another site', () => {
    const retires = (text: string): boolean | undefined =>
      verdictOf(text).claims.find(({ name }) => name === 'retires old')?.holds;
    expect(
      retires(`
symbol a = 0x80010000
symbol b = 0x80020000
site s at 0x80000000 { version old { J: j a } ; version bp { K: ebreak } ; version new { J': j b } }
on ebreak at s { run J }
protocol p patches s from old to new {
  write K ; fence w,w ; sync fence.i ; wait rcu_tasks
  write J' ; fence w,w ; sync fence.i
}
`),
    ).toBe(false);
    expect(
      retires(`
symbol a = 0x80010000
site s at 0x80000000 { version old { J: j a ; P: nop } ; version new { N: nop ; J': j a } }
protocol p patches s from old to new { stop_machine { write N, J' } ; wait rcu_tasks ; executors any not preemptible }
`),
    ).toBe(false);
    expect(
      retires(`
symbol a = 0x80010000
symbol b = 0x80020000
site s at 0x80000000 { version old { J: j a } ; version new { J': j b } }
site t at 0x80001000 { version on { K: j a } }
protocol p patches s from old to new, t from on { write J' ; fence w,w ; sync fence.i ; wait rcu_tasks }
`),
    ).toBe(false);
  });

  it('a stub is retired where the new version leads to the same function without it', () => {
    const retires = (wait: string) =>
      verdictOf(`
symbol target = 0x80010000
code stub at 0x80020000 { addi a0, a0, 1 ; j target }
site s at 0x80000000 { version old { J: j stub } ; version new { J': j target } }
protocol p patches s from old to new { write J' ; fence w,w ; sync fence.i ; ${wait} }
`).claims.find(({ name }) => name === 'retires old');
    expect(retires('')?.why).toBe('after the end a thread may still be in stub, to which old leads');
    expect(retires('wait rcu_tasks')?.holds).toBe(true);
    expect(retires('stop_machine { fence } ; executors any not preemptible')?.holds).toBe(true);
  });

  it('a handler that compares the instruction may read an older one than was fetched', () => {
    const text = `
machine { isa rv64gc_zifencei_ziccif }
site q at 0x80001000 { version off { I: c.addi a0, 1 } ; version on { K: c.ebreak } }
on ebreak at q if c.ebreak { run I }
protocol arm patches q from off to on {
  write K ; fence w,w ; sync fence.i
  expect safe when fetch isa+decode
}
`;
    expect(verdictsOf(text)).toBe('unsafe mixed');
    expect(verdictsOf(text, 'fetch isa+decode')).toBe('safe');
  });

  it('the firmware reaches a hart within the handler of a breakpoint', () => {
    const text = (ipi: string): string => `
machine { isa rv64gc_zifencei_ziccif ; ipi ${ipi} }
data table at 0x80300000 { .dword 1 }
site q at 0x80001000 clobbers t0, t1 {
  version on { L: la t1, table ; INSN: ld t0, 0(t1) }
  version bp { L': la t1, table ; K: ebreak }
  version off { L'': la t1, table ; NONE: nop }
}
on ebreak at K { run INSN }
protocol disarm patches q from bp to off {
  executors any not preemptible
  write NONE ; fence w,o ; sync fence.i
  free table
}
`;
    expect(verdictsOf(text('sbi'))).toBe('unsafe freed');
    expect(verdictsOf(text('device'))).toBe('safe');
  });

  it('two symbols at one address that differ are refused', () => {
    const text = replace("write J'").replace('symbol B', 'symbol C = 0x80010000 returns ra\nsymbol B');
    expect(verdictsOf(text)).toMatch(/^inconclusive: `C` stands at the address of another symbol/);
  });

  it('claims of what nobody runs are not made', () => {
    const text = replace("write J' ; fence.i ; run entry", 'executors 0');
    expect(verdictOf(text)).toMatchObject({ verdict: 'safe', claims: [] });
  });

  it('a patcher that may come to a hart which came online later is refused', () => {
    const text = replace("write J' ; fence w,w ; sync fence.i ; migrate ; run entry", 'executors any online later');
    expect(verdictsOf(text)).toMatch(/^inconclusive: a patcher that migrates while harts come online/);
  });
});
