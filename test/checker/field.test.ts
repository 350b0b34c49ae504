import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../server/src/checker';
import { analyze, judge } from '../../server/src/language';

const folder = join(import.meta.dirname, 'field');
const files = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));

/**
 * What people patch, and what comes of it, worked out by hand from docs/semantics.md before it was run. A comment behind
 * an `expect safe` is the lowest rung of the fetch ladder that it holds on.
 */
describe.each(files)('$name', ({ name, text }) => {
  const { checks, diagnostics } = analyze(name, text, () => null);

  it('says what it is, whence, and what it teaches', () => {
    expect(text).toMatch(/^# [^\n]+\n# From: [^\n]+\n# Teaches: [^\n]+\n\n/);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each(checks.map((one) => [one.when === null ? one.protocol : `${one.protocol} when ${one.when}`, one] as const))(
    '%s',
    { timeout: 60_000 },
    (_name, { scenario, expectations }) => {
      if (scenario === null) throw new Error('the check has no scenario');
      const verdict = check(scenario);
      expect(judge(expectations, verdict).problems).toEqual([]);
      if (verdict.verdict === 'safe') expect(verdict.rung).toBe(rungOf(expectations[0]?.source.start ?? 0));
    },
  );

  function rungOf(start: number): string | undefined {
    return /\/\/ (\S+)$/.exec(text.slice(start).split('\n')[0] ?? '')?.[1];
  }
});
