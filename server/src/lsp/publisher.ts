import type { Connection, Diagnostic } from 'vscode-languageserver';
import { type EditorDiagnostic, failedCode, textDiagnostics, verdictDiagnostics } from '../features/diagnostics';
import type { CheckService } from '../service';
import { severities, toLocation, toRange } from './convert';
import { type Status, statusNotification } from './protocol';
import { statusOf } from './verdicts';
import type { DocumentState, Workspace } from './workspace';

/** How long a change may wait for others before the client is told, in ms. */
const calm = 40;

/** The news of a text without errors whose checks have just begun. */
const nothing = JSON.stringify([[], true]);

/**
 * Tells the client what has changed: diagnostics with the version that they belong to, status, lenses. Errors of the
 * text are told at once. Verdicts are gathered for a moment while checks run, and told at once when the last one is
 * there, so that squiggles do not go and come with each letter.
 */
export class Publisher {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** `news` of what was told last, by document. */
  private readonly told = new Map<string, string>();

  /** @param refreshLenses asks the client to ask for lenses again; null where it cannot */
  constructor(
    private readonly connection: Connection,
    private readonly workspace: Workspace,
    private readonly service: CheckService,
    private readonly refreshLenses: () => void,
  ) {}

  /** The document's text or what is known of its checks has changed. */
  changed(document: DocumentState): void {
    const { uri } = document;
    if (document.missing.length > 0) return;
    const news = this.news(document);
    if (this.service.pending(uri) === 0 || (this.told.get(uri) ?? nothing) !== news) {
      this.publish(document);
      return;
    }
    if (!this.timers.has(uri))
      this.timers.set(
        uri,
        setTimeout(() => this.publishLatest(uri), calm),
      );
  }

  /** What is told at once when it is not what was told last: messages about the text, all protocols having a verdict. */
  private news(document: DocumentState): string {
    const report = this.service.report(document.uri);
    const open = report?.checks.some(({ check, status }) => check.when === null && status === 'checking') ?? true;
    return JSON.stringify([this.ofText(document), open]);
  }

  closed(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
    this.told.delete(uri);
    void this.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  /** The text could not be analysed at all: told at its start, and in the log. */
  broken(uri: string, version: number, reason: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
    this.told.delete(uri);
    const start = { line: 0, character: 0 };
    const message = `This text could not be analysed, which is a fault of CMODX: ${reason}`;
    const range = { start, end: start };
    const diagnostic: Diagnostic = { range, severity: severities.error, code: failedCode, source: 'cmodx', message };
    void this.connection.sendDiagnostics({ uri, version, diagnostics: [diagnostic] });
    this.connection.console.error(`${uri}: ${reason}`);
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private publishLatest(uri: string): void {
    const document = this.workspace.get(uri);
    if (document) this.publish(document);
  }

  private publish(document: DocumentState): void {
    const { uri, version } = document;
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
    const report = this.service.report(uri);
    const ofText = this.ofText(document);
    this.told.set(uri, this.news(document));
    const ofChecks = report?.version === version ? verdictDiagnostics(report) : [];
    const diagnostics = [...ofText, ...ofChecks.map((diagnostic) => this.convert(document, diagnostic))];
    void this.connection.sendDiagnostics({ uri, version, diagnostics });
    if (report) {
      const status: Status = statusOf(report);
      void this.connection.sendNotification(statusNotification, status);
    }
    this.refreshLenses();
  }

  private ofText(document: DocumentState): Diagnostic[] {
    return textDiagnostics(document.analysis).map((diagnostic) => this.convert(document, diagnostic));
  }

  private convert(document: DocumentState, diagnostic: EditorDiagnostic): Diagnostic {
    const { span, severity, code, page, message, related } = diagnostic;
    return {
      range: toRange(document.lines, span),
      severity: severities[severity],
      code,
      codeDescription: { href: page },
      source: 'cmodx',
      message,
      relatedInformation: related.flatMap(({ message: text, source }) => {
        const location = toLocation(this.workspace, document, source);
        return location ? [{ location, message: text }] : [];
      }),
    };
  }
}
