import { describe, expect, test } from 'vitest';
import { newText, templates } from '../../server/src/import';
import { templateTable } from '../../server/src/import/template-table';
import { analyze, format } from '../../server/src/language';
import { example } from '../language/examples';

describe('every template, as `cmodx new` writes it', () => {
  for (const template of templates) {
    const text = newText(template);

    test(`${template.name}: has no messages but notes, and is formatted`, () => {
      const { diagnostics } = analyze('new.cmodx', text, () => null);
      expect(diagnostics.filter(({ severity }) => severity !== 'information')).toEqual([]);
      expect(format(text)).toBe(text);
    });
    test(`${template.name}: says in comments what it is, whence, and what it teaches`, () => {
      expect(text).toMatch(/^# [^\n]+\n(# From: [^\n]+\n)?# Teaches: [^\n]+\n\n/);
      expect(text.includes('# From:')).toBe(template.name !== 'none');
      expect(text.startsWith(`# ${template.title}\n`)).toBe(true);
      expect(text).toContain(`# Teaches: ${template.teaches}\n`);
      if (template.from !== null) expect(text).toContain(`# From: ${template.from}\n`);
    });
  }

  // So that its verdicts are those of the example, which test/language holds it to.
  test.each(templateTable)('$name is $example, letter for letter', ({ name, example: path, short }) => {
    const template = templates.find((one) => one.name === name);
    expect(template?.text).toBe(example(path));
    expect(template?.short).toBe(short === undefined ? null : example(short));
  });
});

test('names are what a command line takes, and each is there once', () => {
  const names = templates.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9.-]+$/);
  expect(names.at(-1)).toBe('none');
});
