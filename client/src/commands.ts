import * as vscode from 'vscode';
import type { CheckId, CheckReport, ProtocolId, WitnessId } from '../../server/src/lsp/protocol';
import { type CommandId, debugType, languageId, litmusLanguageId } from './contributions';
import { chooseModel } from './litmus-model';
import type { LitmusPanel } from './litmus-panel';
import { newFromCode, newFromTemplate } from './new-protocol';
import type { Place } from './page';
import type { Server } from './server';
import { title } from './trace-page';
import type { TracePanel } from './trace-panel';
import type { VaryPanel } from './vary-panel';

interface Panels {
  readonly panel: TracePanel;
  readonly litmusPanel: LitmusPanel;
  readonly varyPanel: VaryPanel;
}

/** Registers a handler for every command of the manifest: the type makes one that is forgotten an error. */
export function registerCommands(server: Server, { panel, litmusPanel, varyPanel }: Panels): vscode.Disposable[] {
  const handlers: Readonly<Record<CommandId, (argument: unknown) => unknown>> = {
    'cmodx.check': async () => {
      const uri = activeUri(languageId) ?? activeUri(litmusLanguageId);
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
    'cmodx.newFromTemplate': () => newFromTemplate(server),
    'cmodx.newFromCode': () => newFromCode(server),
    'cmodx.vary': async (argument) => {
      const id = isProtocolId(argument) ? argument : await pickProtocol(server);
      if (id) await varyPanel.show({ uri: id.uri, protocol: id.protocol });
    },
    'cmodx.addExpect': async (argument) => {
      if (!isCheckId(argument) || (await server.addExpect(argument))) return;
      void vscode.window.showWarningMessage('CMODX: the text has changed, and has no place for this line.');
    },
    'cmodx.restartServer': () => server.restart(),
    'cmodx.showOutput': () => server.showOutput(),
    'cmodx.litmus.showStates': async (argument) => {
      const id = witnessId(argument);
      if (id) await litmusPanel.showStates(id.uri);
    },
    'cmodx.litmus.showWitness': async (argument) => {
      const id = witnessId(argument);
      if (id) await litmusPanel.showWitness(id);
    },
    'cmodx.litmus.debugWitness': async (argument) => {
      const id = witnessId(argument);
      if (id) await debugWitness(id);
    },
    'cmodx.litmus.chooseModel': chooseModel,
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
  const uri = activeUri(languageId);
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

/** The protocol around the cursor of the file in front, or else the one that the user chooses. */
async function pickProtocol(server: Server): Promise<ProtocolId | undefined> {
  const reports = await server.reports(activeUri(languageId) ?? '');
  const own = reports.filter(({ when }) => when === null);
  const line = vscode.window.activeTextEditor?.selection.active.line ?? -1;
  const around = own.findLast(({ range }) => range.start.line <= line);
  return around ?? pick(server, ({ when }) => when === null, 'Which protocol?');
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

function activeUri(language: string): string | null {
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === language ? document.uri.toString() : null;
}

/** The state that a command is about: its argument, else the one that the litmus test in front makes one ask for. */
function witnessId(argument: unknown): WitnessId | null {
  if (isWitnessId(argument)) return argument;
  const uri = activeUri(litmusLanguageId);
  if (uri === null) void vscode.window.showInformationMessage('Open a .litmus file first.');
  return uri === null ? null : { uri, state: null };
}

async function debugWitness({ uri, state }: WitnessId): Promise<void> {
  await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(uri)), {
    type: debugType,
    request: 'launch',
    name: state ?? 'witness',
    program: uri,
    ...(state === null ? {} : { state }),
  });
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

function isProtocolId(value: unknown): value is ProtocolId {
  return isRecord(value) && typeof value.uri === 'string' && typeof value.protocol === 'string';
}

function isWitnessId(value: unknown): value is WitnessId {
  return isRecord(value) && typeof value.uri === 'string' && (typeof value.state === 'string' || value.state === null);
}

function violationIndex(value: unknown): number {
  return isRecord(value) && typeof value.violation === 'number' ? value.violation : 0;
}

function isPlace(value: unknown): value is Place {
  return (
    isRecord(value) && typeof value.uri === 'string' && typeof value.start === 'number' && typeof value.end === 'number'
  );
}
