import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Isa, Xlen } from '../../server/src/isa/types';

const tools = 'binutils-riscv64-unknown-elf';

/** Where a program's section `.image` is put. */
export const loadAddress = 0x100000n;

/**
 * Assembles a Linux user-mode program with GNU as, and runs it under QEMU.
 *
 * @param text Its code and data in one section, `.image`, entered at `_start`.
 * @param options Of QEMU's CPU, to be switched on: `zba`.
 * @returns The bytes of the section, and what the program has written to its standard output.
 */
export function underQemu(
  text: string,
  isa: Isa,
  options: readonly string[],
): { image: Uint8Array; output: Uint8Array } {
  const directory = mkdtempSync(join(tmpdir(), 'cmodx-qemu-'));
  try {
    const at = (name: string): string => join(directory, name);
    writeFileSync(at('program.s'), text);
    const { xlen } = isa;
    const march = [`-mabi=${xlen === 64 ? 'lp64' : 'ilp32'}`, `-march=${isa.text}`];
    run('riscv64-unknown-elf-as', tools, [...march, '-mno-relax', '-o', at('program.o'), at('program.s')]);
    const emulation = xlen === 64 ? 'elf64lriscv' : 'elf32lriscv';
    const place = [`--section-start=.image=0x${loadAddress.toString(16)}`, '-e', '_start'];
    run('riscv64-unknown-elf-ld', tools, ['-m', emulation, ...place, '-o', at('program'), at('program.o')]);
    run('riscv64-unknown-elf-objcopy', tools, ['-O', 'binary', at('program'), at('program.bin')]);
    return { image: readFileSync(at('program.bin')), output: execute(directory, 'program', xlen, options) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The same for an executable file. */
export function runExecutable(elf: Uint8Array, { xlen }: Isa, options: readonly string[]): Uint8Array {
  const directory = mkdtempSync(join(tmpdir(), 'cmodx-qemu-'));
  try {
    writeFileSync(join(directory, 'program'), elf, { mode: 0o755 });
    return execute(directory, 'program', xlen, options);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function execute(directory: string, program: string, xlen: Xlen, options: readonly string[]): Uint8Array {
  const output = join(directory, 'output');
  const file = openSync(output, 'w');
  const cpu = [`rv${xlen}`, ...options.map((name) => `${name}=on`)].join(',');
  run(`qemu-riscv${xlen}`, 'qemu-user', ['-cpu', cpu, join(directory, program)], file);
  closeSync(file);
  return readFileSync(output);
}

function run(command: string, debianPackage: string, args: readonly string[], stdout: number | 'pipe' = 'pipe'): void {
  const result = spawnSync(command, args, { stdio: ['ignore', stdout, 'pipe'], encoding: 'utf8', timeout: 60_000 });
  if (result.error)
    throw new Error(`${command} cannot be run: apt-get install ${debianPackage}`, { cause: result.error });
  if (result.status !== 0)
    throw new Error(`${command}: exit ${result.status ?? result.signal}: ${result.stderr.slice(0, 2000)}`);
}
