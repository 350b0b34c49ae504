import { Worker } from 'node:worker_threads';
import type { CheckWorker, JobMessage, Limits, SpawnWorker } from '../service';

/** What the worker thread is started with. */
export interface NodeWorkerData {
  /** The id of the job that is to stop. */
  readonly cancelled: SharedArrayBuffer;
}

/**
 * Starts checker threads from the bundle of `node-entry.ts`.
 * @param script path of that bundle
 * @param limits those of the jobs, when a thread starts
 */
export function nodeWorkers(script: string, limits: () => Limits): SpawnWorker {
  return (events): CheckWorker => {
    const cancelled = new SharedArrayBuffer(4);
    const flag = new Int32Array(cancelled);
    const workerData: NodeWorkerData = { cancelled };
    // The heap's own end lies above the limit, so that the limit is met in words and not by the platform.
    const resourceLimits = { maxOldGenerationSizeMb: Math.ceil(limits().maxMemoryMb * 1.25) + 64 };
    const worker = new Worker(script, { workerData, resourceLimits });
    let current = 0;
    let over = false;
    const exit = (kind: 'memory' | 'crash', message: string): void => {
      if (over) return;
      over = true;
      events.exit({ kind, message });
    };
    worker.on('message', (message: JobMessage) => events.message(message));
    worker.on('error', (error: NodeJS.ErrnoException) => {
      exit(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'crash', error.message);
    });
    worker.on('exit', (code) => exit('crash', `exit code ${code}`));
    return {
      run(job) {
        current = job.id;
        worker.postMessage(job);
      },
      cancel() {
        Atomics.store(flag, 0, current);
        return 'stopping';
      },
      dispose() {
        over = true;
        void worker.terminate();
      },
    };
  };
}
