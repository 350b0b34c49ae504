import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../server/src/language/index';
import { kinds, patch, patcherAlone, type Setting } from './by-hand';
import { type Answer, explore, type Machine, NotModelled } from './index';

/**
 * The reference by itself, on verdicts that follow from the rules by hand: it judges the product, and so must not be
 * judged by the product alone.
 */

describe('store buffer', () => {
  const jump = "version v0 { A: j .+4 }; version v1 { A': nop }";

  it('a message overtakes a code store that no fence holds back: the hart that answered may still run the old code', () => {
    expect(patch("write A'; sync fence.i", { site: jump }).effective).toBe(true); // both versions leave alike
    const site = "version v0 { A: ebreak }; version v1 { A': nop }";
    expect(patch("write A'; sync fence.i", { site }).effective).toBe(false);
    expect(patch("write A'; fence w,w; sync fence.i", { site }).effective).toBe(true);
    expect(patch("write A'; fence r,w; sync fence.i", { site }).effective).toBe(false);
    expect(patch("write A'; sync fence.i", { site, machine: 'memory tso' }).effective).toBe(true);
  });

  it.each(['device', 'sbi'])('only a fence with o in its successors holds back a message through %s', (ipi) => {
    const site = "version v0 { A: ebreak }; version v1 { A': nop }";
    expect(patch("write A'; fence w,w; sync fence.i", { site, machine: `ipi ${ipi}` }).effective).toBe(false);
    expect(patch("write A'; fence w,o; sync fence.i", { site, machine: `ipi ${ipi}` }).effective).toBe(true);
    // A local fence.i orders nothing before a device store: the weaker reading of docs/semantics.md, section 4.
    expect(patch("write A'; fence.i; sync fence.i", { site, machine: `ipi ${ipi}` }).effective).toBe(false);
  });

  it('a fence.i before it holds back a message that is a store to memory', () => {
    const site = "version v0 { A: ebreak }; version v1 { A': nop }";
    expect(patch("write A'; fence.i; sync fence.i", { site }).effective).toBe(true);
  });

  it('a handler without fence.i leaves old code in force', () => {
    const site = "version v0 { A: ebreak }; version v1 { A': nop }";
    expect(patch("write A'; fence w,w; sync { fence rw,rw }", { site }).effective).toBe(false);
    expect(patch("write A'; fence w,w; sync fence.i async", { site }).effective).toBe(false);
  });
});

describe('fetch', () => {
  const halves = "version v0 { A: nop }; version v1 { A': j .+4 }";

  it('tears a word that is stored by halves, into the jump to itself among others', () => {
    expect(kinds(patch("write A' by half", { site: halves }))).toEqual(['torn']);
  });

  it('takes an aligned word whole with Ziccif only', () => {
    expect(kinds(patch("write A'", { site: halves }))).toEqual([]);
    expect(kinds(patch("write A'", { site: halves, isa: 'rv64gc_zifencei' }))).toEqual(['torn']);
  });

  it('with Ziccid sees two stores in their order, and not without', () => {
    const site = "version v0 { A: j .+8; B: ebreak }; version v1 { A': nop; B': nop }";
    const operations = "write B'; fence w,w; write A'";
    expect(kinds(patch(operations, { site }))).toEqual(['mixed']);
    expect(kinds(patch(operations, { site, isa: 'rv64gc_zifencei_ziccif_ziccid' }))).toEqual([]);
  });

  it("does not see its own hart's stores before a fence.i", () => {
    const site = "version v0 { A: ebreak }; version v1 { A': nop }";
    expect(patch("write A'", { site, on: patcherAlone, executors: 'any' }).effective).toBe(false);
    expect(patch("write A'; fence.i", { site, on: patcherAlone, executors: 'any' }).effective).toBe(true);
  });

  it('refuses the rungs that need promises', () => {
    expect(() => patch("write A'", { machine: 'fetch isa' })).toThrow(NotModelled);
  });
});

