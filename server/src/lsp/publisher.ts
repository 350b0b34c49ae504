import type { Connection, Diagnostic } from 'vscode-languageserver';
import { type EditorDiagnostic, failedCode, textDiagnostics, verdictDiagnostics } from '../features/diagnostics';
import type { CheckService } from '../service';
import { Announcer } from './announcer';
import { severities, toLocation, toRange } from './convert';
import { type Status, statusNotification } from './protocol';
import { statusOf } from './verdicts';
import type { DocumentState, Workspace } from './workspace';

/** The news of a text without errors whose checks have just begun. */
const nothing = JSON.stringify([[], true]);

/** Tells the client what has changed: diagnostics with the version that they belong to, status, lenses. */
export class Publisher {
  private readonly announcer = new Announcer(
    {
      news: (uri) => {
        const document = this.workspace.get(uri);
        return document && document.missing.length === 0 ? this.news(document) : null;
      },
      settled: (uri) => this.service.pending(uri) === 0,
      publish: (uri) => {
        const document = this.workspace.get(uri);
        if (document) this.publish(document);
      },
    },
    nothing,
  );

  /** @param lensesChanged told that a document's lenses may be others now */
  constructor(
    private readonly connection: Connection,
    private readonly workspace: Workspace,
    private readonly service: CheckService,
    private readonly lensesChanged: (uri: string) => void,
  ) {}

  /** The document's text or what is known of its checks has changed. */
  changed({ uri }: DocumentState): void {
    this.announcer.changed(uri);
  }

  /** What is told at once when it is not what was told last: messages about the text, all protocols having a verdict. */
  private news(document: DocumentState): string {
    const report = this.service.report(document.uri);
    const open = report?.checks.some(({ check, status }) => check.when === null && status === 'checking') ?? true;
    return JSON.stringify([this.ofText(document), open]);
  }

  closed(uri: string): void {
    this.announcer.forget(uri);
    void this.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  /** The text could not be analysed at all: told at its start, and in the log. */
  broken(uri: string, version: number, reason: string): void {
    this.announcer.forget(uri);
    sendBroken(this.connection, uri, version, reason);
  }

  dispose(): void {
    this.announcer.dispose();
  }

  private publish(document: DocumentState): void {
    const { uri, version } = document;
    const report = this.service.report(uri);
    const ofText = this.ofText(document);
    const ofChecks = report?.version === version ? verdictDiagnostics(report) : [];
    const diagnostics = [...ofText, ...ofChecks.map((diagnostic) => this.convert(document, diagnostic))];
    void this.connection.sendDiagnostics({ uri, version, diagnostics });
    if (report) {
      const status: Status = statusOf(report);
      void this.connection.sendNotification(statusNotification, status);
    }
    this.lensesChanged(uri);
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

/** Tells that a text could not be analysed at all, at its start and in the log. */
export function sendBroken(connection: Connection, uri: string, version: number, reason: string): void {
  const start = { line: 0, character: 0 };
  const message = `This text could not be analysed, which is a fault of CMODX: ${reason}`;
  const range = { start, end: start };
  const diagnostic: Diagnostic = { range, severity: severities.error, code: failedCode, source: 'cmodx', message };
  void connection.sendDiagnostics({ uri, version, diagnostics: [diagnostic] });
  connection.console.error(`${uri}: ${reason}`);
}
