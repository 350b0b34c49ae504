import { describe, expect, test } from 'vitest';
import type { Check } from '../../server/src/language/types';
import { CheckService, defaultLimits } from '../../server/src/service';
import { fakeWorkers } from './fake-workers';
import { at, brokenCheck, checkOf, inconclusive, safe, scenario, unsafe } from './fixtures';

function start({ workers = 1, sharedMemory = true, quickFirst = false } = {}) {
  const fake = fakeWorkers({ sharedMemory });
  const service = new CheckService(fake.spawn, { limits: defaultLimits, workers, quickFirst });
  /** `status verdict` of each check of the file. */
  const shown = (file = 'a.cmodx'): string[] =>
    (service.report(file)?.checks ?? []).map(({ status, verdict }) =>
      verdict ? `${status} ${verdict.verdict}` : status,
    );
  const searching = (): (string | null)[] => fake.workers.filter(({ over }) => !over).map((worker) => worker.searching);
  return { service, workers: fake.workers, shown, searching, first: () => fake.workers[0]! };
}

const pair: Check[] = [checkOf('p'), checkOf('p', 'ipi sbi')];

describe('one text', () => {
  test('is checking until its verdict comes, then current, under its version', () => {
    const { service, shown, first } = start();
    service.update('a.cmodx', 3, [checkOf('p')]);
    expect(shown()).toEqual(['checking']);
    first().progress(500);
    expect(service.report('a.cmodx')?.checks[0]?.states).toBe(500);
    first().done(safe());
    expect(shown()).toEqual(['current safe']);
    expect(service.report('a.cmodx')?.version).toBe(3);
  });

  test('with errors is invalid at once and starts no search', () => {
    const { service, shown, workers } = start();
    service.update('a.cmodx', 1, [brokenCheck('p')]);
    expect(shown()).toEqual(['current invalid']);
    expect(workers).toEqual([]);
  });

  test('protocols as they stand go before their variants, on as many workers as allowed', () => {
    const { service, searching, first } = start({ workers: 2 });
    service.update('a.cmodx', 1, [...pair, checkOf('q')]);
    expect(searching()).toEqual(['p', 'q']);
    first().done(safe());
    expect(searching()).toEqual(['p when ipi sbi', 'q']);
  });

  test('of the focused file goes before other files', () => {
    const { service, searching, first } = start();
    service.update('a.cmodx', 1, pair);
    service.focus('b.cmodx');
    service.update('b.cmodx', 1, [checkOf('b')]);
    first().done(safe());
    expect(searching()).toEqual(['b']);
  });

  test('settles when nothing is queued', async () => {
    const { service, first } = start();
    service.update('a.cmodx', 1, [checkOf('p')]);
    let settled = false;
    const waiting = service.settled().then(() => {
      settled = true;
    });
    await Promise.resolve();
    expect(settled).toBe(false);
    first().done(safe());
    await waiting;
    expect(settled).toBe(true);
  });
});

describe('two files that say the same', () => {
  test('share one search, each with its own places', () => {
    const { service, workers, first } = start({ workers: 2 });
    service.update('b.cmodx', 1, [checkOf('p', null, at(40, 50, 'b.cmodx'))]);
    service.focus('a.cmodx');
    service.update('a.cmodx', 1, [checkOf('p', null, at(10, 20))]);
    expect(workers).toHaveLength(1);
    const question = first().job?.question;
    first().done(unsafe(question?.kind === 'check' ? question.scenario.source : undefined));
    for (const [file, source] of [
      ['a.cmodx', at(10, 20)],
      ['b.cmodx', at(40, 50, 'b.cmodx')],
    ] as const) {
      expect(service.report(file)?.checks[0]?.verdict?.violations[0]?.source).toEqual(source);
    }
  });
});

describe('variants of other names that say the same', () => {
  test('are searched once', () => {
    const { service, shown, workers, first } = start({ workers: 2 });
    const other = {
      ...checkOf('p', 'ipi sbi'),
      when: 'ipi  sbi',
      scenario: { ...scenario('p', 'ipi sbi'), when: 'ipi  sbi' },
    };
    service.update('a.cmodx', 1, [checkOf('p', 'ipi sbi'), other]);
    expect(workers).toHaveLength(1);
    first().done(safe());
    expect(shown()).toEqual(['current safe', 'current safe']);
  });
});

