import { describe, expect, it } from 'vitest';
import { brief, mail, traceOf, verdictOf } from './support';

const when = (condition: string): ReturnType<typeof verdictOf> =>
  verdictOf(mail(`expect safe when ${condition}`), condition);

describe("the mail's protocol", () => {
  it('is safe and effective for any number of harts and passes, from `isa` on', () => {
    const verdict = verdictOf(mail());
    expect(brief(verdict)).toBe('safe');
    expect(verdict.bounds).toEqual({ harts: 'any', passes: 'any' });
    expect(verdict.rung).toBe('isa');
    expect(verdict.claims).toEqual([
      { name: 'effective', holds: true, why: null },
      {
        name: 'retires old',
        holds: false,
        why: 'after the end a thread may still be in old',
      },
      { name: 'retires skip', holds: true, why: null },
    ]);
    expect(verdict.reliesOn).toEqual([
      'Ziccif: aligned 4-byte fetches are atomic',
      'isa: fence.i orders earlier fetches (ISA manual, September 2026)',
    ]);
  });

  it.each([
    ['fetch letter', 'unsafe mixed'],
    ['fetch isa', 'safe'],
    ['fetch isa+decode', 'safe'],
    ['ziccid', 'safe'],
    ['not ziccif', 'unsafe torn'],
    ['entry at 2 mod 4', 'unsafe torn'],
    ['ipi sbi', 'unsafe mixed'],
    ['ipi device', 'unsafe mixed'],
    ['without "on trap return"', 'unsafe mixed'],
    ['without "on trap return", masked', 'safe'],
    ['without redirect.sync', 'unsafe mixed'],
    ['without redirect.sync, ziccid', 'unsafe mixed'],
    ['without retarget.sync', 'unsafe mixed'],
    ['without retarget.sync, ziccid', 'safe'],
    ['without activate.sync', 'safe'],
    ['without redirect.fence', 'unsafe mixed'],
    ['without retarget.fence', 'unsafe mixed'],
    ['without activate.fence', 'safe'],
    ['redirect.fence = r,w', 'unsafe mixed'],
    ['redirect.fence = w,r', 'unsafe mixed'],
    ['redirect.fence = rw,rw', 'safe'],
    ['without redirect.fence, memory tso', 'safe'],
    ['swap retarget activate', 'unsafe mixed'],
    ['redirect.sync async', 'unsafe mixed'],
  ])('when %s: %s', (condition, expected) => {
    expect(brief(when(condition))).toBe(expected);
  });

  it.each([
    ['without activate.sync', false],
    ['without activate.fence', false],
    ['ziccid', true],
    ['without activate.sync, ziccid', false],
  ])('when %s: effective is %s', (condition, holds) => {
    expect(when(condition).claims).toContainEqual(expect.objectContaining({ name: 'effective', holds }));
  });

  it('without the fix-up has the nine-step trace of the mail', () => {
    expect(traceOf(when('without "on trap return"'), 'mixed')).toEqual([
      'hart 1: executes AUIPC of old: auipc t0, 0xff612 at entry',
      'patcher: writes JUMP: 0x0080006f at entry',
      'patcher: executes fence w,w',
      'patcher: sends a message to every other hart (memory store)',
      'hart 1: takes the interrupt at entry+4: executes fence.i, answers and returns',
      'patcher: every other hart has answered',
      'patcher: executes fence.i',
      "patcher: writes JALR': 0x680282e7 at entry+4",
      "hart 1: executes JALR' of new: jalr t0, 1664(t0) at entry+4",
    ]);
  });

  it('names the line that writes what goes wrong', () => {
    const text = mail('expect unsafe when without "on trap return"');
    const [violation] = verdictOf(text, 'without "on trap return"').violations;
    expect(violation && text.slice(violation.source.start, violation.source.end).trim()).toBe("write JALR'");
    expect(violation?.headline).toBe("JALR' with AUIPC's t0");
  });

  it('under `letter` says which fetch reads past its own hart’s answer', () => {
    expect(traceOf(when('fetch letter'), 'mixed').at(-1)).toBe(
      "hart 1: executes JALR' of new: jalr t0, 1664(t0) at entry+4 (fetched from `write JALR'`, which the patcher performs only later: no rule of this rung keeps a fetch from reading past its hart's own answer)",
    );
  });

  it('keeps its verdict for each fixed number of harts, and with hart views kept from pass to pass', () => {
    for (const condition of ['executors 1', 'executors 2', 'executors 3', 'executors 4'])
      expect(brief(when(condition))).toBe('safe');
    expect(brief(verdictOf(mail(), null, { reductions: { freshPass: false } }))).toBe('safe');
    const broken = mail('expect unsafe when without retarget.fence');
    expect(brief(verdictOf(broken, 'without retarget.fence', { reductions: { freshPass: false } }))).toBe(
      'unsafe mixed',
    );
  });
});

describe('limits', () => {
  it('a limit of states is named, and nothing is called safe', () => {
    const verdict = verdictOf(mail(), null, { maxStates: 40 });
    expect(brief(verdict)).toBe('inconclusive: limit of 40 states');
    expect(verdict.claims).toEqual([]);
  });
});

describe('hostile sizes', () => {
  const site = `site s at 0xffffffff80a00000 { version old { O: addi a0, a0, 1 } version new { N: addi a0, a0, 2 } }\n`;
  const many = (operation: string, times: number): string =>
    `${site}protocol p patches s from old to new {\n${`${operation}\n`.repeat(times)}}`;
  it('more messages than orders are kept for', () => {
    expect(brief(verdictOf(many('write N; write O', 200)))).toBe(
      'inconclusive: limit of 300 messages (the patcher sends 400)',
    );
  });
  it('more values of a unit than can be listed', () => {
    expect(brief(verdictOf(many('write N by byte', 40)))).toMatch(
      /^inconclusive: more than 1,000 ways to read 4 bytes at s$/,
    );
  });
});
