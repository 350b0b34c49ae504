import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { check } from '../../server/src/checker';
import { onlyCheck } from './mail';
import { requireSpin, runSpin } from './spin';
import { variants } from './variants';

let scratch = '';
beforeAll(async () => {
  await requireSpin();
  scratch = mkdtempSync(join(tmpdir(), 'cmodx-spin-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test.each(variants)('the mail $name: $verdict, by SPIN and by cmodx', { timeout: 60_000 }, async (variant) => {
  const spin = await runSpin({ scratch, cap: 30 }, ['HARTS=1', ...variant.defines]);
  const cmodx = check(onlyCheck(variant.text).scenario);
  expect({ spin: spin.verdict, cmodx: cmodx.verdict }).toEqual({ spin: variant.verdict, cmodx: variant.verdict });
});
