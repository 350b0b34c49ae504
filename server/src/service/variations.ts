import type { Verdict } from '../checker/verdict';
import type { Variation } from '../language/analyze';
import { expectText } from '../language/expectation';
import { type NeighbourKind, neighbourKinds } from '../language/neighbours';
import type { CheckReport } from './report';
import { counted } from './words';

/**
 * What a change to a protocol does to its verdict.
 * - `load-bearing`: safe no more, or a claim (`effective`) lost.
 * - `saves`: what was unsafe is safe; of a safe protocol, a claim won.
 * - `changes`: unsafe as before, in other ways or with other claims.
 * - `redundant`: verdict, kinds of violation and claims are the same.
 * - `open`: a limit, or something that is not supported, keeps one of the verdicts from being known.
 */
export type Effect = 'load-bearing' | 'saves' | 'changes' | 'redundant' | 'open';

/** What the change from the protocol as it stands to a neighbour of it does. */
export function effectOf(base: Verdict, verdict: Verdict): Effect {
  if (!isDecided(base) || !isDecided(verdict)) return 'open';
  if (base.verdict !== verdict.verdict) return base.verdict === 'safe' ? 'load-bearing' : 'saves';
  const gone = base.claims.some(({ name, holds }) => holds && claimOf(verdict, name) === false);
  if (gone) return 'load-bearing';
  // What a search found before its limit is real, but it need not be all.
  if (base.limit !== null || verdict.limit !== null) return 'open';
  const won = verdict.claims.some(({ name, holds }) => holds && claimOf(base, name) === false);
  if (won) return base.verdict === 'safe' ? 'saves' : 'changes';
  return kindsOf(base) === kindsOf(verdict) ? 'redundant' : 'changes';
}

function isDecided({ verdict }: Verdict): boolean {
  return verdict === 'safe' || verdict === 'unsafe';
}

/** Null where it was not established. */
function claimOf({ claims }: Verdict, name: string): boolean | null {
  return claims.find((claim) => claim.name === name)?.holds ?? null;
}

function kindsOf({ violations }: Verdict): string {
  return [...new Set(violations.map(({ code }) => code))].sort().join(' ');
}

/** The heading of each kind of change. */
export const neighbourHeadings: Readonly<Record<NeighbourKind, string>> = {
  drop: 'Left out',
  weaken: 'Weaker, or ordering something else',
  strengthen: 'Stronger',
  swap: 'In another order',
  assume: 'Under another assumption',
};

const effectWords: Readonly<Record<NeighbourKind, Readonly<Record<Effect, string>>>> = {
  drop: words('load-bearing', 'redundant'),
  weaken: words('too weak', 'strong enough'),
  strengthen: words('does harm', 'no gain'),
  swap: words('order matters', 'order is free'),
  assume: words('breaks it', 'holds'),
};

function words(loadBearing: string, redundant: string): Readonly<Record<Effect, string>> {
  return {
    'load-bearing': loadBearing,
    redundant,
    saves: 'saves it',
    changes: 'unsafe otherwise',
    open: 'inconclusive',
  };
}

/** An effect in the words that fit the kind of change: leaving out is `load-bearing`, another order `matters`. */
export function effectText(kind: NeighbourKind, effect: Effect): string {
  return effectWords[kind][effect];
}

/** One row of the table of a protocol's neighbours. */
export interface VariationRow {
  readonly variation: Variation;
  /** What is known of it. */
  readonly report: CheckReport;
  /** Null while one of the two verdicts is not there. */
  readonly effect: Effect | null;
  /** What an `expect` line with this `when` would have to say; null where there is no verdict to expect. */
  readonly found: string | null;
}

/** The rows of a table. @param reports the protocol's own report, then one for each variation */
export function variationRows(variations: readonly Variation[], reports: readonly CheckReport[]): VariationRow[] {
  const [base, ...others] = reports;
  return variations.flatMap((variation, index): VariationRow[] => {
    const report = others[index];
    if (!base || !report) return [];
    const known = base.verdict !== null && report.verdict !== null;
    const broken = base.status === 'failed' || report.status === 'failed';
    const effect = known ? effectOf(base.verdict, report.verdict) : broken ? 'open' : null;
    const found =
      base.verdict && report.verdict && isDecided(report.verdict) ? expectText(report.verdict, base.verdict) : null;
    return [{ variation, report, effect, found }];
  });
}

const effectNames: Readonly<Record<Effect, string>> = {
  'load-bearing': 'load-bearing',
  saves: 'would save it',
  changes: 'change how it is unsafe',
  redundant: 'change nothing',
  open: 'inconclusive',
};

/** `51 variations: 35 load-bearing, 16 change nothing`. */
export function variationsSummary(rows: readonly VariationRow[]): string {
  if (rows.length === 0) return 'there is nothing to vary';
  const count = (wanted: Effect | null): number => rows.filter(({ effect }) => effect === wanted).length;
  const known = (Object.keys(effectNames) as Effect[])
    .filter((effect) => count(effect) > 0)
    .map((effect) => `${count(effect)} ${effectNames[effect]}`);
  const waiting = count(null) > 0 ? [`${count(null)} not checked yet`] : [];
  return `${counted(rows.length, 'variation')}: ${[...known, ...waiting].join(', ')}`;
}

/** The rows by kind of change, in the order of the table. */
export function rowsByKind(rows: readonly VariationRow[]): { kind: NeighbourKind; rows: VariationRow[] }[] {
  return neighbourKinds
    .map((kind) => ({ kind, rows: rows.filter(({ variation }) => variation.kind === kind) }))
    .filter((group) => group.rows.length > 0);
}
