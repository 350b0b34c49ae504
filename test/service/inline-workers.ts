import { type CheckWorker, runJob, type SpawnWorker } from '../../server/src/service';
import { engine } from '../../server/src/worker/engine';

/** Workers that check on the test's own thread, one macrotask after they are asked. */
export const inlineWorkers: SpawnWorker = (events): CheckWorker => {
  let over = false;
  return {
    run(job) {
      setImmediate(() => {
        if (over) return;
        runJob(job, {
          ...engine,
          now: () => performance.now(),
          memoryMb: () => null,
          cancelled: () => false,
          report: (message) => {
            if (!over) events.message(message);
          },
        });
      });
    },
    cancel() {
      over = true;
      return 'gone';
    },
    dispose() {
      over = true;
    },
  };
};
