/** The public RISC-V litmus tests: the same observation and the same final states as herd7 found for each of them. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { defaultLitmusOptions, runLitmus } from '../../server/src/checker/litmus';
import { analyzeLitmus } from '../../server/src/language/litmus';
import { countsOf } from '../../server/src/service/litmus-words';

const folder = path.resolve(import.meta.dirname, '../../../shared/litmus/rvwmo');

interface Expected {
  readonly file: string;
  readonly observation: string;
  /** Sorted. None for the one test that herd7 refuses: a branch in it leads to a label that is not there. */
  readonly states: readonly string[];
}

/** `expected.tsv`: file, observation, positive and negative executions, number of states, states. */
function expectations(): Expected[] {
  const [, ...rows] = readFileSync(path.join(folder, 'expected.tsv'), 'utf8').trimEnd().split('\n');
  return rows.map((row) => {
    const [file = '', observation = '', , , , states = ''] = row.split('\t');
    return { file, observation, states: states === '' ? [] : states.split(' | ').sort() };
  });
}

/** What the product makes of a test that herd7 does not, in words; null where they agree. */
function differenceOf({ file, observation, states }: Expected): string | null {
  const { test, diagnostics } = analyzeLitmus(file, readFileSync(path.join(folder, file), 'utf8'));
  const refused = diagnostics.map(({ message }) => message).join('; ');
  if (states.length === 0) return test === null && refused !== '' ? null : 'not refused';
  if (test === null) return refused;
  const result = runLitmus(test, { ...defaultLitmusOptions, fetch: null });
  const its = result.states.map(({ text }) => text).sort();
  if (its.join('|') !== states.join('|')) return `${its.join(' | ')}; herd7: ${states.join(' | ')}`;
  const found = countsOf(test, result)?.observation ?? result.limit ?? result.fault?.message ?? 'undecided';
  return found === observation ? null : `${found}; herd7: ${observation}`;
}

describe('herd7 has the same final states', () => {
  it('for every test', { timeout: 300_000 }, () => {
    if (!existsSync(folder)) {
      console.log('conformance: not available');
      return;
    }
    const tests = expectations();
    expect(tests).toHaveLength(1850);
    const times: { file: string; ms: number }[] = [];
    const wrong: string[] = [];
    for (const test of tests) {
      const start = performance.now();
      const difference = differenceOf(test);
      times.push({ file: test.file, ms: performance.now() - start });
      if (difference !== null) wrong.push(`${test.file}: ${difference}`);
    }
    const total = times.reduce((sum, { ms }) => sum + ms, 0);
    const slowest = times.sort((a, b) => b.ms - a.ms).slice(0, 5);
    console.log(
      [
        `conformance: ${tests.length - wrong.length} of ${tests.length} as herd7, ${(total / tests.length).toFixed(1)} ms a test; slowest:`,
        ...slowest.map(({ file, ms }) => `  ${ms.toFixed(0)} ms ${file}`),
      ].join('\n'),
    );
    expect(wrong).toEqual([]);
  });
});
