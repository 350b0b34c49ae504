/** Litmus tests as files, each with the verdicts that it must get in its own header: `Allowed=letter decode-w`. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { LitmusFetch, LitmusOptions, LitmusResult, LitmusTest } from '../../server/src/checker/litmus';
import { defaultLitmusOptions, runLitmus } from '../../server/src/checker/litmus';
import { analyzeLitmus } from '../../server/src/language/litmus';

const letter: LitmusFetch = { fenceiFetch: false, decodeW: false, decode: false, ziccid: false };

/** The rule sets of the public instruction-fetch tests: `letter`, and `letter` with each one of the other rules. */
export const fetchRuleSets: Readonly<Record<string, LitmusFetch>> = {
  letter,
  ziccid: { ...letter, ziccid: true },
  'decode-w': { ...letter, decodeW: true },
  decode: { ...letter, decode: true },
  isa: { ...letter, fenceiFetch: true },
};

/** All twelve combinations of fetch rules that differ, by name: `isa+decode-w+ziccid`. */
export const allFetchRuleSets: readonly { readonly name: string; readonly fetch: LitmusFetch }[] = [
  false,
  true,
].flatMap((fenceiFetch) =>
  (['', '+decode-w', '+decode'] as const).flatMap((decode) =>
    [false, true].map((ziccid) => ({
      name: `${fenceiFetch ? 'isa' : 'letter'}${decode}${ziccid ? '+ziccid' : ''}`,
      fetch: { fenceiFetch, decodeW: decode !== '', decode: decode === '+decode', ziccid },
    })),
  ),
);

export const memoryModels = ['rvwmo', 'tso', 'sc'] as const;

export interface TestFile {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  /** The rule sets or memory models under which the outcome can happen, and those under which it cannot. */
  readonly allowed: readonly string[];
  readonly forbidden: readonly string[];
}

/** The tests of a folder beside this file, its subfolders included, by name. */
export function testsIn(folder: string): TestFile[] {
  const root = path.join(import.meta.dirname, folder);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.litmus'))
    .sort()
    .map((file) => {
      const text = readFileSync(path.join(root, file), 'utf8');
      const header = (key: string): string[] =>
        (new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? '').split(' ').filter((word) => word !== '');
      const name = path.basename(file, '.litmus');
      return { name, file, text, allowed: header('Allowed'), forbidden: header('Forbidden') };
    });
}

/** The test that a text says. @throws where it has errors */
export function testOf(file: string, text: string): LitmusTest {
  const { test, diagnostics } = analyzeLitmus(file, text);
  if (test !== null) return test;
  throw new Error(`${file}: ${diagnostics.map(({ message }) => message).join('; ')}\n${text}`);
}

/** The product's result. @throws where it does not decide the test */
export function decided(test: LitmusTest, options: Partial<LitmusOptions>): LitmusResult {
  const result = runLitmus(test, { ...defaultLitmusOptions, ...options });
  const open = result.limit ?? result.fault?.message ?? null;
  if (open !== null) throw new Error(`${test.name}: ${open}`);
  return result;
}
