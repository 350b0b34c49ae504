import { describe, expect, test } from 'vitest';
import { defaultLimits, type JobMessage, runJob } from '../../server/src/service';
import type { JobEnvironment } from '../../server/src/service/job';
import { inconclusive, safe, scenario } from './fixtures';

/** A checker that takes 10 ms and 100 MB for each 1,000 states and is done after 100,000. */
function run(options: { maxSeconds?: number; cancelAt?: number; maxMemoryMb?: number } = {}): JobMessage[] {
  const messages: JobMessage[] = [];
  let states = 0;
  const env: JobEnvironment = {
    now: () => states / 100,
    memoryMb: () => states / 10,
    cancelled: () => options.cancelAt !== undefined && states >= options.cancelAt,
    report: (message) => messages.push(message),
    check(_scenario, _options, host) {
      for (; states < 100_000; states += 1000) {
        const limit = host.interrupt?.(states) ?? null;
        if (limit !== null) return inconclusive(limit);
      }
      return safe(states);
    },
  };
  const { maxSeconds = 60, maxMemoryMb = 1_000_000 } = options;
  runJob({ id: 5, scenario: scenario('p'), limits: { ...defaultLimits, maxSeconds, maxMemoryMb }, explain: true }, env);
  return messages;
}

describe('a job', () => {
  test('reports progress and ends with its verdict and time', () => {
    const messages = run();
    expect(messages.slice(0, 2)).toEqual([
      { kind: 'progress', id: 5, states: 5000 },
      { kind: 'progress', id: 5, states: 10000 },
    ]);
    expect(messages.at(-1)).toEqual({ kind: 'done', id: 5, verdict: safe(100_000), ms: 1000 });
  });

  test('ends by name at its time limit', () => {
    expect(run({ maxSeconds: 0.5 }).at(-1)).toMatchObject({ verdict: { limit: 'time limit of 0.5 s' } });
  });

  test('ends by name at its memory limit', () => {
    expect(run({ maxMemoryMb: 2048 }).at(-1)).toMatchObject({ verdict: { limit: 'memory limit of 2,048 MB' } });
  });

  test('stops when cancelled and gives no verdict', () => {
    expect(run({ cancelAt: 3000 })).toEqual([{ kind: 'cancelled', id: 5 }]);
  });

  test('turns an exception of the checker into a message with its place', () => {
    const messages: JobMessage[] = [];
    runJob(
      { id: 1, scenario: scenario('p'), limits: defaultLimits, explain: true },
      {
        now: () => 0,
        memoryMb: () => null,
        cancelled: () => false,
        report: (message) => messages.push(message),
        check() {
          throw new Error('no such effect');
        },
      },
    );
    expect(messages).toEqual([
      { kind: 'error', id: 1, message: expect.stringMatching(/^no such effect \(at .*job\.test\.ts/) as string },
    ]);
  });
});
