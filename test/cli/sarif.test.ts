import officialSchema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json';
import { Ajv } from 'ajv';
import type { Log, Result, Run } from 'sarif';
import { describe, expect, test } from 'vitest';
import type { Violation } from '../../server/src/checker/verdict';
import { type CheckedFile, Places } from '../../server/src/cli/check-results';
import { lineHashes } from '../../server/src/cli/line-hashes';
import { sarifLog } from '../../server/src/cli/sarif';
import { documentedKinds } from '../../server/src/features/pages';
import type { Diagnostic } from '../../server/src/language/types';
import { invalidVerdict } from '../../server/src/service/report';
import { cmodx, knownUnsafe, naive, safePatch } from './terminal';

/** The schema is of draft 4, which says `id` where later drafts say `$id`; nothing else of it has changed its meaning. */
const { $schema: _draft, id: _id, ...schema } = officialSchema;
const isUri = (text: string): boolean => URL.canParse(text);
const validate = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
  .addFormat('uri', isUri)
  .addFormat('uri-reference', (text) => URL.canParse(text, 'file:///') && !/[\\ ]/.test(text))
  .addFormat('date-time', true)
  .compile(schema);

function valid(log: unknown): Run {
  expect(validate(log) ? [] : validate.errors).toEqual([]);
  const { runs } = log as Log;
  expect(runs).toHaveLength(1);
  return runs[0]!;
}

async function sarif(line: string, files: Record<string, string | Uint8Array>): Promise<Run & { code: number }> {
  const { code, out, err } = await cmodx(`check --sarif ${line}`, files);
  expect(err).toBe('');
  return { code, ...valid(JSON.parse(out)) };
}

const resultsOf = (run: Run): Result[] => run.results ?? [];
const told = (run: Run): string[] =>
  resultsOf(run).map(
    ({ level, ruleId, locations }) =>
      `${locations?.[0]?.physicalLocation?.region?.startLine}: ${String(level)} ${ruleId}`,
  );

const broken = safePatch.replace('write JUMP', 'write JMUP');
const withExpect = (text: string, ...lines: string[]): string =>
  text.replace(/\}\n$/, `${lines.map((line) => `  expect ${line}\n`).join('')}}\n`);

