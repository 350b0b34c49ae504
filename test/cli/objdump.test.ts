import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cmodx } from './terminal';

const source = `
int table[10]; static volatile int count = 3; double scale = 1.5;
int fact(int n) { return n <= 1 ? 1 : n * fact(n - 1); }
double mul(double a) { return a * scale + 2.0; }
int pick(int x) {
  switch (x) { case 0: return 3; case 1: return table[1]; case 2: return count * 9; case 3: return 77; case 4: return x / 3; default: return 5; }
}
int main(void) { for (int i = 0; i < 10; i++) table[i] = fact(i) + pick(i) + (int)mul(i); return table[3]; }
void _start(void) { main(); for (;;) __asm__("wfi\\n.option norvc\\nnop\\n.option rvc\\n.byte 0xff, 0xff"); }
`;
let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cmodx-objdump-'));
  writeFileSync(join(directory, 'a.c'), source);
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('cmodx disasm prints what GNU objdump prints', () => {
  test.each([
    ['a program', '-O2 -march=rv64gc -mabi=lp64d -mcmodel=medany -nostdlib -Ttext=0x80000000'],
    ['a program for RV32', '-O1 -march=rv32imac -mabi=ilp32 -nostdlib -Ttext=0x1000 -lgcc'],
    [
      'a program at high addresses',
      '-Os -march=rv64gc -mabi=lp64d -mcmodel=medany -nostdlib -Ttext=0xffffffff80000000',
    ],
    ['an object file for a debugger', '-O2 -g -march=rv64gc_zba_zbb -mabi=lp64d -c'],
    ['an object file', '-O2 -march=rv64gc -mabi=lp64d -c'],
  ])('of %s', async (_what, options) => {
    const [file, input] = ['a.out', 'a.c'];
    const [before, after] = options.includes(' -lgcc') ? [options.replace(' -lgcc', ''), ['-lgcc']] : [options, []];
    run('riscv64-unknown-elf-gcc', 'gcc-riscv64-unknown-elf', [...before.split(' '), '-o', file, input, ...after]);
    const judged = run('riscv64-unknown-elf-objdump', 'binutils-riscv64-unknown-elf', ['-d', '-z', file]);
    const { out } = await cmodx(`disasm ${file}`, { [file]: readFileSync(join(directory, file)) });
    expect(out.split('\n').length).toBeGreaterThan(60);
    expect(out.split('\n')).toEqual(judged.split('\n').map(withImmediates));
  });
});

/** binutils 2.40 prints `add` for `addi`, and so on; later ones, and we, name the instruction. */
function withImmediates(line: string): string {
  return line.replace(/\t(add|sll|srl|sra|and|or|xor|slt)(w?)(\t[^,]*,[^,]*,-?\d)/, '\t$1i$2$3');
}

function run(command: string, debianPackage: string, args: readonly string[]): string {
  const result = spawnSync(command, args, { encoding: 'utf8', cwd: directory, timeout: 20_000 });
  if (result.error)
    throw new Error(`${command} cannot be run: apt-get install ${debianPackage}`, { cause: result.error });
  if (result.status !== 0) throw new Error(`${command}: exit ${result.status ?? result.signal}: ${result.stderr}`);
  return result.stdout;
}
