/** `npm run bench`: measures, prints and writes docs/performance.md. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, run } from '../../scripts/lib/run.mjs';
import { againstSpin } from './against-spin';
import { disassembly } from './disassembly';
import { editing } from './editing';
import { emulator } from './emulator';
import { examplesSection } from './examples';
import { litmusSection } from './litmus';
import { type Part, Unavailable } from './options';
import { type Section, sectionText, summaryText } from './report';
import { shipping } from './shipping';

const parts: Readonly<Record<string, Part>> = {
  editing,
  spin: againstSpin,
  examples: examplesSection,
  litmus: litmusSection,
  disassembly,
  emulator,
  shipping,
};

const usage = `npm run bench -- [--help] [--quick] [--cap SECONDS] [PART...]
  --quick  fewer edits, harts and runs; docs/performance.md is left as it is
  --cap    seconds that SPIN's pan may take for one configuration (60)
  PART     ${Object.keys(parts).join(', ')}; all by default. With parts, docs/performance.md is left as it is`;

interface Options {
  readonly quick: boolean;
  readonly cap: number;
  readonly help: boolean;
  /** Names of `parts`; empty: all. */
  readonly chosen: readonly string[];
}

/** @throws Error in words where the arguments make no sense */
function readOptions(args: string[]): Options {
  const { values, positionals: chosen } = parseArgs({
    args,
    allowPositionals: true,
    options: { quick: { type: 'boolean' }, cap: { type: 'string', default: '60' }, help: { type: 'boolean' } },
  });
  const cap = Number(values.cap);
  if (!(cap > 0)) throw new Error(`--cap ${values.cap}: a number of seconds is needed`);
  const unknown = chosen.find((part) => !(part in parts));
  if (unknown !== undefined) throw new Error(`there is no part ${unknown}`);
  return { quick: values.quick ?? false, cap, help: values.help ?? false, chosen };
}

/** @returns the exit code */
export async function main(args: string[]): Promise<number> {
  let options: Options;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
  if (!options.help) return measure(options);
  console.log(usage);
  return 0;
}

/** Builds, measures part after part, and writes the page where all of it was measured. */
async function measure({ quick, cap, chosen }: Options): Promise<number> {
  const text = introduction();
  console.log(`${text}\n`);
  await run(process.execPath, ['scripts/package.mjs'], { quiet: true });
  await mkdir(`${root}.cache/bench`, { recursive: true });
  const scratch = await mkdtemp(join(root, '.cache/bench/run-'));
  try {
    const built = `${scratch}/dist`;
    await cp(`${root}dist`, built, { recursive: true });
    const sections: Section[] = [];
    let complete = true;
    for (const [name, part] of Object.entries(parts)) {
      if (chosen.length > 0 && !chosen.includes(name)) continue;
      try {
        const section = await part({ built, scratch, quick, cap });
        console.log(`${sectionText(section)}\n`);
        sections.push(section);
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        console.log(`${name}: not measured: ${error.message}\n`);
        complete = false;
      }
    }
    console.log(`${summaryText(sections)}\n`);
    if (complete && !quick && chosen.length === 0) {
      await writeFile(
        `${root}docs/performance.md`,
        `${[text, summaryText(sections), ...sections.map(sectionText)].join('\n\n')}\n`,
      );
      console.log('Written: docs/performance.md');
    }
    return complete ? 0 : 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What the page begins with, as the machine is before anything is measured. */
function introduction(): string {
  const cores = availableParallelism();
  const model = (cpus()[0]?.model ?? process.arch).replace(/\s+/g, ' ').trim();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const machine = `${cores} ${cores === 1 ? 'core' : 'cores'} (${model}), ${gigabytes} GB, ${process.platform}, Node ${process.versions.node}`;
  const [load = 0] = loadavg();
  const busy =
    load > cores / 2
      ? ` Other work kept the machine busy meanwhile (load ${load.toFixed(0)} at the start), so that all times are longer than they would be.`
      : '';
  return `# Performance

Written by \`npm run bench\`, all of it in one run, on ${machine}. Times depend on the machine; the ratios of one run are what counts.${busy}`;
}
