import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The Debian package of each tool. */
const PACKAGES: Readonly<Record<string, string>> = {
  'riscv64-linux-gnu-as': 'binutils-riscv64-linux-gnu',
  'riscv64-linux-gnu-ld': 'binutils-riscv64-linux-gnu',
  'riscv64-linux-gnu-objcopy': 'binutils-riscv64-linux-gnu',
  'riscv64-linux-gnu-objdump': 'binutils-riscv64-linux-gnu',
  'riscv64-unknown-elf-gcc': 'gcc-riscv64-unknown-elf',
  'llvm-mc-22': 'llvm-22',
  'llc-22': 'llvm-22',
  'llvm-objdump-22': 'llvm-22',
};

const missing = (name: string): Error =>
  new Error(`the oracle tests need ${name}: apt install ${PACKAGES[name] ?? name}`);

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Runs a tool; its standard output, and what it says on standard error. Throws with the package to install if it is missing. */
export function tool(
  name: string,
  args: readonly string[],
  options: { readonly input?: string; readonly mayFail?: boolean } = {},
): { readonly stdout: string; readonly stderr: string; readonly ok: boolean } {
  const result = spawnSync(name, args, { input: options.input ?? '', encoding: 'latin1', maxBuffer: 2 ** 30 });
  if (result.error) throw isMissing(result.error) ? missing(name) : result.error;
  if (result.status !== 0 && !options.mayFail) throw new Error(`${name} ${args.join(' ')}: ${result.stderr}`);
  return { stdout: result.stdout, stderr: result.stderr, ok: result.status === 0 };
}

/** What a tool that may take its time prints; others run meanwhile. */
async function printed(name: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(name, args, { encoding: 'latin1', maxBuffer: 2 ** 30 });
    return stdout;
  } catch (error) {
    throw isMissing(error) ? missing(name) : error;
  }
}

type Path = (name: string) => string;

/** A directory of its own for the time of a call. */
function inScratch<T>(use: (path: Path) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'cmodx-oracle-'));
  try {
    return use((name) => join(directory, name));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** An ELF object with `code` as its `.text` and the attributes of `march`; disassemblers read what is legal from those. */
function wrap(code: Uint8Array, march: string, path: Path): string {
  writeFileSync(path('empty.s'), '.option norelax\nnop\n');
  writeFileSync(path('code.bin'), code);
  const abi = march.startsWith('rv32') ? 'ilp32' : 'lp64';
  tool('riscv64-linux-gnu-as', [`-march=${march}`, `-mabi=${abi}`, '-o', path('code.o'), path('empty.s')]);
  // With symbols, objdump goes through them for every instruction: twenty times as long.
  tool('riscv64-linux-gnu-objcopy', ['--strip-all', '--update-section', `.text=${path('code.bin')}`, path('code.o')]);
  return path('code.o');
}

/** One line a word: address, then the text behind the bytes. */
const LINE = /^\s*([0-9a-f]+):\s+(?:[0-9a-f]+ ?)+\s*\t(.*)$/;

function lines(output: string): Map<number, string> {
  const found = new Map<number, string>();
  for (const line of output.split('\n')) {
    const match = LINE.exec(line);
    if (match) found.set(Number.parseInt(match[1] ?? '', 16), match[2] ?? '');
  }
  return found;
}

/** By address, what a disassembler prints for an object, whose making is for the time of the call. */
async function disassembly(
  make: (path: Path) => string,
  name: string,
  args: readonly string[],
): Promise<Map<number, string>> {
  const directory = mkdtempSync(join(tmpdir(), 'cmodx-oracle-'));
  try {
    const object = make((file) => join(directory, file));
    return lines(await printed(name, ['-d', '-z', ...args, object]));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** By address, what GNU objdump prints for the code. */
export function gnuDisassembly(code: Uint8Array, march: string, aliases = false): Promise<Map<number, string>> {
  const style = aliases ? [] : ['-M', 'no-aliases,numeric'];
  return disassembly((path) => wrap(code, march, path), 'riscv64-linux-gnu-objdump', style);
}

/** LLVM calls these so until the next version. */
const EXPERIMENTAL = new Set(['zicfilp', 'zicfiss']);

/** The features of an ISA string, as LLVM's tools want them: `+m,+a,...`. */
function features(march: string): string {
  const [base = '', ...names] = march.slice(4).split('_');
  const letters = base === 'gc' ? ['m', 'a', 'f', 'd', 'c'] : [...base.replace('i', '')];
  return [...letters, ...names].map((name) => `+${EXPERIMENTAL.has(name) ? 'experimental-' : ''}${name}`).join(',');
}

/** By address, what llvm-objdump prints for the code. */
export function llvmDisassembly(code: Uint8Array, march: string, aliases = false): Promise<Map<number, string>> {
  // What the object says is legal adds to what the features say.
  const bare = `${march.slice(0, 4)}i`;
  const style = aliases ? [] : ['-M', 'no-aliases', '-M', 'numeric'];
  return disassembly((path) => wrap(code, bare, path), 'llvm-objdump-22', [...style, `--mattr=${features(march)}`]);
}

/** The bytes that llvm-mc makes of a source text at address 0, or what it says against it. */
export function llvmAssembly(
  source: string,
  march: string,
): { readonly ok: true; readonly code: Uint8Array } | { readonly ok: false; readonly errors: string } {
  return inScratch((path) => {
    writeFileSync(path('in.s'), source);
    const style = [`--triple=riscv${march.slice(2, 4)}`, `--mattr=${features(march)}`, '--filetype=obj'];
    const assembled = tool('llvm-mc-22', [...style, '-o', path('in.o'), path('in.s')], { mayFail: true });
    if (!assembled.ok) return { ok: false, errors: assembled.stderr };
    tool('riscv64-linux-gnu-objcopy', ['-O', 'binary', '-j', '.text', path('in.o'), path('out.bin')]);
    return { ok: true, code: readFileSync(path('out.bin')) };
  });
}

/** The bytes that GNU as and ld make of a source text at an address, or what they say against it. */
export function gnuAssembly(
  source: string,
  march: string,
  address = 0n,
  symbols: ReadonlyMap<string, bigint> = new Map(),
): { readonly ok: true; readonly code: Uint8Array } | { readonly ok: false; readonly errors: string } {
  return inScratch((path) => {
    writeFileSync(path('in.s'), source);
    const abi = march.startsWith('rv32') ? 'ilp32' : 'lp64';
    const assembled = tool(
      'riscv64-linux-gnu-as',
      [`-march=${march}`, `-mabi=${abi}`, '-o', path('in.o'), path('in.s')],
      {
        mayFail: true,
      },
    );
    if (!assembled.ok) return { ok: false, errors: assembled.stderr };
    const emulation = march.startsWith('rv32') ? 'elf32lriscv' : 'elf64lriscv';
    const definitions = [...symbols].map(([name, value]) => `--defsym=${name}=0x${value.toString(16)}`);
    const linked = tool(
      'riscv64-linux-gnu-ld',
      [
        '-m',
        emulation,
        '--no-relax',
        '-N',
        '-e',
        '0',
        ...definitions,
        `-Ttext=0x${address.toString(16)}`,
        '-o',
        path('out'),
        path('in.o'),
      ],
      { mayFail: true },
    );
    if (!linked.ok) return { ok: false, errors: linked.stderr };
    tool('riscv64-linux-gnu-objcopy', ['-O', 'binary', '-j', '.text', path('out'), path('out.bin')]);
    return { ok: true, code: readFileSync(path('out.bin')) };
  });
}
