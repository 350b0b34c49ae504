import type { CheckWorker, JobMessage, SpawnWorker } from '../service';

/** The few things of the Web Worker API that are used here; the project is compiled without the DOM's types. */
interface WebWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: ((event: { readonly data: JobMessage }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
}
declare const Worker: new (url: string) => WebWorker;
/** A worker's script must be of its creator's origin, which an extension's files are not: a local stub imports it. */
function localScript(script: string): string {
  return URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(script)})`], { type: 'text/javascript' }));
}

/**
 * Starts checker threads in a browser. Shared memory needs a cross-origin isolated page, which the web editor seldom
 * is, so a cancel ends the thread and the next job starts another.
 * @param script URL of the bundle of `browser-entry.ts`
 */
export function browserWorkers(script: string): SpawnWorker {
  return (events): CheckWorker => {
    const worker = new Worker(localScript(script));
    worker.onmessage = ({ data }) => events.message(data);
    worker.onerror = ({ message }) => {
      worker.terminate();
      events.exit({ kind: 'crash', message: message ?? 'the script could not be loaded' });
    };
    const end = (): void => {
      worker.onmessage = null;
      worker.onerror = null;
      worker.terminate();
    };
    return {
      run: (job) => worker.postMessage(job),
      cancel() {
        end();
        return 'gone';
      },
      dispose: end,
    };
  };
}
