/** Builds the extension and packs it into cmodx.vsix. Fails where it grows over its limit. */
import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { createVSIX } from '@vscode/vsce';
import { buildAll } from './build.mjs';
import { root } from './lib/run.mjs';

export const vsix = `${root}cmodx.vsix`;
const largest = 1024 * 1024;

/** @returns {Promise<number>} the package's size in bytes */
export async function packageExtension() {
  await buildAll({ minify: true });
  await createVSIX({ cwd: root, packagePath: vsix, dependencies: false, allowMissingRepository: true });
  const { size } = await stat(vsix);
  if (size > largest) throw new Error(`cmodx.vsix has ${size} bytes, more than ${largest}`);
  return size;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const size = await packageExtension();
  console.log(`cmodx.vsix: ${(size / 1024).toFixed(0)} KB`);
}
