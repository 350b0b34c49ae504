/** The check service: searches off the caller's thread, and what may be said of each text as it stands. */
export { identify, moveSources } from './identity';
export { type Answer, Inquiries } from './inquiries';
export {
  type CheckWorker,
  errorText,
  type Job,
  type JobMessage,
  runJob,
  type SpawnWorker,
  type WorkerExit,
} from './job';
export { type LitmusReport, LitmusService, limitedResult, type WitnessReport } from './litmus';
export {
  fetchName,
  litmusOptions,
  type ModelChoice,
  modelName,
  parseLitmusFetch,
  parseMemory,
} from './litmus-model';
export {
  conditionText,
  countsOf,
  herdText,
  litmusHeadline,
  litmusReportHeadline,
  propositionText,
} from './litmus-words';
export { type CheckReport, defaultLimits, type FileReport, type Limits } from './report';
export { CheckService } from './service';
export {
  type Effect,
  effectText,
  neighbourHeadings,
  rowsByKind,
  type VariationRow,
  variationRows,
  variationsSummary,
} from './variations';
export { counted, reportHeadline, verdictNotes } from './words';
