import { describe, expect, test } from 'vitest';
import { definition, highlights, references } from '../../server/src/features/navigation';
import { mail } from '../mail';
import { analyzed, cursorIn, markAt } from './support';

/** The line that defines the name at `$0`, and those that use it. */
function check(marked: string): { readonly defined: string | null; readonly uses: string[] } {
  const { text, offset } = cursorIn(marked);
  const analysis = analyzed(text);
  const lineAt = (start: number): string =>
    text
      .slice(text.lastIndexOf('\n', start - 1) + 1, text.indexOf('\n', start))
      .trim()
      .replace(/\s+/g, ' ');
  const defined = definition(analysis, offset);
  return {
    defined: defined && lineAt(defined.start),
    uses: references(analysis, offset, false).map(({ start }) => lineAt(start)),
  };
}

describe('the definition and the uses', () => {
  test('of a label, primes and all', () => {
    expect(check(markAt(mail(), "AUIPC' ; fence"))).toEqual({
      defined: "AUIPC': auipc t0, %pcrel_hi(new_tramp)",
      uses: ["JALR': jalr t0, %pcrel_lo(AUIPC')(t0)", "step activate { write AUIPC' ; fence w,w ; sync fence.i }"],
    });
  });

  test('of a symbol', () => {
    expect(check(markAt(mail(), 'old_tramp)', 3)).defined).toBe('symbol old_tramp = 0xffffffff80012000');
  });

  test('of a version and a site', () => {
    expect(check(markAt(mail(), 'new {', 3)).defined).toBe('version new {');
    expect(check(markAt(mail(), 'entry+4')).defined).toBe('site entry at 0xffffffff80a00000 clobbers t0 {');
  });

  test('of a step named in a `when`', () => {
    expect(check(markAt(mail('expect safe when without redirect.sync'), 'redirect.sync', 2))).toEqual({
      defined: 'step redirect { write JUMP ; fence w,w ; sync fence.i }',
      uses: ['expect safe when without redirect.sync'],
    });
  });

  test('each part of a dotted name is its own', () => {
    const text = mail().replace('write JUMP ', 'write entry.JUMP ');
    expect(check(markAt(text, 'entry.JUMP', 2)).defined).toContain('site entry');
    expect(check(markAt(text, 'entry.JUMP', 8)).defined).toContain('JUMP: j .+8');
  });

  test('of a numeric label: the nearest one in the direction', () => {
    const text = `site s at 0x80000000 {
  version v {
    1: nop
    j 1b # back
    j 1f # forth
    1: nop
  }
}
`;
    expect(check(markAt(text, '1b')).uses).toEqual(['j 1b # back']);
    expect(check(markAt(text, '1f')).uses).toEqual(['j 1f # forth']);
    expect(definition(analyzed(text), text.indexOf('1b'))?.start).toBe(text.indexOf('1: nop'));
    expect(definition(analyzed(text), text.indexOf('1f'))?.start).toBe(text.lastIndexOf('1: nop'));
  });

  test('in an imported file', () => {
    const analysis = analyzed('import "lib.cmodx"\nsymbol b = a\n', { 'lib.cmodx': 'symbol a = 0x80000000\n' });
    expect(definition(analysis, analysis.tree.text.length - 2)).toEqual({ file: 'lib.cmodx', start: 7, end: 8 });
  });

  test('an imported file', () => {
    const analysis = analyzed('import "../lib.cmodx"\n', { '../lib.cmodx': 'symbol a = 0x80000000\n' });
    expect(definition(analysis, 12)).toEqual({ file: '../lib.cmodx', start: 0, end: 0 });
    expect(definition(analyzed('import "nowhere.cmodx"\n'), 12)).toBe(null);
  });

  test('of nothing', () => {
    expect(check(markAt(mail(), 'fence w,w'))).toEqual({ defined: null, uses: [] });
  });
});

test('highlights tell the definition from the uses', () => {
  const text = mail();
  const kinds = highlights(analyzed(text), text.indexOf('JUMP')).map(({ kind }) => kind);
  expect(kinds).toEqual(['write', 'read']);
});
