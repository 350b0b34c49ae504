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
export {
  type CheckReport,
  type CheckStatus,
  defaultLimits,
  type FileReport,
  invalidVerdict,
  type Limits,
} from './report';
export { CheckService, type ServiceOptions } from './service';
export { counted, reportHeadline, verdictHeadline, verdictNotes } from './words';
