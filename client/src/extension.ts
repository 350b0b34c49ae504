import type { ExtensionContext } from 'vscode';
import { clientOptions, startSession } from './session';

/** The extension on the desktop and in a remote host: the language server is a process of its own. */
export function activate(context: ExtensionContext): void {
  const module = context.asAbsolutePath('dist/server.js');
  startSession(context, async () => {
    // Loaded here and not above: it is most of the bundle, and activation need not wait for it.
    const { LanguageClient, TransportKind } = await import('vscode-languageclient/node');
    const run = { module, transport: TransportKind.ipc };
    const debug = { ...run, options: { execArgv: ['--nolazy', '--inspect=6009'] } };
    return new LanguageClient('cmodx', 'CMODX', { run, debug }, clientOptions({}));
  });
}
