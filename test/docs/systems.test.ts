import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { headOf } from '../../server/src/import/head';
import { analyze } from '../../server/src/language';
import { examples, readExample } from '../language/examples';

const folder = join(import.meta.dirname, '../../docs/systems');
const pages = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
const systems = pages.filter(({ name }) => name !== 'README.md');
const index = pages.find(({ name }) => name === 'README.md')?.text ?? '';

/** What a page says of one example: from its heading to the next. */
function chaptersOf(path: string): string[] {
  return systems.flatMap(({ text }) =>
    text.split(/^(?=## )/m).filter((part) => part.split('\n')[2]?.startsWith(`[${path.split('/')[1]}](`)),
  );
}

describe.each(examples)('$path', ({ path, text }) => {
  const [chapter = '', ...more] = chaptersOf(path);
  const { what, from, teaches } = headOf(text);

  it('is on one page, and in the list', () => {
    expect(chapter).not.toBe('');
    expect(more).toEqual([]);
    expect(index).toContain(`](../../examples/${path}) |`);
  });

  it('says what it is, whence, and what it teaches', () => {
    expect(text).toMatch(/^# [^\n]+\n# From: [^\n]+\n# Teaches: [^\n]+\n\n/);
    expect(chapter).toContain(`## ${what.replace(/\.$/, '')}\n`);
    expect(chapter).toContain(`From: ${from}\n`);
    expect(chapter).toContain(`Teaches: ${teaches}\n`);
    expect(index).toContain(`| ${teaches} |`);
  });

  it('is shown as it stands, but for what is expected', () => {
    const [, shown = ''] = /```cmodx\n([\s\S]*?)```/.exec(chapter) ?? [];
    const own = new Set(text.split('\n'));
    const lines = shown.split('\n').filter((line) => line !== '');
    expect(lines.filter((line) => !own.has(line))).toEqual([]);
    const kept = text.split('\n').filter((line) => line !== '' && !/^#|^\s*(expect |\/\/)/.test(line));
    expect(kept.filter((line) => !lines.includes(line))).toEqual([]);
  });

  it('has its verdicts on the page, those that it expects, and no others', () => {
    const rows = [...chapter.matchAll(/^\| `(\w+)` \| (?:`(.*?)`)? \| (.*?) \|/gm)].map(
      ([, protocol, when, verdict]) => ({
        protocol,
        when: when ?? null,
        verdict: verdict?.replaceAll('**', ''),
      }),
    );
    const { checks } = analyze(path, text, readExample);
    expect(rows).toEqual(
      checks.map(({ protocol, when, expectations }) => ({
        protocol,
        when,
        verdict: expectations.map((one) => one.text).join('; ') || 'safe',
      })),
    );
  });
});

it('whatever the pages link to is there', () => {
  const links = pages.flatMap(({ name, text }) =>
    [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target = '']) => ({ name, target })),
  );
  expect(links.length).toBeGreaterThan(50);
  expect(links.filter(({ target }) => !existsSync(join(folder, target)))).toEqual([]);
});
