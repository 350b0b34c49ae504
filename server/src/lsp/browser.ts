import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { browserWorkers } from '../worker/browser';
import { startServer } from './server';

/** The language server as a web worker. */
const scope = globalThis as unknown as ConstructorParameters<typeof BrowserMessageReader>[0];
const connection = createConnection(new BrowserMessageReader(scope), new BrowserMessageWriter(scope));
startServer(connection, {
  workers: ({ checkerWorker }) => {
    if (checkerWorker === undefined) throw new Error('the client did not say where the checker is');
    return browserWorkers(checkerWorker);
  },
  threads: 1,
});
