import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LitmusJson } from '../../server/src/cli/litmus-results';
import { cmodx } from './terminal';

const directory = join(import.meta.dirname, '../../examples/litmus');
const files = Object.fromEntries(
  readdirSync(directory).map((name) => [`litmus/${name}`, readFileSync(join(directory, name), 'utf8')]),
);

async function observed(options: string): Promise<Readonly<Record<string, string | null>>> {
  const { out } = await cmodx(`litmus --json ${options} litmus`, files);
  const { results, diagnostics } = JSON.parse(out) as LitmusJson;
  expect(diagnostics).toEqual([]);
  return Object.fromEntries(results.map(({ name, observation }): [string, string | null] => [name ?? '', observation]));
}

test('each example shows what its comment says', async () => {
  expect(await observed('')).toEqual({
    'message-passing': 'Sometimes',
    'message-passing-fenced': 'Never',
    'store-buffering': 'Sometimes',
    'publish-code': 'Never',
    'publish-code-without-fence-i': 'Sometimes',
    'new-then-old': 'Never',
    'own-code': 'Sometimes',
  });
  expect(await observed('--memory tso')).toMatchObject({ 'message-passing': 'Never', 'store-buffering': 'Sometimes' });
  expect(await observed('--memory sc')).toMatchObject({ 'message-passing': 'Never', 'store-buffering': 'Never' });
  expect(await observed('--fetch letter')).toMatchObject({ 'new-then-old': 'Sometimes', 'publish-code': 'Never' });
  expect(await observed('--fetch isa+ziccid')).toMatchObject({ 'publish-code-without-fence-i': 'Sometimes' });
});

test('the file of an example is named after its test', () => {
  for (const [file, text] of Object.entries(files)) {
    expect(`litmus/${/^RISCV (\S+)\n/.exec(text)?.[1]}.litmus`).toBe(file);
  }
});
