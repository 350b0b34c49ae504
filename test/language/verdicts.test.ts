import { describe, expect, it } from 'vitest';
import { check, defaultOptions } from '../../server/src/checker';
import { analyze, judge } from '../../server/src/language';
import { examples, readExample } from './examples';

describe('every example gets the verdicts that it expects', () => {
  for (const { path, text } of examples) {
    const { checks } = analyze(path, text, readExample);
    it.each(checks.map((one) => [one.when === null ? one.protocol : `${one.protocol} when ${one.when}`, one] as const))(
      `${path}: %s`,
      (_name, { scenario, expectations }) => {
        if (scenario === null) throw new Error('the check has no scenario');
        expect(judge(expectations, check(scenario, { ...defaultOptions, explain: false })).problems).toEqual([]);
      },
      60_000,
    );
  }
});
