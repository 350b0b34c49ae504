import type { Variation } from '../language/analyze';
import type { NeighbourKind } from '../language/neighbours';
import {
  type CheckReport,
  type Effect,
  effectText,
  neighbourHeadings,
  reportHeadline,
  type VariationRow,
  variationsSummary,
  verdictNotes,
} from '../service';
import { outcomeOf, type Places } from './check-results';
import { violationText } from './check-text';
import type { CliHost } from './host';
import type { Style } from './style';

/** Prints tables of variations for people, row by row. */
export class VaryText {
  private heading: NeighbourKind | null = null;
  private width = 0;

  constructor(
    private readonly host: CliHost,
    private readonly style: Style,
    private readonly places: Places,
    /** Also the traces of what is unsafe. */
    private readonly traces: boolean,
  ) {}

  /** The protocol as it stands; the rows come behind it. */
  begin(base: CheckReport, variations: readonly Variation[]): void {
    this.heading = null;
    this.width = Math.max(0, ...variations.map(({ when }) => when.length));
    const notes = base.verdict?.verdict === 'safe' ? verdictNotes(base.verdict) : [];
    this.host.stdout(`${this.style.strong(base.check.protocol)}: ${[reportHeadline(base), ...notes].join('; ')}\n`);
  }

  row(row: VariationRow): void {
    const { variation, report, effect } = row;
    const { kind, when } = variation;
    if (kind !== this.heading) this.host.stdout(`  ${this.style.strong(neighbourHeadings[kind])}\n`);
    this.heading = kind;
    const label = effectText(kind, effect ?? 'open');
    const mark = this.paint(effect ?? 'open')(label.padEnd(labelWidth));
    this.host.stdout(`    ${mark}  ${when.padEnd(this.width)}  ${this.found(row)}\n`);
    if (!this.traces) return;
    const { result } = outcomeOf(variation.source.file, report, this.places);
    for (const violation of result.violations) this.host.stdout(violationText(violation, true, this.style));
  }

  end(base: CheckReport, rows: readonly VariationRow[]): void {
    if (base.verdict?.verdict === 'invalid') return;
    this.host.stdout(`  ${variationsSummary(rows)}\n`);
    if (base.verdict?.verdict !== 'unsafe') return;
    const saving = rows.filter(({ effect }) => effect === 'saves').map(({ variation }) => variation.when);
    const open = rows.some(({ effect }) => effect === 'open') ? ' that was decided' : '';
    this.host.stdout(
      saving.length > 0
        ? `  each of these alone makes it safe: ${saving.join('; ')}\n`
        : `  no single change${open} makes it safe\n`,
    );
  }

  /** `unsafe mixed  a.cmodx:34:3 JALR' with AUIPC's t0`, `safe, effective`, `inconclusive: time limit of 30 s`. */
  private found({ report, found }: VariationRow): string {
    const { verdict } = report;
    if (verdict === null || found === null) return reportHeadline(report);
    const [first] = verdict.violations;
    const limit = verdict.limit === null ? '' : ` (${verdict.limit})`;
    if (!first) return `${found}${limit}`;
    const { file, line, column } = this.places.of(first.source);
    return `${found}${limit}  ${this.style.faint(`${file}:${line}:${column}`)} ${first.headline}`;
  }

  private paint(effect: Effect): (text: string) => string {
    if (effect === 'load-bearing') return this.style.bad;
    if (effect === 'saves') return this.style.good;
    return effect === 'open' ? this.style.unsure : this.style.faint;
  }
}

const labelWidth = 'unsafe otherwise'.length;
