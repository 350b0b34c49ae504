import { describe, expect, test } from 'vitest';
import type { CheckJson } from '../../server/src/cli/check-results';
import { worst } from '../../server/src/cli/host';
import { cmodx, knownUnsafe, naive, safePatch } from './terminal';

const broken = safePatch.replace('write JUMP', 'write JMUP');

async function json(line: string, files: Record<string, string | Uint8Array>): Promise<CheckJson> {
  const { out } = await cmodx(`check --json ${line}`, files);
  expect(out.endsWith('\n')).toBe(true);
  expect(out.trimEnd()).not.toContain('\n');
  return JSON.parse(out) as CheckJson;
}

describe('exit codes of cmodx check', () => {
  const files = { 'safe.cmodx': safePatch, 'naive.cmodx': naive, 'known.cmodx': knownUnsafe, 'broken.cmodx': broken };

  test.each([
    ['0: every expectation is met, `safe` where none is written', 'safe.cmodx', 0],
    ['0: an expected violation', 'known.cmodx', 0],
    ['1: a violation that is not expected', 'naive.cmodx', 1],
    ['2: a file with errors', 'broken.cmodx', 2],
    ['2: no such file', 'none.cmodx', 2],
    ['3: a limit was hit', '--max-states 1 safe.cmodx', 3],
    ['2 goes over 1', 'naive.cmodx none.cmodx', 2],
    ['a file is checked once', 'safe.cmodx safe.cmodx', 0],
  ])('%s', async (_name, line, code) => {
    expect((await cmodx(`check ${line}`, files)).code).toBe(code);
  });

  test('2 goes over 1 and 1 over 3', () => {
    expect([worst([0, 3, 1, 2]), worst([3, 1, 0]), worst([0, 3]), worst([0]), worst([])]).toEqual([2, 1, 3, 0, 0]);
  });
});

describe('cmodx check for people', () => {
  test('tells a safe verdict with its bounds and what it relies on', async () => {
    const { out } = await cmodx('check safe.cmodx', { 'safe.cmodx': safePatch });
    expect(out).toMatch(/^safe\.cmodx\n {2}ok {3}toggle: safe: any harts, any passes, [\d,]+ states?; lowest rung \S+/);
    expect(out).toMatch(/\n1 check: 1 as expected\n$/);
  });

  test('tells kind, place and numbered trace of a violation that is not expected', async () => {
    const { out } = await cmodx('check naive.cmodx', { 'naive.cmodx': naive });
    expect(out).toMatch(/\n {2}FAIL naive: unsafe: JALR with AUIPC''s t0, \d+ steps/);
    expect(out).toMatch(/\n {6}expected `safe`, found `unsafe mixed`\n {6}mixed at naive\.cmodx:17:3: /);
    expect(out).toMatch(/\n {8}1\. \S.*\(naive\.cmodx:\d+\)\n/);
  });

  test('tells the trace of an expected violation only when asked', async () => {
    const files = { 'known.cmodx': knownUnsafe };
    const short = (await cmodx('check known.cmodx', files)).out;
    expect(short).toContain('(as expected: unsafe mixed)');
    expect(short).not.toMatch(/\n {8}1\. /);
    expect((await cmodx('check --trace known.cmodx', files)).out).toMatch(/\n {8}1\. /);
  });

  test('tells what the lints find, which decides nothing', async () => {
    const files = { 'safe.cmodx': safePatch.replace('write JUMP', 'write JUMP ; fence r,r ; sync fence.i') };
    const { out, code } = await cmodx('check safe.cmodx', files);
    expect(out).toMatch(/safe\.cmodx:\d+:\d+: warning: `fence r,r` does not order .* \[unordered-sync\]\n/);
    expect(code).toBe(0);
    const { diagnostics, results } = await json('safe.cmodx', files);
    expect(diagnostics.map((one) => `${one.severity} ${one.code}`)).toEqual(['warning unordered-sync']);
    expect(results.map(({ verdict, met }) => [verdict, met])).toEqual([['safe', true]]);
  });

  test('tells errors with file, line and column', async () => {
    const { out } = await cmodx('check broken.cmodx', { 'broken.cmodx': broken });
    expect(out).toMatch(/\n {2}\?\? {3}toggle: invalid: the text has errors\n/);
    expect(out).toMatch(/\nbroken\.cmodx:8:9: error: .*\[[a-z-]+\]\n/);
  });

  test('says where there was nothing to check', async () => {
    const { code, out } = await cmodx('check empty.cmodx', { 'empty.cmodx': '' });
    expect(code).toBe(0);
    expect(out).toContain('empty.cmodx:1:1: information: there is no protocol in this file: nothing was checked');
    expect(out).toMatch(/\n0 checks: 0 as expected\n$/);
  });

  test('has colours in a terminal and none in JSON', async () => {
    const files = { 'safe.cmodx': safePatch };
    const csi = '\u001b[';
    expect((await cmodx('check safe.cmodx', files)).out).not.toContain(csi);
    expect((await cmodx('check safe.cmodx', files, { colour: true })).out).toContain(csi);
    expect((await cmodx('check --json safe.cmodx', files, { colour: true })).out).not.toContain(csi);
  });
});

