import { type Job, type JobMessage, runJob } from '../service/job';
import { engine } from './engine';

/** The few things of a worker's global scope that are used here. */
declare const self: {
  onmessage: ((event: { readonly data: Job }) => void) | null;
  postMessage(message: JobMessage): void;
};

/** The thread that checks, in a browser. It is ended from outside: no cancel flag. */
self.onmessage = ({ data: job }) => {
  runJob(job, {
    ...engine,
    now: () => performance.now(),
    memoryMb: () => null,
    cancelled: () => false,
    report: (message) => self.postMessage(message),
  });
};
