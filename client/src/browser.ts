import { type ExtensionContext, Uri } from 'vscode';
import { clientOptions, startSession } from './session';

/** The extension in a web editor: the language server is a worker, and starts the checker as another. */
export function activate(context: ExtensionContext): void {
  const script = (name: string): string => Uri.joinPath(context.extensionUri, 'dist', 'web', name).toString(true);
  let worker: Worker | null = null;
  const startWorker = (): Promise<Worker> => {
    worker?.terminate();
    worker = new Worker(script('server.js'));
    return Promise.resolve(worker);
  };
  context.subscriptions.push({ dispose: () => worker?.terminate() });
  startSession(context, async () => {
    const { LanguageClient } = await import('vscode-languageclient/browser');
    const options = clientOptions({ checkerWorker: script('checker-worker.js') });
    return new LanguageClient('cmodx', 'CMODX', startWorker, options);
  });
}
