import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyze } from '../../server/src/language';
import type { Check } from '../../server/src/language/types';
import { CheckService, defaultLimits } from '../../server/src/service';
import { nodeWorkers } from '../../server/src/worker/node';
import { naive, safePatch } from '../cli/terminal';
import { bundle } from '../service/bundles';

function checksOf(text: string): readonly Check[] {
  return analyze('a.cmodx', text, () => null).checks;
}

/** A pair retargeted there and back again, safely, many times: a search that no test has the time to finish. */
const endless = naive
  .replace(
    /protocol[\s\S]*/,
    `on trap return to entry+4 if jalr t0, *(t0) { sepc -= 4 }
  protocol endless patches entry from old to new {
    ${["JALR'", "AUIPC'", 'JUMP', 'JALR', 'AUIPC', 'JUMP']
      .flatMap((label, index, all) => (index === 0 ? ['JUMP', label] : index === all.length - 1 ? [] : [label]))
      .map((label) => `write ${label} ; fence w,w ; sync fence.i\n`)
      .join('')
      .repeat(2)}
  }`,
  )
  .replace('version new', 'version skip { JUMP: j .+8 }\n  version new');

describe('checker threads in Node', () => {
  let directory = '';
  let script = '';
  let remove = () => {};
  let service: CheckService | null = null;

  beforeAll(async () => {
    ({ directory, remove } = await bundle({ 'checker-worker': 'server/src/worker/node-entry.ts' }));
    script = join(directory, 'checker-worker.js');
  }, 30_000);
  afterAll(() => {
    service?.dispose();
    remove();
  });

  function start(limits = defaultLimits, file = script): CheckService {
    service?.dispose();
    service = new CheckService(
      nodeWorkers(file, () => limits),
      { limits, workers: 1, quickFirst: true },
    );
    return service;
  }

  test('give the verdict of a scenario that was sent to them', async () => {
    const checks = start();
    checks.update('a.cmodx', 1, checksOf(safePatch));
    await checks.settled();
    expect(checks.report('a.cmodx')?.checks).toMatchObject([{ status: 'current', verdict: { verdict: 'safe' } }]);
  });

  test('an edit stops a long search at once and the same thread checks the new text', async () => {
    const checks = start();
    checks.update('a.cmodx', 1, checksOf(endless));
    await new Promise<void>((resolve) => {
      const stop = checks.onChange(() => {
        if ((checks.report('a.cmodx')?.checks[0]?.states ?? 0) === 0) return;
        stop();
        resolve();
      });
    });
    const start_ = performance.now();
    checks.update('a.cmodx', 2, checksOf(safePatch));
    await checks.settled();
    expect(checks.report('a.cmodx')?.checks).toMatchObject([{ status: 'current', verdict: { verdict: 'safe' } }]);
    expect(performance.now() - start_).toBeLessThan(3000);
  });

  test('a time limit ends a search by name', async () => {
    const checks = start({ ...defaultLimits, maxSeconds: 0.2 });
    checks.update('a.cmodx', 1, checksOf(endless));
    await checks.settled();
    expect(checks.report('a.cmodx')?.checks[0]?.verdict).toMatchObject({
      verdict: 'inconclusive',
      limit: 'time limit of 0.2 s',
    });
  });

  test('a memory limit ends a search by name', async () => {
    const checks = start({ ...defaultLimits, maxMemoryMb: 2 });
    checks.update('a.cmodx', 1, checksOf(endless));
    await checks.settled();
    expect(checks.report('a.cmodx')?.checks[0]?.verdict).toMatchObject({
      verdict: 'inconclusive',
      limit: 'memory limit of 2 MB',
    });
  });

  test('a thread whose heap is full is a memory limit and not the end of the process', async () => {
    const greedy = join(directory, 'greedy.js');
    const body = 'const all = []; for (;;) all.push(new Array(10000).fill(0.5));';
    writeFileSync(greedy, `require('node:worker_threads').parentPort.on('message', () => { ${body} });`);
    const checks = start({ ...defaultLimits, maxMemoryMb: 1 }, greedy);
    checks.update('a.cmodx', 1, checksOf(safePatch));
    await checks.settled();
    expect(checks.report('a.cmodx')?.checks[0]?.verdict).toMatchObject({
      verdict: 'inconclusive',
      limit: 'memory limit of 1 MB',
    });
  });

  test('a script that is not there is a failure, not a silence', async () => {
    const checks = start(defaultLimits, join(script, '../nothing.js'));
    checks.update('a.cmodx', 1, checksOf(safePatch));
    await checks.settled();
    expect(checks.report('a.cmodx')?.checks[0]).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('nothing.js') as string,
    });
  });
});
