import { ensurePackages } from '../../scripts/lib/debian.mjs';
import { onPath, root } from '../../scripts/lib/run.mjs';
import type { Emulation } from './emulator-process';
import { type Bench, Unavailable } from './options';
import { bundled, runTimed } from './processes';
import { above, count, ratio, type Section, tableText } from './report';
import { median } from './statistics';

const folder = `${root}test/bench/emulator`;

/** The programs, and how many rounds of each are some 300 million instructions. */
const programs = [
  { what: 'like Dhrystone', source: 'strings-and-records.c', rounds: 400_000 },
  { what: 'like CoreMark', source: 'lists-matrices-states.c', rounds: 6_000 },
] as const;

const compilerOptions =
  '-O2 -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany -ffreestanding -fno-builtin -fno-tree-loop-distribute-patterns -nostdlib -nostartfiles -Wl,--build-id=none -Wl,--no-warn-rwx-segments';

/** So many times as many rounds for QEMU's JIT compiler: its start is to be of no account. */
const more = 20;

/** What an interpreter in WebAssembly reached on another day. */
const publishedPeer = 27;

/** One program, in million instructions a second. */
interface Speeds {
  readonly what: string;
  readonly instructions: number;
  readonly cmodx: number;
  readonly command: number;
  readonly jit: number;
  readonly single: number;
}

/** Programs in the emulator and under QEMU's user mode, with its JIT compiler and with one instruction a block. */
export async function emulator(bench: Bench): Promise<Section> {
  await requireTools();
  const script = await bundled('emulator-process', bench.scratch);
  const all: Speeds[] = [];
  for (const program of programs) all.push(await speedsOf(program, script, bench));
  return {
    title: 'The emulator',
    blocks: [
      `Two programs of our own, in the manner of Dhrystone and CoreMark (\`test/bench/emulator\`), compiled by gcc with -O2 for RV64IMAC: ${all.map(({ what, instructions }) => `${count(Math.round(instructions / 1e6))} million instructions ${what}`).join(', ')}; median of ${runs(bench)} runs. \`qemu-riscv64\` runs the same C in its user mode: with its JIT compiler (${more} times as many rounds), and with one instruction a block (\`-singlestep\`). In million instructions a second; those of processes with their start:`,
      tableText(
        ['', ...all.map(({ what }) => what)],
        [
          ['cmodx, from the loaded program to its end', ...all.map(({ cmodx }) => mips(cmodx))],
          ['`cmodx run`', ...all.map(({ command }) => mips(command))],
          [
            '`qemu-riscv64 -singlestep`',
            ...all.map(({ single, cmodx }) => `${mips(single)} (${ratio(single, cmodx)})`),
          ],
          ['`qemu-riscv64`', ...all.map(({ jit, cmodx }) => `${mips(jit)} (${ratio(jit, cmodx)})`)],
        ],
      ),
      `No peer in JavaScript or WebAssembly could be run here: of the packages that were looked at (among those of the npm registry that many use, and those that searches name) only \`riscv_emu_rust_wasm\` is said to run RV64 ELF programs, and the registry no longer has it. An interpreter in WebAssembly in Node reached ${publishedPeer} on a small loop, on a machine of this kind, not in this run: cmodx is at ${all.map(({ cmodx }) => ratio(cmodx, publishedPeer)).join(' and ')} of it.`,
    ],
    results: all.flatMap(({ what, cmodx }) => [above(`Million instructions a second, ${what}`, cmodx, 100, mips)]),
  };
}

const mips = (value: number): string => value.toFixed(0);
const runs = ({ quick }: Bench): number => (quick ? 1 : 3);

/** @throws Unavailable where the compiler or QEMU cannot be had */
async function requireTools(): Promise<void> {
  const tools = ['riscv64-unknown-elf-gcc', 'qemu-riscv64'];
  const packages = ['gcc-riscv64-unknown-elf', 'qemu-user'];
  const missing = async (): Promise<boolean> => (await Promise.all(tools.map(onPath))).includes(null);
  if (!(await missing())) return;
  await ensurePackages(packages);
  if (await missing()) throw new Unavailable(`apt-get install ${packages.join(' ')}`);
}

async function speedsOf(program: (typeof programs)[number], script: string, bench: Bench): Promise<Speeds> {
  const rounds = bench.quick ? Math.round(program.rounds / 10) : program.rounds;
  const bare = await compiled(program.source, rounds, false, bench);
  const user = await compiled(program.source, rounds, true, bench);
  const long = await compiled(program.source, rounds * more, true, bench);
  const times: Record<'engine' | 'command' | 'single' | 'jit', number[]> = {
    engine: [],
    command: [],
    single: [],
    jit: [],
  };
  let instructions = 0;
  for (let run = 0; run < runs(bench); run++) {
    const inside = await runTimed(process.execPath, [script, bare], { cwd: root, seconds: 600 });
    if (inside.code !== 0) throw new Error(`${program.source}: ${inside.output.slice(-2000)}`);
    const emulation = JSON.parse(inside.output) as Emulation;
    instructions = emulation.instructions;
    times.engine.push(emulation.ms);
    const timed = async (command: string, args: readonly string[], same = true): Promise<number> => {
      const { ms, code, output } = await runTimed(command, args, { cwd: root, seconds: 600 });
      if (code === null || (same && code !== emulation.exitCode))
        throw new Error(`${command}: ended with ${code}, in the emulator with ${emulation.exitCode}: ${output}`);
      return ms;
    };
    const steps = `${10 * emulation.instructions}`;
    times.command.push(await timed(process.execPath, [`${bench.built}/cli.js`, 'run', '--max-steps', steps, bare]));
    times.single.push(await timed('qemu-riscv64', ['-singlestep', user]));
    times.jit.push(await timed('qemu-riscv64', [long], false));
  }
  const speed = (some: readonly number[], factor = 1): number => (factor * instructions) / median(some) / 1000;
  return {
    what: program.what,
    instructions,
    cmodx: speed(times.engine),
    command: speed(times.command),
    single: speed(times.single),
    jit: speed(times.jit, more),
  };
}

/** @returns the program's path */
async function compiled(source: string, rounds: number, user: boolean, { scratch }: Bench): Promise<string> {
  const out = `${scratch}/${source}-${rounds}-${user ? 'user' : 'bare'}.elf`;
  const place = user ? ['-DUSER_MODE'] : ['-T', `${root}test/machine/system/link.ld`];
  const files = [`${folder}/start.S`, `${folder}/${source}`];
  const args = [...compilerOptions.split(' '), `-DROUNDS=${rounds}`, ...place, ...files, '-o', out];
  const { code, output } = await runTimed('riscv64-unknown-elf-gcc', args, { cwd: root });
  if (code !== 0) throw new Error(`${source}: ${output}`);
  return out;
}