describe('two instructions', () => {
  const both = "write A'; fence w,w; write B'; fence w,w; sync fence.i";

  it('mix where a thread stands between them', () => {
    expect(kinds(patch(both))).toEqual(['mixed']);
    expect(kinds(patch(both, { executors: '1 masked' }))).toEqual(['mixed']);
  });

  it('do not mix under stop_machine, but where a thread was preempted between them', () => {
    const stopped = `stop_machine { write A'; write B' }`;
    expect(kinds(patch(stopped, { executors: '1 not preemptible' }))).toEqual([]);
    expect(kinds(patch(stopped, { executors: '1 preemptible' }))).toEqual(['mixed']);
    expect(kinds(patch(stopped, { executors: '1 preemptible masked' }))).toEqual([]);
    const open = `stop_machine without fence.i { write A'; write B' }`;
    expect(kinds(patch(open, { executors: '1 not preemptible' }))).toEqual(['mixed']);
  });

  it('the replayed first instruction makes up for the second', () => {
    const steps =
      "write J; fence w,w; sync fence.i; write B'; fence w,w; sync fence.i; write A'; fence w,w; sync fence.i";
    const site = `
      version v0 { A: auipc t0, %pcrel_hi(g); B: jalr t0, %pcrel_lo(A)(t0) }
      version skip { J: j .+8 }
      version v1 { A': auipc t0, %pcrel_hi(f); B': jalr t0, %pcrel_lo(A')(t0) }`;
    const before = 'symbol g = 0x80020200';
    const fixed = `${before}\non trap return to s+4 if jalr t0, *(t0) { sepc -= 4 }`;
    expect(kinds(patch(steps, { site, before: fixed }))).toEqual([]);
    expect(kinds(patch(steps, { site, before }))).toEqual(['mixed']);
    const wide = steps.replaceAll('w,w', 'w,o');
    expect(kinds(patch(wide, { site, before: fixed, machine: 'ipi sbi' }))).toEqual(['mixed']);
  });
});

describe('waits', () => {
  const inside = "stop_machine { write A'; fence w,o; sync fence.i }";
  const site = "version v0 { A: nop }; version v1 { A': ebreak }";

  it('for harts that stand with interrupts off have no end', () => {
    expect(kinds(patch(inside, { site }))).toEqual(['deadlock']);
    expect(kinds(patch(inside, { site, machine: 'ipi sbi' }))).toEqual([]);
    expect(kinds(patch(inside.replace('stop_machine', 'stop_machine without irqs-off'), { site }))).toEqual([]);
  });
});

describe('passes', () => {
  it('that combine two short instructions into a long one resume in its middle', () => {
    const site = "version v0 { A: c.nop; B: c.nop }; version v1 { A': nop }";
    expect(kinds(patch("write A'", { site }))).toEqual(['illegal']);
  });

  it('are not equivalent where a register or a store differs', () => {
    const site = (second: string): string =>
      `version v0 { A: nop }; version v1 { A': addi a0, a0, 1 }; version v2 { ${second} }`;
    expect(kinds(patch("write B'", { site: site("B': addi a0, a0, 2") }))).toEqual([]);
    const two = "version v0 { A: nop; B: nop }; version v1 { A': sd ra, -8(sp); B': sd ra, -16(sp) }";
    expect(kinds(patch("write A'; write B'", { site: two }))).toEqual(['mixed']);
    expect(kinds(patch("write A'", { site: two.replace('sd ra, -16(sp)', 'nop') }))).toEqual([]);
  });

  it('that go round are a hang only where nothing that is sure to come will end it', () => {
    const site = "version v0 { A: nop }; version park { P: j . }; version v1 { A': addi t0, t0, 1 }";
    const through = "write P; fence w,w; sync fence.i; write A'; fence w,w";
    expect(kinds(patch(`${through}; sync fence.i`, { site }))).toEqual([]);
    expect(kinds(patch(`${through}; sync fence.i`, { site, executors: '1 masked' }))).toEqual(['hang']);
    expect(kinds(patch(through, { site }))).toEqual(['hang']);
    expect(kinds(patch(through, { site, isa: 'rv64gc_zifencei_ziccif_ziccid' }))).toEqual([]);
  });

  it('are not equivalent where a call is left out', () => {
    const site =
      "version v0 { A: nop; B: nop; C: nop }; version v1 { A': auipc t0, %pcrel_hi(g); B': jalr t0, %pcrel_lo(A')(t0); C': nop }";
    const before = 'symbol g = 0x80020200 returns t0';
    expect(kinds(patch("write B'", { site, before }))).toEqual(['mixed']);
    expect(kinds(patch("write A'", { site, before }))).toEqual([]);
    expect(patch("write A'; fence.i; sync fence.i", { site, before }).effective).toBe(false);
  });

  it('may not run one instruction directly after another where that is forbidden', () => {
    const site = "version v0 { A: nop; B: nop }; version v1 { A': addi t0, t0, 1; B': addi t0, t0, 2 }";
    const both = "write A'; write B'";
    expect(kinds(patch(both, { site }))).toEqual([]);
    expect(kinds(patch(`${both}; forbid A then B'`, { site }))).toEqual(['forbidden']);
  });
});

