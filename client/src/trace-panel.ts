import * as vscode from 'vscode';
import type { CheckId } from '../../server/src/lsp/protocol';
import type { Server } from './server';
import { SidePanel } from './side-panel';
import { title, tracePage } from './trace-page';

/** The panel beside the editor with a check's verdict and traces. One panel; it follows the text's checks. */
export class TracePanel implements vscode.Disposable {
  private readonly panel = new SidePanel<CheckId>('cmodx.trace', ['cmodx.reveal', 'cmodx.showTrace', 'cmodx.debug']);
  private readonly subscription: { dispose(): void };

  constructor(private readonly server: Server) {
    this.subscription = server.onStatus(({ uri }) => {
      if (this.panel.shown?.uri === uri) void this.render();
    });
  }

  /** Opens the panel on a check, or turns it to that check. */
  async show(id: CheckId): Promise<void> {
    this.panel.show(id);
    await this.render();
  }

  private async render(): Promise<void> {
    const id = this.panel.shown;
    if (!id) return;
    const reports = await this.server.reports(id.uri);
    const answer = await this.server.trace(id);
    // A check that the text does not ask for is a row of the table of variations.
    const selected =
      reports.find(({ protocol, when }) => protocol === id.protocol && when === id.when) ??
      (await this.server.variation(id));
    if (!selected) {
      this.panel.close(id);
      return;
    }
    const file = vscode.workspace.asRelativePath(vscode.Uri.parse(id.uri));
    this.panel.set(id, title(selected), tracePage({ file, reports, selected, answer }));
  }

  dispose(): void {
    this.subscription.dispose();
    this.panel.dispose();
  }
}
