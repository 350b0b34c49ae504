import { describe, expect, test } from 'vitest';
import type { LitmusJson } from '../../server/src/cli/litmus-results';
import { cmodx } from './terminal';

/** Message passing: with the condition of `quantifier`, and what stands between the accesses. */
function mp(name = 'MP', { quantifier = 'exists', stores = '', loads = '' } = {}): string {
  const row = (left: string, right: string): string => (left + right === '' ? '' : ` ${left} | ${right} ;\n`);
  return `RISCV ${name}
{
0:x5=1; 0:x6=x; 0:x7=y;
1:x6=y; 1:x8=x;
}
 P0 | P1 ;
${row('sw x5,0(x6)', 'lw x5,0(x6)')}${row(stores, loads)}${row('sw x5,0(x7)', 'lw x7,0(x8)')}${quantifier}
(1:x5=1 /\\ 1:x7=0)
`;
}

const fenced = mp('MP+fences', { stores: 'fence w,w', loads: 'fence r,r' });
const broken = mp().replace('sw x5,0(x6)', 'sww x5,0(x6)');
/** Code that is patched: whether the new `nop` may be missed hangs on the fetch rules. */
const patched = `RISCV CoFF+fencei
{
uint32_t 1:x5;
0:x5=instr:"addi x10,x10,2"; 0:x6=P1:m;
}
 P0          | P1               ;
 sw x5,0(x6) | jal x1,m         ;
             | mv x11,x10       ;
             | fence.i          ;
             | jal x1,m         ;
             | j end            ;
             | m: addi x10,x10,1 ;
             | jalr x0,0(x1)    ;
             | end:             ;
exists (1:x11=2 /\\ 1:x10=3)
`;

async function json(line: string, files: Record<string, string | Uint8Array>): Promise<LitmusJson> {
  const { out } = await cmodx(`litmus --json ${line}`, files);
  expect(out.endsWith('\n')).toBe(true);
  expect(out.trimEnd()).not.toContain('\n');
  return JSON.parse(out) as LitmusJson;
}

describe('cmodx litmus prints as herd7 does', () => {
  test('a question', async () => {
    const { code, out, err } = await cmodx('litmus mp.litmus', { 'mp.litmus': mp() });
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out.replace(/\d+\.\d\d\n/, '0.00\n')).toBe(`Test MP Allowed
States 4
1:x5=0; 1:x7=0;
1:x5=0; 1:x7=1;
1:x5=1; 1:x7=0;
1:x5=1; 1:x7=1;
Ok
Witnesses
Positive: 1 Negative: 3
Condition exists (1:x5=1 /\\ 1:x7=0)
Observation MP Sometimes 1 3
Time MP 0.00

`);
  });

  test.each([
    ['exists', mp(), ['Allowed', 'Ok', 'Positive: 1 Negative: 3', 'Sometimes 1 3']],
    ['exists', fenced, ['Allowed', 'No', 'Positive: 0 Negative: 3', 'Never 0 3']],
    // The witnesses of `~exists` are the states that are not forbidden; the observation is of the proposition.
    ['~exists', mp('MP', { quantifier: '~exists' }), ['Forbidden', 'No', 'Positive: 3 Negative: 1', 'Sometimes 1 3']],
    ['forall', mp('MP', { quantifier: 'forall' }), ['Required', 'No', 'Positive: 1 Negative: 3', 'Sometimes 1 3']],
  ])('%s: its kind, whether it holds, its witnesses', async (quantifier, text, [kind, holds, witnesses, observed]) => {
    const { out } = await cmodx('litmus a.litmus', { 'a.litmus': text });
    const name = /RISCV (.*)/.exec(text)?.[1];
    expect(out).toContain(`Test ${name} ${kind}\n`);
    expect(out).toContain(`;\n${holds}\nWitnesses\n${witnesses}\nCondition ${quantifier} (`);
    expect(out).toContain(`\nObservation ${name} ${observed}\n`);
  });
});

describe('the model', () => {
  test('of data is RVWMO, or what is asked for', async () => {
    const files = { 'mp.litmus': mp() };
    const observed = async (options: string) => (await json(`${options} mp.litmus`, files)).results[0];
    expect(await observed('')).toMatchObject({ memory: 'rvwmo', observation: 'Sometimes' });
    expect(await observed('--memory tso')).toMatchObject({ memory: 'tso', observation: 'Never' });
    expect(await observed('--memory=sc')).toMatchObject({ memory: 'sc', observation: 'Never' });
  });

  test('has no fetch where no code is patched: `fence.i` is then no fence', async () => {
    const files = { 'mp.litmus': mp('MP', { stores: 'fence w,w', loads: 'fence.i' }) };
    const observed = async (options: string) => (await json(`${options} mp.litmus`, files)).results[0];
    expect(await observed('')).toMatchObject({ fetch: 'none', observation: 'Sometimes' });
    expect(await observed('--fetch letter')).toMatchObject({ fetch: 'letter', observation: 'Never' });
  });

  test('has fetch by the default rung where code is patched, or by what is asked for', async () => {
    const files = { 'coff.litmus': patched };
    const observed = async (options: string) => (await json(`${options} coff.litmus`, files)).results[0];
    expect(await observed('')).toMatchObject({ fetch: 'isa+decode-w', observation: 'Never', error: null });
    expect(await observed('--fetch letter')).toMatchObject({ fetch: 'letter', observation: 'Sometimes' });
    expect(await observed('--fetch letter+ziccid')).toMatchObject({ fetch: 'letter+ziccid', observation: 'Never' });
    expect(await observed('--fetch letter+ziccid+decode-w')).toMatchObject({ fetch: 'letter+decode-w+ziccid' });
    expect(await observed('--fetch letter+fencei-fetch')).toMatchObject({ fetch: 'isa' });
  });

  test.each([
    [
      'a.litmus --fetch isa+decode-x',
      /no set of fetch rules; did you mean `isa\+decode-w`\?; there are none, letter, letter\+zi/,
    ],
    ['a.litmus --fetch', /`--fetch` needs a value/],
    ['--memory sv39 a.litmus', /no memory model; there are rvwmo, tso, sc/],
    ['--herd a.litmus', /unknown option/],
  ])('that is not known is refused with those that are: %s', async (line, message) => {
    const { code, out, err } = await cmodx(`litmus ${line}`, {});
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });
});

