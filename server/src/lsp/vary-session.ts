import type { Connection } from 'vscode-languageserver';
import { addExpect } from '../features/add-expect';
import { type Variations, vary } from '../language/analyze';
import {
  type CheckService,
  effectText,
  neighbourHeadings,
  rowsByKind,
  type VariationRow,
  variationRows,
  variationsSummary,
} from '../service';
import { toWorkspaceEdit } from './convert';
import {
  addExpectRequest,
  type CheckId,
  closeVaryNotification,
  type ProtocolId,
  type VaryAnswer,
  type VaryRow,
  variationsRequest,
  variedNotification,
  varyRequest,
} from './protocol';
import { checkReports } from './verdicts';
import type { Workspace } from './workspace';

/** The tables of variations that the client shows: checked in the background, told of as they come. */
export class VarySession {
  /** By the name under which the check service has them. */
  private readonly tables = new Map<string, { readonly id: ProtocolId; varied: Variations }>();

  constructor(
    private readonly connection: Connection,
    private readonly workspace: Workspace,
    private readonly checks: CheckService,
  ) {
    checks.onChange((name) => {
      const table = this.tables.get(name);
      if (table) void connection.sendNotification(variedNotification, table.id);
    });
    connection.onRequest(varyRequest, async (id: ProtocolId) => {
      await workspace.loaded();
      this.update(id, true);
      return this.answer(id);
    });
    connection.onRequest(variationsRequest, (id: ProtocolId) => this.answer(id));
    connection.onNotification(closeVaryNotification, (id: ProtocolId) => this.close(id));
    connection.onRequest(addExpectRequest, (id: CheckId) => this.addExpect(id));
  }

  /**
   * A document's text has changed: the tables that are open are those of the new text. What says the same keeps its
   * verdict, what does not is no longer searched.
   */
  changed(uri: string): void {
    for (const { id } of [...this.tables.values()]) if (id.uri === uri) this.update(id, false);
  }

  closed(uri: string): void {
    for (const { id } of [...this.tables.values()]) if (id.uri === uri) this.close(id);
  }

  /** The name under which the check service knows a check: its document's, or that of an open table. */
  fileOf({ uri, protocol, when }: CheckId): string {
    const known = this.checks
      .report(uri)
      ?.checks.some(({ check }) => check.protocol === protocol && check.when === when);
    return known ? uri : nameOf({ uri, protocol });
  }

  private update(id: ProtocolId, run: boolean): void {
    const document = this.workspace.get(id.uri);
    const varied =
      document && vary(id.uri, document.analysis.tree.text, this.workspace.importsOf(document), id.protocol);
    if (!document || !varied) {
      this.close(id);
      return;
    }
    const name = nameOf(id);
    this.tables.set(name, { id, varied });
    const checks = [varied.base, ...varied.variations.map(({ check }) => check)];
    this.checks.update(name, document.version, checks, { run, background: true });
  }

  private close(id: ProtocolId): void {
    const name = nameOf(id);
    if (!this.tables.delete(name)) return;
    this.checks.close(name);
    void this.connection.sendNotification(variedNotification, id);
  }

  private answer(id: ProtocolId): VaryAnswer | null {
    const table = this.tables.get(nameOf(id));
    const report = this.checks.report(nameOf(id));
    const document = this.workspace.get(id.uri);
    if (!table || !report || !document) return null;
    const [base, ...others] = checkReports(document, report);
    if (!base) return null;
    const rows = variationRows(table.varied.variations, report.checks);
    const reports = new Map(rows.map((row, index) => [row, others[index]]));
    return {
      version: report.version,
      base,
      summary: variationsSummary(rows),
      groups: rowsByKind(rows).map(({ kind, rows: ofKind }) => ({
        heading: neighbourHeadings[kind],
        rows: ofKind.flatMap((row): VaryRow[] => {
          const own = reports.get(row);
          if (!own) return [];
          return [
            { effect: row.effect, label: labelOf(row), place: row.variation.source, ...describe(row), report: own },
          ];
        }),
      })),
    };
  }

  private async addExpect(id: CheckId): Promise<boolean> {
    const document = this.workspace.get(id.uri);
    const reports = this.checks.report(nameOf(id))?.checks ?? [];
    const rows = variationRows(this.tables.get(nameOf(id))?.varied.variations ?? [], reports);
    const found = rows.find(({ variation }) => variation.when === id.when)?.found ?? null;
    if (!document || id.when === null || found === null) return false;
    const edit = addExpect(document.analysis, id.protocol, found, id.when);
    if (!edit) return false;
    const { applied } = await this.connection.workspace.applyEdit({
      label: 'Add as expect',
      edit: toWorkspaceEdit(this.workspace, document, [edit]),
    });
    return applied;
  }
}

/** No document has such a URI. */
function nameOf({ uri, protocol }: ProtocolId): string {
  return `vary ${protocol} ${uri}`;
}

function labelOf({ variation, report, effect }: VariationRow): string {
  return effect === null ? report.status : effectText(variation.kind, effect);
}

/** What was found, why, and whether the text says so already. */
function describe({ variation, report: { verdict }, found }: VariationRow): Pick<VaryRow, 'found' | 'why' | 'written'> {
  return {
    found,
    why: found === null ? null : (verdict?.limit ?? verdict?.violations[0]?.headline ?? null),
    written: variation.check.expectations.length > 0,
  };
}
