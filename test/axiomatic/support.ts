/** Litmus tests from text, for the tests of the axiomatic model itself. */
import type { LitmusFetch, LitmusTest } from '../../server/src/checker/litmus/test';
import { analyzeLitmus } from '../../server/src/language/litmus';

/** @throws where the text has errors */
export function litmus(text: string, file = 'test.litmus'): LitmusTest {
  const { test, diagnostics } = analyzeLitmus(file, text);
  if (test !== null) return test;
  throw new Error(`${file}: ${diagnostics.map(({ message }) => message).join('; ')}\n${text}`);
}

/**
 * A test from its threads, each a list of instructions. `x6`, `x7` and `x8` point to `x`, `y` and `z` in each of them,
 * whose values are 0; `x1` and `x2` are 1 and 2.
 */
export function threads(bodies: readonly (readonly string[])[], shown: string, more = ''): LitmusTest {
  const registers = bodies.map((_, t) => `${t}:x6=x; ${t}:x7=y; ${t}:x8=z; ${t}:x1=1; ${t}:x2=2;`);
  const height = Math.max(...bodies.map((body) => body.length));
  const rows = Array.from({ length: height }, (_, row) => bodies.map((body) => body[row] ?? ''));
  const table = [bodies.map((_, t) => `P${t}`), ...rows].map((cells) => `${cells.join(' | ')} ;`);
  return litmus(`RISCV test\n{\n${registers.join('\n')}\n${more}\n}\n${table.join('\n')}\nlocations [${shown}]\n`);
}

export const letter: LitmusFetch = { fenceiFetch: false, decodeW: false, decode: false, ziccid: false };
