import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, normalize } from 'node:path';
import { vscodeWeb } from '../../scripts/lib/host.mjs';
import { root } from '../../scripts/lib/run.mjs';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/**
 * VS Code's web build with the extension, as files and nothing else: no server runs any of it. The extension's files
 * come from the project as it was last built.
 * @returns the address, and what ends the server
 */
export async function startWebHost(): Promise<{ address: string; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    content(path, (server.address() as AddressInfo).port).then(
      (body) => {
        response.writeHead(200, {
          'Content-Type': types[extname(path)] ?? (path === '/' ? 'text/html' : 'application/octet-stream'),
          'Access-Control-Allow-Origin': '*',
        });
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}/`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function content(path: string, port: number): Promise<string | Buffer> {
  if (path === '/') return page();
  if (path === '/product.json') return JSON.stringify(product(port));
  const [, area, rest] = /^\/(static|extension)(\/.*)$/.exec(normalize(path)) ?? [];
  if (rest === undefined) throw new Error('not found');
  return readFile(`${area === 'static' ? vscodeWeb : root}${rest}`);
}

function product(port: number): unknown {
  return {
    productConfiguration: { nameShort: 'VS Code Web', nameLong: 'VS Code Web', applicationName: 'code-web' },
    additionalBuiltinExtensions: [{ scheme: 'http', authority: `localhost:${port}`, path: '/extension' }],
    configurationDefaults: { 'workbench.startupEditor': 'none', 'security.workspace.trust.enabled': false },
  };
}

async function page(): Promise<string> {
  const template = await readFile(`${vscodeWeb}/out/vs/code/browser/workbench/workbench.html`, 'utf8');
  return template
    .replaceAll('{{WORKBENCH_WEB_BASE_URL}}', '/static')
    .replaceAll('{{WORKBENCH_WEB_CONFIGURATION}}', '{}')
    .replaceAll('{{WORKBENCH_AUTH_SESSION}}', '')
    .replaceAll('{{WORKBENCH_NLS_BASE_URL}}', '');
}
