import { describe, expect, test } from 'vitest';
import { defaultLimits, LitmusService, litmusReportHeadline } from '../../server/src/service';
import { fakeWorkers } from './fake-workers';
import { litmusOptions, litmusResult, litmusTest, witness } from './litmus-fixtures';

const file = 'mp.litmus';

function start(sharedMemory = true) {
  const { spawn, workers } = fakeWorkers({ sharedMemory });
  const service = new LitmusService(spawn, defaultLimits, 1);
  const report = () => service.report(file);
  const headline = (): string => {
    const known = report();
    return known ? litmusReportHeadline(known) : 'closed';
  };
  /** What the callbacks of answered questions have done is visible after this. */
  const calm = () => new Promise<void>((resolve) => setImmediate(resolve));
  const worker = (index = 0) => {
    const found = workers[index];
    if (!found) throw new Error(`no worker ${index}`);
    return found;
  };
  return { service, workers, worker, report, headline, calm };
}

describe('a litmus test that is open', () => {
  test('is run off the thread and has its result', async () => {
    const { service, worker, report, headline, calm } = start();
    service.update(file, 1, litmusTest('MP'), litmusOptions);
    expect(headline()).toBe('running...');
    worker().progress(7);
    expect(report()).toMatchObject({ status: 'checking', steps: 7, result: null });
    worker().ran(litmusResult({}), 3);
    await calm();
    expect(report()).toMatchObject({ status: 'current', version: 1, ms: 3, steps: 42 });
    expect(headline()).toBe('Sometimes: 1 of 4 final states');
  });

  test('whose text has errors is not run and has no result, least of all the old one', async () => {
    const { service, worker, report, headline, calm } = start();
    service.update(file, 1, litmusTest('MP'), litmusOptions);
    worker().ran(litmusResult({}));
    await calm();
    service.update(file, 2, null, litmusOptions);
    expect(report()).toMatchObject({ version: 2, test: null, result: null });
    expect(headline()).toBe('invalid: the text has errors');
  });

  test('under another model is run again', async () => {
    const { service, worker, headline, calm } = start();
    service.update(file, 1, litmusTest('MP'), litmusOptions);
    worker().ran(litmusResult({}));
    await calm();
    service.update(file, 1, litmusTest('MP'), { ...litmusOptions, memory: 'sc' });
    expect(headline()).toBe('running... (Sometimes before this edit)');
    expect(worker().job?.question).toMatchObject({ options: { memory: 'sc' } });
  });

  test('whose search the settings leave to the user is stale until he asks', async () => {
    const { service, worker, workers, headline, calm } = start();
    service.update(file, 1, litmusTest('MP'), litmusOptions, false);
    expect(workers).toEqual([]);
    expect(headline()).toBe('stale: not run since the last edit');
    service.rerun(file);
    worker().ran(litmusResult({}));
    await calm();
    expect(headline()).toBe('Sometimes: 1 of 4 final states');
  });
});

describe('an edit', () => {
  test('that changes the test stops its run; a late answer is never shown', async () => {
    const { service, worker, report, headline, calm } = start();
    service.update(file, 1, litmusTest('MP'), litmusOptions);
    service.update(file, 2, litmusTest('SB'), litmusOptions);
    expect(worker().stopping).toBe(true);
    worker().ran(litmusResult({ observation: 'Never', positive: 0 }));
    await calm();
    expect(report()).toMatchObject({ version: 2, status: 'checking', result: null });
    expect(worker().searching).toBe('SB');
    worker().ran(litmusResult({}));
    await calm();
    expect(headline()).toBe('Sometimes: 1 of 4 final states');
  });

  test('that changes a comment lets the run go on, and its places follow', async () => {
    const { service, worker, workers, report, calm } = start();
    service.update(file, 1, litmusTest('MP', 'exists', 10), litmusOptions);
    const source = { file: 'test.litmus', start: 10, end: 11 };
    service.update(file, 2, litmusTest('MP', 'exists', 25), litmusOptions);
    expect(worker().stopping).toBe(false);
    worker().ran(litmusResult({ fault: { message: 'x', source } }));
    await calm();
    expect(workers).toHaveLength(1);
    expect(report()).toMatchObject({ version: 2, status: 'current', result: { fault: { source: { start: 25 } } } });
  });

  test('that is undone costs no search', async () => {
    const { service, worker, headline, calm } = start();
    service.update(file, 1, litmusTest('MP'), litmusOptions);
    worker().ran(litmusResult({}));
    await calm();
    service.update(file, 2, litmusTest('SB'), litmusOptions);
    service.update(file, 3, litmusTest('MP'), litmusOptions);
    expect(headline()).toBe('Sometimes: 1 of 4 final states');
  });
});

describe('what ends a run from outside', () => {
  test('a cancel: stale, until it is run again', async () => {
    const { service, worker, headline, calm } = start();
    service.update(file, 1, litmusTest('MP'), litmusOptions);
    service.cancel();
    worker().cancelled();
    await calm();
    expect(headline()).toBe('stale: not run since the last edit');
    service.rerun(file);
    expect(worker().searching).toBe('MP');
  });

  test('a cancel where the thread must be ended for it', () => {
    const { service, workers, worker, headline } = start(false);
    service.update(file, 1, litmusTest('MP'), litmusOptions);
    service.cancel();
    expect(worker().over).toBe(true);
    service.rerun(file);
    expect(workers).toHaveLength(2);
    expect(headline()).toBe('running...');
  });

  test('a full heap is a limit by name', async () => {
    const { service, worker, headline, calm } = start();
    service.update(file, 1, litmusTest('MP'), litmusOptions);
    worker().exit({ kind: 'memory', message: 'heap' });
    await calm();
    expect(headline()).toBe('undecided: memory limit of 2,048 MB');
  });

  test('a checker that breaks is a failure and no result', async () => {
    const { service, worker, report, headline, calm } = start();
    service.update(file, 1, litmusTest('MP'), litmusOptions);
    worker().error('no such effect');
    await calm();
    expect(report()).toMatchObject({ status: 'failed', result: null });
    expect(headline()).toBe('failed: the checker failed: no such effect');
  });

  test('new limits run again what ended at an old one', async () => {
    const { service, worker, report, calm } = start();
    service.update(file, 1, litmusTest('MP'), litmusOptions);
    worker().ran(litmusResult({ limit: 'time limit of 30 s' }));
    await calm();
    service.setLimits({ ...defaultLimits, maxSeconds: 60 });
    expect(report()?.status).toBe('checking');
  });
});

describe('a witness', () => {
  test('is searched for when it is asked for', async () => {
    const { service, worker } = start();
    service.update(file, 1, litmusTest('MP'), litmusOptions);
    worker().ran(litmusResult({}));
    const asked = service.witness(file, '1:x5=1; 1:x7=0;');
    worker().witnessed(witness('1:x5=1; 1:x7=0;'));
    expect(await asked).toMatchObject({ version: 1, witness: { state: '1:x5=1; 1:x7=0;' }, reason: null });
  });

  test('of a text that was edited meanwhile is not told', async () => {
    const { service, worker } = start();
    service.update(file, 1, litmusTest('MP'), litmusOptions);
    worker().ran(litmusResult({}));
    const asked = service.witness(file, '1:x5=1; 1:x7=0;');
    service.update(file, 2, null, litmusOptions);
    worker().witnessed(witness('1:x5=1; 1:x7=0;'));
    expect(await asked).toBeNull();
  });
});
