import { describe, expect, test } from 'vitest';
import type { ApplyWorkspaceEditParams, CodeAction } from 'vscode-languageserver/node';
import {
  addExpectRequest,
  closeVaryNotification,
  type ProtocolId,
  type TraceAnswer,
  traceRequest,
  type VaryAnswer,
  type VaryRow,
  variationsRequest,
  variedNotification,
  varyRequest,
} from '../../server/src/lsp/protocol';
import { naive, safePatch } from '../cli/terminal';
import { example } from '../language/examples';
import { fakeWorkers } from '../service/fake-workers';
import { inconclusive, safe } from '../service/fixtures';
import type { Editor } from './editor';
import { testEditor } from './test-editor';

const uri = 'file:///patches/a.cmodx';
const [stopped = ''] = example('ftrace/stop-machine.cmodx').split('\n// A thread');
const enable: ProtocolId = { uri, protocol: 'enable' };
const toggle: ProtocolId = { uri, protocol: 'toggle' };

const known = (editor: Editor, id: ProtocolId): Promise<VaryAnswer | null> =>
  editor.connection.sendRequest<VaryAnswer | null>(variationsRequest, id);
const rowsOf = (answer: VaryAnswer | null): readonly VaryRow[] => answer?.groups.flatMap(({ rows }) => rows) ?? [];

/** Varies a protocol and waits for its whole table. */
async function varied(editor: Editor, id: ProtocolId): Promise<VaryAnswer> {
  const done = new Promise<VaryAnswer>((resolve) => {
    editor.connection.onNotification(variedNotification, async () => {
      const answer = await known(editor, id);
      if (answer && rowsOf(answer).every(({ effect }) => effect !== null)) resolve(answer);
    });
  });
  await editor.connection.sendRequest(varyRequest, id);
  return done;
}

