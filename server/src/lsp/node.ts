import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { nodeWorkers } from '../worker/node';
import { startServer } from './server';

/** The language server as a process: over IPC or, with `--stdio`, standard streams. */
const script = join(dirname(process.argv[1] ?? '.'), 'checker-worker.js');
startServer(createConnection(ProposedFeatures.all), {
  workers: (_options, limits) => nodeWorkers(script, limits),
  // The server's own thread keeps a core: typing never waits for a check.
  threads: Math.max(1, Math.min(4, availableParallelism() - 1)),
});
