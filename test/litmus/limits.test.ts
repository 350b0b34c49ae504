/** What is not decided is never a verdict: limits, endless tests, and what the model has no words for. */
import { describe, expect, it } from 'vitest';
import { defaultLitmusOptions, type LitmusOptions, runLitmus } from '../../server/src/checker/litmus';
import { fetchRuleSets, testOf } from './corpus';

const run = (text: string, options: Partial<LitmusOptions> = {}) =>
  runLitmus(testOf('t.litmus', text), { ...defaultLitmusOptions, ...options });

const spin = `RISCV spin
{ 0:x6=x; }
 P0             ;
 L: lw x5,0(x6) ;
 beqz x5,L      ;
~exists (0:x5=1)`;

const counter = `RISCV counter
{ 0:x6=x; 1:x6=x; 1:x5=1; }
 P0               | P1          ;
 L: lw x5,0(x6)   | sw x5,0(x6) ;
 addi x7,x7,1     | ;
 beqz x5,L        | ;
~exists (0:x7=99)`;

describe('no verdict', () => {
  it.each(['promise-first', 'plain'] as const)('where no execution ends, by the %s search', (search) => {
    expect(run(spin, { search })).toMatchObject({
      observation: null,
      holds: null,
      states: [],
      limit: 'no execution comes to an end',
    });
  });

  it('where a loop that counts is cut off: the states that were found do not say what the others are', () => {
    const { observation, holds, limit, states } = run(counter);
    expect({ observation, holds, limit }).toEqual({
      observation: null,
      holds: null,
      limit: 'limit of 16 turns of a loop',
    });
    expect(states).toHaveLength(17);
  });

  it('where steps run out', () => {
    expect(run(counter, { maxSteps: 10 })).toMatchObject({ observation: null, limit: 'limit of 10 steps' });
  });

  it('but `Sometimes` stands whatever else there is', () => {
    expect(run(counter.replace('0:x7=99', '0:x7=2'))).toMatchObject({ observation: 'Sometimes', holds: false });
  });
});

describe('what herd7 writes and no encoding has', () => {
  const annotated = (rest: string): string => `RISCV annotated
{ int x[2]; 0:x6=x; 1:x6=P0:L; 1:x5=instr:"nop"; }
 P0                | P1 ;
 L: lw.aq x5,4(x6) | ${rest} ;
exists (1:x7=0)`;

  it.each(['lw x7,0(x6)', 'sw x5,0(x6)', 'lhu x7,2(x6)'])('is no data: %s', (access) => {
    const { fault, observation } = run(annotated(access));
    expect(fault?.message).toBe('accesses `lw.aq x5,4(x6)` as data, which has no encoding');
    expect(observation).toBeNull();
  });

  it('runs beside code that is patched', () => {
    const text = `RISCV beside
{ int x[2]; 0:x6=x; 1:x6=P0:M; 1:x5=instr:"li x7,2"; }
 P0                | P1          ;
 lw.aq x5,4(x6)    | sw x5,0(x6) ;
 M: li x7,1        |             ;
exists (0:x7=2)`;
    expect(run(text, { fetch: fetchRuleSets.isa ?? null })).toMatchObject({ observation: 'Sometimes', fault: null });
  });
});
