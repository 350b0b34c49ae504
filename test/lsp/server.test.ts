import { describe, expect, test } from 'vitest';
import type { CodeLens, CompletionItem, DocumentSymbol, Location, WorkspaceEdit } from 'vscode-languageserver/node';
import { cancelNotification, checkNotification, type TraceAnswer, traceRequest } from '../../server/src/lsp/protocol';
import { naive, safePatch } from '../cli/terminal';
import { fakeWorkers } from '../service/fake-workers';
import { safe } from '../service/fixtures';
import type { Editor } from './editor';
import { testEditor } from './test-editor';

const uri = 'file:///patches/a.cmodx';

describe('diagnostics', () => {
  test('a safe protocol has none', async () => {
    const editor = await testEditor();
    await editor.open(uri, safePatch);
    expect(await editor.settled(uri)).toEqual([]);
  });

  test('a violation stands at its cause, with the trace and a link to its page', async () => {
    const editor = await testEditor();
    await editor.open(uri, naive);
    const diagnostics = await editor.settled(uri);
    expect(diagnostics).toMatchObject([
      {
        range: { start: editor.position(uri, "write AUIPC'") },
        severity: 1,
        code: 'mixed',
        codeDescription: { href: expect.stringMatching(/docs\/diagnostics\/mixed\.md$/) as string },
        source: 'cmodx',
      },
    ]);
    const related = diagnostics[0]?.relatedInformation ?? [];
    expect(related.length).toBeGreaterThan(2);
    expect(related[0]).toMatchObject({ location: { uri }, message: expect.stringMatching(/^1\. /) as string });
  });

  test('of the text come at once, under the version of the text', async () => {
    const { spawn } = fakeWorkers();
    const editor = await testEditor({ workers: spawn });
    await editor.open(uri, safePatch);
    const version = await editor.edit(uri, 'write JUMP', 'write JMUP');
    await editor.until(() => editor.newest(uri)?.version === version);
    expect(editor.newest(uri)?.diagnostics).toMatchObject([
      { range: { start: editor.position(uri, 'JMUP') }, severity: 1, source: 'cmodx' },
    ]);
  });

  test('go when the document is closed', async () => {
    const editor = await testEditor();
    await editor.open(uri, naive);
    await editor.settled(uri);
    await editor.close(uri);
    await editor.until(() => editor.newest(uri)?.version === undefined);
    expect(editor.newest(uri)?.diagnostics).toEqual([]);
  });
});

describe('verdicts', () => {
  test('are told with headline, expectation and place', async () => {
    const editor = await testEditor();
    await editor.open(uri, naive);
    await editor.settled(uri);
    expect(await editor.reports(uri)).toMatchObject([
      {
        uri,
        protocol: 'naive',
        when: null,
        version: 1,
        status: 'current',
        expected: null,
        met: false,
        verdict: { verdict: 'unsafe', violations: [{ code: 'mixed', steps: expect.any(Number) as number }] },
        headline: expect.stringMatching(/^unsafe: JALR with AUIPC''s t0, \d+ steps$/) as string,
        range: { start: editor.position(uri, 'naive patches') },
      },
    ]);
  });

  test('of an older text are never told as current: an edit stops its search and takes its verdict away', async () => {
    const { spawn, workers } = fakeWorkers();
    const editor = await testEditor({ workers: spawn });
    await editor.open(uri, safePatch);
    await editor.reports(uri);
    workers[0]?.done(safe());
    expect(await editor.reports(uri)).toMatchObject([{ status: 'current', version: 1 }]);
    await editor.edit(uri, 'write JUMP', 'write JUMP ; fence.i');
    expect(await editor.reports(uri)).toMatchObject([
      { status: 'checking', version: 2, verdict: null, met: null, headline: 'checking (safe before this edit)' },
    ]);
    await editor.edit(uri, 'write JUMP ; fence.i', 'write JUMP ; fence w,w');
    await editor.reports(uri);
    expect(workers[0]?.stopping).toBe(true);
    workers[0]?.done(safe());
    expect(await editor.reports(uri)).toMatchObject([{ status: 'checking', version: 3 }]);
  });

  test('a cancel leaves the text stale until it is asked for or edited', async () => {
    const { spawn, workers } = fakeWorkers();
    const editor = await testEditor({ workers: spawn });
    await editor.open(uri, safePatch);
    await editor.reports(uri);
    await editor.connection.sendNotification(cancelNotification, {});
    expect(await editor.reports(uri)).toMatchObject([{ status: 'stale' }]);
    expect(editor.statuses.at(-1)).toMatchObject({ state: 'cancelled' });
    workers[0]?.cancelled();
    await editor.connection.sendNotification(checkNotification, { uri });
    expect(await editor.reports(uri)).toMatchObject([{ status: 'checking' }]);
    expect(workers[0]?.searching).toBe('toggle');
  });

  test('a worker that ends is told, and the next edit has a new one', async () => {
    const { spawn, workers } = fakeWorkers();
    const editor = await testEditor({ workers: spawn });
    await editor.open(uri, safePatch);
    await editor.reports(uri);
    workers[0]?.exit({ kind: 'crash', message: 'exit code 1' });
    expect(await editor.settled(uri)).toMatchObject([
      { code: 'checker-failed', message: expect.stringContaining('exit code 1') as string },
    ]);
    await editor.edit(uri, 'write JUMP', 'write JUMP ; fence.i');
    await editor.reports(uri);
    expect(workers[1]?.searching).toBe('toggle');
  });
});

