import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');

/**
 * Bundles entries of the project for Node, as the shipped ones are, into a directory of their own.
 * @param entries output name to entry file
 * @returns the directory, and how to remove it
 */
export async function bundle(
  entries: Readonly<Record<string, string>>,
): Promise<{ readonly directory: string; readonly remove: () => void }> {
  const directory = mkdtempSync(join(tmpdir(), 'cmodx-test-'));
  await build({
    absWorkingDir: root,
    entryPoints: Object.entries(entries).map(([out, entry]) => ({ in: entry, out })),
    outdir: directory,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
