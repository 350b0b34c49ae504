import { type ExtensionContext, Uri } from 'vscode';
import type { MessageTransports } from 'vscode-languageclient';
import { clientOptions, startSession } from './session';

/** The extension in a web editor: the language server is a worker, and starts the checker as another. */
export function activate(context: ExtensionContext): void {
  const script = (name: string): string => Uri.joinPath(context.extensionUri, 'dist', 'web', name).toString(true);
  let worker: Worker | null = null;
  context.subscriptions.push({ dispose: () => worker?.terminate() });
  startSession(context, async () => {
    const { BrowserMessageReader, BrowserMessageWriter, LanguageClient } = await import(
      'vscode-languageclient/browser'
    );
    const connect = (): Promise<MessageTransports> => {
      worker?.terminate();
      worker = new Worker(script('server.js'));
      // Not the worker itself: the client looks whether it is a `Worker`, and the extension host wraps that class.
      return Promise.resolve({ reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) });
    };
    const options = clientOptions({ checkerWorker: script('checker-worker.js') });
    return new LanguageClient('cmodx', 'CMODX', connect, options);
  });
}
