import * as vscode from 'vscode';
import { type Template, templates } from '../../server/src/import/templates';
import { languageId } from './contributions';
import type { Server } from './server';

/** The largest file that is read. */
const largest = 256 * 1024 * 1024;

/** Where code is to be had: its name, and its bytes. */
interface Source {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Opens an untitled protocol that a template makes. */
export async function newFromTemplate(server: Server): Promise<void> {
  const template = await chooseTemplate();
  const text = template && (await server.newProtocol(template.name));
  if (text) await show(text);
}

/** Opens an untitled protocol for a place in an ELF file or a disassembly, both of which the user chooses. */
export async function newFromCode(server: Server): Promise<void> {
  const source = await chooseSource();
  const template = source && (await chooseTemplate());
  if (!source || !template) return;
  const opening = { location: vscode.ProgressLocation.Notification, title: `CMODX: reading ${source.name}` };
  const opened = await vscode.window.withProgress(opening, () =>
    server.openProgram({ name: source.name, content: base64Of(source.bytes), template: template.name }),
  );
  if ('problem' in opened) return refuse(source, opened.problem);
  const place = await choosePlace(opened.places, opened.more);
  if (place === undefined) return;
  const answer = await server.importProgram({ template: template.name, place });
  if ('problem' in answer) refuse(source, answer.problem);
  else await show(answer.text);
}

function refuse({ name }: Source, problem: string): void {
  void vscode.window.showErrorMessage(`CMODX: ${name} ${problem}`);
}

async function show(content: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: languageId, content });
  await vscode.window.showTextDocument(document);
}

async function chooseTemplate(): Promise<Template | undefined> {
  const items = templates.map((template) => ({ label: template.name, detail: template.title, template }));
  const placeHolder = 'Which way of patching?';
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.template;
}

async function chooseSource(): Promise<Source | undefined> {
  const shown = vscode.window.activeTextEditor?.document;
  const items = [
    { label: 'A File...', detail: 'An ELF file, or the text of objdump -d', read: readChosenFile },
    { label: 'The Clipboard', detail: 'The text of objdump -d', read: readClipboard },
    ...(shown === undefined
      ? []
      : [
          {
            label: 'The Text in Front',
            detail: shown.uri.path,
            read: () => textSource(nameOf(shown.uri), shown.getText()),
          },
        ]),
  ];
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: 'Where is the code?' });
  return chosen?.read();
}

async function readChosenFile(): Promise<Source | undefined> {
  const [uri] = (await vscode.window.showOpenDialog({ title: 'ELF file, or text of objdump -d' })) ?? [];
  if (!uri) return undefined;
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size <= largest) return { name: nameOf(uri), bytes: await vscode.workspace.fs.readFile(uri) };
  void vscode.window.showErrorMessage(`CMODX: ${nameOf(uri)} is larger than 256 MB`);
  return undefined;
}

async function readClipboard(): Promise<Source> {
  return textSource('the clipboard', await vscode.env.clipboard.readText());
}

const textSource = (name: string, text: string): Source => ({ name, bytes: new TextEncoder().encode(text) });

const nameOf = (uri: vscode.Uri): string => uri.path.slice(uri.path.lastIndexOf('/') + 1);

async function choosePlace(places: readonly string[], more: boolean): Promise<string | undefined> {
  if (!more) return vscode.window.showQuickPick(places, { placeHolder: 'Which place?' });
  const prompt = 'The name of a function, with an offset as in name+0x10, or an address';
  return vscode.window.showInputBox({ prompt, value: places[0] ?? '' });
}

/** Functions take no more arguments at once. */
const most = 0x8000;

function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += most) text += String.fromCharCode(...bytes.subarray(at, at + most));
  return btoa(text);
}
