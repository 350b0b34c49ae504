import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LitmusTest } from '../../server/src/checker/litmus/test';
import { defaultLimits, LitmusService, litmusOptions, litmusReportHeadline } from '../../server/src/service';
import { nodeWorkers } from '../../server/src/worker/node';
import { endless, mp, read } from '../features/litmus/support';
import { bundle } from '../service/bundles';

const file = 'test.litmus';
const testOf = (text: string): LitmusTest => {
  const { test: litmus } = read(text);
  if (!litmus) throw new Error('no test');
  return litmus;
};

describe('litmus tests on checker threads', () => {
  let script = '';
  let remove = () => {};
  let service: LitmusService | null = null;

  beforeAll(async () => {
    const bundled = await bundle({ 'checker-worker': 'server/src/worker/node-entry.ts' });
    script = join(bundled.directory, 'checker-worker.js');
    remove = bundled.remove;
  }, 30_000);
  afterAll(() => {
    service?.dispose();
    remove();
  });

  function start(limits = defaultLimits): LitmusService {
    service?.dispose();
    service = new LitmusService(
      nodeWorkers(script, () => limits),
      limits,
      1,
    );
    return service;
  }
  const run = (tests: LitmusService, version: number, text: string): void => {
    const litmus = testOf(text);
    tests.update(file, version, litmus, litmusOptions(litmus, { memory: null, fetch: null }));
  };
  const headline = (tests: LitmusService): string => {
    const report = tests.report(file);
    return report ? litmusReportHeadline(report) : 'closed';
  };

  test('have their final states, and a witness for each', async () => {
    const tests = start();
    run(tests, 1, mp());
    await tests.settled(file);
    expect(headline(tests)).toBe('Sometimes: 1 of 4 final states');
    for (const { text } of tests.report(file)?.result?.states ?? []) {
      expect((await tests.witness(file, text))?.witness?.state).toBe(text);
    }
  });

  test('an edit stops a long run at once, and the same thread runs the new text', async () => {
    const tests = start();
    run(tests, 1, endless());
    await new Promise<void>((resolve) => {
      const stop = tests.onChange(() => {
        if ((tests.report(file)?.steps ?? 0) === 0) return;
        stop();
        resolve();
      });
    });
    const begun = performance.now();
    run(tests, 2, mp());
    await tests.settled(file);
    expect(headline(tests)).toBe('Sometimes: 1 of 4 final states');
    expect(performance.now() - begun).toBeLessThan(3000);
  });

  test('a time limit ends a run by name', async () => {
    const tests = start({ ...defaultLimits, maxSeconds: 0.2 });
    run(tests, 1, endless());
    await tests.settled(file);
    expect(tests.report(file)?.result?.limit).toBe('time limit of 0.2 s');
  });

  test('a memory limit ends a run by name', async () => {
    const tests = start({ ...defaultLimits, maxMemoryMb: 2 });
    run(tests, 1, endless());
    await tests.settled(file);
    expect(tests.report(file)?.result?.limit).toBe('memory limit of 2 MB');
  });

  test('a witness that takes too long says so', async () => {
    const tests = start({ ...defaultLimits, maxSeconds: 0.2 });
    const litmus = testOf(endless());
    tests.update(file, 1, litmus, litmusOptions(litmus, { memory: null, fetch: null }), false);
    expect(await tests.witness(file, 'no such state')).toMatchObject({ witness: null, reason: 'time limit of 0.2 s' });
  });
});
