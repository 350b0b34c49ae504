import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { naive } from '../cli/terminal';
import { bundle } from '../service/bundles';
import { Editor } from './editor';

const uri = 'file:///patches/a.cmodx';
let child: ChildProcess | null = null;
let directory = '';
let remove = () => {};

beforeAll(async () => {
  ({ directory, remove } = await bundle({
    server: 'server/src/lsp/node.ts',
    'checker-worker': 'server/src/worker/node-entry.ts',
  }));
}, 30_000);
afterAll(() => {
  child?.kill();
  remove();
});

test('the shipped server checks on its own threads and answers while it does', async () => {
  child = spawn(process.execPath, [join(directory, 'server.js'), '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('no streams');
  const editor = await Editor.connect(stdout, stdin);
  await editor.open(uri, naive);
  expect(await editor.at('textDocument/hover', uri, 'auipc')).not.toBeNull();
  expect(await editor.settled(uri)).toMatchObject([{ code: 'mixed' }]);
  const ended = new Promise((resolve) => child?.once('exit', resolve));
  await editor.stop();
  stdin.end();
  expect(await ended).toBe(0);
}, 30_000);
