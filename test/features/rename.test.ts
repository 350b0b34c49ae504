import { describe, expect, test } from 'vitest';
import { rename } from '../../server/src/features/rename';
import { applyEdits } from '../../server/src/features/text';
import { mail } from '../mail';
import { analyzed, cursorIn, file, markAt } from './support';

/** The text after the name at `$0` has been renamed, or why it was not. */
function check(marked: string, newName: string): string {
  const { text, offset } = cursorIn(marked);
  const result = rename(analyzed(text), offset, newName);
  return 'refused' in result ? result.refused : applyEdits(text, file, result.edits);
}

describe('renames everywhere', () => {
  test.each([
    ["AUIPC' ; fence", 'HIGH', /AUIPC'/g],
    ['old {', 'before', /\bold\b(?!_)/g],
    ['redirect', 'jump_over', /redirect/g],
    ['old_tramp =', 'first', /old_tramp/g],
    ['replay patches', 'retarget_call', /replay/g],
  ])('%s', (place, newName, old) => {
    const text = mail('expect safe when without redirect.sync');
    expect(check(markAt(text, place), newName)).toBe(text.replace(old, newName));
  });

  test('one part of a dotted name', () => {
    const text = mail().replace('write JUMP ', 'write entry.JUMP ');
    expect(check(markAt(text, 'entry.JUMP', 8), 'SKIP')).toBe(text.replaceAll('JUMP', 'SKIP'));
    expect(check(markAt(text, 'entry.JUMP', 2), 'here')).toBe(text.replaceAll('entry', 'here'));
  });

  test('the text stays what it was otherwise: the same checks, no new messages', () => {
    const text = check(markAt(mail('expect safe when swap redirect activate'), 'activate'), 'last');
    const analysis = analyzed(text);
    expect(analysis.diagnostics).toEqual([]);
    expect(analysis.checks.map(({ when }) => when)).toEqual([null, 'swap redirect last']);
  });
});

describe('refuses', () => {
  test.each([
    ['JUMP ', '2fast', 'is no name'],
    ['JUMP ', 'a.b', 'is no name'],
    ['JUMP ', '', 'is no name'],
    ['JUMP ', 'fence', 'is a word of the language'],
    ['JUMP ', 't0', 'is a register'],
    ['JUMP ', "JALR'", "There is a label `JALR'` already"],
    ['JUMP ', 'old_tramp', 'There is a symbol `old_tramp` already'],
    ['old {', 'new', 'There is a version `new` already'],
    ['redirect', 'activate', 'There is a step `activate` already'],
    ['fence w,w', 'x', 'Only the name'],
  ])('%s as %s', (place, newName, words) => {
    expect(check(markAt(mail(), place), newName)).toContain(words);
  });

  test('a label that a macro makes, by its use; the use itself has no name', () => {
    const text =
      'site s at 0x80000000 {\n  version v {\n    .macro mark\n    here: nop\n    .endm\n    mark\n    j here\n  }\n}\n';
    expect(check(markAt(text, 'here\n'), 'there')).toBe('`here` is made by a macro, and stands nowhere as it is.');
    for (const place of ['here:', 'mark\n    j'])
      expect(check(markAt(text, place), 'there')).toContain('Only the name');
  });

  test('what is defined in another file, where that is not to be had', () => {
    const analysis = analyzed('import "lib.cmodx"\nsymbol b = a\n', { 'lib.cmodx': 'symbol a = 0x80000000\n' });
    expect(rename(analysis, analysis.tree.text.length - 2, 'c')).toEqual({
      refused: '`a` is defined in lib.cmodx: rename it there.',
    });
  });
});

test('a label of another site may have the same name', () => {
  const sites = ['a', 'b']
    .map((name, i) => `site ${name} at 0x8000000${8 * i} {\n  version v { X${i}: nop }\n}\n`)
    .join('');
  expect(check(markAt(sites, 'X1'), 'X0')).toBe(sites.replace('X1', 'X0'));
});
