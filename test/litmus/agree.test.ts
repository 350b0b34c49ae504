/**
 * The product and the axioms have the same final states, on our own files and on generated tests. Look further with
 * CMODX_RANDOM (how many) and CMODX_SEED.
 */
import { describe, expect, it } from 'vitest';
import { type Dice, dice } from '../reference/generate';
import { compare, type Question } from './compare';
import { allFetchRuleSets, fetchRuleSets, memoryModels, testOf, testsIn } from './corpus';
import { generate } from './generate';
import { type GeneratedTest, minimised, print } from './generated';

const count = Number(process.env.CMODX_RANDOM ?? 1000);
const seed = Number(process.env.CMODX_SEED ?? 20_261_123);

interface NamedQuestion extends Question {
  readonly name: string;
}

const questions: readonly NamedQuestion[] = memoryModels.flatMap((memory) =>
  [{ name: 'none', fetch: null }, ...allFetchRuleSets].map(({ name, fetch }) => ({
    name: `memory ${memory}, fetch ${name}`,
    memory,
    fetch,
  })),
);

describe('on the files of this folder', () => {
  it.each(testsIn('ifetch'))('$name', ({ file, text }) => {
    const test = testOf(file, text);
    for (const [name, fetch] of Object.entries(fetchRuleSets)) {
      const question: NamedQuestion = { name, memory: 'rvwmo', fetch };
      expect(compare(test, question), question.name).toEqual({ differences: [], complete: true });
    }
  });

  it.each([...testsIn('mixed'), ...testsIn('ppo')])('$name', ({ file, text }) => {
    const test = testOf(file, text);
    for (const question of questions.filter(({ fetch }) => fetch === null)) {
      expect(compare(test, question), question.name).toEqual({ differences: [], complete: true });
    }
  });
});

/** A test that stores to code is asked under one set of fetch rules and under another memory and another set. */
function questionsFor(test: GeneratedTest, d: Dice): NamedQuestion[] {
  const of = (fits: (question: NamedQuestion) => boolean): NamedQuestion => d.of(questions.filter(fits));
  if (!test.patches) return [of(({ memory, fetch }) => memory === 'rvwmo' && fetch === null), of(() => true)];
  return [of(({ memory, fetch }) => memory === 'rvwmo' && fetch !== null), of(({ fetch }) => fetch !== null)];
}

const differs = (test: GeneratedTest, question: Question): boolean =>
  compare(testOf(test.name, print(test)), question).differences.length > 0;

describe('on generated tests', () => {
  it(`CMODX_RANDOM=${count} CMODX_SEED=${seed}`, { timeout: 60_000 + 1000 * count }, () => {
    let complete = 0;
    for (let i = 0; i < count; i++) {
      const test = generate(seed + i);
      for (const question of questionsFor(test, dice(seed + i))) {
        const result = compare(testOf(test.name, print(test)), question);
        if (result.complete) complete++;
        if (result.differences.length === 0) continue;
        const least = minimised(test, (smaller) => differs(smaller, question));
        const { differences } = compare(testOf(least.name, print(least)), question);
        expect.fail(`seed ${seed + i}, ${question.name}: ${differences.join('; ')}\n${print(least)}`);
      }
    }
    expect(complete).toBeGreaterThan(count);
  });
});