describe('settings', () => {
  const file = { uri };

  test('onSave checks when a file is opened and saved', async () => {
    const { spawn, workers } = fakeWorkers();
    const editor = await testEditor({ workers: spawn, settings: { check: { run: 'onSave' } } });
    await editor.open(uri, safePatch);
    await editor.reports(uri);
    workers[0]?.done(safe());
    await editor.edit(uri, 'write JUMP', 'write JUMP ; fence.i');
    expect(await editor.reports(uri)).toMatchObject([{ status: 'stale' }]);
    await editor.save(uri);
    expect(await editor.reports(uri)).toMatchObject([{ status: 'checking' }]);
  });

  test('onCommand checks only when asked', async () => {
    const { spawn } = fakeWorkers();
    const editor = await testEditor({ workers: spawn, settings: { check: { run: 'onCommand' } } });
    await editor.open(uri, safePatch);
    expect(await editor.reports(uri)).toMatchObject([{ status: 'stale' }]);
    await editor.save(uri);
    expect(await editor.reports(uri)).toMatchObject([{ status: 'stale' }]);
    await editor.connection.sendNotification(checkNotification, file);
    expect(await editor.reports(uri)).toMatchObject([{ status: 'checking' }]);
  });

  test('limits go to the checker; nonsense is ignored', async () => {
    const { spawn, workers } = fakeWorkers();
    const editor = await testEditor({ workers: spawn });
    await editor.configure({ limits: { maxStates: 5, maxSeconds: 'soon' }, check: 7 });
    await editor.reports(uri);
    await editor.reports(uri);
    await editor.open(uri, safePatch);
    await editor.reports(uri);
    expect(workers.at(-1)?.job?.limits).toMatchObject({ maxStates: 5, maxSeconds: 30 });
  });
});

describe('the debugger’s trace', () => {
  const id = { uri, protocol: 'naive', when: null };

  test('comes with the texts that it was made from, and waits for a search under way', async () => {
    const editor = await testEditor();
    await editor.open(uri, naive);
    const answer = await editor.connection.sendRequest<TraceAnswer | null>(traceRequest, id);
    expect(answer).toMatchObject({ version: 1, violations: [{ code: 'mixed' }], texts: { [uri]: naive } });
    expect(answer?.violations[0]?.trace.length).toBeGreaterThan(2);
  });

  test('is null where there is none', async () => {
    const editor = await testEditor();
    await editor.open(uri, naive);
    const other = { ...id, protocol: 'other' };
    expect(await editor.connection.sendRequest(traceRequest, other)).toBeNull();
    expect(await editor.connection.sendRequest(traceRequest, { ...id, uri: 'file:///none' })).toBeNull();
  });
});

