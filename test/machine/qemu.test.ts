import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Isa, Xlen } from '../../server/src/isa/types';
import { Hart, Ram, step } from '../../server/src/machine/index';
import { isaOf } from './harness';
import { type Program, randomProgram } from './programs';

const tools = 'binutils-riscv64-unknown-elf';
const BITS = 'zba_zbb_zbs_zbc_zbkb';
const loadAddress = 0x100000n;
let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cmodx-qemu-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe.each([64, 32] as const)('RV%i random programs', (xlen) => {
  it('leave the same registers and memory as under QEMU', { timeout: 60_000 }, () => {
    const seed = 20_261_122;
    const program = randomProgram(xlen, 500, 180, seed);
    const image = build(program, xlen);
    const isa = isaOf(`rv${xlen}imac_${BITS}`);
    const ours = runHere(image, isa);
    expect(ours.executed).toBeGreaterThan(100_000);
    compare(program, ours.output, runInQemu(xlen), xlen, seed);
  });
});

/** Assembles and links; leaves `program` (ELF) in the directory and returns its bytes from the load address on. */
function build(program: Program, xlen: Xlen): Uint8Array {
  const at = (name: string): string => join(directory, name);
  writeFileSync(at('program.s'), program.text);
  const abi = [`-mabi=${xlen === 64 ? 'lp64' : 'ilp32'}`, `-march=rv${xlen}imac_${BITS}`];
  run('riscv64-unknown-elf-as', tools, [...abi, '-mno-relax', '-o', at('program.o'), at('program.s')]);
  const emulation = xlen === 64 ? 'elf64lriscv' : 'elf32lriscv';
  const place = [`--section-start=.image=0x${loadAddress.toString(16)}`, '-e', '_start'];
  run('riscv64-unknown-elf-ld', tools, ['-m', emulation, ...place, '-o', at('program'), at('program.o')]);
  run('riscv64-unknown-elf-objcopy', tools, ['-O', 'binary', at('program'), at('program.bin')]);
  return readFileSync(at('program.bin'));
}

function runInQemu(xlen: Xlen): Uint8Array {
  const output = join(directory, 'output');
  const file = openSync(output, 'w');
  const cpu = `rv${xlen},${BITS.split('_')
    .map((name) => `${name}=on`)
    .join(',')}`;
  run(`qemu-riscv${xlen}`, 'qemu-user', ['-cpu', cpu, join(directory, 'program')], file);
  closeSync(file);
  return readFileSync(output);
}

function run(command: string, debianPackage: string, args: readonly string[], stdout: number | 'pipe' = 'pipe'): void {
  const result = spawnSync(command, args, { stdio: ['ignore', stdout, 'pipe'], encoding: 'utf8' });
  if (result.error)
    throw new Error(`${command} cannot be run: apt-get install ${debianPackage}`, { cause: result.error });
  if (result.status !== 0)
    throw new Error(`${command}: exit ${result.status ?? result.signal}: ${result.stderr.slice(0, 2000)}`);
}

/** Runs a program until its `exit`, collecting what it writes. */
function runHere(image: Uint8Array, isa: Isa): { readonly output: Uint8Array; readonly executed: number } {
  const memory = new Ram();
  memory.map(loadAddress, image);
  const hart = new Hart(loadAddress, isa);
  const output: number[] = [];
  for (;;) {
    const result = step(hart, memory, isa);
    if (result.kind === 'retired') continue;
    const { trap } = result;
    if (trap.cause !== 'ecall') throw new Error(`at 0x${hart.pc.toString(16)}: ${JSON.stringify(trap, hexOf)}`);
    const call = hart.read(17);
    if (call === 93n) return { output: Uint8Array.from(output), executed: Number(hart.retired) };
    for (let i = 0n; i < hart.read(12); i++) output.push(Number(memory.load(hart.read(11) + i, 1)));
    hart.pc += 4n;
  }
}

const hexOf = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? `0x${value.toString(16)}` : value;

function compare(program: Program, ours: Uint8Array, theirs: Uint8Array, xlen: Xlen, seed: number): void {
  expect(theirs.length).toBe(ours.length);
  const at = ours.findIndex((byte, i) => byte !== theirs[i]);
  if (at === -1) return;
  const block = Math.floor(at / program.frame);
  const register = Math.floor((at % program.frame) / (xlen / 8));
  const where = program.blocks[block] === undefined ? 'scratch memory' : `block ${block}, x${register}`;
  const start = at - (at % (xlen / 8));
  const show = (bytes: Uint8Array): string =>
    Buffer.from(bytes.slice(start, start + xlen / 8).reverse()).toString('hex');
  throw new Error(`seed ${seed}, ${where}: here ${show(ours)}, QEMU ${show(theirs)}\n${program.blocks[block] ?? ''}`);
}
