import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzeLitmus } from '../../../server/src/language/litmus';
import { cTypes } from '../../../server/src/language/litmus/ctypes';
import { small } from './fixtures';

const page = readFileSync(join(import.meta.dirname, '../../../docs/litmus.md'), 'utf8');
const errors = (text: string): string[] =>
  analyzeLitmus('t.litmus', text)
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ code }) => code);

/** What stands in backquotes in the first column of the table under a heading. */
function firstColumn(heading: string): string[] {
  const section = page.slice(page.indexOf(`## ${heading}\n`)).split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''));
}

describe('docs/litmus.md', () => {
  it('begins with a whole test', () => {
    const text = /```litmus\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    expect(analyzeLitmus('t.litmus', text).diagnostics).toEqual([]);
  });
  const items = firstColumn('The initial state').filter((item) => !cTypes.has(item) && item !== 'T *');
  it.each(items)('initial state: `%s` is read', (item) => {
    const array = item.includes('a[1]') ? 'int a[2]; ' : '';
    expect(errors(small(`${array}${item}`, 'L0: nop').replace(' P0 ;', ' P0 | P1 ;'))).toEqual([]);
  });
  it('names every type', () => {
    const named = new Set([...page.matchAll(/`(\w+)`/g)].map((match) => match[1]));
    expect([...cTypes.keys()].filter((name) => !named.has(name))).toEqual([]);
  });
  const conditions = firstColumn('Behind the table').filter((one) => one.includes('=') && !/[PQ]( |$)|^==$/.test(one));
  it.each(conditions)('proposition: `%s` is read', (condition) => {
    const text = small('x=1; y=1; int a[2]={1,2}', 'L0: li x5,1', `exists (${condition})`);
    expect(errors(text.replace(' P0 ;', ' P0 | P1 ;').replace('li x5,1 ;', 'li x5,1 | li x6,1 ;'))).toEqual([]);
  });
  const refused: readonly (readonly [string, string])[] = [
    ['0:%a=x', small('0:%a=x', 'nop')],
    ['0:fa0=1', small('0:fa0=1', 'nop')],
    ['float x', small('float x', 'nop')],
    ['fadd.s fa0,fa0,fa0', small('', 'fadd.s fa0,fa0,fa0')],
    ['__int128 x', small('__int128 x', 'nop')],
    ['PTE(x)', small('PTE(x)', 'nop')],
    ['x=(valid:0)', small('x=(valid:0)', 'nop')],
    ['x:green', small('0:x5=x:green', 'nop')],
    ['fault(P0,x)', small('x=1', 'nop', 'exists (fault(P0,x))')],
    ['observed', small('', 'nop', 'observed true')],
    ['cases', small('', 'nop', 'cases true')],
    ['.word 3', small('', '.word 3')],
    ...['AArch64', 'PPC', 'X86', 'C'].map((name) => [name, `${name} T\n{ }\n`] as const),
  ];
  it.each(refused)('`%s` is refused by name', (name, text) => {
    expect(page).toContain(`\`${name}\``);
    expect(errors(text)).toEqual(['unsupported']);
  });
});