describe('many files', () => {
  test('are told in the order given, a file that cannot be run among them', async () => {
    const files = { 'a.litmus': mp('A'), 'b.litmus': broken, 'c.litmus': fenced };
    const { code, out, err } = await cmodx('litmus c.litmus b.litmus none.litmus a.litmus', files);
    expect(code).toBe(2);
    expect([...out.matchAll(/^Test (\S+)/gm)].map(([, name]) => name)).toEqual(['MP+fences', 'A']);
    expect(err).toMatch(/^b\.litmus:7:2: error: .*sww.*\n/);
    expect(err).toMatch(/\nnone\.litmus:1:1: error: none\.litmus does not exist \[unreadable\]\n$/);
  });

  test('a directory is all .litmus files below it, a list the files that it names beside it', async () => {
    const files = {
      'tests/b.litmus': mp('B'),
      'tests/sub/a.litmus': mp('A'),
      'tests/readme.md': '',
      'tests/@all': '',
      'lists/all': '# mine\n../tests/sub/a.litmus\n\n@more\n',
      'lists/more': '../tests/b.litmus',
    };
    const names = async (line: string) => (await json(line, files)).results.map(({ name }) => name);
    expect(await names('tests')).toEqual(['B', 'A']);
    expect(await names('@lists/all')).toEqual(['A', 'B']);
    expect(await names('@lists/all tests tests/b.litmus')).toEqual(['A', 'B']);
  });

  test('a list that names itself ends', async () => {
    const { results } = await json('@all', { all: 'a.litmus\n@all', 'a.litmus': mp('A') });
    expect(results.map(({ name, error }) => name ?? error)).toEqual([
      'A',
      expect.stringContaining('names itself') as string,
    ]);
  });
});

describe('cmodx litmus --json', () => {
  test('has exactly the fields of version 1', async () => {
    expect(await json('mp.litmus', { 'mp.litmus': mp() })).toEqual({
      version: 1,
      results: [
        {
          file: 'mp.litmus',
          name: 'MP',
          observation: 'Sometimes',
          positive: 1,
          negative: 3,
          states: ['1:x5=0; 1:x7=0;', '1:x5=0; 1:x7=1;', '1:x5=1; 1:x7=0;', '1:x5=1; 1:x7=1;'],
          ms: expect.any(Number) as number,
          error: null,
          limit: null,
          condition: 'exists (1:x5=1 /\\ 1:x7=0)',
          holds: true,
          memory: 'rvwmo',
          fetch: 'none',
        },
      ],
      diagnostics: [],
    });
  });

  test('is JSON for a list without files, too', async () => {
    expect(await json('@none', { none: '# nothing\n' })).toEqual({ version: 1, results: [], diagnostics: [] });
  });

  test('a file that cannot be run says why and where', async () => {
    const { results, diagnostics } = await json('b.litmus', { 'b.litmus': broken });
    expect(results).toMatchObject([
      {
        file: 'b.litmus',
        name: 'MP',
        observation: null,
        states: [],
        error: expect.stringMatching(/^b\.litmus:7:2: /) as string,
      },
    ]);
    expect(diagnostics[0]).toMatchObject({ file: 'b.litmus', line: 7, column: 2, severity: 'error' });
  });

  test.each([
    ['nothing', ''],
    ['bytes that are no UTF-8', Uint8Array.of(0x61, 0xff, 0xfe)],
    ['a huge file', new Uint8Array(3 << 20)],
    ['half a test', mp().slice(0, 60)],
    ['another architecture', mp().replace('RISCV', 'AArch64')],
    ['noise', `RISCV A\n{${'('.repeat(5000)}`],
  ])('%s is an error of that file, and the others are run', async (_what, text) => {
    const { results } = await json('bad.litmus mp.litmus', { 'bad.litmus': text, 'mp.litmus': mp() });
    expect(results).toMatchObject([
      { observation: null, error: expect.stringContaining('bad.litmus') as string },
      { observation: 'Sometimes' },
    ]);
  });
});

describe('a limit', () => {
  test('is named, its exit code 3, and what was found is not all', async () => {
    const { code, out, err } = await cmodx('litmus --max-steps 1 mp.litmus', { 'mp.litmus': mp() });
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toMatch(/^mp\.litmus:\d+:\d+: error: .*limit of 1 steps.*\[inconclusive\]\n$/);
    const { results } = await json('--max-steps 1 mp.litmus', { 'mp.litmus': mp() });
    expect(results).toMatchObject([{ observation: null, limit: 'limit of 1 steps', holds: null }]);
  });

  test('gives way to a file that cannot be run', async () => {
    const files = { 'mp.litmus': mp(), 'b.litmus': broken };
    expect((await cmodx('litmus --max-steps 1 mp.litmus b.litmus', files)).code).toBe(2);
  });
});

test('a .litmus file in place of a command is not mistaken for one', async () => {
  const { code, err } = await cmodx('mp.litmus', { 'mp.litmus': mp() });
  expect(code).toBe(2);
  expect(err).toContain('did you mean `cmodx litmus mp.litmus`?');
});
