import * as vscode from 'vscode';

/** Imports larger than this, in bytes, are not read. */
const largest = 4 * 1024 * 1024;
/** Of more protocols than these not each is looked at for a name. */
const most = 2000;

/** The text of a file that an `import` names, as it stands in the editor or else on disk; null where there is none. */
export async function readFile({ uri }: { readonly uri: string }): Promise<string | null> {
  try {
    const place = vscode.Uri.parse(uri, true);
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === place.toString());
    if (open) return open.getText();
    if ((await vscode.workspace.fs.stat(place)).size > largest) return null;
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(place));
  } catch {
    return null;
  }
}

/** The protocols' files in the user's folders; null where they are very many. */
export async function listFiles(): Promise<readonly string[] | null> {
  const found = await vscode.workspace.findFiles('**/*.cmodx', undefined, most + 1);
  return found.length > most ? null : found.map((uri) => uri.toString());
}
