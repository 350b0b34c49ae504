import type { ExtensionContext } from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';
import type { InitializationOptions } from '../../server/src/lsp/protocol';
import { registerCommands } from './commands';
import { languageId, litmusLanguageId } from './contributions';
import { registerDebugger } from './debug';
import { LitmusPanel } from './litmus-panel';
import { Server } from './server';
import { StatusItem } from './status';
import { TracePanel } from './trace-panel';
import { VaryPanel } from './vary-panel';

/** What both kinds of client are started with. */
export function clientOptions(initializationOptions: InitializationOptions): LanguageClientOptions {
  return {
    // Any scheme: untitled files, virtual workspaces, the other side of a diff.
    documentSelector: [{ language: languageId }, { language: litmusLanguageId }],
    initializationOptions,
  };
}

/** Registers everything around a language client, which is made and started afterwards. */
export function startSession(context: ExtensionContext, create: () => Promise<BaseLanguageClient>): void {
  const server = new Server(create);
  const panel = new TracePanel(server);
  const litmusPanel = new LitmusPanel(server);
  const varyPanel = new VaryPanel(server);
  context.subscriptions.push(
    server,
    panel,
    litmusPanel,
    varyPanel,
    new StatusItem(server),
    ...registerCommands(server, { panel, litmusPanel, varyPanel }),
    ...registerDebugger(server),
  );
}