describe('imports', () => {
  const [definitions = '', protocol = ''] = safePatch.split(/(?=protocol)/);
  const importer = `import "site.cmodx"\n${protocol}`;
  const site = 'file:///patches/site.cmodx';

  test('are read through the client, and the text is told nothing before', async () => {
    const editor = await testEditor({ disk: { [site]: definitions } });
    await editor.open(uri, importer);
    expect(await editor.settled(uri)).toEqual([]);
    expect(editor.published.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
    expect(await editor.reports(uri)).toMatchObject([{ verdict: { verdict: 'safe' } }]);
  });

  test('that are open are the editor’s, and an edit in them reaches the importer', async () => {
    const editor = await testEditor();
    await editor.open(site, definitions);
    await editor.open(uri, importer);
    expect(await editor.settled(uri)).toEqual([]);
    await editor.edit(site, 'JUMP:', 'LEAP:');
    await editor.until(() => (editor.newest(uri)?.diagnostics.length ?? 0) > 0);
    expect(await editor.reports(uri)).toMatchObject([{ verdict: { verdict: 'invalid' } }]);
  });

  test('that are not there are an error of the importer', async () => {
    const editor = await testEditor();
    await editor.open(uri, importer);
    const diagnostics = await editor.settled(uri);
    expect(diagnostics[0]).toMatchObject({ severity: 1, range: { start: { line: 0 } } });
  });
});

describe('lenses', () => {
  const lenses = (editor: Editor) => editor.about<CodeLens[]>('textDocument/codeLens', uri);

  test('stand on the same line whatever is known, and name the check that they are about', async () => {
    const { spawn, workers } = fakeWorkers();
    const editor = await testEditor({ workers: spawn });
    await editor.open(uri, safePatch);
    await editor.reports(uri);
    const before = await lenses(editor);
    expect(before[0]?.command).toMatchObject({
      title: 'checking...',
      command: 'cmodx.showTrace',
      arguments: [{ uri, protocol: 'toggle', when: null }],
    });
    workers[0]?.done({ ...safe(), rung: null });
    workers[0]?.done(safe());
    await editor.settled(uri);
    const after = await lenses(editor);
    expect(after[0]?.command?.title).toBe('safe: any harts, any passes, 7 states');
    expect(after[0]?.range).toEqual(before[0]?.range);
    expect(editor.lensRefreshes).toBeGreaterThan(0);
  });

  test('are asked for again only where they have changed', async () => {
    const editor = await testEditor();
    await editor.open(uri, safePatch);
    await editor.settled(uri);
    const shown = await lenses(editor);
    const asked = editor.lensRefreshes;
    const configured = editor.configured;
    await editor.configure({});
    await editor.until(() => editor.configured > configured);
    await editor.settled(uri);
    expect(await lenses(editor)).toEqual(shown);
    expect(editor.lensRefreshes).toBe(asked);
  });
});

describe('questions about the text', () => {
  test('hover, also while a check runs', async () => {
    const { spawn } = fakeWorkers();
    const editor = await testEditor({ workers: spawn });
    await editor.open(uri, safePatch);
    const hover = await editor.at<{ contents: { value: string } } | null>('textDocument/hover', uri, 'j f');
    expect(hover?.contents.value).toContain('f');
    expect(await editor.reports(uri)).toMatchObject([{ status: 'checking' }]);
  });

  test('definition, references and rename', async () => {
    const editor = await testEditor();
    await editor.open(uri, safePatch);
    const definition = await editor.at<Location>('textDocument/definition', uri, 'JUMP\n');
    expect(definition).toMatchObject({ uri, range: { start: editor.position(uri, 'JUMP: j') } });
    const context = { includeDeclaration: true };
    expect(await editor.at<Location[]>('textDocument/references', uri, 'JUMP\n', { context })).toHaveLength(2);
    const edit = await editor.at<WorkspaceEdit>('textDocument/rename', uri, 'JUMP\n', { newName: 'LEAP' });
    expect(edit.changes?.[uri]).toHaveLength(2);
    await expect(editor.at('textDocument/rename', uri, 'JUMP\n', { newName: 'a b' })).rejects.toThrow('no name');
  });

  describe('across files', () => {
    const site = 'file:///patches/site.cmodx';
    const other = 'file:///patches/other%20one.cmodx';
    const [definitions = '', toggle = ''] = safePatch.split(/(?=protocol)/);
    const importer = `import "site.cmodx"\n${toggle}`;
    const disk = {
      [site]: definitions,
      [other]: importer.replace('toggle', 'again'),
      'file:///patches/unrelated.cmodx': safePatch,
    };
    const counts = ({ changes = {} }: WorkspaceEdit): Record<string, number> =>
      Object.fromEntries(Object.entries(changes).map(([file, edits]) => [file, edits.length]));

    test('a name is found and renamed wherever it is imported, open or not', async () => {
      const editor = await testEditor({ disk });
      await editor.open(uri, importer);
      await editor.settled(uri);
      const context = { includeDeclaration: true };
      const found = await editor.at<Location[]>('textDocument/references', uri, 'JUMP\n', { context });
      expect(found.map((location) => location.uri).sort()).toEqual([uri, other, site]);
      const edit = await editor.at<WorkspaceEdit>('textDocument/rename', uri, 'JUMP\n', { newName: 'LEAP' });
      expect(counts(edit)).toEqual({ [uri]: 1, [site]: 1, [other]: 1 });
      const sites = await editor.at<WorkspaceEdit>('textDocument/rename', uri, 'entry', { newName: 'place' });
      expect(counts(sites)).toEqual({ [uri]: 1, [site]: 1, [other]: 1 });
    });

    test('from where it is defined, too', async () => {
      const editor = await testEditor({ disk });
      await editor.open(site, definitions);
      const edit = await editor.at<WorkspaceEdit>('textDocument/rename', site, 'JUMP:', { newName: 'LEAP' });
      expect(counts(edit)).toEqual({ [site]: 1, [other]: 1 });
      // As the editor has it, not as it is on disk.
      await editor.open(other, disk[other]?.replace('write JUMP', 'write NOP') ?? '');
      const without = await editor.at<WorkspaceEdit>('textDocument/rename', site, 'JUMP:', { newName: 'LEAP' });
      expect(counts(without)).toEqual({ [site]: 1 });
    });

    test('not to what another file has already', async () => {
      const taken = { ...disk, [other]: `${disk[other]}symbol g = 0x80003000\n` };
      const editor = await testEditor({ disk: taken });
      await editor.open(site, definitions);
      await expect(editor.at('textDocument/rename', site, 'entry', { newName: 'g' })).rejects.toThrow(
        `In ${other}: There is a symbol \`g\` already.`,
      );
    });

    test('of so many files that not all can be looked at, none is changed', async () => {
      const editor = await testEditor({ disk });
      editor.tooManyFiles = true;
      await editor.open(site, definitions);
      await expect(editor.at('textDocument/rename', site, 'entry', { newName: 'g' })).rejects.toThrow('so many');
      const context = { includeDeclaration: false };
      expect(await editor.at<Location[]>('textDocument/references', site, 'f =', { context })).toHaveLength(1);
    });
  });

  test('completion, symbols, folding, tokens, hints', async () => {
    const editor = await testEditor();
    await editor.open(uri, safePatch);
    const items = await editor.at<CompletionItem[]>('textDocument/completion', uri, 'JUMP\n');
    expect(items.map(({ label }) => label)).toContain('JUMP');
    const symbols = await editor.about<DocumentSymbol[]>('textDocument/documentSymbol', uri);
    expect(symbols.map(({ name }) => name)).toEqual(['f', 'entry', 'toggle']);
    expect(await editor.about('textDocument/foldingRange', uri)).toHaveLength(2);
    const { data } = await editor.about<{ data: number[] }>('textDocument/semanticTokens/full', uri);
    expect(data.length % 5).toBe(0);
    expect(data.length).toBeGreaterThan(0);
    const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    expect(await editor.about('textDocument/inlayHint', uri, { range })).toHaveLength(2);
  });

  test('a misspelt name comes with its repair', async () => {
    const editor = await testEditor();
    await editor.open(uri, safePatch.replace('write JUMP', 'write JUMQ'));
    const start_ = editor.position(uri, 'JUMQ');
    const range = { start: start_, end: start_ };
    const context = { diagnostics: [] };
    const actions = await editor.about<{ title: string; edit?: WorkspaceEdit }[]>('textDocument/codeAction', uri, {
      range,
      context,
    });
    expect(actions.map(({ edit }) => edit?.changes?.[uri]?.[0]?.newText)).toContain('JUMP');
  });

  test('of a document that is not open are answered with nothing', async () => {
    const editor = await testEditor();
    const position = { line: 0, character: 0 };
    const params = { textDocument: { uri: 'file:///none' }, position };
    expect(await editor.connection.sendRequest('textDocument/hover', params)).toBeNull();
  });
});
