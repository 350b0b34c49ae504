import { expect, test } from 'vitest';
import { addExpect } from '../../server/src/features/add-expect';
import { applyEdits } from '../../server/src/features/text';
import { mail } from '../mail';
import { analyzed, file } from './support';

/** The text with `expect unsafe mixed when ipi sbi` put into it. */
function added(text: string, protocol = 'replay'): string | null {
  const edit = addExpect(analyzed(text), protocol, 'unsafe mixed', 'ipi sbi');
  return edit && applyEdits(text, file, [edit]);
}

test('a line goes behind the last `expect` and its comment, indented as that', () => {
  expect(added(mail('expect safe\n      expect safe when ziccid # so it is'))).toBe(
    mail('expect safe\n      expect safe when ziccid # so it is\n      expect unsafe mixed when ipi sbi'),
  );
});

test('line ends stay as they are', () => {
  expect(added(mail('expect safe').replaceAll('\n', '\r\n'))).toBe(
    mail('expect safe\n  expect unsafe mixed when ipi sbi').replaceAll('\n', '\r\n'),
  );
});

test('a protocol without `expect` gets its first', () => {
  const site = 'site s at 0x80 { version v { A: nop } }\n';
  expect(added(`${site}protocol replay patches s from v { write A }\n`)).toBe(
    `${site}protocol replay patches s from v { write A\n  expect unsafe mixed when ipi sbi\n}\n`,
  );
  expect(added(`${site}protocol replay patches s from v {\n  write A\n}\n`)).toBe(
    `${site}protocol replay patches s from v {\n  write A\n  expect unsafe mixed when ipi sbi\n}\n`,
  );
});

test('a comment before the brace does not swallow the line', () => {
  const text = mail('fence.i // done');
  expect(added(text)).toContain('fence.i // done\n  expect unsafe mixed when ipi sbi\n}');
});

test.each([
  ['there is no such protocol', mail(), 'other'],
  ['its block is not closed', mail().replace(/\}\s*$/, ''), 'replay'],
])('nothing is added where %s', (_what, text, protocol) => {
  expect(added(text, protocol)).toBeNull();
});
