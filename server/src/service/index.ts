/** The check service: searches off the caller's thread, and what may be said of each text as it stands. */
export { identify, moveVerdict } from './identity';
export {
  type CheckWorker,
  errorText,
  type Job,
  type JobMessage,
  runJob,
  type SpawnWorker,
  type WorkerExit,
} from './job';
export { type CheckReport, defaultLimits, type FileReport, type Limits } from './report';
export { CheckService } from './service';
export { counted, reportHeadline, verdictNotes } from './words';