describe('cmodx check --sarif', () => {
  test('writes a violation with a thread for each hart, its steps numbered through', async () => {
    const { results, code } = await sarif('naive.cmodx', { 'naive.cmodx': naive });
    const at = (startLine: number, startColumn: number, endColumn: number) => ({
      artifactLocation: { uri: 'naive.cmodx', uriBaseId: '%SRCROOT%' },
      region: { startLine, startColumn, endLine: startLine, endColumn },
    });
    const message = {
      text: "Hart 1 executes AUIPC' of new (written by `write AUIPC'`), then JALR of old, with the t0 of AUIPC': the pass ends at 0xffffffff80345000, no symbol there, as none of the versions old, new alone does.",
    };
    expect(code).toBe(1);
    expect(results).toEqual([
      {
        ruleId: 'mixed',
        ruleIndex: documentedKinds.findIndex(([kind]) => kind === 'mixed'),
        level: 'error',
        message: { text: `naive: ${message.text}` },
        locations: [{ physicalLocation: at(17, 3, 15), logicalLocations: [{ name: 'naive', kind: 'function' }] }],
        partialFingerprints: {
          primaryLocationLineHash: '6af541962683c64d:1',
          'cmodxCheck/v1': 'mixed naive 6af541962683c64d:1',
        },
        codeFlows: [
          {
            message,
            threadFlows: [
              {
                id: 'patcher',
                locations: [
                  {
                    location: {
                      physicalLocation: at(17, 3, 15),
                      message: { text: "1. patcher: writes AUIPC': 0xff945297 at entry" },
                    },
                    executionOrder: 1,
                  },
                ],
              },
              {
                id: 'hart 1',
                locations: [
                  {
                    location: {
                      physicalLocation: at(11, 14, 44),
                      message: { text: "2. hart 1: executes AUIPC' of new: auipc t0, 0xff945 at entry" },
                    },
                    executionOrder: 2,
                  },
                  {
                    location: {
                      physicalLocation: at(8, 14, 44),
                      message: { text: '3. hart 1: executes JALR of old: jalr t0, t0 at entry+4' },
                    },
                    executionOrder: 3,
                  },
                ],
              },
            ],
          },
        ],
      },
    ]);
  });

  test.each([
    ['nothing of what is safe', safePatch, 0, []],
    ['nothing of a violation that is expected', knownUnsafe, 0, []],
    [
      'nothing of a violation that is expected under a `when`',
      withExpect(safePatch, 'safe', 'unsafe when not ziccif'),
      0,
      [],
    ],
    [
      'a violation and the line that says otherwise',
      withExpect(naive, 'safe'),
      1,
      ['17: error mixed', '19: error expectation-not-met'],
    ],
    ['another violation than the one expected', withExpect(naive, 'unsafe torn'), 1, ['19: error expectation-not-met']],
    ['what a `when` says in vain', withExpect(safePatch, 'safe when not ziccif'), 1, ['9: error expectation-not-met']],
    ['an error of the text', broken, 2, ['8: error unknown-name']],
    ['a note', safePatch.replace('write JUMP', 'write JUMP\n  write JUMP'), 0, ['9: note no-change']],
  ])('tells %s', async (_name, text, code, results) => {
    const run = await sarif('a.cmodx', { 'a.cmodx': text });
    expect(told(run)).toEqual(results);
    expect(run.code).toBe(code);
    expect(run.invocations).toEqual([{ executionSuccessful: true, exitCode: code, toolExecutionNotifications: [] }]);
  });

  test('tells what was not decided, as a warning', async () => {
    const run = await sarif('--max-states 1 a.cmodx', { 'a.cmodx': safePatch });
    expect(told(run)).toEqual(['7: warning inconclusive']);
    expect(run.code).toBe(3);
  });

  test('explains an expectation that is not met by the trace', async () => {
    const text = withExpect(safePatch, 'safe when not ziccif');
    const [result] = resultsOf(await sarif('a.cmodx', { 'a.cmodx': text }));
    expect(result?.codeFlows?.[0]?.threadFlows.map(({ id }) => id)).toEqual(['patcher', 'hart 1']);
    expect(result?.relatedLocations?.map(({ message }) => message?.text)).toEqual([
      expect.stringMatching(/^torn: /) as string,
    ]);
  });

  test('names the file of each step where a site is imported', async () => {
    const [definitions = '', protocol = ''] = naive.split(/(?=protocol)/);
    const files = { 'dir/site.cmodx': definitions, 'dir/a.cmodx': `import "site.cmodx"\n${protocol}` };
    const [result] = resultsOf(await sarif('dir/a.cmodx', files));
    const uris = result?.codeFlows?.[0]?.threadFlows.map(({ locations }) => [
      ...new Set(locations.map(({ location }) => location?.physicalLocation?.artifactLocation?.uri)),
    ]);
    expect(uris).toEqual([['dir/a.cmodx'], ['dir/site.cmodx']]);
  });

  test('says of the run what files it could not read, and that nothing was in one', async () => {
    const run = await sarif('none.cmodx empty.cmodx', { 'empty.cmodx': '' });
    expect(run.code).toBe(2);
    expect(run.results).toEqual([]);
    const [invocation] = run.invocations ?? [];
    expect(invocation).toMatchObject({ executionSuccessful: false, exitCode: 2 });
    expect(invocation?.toolExecutionNotifications).toMatchObject([
      { level: 'error', message: { text: 'none.cmodx does not exist' } },
      { level: 'note', message: { text: 'there is no protocol in this file: nothing was checked' } },
    ]);
  });
});

describe('the rules', () => {
  test('are all diagnostics, each with its page', async () => {
    const { tool } = await sarif('a.cmodx', { 'a.cmodx': safePatch });
    const { rules = [], name, semanticVersion } = tool.driver;
    expect({ name, semanticVersion }).toEqual({ name: 'cmodx', semanticVersion: '1.2.3' });
    expect(rules.map(({ id }) => id)).toEqual(documentedKinds.map(([code]) => code));
    for (const { id, helpUri, shortDescription, fullDescription, help } of rules) {
      expect(helpUri, id).toMatch(new RegExp(`/docs/diagnostics/${id}\\.md$`));
      // What GitHub takes of each.
      for (const text of [shortDescription?.text, fullDescription?.text]) {
        expect(text?.length, id).toBeGreaterThan(0);
        expect(text?.length, id).toBeLessThanOrEqual(1024);
      }
      expect(help?.text, id).not.toBe('');
    }
  });
});

