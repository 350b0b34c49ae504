/**
 * `npm start`: from a fresh clone to the examples open in VS Code, with all set-up between. Needs Node and npm.
 * Runs until Ctrl-C.
 */
import { readdir } from 'node:fs/promises';
import { ensureDependencies } from './lib/dependencies.mjs';
import { onPath, root, run } from './lib/run.mjs';

const data = `${root}.cache/start`;
const examples = `${root}examples`;
const mail = 'ftrace/replay-auipc.cmodx';
const vsix = `${root}cmodx.vsix`;
const port = Number(process.env.CMODX_PORT ?? 8765);

await ensureDependencies();
console.log('Building the extension (npm run package)');
await run(process.execPath, ['scripts/package.mjs'], { quiet: true });

console.log('\nThe verdicts of the examples (cmodx check):\n');
const files = (await readdir(examples, { recursive: true })).filter((file) => file.endsWith('.cmodx')).sort();
await run(process.execPath, ['dist/cli.js', 'check', ...files.map((file) => `examples/${file}`)], { check: false });

console.log('\nThe litmus tests among them (cmodx litmus):\n');
const litmus = await run(process.execPath, ['dist/cli.js', 'litmus', 'examples/litmus'], { quiet: true, check: false });
console.log(litmus.output.match(/^Observation .*$/gm)?.join('\n') ?? litmus.output);

const desktop = process.env.CMODX_EDITOR === 'browser' ? null : await onPath('code');
if (desktop !== null) {
  const own = ['--user-data-dir', `${data}/code/user`, '--extensions-dir', `${data}/code/extensions`];
  await run(desktop, [...own, '--install-extension', vsix, '--force'], { quiet: true });
  console.log('\nThe examples are open in VS Code. Close its window, or press Ctrl-C, to end.');
  await run(desktop, [...own, '--new-window', '--wait', examples], { check: false });
} else {
  const { ensureHost, startHost } = await import('./lib/host.mjs');
  await ensureHost();
  const host = await startHost({ data, vsix, port });
  const file = `vscode-remote://127.0.0.1:${host.port}${examples}/${mail}`;
  const payload = encodeURIComponent(JSON.stringify([['openFile', file]]));
  console.log(`\nVS Code with the examples open: ${host.address}?folder=${examples}&payload=${payload}`);
  console.log('Press Ctrl-C to end.');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void host.stop());
  await host.stopped;
}
