/** SPIN: a model of this folder made into a verifier, and what that finds. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onPath, root } from '../../scripts/lib/run.mjs';
import { type Bench, Unavailable } from './options';
import { runTimed } from './processes';

/** What an expert gives the compiler beside `-O2`: safety alone is asked, so no room for liveness; 4 GB at most. */
export const compilerOptions: readonly string[] = ['-DSAFETY', '-DMEMLIM=4096'];
/**
 * Depth: the default of 10,000 may not do for the largest configurations, and then nothing is proved. Hash table: small
 * at first, because clearing the default one takes a tenth of a second; pan makes it larger where it fills up.
 */
export const verifierOptions: readonly string[] = ['-m100000', '-w20'];

/** Macros of a model: `HARTS=2`, `NO_FIXUP`. */
export type Defines = readonly string[];

export interface SpinRun {
  /** `capped`: the time, memory or depth given was not enough. */
  readonly verdict: 'safe' | 'unsafe' | 'capped';
  readonly states: number;
  /** `spin -a`, `gcc` and `pan` together, in milliseconds. */
  readonly total: number;
  /** `pan` alone, in milliseconds. */
  readonly pan: number;
}

/** @throws Unavailable where SPIN or the compiler is missing */
export async function requireSpin(): Promise<void> {
  const missing: string[] = [];
  for (const program of ['spin', 'gcc']) if ((await onPath(program)) === null) missing.push(program);
  if (missing.length > 0) throw new Unavailable(`apt-get install ${missing.join(' ')}`);
}

/** `Spin Version 6.5.2`, `gcc 12.2.0`. */
export async function spinVersions(): Promise<string> {
  const spin = await runTimed('spin', ['-V'], { cwd: root });
  const gcc = await runTimed('gcc', ['-dumpfullversion'], { cwd: root });
  return `SPIN ${/Version (\S+)/.exec(spin.output)?.[1] ?? ''}, gcc ${gcc.output.trim()}`;
}

/**
 * From a model's text to the verdict, for one configuration.
 * @param promela file name of the model
 * @param level how far the compiler goes: for a small model most of the time is its own
 */
export async function runSpin(
  { scratch, cap, level = '-O2' }: Pick<Bench, 'scratch' | 'cap'> & { readonly level?: '-O0' | '-O2' },
  promela: string,
  defines: Defines,
): Promise<SpinRun> {
  await mkdir(scratch, { recursive: true });
  const cwd = await mkdtemp(join(scratch, 'spin-'));
  try {
    const macros = defines.map((define) => `-D${define}`);
    const spin = await runTimed('spin', [...macros, '-a', `${root}test/bench/${promela}`], { cwd });
    const gcc = await runTimed('gcc', [level, ...compilerOptions, '-o', 'pan', 'pan.c'], { cwd });
    if (spin.code !== 0 || gcc.code !== 0) throw new Error(`no verifier: ${spin.output}${gcc.output}`);
    const pan = await runTimed('./pan', verifierOptions, { cwd, seconds: cap });
    const states = Number(/(\d+) states, stored/.exec(pan.output)?.[1] ?? 0);
    const errors = Number(/errors: (\d+)/.exec(pan.output)?.[1] ?? 0);
    const finished = pan.code === 0 && !/search not completed|search depth too small|out of memory/i.test(pan.output);
    const verdict = errors > 0 ? 'unsafe' : finished ? 'safe' : 'capped';
    return { verdict, states, total: spin.ms + gcc.ms + pan.ms, pan: pan.ms };
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}
