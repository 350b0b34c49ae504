/** Random litmus tests: cycles of relations, and programs that are no cycles. Everything follows from the seed. */
import { dice } from '../reference/generate';
import { cycleTest } from './cycles';
import type { GeneratedTest } from './generated';
import { programTest } from './programs';

export function generate(seed: number): GeneratedTest {
  const d = dice(seed);
  const name = `R${seed}`;
  return d.chance(0.6) ? cycleTest(d, name) : programTest(d, name);
}
