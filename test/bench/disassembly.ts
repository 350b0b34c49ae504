import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { ensurePackages } from '../../scripts/lib/debian.mjs';
import { exists, onPath, root } from '../../scripts/lib/run.mjs';
import { type InstructionSpec, instructions } from '../../server/src/isa';
import { generator } from '../isa/oracle/random';
import type { Decoding } from './decoding-process';
import { type Bench, Unavailable } from './options';
import { bundled, runTimed } from './processes';
import { above, count, duration, type Result, ratio, type Section, tableText } from './report';
import { median } from './statistics';

/** A library that a compiler made, from the Debian package. */
const library = { path: '/usr/riscv64-linux-gnu/lib/libc.so.6', from: 'libc6-riscv64-cross' };
const packages = ['binutils-riscv64-linux-gnu', 'llvm-22'];
const features = '--mattr=+m,+a,+f,+d,+c';

/** A program with its arguments. */
type Command = readonly [string, ...string[]];

/** What is disassembled, and how each program is asked to. */
interface Work {
  readonly name: string;
  readonly what: string;
  /** Instructions in it. */
  readonly words: number;
  readonly commands: Readonly<Record<string, Command>>;
  /** The bare code. */
  readonly code: string;
}

/** `cmodx disasm` against GNU objdump, llvm-mc and llvm-objdump on the same code, and decoding alone. */
export async function disassembly(bench: Bench): Promise<Section> {
  await requireTools();
  const process = await bundled('decoding-process', bench.scratch);
  const works = [await randomWork(bench), await libraryWork(bench)];
  const measured: {
    readonly work: Work;
    readonly times: Readonly<Record<string, number>>;
    readonly engine: Decoding;
  }[] = [];
  for (const work of works) {
    const engine = await decoding(process, bench.quick ? 2 : 7, work.code);
    const whole = { ...work, words: work.words || engine.words };
    measured.push({ work: whole, times: await timesOf(work.commands, bench), engine });
  }
  return {
    title: 'Disassembly',
    blocks: [
      `The same code by \`cmodx disasm\` and by others: ${works.map(({ what }) => what).join('; ')}. From before the process is made until it has ended, its output to \`/dev/null\`, median of ${rounds(bench)} runs in turn; in instructions a second, and how many times as long as cmodx it takes. \`llvm-mc\` has the same bytes as text, which is how it wants them.`,
      tableText(
        ['program', ...works.map(({ name }) => name)],
        Object.keys(works[0]?.commands ?? {}).map((name) => [
          `\`${name}\``,
          ...measured.map(({ work, times }) => {
            const [own = Number.NaN, its = Number.NaN] = [times.cmodx, times[name]];
            return `${duration(its)}, ${rate(work.words, its)} (${ratio(its, own)})`;
          }),
        ]),
      ),
      `In the engine alone, warm, the best of several rounds: ${measured.map(({ work, engine }) => `${work.name}: decoded ${rate(engine.words, engine.decoded)}, printed ${rate(engine.words, engine.printed)}`).join('; ')}.`,
    ],
    results: measured.flatMap(({ work, times, engine }): Result[] => {
      const own = times.cmodx ?? Number.NaN;
      const { name } = work;
      const others = Object.keys(times).filter((one) => one !== 'cmodx');
      return [
        above(`Decoding ${name}, million words a second`, engine.words / engine.decoded / 1000, 2, (value) =>
          value.toFixed(1),
        ),
        above(`\`cmodx disasm\` of ${name}, million words a second`, work.words / own / 1000, 2, (value) =>
          value.toFixed(1),
        ),
        ...others.map((other) =>
          above(
            `The same, \`${other}\` in times of it`,
            (times[other] ?? Number.NaN) / own,
            1,
            (value) => `${value.toFixed(1)}x`,
          ),
        ),
      ];
    }),
  };
}

const rounds = ({ quick }: Bench): number => (quick ? 1 : 5);

/** `1.9 M/s`. */
const rate = (words: number, ms: number): string => `${(words / ms / 1000).toFixed(2)} M/s`;

/** @throws Unavailable where a tool or the library cannot be had */
async function requireTools(): Promise<void> {
  const tools = ['riscv64-linux-gnu-objdump', 'llvm-mc-22', 'llvm-objdump-22'];
  const missing = async (): Promise<boolean> =>
    !(await exists(library.path)) || (await Promise.all(tools.map(onPath))).includes(null);
  if (!(await missing())) return;
  const wanted = [...packages, library.from];
  await ensurePackages(wanted);
  if (await missing()) throw new Unavailable(`apt-get install ${wanted.join(' ')}`);
}

