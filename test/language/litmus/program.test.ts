import { describe, expect, it } from 'vitest';
import { analyzeLitmus } from '../../../server/src/language/litmus';
import { small, testOf } from './fixtures';

/** Instructions of P0 in short: `200000 00052283 lw x5,0(x10)`. */
const code = (instructions: string): string[] =>
  (testOf(small('', instructions)).threads[0]?.instructions ?? []).map(
    ({ address, bits, text }) => `${address.toString(16)} ${bits?.toString(16) ?? 'no bits'} ${text}`,
  );

/** What the only instruction does. */
const effect = (instruction: string): unknown =>
  testOf(small('', instruction)).threads[0]?.instructions.map((one) => one.effect)[0];

describe('the table', () => {
  it('holds threads side by side, with gaps', () => {
    const { threads } = testOf(
      'RISCV T {}\n P0 | P1   |P2;\n nop | | ret ;\n | li x5,1 ;\n\n nop||\n ;\n L0: | | ;\nexists (true)',
    );
    expect(
      threads.map(({ name, start, end, instructions }) => [
        name,
        start,
        end,
        instructions.map(({ text }) => text).join('; '),
      ]),
    ).toEqual([
      ['P0', 0x200000n, 0x200008n, 'nop; nop'],
      ['P1', 0x201000n, 0x201004n, 'li x5,1'],
      ['P2', 0x202000n, 0x202004n, 'ret'],
    ]);
  });
  it('ends where a row begins with what comes behind it', () => {
    for (const end of ['exists (true)', '~ exists (true)', 'forall (true)', 'filter (true)', 'locations [x;]', '']) {
      expect(testOf(small('', 'nop; nop', end)).threads[0]?.instructions).toHaveLength(2);
    }
  });
  it('may hold comments anywhere', () => {
    expect(code('nop (* one | two ; *); (* a (* b *) c *) nop')).toEqual(['200000 13 nop', '200004 13 nop']);
  });
  it('has labels before instructions, alone, and several at one place', () => {
    const { labels } = testOf(
      'RISCV T {}\n P0 | P1 ;\n L0: nop | L0: ;\n L1: | nop ;\n L2: L3: nop | L1: ;\nexists (true)',
    );
    expect(labels.map(({ name, thread, address }) => `P${thread}:${name} ${address.toString(16)}`)).toEqual([
      'P0:L0 200000',
      'P0:L1 200004',
      'P0:L2 200004',
      'P0:L3 200004',
      'P1:L0 201000',
      'P1:L1 201004',
    ]);
  });
});

describe('instructions', () => {
  it('are those of the assembler, with its pseudo-instructions', () => {
    expect(code('L: li x5,1; mv a0,x5; bnez x5,L; ble x5,x6,L; j L; fence; nop')).toEqual([
      '200000 100293 li x5,1',
      '200004 28513 mv a0,x5',
      '200008 fe029ce3 bnez x5,L',
      '20000c fe535ae3 ble x5,x6,L',
      '200010 ff1ff06f j L',
      '200014 ff0000f fence',
      '200018 13 nop',
    ]);
  });
  it('may become several, which share a cell', () => {
    expect(code('li x5,0x12345678; nop')).toEqual([
      '200000 123452b7 lui t0, 0x12345',
      '200004 6782829b addiw t0, t0, 1656',
      '200008 13 nop',
    ]);
    const { cells } = analyzeLitmus('t', small('', 'li x5,0x12345678; nop'));
    expect(cells.map(({ row, instructions }) => [row, instructions.length])).toEqual([
      [0, 2],
      [1, 1],
    ]);
  });
  it('have two bytes where they are written so', () => {
    expect(code('c.nop; c.j L; L: nop')).toEqual(['200000 1 c.nop', '200002 a009 c.j L', '200004 13 nop']);
  });
  it('take the offset 0 where herd7 writes one', () => {
    expect(code('lr.w x1,0(x7); sc.w x3,x2,0(x7); amoswap.w.aq.rl x0,x1,0(x10)')).toEqual(
      code('lr.w x1,(x7); sc.w x3,x2,(x7); amoswap.w.aqrl x0,x1,(x10)').map((line, i) =>
        line.replace(/[^ ]+ [^ ]+$/, ['lr.w x1,0(x7)', 'sc.w x3,x2,0(x7)', 'amoswap.w.aq.rl x0,x1,0(x10)'][i] ?? ''),
      ),
    );
  });
  it('know the address of a location', () => {
    const { test, references } = analyzeLitmus('t', small('x=1', 'la x5,x; lw x6,0(x5)', 'exists (0:x6=1)'));
    expect(test?.threads[0]?.instructions.map(({ text }) => text)).toEqual([
      'auipc t0, 0xfff00',
      'addi t0, t0, 0',
      'lw x6,0(x5)',
    ]);
    expect(references.filter(({ kind }) => kind === 'location')).toHaveLength(2);
    expect(analyzeLitmus('t', small('', 'la x5,x')).diagnostics.map(({ code }) => code)).toEqual(['unknown-name']);
    expect(analyzeLitmus('t', small('', 'la x5,x', 'exists (x=1)')).diagnostics).toEqual([]);
  });
});

