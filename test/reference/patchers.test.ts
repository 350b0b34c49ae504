import { describe, expect, it } from 'vitest';
import { kinds, oneHart, patch, patcherAlone, type Setting, scenarioOf } from './by-hand';
import { type Answer, explore, exploreInTurn, NotModelled } from './index';

/** Several patchers side by side, on verdicts that follow from the rules by hand. */

const both = (one: string, two: string): string => `patcher one { ${one} }; patcher two { ${two} }`;
const beside = (one: string, two: string, setting: Setting = {}): Answer => patch(both(one, two), setting);

/** Both versions leave alike, but one's first instruction counts. */
const word = "version v0 { A: addi a0, a0, 1 }; version v1 { A': addi a0, a0, 2 }";

describe('patchers whom nothing orders', { timeout: 120_000 }, () => {
  it('mix the words of a site', () => {
    expect(kinds(beside("write A'", "write B'"))).toEqual(['mixed']);
  });

  it('mix words that one of them alone would write in the right order', () => {
    const site = "version v0 { A: j .+8; B: ebreak }; version v1 { A': nop; B': nop }";
    const inOrder = { site, isa: 'rv64gc_zifencei_ziccif_ziccid' };
    expect(kinds(patch("write B'; fence w,w; write A'", inOrder))).toEqual([]);
    expect(kinds(beside("write B'; fence w,w", "fence w,w; write A'", inOrder))).toEqual(['mixed']);
    // A lock says that one comes after the other, but not which.
    expect(kinds(beside("lock m; write B'; unlock m", "lock m; write A'; unlock m", inOrder))).toEqual(['mixed']);
  });

  it('tear a word into halves that neither has alone', () => {
    const site =
      "version v0 { A: addi a0, a0, 1 }; version v1 { A': addi a0, a0, 2 }; version v2 { X: addi a1, a0, 1 }";
    expect(kinds(patch("write A' by half", { site }))).toEqual([]);
    expect(kinds(patch('write X by half', { site }))).toEqual([]);
    expect(kinds(beside("write A' by half", 'write X by half', { site, executors: '1 pinned masked' }))).toEqual([
      'torn',
    ]);
  });

  it('may toggle an aligned word, but whose store is the last is open', () => {
    const synced = (label: string): string => `write ${label}; fence w,w; sync fence.i`;
    const setting = { site: word, executors: '1 pinned masked not preemptible' };
    const toggled = beside(synced("A'"), synced('A'), setting);
    expect({ kinds: kinds(toggled), effective: toggled.effective }).toEqual({ kinds: [], effective: false });
    const enabled = beside(synced("A'"), synced("A'"), setting);
    expect({ kinds: kinds(enabled), effective: enabled.effective }).toEqual({ kinds: [], effective: true });
  });

  it('do not end before both have ended', () => {
    expect(beside("write A'; fence w,w; sync fence.i", 'fence rw,rw', { site: word }).effective).toBe(true);
    expect(beside("write A'", 'fence w,w; sync fence.i', { site: word }).effective).toBe(false);
  });

  it('may free what another still sends threads to', () => {
    const site = "version v0 { A: j f }; version v1 { A': j g }";
    const before = 'symbol g = 0x80020200';
    expect(kinds(beside("write A'; fence w,w; sync fence.i", 'free f', { site, before }))).toEqual(['freed']);
  });
});

describe('locks', { timeout: 120_000 }, () => {
  // New before old is a version, old before new is not. A masked pass is over before its hart answers.
  const site =
    "version v0 { A: nop; B: nop }; version v1 { A': addi a0, a0, 1; B': addi a1, a1, 1 }; version v2 { addi a0, a0, 1; nop }";
  const masked = { site, executors: '1 pinned masked not preemptible' };
  const enable = ["write A'; fence w,w; sync fence.i", "write B'"] as const;
  const disable = ['write B; fence w,w; sync fence.i', 'write A'] as const;

  it('let one finish, with all that it stores, before the other begins', () => {
    const held = (steps: readonly string[]): string => `lock m; ${steps.join('; ')}; unlock m`;
    expect(kinds(beside(held(enable), held(disable), masked))).toEqual([]);
  });

  it('do not where they are different, or do not cover all', () => {
    const whole = (lock: string, [first, last]: readonly string[]): string =>
      `lock ${lock}; ${first}; ${last}; unlock ${lock}`;
    const part = ([first, last]: readonly string[]): string => `lock m; ${first}; unlock m; ${last}`;
    expect(kinds(beside(enable.join('; '), disable.join('; '), masked))).toEqual(['mixed']);
    expect(kinds(beside(whole('m', enable), whole('n', disable), masked))).toEqual(['mixed']);
    expect(kinds(beside(part(enable), part(disable), masked))).toEqual(['mixed']);
  });

  const effective = (one: string, two: string, machine = ''): boolean | null => {
    const answer = beside(one, two, { site: word, executors: '1 pinned masked not preemptible', machine });
    expect(answer.complete).toBe(true);
    return answer.effective;
  };
  // Who comes second tells every hart what the first has stored, whatever its own stores do.
  const locked = "lock m; write A'; unlock m; sync fence.i";
  const open = "write A'; sync fence.i";

  it('are given back after the stores before it, and read by who takes them: its message comes later', () => {
    expect(effective(locked, locked)).toBe(true);
    expect(effective(open, open)).toBe(false);
    expect(effective(locked, open)).toBe(false);
    expect(effective(locked, locked.replaceAll(' m', ' n'))).toBe(false);
  });

  it('order messages to devices too: whether one goes on depends on what one has read', () => {
    expect(effective(locked, locked, 'ipi device')).toBe(true);
    expect(effective(open, open, 'ipi device')).toBe(false);
  });

  it('do not keep what follows them from overtaking stores before them', () => {
    const late = "write A'; lock m; sync fence.i; unlock m";
    const handOver = 'lock m; unlock m';
    expect(effective(late, handOver)).toBe(false);
    expect(effective(late.replace('; lock', '; fence w,w; lock'), handOver)).toBe(true);
    // Who comes second orders by its message what the first has released.
    expect(effective(late, late)).toBe(true);
  });

  it('that wait for each other in a circle are a deadlock', () => {
    const nested = (outer: string, inner: string): string =>
      `lock ${outer}; lock ${inner}; unlock ${inner}; unlock ${outer}`;
    expect(kinds(beside(nested('m', 'n'), nested('n', 'm'), { site: word }))).toEqual(['deadlock']);
    expect(kinds(beside(nested('m', 'n'), nested('m', 'n'), { site: word }))).toEqual([]);
    expect(kinds(beside('lock m; lock m; unlock m', 'write A', { site: word }))).toEqual(['deadlock']);
    expect(kinds(beside('lock m', 'lock m; unlock m', { site: word }))).toEqual(['deadlock']);
  });

  it('are waited for with interrupts on', () => {
    const synced = "lock m; write A'; fence w,w; sync fence.i; unlock m";
    const answer = beside(synced, synced, { site: word });
    expect({ kinds: kinds(answer), effective: answer.effective }).toEqual({ kinds: [], effective: true });
  });
});