describe('fingerprints', () => {
  const fingerprints = async (text: string) =>
    resultsOf(await sarif('a.cmodx', { 'a.cmodx': text })).map(({ partialFingerprints }) => partialFingerprints);
  const text = withExpect(naive, 'safe');

  test('stay where lines are put in before, and where the layout changes', async () => {
    const before = await fingerprints(text);
    expect(before).toHaveLength(2);
    expect(await fingerprints(`// one\n// more\n${text.replace('  write', '\t    write')}`)).toEqual(before);
  });

  test('go with the line that is blamed', async () => {
    const [before, after] = [
      await fingerprints(text),
      await fingerprints(text.replace("write JALR'", "write JALR' // !")),
    ];
    expect(after[0]).not.toEqual(before[0]);
  });

  test('tell two results of one line apart', async () => {
    const twice = await fingerprints('site a at 0x80001000 { version v { nope ; neither } }\n');
    expect(twice).toHaveLength(2);
    expect(new Set(twice.map((prints) => prints?.['cmodxCheck/v1'])).size).toBe(2);
  });

  test('hash lines as the upload to GitHub does', () => {
    expect(lineHashes('a\n')).toEqual(['243cbaa4685aab12:1', 'c129715d7a2bc9a3:1']);
    const hashes = ['6840a04f0b87770a:1', '828973aa50c68d6d:1', 'c129715d7a2bc9a3:1'];
    expect(lineHashes('site entry\n  x\n')).toEqual(hashes);
    expect(lineHashes('site  entry\r\n\tx\r')).toEqual(hashes);
    const [first = '', , third = ''] = lineHashes(`${'x'.repeat(120)}\n${'y'.repeat(120)}\n${'x'.repeat(120)}\n`);
    expect(third).toBe(first.replace(':1', ':2'));
  });
});

describe('a run', () => {
  const file = 'a.cmodx';
  const places = new Places();
  places.add(file, 'symbol a = 1\n');
  const source = { file, start: 0, end: 6 };
  const check = { protocol: 'p', when: null, expectations: [], scenario: null, source };
  const ended = { check, refining: false, previous: null, states: 1, ms: 1, failure: null };
  const log = (checked: Omit<CheckedFile, 'file' | 'notes'>): Run =>
    valid(
      sarifLog(
        { version: '1.2.3', files: [{ file, notes: [], ...checked }], exitCode: 0 },
        { places, uri: (path) => path },
      ),
    );

  test('in which the checker broke', () => {
    const report = { ...ended, status: 'failed', verdict: null, failure: 'out of order' } as const;
    const run = log({ diagnostics: [], report: { file, version: 0, checks: [report] } });
    expect(told(run)).toEqual(['1: error checker-failed']);
    expect(run.invocations?.[0]?.executionSuccessful).toBe(false);
  });

  test('of more results than GitHub takes: errors first, and that there are more', () => {
    const diagnostics = Array.from({ length: 25_100 }, (_, i): Diagnostic => {
      const severity = i % 2 === 0 ? 'warning' : 'error';
      return { code: 'syntax', severity, message: `${i}`, source, related: [], fixes: [] };
    });
    const run = log({ diagnostics, report: null });
    const levels = resultsOf(run).map(({ level }) => level);
    expect(levels).toHaveLength(25_000);
    expect(levels.lastIndexOf('error')).toBe(12_549);
    expect(run.invocations?.[0]?.toolExecutionNotifications?.[0]?.message.text).toBe(
      '25000 of 25100 results are told, errors first',
    );
  });

  test('with a trace of more steps than GitHub shows: the beginning and the end', () => {
    const state = { harts: [], memory: [] };
    const trace = Array.from({ length: 5000 }, (_, i) => ({
      hart: `hart ${i % 2}`,
      text: 'runs',
      source: i === 0 ? null : source,
      after: state,
    }));
    const violation: Violation = { code: 'hang', message: 'm', headline: 'h', source, before: state, trace };
    const verdict = { ...invalidVerdict, verdict: 'unsafe', violations: [violation] } as const;
    const report = { ...ended, status: 'current', verdict } as const;
    const [result] = resultsOf(log({ diagnostics: [], report: { file, version: 0, checks: [report] } }));
    const steps = result?.codeFlows?.[0]?.threadFlows.flatMap(({ locations }) => locations) ?? [];
    expect(steps).toHaveLength(1000);
    const orders = steps.map(({ executionOrder = 0 }) => executionOrder).sort((a, b) => a - b);
    expect([orders[0], orders[499], orders[500], orders.at(-1)]).toEqual([1, 500, 4501, 5000]);
    // A step that is written nowhere has a place all the same: without one the whole file is refused.
    expect(steps.every(({ location }) => location?.physicalLocation?.region?.startLine === 1)).toBe(true);
  });
});