/** A million instructions of RV64GC, all equally often, their operands at random. */
async function randomWork({ scratch, built, quick }: Bench): Promise<Work> {
  const words = quick ? 100_000 : 1_000_000;
  const file = `${scratch}/random.bin`;
  const code = randomCode(words);
  await writeFile(file, code);
  const text = `${scratch}/random.txt`;
  await writeFile(text, hexText(code));
  const object = `${scratch}/random.o`;
  const wrapped = ['-I', 'binary', '-O', 'elf64-littleriscv', '--rename-section', '.data=.text,code,alloc,contents'];
  await ran(['riscv64-linux-gnu-objcopy', ...wrapped, file, object]);
  return {
    name: 'random instructions',
    what: `${count(words)} random instructions, all of RV64GC equally often, a raw binary`,
    words,
    code: file,
    commands: {
      cmodx: [process.execPath, `${built}/cli.js`, 'disasm', file],
      objdump: ['riscv64-linux-gnu-objdump', '-D', '-b', 'binary', '-m', 'riscv:rv64', file],
      'llvm-mc': ['llvm-mc-22', '--disassemble', '--triple=riscv64', features, text],
      'llvm-objdump': ['llvm-objdump-22', '-d', '-z', features, object],
    },
  };
}

/** The code of a shared library, as the ELF file that it is. */
async function libraryWork({ scratch, built }: Bench): Promise<Work> {
  const file = `${scratch}/library.so`;
  await copyFile(library.path, file);
  const bare = `${scratch}/library.bin`;
  await ran(['riscv64-linux-gnu-objcopy', '-O', 'binary', '-j', '.text', file, bare]);
  const text = `${scratch}/library.txt`;
  await writeFile(text, hexText(await readFile(bare)));
  return {
    name: 'libc.so.6',
    what: "Debian's libc.so.6, an ELF file",
    words: 0,
    code: bare,
    commands: {
      cmodx: [process.execPath, `${built}/cli.js`, 'disasm', file],
      objdump: ['riscv64-linux-gnu-objdump', '-d', '-z', file],
      'llvm-mc': ['llvm-mc-22', '--disassemble', '--triple=riscv64', features, text],
      'llvm-objdump': ['llvm-objdump-22', '-d', '-z', features, file],
    },
  };
}

function randomCode(words: number): Uint8Array {
  const specs = instructions.filter(isOfRv64gc);
  const random = generator(1);
  const code = Buffer.alloc(4 * words);
  let at = 0;
  for (let i = 0; i < words; i++) {
    const spec = specs[random() % specs.length];
    if (!spec) throw new Error('no instructions');
    at = code.writeUIntLE((spec.match | (random() & ~spec.mask & (2 ** (8 * spec.length) - 1))) >>> 0, at, spec.length);
  }
  return code.subarray(0, at);
}

const RV64GC = new Set(['i', 'm', 'a', 'zaamo', 'zalrsc', 'zmmul', 'f', 'd', 'c', 'zca', 'zcd', 'zicsr', 'zifencei']);
const isOfRv64gc = ({ xlens, extensions }: InstructionSpec): boolean =>
  xlens.includes(64) && extensions.some((all) => all.every((name) => RV64GC.has(name)));

/** Code as llvm-mc reads it, an instruction a line. */
function hexText(code: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < code.length; ) {
    const length = ((code[at] ?? 0) & 3) === 3 ? 4 : 2;
    const bytes = Array.from(code.subarray(at, at + length), (byte) => `0x${byte.toString(16).padStart(2, '0')}`);
    lines.push(bytes.join(' '));
    at += length;
  }
  return `${lines.join('\n')}\n`;
}

async function ran([program, ...args]: Command): Promise<void> {
  const { code, output } = await runTimed(program, args, { cwd: root });
  if (code !== 0) throw new Error(`${program}: exit ${code}: ${output.slice(-2000)}`);
}

/** The median time of each command, in ms; one after the other, so that all have the same machine. */
async function timesOf(commands: Work['commands'], bench: Bench): Promise<Readonly<Record<string, number>>> {
  const times: Record<string, number[]> = {};
  for (let round = 0; round < rounds(bench); round++) {
    for (const [name, [program, ...args]] of Object.entries(commands)) {
      const { ms, code, output } = await runTimed(program, args, { cwd: root, discard: true });
      // llvm-mc goes on after what it finds to be no instruction, and ends with 1.
      if (code !== 0 && name !== 'llvm-mc') throw new Error(`${name}: exit ${code}: ${output.slice(-2000)}`);
      times[name] = [...(times[name] ?? []), ms];
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, some]) => [name, median(some)]));
}

async function decoding(script: string, rounds: number, file: string): Promise<Decoding> {
  const { code, output } = await runTimed(process.execPath, [script, `${rounds}`, file], { cwd: root });
  if (code !== 0) throw new Error(`decoding: exit ${code}: ${output.slice(-2000)}`);
  return JSON.parse(output) as Decoding;
}
