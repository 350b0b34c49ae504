/** Bundles the extension (desktop and web), its language server, the checker's worker and the command line into dist/. */
import { rm } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;

/**
 * What runs in Node: CommonJS, because VS Code up to 1.99 loads extensions with `require`.
 * @type {import('esbuild').BuildOptions}
 */
const node = { platform: 'node', format: 'cjs', target: 'node20' };
/**
 * The web extension host wraps CommonJS too; workers are plain scripts.
 * @type {import('esbuild').BuildOptions}
 */
const web = { platform: 'browser', format: 'cjs', target: 'es2022', mainFields: ['browser', 'module', 'main'] };
/** @type {import('esbuild').BuildOptions} */
const webWorker = { ...web, format: 'iife' };

/** @type {(import('esbuild').BuildOptions & { entry: string })[]} */
const bundles = [
  { ...node, entry: 'client/src/extension.ts', outfile: 'dist/extension.js', external: ['vscode'] },
  { ...node, entry: 'server/src/lsp/node.ts', outfile: 'dist/server.js' },
  { ...node, entry: 'server/src/worker/node-entry.ts', outfile: 'dist/checker-worker.js' },
  { ...node, entry: 'server/src/cli/main.ts', outfile: 'dist/cli.js', banner: { js: '#!/usr/bin/env node' } },
  { ...web, entry: 'client/src/browser.ts', outfile: 'dist/web/extension.js', external: ['vscode'] },
  { ...webWorker, entry: 'server/src/lsp/browser.ts', outfile: 'dist/web/server.js' },
  { ...webWorker, entry: 'server/src/worker/browser-entry.ts', outfile: 'dist/web/checker-worker.js' },
];

/**
 * Builds every bundle into dist/, from nothing.
 * @param {{ minify?: boolean }} options minified for the package, readable with source maps otherwise
 */
export async function buildAll({ minify = false } = {}) {
  await rm(`${root}dist`, { recursive: true, force: true });
  await Promise.all(
    bundles.map(({ entry, ...options }) =>
      build({
        ...options,
        absWorkingDir: root,
        entryPoints: [entry],
        bundle: true,
        minify,
        sourcemap: minify ? false : 'linked',
        legalComments: 'none',
        logLevel: 'warning',
      }),
    ),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await buildAll({ minify: process.argv.includes('--minify') });
}
