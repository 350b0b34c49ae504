import { type CodeLens, CodeLensRefreshRequest, type Connection } from 'vscode-languageserver';
import { lenses } from '../features/lens';
import { litmusLenses } from '../features/litmus/lens';
import type { CheckService } from '../service';
import { toRange } from './convert';
import type { LitmusSession } from './litmus-session';
import { type CheckId, lensCommands, litmusLensCommands, type WitnessId } from './protocol';
import type { Workspace } from './workspace';

/**
 * The lenses of open documents. The client is asked to ask again only where it would be told something else: while it
 * replaces lenses, VS Code loses a click on one of them.
 */
export class Lenses {
  /** What was answered last, by document. */
  private readonly told = new Map<string, string>();

  /** @param refreshes Can the client be asked to ask again? */
  constructor(
    private readonly connection: Connection,
    private readonly workspace: Workspace,
    private readonly service: CheckService,
    private readonly tests: LitmusSession,
    private readonly refreshes: boolean,
  ) {}

  /** What the client is told now. */
  answer(uri: string): CodeLens[] {
    const found = this.of(uri);
    this.told.set(uri, JSON.stringify(found));
    return found;
  }

  /** Something is known of a document that was not known before. */
  changed(uri: string): void {
    const told = this.told.get(uri);
    if (!this.refreshes || told === undefined || told === JSON.stringify(this.of(uri))) return;
    this.connection.sendRequest(CodeLensRefreshRequest.type).catch(() => undefined);
  }

  forget(uri: string): void {
    this.told.delete(uri);
  }

  private of(uri: string): CodeLens[] {
    const test = this.tests.get(uri);
    if (test) {
      const id: WitnessId = { uri, state: null };
      return litmusLenses(test.analysis, this.tests.report(uri)).map(({ span, title, action }) => ({
        range: toRange(test.lines, span),
        command: { title, command: litmusLensCommands[action], arguments: [id] },
      }));
    }
    const document = this.workspace.get(uri);
    if (!document) return [];
    return lenses(document.analysis, this.service.report(uri)).map(({ span, title, action, protocol, when }) => {
      const id: CheckId = { uri, protocol, when };
      const command = action === 'debug' ? lensCommands.debug : lensCommands.showTrace;
      return { range: toRange(document.lines, span), command: { title, command, arguments: [id] } };
    });
  }
}
