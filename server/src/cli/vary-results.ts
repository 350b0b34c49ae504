import type { NeighbourKind } from '../language/neighbours';
import type { CheckReport, Effect, VariationRow } from '../service';
import { type CheckResult, outcomeOf, type PlacedDiagnostic, type Places } from './check-results';
import { type ExitCode, exitCodes } from './host';

/** `cmodx vary --json`, version 1: fields may be added, never changed. Lines and columns count from 1. */
export interface VaryJson {
  readonly version: 1;
  readonly protocols: VariedProtocol[];
  readonly diagnostics: readonly PlacedDiagnostic[];
}

export interface VariedProtocol {
  /** The protocol as it stands, as `cmodx check --json` has it. */
  readonly base: CheckResult;
  readonly variations: readonly VariationResult[];
}

export interface VariationResult {
  readonly kind: NeighbourKind;
  readonly effect: Effect;
  /** What is changed, where it is written. */
  readonly line: number;
  readonly column: number;
  readonly file: string;
  /** What an `expect` line with this `when` would have to say; null where there is no verdict. */
  readonly expect: string | null;
  /** As `cmodx check --json` has it. */
  readonly result: CheckResult;
}

export function variedJson(
  file: string,
  base: CheckReport,
  rows: readonly VariationRow[],
  places: Places,
): VariedProtocol {
  return {
    base: outcomeOf(file, base, places).result,
    variations: rows.map(({ variation, report, effect, found }) => ({
      kind: variation.kind,
      effect: effect ?? 'open',
      ...places.of(variation.source),
      expect: found,
      result: outcomeOf(file, report, places).result,
    })),
  };
}

/** What a verdict of the table does to the exit code: nothing is expected here, so nothing can be missed. */
export function rowExitCode({ verdict, failure }: CheckReport): ExitCode {
  if (failure !== null || verdict === null || verdict.verdict === 'invalid') return exitCodes.cannotCheck;
  return verdict.verdict === 'inconclusive' || verdict.limit !== null ? exitCodes.limit : exitCodes.ok;
}
