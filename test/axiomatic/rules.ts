/** The names of everything that can be switched off, one at a time. */
import type { LitmusFetch } from '../../server/src/checker/litmus/test';
import type { Model } from './annotations';

export const ppoRules = ['r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13'] as const;
export const fetchRules = ['iico', 'fence.i', 'fencei-fetch', 'decode-w', 'decode', 'ziccid'] as const;
export const axioms = ['load-value', 'fetch-value', 'atomicity'] as const;

export type RuleName = (typeof ppoRules)[number] | (typeof fetchRules)[number] | (typeof axioms)[number] | 'sc';

/** What a model consists of. */
export function rulesOf(memory: Model, fetch: LitmusFetch | null, mutate?: RuleName): ReadonlySet<RuleName> {
  const rules = new Set<RuleName>([...ppoRules, 'load-value', 'atomicity']);
  if (memory === 'sc') rules.add('sc');
  if (fetch !== null) {
    rules.add('fetch-value').add('iico').add('fence.i');
    if (fetch.fenceiFetch) rules.add('fencei-fetch');
    if (fetch.decodeW) rules.add('decode-w');
    if (fetch.decode) rules.add('decode');
    if (fetch.ziccid) rules.add('ziccid');
  }
  if (mutate !== undefined) rules.delete(mutate);
  return rules;
}
