import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cmodx } from './terminal';

describe('the program', () => {
  test('--help names every command and the exit codes', async () => {
    const { code, out } = await cmodx('--help');
    expect(code).toBe(0);
    for (const word of ['check', 'table', 'decode', 'format', 'Exit codes']) expect(out).toContain(word);
  });

  test('--version prints the version', async () => {
    expect(await cmodx('--version')).toMatchObject({ code: 0, out: 'cmodx 1.2.3\n' });
  });

  test('a command tells its own usage', async () => {
    expect((await cmodx('check --help')).out).toMatch(/^cmodx check \[--json \| --sarif\]/);
  });

  test.each([
    ['', 'what shall be done?'],
    ['chekc a.cmodx', 'unknown command `chekc`; did you mean `check`?'],
    ['a.cmodx', 'unknown command `a.cmodx`; did you mean `cmodx check a.cmodx`?'],
    ['constructor', 'unknown command `constructor`'],
    ['a.litmus', 'unknown command `a.litmus`; did you mean `cmodx litmus a.litmus`?'],
    ['mcp', '`cmodx mcp` is not available yet'],
    ['disasm', 'needs one file'],
    ['check --json --sarif a.cmodx', '`--json` and `--sarif` do not go together'],
    ['--hepl', 'unknown option `--hepl`; did you mean `--help`?'],
    ['check', 'needs a file'],
    ['decode', 'needs a word'],
    ['format', 'needs a file'],
    ['table', 'needs a file'],
    ['litmus', 'needs a file'],
  ])('`cmodx %s` is refused with exit code 2', async (line, message) => {
    const { code, out, err } = await cmodx(line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});

describe('docs/command-line.md', () => {
  const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');

  test('has the usage of every command as the program tells it', async () => {
    const usages = (await cmodx('--help')).out.match(/^ {2}cmodx .*$/gm) ?? [];
    expect(usages.length).toBeGreaterThan(4);
    for (const usage of usages) expect(page).toContain(usage.trim());
  });
});
