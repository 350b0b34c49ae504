/**
 * Writes what is generated from tables: the manifest's `contributes`, docs/settings.md, docs/diagnostics/,
 * docs/systems/, docs/instructions.md, docs/coverage.md, the texts of the templates and the grammars.
 * With `--check` it writes nothing and fails where a file is not in step.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { importTs } from './lib/import-ts.mjs';

const root = new URL('..', import.meta.url).pathname;
const check = process.argv.includes('--check');

const { contributes, settingsPage } = await importTs('client/src/contributions.ts');
const { grammar } = await importTs('scripts/lib/grammar.ts');
const { litmusGrammar } = await importTs('scripts/lib/litmus-grammar.ts');
const { coveragePage } = await importTs('scripts/lib/coverage-page.ts');
const { instructionPage } = await importTs('scripts/lib/instruction-page.ts');
const { templateTexts } = await importTs('scripts/lib/template-texts.ts');
const { systemPages } = await importTs('scripts/lib/system-pages.ts');
const { diagnosticPages } = await importTs('scripts/lib/diagnostic-pages.ts');

/** @typedef {[file: string, text: (old: string) => string]} Generated */

/** @type {Generated[]} */
const pages = [...diagnosticPages()].map(([name, text]) => [`docs/diagnostics/${name}`, () => text]);

/** @type {Generated[]} */
const systems = [...systemPages()].map(([name, text]) => [`docs/systems/${name}`, () => text]);

/** @type {Generated[]} each file and its text, given its old one */
const files = [
  ['package.json', (old) => `${JSON.stringify({ ...JSON.parse(old), contributes: contributes() }, null, 2)}\n`],
  ['docs/settings.md', () => settingsPage()],
  ['server/src/import/template-texts.json', () => templateTexts()],
  ['docs/instructions.md', () => instructionPage()],
  ['docs/coverage.md', () => coveragePage()],
  ...pages,
  ...systems,
  ['syntaxes/cmodx.tmLanguage.json', () => `${JSON.stringify(grammar(), null, 2)}\n`],
  ['syntaxes/litmus.tmLanguage.json', () => `${JSON.stringify(litmusGrammar(), null, 2)}\n`],
];

let stale = 0;
for (const [file, text] of files) {
  const old = await readFile(root + file, 'utf8').catch(() => '');
  const next = text(old);
  if (old === next) continue;
  stale += 1;
  if (check) console.error(`${file} is not in step with its table: run \`npm run generate\``);
  else {
    await writeFile(root + file, next);
    console.log(`wrote ${file}`);
  }
}
if (check && stale > 0) process.exit(1);
