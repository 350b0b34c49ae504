import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { analyzeLitmus } from '../../../server/src/language/litmus';

/** Public RISC-V litmus tests with the final states that herd7 gives, beside the project. */
const folder = join(import.meta.dirname, '../../../../shared/litmus/rvwmo');

/** A file, and the names in its first final state in order; null where herd7 refuses the file. */
function expected(): (readonly [file: string, names: string | null])[] {
  const [, ...lines] = readFileSync(join(folder, 'expected.tsv'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [file = '', observation, , , , states = ''] = line.split('\t');
    const [first = ''] = states.split(' | ');
    return [file, observation === '' ? null : first.replace(/=[^;]*;/g, '').trim()];
  });
}

it('every public test is read, and shows what herd7 shows of it, in its order', () => {
  if (!existsSync(folder)) {
    console.log('conformance: not available');
    return;
  }
  const wrong = expected().flatMap(([file, names]) => {
    const { test, diagnostics } = analyzeLitmus(file, readFileSync(join(folder, file), 'utf8'));
    const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message);
    if (names === null) return test === null && errors.length > 0 ? [] : [`${file}: herd7 refuses it`];
    const found = test?.observed.map(({ name }) => name).join(' ');
    return found === names ? [] : [`${file}: ${errors.join('; ') || `${found} and not ${names}`}`];
  });
  expect(wrong).toEqual([]);
});
