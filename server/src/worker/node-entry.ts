import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { type Job, runJob } from '../service/job';
import { engine } from './engine';
import type { NodeWorkerData } from './node';

/** The thread that checks, in Node. One job at a time, in the order in which they come. */
const port = parentPort;
if (!port) throw new Error('the checker runs as a worker thread only');
const flag = new Int32Array((workerData as NodeWorkerData).cancelled);

port.on('message', (job: Job) => {
  runJob(job, {
    ...engine,
    now: () => performance.now(),
    memoryMb: () => getHeapStatistics().used_heap_size / 1048576,
    cancelled: () => Atomics.load(flag, 0) === job.id,
    report: (message) => port.postMessage(message),
  });
});
