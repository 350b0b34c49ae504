import { describe, expect, test } from 'vitest';
import { check, defaultOptions } from '../../server/src/checker';
import { newText, templates } from '../../server/src/import';
import { analyze, format, judge } from '../../server/src/language';

describe('every template, as `cmodx new` writes it', () => {
  for (const template of templates) {
    const text = newText(template);
    const { diagnostics, checks } = analyze('new.cmodx', text, () => null);

    test(`${template.name}: has no messages, and says in comments what it is, whence, and what it teaches`, () => {
      expect(diagnostics).toEqual([]);
      expect(text).toMatch(/^# [^\n]+\n(# From: [^\n]+\n)?# Teaches: [^\n]+\n\nmachine \{/);
      expect(text.includes('# From:')).toBe(template.name !== 'none');
    });
    test(`${template.name}: is formatted`, () => {
      expect(format(text)).toBe(text);
    });
    test(`${template.name}: is about one site, and but for \`none\` has protocols with expectations`, () => {
      expect(text.match(/^site entry at /gm)).toHaveLength(1);
      expect(checks.length > 0).toBe(template.name !== 'none');
      expect(checks.filter(({ expectations }) => expectations.length === 0)).toEqual([]);
    });
    test.each(
      checks.map((one) => [one.when === null ? one.protocol : `${one.protocol} when ${one.when}`, one] as const),
    )(`${template.name}: %s is as expected`, (_name, { scenario, expectations }) => {
      if (scenario === null) throw new Error('the check has no scenario');
      expect(judge(expectations, check(scenario, { ...defaultOptions, explain: false })).problems).toEqual([]);
    });
  }
});

test('names are what a command line takes, and each is there once', () => {
  const names = templates.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9.-]+$/);
  expect(names).toEqual(
    expect.arrayContaining(['ftrace-6.16', 'ftrace-stop-machine', 'auipc-replay', 'jump-label', 'kprobe', 'none']),
  );
});
