import { expect, test } from 'vitest';
import { varyPage } from '../../client/src/vary-page';
import type { VaryAnswer, VaryRow } from '../../server/src/lsp/protocol';
import { links } from './links';
import { report } from './reports';

const uri = 'file:///replay.cmodx';
const id = { uri, protocol: 'replay' };
const verdict = {
  bounds: { harts: 'any', passes: 'any' },
  reliesOn: [],
  rung: null,
  claims: [],
  limit: null,
  states: 3,
} as const;
const row = (changes: Partial<VaryRow> = {}): VaryRow => ({
  effect: 'load-bearing',
  label: 'load-bearing',
  found: 'unsafe mixed',
  why: "JALR' with AUIPC's t0",
  place: { file: uri, start: 10, end: 14 },
  written: false,
  report: report({
    when: 'without redirect.sync',
    headline: 'unsafe: mixed',
    verdict: { ...verdict, verdict: 'unsafe', violations: [{ code: 'mixed', message: 'm', headline: 'h', steps: 2 }] },
  }),
  ...changes,
});
const redundant = row({
  effect: 'redundant',
  label: 'redundant',
  found: 'safe, effective',
  why: null,
  written: true,
  report: report({ when: 'pinned', verdict: { ...verdict, verdict: 'safe', violations: [] } }),
});
const answer = (rows: readonly VaryRow[]): VaryAnswer => ({
  version: 1,
  base: report({ headline: 'safe: any harts' }),
  summary: '2 variations',
  groups: [{ heading: 'Left out', rows }],
});
const page = (rows: readonly VaryRow[]): string => varyPage({ file: 'replay.cmodx', id, answer: answer(rows) });

test('an unsafe row leads to its trace, every row to its place', () => {
  const html = page([row(), redundant]);
  expect(links(html, 'cmodx.showTrace')).toEqual([{ uri, protocol: 'replay', when: 'without redirect.sync' }]);
  expect(links(html, 'cmodx.reveal')).toEqual([
    { uri, start: 10, end: 14 },
    { uri, start: 10, end: 14 },
  ]);
  expect(html).toContain('unsafe mixed: JALR&#39; with AUIPC&#39;s t0');
});

test('a row that the text does not have yet can be added to it', () => {
  const html = page([row(), redundant]);
  expect(links(html, 'cmodx.addExpect')).toEqual([{ uri, protocol: 'replay', when: 'without redirect.sync' }]);
  expect(html).toContain('expected in the text');
});

test('a row that is not decided is neither added nor called anything', () => {
  const open = row({
    effect: 'open',
    label: 'inconclusive',
    found: null,
    why: null,
    report: report({ when: 'x', headline: 'inconclusive: time limit of 30 s' }),
  });
  const waiting = row({
    effect: null,
    label: 'checking',
    found: null,
    why: null,
    report: report({ when: 'y', status: 'checking' }),
  });
  const html = page([open, waiting]);
  expect(links(html, 'cmodx.addExpect')).toEqual([]);
  expect(html).toContain('inconclusive: time limit of 30 s');
  expect(html).toContain('&#8230; checking');
});

test('after an edit the table says that it is old, and can be made again', () => {
  const html = page([row({ effect: null, label: 'stale', found: null, report: report({ status: 'stale' }) })]);
  expect(links(html, 'cmodx.vary')).toEqual([id]);
  expect(links(page([row()]), 'cmodx.vary')).toEqual([]);
});

test('without the protocol there is no table', () => {
  expect(varyPage({ file: 'replay.cmodx', id, answer: null })).toContain('replay.cmodx has no protocol replay now.');
});

test('nothing of a file becomes markup, and no script may run', () => {
  const html = page([row({ label: '<b>', found: '<i>', report: report({ when: '"><script>', protocol: '<img>' }) })]);
  expect(html).not.toMatch(/<(img|script|b|i)[\s>]/);
  expect(html).toContain(`default-src 'none'`);
});
