import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { templates } from '../../server/src/import';
import {
  type ImportAnswer,
  importRequest,
  newProtocolRequest,
  type OpenProgramAnswer,
  openProgramRequest,
} from '../../server/src/lsp/protocol';
import { Editor } from './editor';

let editor: Editor;
beforeEach(async () => {
  editor = await Editor.start();
});
afterEach(() => editor.stop());

const listing = `
0000000080000000 <first>:
    80000000:\t0001                \tnop
    80000002:\t0001                \tnop
    80000004:\t0001                \tnop
    80000006:\t0001                \tnop
    80000008:\t8082                \tret

000000008000000a <second>:
    8000000a:\t00000013          \tnop
    8000000e:\t00000013          \tnop
    80000012:\t8082                \tret
`;

const open = (text: string, template: string): Promise<OpenProgramAnswer> =>
  editor.connection.sendRequest(openProgramRequest, { name: 'pasted', content: btoa(text), template });
const write = (place: string, template: string): Promise<ImportAnswer> =>
  editor.connection.sendRequest(importRequest, { place, template });

describe('new protocols', () => {
  test.each(templates)('from the template $name', async ({ name: template, text }) => {
    expect(await editor.connection.sendRequest(newProtocolRequest, { template })).toBe(text);
  });

  test('from no template', async () => {
    expect(await editor.connection.sendRequest(newProtocolRequest, { template: 'nothing' })).toBeNull();
  });

  test('from code: the places to choose from, and the protocol for one', async () => {
    expect(await open(listing, 'ftrace-6.16')).toEqual({ places: ['first', 'second'], more: false });
    const answer = await write('second', 'ftrace-6.16');
    expect(answer).toMatchObject({
      text: expect.stringContaining('site second at 0x8000000a clobbers t0 {') as unknown,
    });
  });

  test('what is wrong with the code, or with what is asked of it, is told', async () => {
    expect(await open('no listing', 'none')).toEqual({
      problem: expect.stringContaining('is neither an ELF file') as unknown,
    });
    expect(await write('first', 'none')).toEqual({ problem: 'no program is open' });
    expect(await open(listing, 'jump-label')).toEqual({
      problem: 'lists no jump labels: a disassembly does not show the section __jump_table: import the ELF file',
    });
    await open(listing, 'kprobe');
    expect(await write('third', 'kprobe')).toEqual({
      problem: expect.stringMatching(/^has no symbol third/) as unknown,
    });
  });
});
