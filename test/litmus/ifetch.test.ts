/**
 * Instruction fetch: the public shapes and tests of our own. Each file says for every rule set whether its outcome can
 * happen, and in one sentence why.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decided, fetchRuleSets, testOf, testsIn } from './corpus';

const tests = testsIn('ifetch');
const ruleSets = Object.entries(fetchRuleSets);
const published = path.resolve(import.meta.dirname, '../../../shared/litmus/ifetch-verdicts.tsv');

describe('the outcome can happen where the test says so, and nowhere else', () => {
  it.each(tests)('$name', ({ file, text, allowed, forbidden }) => {
    expect([...allowed, ...forbidden].sort()).toEqual(Object.keys(fetchRuleSets).sort());
    const test = testOf(file, text);
    const found = ruleSets.filter(([, fetch]) => decided(test, { fetch }).observation !== 'Never');
    expect(found.map(([name]) => name)).toEqual(
      ruleSets.map(([name]) => name).filter((name) => allowed.includes(name)),
    );
  });
});

describe('the verdicts are the published ones', () => {
  it('for each shape and each rule set', () => {
    if (!existsSync(published)) {
      console.log('conformance: not available');
      return;
    }
    const [head = [], ...rows] = readFileSync(published, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split('\t'));
    const columns = head
      .slice(1, -1)
      .map((name) => /\+(?:fencei-fetch \((isa)\)|(.*))$/.exec(name)?.slice(1).join('') || name);
    expect(columns).toEqual(Object.keys(fetchRuleSets));
    const ours = new Map(tests.map((test) => [test.name, test]));
    let verdicts = 0;
    for (const [shape = '', ...verdict] of rows) {
      const its = columns.map((name) => (ours.get(shape)?.allowed.includes(name) ? 'allowed' : 'forbidden'));
      expect(its, shape).toEqual(verdict.slice(0, -1));
      verdicts += its.length;
    }
    expect(verdicts).toBe(145);
  });
});
