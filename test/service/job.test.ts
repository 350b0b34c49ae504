import { describe, expect, test } from 'vitest';
import { LimitHit } from '../../server/src/checker/litmus/budget';
import { defaultLimits, type JobMessage, runJob } from '../../server/src/service';
import type { JobEnvironment, Question } from '../../server/src/service/job';
import { inconclusive, safe, scenario } from './fixtures';
import { litmusOptions, litmusResult, litmusTest, witness } from './litmus-fixtures';

const check: Question = { kind: 'check', scenario: scenario('p'), explain: true };
const litmus: Question = { kind: 'litmus', test: litmusTest('MP'), options: litmusOptions };
const witnessed: Question = { kind: 'witness', test: litmusTest('MP'), options: litmusOptions, state: '1:x5=1;' };

interface Conditions {
  readonly maxSeconds?: number;
  readonly cancelAt?: number;
  readonly maxMemoryMb?: number;
}

/** An engine that takes 10 ms and 100 MB for each 1,000 states and is done after 100,000. */
function run(question: Question, { maxSeconds = 60, maxMemoryMb = 1_000_000, cancelAt }: Conditions = {}) {
  const messages: JobMessage[] = [];
  let states = 0;
  /** The limit that the search met, or null. */
  const search = (interrupt: ((states: number) => string | null) | undefined): string | null => {
    for (; states < 100_000; states += 1000) {
      const limit = interrupt?.(states) ?? null;
      if (limit !== null) return limit;
    }
    return null;
  };
  const env: JobEnvironment = {
    now: () => states / 100,
    memoryMb: () => states / 10,
    cancelled: () => cancelAt !== undefined && states >= cancelAt,
    report: (message) => messages.push(message),
    check(_scenario, _options, { interrupt }) {
      const limit = search(interrupt);
      return limit === null ? safe(states) : inconclusive(limit);
    },
    runLitmus: (_test, _options, { interrupt }) => litmusResult({ limit: search(interrupt) }),
    findWitness(_test, _options, state, { interrupt }) {
      const limit = search(interrupt);
      if (limit !== null) throw new LimitHit(limit);
      return witness(state);
    },
  };
  runJob({ id: 5, question, limits: { ...defaultLimits, maxSeconds, maxMemoryMb } }, env);
  return messages;
}

describe('a job', () => {
  test('reports progress and ends with its verdict and time', () => {
    const messages = run(check);
    expect(messages.slice(0, 2)).toEqual([
      { kind: 'progress', id: 5, states: 5000 },
      { kind: 'progress', id: 5, states: 10000 },
    ]);
    const finding = { kind: 'check', verdict: safe(100_000) };
    expect(messages.at(-1)).toEqual({ kind: 'done', id: 5, finding, ms: 1000 });
  });

  test('ends by name at its time limit', () => {
    const limit = 'time limit of 0.5 s';
    expect(run(check, { maxSeconds: 0.5 }).at(-1)).toMatchObject({ finding: { verdict: { limit } } });
    expect(run(litmus, { maxSeconds: 0.5 }).at(-1)).toMatchObject({ finding: { result: { limit } } });
    expect(run(witnessed, { maxSeconds: 0.5 }).at(-1)).toMatchObject({ finding: { witness: null, limit } });
  });

  test('ends by name at its memory limit', () => {
    const limit = 'memory limit of 2,048 MB';
    expect(run(check, { maxMemoryMb: 2048 }).at(-1)).toMatchObject({ finding: { verdict: { limit } } });
    expect(run(litmus, { maxMemoryMb: 2048 }).at(-1)).toMatchObject({ finding: { result: { limit } } });
  });

  test.each([
    ['check', check],
    ['litmus test', litmus],
    ['witness', witnessed],
  ])('stops when cancelled and has no finding: %s', (_what, question) => {
    expect(run(question, { cancelAt: 3000 })).toEqual([{ kind: 'cancelled', id: 5 }]);
  });

  test('finds the final states of a litmus test, and how one of them comes about', () => {
    expect(run(litmus).at(-1)).toMatchObject({ kind: 'done', finding: { kind: 'litmus', result: litmusResult({}) } });
    expect(run(witnessed).at(-1)).toMatchObject({
      kind: 'done',
      finding: { kind: 'witness', witness: witness('1:x5=1;'), limit: null },
    });
  });

  test('turns an exception of the checker into a message with its place', () => {
    const messages: JobMessage[] = [];
    const fails = () => {
      throw new Error('no such effect');
    };
    runJob(
      { id: 1, question: check, limits: defaultLimits },
      {
        now: () => 0,
        memoryMb: () => null,
        cancelled: () => false,
        report: (message) => messages.push(message),
        check: fails,
        runLitmus: fails,
        findWitness: fails,
      },
    );
    expect(messages).toEqual([
      { kind: 'error', id: 1, message: expect.stringMatching(/^no such effect \(at .*job\.test\.ts/) as string },
    ]);
  });
});