describe('threads that are inside', () => {
  const site = "version v0 { A: j f }; version v1 { A': j g }";
  const before = 'symbol g = 0x80020200';
  const synced = "write A'; fence w,w; sync fence.i";
  const freed = (operations: string, setting: Setting = {}): string[] =>
    kinds(patch(operations, { site, before, ...setting }));

  it('answer interrupts there: only a wait for them makes what they are in free', () => {
    expect(freed(`${synced}; free f`)).toEqual(['freed']);
    expect(freed(`${synced}; wait rcu_tasks; free f`)).toEqual([]);
    expect(freed(`${synced}; wait rcu_tasks; free g`)).toEqual(['freed']);
  });

  it('may go there again by what they have fetched before, as long as no fence.i follows the store', () => {
    expect(freed("write A'; fence w,w; wait rcu_tasks; free f")).toEqual(['freed']);
    expect(freed("write A'; fence w,w; wait rcu_tasks; sync fence.i; free f")).toEqual(['freed']);
  });

  it('are not waited for where they are stopped, preemptible or not: they give up their harts as they like', () => {
    expect(freed("stop_machine { write A'; free f }", { executors: '1 not preemptible' })).toEqual(['freed']);
    expect(freed("stop_machine { write A'; free f }", { executors: '1 preemptible' })).toEqual(['freed']);
  });

  it('do not report while they are stopped', () => {
    expect(freed("stop_machine { write A'; wait rcu_tasks }")).toEqual(['deadlock']);
  });

  it('hold the version that they come from, unless that is the one in force', () => {
    const held = (operations: string): string[] => [...patch(operations, { site, before }).held];
    expect(held(synced)).toEqual(['v0']);
    expect(held(`${synced}; wait rcu_tasks`)).toEqual([]);
  });

  it('hold a version by what it jumps to, however they came there', () => {
    const both = "version v0 { A: j f; B: nop }; version v1 { A': nop; B': j f }";
    expect([...patch(`write B'; ${synced}; wait rcu_tasks`, { site: both, before }).held]).toEqual(['v0']);
  });

  it('know, once they have reported, what the patcher had done', () => {
    const three = `version v0 { A: addi a0, a0, 1 }; version v2 { A2: addi a0, a0, 2 }; version v1 { A': ebreak }`;
    const stale = { site: three, before: 'on ebreak at s if addi a0, a0, 1 { sepc += 16 }' };
    expect(kinds(patch("write A2; fence w,w; write A'", stale))).toEqual(['wild-jump']);
    expect(kinds(patch("write A2; wait rcu_tasks; write A'", stale))).toEqual([]);
  });

  it('may come back from what was freed, and read it', () => {
    const called = "version v0 { A: jal t0, g; B: nop }; version v1 { A': nop; B': nop }";
    const returning = { site: called, before: 'symbol g = 0x80020200 returns t0' };
    expect(kinds(patch(`${synced}; free g`, returning))).toEqual(['freed']);
    expect(kinds(patch(`${synced}; wait rcu_tasks; free g`, returning))).toEqual([]);
    const loading = "version v0 { A: lw a0, slot; B: nop }; version v1 { A': nop; B': nop; C': nop }";
    const data = { site: loading, before: 'data slot at 0x80030000 { .word 1 }' };
    expect(kinds(patch('free slot', data))).toEqual(['freed']);
  });
});

