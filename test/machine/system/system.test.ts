import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Xlen } from '../../../server/src/isa/types';
import { readElf } from '../../../server/src/machine/elf/index';
import { loadMachine } from '../../../server/src/machine/system/index';
import { isaOf } from '../harness';
import { programs } from './programs';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cmodx-system-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe.each([64, 32] as const)('RV%i bare-metal programs', (xlen) => {
  it.each(Object.entries(programs))('%s: notes the same as under QEMU', (name, body) => {
    const file = build(`${name}${xlen}`, body, xlen);
    const ours = runHere(file, xlen);
    expect(ours.length).toBeGreaterThan(3);
    expect(ours).not.toContain('bad'.padStart(xlen / 4, '0'));
    expect(ours).toEqual(runInQemu(file, xlen));
    // Compiled or not, blocks of instructions do what single steps do.
    expect(runHere(file, xlen, { stepwise: true })).toEqual(ours);
    expect(runHere(file, xlen, { compileAfter: null })).toEqual(ours);
    expect(runHere(file, xlen, { compileAfter: 1 })).toEqual(ours);
  });
});

/** Compiles a body with the runtime; returns the ELF file's path. */
function build(name: string, body: string, xlen: Xlen): string {
  const source = join(directory, `${name}.S`);
  const runtime = readFileSync(new URL('runtime.S', import.meta.url), 'utf8');
  writeFileSync(source, `${runtime}\nbody:\n  mv s8, ra\n${body}\n  jr s8\n`);
  const link = new URL('link.ld', import.meta.url).pathname;
  const abi = [`-march=rv${xlen}imac_zicsr_zifencei`, `-mabi=${xlen === 64 ? 'lp64' : 'ilp32'}`];
  const rest = ['-nostdlib', '-nostartfiles', '-Wl,--no-relax', '-Wl,--build-id=none', '-Wl,--no-warn-rwx-segments'];
  run('riscv64-unknown-elf-gcc', 'gcc-riscv64-unknown-elf', [
    ...abi,
    ...rest,
    '-T',
    link,
    '-o',
    `${source}.elf`,
    source,
  ]);
  return `${source}.elf`;
}

function runInQemu(file: string, xlen: Xlen): string[] {
  const options = ['-machine', 'spike', '-cpu', `rv${xlen}`, '-bios', 'none', '-nographic', '-monitor', 'none'];
  // A file takes every character; a pipe may be full.
  const output = `${file}.out`;
  run(`qemu-system-riscv${xlen}`, 'qemu-system-misc', [...options, '-serial', `file:${output}`, '-kernel', file]);
  return readFileSync(output, 'utf8').trim().split(/\r?\n/);
}

interface Way {
  readonly stepwise?: boolean;
  readonly compileAfter?: number | null;
}

function runHere(file: string, xlen: Xlen, { stepwise = false, ...options }: Way = {}): string[] {
  const read = readElf(readFileSync(file));
  if (!read.ok) throw new Error(read.message);
  let output = '';
  const host = {
    write(_stream: 1 | 2, bytes: Uint8Array) {
      output += String.fromCharCode(...bytes);
    },
  };
  const isa = isaOf(`rv${xlen}imac_zicsr_zifencei_zicntr`);
  const loaded = loadMachine(read.elf, { isa, misaligned: true, ...options }, host);
  if (!loaded.ok) throw new Error(loaded.message);
  expect(loaded.machine.run(300_000, stepwise ? () => undefined : undefined)).toEqual({ kind: 'exited', code: 0n });
  return output.trim().split('\n');
}

function run(command: string, debianPackage: string, args: readonly string[]): string {
  const result = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000, stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.error?.message.includes('ENOENT'))
    throw new Error(`${command} cannot be run: apt-get install ${debianPackage}`, { cause: result.error });
  if (result.status !== 0)
    throw new Error(
      `${command}: exit ${result.status ?? result.signal}: ${result.stderr.slice(0, 2000)} ${result.stdout.slice(-300)}`,
    );
  return result.stdout;
}
