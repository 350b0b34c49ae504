import { expect, test } from 'vitest';
import { codeActions } from '../../server/src/features/code-actions';
import { applyEdits } from '../../server/src/features/text';
import { mail } from '../mail';
import { analyzed, cursorIn, file, report, safe, unsafe } from './support';

test('a misspelt word is put right', () => {
  const { text, offset } = cursorIn(mail('expct$0 safe'));
  const actions = codeActions(analyzed(text), null, { start: offset, end: offset });
  expect(actions.map(({ title, preferred }) => [title, preferred])).toEqual([['Change to `expect`', true]]);
  expect(applyEdits(text, file, actions[0]!.edits)).toBe(mail('expect safe'));
});

test('only what is at the cursor', () => {
  const { text, offset } = cursorIn(mail('expct safe').replace('symbol', 'sym$0bol'));
  expect(codeActions(analyzed(text), null, { start: offset, end: offset })).toEqual([]);
});

test.each([
  ['expect safe when ipi sbi', 'expect unsafe mixed when ipi sbi'],
  ['expect safe, effective when ipi sbi', 'expect unsafe mixed, effective when ipi sbi'],
  ['expect unsafe torn', 'expect unsafe mixed'],
])('an expectation becomes what was found: %s', (before, after) => {
  const text = mail(before);
  const analysis = analyzed(text);
  const found = report(analysis, () => unsafe(text, 'write JUMP'));
  const offset = text.indexOf('expect') + 1;
  const [action] = codeActions(analysis, found, { start: offset, end: offset });
  expect(action?.title).toBe('Expect what was found: `unsafe mixed`');
  expect(applyEdits(text, file, action!.edits)).toBe(mail(after));
});

test('an expectation that is met, or not yet judged, stays', () => {
  const text = mail('expect safe');
  const analysis = analyzed(text);
  const span = { start: 0, end: text.length };
  expect(
    codeActions(
      analysis,
      report(analysis, () => safe),
      span,
    ),
  ).toEqual([]);
  expect(
    codeActions(
      analysis,
      report(analysis, () => ({ status: 'checking' })),
      span,
    ),
  ).toEqual([]);
});
