import { describe, expect, it } from 'vitest';
import type { Verdict, VerdictKind, ViolationKind } from '../../server/src/checker';
import { judge } from '../../server/src/language';
import { checkOf } from './fixtures';

const snapshot = { harts: [], memory: [] };

function verdict(kind: VerdictKind, codes: readonly ViolationKind[] = [], effective: boolean | null = null): Verdict {
  return {
    verdict: kind,
    bounds: { harts: 'any', passes: 'any' },
    reliesOn: [],
    rung: null,
    claims:
      effective === null ? [] : [{ name: 'effective', holds: effective, why: effective ? null : 'a late pass is old' }],
    limit: kind === 'inconclusive' ? '2,000,000 states' : null,
    states: 1,
    violations: codes.map((code) => ({
      code,
      message: code,
      headline: code,
      source: { file: '', start: 0, end: 0 },
      before: snapshot,
      trace: [],
    })),
  };
}

/** Judges a verdict by the expectations of a protocol with these lines. */
function judged(
  lines: string,
  found: Verdict,
): { readonly expected: string | null; readonly met: boolean; readonly problems: readonly string[] } {
  const text = `site s at 0 { version v { A: nop } }\nprotocol p patches s from v {\n fence.i\n ${lines}\n}`;
  return judge(checkOf(text).expectations, found);
}

describe('an expectation', () => {
  it('that is not written down is `safe`', () => {
    expect(judged('', verdict('safe'))).toEqual({ expected: null, met: true, problems: [] });
    expect(judged('', verdict('unsafe', ['mixed']))).toEqual({
      expected: null,
      met: false,
      problems: ['expected `safe`, found `unsafe mixed`'],
    });
  });
  it('`unsafe` is met by any violation, with kinds by one of each', () => {
    expect(judged('expect unsafe', verdict('unsafe', ['torn'])).met).toBe(true);
    expect(judged('expect unsafe torn', verdict('unsafe', ['mixed', 'torn'])).met).toBe(true);
    expect(judged('expect unsafe torn mixed', verdict('unsafe', ['mixed', 'torn'])).met).toBe(true);
    expect(judged('expect unsafe torn, mixed', verdict('unsafe', ['mixed'])).problems).toEqual([
      'expected `torn`, found `unsafe mixed`',
    ]);
    expect(judged('expect unsafe', verdict('safe')).problems).toEqual(['expected `unsafe`, found `safe`']);
  });
  it('claims must hold, and with `not` must fail', () => {
    expect(judged('expect safe, effective', verdict('safe', [], true)).met).toBe(true);
    expect(judged('expect safe, effective', verdict('safe', [], false)).problems).toEqual([
      'not effective: a late pass is old',
    ]);
    expect(judged('expect safe, not effective', verdict('safe', [], false)).met).toBe(true);
    expect(judged('expect safe, not effective', verdict('safe', [], true)).problems).toEqual([
      'effective, though `not effective` is expected',
    ]);
    expect(judged('expect safe, effective', verdict('safe')).problems).toEqual(['`effective` was not established']);
    expect(judged('expect safe', verdict('safe', [], false)).met).toBe(true);
  });
  it('is never met by what is not known', () => {
    for (const lines of ['', 'expect safe', 'expect unsafe', 'expect safe, not effective']) {
      expect(judged(lines, verdict('inconclusive')).met).toBe(false);
      expect(judged(lines, verdict('invalid')).met).toBe(false);
    }
    expect(judged('', verdict('inconclusive')).problems).toEqual([
      'expected `safe`, found `inconclusive` (2,000,000 states)',
    ]);
  });
  it('of several each must be met, and each problem is told once', () => {
    const both = judged('expect safe\n expect safe, effective', verdict('unsafe', ['mixed'], false));
    expect(both).toEqual({
      expected: 'safe; safe, effective',
      met: false,
      problems: ['expected `safe`, found `unsafe mixed`', 'expected `safe, effective`, found `unsafe mixed`'],
    });
  });
});
