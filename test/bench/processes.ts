import { spawn } from 'node:child_process';
import { build } from 'esbuild';
import { root } from '../../scripts/lib/run.mjs';

export interface Run {
  /** From before the process is made until it has ended, in milliseconds. */
  readonly ms: number;
  /** Null where it ended by a signal: killed at the time limit, for one. */
  readonly code: number | null;
  /** Standard output and standard error. */
  readonly output: string;
}

/** Runs a program to its end, or kills it after so many seconds. With `discard` its output goes to /dev/null. */
export function runTimed(
  program: string,
  args: readonly string[],
  {
    cwd,
    seconds = 120,
    discard = false,
  }: { readonly cwd: string; readonly seconds?: number; readonly discard?: boolean },
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, args, {
      cwd,
      stdio: ['ignore', discard ? 'ignore' : 'pipe', discard ? 'ignore' : 'pipe'],
      timeout: seconds * 1000,
      killSignal: 'SIGKILL',
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => resolve({ ms: performance.now() - start, code, output }));
  });
}

/** Bundles a module of test/bench to be run as a process of its own, minified as what is shipped. @returns its path */
export async function bundled(name: string, scratch: string): Promise<string> {
  const outfile = `${scratch}/${name}.mjs`;
  await build({
    absWorkingDir: root,
    entryPoints: [`test/bench/${name}.ts`],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  return outfile;
}
