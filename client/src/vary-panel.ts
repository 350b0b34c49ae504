import * as vscode from 'vscode';
import type { ProtocolId } from '../../server/src/lsp/protocol';
import type { Server } from './server';
import { SidePanel } from './side-panel';
import { varyPage } from './vary-page';

/** A page is made anew at most so often while rows come in, in ms: what is selected in it is lost. */
const pause = 500;

/** The panel beside the editor with the variations of a protocol. One panel; closing it ends the searches. */
export class VaryPanel implements vscode.Disposable {
  private readonly panel = new SidePanel<ProtocolId>(
    'cmodx.vary',
    ['cmodx.reveal', 'cmodx.showTrace', 'cmodx.vary', 'cmodx.addExpect'],
    (id) => void this.server.closeVary(id),
  );
  private readonly subscription: { dispose(): void };
  private due: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly server: Server) {
    this.subscription = server.onVaried(({ uri, protocol }) => {
      const { shown } = this.panel;
      if (shown?.uri !== uri || shown.protocol !== protocol) return;
      this.due ??= setTimeout(() => {
        this.due = null;
        void this.render();
      }, pause);
    });
  }

  /** Varies a protocol and shows the table, which fills as the verdicts come. */
  async show(id: ProtocolId): Promise<void> {
    const before = this.panel.shown;
    if (before && (before.uri !== id.uri || before.protocol !== id.protocol)) await this.server.closeVary(before);
    this.panel.show(id);
    await this.server.vary(id);
    await this.render();
  }

  private async render(): Promise<void> {
    const id = this.panel.shown;
    if (!id) return;
    const answer = await this.server.variations(id);
    const file = vscode.workspace.asRelativePath(vscode.Uri.parse(id.uri));
    this.panel.set(id, `${id.protocol} varied`, varyPage({ file, id, answer }));
  }

  dispose(): void {
    if (this.due !== null) clearTimeout(this.due);
    this.subscription.dispose();
    this.panel.dispose();
  }
}
