import * as vscode from 'vscode';
import type { Status } from '../../server/src/lsp/protocol';
import { type CommandId, languageId, litmusLanguageId } from './contributions';
import type { Server } from './server';
import { litmusStatusText, statusText } from './status-text';

/**
 * The status bar's word on the file in front: what is being checked (a click stops it) or how the checks ended
 * (a click shows them). Nothing while another language is in front.
 */
export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('cmodx.status', vscode.StatusBarAlignment.Left, 10);
  private readonly last = new Map<string, Status>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly server: Server) {
    this.item.name = 'CMODX';
    this.subscriptions = [
      server.onStatus((status) => {
        this.last.set(status.uri, status);
        void this.show();
      }),
      vscode.window.onDidChangeActiveTextEditor(() => void this.show()),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.last.delete(uri.toString())),
    ];
    void this.show();
  }

  private async show(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    const litmus = document?.languageId === litmusLanguageId;
    const status = litmus || document?.languageId === languageId ? this.last.get(document.uri.toString()) : undefined;
    void vscode.commands.executeCommand('setContext', 'cmodx.checking', status?.state === 'checking');
    if (!status) {
      this.item.hide();
      return;
    }
    if (status.state === 'checking') {
      this.set(
        litmus ? '$(sync~spin) CMODX: running' : `$(sync~spin) CMODX: checking ${status.done + 1} of ${status.total}`,
        `${status.states.toLocaleString('en-US')} ${litmus ? 'steps' : 'states'} so far. Click to stop.`,
        'cmodx.cancel',
      );
      return;
    }
    if (litmus) {
      const answer = await this.server.litmus(status.uri).catch(() => null);
      if (this.last.get(status.uri) !== status || !answer) return;
      const { text, tooltip } = litmusStatusText(answer);
      this.set(text, tooltip, status.state === 'cancelled' ? 'cmodx.check' : 'cmodx.litmus.showStates');
      return;
    }
    const reports = await this.server.reports(status.uri).catch(() => []);
    if (this.last.get(status.uri) !== status) return;
    const { text, tooltip } = statusText(reports);
    this.set(text, tooltip, status.state === 'cancelled' ? 'cmodx.check' : 'cmodx.showTrace');
  }

  private set(text: string, tooltip: string, command: CommandId): void {
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.command = command;
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
