/**
 * Lints: what is known to go wrong with patching on RISC-V, found in a scenario without a search. They are beside the
 * checker and decide nothing.
 */
import type { Scenario } from '../../checker/scenario';
import type { Expectation } from '../types';
import { unanchoredFences } from './anchors';
import { broadHandlers } from './handlers';
import type { Lint } from './kinds';
import { unorderedSyncs, unsyncedStores } from './ordering';
import { patchingLints } from './patching';

export { type LintCode, lintKinds } from './kinds';

const lints = [patchingLints, unorderedSyncs, unsyncedStores, unanchoredFences, broadHandlers];

/** All that a protocol as it stands is to be told; `expectations`: those of it as it stands. */
export function lintsOf(scenario: Scenario, expectations: readonly Expectation[]): Lint[] {
  // Who says that the patch is not in force at the end knows.
  const known = expectations.some(({ claims }) => claims.some(({ name, holds }) => name === 'effective' && !holds));
  return lints.flatMap((lint) => lint(scenario)).filter(({ code }) => code !== 'unsynced' || !known);
}
