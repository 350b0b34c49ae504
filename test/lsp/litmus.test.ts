import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  CodeAction,
  CodeLens,
  CompletionItem,
  DocumentSymbol,
  Hover,
  Location,
  SemanticTokens,
  SignatureHelp,
  WorkspaceEdit,
} from 'vscode-languageserver';
import {
  cancelNotification,
  checkNotification,
  type LitmusAnswer,
  litmusLensCommands,
  litmusRequest,
  type WitnessAnswer,
  witnessRequest,
} from '../../server/src/lsp/protocol';
import { mp } from '../features/litmus/support';
import { fakeWorkers } from '../service/fake-workers';
import { Editor } from './editor';

const uri = 'file:///tests/mp.litmus';
let editor: Editor;

afterEach(() => editor.stop());

const answer = () => editor.connection.sendRequest<LitmusAnswer | null>(litmusRequest, { uri });
const lenses = async () => (await editor.about<CodeLens[]>('textDocument/codeLens', uri)).map(({ command }) => command);

describe('a litmus document', () => {
  beforeEach(async () => {
    editor = await Editor.start();
  });

  test('is run by itself; its lens tells what was observed and leads to witness and model', async () => {
    await editor.open(uri, mp());
    expect(await editor.settled(uri)).toEqual([]);
    expect(await lenses()).toEqual([
      {
        title: 'Sometimes: 1 of 4 final states',
        command: litmusLensCommands.states,
        arguments: [{ uri, state: null }],
      },
      { title: 'Show witness', command: litmusLensCommands.witness, arguments: [{ uri, state: null }] },
      { title: 'Debug witness', command: litmusLensCommands.debug, arguments: [{ uri, state: null }] },
      { title: 'Final states', command: litmusLensCommands.states, arguments: [{ uri, state: null }] },
      { title: 'rvwmo', command: litmusLensCommands.model, arguments: [{ uri, state: null }] },
    ]);
    expect(await answer()).toMatchObject({
      name: 'MP',
      version: 1,
      status: 'current',
      headline: 'Sometimes: 1 of 4 final states',
      condition: 'exists (1:x5=1 /\\ 1:x7=0)',
      holds: true,
      wanted: '1:x5=1; 1:x7=0;',
    });
    expect((await answer())?.states).toHaveLength(4);
  });

  test('a claim that does not hold is a warning with a page, and none once it holds', async () => {
    await editor.open(uri, mp({ condition: '~exists' }));
    expect(await editor.settled(uri)).toMatchObject([
      {
        severity: 2,
        code: 'condition-not-met',
        codeDescription: { href: expect.stringContaining('/docs/diagnostics/condition-not-met.md') as string },
        range: { start: editor.position(uri, '~exists') },
      },
    ]);
    await editor.edit(uri, 'lw x5,0(x6)', 'lw.aq x5,0(x6)');
    const version = await editor.edit(uri, 'sw x5,0(x7)', 'sw.rl x5,0(x7)');
    expect(await editor.settled(uri, version)).toEqual([]);
    expect((await answer())?.headline).toBe('Never: 0 of 3 final states');
  });

  test('an error of the text is told at its place, and there is no result', async () => {
    await editor.open(uri, mp());
    await editor.settled(uri);
    const version = await editor.edit(uri, 'sw x5,0(x6)', 'sww x5,0(x6)');
    expect(await editor.settled(uri, version)).toMatchObject([
      { severity: 1, range: { start: editor.position(uri, 'sww') } },
    ]);
    expect(await answer()).toMatchObject({ version, name: null, states: [], holds: null, wanted: null });
    expect((await lenses())[0]?.title).toMatch(/^invalid: .*sww/);
  });

  test('settings that say nothing new leave its lenses alone: a click on one of them is not lost', async () => {
    await editor.open(uri, mp());
    await editor.settled(uri);
    const shown = await lenses();
    const asked = editor.lensRefreshes;
    const configured = editor.configured;
    await editor.configure({});
    await editor.until(() => editor.configured > configured);
    await editor.settled(uri);
    expect(await lenses()).toEqual(shown);
    expect(editor.lensRefreshes).toBe(asked);
  });

  test('the settings choose the model, and what they change is run again', async () => {
    await editor.open(uri, mp());
    await editor.settled(uri);
    await editor.configure({ litmus: { memory: 'sc', fetch: 'isa' } });
    await editor.until(() => editor.configured > 1);
    await expect.poll(async () => (await answer())?.headline).toBe('Never: 0 of 3 final states');
    expect((await answer())?.model).toBe('sc, fetch isa');
    expect((await lenses()).at(-1)?.title).toBe('sc, fetch isa');
  });

  test('a witness is a recording of steps with their places', async () => {
    await editor.open(uri, mp());
    const found = await editor.connection.sendRequest<WitnessAnswer>(witnessRequest, { uri, state: null });
    expect(found).toMatchObject({ version: 1, state: '1:x5=1; 1:x7=0;', reason: null, texts: { [uri]: mp() } });
    const texts = found.recording?.trace.map(({ source }) => source && mp().slice(source.start, source.end));
    expect(texts).toEqual(expect.arrayContaining(['sw x5,0(x6)', 'lw x7,0(x8)']));
  });

  test('of a state that does not happen there is no witness, in words', async () => {
    await editor.open(uri, mp({ stores: 'fence w,w', loads: 'fence r,r' }));
    const ask = (state: string | null) => editor.connection.sendRequest<WitnessAnswer>(witnessRequest, { uri, state });
    expect(await ask(null)).toMatchObject({ recording: null, reason: 'there is no final state to show' });
    const state = '1:x5=1; 1:x7=0;';
    expect(await ask(state)).toMatchObject({ state, recording: null, reason: 'this is no final state of the test' });
  });

  test('hover, symbols, folding, completion, names and tokens are those of litmus tests', async () => {
    await editor.open(uri, mp());
    await editor.settled(uri);
    expect(await editor.at<Hover>('textDocument/hover', uri, 'exists')).toMatchObject({
      contents: { value: expect.stringContaining('asks whether some final state satisfies it') as string },
    });
    const [symbol] = await editor.about<DocumentSymbol[]>('textDocument/documentSymbol', uri);
    expect(symbol?.children?.map(({ name }) => name)).toEqual(['x', 'y', 'P0', 'P1', 'exists']);
    expect(await editor.about('textDocument/foldingRange', uri)).toHaveLength(3);
    const items = await editor.at<CompletionItem[]>('textDocument/completion', uri, 'lw x5');
    expect(items.map(({ label }) => label)).toContain('lw');
    const place = await editor.at<Location>('textDocument/definition', uri, '1:x7=0');
    expect(place.uri).toBe(uri);
    expect(
      await editor.at('textDocument/references', uri, '0:x6=x', { context: { includeDeclaration: true } }),
    ).toHaveLength(2);
    expect(await editor.at('textDocument/documentHighlight', uri, '0:x6=x')).toHaveLength(2);
    expect((await editor.about<SemanticTokens>('textDocument/semanticTokens/full', uri)).data.length).toBeGreaterThan(
      50,
    );
  });

  test('a location is renamed everywhere, a register nowhere', async () => {
    await editor.open(uri, mp());
    const rename = (words: string, newName: string) =>
      editor.connection.sendRequest<WorkspaceEdit>('textDocument/rename', {
        textDocument: { uri },
        position: editor.position(uri, words, words.length),
        newName,
      });
    const { changes = {} } = await rename('0:x6=x', 'data');
    const places = changes[uri]?.map(({ range }) => range.start);
    expect(places).toEqual([
      editor.position(uri, 'x; uint64_t'),
      editor.position(uri, 'x; 0:x7'),
      editor.position(uri, 'x;\n}'),
    ]);
    await expect(rename('0:x6', 'data')).rejects.toThrow('Only the name of a location or a label');
    await expect(rename('0:x6=x', 'y')).rejects.toThrow('`y` is there already');
    await expect(rename('0:x6=x', 'a0')).rejects.toThrow('`a0` is a register');
  });

  test('a slip has a quick fix, an instruction its operands', async () => {
    await editor.open(uri, mp().replace('lw x5', 'lww x5'));
    await editor.settled(uri);
    const range = { start: editor.position(uri, 'lww'), end: editor.position(uri, 'lww', 3) };
    const [action] = await editor.about<CodeAction[]>('textDocument/codeAction', uri, {
      range,
      context: { diagnostics: [] },
    });
    expect(action?.edit?.changes?.[uri]).toEqual([{ range, newText: 'lw' }]);
    const help = await editor.at<SignatureHelp>('textDocument/signatureHelp', uri, ',0(x7)');
    expect(help.signatures[0]?.label).toBe('sw rs2, imm(rs1)');
    expect(help.activeParameter).toBe(1);
  });

  test('a protocol beside it is checked as ever', async () => {
    const other = 'file:///tests/empty.cmodx';
    await editor.open(uri, mp());
    await editor.open(other, 'machine { memory sv39 }\n');
    expect(await editor.settled(other)).toMatchObject([{ code: 'machine' }]);
    expect(await editor.connection.sendRequest(litmusRequest, { uri: other })).toBeNull();
    expect(await editor.reports(uri)).toEqual([]);
  });

  test('a closed document has no messages and no result', async () => {
    await editor.open(uri, mp({ condition: 'forall' }));
    await editor.settled(uri);
    await editor.close(uri);
    await editor.until(() => editor.newest(uri)?.diagnostics.length === 0);
    expect(await answer()).toBeNull();
  });
});