describe('in the background', () => {
  const behind = (service: CheckService): void =>
    service.update('vary', 1, [checkOf('v'), checkOf('w')], { background: true });

  test('nothing is searched while a check of another file waits, and what is under way is given up', () => {
    const { service, shown, searching, first } = start({ workers: 2 });
    behind(service);
    expect(searching()).toEqual(['v', 'w']);
    service.update('a.cmodx', 1, [checkOf('p')]);
    expect(first().stopping).toBe(true);
    first().cancelled();
    expect(searching()[0]).toBe('p');
    expect(shown('vary')).toEqual(['checking', 'checking']);
    first().done(safe());
    expect(searching()).toContain('v');
  });

  test('explanations of other files go before verdicts', () => {
    const { service, searching, first } = start({ quickFirst: true });
    service.update('a.cmodx', 1, [checkOf('p')]);
    behind(service);
    first().done(safe());
    expect(first().job?.question).toMatchObject({ explain: true });
    first().done(safe());
    expect(searching()).toEqual(['v']);
  });

  test('it is cancelled when it is closed', () => {
    const { service, first } = start();
    behind(service);
    service.close('vary');
    expect(first().stopping).toBe(true);
    first().cancelled();
    expect(first().searching).toBeNull();
  });
});

describe('an edit', () => {
  test('cancels the search of the older text at once; its late answer is never shown', () => {
    const { service, shown, searching, first } = start();
    service.update('a.cmodx', 1, [checkOf('p')]);
    service.update('a.cmodx', 2, [checkOf('q')]);
    expect(first().stopping).toBe(true);
    first().done(safe());
    expect(searching()).toEqual(['q']);
    expect(shown()).toEqual(['checking']);
  });

  test('replaces the worker where it cannot be stopped by shared memory', () => {
    const { service, searching, workers } = start({ sharedMemory: false });
    service.update('a.cmodx', 1, [checkOf('p')]);
    service.update('a.cmodx', 2, [checkOf('q')]);
    expect(workers.map(({ over }) => over)).toEqual([true, false]);
    expect(searching()).toEqual(['q']);
  });

  test('takes the verdict away and only says what it was', () => {
    const { service, first } = start();
    service.update('a.cmodx', 1, [checkOf('p')]);
    first().done(unsafe());
    const changed = { ...checkOf('p'), scenario: { ...checkOf('p').scenario!, protocol: 'changed' } };
    service.update('a.cmodx', 2, [changed]);
    expect(service.report('a.cmodx')?.checks[0]).toMatchObject({
      status: 'checking',
      verdict: null,
      previous: 'unsafe',
    });
  });

  test('that moves the protocol without changing it keeps the verdict, with its places moved', () => {
    const { service, workers, first } = start();
    service.update('a.cmodx', 1, [checkOf('p', null, at(10, 20))]);
    first().done(unsafe(at(10, 20)));
    service.update('a.cmodx', 2, [checkOf('p', null, at(15, 25))]);
    expect(workers).toHaveLength(1);
    expect(first().searching).toBeNull();
    const [report] = service.report('a.cmodx')!.checks;
    expect(report?.status).toBe('current');
    expect(report?.verdict?.violations[0]?.source).toEqual(at(15, 25));
    expect(report?.verdict?.violations[0]?.trace[0]?.after.harts[0]?.source).toEqual(at(15, 25));
  });

  test('that moves the protocol under a running search does not cancel it', () => {
    const { service, first } = start();
    service.update('a.cmodx', 1, [checkOf('p', null, at(10, 20))]);
    service.update('a.cmodx', 2, [checkOf('p', null, at(15, 25))]);
    expect(first().stopping).toBe(false);
    first().done(unsafe(at(10, 20)));
    expect(service.report('a.cmodx')?.checks[0]?.verdict?.violations[0]?.source).toEqual(at(15, 25));
  });

  test('undone has its verdict at once', () => {
    const { service, shown, first } = start();
    service.update('a.cmodx', 1, [checkOf('p')]);
    first().done(safe());
    service.update('a.cmodx', 2, [checkOf('q')]);
    first().done(unsafe());
    service.update('a.cmodx', 3, [checkOf('p')]);
    expect(shown()).toEqual(['current safe']);
    expect(first().searching).toBeNull();
  });

  test('that is not to be checked leaves the text stale until asked for', () => {
    const { service, shown, first } = start();
    service.update('a.cmodx', 1, [checkOf('p')], { run: false });
    expect(shown()).toEqual(['stale']);
    service.recheck('a.cmodx');
    expect(shown()).toEqual(['checking']);
    first().done(safe());
    expect(shown()).toEqual(['current safe']);
  });
});

