/**
 * `npm test`: all set-up, then everything: types, lint, layers, generated files, grammar, unit tests with the oracles
 * and conformance data, and the end-to-end tests. Ends with `N passed, N failed`; the exit code says whether any failed.
 * `npm test -- NAME...` runs the suites of these names alone.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { ensurePackages } from './lib/debian.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { exists, root, run } from './lib/run.mjs';

/** @typedef {{ passed: number, failed: number }} Count */
/** @typedef {{ name: string, run: () => Promise<Count> }} Suite */

const reports = `${root}.cache/reports`;
const bin = (/** @type {string} */ name) => `${root}node_modules/.bin/${name}`;

/**
 * A program that passes or fails as a whole.
 * @param {string} name
 * @param {string} program
 * @param {...string} args
 * @returns {Suite}
 */
function check(name, program, ...args) {
  return {
    name,
    async run() {
      const { code, output } = await run(program, args, { quiet: true, check: false, minutes: 5 });
      if (code === 0) return { passed: 1, failed: 0 };
      console.log(output.trimEnd());
      return { passed: 0, failed: 1 };
    },
  };
}

/**
 * Tests that Vitest counts.
 * @param {string} name
 * @param {...string} args
 * @returns {Suite}
 */
function vitest(name, ...args) {
  return {
    name,
    async run() {
      const report = `${reports}/${name}.json`;
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const { code } = await run(bin('vitest'), ['run', ...reporters, ...args], { check: false, minutes: 15 });
      const result = await readFile(report, 'utf8').then(JSON.parse, () => null);
      const passed = Number(result?.numPassedTests ?? 0);
      const failed = Number(result?.numFailedTests ?? 0);
      // A file that does not load or an error outside a test fails the run and counts as no test.
      return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
    },
  };
}

/** @type {Suite[]} */
const suites = [
  check('types', bin('tsc'), '--noEmit', '-p', '.'),
  check('format', bin('biome'), 'check', '--error-on-warnings', '.'),
  check('lint', bin('eslint'), '.'),
  check('layers', bin('depcruise'), 'client', 'server', 'test', '--config', '.dependency-cruiser.cjs'),
  check('unused', bin('knip')),
  check('generated', process.execPath, 'scripts/generate.mjs', '--check'),
  check('grammar', bin('vscode-tmgrammar-test'), '-g', 'syntaxes/cmodx.tmLanguage.json', 'test/syntaxes/*.cmodx'),
  check(
    'litmus grammar',
    bin('vscode-tmgrammar-test'),
    '-g',
    'syntaxes/litmus.tmLanguage.json',
    'test/syntaxes/*.litmus',
  ),
  check('package', process.execPath, 'scripts/package.mjs'),
  vitest('unit'),
  vitest('e2e', '--config', 'test/e2e/vitest.config.mts'),
];

const wanted = process.argv.slice(2);
const chosen = suites.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
if (chosen.length === 0) {
  console.error(`No such suite. There are: ${suites.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}

await ensureDependencies();
if (chosen.some(({ name }) => name === 'unit' || name === 'e2e')) await ensurePackages();
await mkdir(reports, { recursive: true });

const total = { passed: 0, failed: 0 };
for (const suite of chosen) {
  const start = performance.now();
  console.log(`\n== ${suite.name}`);
  const { passed, failed } = await suite.run();
  total.passed += passed;
  total.failed += failed;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${suite.name}: ${passed} passed, ${failed} failed (${seconds} s)`);
}
console.log('');
// Verdicts from outside the project, which lie beside it where they are to be had.
if (!(await exists(`${root}../shared/litmus`))) console.log('conformance: not available');
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