describe('a long run', () => {
  test('is reported, stopped by cancel, and begun again by check', async () => {
    const { spawn, workers } = fakeWorkers();
    editor = await Editor.start({ workers: spawn });
    await editor.open(uri, mp());
    await editor.until(() => workers[0]?.searching === 'MP');
    workers[0]?.progress(70_000);
    await editor.until(() => editor.statuses.some(({ state, states }) => state === 'checking' && states === 70_000));
    await editor.connection.sendNotification(cancelNotification, {});
    await editor.until(() => workers[0]?.stopping === true);
    workers[0]?.cancelled();
    await editor.until(() => editor.statuses.at(-1)?.state === 'cancelled');
    expect((await answer())?.headline).toBe('stale: not run since the last edit');
    await editor.connection.sendNotification(checkNotification, { uri });
    await expect.poll(() => workers[0]?.searching).toBe('MP');
  });

  test('of an older text ends when the text changes, and its result is never shown', async () => {
    const { spawn, workers } = fakeWorkers();
    editor = await Editor.start({ workers: spawn });
    await editor.open(uri, mp());
    await editor.until(() => workers[0]?.searching === 'MP');
    await editor.edit(uri, 'RISCV MP', 'RISCV Other');
    await expect.poll(() => workers[0]?.stopping).toBe(true);
    workers[0]?.cancelled();
    await expect.poll(() => workers[0]?.searching).toBe('Other');
    expect(await answer()).toMatchObject({ version: 2, status: 'checking', states: [] });
  });

  test('is not begun where the settings leave it to the user', async () => {
    const { spawn, workers } = fakeWorkers();
    editor = await Editor.start({ workers: spawn, settings: { check: { run: 'onCommand' } } });
    await editor.open(uri, mp());
    await editor.until(() => editor.statuses.at(-1)?.state === 'cancelled');
    expect(workers).toEqual([]);
    await editor.connection.sendNotification(checkNotification, { uri });
    await expect.poll(() => workers[0]?.searching).toBe('MP');
  });
});
