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
    // A thread that is not preempted is stopped only where it gives up its hart, and so outside.
    ["stop_machine { write J' }", 'not preemptible', true],
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
    const claim = (source: string) => verdictOf(source).claims.find(({ name }) => name === 'retires old')?.holds;
    expect(claim(text(''))).toBe(false);
    expect(claim(text('; wait rcu_tasks'))).toBe(true);
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

describe('several patchers under one lock', () => {
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
    ['locks that differ', 'lock m ; write C ; unlock m', 'lock n ; write A ; unlock n', null],
    ['no lock', 'write C', 'write A', null],
    ['a lock too late', 'write C ; lock m ; unlock m', 'lock m ; write A ; unlock m', null],
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
