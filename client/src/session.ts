import * as vscode from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';
import { type InitializationOptions, readFileRequest } from '../../server/src/lsp/protocol';
import { registerCommands } from './commands';
import { languageId } from './contributions';
import { registerDebugger } from './debug';
import { Server } from './server';
import { StatusItem } from './status';
import { TracePanel } from './trace-panel';

/** Imports larger than this, in bytes, are not read. */
const largestImport = 4 * 1024 * 1024;

/** What both kinds of client are started with. */
export function clientOptions(initializationOptions: InitializationOptions): LanguageClientOptions {
  return {
    // Any scheme: untitled files, virtual workspaces, the other side of a diff.
    documentSelector: [{ language: languageId }],
    synchronize: { configurationSection: languageId },
    initializationOptions,
  };
}

/**
 * Starts everything around a language client. Returns as soon as all is registered: the server goes on starting
 * behind it, so that activation costs no more than this.
 */
export function startSession(context: vscode.ExtensionContext, client: BaseLanguageClient): void {
  client.onRequest(readFileRequest, readFile);
  const server = new Server(client);
  const panel = new TracePanel(server);
  context.subscriptions.push(
    panel,
    new StatusItem(server),
    ...registerCommands(server, panel),
    ...registerDebugger(server),
    { dispose: () => void client.dispose() },
  );
  client.start().catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`CMODX: the language server did not start: ${reason}`);
  });
}

/** The text of a file that an `import` names; null where there is none. */
async function readFile({ uri }: { readonly uri: string }): Promise<string | null> {
  try {
    const place = vscode.Uri.parse(uri, true);
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === place.toString());
    if (open) return open.getText();
    if ((await vscode.workspace.fs.stat(place)).size > largestImport) return null;
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(place));
  } catch {
    return null;
  }
}
