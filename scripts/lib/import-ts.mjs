import { mkdir, rm } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = new URL('../..', import.meta.url).pathname;

/**
 * Imports a TypeScript module of the project into a script (Node 20 cannot).
 * @param {string} entry path from the project's root
 * @returns {Promise<any>} the module's exports
 */
export async function importTs(entry) {
  // Two levels below the root, as the modules are that find the root from where they lie.
  const directory = `${root}.cache/scripts`;
  await mkdir(directory, { recursive: true });
  const outfile = `${directory}/${entry.replaceAll('/', '-')}-${process.pid}.mjs`;
  try {
    await build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: 'node',
      packages: 'external',
      format: 'esm',
      logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(outfile, { force: true });
  }
}
