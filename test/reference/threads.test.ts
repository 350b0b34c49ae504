import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../server/src/checker/scenario';
import { analyze } from '../../server/src/language/index';
import { compare } from './compare';
import { dice } from './generate';
import { machinesFor, NotModelled } from './index';

const count = Number(process.env.CMODX_RANDOM ?? 15);
const seed = Number(process.env.CMODX_SEED ?? 20_261_123);

/** Two methods and two words of data; a patcher and a thread made of a few lines each. */
function generated(which: number): string {
  const d = dice(which);
  const writes = [
    'write A',
    'write B',
    'write C',
    'write D',
    'store.d flag, 1',
    'store.d flag+8, 1',
    'store.d flag, 2',
  ];
  const frees = ['store.d ptr, tb', 'store.d ptr, tb', 'wait rcu_tasks', 'wait rcu_tasks', 'free ta'];
  const orders = ['fence w,w', 'fence w,w', 'fence w,o', 'sync fence.i', 'fence.i', 'fence rw,rw'];
  const some = (from: readonly string[], most: number): string[] =>
    Array.from({ length: d.below(most + 1) }, () => d.of(from));
  const retires = d.chance(0.3);
  const patcher = retires
    ? ['store.d ptr, tb', ...some([...frees, 'fence w,w', 'sync fence.i'], 2), 'free ta', ...some(['write B'], 1)]
    : [
        d.of(['write B', 'write B', 'store.d flag, 1']),
        ...some(orders, 2),
        d.of(writes),
        ...some(orders, 1),
        ...some(writes, 1),
      ];
  const looks = [
    ...['call one', 'call one', 'call two', 'fence.i', 'fence.i', 'fence r, r', 'fence r, rw'],
    ...['ld t1, flag ; add a0, a0, t1', 'ld t1, flag+8 ; slli a0, a0, 2 ; add a0, a0, t1'],
    ...[
      'ld t1, flag ; beqz t1, 9f',
      'ld t1, flag ; bnez t1, 9f',
      'ld t1, ptr ; jalr t1',
      'ld t1, ptr ; jalr t1',
      'la t1, one ; ld t2, flag ; slli t2, t2, 1 ; add t1, t1, t2 ; jalr t1',
    ],
  ];
  const must = retires ? 'ld t1, ptr ; jalr t1' : 'call one';
  const thread = [...some(looks, 2), must, ...some(looks, 2)];
  const second = d.chance(0.6) ? ', two from old to new' : '';
  const usable = (line: string): boolean => second !== '' || !/two|write [CD]/.test(line);
  return `
machine { isa rv64gc_zifencei${d.chance(0.8) ? '_ziccif' : ''}${d.chance(0.3) ? '_ziccid' : ''}
  memory ${d.of(['rvwmo', 'rvwmo', 'tso', 'sc'])}
  fetch ${d.of(['isa+decode-w', 'isa+decode-w', 'isa+decode'])}
  ipi ${d.of(['memory', 'memory', 'device', 'sbi'])} }
data flag at 0x80020000 { .dword 0, 0 }
data ptr at 0x80028000 { .dword ta }
code ta at 0x80030000 { addi a2, a2, 1 ; c.jr ra }
code tb at 0x80038000 { slli a2, a2, 1 ; c.jr ra }
site one at 0x8000100${d.of([0, 0, 0, 2])} {
  version old { A: addi a0, a0, 1 ; c.jr ra }
  version new { B: slli a0, a0, 1 ; c.jr ra }
}
site two at 0x80002000 {
  version old { C: addi a1, a1, 1 ; c.jr ra }
  version new { D: slli a1, a1, 1 ; c.jr ra }
}
protocol p patches one from old to new${second} {
  executors ${d.of(['any', '1', '1', '2'])} ${d.of(['preemptible', 'not preemptible'])} ${d.of(['pinned', 'pinned', 'migrating'])} ${d.of(['interruptible', 'masked'])}
  ${patcher.filter(usable).join('\n  ') || 'write B'}
  thread t clobbers t1, t2 { mv s0, ra
    ${thread.filter(usable).join('\n    ')}
    9: jr s0 }
}
`;
}

function scenarioOf(text: string): Scenario {
  const { checks, diagnostics } = analyze('threads.cmodx', text, () => null);
  const scenario = checks[0]?.scenario ?? null;
  if (scenario === null) throw new Error(`${diagnostics.map(({ message }) => message).join('\n')}\n${text}`);
  return scenario;
}

describe('product and reference agree on threads in assembly', () => {
  it(`CMODX_RANDOM=${count} CMODX_SEED=${seed}`, { timeout: 600_000 + 10_000 * count }, () => {
    let decided = 0;
    const kinds = new Set<string>();
    for (let i = 0; i < count; i++) {
      const text = generated(seed + i);
      const scenario = scenarioOf(text);
      try {
        const { differences, complete, verdict } = compare(
          scenario,
          1500,
          machinesFor(scenario, { harts: 1, threads: 1 }),
        );
        expect(differences, `seed ${seed + i}${text}`).toEqual([]);
        decided += complete ? 1 : 0;
        for (const kind of [verdict.verdict, ...verdict.violations.map(({ code }) => code)]) kinds.add(kind);
      } catch (error) {
        if (!(error instanceof NotModelled)) throw error;
      }
    }
    expect(decided).toBeGreaterThan(count / 5);
    expect([...kinds]).toEqual(expect.arrayContaining(['safe', 'unsafe', 'mixed']));
  });
});
