import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { check } from '../../server/src/checker';
import { checkOf, models } from './models';
import { requireSpin, runSpin } from './spin';

let scratch = '';
beforeAll(async () => {
  await requireSpin();
  scratch = mkdtempSync(join(tmpdir(), 'cmodx-spin-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.each(models)('$path, by SPIN and by cmodx', (model) => {
  test.each(model.variants)('when $when: $verdict', { timeout: 60_000 }, async ({ when, defines, verdict }) => {
    const spin = await runSpin({ scratch, cap: 30, level: '-O0' }, model.promela, ['HARTS=1', ...defines]);
    const cmodx = check(checkOf(model, when).scenario);
    expect({ spin: spin.verdict, cmodx: cmodx.verdict }).toEqual({ spin: verdict, cmodx: verdict });
  });
});
