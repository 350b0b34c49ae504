/** Builds the extension and packs it into cmodx.vsix. Fails where that grows over its limit. */
import { stat } from 'node:fs/promises';
import { createVSIX } from '@vscode/vsce';
import { buildAll } from './build.mjs';
import { largestPackage } from './lib/budget.mjs';
import { root } from './lib/run.mjs';

const vsix = `${root}cmodx.vsix`;

await buildAll({ minify: true });
await createVSIX({ cwd: root, packagePath: vsix, dependencies: false });
const { size } = await stat(vsix);
if (size > largestPackage) throw new Error(`cmodx.vsix has ${size} bytes, more than ${largestPackage}`);
console.log(`cmodx.vsix: ${(size / 1024).toFixed(0)} KB`);
