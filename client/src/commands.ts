import * as vscode from 'vscode';
import type { CheckId, CheckReport } from '../../server/src/lsp/protocol';
import { type CommandId, debugType, languageId } from './contributions';
import type { Server } from './server';
import { type Place, title } from './trace-page';
import type { TracePanel } from './trace-panel';

/** Registers a handler for every command of the manifest: the type makes one that is forgotten an error. */
export function registerCommands(server: Server, panel: TracePanel): vscode.Disposable[] {
  const handlers: Readonly<Record<CommandId, (argument: unknown) => unknown>> = {
    'cmodx.check': async () => {
      const uri = activeUri();
      if (uri !== null) await server.check(uri);
    },
    'cmodx.cancel': () => server.cancel(),
    'cmodx.showTrace': async (argument) => {
      const id = isCheckId(argument) ? argument : await pick(server, () => true, 'Which verdict?');
      if (id) await panel.show(id);
    },
    'cmodx.debug': async (argument) => {
      const id = isCheckId(argument) ? argument : await pickViolation(server);
      if (id) await startDebugging(id, violationIndex(argument));
    },
    'cmodx.restartServer': () => server.restart(),
    'cmodx.showOutput': () => server.showOutput(),
    'cmodx.reveal': async (argument) => {
      if (isPlace(argument)) await reveal(argument);
    },
  };
  return Object.entries(handlers).map(([id, handler]) => vscode.commands.registerCommand(id, handler));
}

/** Lets the user choose a check with a violation of the file in front; undefined where there is none or none chosen. */
export async function pickViolation(server: Server): Promise<CheckId | undefined> {
  return pick(server, ({ verdict }) => (verdict?.violations.length ?? 0) > 0, 'Which trace?');
}

async function startDebugging({ uri, protocol, when }: CheckId, violation: number): Promise<void> {
  await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(uri)), {
    type: debugType,
    request: 'launch',
    name: title({ protocol, when }),
    program: uri,
    protocol,
    when,
    violation,
  });
}

async function pick(
  server: Server,
  offered: (report: CheckReport) => boolean,
  placeHolder: string,
): Promise<CheckId | undefined> {
  const uri = activeUri();
  if (uri === null) {
    void vscode.window.showInformationMessage('Open a .cmodx file first.');
    return undefined;
  }
  const reports = (await server.reports(uri)).filter(offered);
  if (reports.length === 0) void vscode.window.showInformationMessage('No check of this file has a trace.');
  if (reports.length <= 1) return reports[0];
  const items = reports.map((report) => ({ label: title(report), description: report.headline, report }));
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.report;
}

async function reveal({ uri, start, end }: Place): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  const selection = new vscode.Range(document.positionAt(start), document.positionAt(end));
  const visible = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  await vscode.window.showTextDocument(document, {
    selection,
    viewColumn: visible?.viewColumn ?? vscode.ViewColumn.One,
  });
}

function activeUri(): string | null {
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === languageId ? document.uri.toString() : null;
}

// Arguments come from lenses and links, and anyone may call a command: they are looked at before they are used.

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isCheckId(value: unknown): value is CheckId {
  return (
    isRecord(value) &&
    typeof value.uri === 'string' &&
    typeof value.protocol === 'string' &&
    (typeof value.when === 'string' || value.when === null)
  );
}

function violationIndex(value: unknown): number {
  return isRecord(value) && typeof value.violation === 'number' ? value.violation : 0;
}

function isPlace(value: unknown): value is Place {
  return (
    isRecord(value) && typeof value.uri === 'string' && typeof value.start === 'number' && typeof value.end === 'number'
  );
}