describe("another patcher's hart", { timeout: 120_000 }, () => {
  const on = patcherAlone;

  it('is one of those that a sync goes to: it fetches anew', () => {
    const effective = (one: string, two: string): boolean | null =>
      beside(one, two, { site: word, executors: 'any', on }).effective;
    expect(effective("write A'; fence w,w; sync fence.i", 'fence w,w')).toBe(true);
    expect(effective("write A'; fence.i", 'fence w,w')).toBe(false);
    expect(effective("write A'; fence.i", 'fence.i')).toBe(false);
    expect(effective("write A'; fence w,w; sync { fence rw,rw }", 'fence w,w')).toBe(false);
  });

  it('answers while it waits for answers itself', () => {
    const synced = "write A'; fence w,w; sync fence.i";
    expect(kinds(beside(synced, synced, { site: word, on: { ...on, onPatcher: false } }))).toEqual([]);
  });

  it.each(['memory', 'sbi'])('answers, masked within a pass or not, by ipi %s', (ipi) => {
    const synced = "write A'; fence w,o; fence w,w; sync fence.i";
    const setting = { site: word, executors: 'any masked', machine: `ipi ${ipi}`, on };
    const answer = beside(synced, 'fence w,w', setting);
    expect({ kinds: kinds(answer), effective: answer.effective }).toEqual({ kinds: [], effective: true });
  });
});

describe('patchers that hold one lock from first to last', { timeout: 120_000 }, () => {
  const site = "version v0 { A: nop; B: nop }; version v1 { A': addi a0, a0, 1; B': addi a0, a0, 1 }";
  const synced = 'fence w,w; sync fence.i';

  it.each([
    ["write A'", 'write A', '1 pinned'],
    ["write A'", 'write A', 'any pinned masked'],
    ["write A'", `write B'; ${synced}`, '1 masked'],
    [`write A'; ${synced}`, `write A; ${synced}`, '1 pinned masked'],
    [`write A'; ${synced}`, `write B'; ${synced}`, '1 pinned masked'],
    ["write A'; sync fence.i", "write A'; sync fence.i", 'any pinned masked'],
    ["write A'; fence w,w; sync fence.i async", "write B'; fence.i", '1 pinned masked'],
    ["write A' by half", "write A'; fence.i", '1 pinned'],
    ['free f', `write A'; ${synced}`, '1 pinned masked'],
  ])('come one after the other, in every order: %s, %s, executors %s', (one, two, executors) => {
    const held = (operations: string): string => `lock m; ${operations}; unlock m`;
    const scenario = scenarioOf(both(held(one), held(two)), { site, executors });
    const machine = executors.startsWith('any') ? patcherAlone : oneHart;
    const [side, turn] = [explore, exploreInTurn].map((search) => {
      const answer = search(scenario, machine, 100_000);
      return { kinds: kinds(answer), effective: answer.effective, held: [...answer.held].sort() };
    });
    expect(side).toEqual(turn);
  });
});

it('refuses what is not decided beside another patcher', () => {
  for (const operation of ['stop_machine { write A }', 'wait rcu_tasks', 'run s', 'migrate', 'sync { fence r,r }'])
    expect(() => beside(operation, "write A'", { site: word })).toThrow(NotModelled);
  expect(() => beside('write A', "write A'", { site: word, executors: '1 online later' })).toThrow(NotModelled);
  expect(() => beside('unlock m', "write A'", { site: word })).toThrow(NotModelled);
});
