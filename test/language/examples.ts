import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../examples');

/** All example scenarios: path under `examples/`, and text. */
export const examples: readonly { readonly path: string; readonly text: string }[] = readdirSync(folder, {
  recursive: true,
  encoding: 'utf8',
})
  .filter((path) => path.endsWith('.cmodx'))
  .sort()
  .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));

/** One example by its path. */
export function example(path: string): string {
  const found = examples.find((e) => e.path === path);
  if (found === undefined) throw new Error(`there is no examples/${path}`);
  return found.text;
}

/** Reads an example beside an example, for `import`. */
export function readExample(path: string, importer: string): { readonly file: string; readonly text: string } | null {
  const beside = importer.slice(0, importer.lastIndexOf('/') + 1) + path;
  const found = examples.find((e) => e.path === beside);
  return found === undefined ? null : { file: found.path, text: found.text };
}
