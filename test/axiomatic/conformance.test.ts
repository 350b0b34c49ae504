/**
 * The axiomatic model against what others have found: herd7's final states of public litmus tests, and the public
 * verdicts on instruction fetch. CMODX_CONFORMANCE=all runs every test of the first kind, not a sample.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetchRuleSets, testsIn } from '../litmus/corpus';
import { enumerate } from './enumerate';
import { litmus } from './support';

const corpus = path.resolve(import.meta.dirname, '../../../shared/litmus/rvwmo');
const published = path.join(corpus, 'expected.tsv');
const step = process.env.CMODX_CONFORMANCE === 'all' ? 1 : 20;

/** A state whatever the order in which it is told. */
const normal = (state: string): string =>
  state
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .sort()
    .join('; ');

it(`herd7's final states, ${step === 1 ? 'every test' : `one test in ${step}`}`, { timeout: 300_000 }, () => {
  if (!existsSync(published)) {
    console.log('conformance: not available');
    return;
  }
  const rows = readFileSync(published, 'utf8').trim().split('\n').slice(1);
  for (const row of rows.filter((_, index) => index % step === 0)) {
    const columns = row.split('\t');
    const [file = '', states = ''] = [columns[0], columns[5]];
    // The one test that herd7 refuses.
    if (states === '') continue;
    const test = litmus(readFileSync(path.join(corpus, file), 'utf8'), file);
    const found = enumerate(test, { memory: 'rvwmo', fetch: null });
    expect({ ...found, states: found.states.map(normal).sort() }, file).toMatchObject({
      states: states.split('|').map(normal).sort(),
      fault: null,
    });
  }
});

describe('the outcome of a fetch test can happen where the test says so, and nowhere else', () => {
  it.each(testsIn('ifetch'))('$name', ({ file, text, allowed, forbidden }) => {
    const test = litmus(text, file);
    for (const [name, fetch] of Object.entries(fetchRuleSets)) {
      const { satisfying, limit, fault } = enumerate(test, { memory: 'rvwmo', fetch });
      expect({ limit, fault }, name).toEqual({ limit: null, fault: null });
      expect(satisfying.length > 0 ? allowed : forbidden, name).toContain(name);
    }
  });
});