describe('breakpoints', () => {
  const site = "version v0 { A: addi a0, a0, 1 }; version v1 { A': ebreak }";
  const armed = (handler: string, setting: Setting = {}): Answer =>
    patch("write A'; fence w,w; sync fence.i", { site, before: handler, ...setting });

  it('run a copy of what they stand for, and nobody can tell', () => {
    const copied = armed('on ebreak at s { run A }');
    expect(kinds(copied)).toEqual([]);
    expect(copied.effective).toBe(true);
  });

  it('are what their handlers make of them', () => {
    expect(kinds(armed('on ebreak at s { sepc += 4 }'))).toEqual([]);
    expect(kinds(armed('on ebreak at s { sepc += 16 }'))).toEqual(['wild-jump']);
    expect(kinds(armed('on ebreak at s { sepc += 0 }'))).toEqual(['hang']);
    expect(kinds(armed('on ebreak at s if c.ebreak { sepc += 16 }'))).toEqual([]);
    expect(kinds(armed('on ebreak at s+2 { sepc += 16 }'))).toEqual([]);
  });

  it('are matched as data, which may be older than what was fetched', () => {
    const first = 'on ebreak at s if addi a0, a0, 1 { sepc += 16 }';
    expect(kinds(armed(first))).toEqual(['wild-jump']);
    expect(kinds(armed(first, { machine: 'fetch isa+decode' }))).toEqual([]);
  });

  it('keep interrupts off: only firmware reaches who is in the handler, or a preemption', () => {
    const old = "version v0 { A: ebreak }; version v1 { A': addi a0, a0, 1 }";
    const held = (setting: Setting): string[] => [
      ...armed('on ebreak at s { sepc += 4 }', { site: old, executors: '1 not preemptible', ...setting }).held,
    ];
    expect(held({})).toEqual([]);
    expect(held({ machine: 'ipi sbi' })).toEqual(['v0']);
    expect(held({ executors: '1 preemptible' })).toEqual(['v0']);
  });

  it('return from a trap as interrupts do', () => {
    const two = "version v0 { A: addi a0, a0, 1; B: nop }; version v1 { A': addi a0, a0, 1; B': ebreak }";
    const handlers = (fixup: string): string => `on ebreak at s+4 { sepc += 4 }\non trap return to ${fixup}`;
    expect(kinds(patch("write B'", { site: two, before: handlers('s { sepc += 4 }') }))).toEqual(['mixed']);
    expect(kinds(patch("write B'", { site: two, before: handlers('s+4 { sepc += 4 }') }))).toEqual([]);
  });
});

describe("the patcher's own passes", () => {
  const site = "version v0 { A: addi a0, a0, 1 }; version v1 { A': addi a0, a0, 2 }";
  const nobody: Machine = { harts: 0, threads: 0, onPatcher: false };
  const run = (operations: string): string[] => kinds(patch(operations, { site, executors: '0', on: nobody }));

  it.each([
    ["write A'; run s", ['mixed']],
    ["write A'; fence.i; run s", []],
    ["run s as v0; write A'; fence.i; run s", []],
    ["write A'; fence.i; run s as v0", ['mixed']],
    ["write A'; fence.i; migrate; run s", ['mixed']],
    ["write A'; migrate; fence.i; run s", []],
    ["write A'; migrate with fence.i; run s", []],
    ["write A'; fence w,w; sync fence.i; migrate; run s", []],
    ["write A'; sync fence.i; migrate; run s", ['mixed']],
    ["write A'; fence w,w; sync fence.i async; migrate; run s", ['mixed']],
  ])('%s: %s', (operations, found) => {
    expect(run(operations)).toEqual(found);
  });
});

describe('harts', () => {
  const site = "version v0 { A: addi a0, a0, 1 }; version v1 { A': addi a0, a0, 2 }";
  const synced = "write A'; fence w,w; sync fence.i";
  const effective = (operations: string, executors: string, on: Machine): boolean | null =>
    patch(operations, { site, executors, on }).effective;

  it('that come online later have seen what was done only by a fence.i of their own', () => {
    const later: Machine = { harts: 0, later: 1, threads: 1, onPatcher: false };
    expect(effective(synced, '1 online later', later)).toBe(false);
    expect(effective(synced, '1 online later with fence.i', later)).toBe(true);
    expect(effective("write A'", '1 online later with fence.i', later)).toBe(false);
  });

  it('execute a fence.i where a thread comes to them, and only there', () => {
    // One hart fetches in order; another, to which the thread is taken in between, does not know of the new B.
    const two = "version v0 { A: j .+8; B: ebreak }; version v1 { A': nop; B': nop }";
    const found = (executors: string): string[] =>
      kinds(
        patch("write B'; fence w,w; write A'", {
          ...{ site: two, executors, isa: 'rv64gc_zifencei_ziccif_ziccid' },
          on: { harts: 2, threads: 1, onPatcher: false },
        }),
      );
    expect(found('2 migrating')).toEqual(['mixed']);
    expect(found('2 migrating with fence.i')).toEqual([]);
    expect(found('2 pinned')).toEqual([]);
  });
});

it("closes the mail's protocol, whole, on two harts", { timeout: 120_000 }, () => {
  const file = path.resolve(import.meta.dirname, '../../examples/ftrace/replay-auipc.cmodx');
  const scenario = analyze(file, readFileSync(file, 'utf8'), () => null).checks[0]?.scenario;
  if (!scenario) throw new Error('the example has errors');
  const { kinds: found, effective, complete } = explore(scenario, { harts: 1, threads: 1, onPatcher: true }, 50_000);
  expect({ found: [...found], effective, complete }).toEqual({ found: [], effective: true, complete: true });
});