describe('cmodx check --json', () => {
  test('has exactly the fields of version 1', async () => {
    const { version, results, diagnostics } = await json('naive.cmodx', { 'naive.cmodx': naive });
    expect(version).toBe(1);
    expect(diagnostics).toEqual([]);
    expect(results).toEqual([
      {
        file: 'naive.cmodx',
        protocol: 'naive',
        when: null,
        verdict: 'unsafe',
        expected: null,
        met: false,
        bounds: { harts: 'any', passes: 'any' },
        reliesOn: [],
        rung: null,
        claims: [
          { name: 'effective', holds: false },
          { name: 'retires old', holds: false },
        ],
        limit: null,
        states: expect.any(Number) as number,
        ms: expect.any(Number) as number,
        violations: [expect.objectContaining({ code: 'mixed', file: 'naive.cmodx', line: 17, column: 3 })],
      },
    ]);
    const [violation] = results[0]?.violations ?? [];
    expect(Object.keys(violation ?? {})).toEqual(['code', 'message', 'file', 'line', 'column', 'trace']);
    for (const step of violation?.trace ?? []) expect(Object.keys(step)).toEqual(['hart', 'text', 'file', 'line']);
  });

  test('each `when` is a result of its own, in the order of the text', async () => {
    const text = safePatch.replace(/\}\n$/, '  expect safe, effective\n  expect unsafe when not ziccif\n}\n');
    const { results } = await json('a.cmodx', { 'a.cmodx': text });
    expect(results.map(({ protocol, when, expected }) => ({ protocol, when, expected }))).toEqual([
      { protocol: 'toggle', when: null, expected: 'safe, effective' },
      { protocol: 'toggle', when: 'not ziccif', expected: 'unsafe' },
    ]);
  });

  test('a limit is named', async () => {
    const { results } = await json('--max-states 1 a.cmodx', { 'a.cmodx': safePatch });
    expect(results).toMatchObject([
      { verdict: 'inconclusive', met: false, limit: expect.stringContaining('state') as string },
    ]);
  });

  test('errors of the text are diagnostics, and its protocols invalid', async () => {
    const { results, diagnostics } = await json('a.cmodx', { 'a.cmodx': broken });
    expect(results).toMatchObject([{ verdict: 'invalid', met: false, violations: [] }]);
    expect(diagnostics).toMatchObject([{ file: 'a.cmodx', line: 8, column: 9, severity: 'error' }]);
    expect(Object.keys(diagnostics[0] ?? {})).toEqual(['file', 'line', 'column', 'severity', 'code', 'message']);
  });

  test.each([
    ['a file that is not there', {}, 'does not exist'],
    ['bytes that are no UTF-8', { 'a.cmodx': Uint8Array.of(0x61, 0xff, 0xfe) }, 'is not UTF-8 text'],
    ['a huge file', { 'a.cmodx': new Uint8Array(3 << 20) }, 'is too large (3 MB; up to 1 MB is read)'],
  ])('%s is a diagnostic at its start', async (_name, files, message) => {
    expect(await json('a.cmodx', files)).toEqual({
      version: 1,
      results: [],
      diagnostics: [
        { file: 'a.cmodx', line: 1, column: 1, severity: 'error', code: 'unreadable', message: `a.cmodx ${message}` },
      ],
    });
  });

  test('an import is read beside its importer, and places in it are told', async () => {
    const [definitions = '', protocol = ''] = safePatch.split(/(?=protocol)/);
    const files = { 'dir/site.cmodx': definitions, 'dir/a.cmodx': `import "site.cmodx"\n${protocol}` };
    expect(await json('dir/a.cmodx', files)).toMatchObject({ results: [{ verdict: 'safe' }], diagnostics: [] });
  });
});
