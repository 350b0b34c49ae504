import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ESLint } from 'eslint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;

/** A little project's layers, each file with one import: what it does, and the rule that it breaks. */
const imports = [
  { what: 'the checker uses the ISA', file: 'server/src/checker/use.ts', text: "import '../isa/x';", rule: null },
  {
    what: 'the client starts the server',
    file: 'client/src/use.ts',
    text: "import '../../server/src/lsp/x';",
    rule: null,
  },
  {
    what: 'the ISA uses the checker',
    file: 'server/src/isa/use.ts',
    text: "import '../checker/x';",
    rule: 'isa-knows-only-what-is-below',
  },
  {
    what: 'a type of a higher layer',
    file: 'server/src/memory/use.ts',
    text: "import type { X } from '../checker/x';\nexport type Y = X;",
    rule: 'memory-knows-only-what-is-below',
  },
  {
    what: 'a feature uses the connection',
    file: 'server/src/features/use.ts',
    text: "import '../lsp/x';",
    rule: 'features-knows-only-what-is-below',
  },
  {
    what: 'the checker reads files',
    file: 'server/src/checker/fs.ts',
    text: "import 'node:fs';",
    rule: 'core-is-pure',
  },
  {
    what: 'the command line is a server',
    file: 'server/src/cli/use.ts',
    text: "import '../lsp/x';",
    rule: 'cli-stands-alone',
  },
  {
    what: 'the server uses the client',
    file: 'server/src/lsp/use.ts',
    text: "import '../../../client/src/x';",
    rule: 'lsp-stands-alone',
  },
  {
    what: 'the server uses the editor',
    file: 'server/src/lsp/editor.ts',
    text: "import 'vscode';",
    rule: 'only-client-imports-vscode',
  },
] as const;

describe('the layers depend one way', () => {
  let directory: string;
  const broken = new Map<string, string[]>();

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'layers-'));
    const targets = ['client/src/x.ts', 'server/src/isa/x.ts', 'server/src/checker/x.ts', 'server/src/lsp/x.ts'];
    const files = [
      { file: 'tsconfig.json', text: '{}' },
      ...targets.map((file) => ({ file, text: 'export type X = 1;' })),
      ...imports,
    ];
    for (const { file, text } of files) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), text);
    }
    const { stdout } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
        ...['server', 'client', '--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json'],
      ],
      { cwd: directory, encoding: 'utf8' },
    );
    const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
    for (const { from, rule } of summary.violations) broken.set(from, [...(broken.get(from) ?? []), rule.name]);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test.each(imports)('$what: $rule', ({ file, rule }) => {
    expect(broken.get(file) ?? []).toEqual(rule === null ? [] : [rule]);
  });
});

describe('the core has no clock, randomness or process', () => {
  const eslint = new ESLint({ cwd: root });
  // The first text brings the whole project's types with it.
  beforeAll(() => messages(''), 180_000);

  async function messages(text: string): Promise<string[]> {
    const [result] = await eslint.lintText(text, { filePath: join(root, 'server/src/isa/types.ts') });
    return (result?.messages ?? []).map(({ ruleId }) => ruleId ?? 'parse error');
  }

  test.each([
    ['export const now = Date.now();', 'no-restricted-globals'],
    ['setTimeout(() => 1, 2);', 'no-restricted-globals'],
    ['console.log(1);', 'no-restricted-globals'],
    ['export const dice = Math.random();', 'no-restricted-properties'],
    ['async function f(): Promise<void> {}\nf();', '@typescript-eslint/no-floating-promises'],
  ])('%s', async (text, rule) => {
    expect(await messages(text)).toContain(rule);
  });

  test('pure code passes', async () => {
    expect(await messages('export const two = 1 + 1;')).toEqual([]);
  });
});