describe('a verdict first, what it relies on later', () => {
  test('every check has its verdict before any is explained', () => {
    const { service, shown, searching, first } = start({ quickFirst: true });
    service.update('a.cmodx', 1, pair);
    expect(first().job?.question).toMatchObject({ explain: false });
    first().done({ ...safe(), rung: null });
    expect(shown()).toEqual(['current safe', 'checking']);
    expect(service.report('a.cmodx')?.checks[0]).toMatchObject({ refining: true, verdict: { rung: null } });
    first().done({ ...safe(), rung: null });
    expect(searching()).toEqual(['p']);
    expect(first().job?.question).toMatchObject({ explain: true });
    first().done(safe());
    expect(service.report('a.cmodx')?.checks[0]).toMatchObject({ refining: false, verdict: { rung: 'isa' } });
    expect(service.pending()).toBe(1);
  });

  test('an undone edit asks only for what was not found out', () => {
    const { service, shown, first } = start({ quickFirst: true });
    service.update('a.cmodx', 1, [checkOf('p')]);
    first().done(safe());
    service.update('a.cmodx', 2, [checkOf('q')]);
    first().cancelled();
    first().done(safe());
    first().done(safe());
    service.update('a.cmodx', 3, [checkOf('p')]);
    expect(shown()).toEqual(['current safe']);
    expect(first().job?.question).toMatchObject({ explain: true, scenario: { protocol: 'p' } });
  });

  test('an explanation that hits a limit takes nothing from the verdict', () => {
    const { service, shown, first } = start({ quickFirst: true });
    service.update('a.cmodx', 1, [checkOf('p')]);
    first().done(safe());
    first().done(inconclusive('time limit of 30 s'));
    expect(shown()).toEqual(['current safe']);
    expect(service.pending()).toBe(0);
  });

  test('what is inconclusive is not explained', () => {
    const { service, first } = start({ quickFirst: true });
    service.update('a.cmodx', 1, [checkOf('p')]);
    first().done(inconclusive('time limit of 30 s'));
    expect(first().job).toBeNull();
    expect(service.pending()).toBe(0);
  });

  test('a cancel keeps the verdicts that are there', () => {
    const { service, shown, first } = start({ quickFirst: true });
    service.update('a.cmodx', 1, [checkOf('p')]);
    first().done(safe());
    service.cancel();
    expect(first().stopping).toBe(true);
    expect(shown()).toEqual(['current safe']);
  });
});

describe('cancel, limits and crashes', () => {
  test('a cancel makes what was checking stale; recheck starts it again', () => {
    const { service, shown, searching, first } = start();
    service.update('a.cmodx', 1, pair);
    first().done(safe());
    service.cancel('a.cmodx');
    expect(shown()).toEqual(['current safe', 'stale']);
    first().cancelled();
    expect(searching()).toEqual([null]);
    service.recheck('a.cmodx');
    expect(searching()).toEqual(['p when ipi sbi']);
  });

  test('closing a file cancels its searches', () => {
    const { service, first } = start();
    service.update('a.cmodx', 1, [checkOf('p')]);
    service.close('a.cmodx');
    expect(first().stopping).toBe(true);
    expect(service.report('a.cmodx')).toBeNull();
  });

  test('a crash is told and the next search gets a new worker', () => {
    const { service, shown, workers, searching } = start();
    service.update('a.cmodx', 1, pair);
    workers[0]!.exit({ kind: 'crash', message: 'exit code 134' });
    expect(shown()).toEqual(['failed', 'checking']);
    expect(service.report('a.cmodx')?.checks[0]?.failure).toBe("the checker's worker ended: exit code 134");
    expect(workers).toHaveLength(2);
    expect(searching()).toEqual(['p when ipi sbi']);
  });

  test('a failure stays told while the text says the same, and goes with an edit', () => {
    const { service, shown, first } = start();
    service.update('a.cmodx', 1, [checkOf('p')]);
    first().error('no such effect');
    service.update('a.cmodx', 2, [checkOf('p', null, at(4))]);
    expect(shown()).toEqual(['failed']);
    expect(service.report('a.cmodx')?.checks[0]?.failure).toBe('the checker failed: no such effect');
    service.update('a.cmodx', 3, [checkOf('p', 'pinned')]);
    expect(shown()).toEqual(['checking']);
  });

  test('a worker whose heap is full is a limit, named, and not a failure', () => {
    const { service, shown, first } = start();
    service.update('a.cmodx', 1, [checkOf('p')]);
    first().progress(4000);
    first().exit({ kind: 'memory', message: 'heap out of memory' });
    expect(shown()).toEqual(['current inconclusive']);
    expect(service.report('a.cmodx')?.checks[0]?.verdict).toMatchObject({
      limit: 'memory limit of 2,048 MB',
      states: 4000,
    });
  });

  test('new limits search again what ended at an old one, on threads that are made for them', () => {
    const { service, shown, workers, first } = start();
    service.update('a.cmodx', 1, pair);
    first().done(inconclusive('time limit of 30 s'));
    first().done(safe());
    service.setOptions({ limits: { ...defaultLimits, maxSeconds: 300 }, workers: 1, quickFirst: false });
    expect(shown()).toEqual(['checking', 'current safe']);
    expect(workers.map(({ over }) => over)).toEqual([true, false]);
    expect(workers[1]?.job?.limits.maxSeconds).toBe(300);
  });
});
