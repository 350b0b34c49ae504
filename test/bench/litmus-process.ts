/**
 * Runs litmus tests one after the other in this process, from reading the text to the final states, and prints what
 * each took: `node litmus-process.mjs promise-first|plain MAX-STEPS FILE...`. One JSON line at the end.
 */
import { readFileSync } from 'node:fs';
import { defaultLitmusOptions, runLitmus } from '../../server/src/checker/litmus';
import { analyzeLitmus } from '../../server/src/language/litmus';

export interface Measured {
  /** Those that could be read. */
  readonly tests: readonly {
    readonly file: string;
    /** CPU time of all of the process's threads, in ms. */
    readonly ms: number;
    /** Of the search alone, in ms. */
    readonly search: number;
    readonly states: number;
    readonly steps: number;
    readonly limit: string | null;
  }[];
  /** The process's highest resident set, in MB. */
  readonly peakMb: number;
  /** CPU time of the whole process, its start included, in ms. */
  readonly totalMs: number;
}

const cpu = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};

const [, , search, maxSteps, ...files] = process.argv;
const tests = files.flatMap((file) => {
  const start = process.cpuUsage();
  const { test } = analyzeLitmus(file, readFileSync(file, 'utf8'));
  // One of the public tests jumps to a label that it has not.
  if (test === null) return [];
  const searching = process.cpuUsage();
  const { states, steps, limit } = runLitmus(test, {
    ...defaultLitmusOptions,
    search: search === 'plain' ? 'plain' : 'promise-first',
    maxSteps: Number(maxSteps),
  });
  return [{ file, ms: cpu(start), search: cpu(searching), states: states.length, steps, limit }];
});
const measured: Measured = { tests, peakMb: process.resourceUsage().maxRSS / 1024, totalMs: cpu() };
process.stdout.write(`${JSON.stringify(measured)}\n`);
