import * as vscode from 'vscode';
import type { CheckReport, Status } from '../../server/src/lsp/protocol';
import { type CommandId, languageId } from './contributions';
import type { Server } from './server';

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
    const status = document?.languageId === languageId ? this.last.get(document.uri.toString()) : undefined;
    void vscode.commands.executeCommand('setContext', 'cmodx.checking', status?.state === 'checking');
    if (!status) {
      this.item.hide();
      return;
    }
    if (status.state === 'checking') {
      this.set(
        `$(sync~spin) CMODX: checking ${status.done + 1} of ${status.total}`,
        `${status.states.toLocaleString('en-US')} states so far. Click to stop.`,
        'cmodx.cancel',
      );
      return;
    }
    const reports = await this.server.reports(status.uri).catch(() => []);
    if (this.last.get(status.uri) !== status) return;
    this.set(...summary(reports), status.state === 'cancelled' ? 'cmodx.check' : 'cmodx.showTrace');
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

/** Text and tooltip for checks that are not under way. */
export function summary(reports: readonly CheckReport[]): [text: string, tooltip: string] {
  const tooltip = reports
    .map(({ protocol, when, headline }) => `${protocol}${when === null ? '' : ` when ${when}`}: ${headline}`)
    .join('\n');
  const current = reports.filter(({ status }) => status === 'current');
  const unmet = current.filter(({ met }) => met === false).length;
  if (reports.length === 0) return ['CMODX: no protocols', 'This file has no protocol to check.'];
  if (unmet > 0) return [`$(error) CMODX: ${unmet} of ${reports.length} not as expected`, tooltip];
  if (current.length < reports.length) {
    return [`$(warning) CMODX: ${reports.length - current.length} of ${reports.length} not checked`, tooltip];
  }
  return [`$(pass) CMODX: ${reports.length} of ${reports.length} as expected`, tooltip];
}