describe('a table of variations', () => {
  test('comes row by row, under headings, with what an `expect` line would say', async () => {
    const editor = await testEditor();
    await editor.open(uri, stopped);
    await editor.settled(uri);
    const { base, summary, groups } = await varied(editor, enable);
    expect(base).toMatchObject({ protocol: 'enable', when: null, verdict: { verdict: 'safe' } });
    expect(summary).toBe('26 variations: 10 load-bearing, 16 change nothing');
    expect(groups.map(({ heading }) => heading)).toEqual([
      'Left out',
      'Weaker, or ordering something else',
      'In another order',
      'Under another assumption',
    ]);
    const [first] = groups[0]?.rows ?? [];
    expect(first).toMatchObject({
      effect: 'load-bearing',
      label: 'load-bearing',
      found: 'unsafe mixed',
      written: true,
      report: { when: 'without patch.stop', status: 'current' },
    });
    const { start: from = 0, end = 0 } = first?.place ?? {};
    expect(stopped.slice(from, end)).toMatch(/^stop_machine \{/);
  });

  test('a row has its trace, as a `when` of the text has', async () => {
    const editor = await testEditor();
    await editor.open(uri, naive);
    await editor.settled(uri);
    const id = { uri, protocol: 'naive' };
    const row = rowsOf(await varied(editor, id)).find(({ found }) => found?.startsWith('unsafe'));
    const { when = null } = row?.report ?? {};
    expect(when).not.toBeNull();
    const answer = await editor.connection.sendRequest<TraceAnswer | null>(traceRequest, { ...id, when });
    expect(answer?.violations[0]?.trace.length).toBeGreaterThan(0);
    expect(answer?.violations[0]?.headline).toBe(row?.why);
  });

  test('is null where there is no such protocol', async () => {
    const editor = await testEditor();
    await editor.open(uri, safePatch);
    expect(await editor.connection.sendRequest(varyRequest, { uri, protocol: 'none' })).toBeNull();
    expect(await known(editor, toggle)).toBeNull();
  });

  test('of a protocol with errors has no rows', async () => {
    const editor = await testEditor();
    await editor.open(uri, safePatch.replace('write JUMP', 'write JMUP'));
    const answer = await editor.connection.sendRequest<VaryAnswer>(varyRequest, toggle);
    expect(answer).toMatchObject({ base: { verdict: { verdict: 'invalid' } }, groups: [] });
  });

  test('a limit is inconclusive', async () => {
    const { spawn, workers } = fakeWorkers();
    const editor = await testEditor({ workers: spawn });
    await editor.open(uri, safePatch);
    await editor.reports(uri);
    workers[0]?.done(safe());
    workers[0]?.done(safe());
    const first = await editor.connection.sendRequest<VaryAnswer>(varyRequest, toggle);
    expect(rowsOf(first).every(({ effect, label }) => effect === null && label === 'checking')).toBe(true);
    workers[0]?.done(inconclusive('time limit of 30 s'));
    const [row] = rowsOf(await known(editor, toggle));
    expect(row).toMatchObject({ effect: 'open', label: 'inconclusive', found: null });
    expect(row?.report.headline).toBe('inconclusive: time limit of 30 s');
  });
});

describe('the searches of a table', () => {
  test("are put aside for the text's own checks, and cancelled when it is closed", async () => {
    const { spawn, workers } = fakeWorkers();
    const editor = await testEditor({ workers: spawn });
    await editor.open(uri, safePatch);
    await editor.connection.sendRequest(varyRequest, toggle);
    expect(workers.map(({ searching }) => searching)).toEqual(['toggle']);
    workers[0]?.done(safe());
    workers[0]?.done(safe());
    expect(workers[0]?.searching).toMatch(/^toggle when /);
    await editor.connection.sendNotification(closeVaryNotification, toggle);
    expect(await known(editor, toggle)).toBeNull();
    expect(workers[0]?.stopping).toBe(true);
  });

  test('end where an edit has changed what they are about; a comment changes nothing', async () => {
    const { spawn, workers } = fakeWorkers();
    const editor = await testEditor({ workers: spawn });
    await editor.open(uri, safePatch);
    await editor.connection.sendRequest(varyRequest, toggle);
    workers[0]?.done(safe());
    workers[0]?.done(safe());
    await editor.edit(uri, 'symbol f', '# a comment\nsymbol f');
    expect((await known(editor, toggle))?.version).toBe(2);
    expect(workers[0]?.stopping).toBe(false);
    expect(rowsOf(await known(editor, toggle))[0]?.report.status).toBe('checking');
    await editor.edit(uri, 'write JUMP', 'write JUMP ; fence.i');
    const rows = rowsOf(await known(editor, toggle));
    expect(workers[0]?.stopping).toBe(true);
    // What is known is told: without the new operation it is the old protocol.
    expect(rows.find(({ report }) => report.when === 'without fence.i.1')?.report.status).toBe('current');
    expect(new Set(rows.map(({ report }) => report.status))).toEqual(new Set(['current', 'stale']));
  });
});

describe('from the text to the table and back', () => {
  test('a code action of each protocol varies it', async () => {
    const editor = await testEditor();
    await editor.open(uri, safePatch);
    const actions = async (words: string): Promise<CodeAction[]> => {
      const position = editor.position(uri, words);
      const range = { start: position, end: position };
      return editor.about<CodeAction[]>('textDocument/codeAction', uri, { range, context: { diagnostics: [] } });
    };
    expect(
      (await actions('toggle')).map(({ title, command }) => [title, command?.command, command?.arguments]),
    ).toEqual([['Vary this protocol', 'cmodx.vary', [toggle]]]);
    expect(await actions('symbol f')).toEqual([]);
  });

  test('a row becomes an `expect` line', async () => {
    const editor = await testEditor();
    await editor.open(uri, stopped);
    await editor.settled(uri);
    await varied(editor, enable);
    let asked: ApplyWorkspaceEditParams | null = null;
    editor.connection.onRequest('workspace/applyEdit', (params: ApplyWorkspaceEditParams) => {
      asked = params;
      return { applied: true };
    });
    const id = { ...enable, when: 'patch.write.1 by half' };
    expect(await editor.connection.sendRequest(addExpectRequest, id)).toBe(true);
    const line = '\n  expect safe, effective when patch.write.1 by half';
    expect(asked).toMatchObject({ edit: { changes: { [uri]: [{ newText: line }] } } });
    expect(await editor.connection.sendRequest(addExpectRequest, { ...enable, when: 'memory rvwmo' })).toBe(false);
    expect(await editor.connection.sendRequest(addExpectRequest, { ...enable, when: null })).toBe(false);
  });
});
