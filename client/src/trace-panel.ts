import * as vscode from 'vscode';
import type { CheckId } from '../../server/src/lsp/protocol';
import type { CommandId } from './contributions';
import type { Server } from './server';
import { title, tracePage } from './trace-page';

const links: readonly CommandId[] = ['cmodx.reveal', 'cmodx.showTrace', 'cmodx.debug'];

/** The panel beside the editor with a check's verdict and traces. One panel; it follows the text's checks. */
export class TracePanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;
  private shown: CheckId | null = null;
  private readonly subscription: { dispose(): void };

  constructor(private readonly server: Server) {
    this.subscription = server.onStatus(({ uri }) => {
      if (this.panel && this.shown?.uri === uri) void this.render();
    });
  }

  /** Opens the panel on a check, or turns it to that check. */
  async show(id: CheckId): Promise<void> {
    this.shown = id;
    if (this.panel) this.panel.reveal(undefined, true);
    else {
      this.panel = vscode.window.createWebviewPanel(
        'cmodx.trace',
        'CMODX',
        { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
        { enableScripts: false, enableCommandUris: links, localResourceRoots: [] },
      );
      this.panel.onDidDispose(() => {
        this.panel = null;
        this.shown = null;
      });
    }
    await this.render();
  }

  private async render(): Promise<void> {
    const id = this.shown;
    if (!id) return;
    const reports = await this.server.reports(id.uri);
    const answer = await this.server.trace(id);
    if (!this.panel || this.shown !== id) return;
    const selected = reports.find(({ protocol, when }) => protocol === id.protocol && when === id.when);
    if (!selected) {
      this.panel.dispose();
      return;
    }
    const file = vscode.workspace.asRelativePath(vscode.Uri.parse(id.uri));
    this.panel.title = title(selected);
    this.panel.webview.html = tracePage({ file, reports, selected, answer });
  }

  dispose(): void {
    this.subscription.dispose();
    this.panel?.dispose();
  }
}
