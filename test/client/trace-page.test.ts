import { expect, test } from 'vitest';
import { type TracePage, tracePage } from '../../client/src/trace-page';
import type { Snapshot, Violation } from '../../server/src/checker/verdict';
import { links } from './links';
import { report } from './reports';

const hart = (name: string) => ({ name, pc: null, activity: 'runs a pass', source: null, registers: [], fetch: [] });
const snapshot: Snapshot = {
  harts: [hart('patcher'), hart('hart 1'), hart('hart 2')],
  memory: [{ address: '0x80a00000', bytes: '0x0080006f', text: 'j .+8' }],
};
const source = { file: 'file:///replay.cmodx', start: 10, end: 14 };
const violation: Violation = {
  code: 'mixed',
  headline: "JALR' with AUIPC's t0",
  message: 'It ends nowhere.',
  source,
  before: snapshot,
  trace: [
    { hart: 'hart 2', text: 'executes AUIPC', source, after: snapshot },
    { hart: 'patcher', text: 'writes <JUMP>', source: null, after: snapshot },
  ],
};

function page(changes: Partial<TracePage> = {}): string {
  const selected = report({ headline: 'unsafe: mixed', met: false });
  return tracePage({
    file: 'replay.cmodx',
    reports: [selected, report({ when: 'ipi sbi' })],
    selected,
    answer: { version: 1, violations: [violation], texts: {} },
    ...changes,
  });
}

test('each hart that acts has a column, the patcher first, and each step stands in its own', () => {
  const html = page();
  expect([...html.matchAll(/<th>([^<]+)<\/th>/g)].map(([, name]) => name)).toEqual(['patcher', 'hart 2']);
  expect(html).toMatch(/<td class="row">1<\/td><td><\/td><td><a [^>]*>executes AUIPC<\/a><\/td>/);
  expect(html).toMatch(/<td class="row">2<\/td><td>writes &#60;JUMP&#62;<\/td><td><\/td>/);
});

test('a step leads to its place, a violation to the debugger, a check to its traces', () => {
  const html = page();
  expect(links(html, 'cmodx.reveal')).toEqual([{ uri: source.file, start: 10, end: 14 }]);
  expect(links(html, 'cmodx.debug')).toEqual([
    { uri: 'file:///replay.cmodx', protocol: 'replay', when: null, violation: 0 },
  ]);
  expect(links(html, 'cmodx.showTrace')).toContainEqual({
    uri: 'file:///replay.cmodx',
    protocol: 'replay',
    when: 'ipi sbi',
  });
});

test('nothing of a file becomes markup, and no script may run', () => {
  const hostile = report({ protocol: '<img src=x onerror=alert(1)>', when: '"><script>', headline: "'<b>" });
  const html = page({ selected: hostile, reports: [hostile], file: '<i>' });
  expect(html).not.toMatch(/<(img|script|b|i)[\s>]/);
  expect(html).toContain(`default-src 'none'`);
});

test('without a current verdict there is no trace to show', () => {
  const stale = report({ status: 'stale', met: null, headline: 'stale: unsafe before this edit' });
  const html = page({ selected: stale, reports: [stale], answer: null });
  expect(html).not.toContain('<section>');
  expect(html).toContain('stale: unsafe before this edit');
});

test('what nothing executes has neither steps nor a link to debug them', () => {
  const before = { harts: [], memory: [] };
  const unencodable: Violation = { ...violation, code: 'unencodable', message: 'It is too far.', before, trace: [] };
  const html = page({ answer: { version: 1, violations: [unencodable], texts: {} } });
  expect(html).toContain('It is too far.');
  expect(html).not.toContain('Debug these');
});
