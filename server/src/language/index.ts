/** The language layer: `.cmodx` text to a lossless tree, names, diagnostics and resolved scenarios. */

export type * from './analysis';
export { analyze } from './analyze';
export { type DiagnosticCode, type DiagnosticKind, diagnosticKinds } from './diagnostics';
export { foundText, type Judgement, judge, refutations } from './expectation';
export { format } from './format';
export { type Keyword, type KeywordPlace, keywords, keywordsAt } from './keywords';
export { defaultMachine, fetchRungs, ipiKinds, memoryModels } from './machine';
export { parse } from './parser';
export { closest } from './suggest';
export * from './syntax';
export type * from './types';
