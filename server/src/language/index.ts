/** The language layer: `.cmodx` text to a lossless tree, names, diagnostics and resolved scenarios. */
export type * from './types';
export type * from './analysis';
export * from './syntax';
export { parse } from './parser';
export { keywords, keywordsAt, type Keyword, type KeywordPlace } from './keywords';
export { closest } from './suggest';
