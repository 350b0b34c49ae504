import { execFile, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Log } from 'sarif';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endless, mp } from '../features/litmus/support';
import { elf64 } from '../machine/elf/make';
import { assemble, codeAddress, isaOf } from '../machine/harness';
import { bundle } from '../service/bundles';
import { knownUnsafe, naive, safePatch } from './terminal';

/** A program that writes a megabyte, again and again. */
function flood(): Uint8Array {
  const assembly =
    'li t0, 0x80002000; li t1, 0x80001000; 2: li t3, 64; sd t3, 0(t1); sd t1, 0(t0); 1: ld t3, 8(t0); beqz t3, 1b; sd zero, 8(t0); j 2b';
  const call = new Uint8Array(new BigUint64Array([64n, 1n, codeAddress, 0x10_0000n, 0n, 0n, 0n, 0n]).buffer);
  return elf64(
    codeAddress,
    [
      { name: '.text', address: codeAddress, bytes: assemble(assembly, isaOf('rv64gc')), executable: true },
      { name: '.data', address: 0x8000_1000n, bytes: call },
      { name: '.tohost', address: 0x8000_2000n, bytes: new Uint8Array(16) },
    ],
    [
      { name: 'tohost', address: 0x8000_2000n, part: 2 },
      { name: 'fromhost', address: 0x8000_2008n, part: 2 },
    ],
  );
}

/** The shipped program: its own process, real files, real threads. */
describe('the process cmodx', () => {
  let directory = '';
  let remove = () => {};

  beforeAll(async () => {
    ({ directory, remove } = await bundle({
      cli: 'server/src/cli/main.ts',
      'checker-worker': 'server/src/worker/node-entry.ts',
    }));
    mkdirSync(join(directory, 'folder'));
    const files = { 'safe.cmodx': safePatch, 'naive.cmodx': naive, 'known.cmodx': knownUnsafe };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    writeFileSync(join(directory, 'flood.elf'), flood());
    writeFileSync(join(directory, 'zeros'), new Uint8Array(4 << 20));
    mkdirSync(join(directory, 'tests'));
    for (let i = 100; i < 400; i++) {
      writeFileSync(join(directory, `tests/t${i}.litmus`), mp().replace('RISCV MP', `RISCV t${i}`));
    }
    writeFileSync(join(directory, 'endless.litmus'), endless());
  }, 30_000);
  afterAll(() => remove());

  function run(...args: string[]): ReturnType<typeof runIn> {
    return runIn(directory, ...args);
  }

  function runIn(cwd: string, ...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
    return new Promise((resolve) => {
      const options = { cwd, env: { ...process.env, FORCE_COLOR: '1' } };
      execFile(process.execPath, [join(directory, 'cli.js'), ...args], options, (error, out, err) => {
        resolve({ code: error ? (typeof error.code === 'number' ? error.code : null) : 0, out, err });
      });
    });
  }

  test('checks several files on its threads and ends with their exit code', async () => {
    const { code, out, err } = await run('check', 'safe.cmodx', 'known.cmodx', 'naive.cmodx');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out.match(/^\S+\.cmodx$/gm)).toEqual(['safe.cmodx', 'known.cmodx', 'naive.cmodx']);
    expect(out).toContain('3 checks: 2 as expected, 1 not as expected');
    expect(out).not.toContain('\u001b[');
  });

  test('names files relative to where it runs, by their real names, and others by URI', async () => {
    copyFileSync(join(directory, 'naive.cmodx'), join(directory, 'folder/a b.cmodx'));
    symlinkSync(join(directory, 'naive.cmodx'), join(directory, 'folder/link.cmodx'));
    const uris = async (cwd: string, ...files: string[]): Promise<(string | undefined)[]> => {
      const { out } = await runIn(join(directory, cwd), 'check', '--sarif', ...files);
      const results = (JSON.parse(out) as Log).runs[0]?.results ?? [];
      return results.map(({ locations }) => locations?.[0]?.physicalLocation?.artifactLocation?.uri);
    };
    const absolute = join(directory, 'naive.cmodx');
    expect(await uris('.', './naive.cmodx', absolute, 'folder/a b.cmodx', 'folder/link.cmodx')).toEqual([
      'naive.cmodx',
      'naive.cmodx',
      'folder/a%20b.cmodx',
      'naive.cmodx',
    ]);
    expect(await uris('folder', '../naive.cmodx')).toEqual([pathToFileURL(realpathSync(absolute)).href]);
  });

  test('refuses directories and devices', async () => {
    const { code, out } = await run('check', 'folder', '/dev/zero', 'nothing/there');
    expect(code).toBe(2);
    expect(out).toContain('folder is a directory; name the files in it');
    expect(out).toContain('/dev/zero is not a regular file');
    expect(out).toContain('nothing/there does not exist');
  });

  test('a reader that goes away ends it quietly', async () => {
    const child = spawn(process.execPath, [join(directory, 'cli.js'), 'check', 'naive.cmodx'], { cwd: directory });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(err).toBe('');
  });

  test.each([
    ['a program that writes', ['run', 'flood.elf']],
    ['a trace', ['run', '--trace', 'flood.elf']],
    ['a disassembly', ['disasm', 'zeros']],
  ])('a reader that goes away ends %s', async (_what, args) => {
    const child = spawn(process.execPath, [join(directory, 'cli.js'), ...args], { cwd: directory });
    const closed = new Promise((resolve) => child.on('close', resolve));
    const read = args.includes('--trace') ? child.stderr : child.stdout;
    child.stdout.resume();
    await new Promise((resolve) => read.once('data', resolve));
    child.stdout.destroy();
    child.stderr.destroy();
    expect(await closed).toBe(0);
  });

  test('runs hundreds of litmus tests on its threads, a slow one at the front, in order', async () => {
    const { code, out, err } = await run('litmus', '--max-seconds', '1', 'endless.litmus', 'tests');
    expect(code).toBe(3);
    expect(err).toMatch(
      /^endless\.litmus:\d+:\d+: error: time limit of 1 s(, limit of \d+ stores in one execution)? \[inconclusive\]\n$/,
    );
    const names = [...out.matchAll(/^Observation (\S+) Sometimes 1 3$/gm)].map(([, name]) => name);
    expect(names).toEqual(Array.from({ length: 300 }, (_, i) => `t${i + 100}`));
  });

  test('ends at once when it is interrupted', async () => {
    const child = spawn(
      process.execPath,
      [join(directory, 'cli.js'), 'litmus', 'tests/t100.litmus', 'endless.litmus'],
      {
        cwd: directory,
      },
    );
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const start = performance.now();
    child.kill('SIGINT');
    const signal = await new Promise((resolve) => child.on('close', (_code, how) => resolve(how)));
    expect(signal).toBe('SIGINT');
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test('prints its version', async () => {
    expect((await run('--version')).out).toMatch(/^cmodx \d+\.\d+\.\d+\n$/);
  });
});
