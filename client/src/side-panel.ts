import * as vscode from 'vscode';
import type { CommandId } from './contributions';

/** One panel beside the editor, without scripts: it is made when it is first shown, and again after it was closed. */
export class SidePanel<T> implements vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;
  private subject: T | null = null;

  /**
   * @param type the kind of panel, as the editor has it: `cmodx.trace`
   * @param links the commands that its links may run
   * @param closed told what was shown when the user closes it
   */
  constructor(
    private readonly type: string,
    private readonly links: readonly CommandId[],
    private readonly closed: (subject: T) => void = () => {},
  ) {}

  /** What it is about; null while it is not there. */
  get shown(): T | null {
    return this.subject;
  }

  /** Opens the panel for a subject, or turns it to that. Its page comes by `set`. */
  show(subject: T): void {
    this.subject = subject;
    if (this.panel) {
      this.panel.reveal(undefined, true);
      return;
    }
    this.panel = vscode.window.createWebviewPanel(
      this.type,
      'CMODX',
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: false, enableCommandUris: this.links, localResourceRoots: [] },
    );
    this.panel.onDidDispose(() => {
      const last = this.subject;
      this.panel = null;
      this.subject = null;
      if (last !== null) this.closed(last);
    });
  }

  /** Shows a page, unless the panel is about something else by now. */
  set(subject: T, title: string, html: string): void {
    if (!this.panel || this.subject !== subject) return;
    this.panel.title = title;
    this.panel.webview.html = html;
  }

  /** Closes the panel, unless it is about something else by now. */
  close(subject: T): void {
    if (this.subject === subject) this.panel?.dispose();
  }

  dispose(): void {
    this.panel?.dispose();
  }
}
