import { describe, expect, it } from 'vitest';
import { example } from './examples';
import { analyzeText, word } from './fixtures';

/** `line:word` of each place, the definition first. */
function uses(text: string, kind: string, name: string): string[] {
  const entry = analyzeText(text).names.find((candidate) => candidate.kind === kind && candidate.name === name);
  if (entry === undefined) throw new Error(`no ${kind} ${name}`);
  return [entry.definition, ...entry.references].map(
    ({ start, end }) => `${text.slice(0, start).split('\n').length}:${text.slice(start, end)}`,
  );
}

const text = `symbol tramp = 0x80100000
site entry at tramp - 0x1000 clobbers t0 {
  version off { A: nop ; B: nop }
  version on {
    C: auipc t0, %pcrel_hi(tramp)
    D: jalr t0, %pcrel_lo(C)(t0)
  }
}
on trap return to entry.D if nop { sepc -= 4 }
protocol p patches entry from off over on to on {
  step one { write entry.on.C ; write entry+4, jalr t0, %pcrel_lo(on.C)(t0) }
  step two { write on.D }
  forbid A or C then D
  expect safe when without one, swap one two
  expect safe when one.write by half, entry at 2 mod 4
}
`;

describe('names are found where they are defined and wherever they are used', () => {
  it('symbols, in addresses and operands', () => {
    expect(uses(text, 'symbol', 'tramp')).toEqual(['1:tramp', '2:tramp', '5:tramp']);
  });
  it('sites, alone and before a dot', () => {
    expect(uses(text, 'site', 'entry')).toEqual(['2:entry', '9:entry', '10:entry', '11:entry', '11:entry', '15:entry']);
  });
  it('versions', () => {
    expect(uses(text, 'version', 'off')).toEqual(['3:off', '10:off']);
    expect(uses(text, 'version', 'on')).toEqual(['4:on', '10:on', '10:on', '11:on', '11:on', '12:on']);
  });
  it('labels', () => {
    expect(uses(text, 'label', 'C')).toEqual(['5:C', '6:C', '11:C', '11:C', '13:C']);
    expect(uses(text, 'label', 'D')).toEqual(['6:D', '9:D', '12:D', '13:D']);
  });
  it('steps', () => {
    expect(uses(text, 'step', 'one')).toEqual(['11:one', '14:one', '14:one', '15:one']);
    expect(uses(text, 'protocol', 'p')).toEqual(['10:p']);
  });
  it('know what they are, where, and in what', () => {
    const { names } = analyzeText(text);
    expect(names.map(({ kind, name, container, address }) => [kind, name, container?.name ?? null, address])).toEqual([
      ['symbol', 'tramp', null, 0x80100000n],
      ['site', 'entry', null, 0x800ff000n],
      ['version', 'off', 'entry', 0x800ff000n],
      ['label', 'A', 'off', 0x800ff000n],
      ['label', 'B', 'off', 0x800ff004n],
      ['version', 'on', 'entry', 0x800ff000n],
      ['label', 'C', 'on', 0x800ff000n],
      ['label', 'D', 'on', 0x800ff004n],
      ['protocol', 'p', null, null],
      ['step', 'one', 'p', null],
      ['step', 'two', 'p', null],
    ]);
  });
});

describe('labels of macros', () => {
  const macros = `site entry at 0x80000000 {
  version off {
    .macro mark name
    here: nop
    \\name: nop
    .endm
    nop ; nop
    A: nop
  }
  version on {
    .macro mark name
    .word 0x13
    here: nop
    .endm
    mark B
    j here
  }
}
protocol p patches entry from off to on { write on.here }
`;
  it('are those of each use, and not those of what it is made of', () => {
    const { names } = analyzeText(macros);
    const labels = names.filter(({ kind }) => kind === 'label');
    expect(labels.map(({ name, container, address, made }) => [name, container?.name, address, made])).toEqual([
      ['A', 'off', 0x80000008n, false],
      ['here', 'on', 0x80000004n, true],
    ]);
  });
  it('are defined by the use', () => {
    expect(uses(macros, 'label', 'here')).toEqual(['15:mark', '16:here', '19:here']);
  });
});

describe('instructions and writes, for hovers and hints', () => {
  const replay = example('ftrace/replay-auipc.cmodx');
  const inPlace = 'protocol p patches entry from off to on { write entry+4, addi t0, t0, 1 }';
  it('each instruction with its bytes', () => {
    const { instructions } = analyzeText(replay);
    expect(
      instructions.map(({ source, address, bytes, label, container }) => [
        replay.slice(source.start, source.end),
        address,
        word(bytes),
        label,
        container?.name,
      ]),
    ).toEqual([
      ['auipc t0, %pcrel_hi(old_tramp)', 0xffffffff80a00000n, '0xff612297', 'AUIPC', 'old'],
      ['jalr  t0, %pcrel_lo(AUIPC)(t0)', 0xffffffff80a00004n, '0x000282e7', 'JALR', 'old'],
      ['j     .+8', 0xffffffff80a00000n, '0x0080006f', 'JUMP', 'skip'],
      ['auipc t0, %pcrel_hi(new_tramp)', 0xffffffff80a00000n, '0xff945297', "AUIPC'", 'new'],
      ["jalr  t0, %pcrel_lo(AUIPC')(t0)", 0xffffffff80a00004n, '0x680282e7', "JALR'", 'new'],
    ]);
    expect(instructions.every(({ decoded }) => decoded.legality === 'legal')).toBe(true);
  });
  it('those of a `write` too, once', () => {
    const { instructions } = analyzeText(text.slice(0, text.indexOf('on trap')) + inPlace);
    expect(
      instructions
        .filter(({ container }) => container?.kind === 'site')
        .map(({ bytes, address }) => [word(bytes), address]),
    ).toEqual([['0x00128293', 0x800ff004n]]);
  });
  it('each code store with what may stand there before, and whether it is one message', () => {
    const { writes } = analyzeText(replay.replace('write JUMP', 'write JUMP by half'));
    expect(
      writes.map(({ site, bytes, before, split }) => [
        site,
        word(bytes),
        before.map(({ version, bytes: old }) => `${version} ${word(old)}`),
        split,
      ]),
    ).toEqual([
      ['entry', '0x0080006f', ['old 0xff612297', 'skip 0x0080006f', 'new 0xff945297'], '2 stores of 2 bytes'],
      ['entry', '0x680282e7', ['old 0x000282e7', 'new 0x680282e7'], null],
      ['entry', '0xff945297', ['old 0xff612297', 'skip 0x0080006f', 'new 0xff945297'], null],
    ]);
  });
});
