/** Child processes for the scripts: said before they run, quiet unless they fail. */
import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export const root = new URL('../..', import.meta.url).pathname;

/**
 * Runs a program to its end.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, quiet?: boolean, check?: boolean, minutes?: number }} [options]
 *   quiet: keep the output, and show it only where the program fails; check (default true): throw then;
 *   minutes: kill it after so long (default 20)
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(program, args, { cwd = root, env = {}, quiet = false, check = true, minutes = 20 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      timeout: minutes * 60_000,
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk;
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0 || !check) resolve({ code: code ?? 1, output });
      else {
        reject(new Error(`${program} ${args.join(' ')} failed (${signal ?? `exit code ${code}`})\n${output}`.trim()));
      }
    });
  });
}

/**
 * Where a program lies on PATH; null where it does not.
 * @param {string} program
 */
export async function onPath(program) {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(directory, program);
    if (directory !== '' && (await exists(path))) return path;
  }
  return null;
}

/** @param {string} path */
export function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}
