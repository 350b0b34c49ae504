import { describe, expect, it } from 'vitest';
import { casesOf } from '../../server/src/checker/patchers';
import { brief, scenarioOf, traceOf, verdictOf } from './support';

const branch = `
site br at 0x80001000 {
  version off  { N: addi a0, a0, 1 }
  version on   { J: addi a0, a0, 2 }
}
`;
/** Two patchers of one word, from `off` to `on`. */
const beside = (one: string, other: string, lines = ''): string =>
  `${branch}protocol p patches br from off to on {\n${lines}\npatcher one { ${one} }\npatcher other { ${other} }\n}\n`;

const effective = (text: string): boolean | undefined =>
  verdictOf(text).claims.find(({ name }) => name === 'effective')?.holds;

describe('cases of patchers side by side', () => {
  const count = (one: string, other: string): number | string => {
    const cases = casesOf(scenarioOf(beside(one, other)));
    return typeof cases === 'string' ? cases : cases.length;
  };

  it.each([
    ['stores to the same bytes come in either order', 'write J', 'write N', 2],
    ['one store between two that are ordered: before, between, after', 'write J ; write N', 'write J', 3],
    ['two and two: of six orders, all', 'write J ; write N', 'write N ; write J', 6],
    ['half a word and all of it', 'write J by half', 'write N', 4],
    [
      'a lock around each: who is first decides the stores, too',
      'lock m ; write J ; unlock m',
      'lock m ; write N ; unlock m',
      2,
    ],
    [
      'a lock around the first of two stores',
      'lock m ; write J ; unlock m ; write N',
      'lock m ; write N ; unlock m',
      3,
    ],
    ['locks that differ order nothing', 'lock m ; write J ; unlock m', 'lock n ; write N ; unlock n', 2],
    ['nothing to decide', 'write J', 'fence.i', 1],
  ])('%s', (_name, one, other, cases) => {
    expect(count(one, other)).toBe(cases);
  });

  it('are refused by name where they are too many', () => {
    const stores = (label: string): string => Array.from({ length: 8 }, () => `write ${label}`).join(' ; ');
    expect(count(stores('J'), stores('N'))).toMatch(/^limit of 500 ways/);
  });
});

describe('patchers side by side', () => {
  it.each([
    [
      'whose store is the last is open',
      'write J ; fence w,w ; sync fence.i',
      'write N ; fence w,w ; sync fence.i',
      false,
    ],
    ['both want the same', 'write J ; fence w,w ; sync fence.i', 'write J ; fence w,w ; sync fence.i', true],
    ['nobody makes the other harts look', 'write J ; fence.i', 'write J ; fence.i', false],
    // The other's message brings with it only what came before it: nothing says that this store did.
    ['the other flushes, perhaps too early', 'write J', 'sync fence.i', false],
    [
      'the other flushes, but who holds the lock first is open',
      'lock m ; write J ; unlock m',
      'lock m ; sync fence.i ; unlock m',
      false,
    ],
    [
      'whoever comes second has seen the first store',
      'lock m ; write J ; unlock m ; sync fence.i',
      'lock m ; write J ; unlock m ; sync fence.i',
      true,
    ],
  ])('effective: %s', (_name, one, other, holds) => {
    expect(brief(verdictOf(beside(one, other)))).toBe('safe');
    expect(effective(beside(one, other))).toBe(holds);
  });

  it("a patcher's hart executes the fence.i of another's sync", () => {
    const text = (other: string): string => beside('write J ; fence w,w ; sync fence.i', other);
    expect(effective(text('fence rw,rw'))).toBe(true);
    expect(effective(text('fence rw,rw').replace('sync fence.i', 'sync { fence rw,rw }'))).toBe(false);
  });

  it('torn by halves of two stores', () => {
    const site = branch.replace('}\n}', '}\n  version third { T: addi a1, a0, 2 }\n}');
    const text = `${site}protocol p patches br from off { patcher a { write J by half } patcher b { write T by half } }`;
    // Halves of N, J and T: the low one of T (into a1) with the high one of N (1).
    expect(brief(verdictOf(text))).toContain('torn');
  });

  it('tells whose hart and whose store it is', () => {
    const site = `
symbol f = 0x80002000
site entry at 0x80001000 clobbers t0 {
  version off { A: nop ; B: nop }
  version on { C: auipc t0, %pcrel_hi(f) ; D: jalr t0, %pcrel_lo(C)(t0) }
}
`;
    const text = `${site}protocol p patches entry from off { patcher high { write C } patcher low { write D } }`;
    const verdict = verdictOf(text);
    expect(brief(verdict)).toBe('unsafe mixed');
    expect(traceOf(verdict, 'mixed')).toEqual([
      'hart 1: executes A of off: nop at entry',
      'patcher low: writes D: 0x000282e7 at entry+4',
      'hart 1: executes D of on: jalr t0, t0 at entry+4',
    ]);
  });

  it('locks in a circle are a deadlock, told as far as it gets', () => {
    const nested = (outer: string, inner: string): string =>
      `lock ${outer} ; lock ${inner} ; write J ; unlock ${inner} ; unlock ${outer}`;
    const verdict = verdictOf(beside(nested('m', 'n'), nested('n', 'm')));
    expect(brief(verdict)).toBe('unsafe deadlock');
    expect(verdict.violations[0]?.message).toBe(
      'Patcher one waits for `n` and patcher other waits for `m`: none ever goes on.',
    );
    expect(traceOf(verdict, 'deadlock')).toEqual(['patcher one: takes `m`', 'patcher other: takes `n`']);
    expect(brief(verdictOf(beside(nested('m', 'n'), nested('m', 'n'))))).toBe('safe');
  });

  it.each([
    ['stop_machine { write J }', '`stop_machine` of a patcher that others run beside'],
    ['wait rcu_tasks', '`wait rcu_tasks` of a patcher that others run beside'],
    ['run br', '`run` of a patcher that others run beside'],
    ['migrate', '`migrate` of a patcher that others run beside'],
  ])('%s is refused by name', (operation, what) => {
    expect(brief(verdictOf(beside(operation, 'write J')))).toContain(`inconclusive: ${what}`);
  });

  it('harts that come online are refused by name', () => {
    expect(brief(verdictOf(beside('write J', 'write N', 'executors any online later')))).toContain(
      'inconclusive: harts that come online',
    );
  });

  it('a lock over all decides as much as the same stores in turn', () => {
    // With an operation before the first lock, the same protocol is no longer one after the other for the checker.
    const held = (label: string): string => `lock m ; write ${label} ; fence w,w ; sync fence.i ; unlock m`;
    for (const [one, other] of [
      ['J', 'N'],
      ['J', 'J'],
    ] as const) {
      const turn = verdictOf(beside(held(one), held(other)));
      const side = verdictOf(beside(`fence rw,rw ; ${held(one)}`, held(other)));
      expect(brief(side)).toBe(brief(turn));
      expect(side.claims.map(({ name, holds }) => [name, holds])).toEqual(
        turn.claims.map(({ name, holds }) => [name, holds]),
      );
    }
  });
});
