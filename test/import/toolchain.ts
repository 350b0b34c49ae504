import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory in which compilers work; `npm test` installs them. */
export class Workshop {
  private readonly directory = mkdtempSync(join(tmpdir(), 'cmodx-import-'));

  write(name: string, text: string): string {
    writeFileSync(join(this.directory, name), text);
    return name;
  }

  read(name: string): Uint8Array {
    return new Uint8Array(readFileSync(join(this.directory, name)));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Runs a program in the directory, and gives what it prints. @throws Error where it fails or is not there */
  run(program: keyof typeof packages, ...args: string[]): string {
    const result = spawnSync(program, args, {
      cwd: this.directory,
      encoding: 'utf8',
      timeout: 60_000,
      maxBuffer: 1 << 28,
    });
    if (result.error)
      throw new Error(`${program} cannot be run: apt-get install ${packages[program]}`, { cause: result.error });
    if (result.status !== 0) throw new Error(`${program}: ${result.stderr}`);
    return result.stdout;
  }

  /** An object file of C, with so many nops at each function, of them so many before its entry. */
  compile(source: string, { march = 'rv64gc', nops = '8,4', options = '' } = {}): string {
    const object = `${source}-${march}-${nops}.o`;
    const abi = march.startsWith('rv32') ? 'ilp32d' : 'lp64d';
    const more = options.split(' ').filter(Boolean);
    this.run(
      'riscv64-unknown-elf-gcc',
      ...['-O1', `-march=${march}`, `-mabi=${abi}`, '-mcmodel=medany', `-fpatchable-function-entry=${nops}`],
      ...[...more, '-c', source, '-o', object],
    );
    return object;
  }

  /** Links objects as a kernel is linked: where one is, with its lists between symbols in a section of another name. */
  linkKernel(name: string, ...objects: string[]): string {
    this.write('kernel.ld', kernelScript);
    this.run('riscv64-linux-gnu-ld', '-T', 'kernel.ld', ...objects, '-o', name);
    return name;
  }

  /** The addresses, or offsets, of functions and labels, as nm has them. */
  addresses(file: string): Map<string, bigint> {
    const lines = this.run('riscv64-unknown-elf-nm', file).split('\n');
    return new Map(
      lines.flatMap((line): [string, bigint][] => {
        const [, value, name] = /^([0-9a-f]+) \S (\S+)$/.exec(line) ?? [];
        return value === undefined || name === undefined ? [] : [[name, BigInt(`0x${value}`)]];
      }),
    );
  }
}

const packages = {
  'riscv64-unknown-elf-gcc': 'gcc-riscv64-unknown-elf',
  'riscv64-unknown-elf-ld': 'binutils-riscv64-unknown-elf',
  'riscv64-unknown-elf-nm': 'binutils-riscv64-unknown-elf',
  'riscv64-unknown-elf-objcopy': 'binutils-riscv64-unknown-elf',
  'riscv64-unknown-elf-objdump': 'binutils-riscv64-unknown-elf',
  'riscv64-unknown-elf-strip': 'binutils-riscv64-unknown-elf',
  'riscv64-linux-gnu-ld': 'binutils-riscv64-linux-gnu',
  'llc-22': 'llvm-22',
  'llvm-objdump-22': 'llvm-22',
} as const;

const kernelScript = `
SECTIONS {
  . = 0xffffffff80000000;
  .text : { *(.text .text.*) }
  . = ALIGN(8);
  .init.data : {
    __start_mcount_loc = .; KEEP(*(__patchable_function_entries)) __stop_mcount_loc = .;
    . = ALIGN(8);
    __start___jump_table = .; KEEP(*(__jump_table)) __stop___jump_table = .;
  }
  .rela.dyn : { *(.rela*) }
  .data : { *(.data*) *(.sdata*) }
  .bss : { *(.bss*) *(.sbss*) }
  /DISCARD/ : { *(.interp) *(.comment) }
}
`;

/** C with so many functions of many lengths, `fn0` and on, and a `_start` that keeps the linker content. */
export function manyFunctions(count: number): string {
  const body = (i: number): string => Array.from({ length: (i * 7) % 6 }, (_, k) => `g += x * ${i + k};`).join(' ');
  const functions = Array.from(
    { length: count },
    (_, i) => `__attribute__((noinline)) int fn${i}(int x) { ${body(i)} return x + ${i % 50}; }`,
  );
  return `volatile int g;\n${functions.join('\n')}\nint _start(void) { return fn0(1) + fn${count - 1}(2); }\n`;
}

/** Two jump labels as Linux writes them (arch/riscv/include/asm/jump_label.h), the second compiled as a jump. */
export const jumpLabels = `
#if __riscv_xlen == 64
#define ALIGN "3"
#define POINTER ".dword"
#else
#define ALIGN "2"
#define POINTER ".word"
#endif
struct static_key { long x; };
#define LABEL(i, instruction) \\
  struct static_key key##i; \\
  int branch##i(int x) { \\
    asm goto(".align 2\\n.option push\\n.option norelax\\n.option norvc\\n1: " instruction "\\n.option pop\\n" \\
             ".pushsection __jump_table,\\"aw\\"\\n.align " ALIGN "\\n.long 1b - ., %l[yes] - .\\n" \\
             POINTER " %0 + " #i " - .\\n.popsection" : : "i"(&key##i) : : yes); \\
    return x + 1; \\
  yes: \\
    return x - 1; \\
  }
LABEL(0, "nop")
LABEL(1, "jal zero, %l[yes]")
`;