describe('ordered loads and stores', () => {
  it('without an offset are those of Zalasr', () => {
    expect(code('lw.aq x5,0(x6); ld.aq.rl x5,(x6); sb.rl x5,(x6)')).toEqual([
      '200000 340322af lw.aq x5,0(x6)',
      '200004 360332af ld.aq.rl x5,(x6)',
      '200008 3a53002f sb.rl x5,(x6)',
    ]);
    expect(effect('lw.aq x5,0(x6)')).toMatchObject({ kind: 'load', size: 4, aq: true, rl: false });
    expect(effect('sd.rl x5,0(x6)')).toMatchObject({ kind: 'store', size: 8, aq: false, rl: true });
  });
  it('with an offset, or without sign, are herd7’s own: no encoding has them', () => {
    expect(code('lw.aq x5,4(x6); lbu.aq x5,0(x6); sw.rl x5,-8(x6)')).toEqual([
      '200000 no bits lw.aq x5,4(x6)',
      '200004 no bits lbu.aq x5,0(x6)',
      '200008 no bits sw.rl x5,-8(x6)',
    ]);
    expect(effect('lbu.aq x5,0(x6)')).toMatchObject({ kind: 'load', size: 1, signed: false, aq: true, rl: false });
    expect(effect('sw.rl x5,-8(x6)')).toMatchObject({ kind: 'store', size: 4, aq: false, rl: true });
  });
});

describe('what an editor is told', () => {
  it('of fences no names of locations', () => {
    const { references } = analyzeLitmus('t', small('r=1; w=2', 'L: fence r,w; j L'));
    expect(references.map(({ name }) => name)).toEqual(['r', 'w', 'P0', 'P0:L', 'P0:L']);
  });
  const text = [
    'RISCV T',
    '{ uint64_t x; 0:a0=x; 0:x6=P0:L0; }',
    ' P0            ;',
    ' L0: ld x5,(a0);',
    ' bnez x5,L0    ;',
    'exists (0:t0=1 /\\ x=2)',
  ].join('\n');
  const analysis = analyzeLitmus('t.litmus', text);
  const at = ({ start, end }: { start: number; end: number }): string => text.slice(start, end);
  it('names with all of their places', () => {
    expect(
      analysis.references.map(({ kind, name, definition, source }) =>
        [kind, name, at(source), ...(definition ? ['definition'] : [])].join(' '),
      ),
    ).toEqual([
      'type uint64_t uint64_t',
      'location x x definition',
      'register 0:x10 0:a0 definition',
      'location x x',
      'register 0:x6 0:x6 definition',
      'label P0:L0 L0',
      'thread P0 P0 definition',
      'label P0:L0 L0 definition',
      'label P0:L0 L0',
      'register 0:x5 0:t0',
      'location x x',
    ]);
  });
  it('cells with what they are', () => {
    expect(
      analysis.cells.map(({ source, instructions }) => [
        at(source),
        instructions.map(({ decoded }) => decoded?.word.toString(16)).join(),
      ]),
    ).toEqual([
      ['L0: ld x5,(a0)', '53283'],
      ['bnez x5,L0', 'fe029ee3'],
    ]);
  });
  it('locations, registers, the name and the condition', () => {
    expect(analysis.locations.map(({ name, type, source }) => [name, type, at(source)])).toEqual([
      ['x', 'uint64_t', 'x'],
    ]);
    expect(analysis.registers.map(({ register, value, source }) => [register, value, at(source)])).toEqual([
      [10, 'x', '0:a0'],
      [6, 'P0:L0', '0:x6'],
    ]);
    expect(analysis.nameSource && at(analysis.nameSource)).toBe('T');
    expect(analysis.condition && at(analysis.condition.quantifier)).toBe('exists');
    expect(analysis.condition && at(analysis.condition.source)).toBe('exists (0:t0=1 /\\ x=2)');
    expect(analysis.stateSource && at(analysis.stateSource)).toBe(' uint64_t x; 0:a0=x; 0:x6=P0:L0; ');
  });
});
