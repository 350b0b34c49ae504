import { expect, test } from 'vitest';
import { statusText } from '../../client/src/status-text';
import { report } from './reports';

test('all is well only where every check is current and as expected', () => {
  expect(statusText([report({ met: true }), report({ met: true })]).text).toBe('$(pass) CMODX: 2 of 2 as expected');
});

test('one expectation not met outweighs all others', () => {
  const { text } = statusText([report({ met: true }), report({ met: false }), report({ status: 'stale', met: null })]);
  expect(text).toBe('$(error) CMODX: 1 of 3 not as expected');
});

test.each([
  ['stale', report({ status: 'stale', met: null })],
  ['being checked', report({ status: 'checking', met: null })],
  ['broken', report({ status: 'failed', met: null })],
  ['inconclusive', report({ status: 'current', met: null })],
  // A report that says `met` of a text that is not current must not count either.
  ['stale but said to be met', report({ status: 'stale', met: true })],
])('a check that is %s is not as expected', (_what, open) => {
  expect(statusText([report({ met: true }), open]).text).toBe('$(warning) CMODX: 1 of 2 not decided');
});

test('the tooltip has a line for each check', () => {
  const { tooltip } = statusText([
    report({ headline: 'safe: any harts' }),
    report({ when: 'ipi sbi', headline: 'checking' }),
  ]);
  expect(tooltip).toBe('replay: safe: any harts\nreplay when ipi sbi: checking');
});

test('a file without protocols is not green', () => {
  expect(statusText([]).text).toBe('CMODX: no protocols');
});
