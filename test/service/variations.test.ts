import { describe, expect, test } from 'vitest';
import type { Claim, Verdict, ViolationKind } from '../../server/src/checker/verdict';
import { type Effect, effectOf } from '../../server/src/service/variations';
import { safe as anySafe, at, inconclusive, violation } from './fixtures';

const effective = (holds: boolean): Claim => ({ name: 'effective', holds, why: null });
const safe = (holds?: boolean): Verdict => ({ ...anySafe(), claims: holds === undefined ? [] : [effective(holds)] });
const unsafe = (codes: readonly ViolationKind[], holds?: boolean, limit: string | null = null): Verdict => ({
  ...safe(holds),
  verdict: 'unsafe',
  limit,
  violations: codes.map((code) => ({ ...violation(at(0)), code })),
});
const limit = 'time limit of 30 s';

describe('what a change does to a verdict', () => {
  test.each<[what: string, base: Verdict, varied: Verdict, effect: Effect]>([
    ['it becomes unsafe', safe(true), unsafe(['mixed'], true), 'load-bearing'],
    [
      'it becomes unsafe, and the search was cut short',
      safe(true),
      unsafe(['mixed'], undefined, limit),
      'load-bearing',
    ],
    ['it is no longer effective', safe(true), safe(false), 'load-bearing'],
    ['unsafe before, it is no longer effective', unsafe(['mixed'], true), unsafe(['mixed'], false), 'load-bearing'],
    ['it becomes safe', unsafe(['mixed'], true), safe(true), 'saves'],
    ['it becomes safe, though its own search was cut short', unsafe(['mixed'], undefined, limit), safe(true), 'saves'],
    ['it becomes effective', safe(false), safe(true), 'saves'],
    ['unsafe as before, it becomes effective', unsafe(['mixed'], false), unsafe(['mixed'], true), 'changes'],
    ['it is unsafe in another way', unsafe(['mixed'], true), unsafe(['torn'], true), 'changes'],
    ['it is unsafe in one more way', unsafe(['mixed'], true), unsafe(['mixed', 'torn'], true), 'changes'],
    ['nothing, safe', safe(true), safe(true), 'redundant'],
    ['nothing, without a claim', safe(), safe(), 'redundant'],
    ['nothing, unsafe', unsafe(['torn', 'mixed'], true), unsafe(['mixed', 'torn'], true), 'redundant'],
    ['it was not decided', safe(true), inconclusive(limit), 'open'],
    ['the protocol itself was not decided', inconclusive(limit), safe(true), 'open'],
    ['both searches were cut short', unsafe(['mixed'], undefined, limit), unsafe(['mixed'], undefined, limit), 'open'],
    ['unsafe, and the search was cut short', unsafe(['mixed'], true), unsafe(['mixed'], undefined, limit), 'open'],
  ])('%s', (_what, base, varied, effect) => {
    expect(effectOf(base, varied)).toBe(effect);
  });
});
