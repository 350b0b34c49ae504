/** The project's own npm packages: installed where they are not, or not as the lock file says. Needs nothing but Node. */
import { readFile } from 'node:fs/promises';
import { root, run } from './run.mjs';

/** @typedef {{ packages: Record<string, { version?: string, optional?: boolean }> }} Lock */

/** Makes node_modules agree with package-lock.json; says so where it has to install. */
export async function ensureDependencies() {
  if (await installed()) return;
  console.log('Installing the npm packages of package-lock.json into node_modules (npm install)');
  // Not `npm ci`: it refuses a lock file without the optional packages of other platforms, which a registry may lack.
  await run('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    quiet: true,
  });
}

async function installed() {
  const wanted = await readLock(`${root}package-lock.json`);
  const found = await readLock(`${root}node_modules/.package-lock.json`);
  if (wanted === null || found === null) return false;
  return Object.entries(wanted.packages).every(
    ([path, { version, optional }]) => path === '' || optional || found.packages[path]?.version === version,
  );
}

/**
 * @param {string} path
 * @returns {Promise<Lock | null>}
 */
async function readLock(path) {
  return readFile(path, 'utf8').then(JSON.parse, () => null);
}
