import { type Location, LSPErrorCodes, ResponseError, type TextEdit, type WorkspaceEdit } from 'vscode-languageserver';
import type { Source } from '../checker/scenario';
import { nameAt } from '../features/names';
import { references } from '../features/navigation';
import { type Refusal, rename } from '../features/rename';
import { toLocation, toRange } from './convert';
import type { DocumentState, Workspace } from './workspace';

/** All places of a name, in other files too. */
export async function referencesAcross(
  workspace: Workspace,
  document: DocumentState,
  offset: number,
  withDefinition: boolean,
): Promise<Location[]> {
  const others = (await othersWith(workspace, document, offset)) ?? [];
  const analyses = others.map(({ analysis }) => analysis);
  return references(document.analysis, offset, withDefinition, analyses).flatMap(
    (source) => locationIn([document, ...others], source) ?? toLocation(workspace, document, source) ?? [],
  );
}

/** The edits that rename what is at an offset wherever it stands, or why that cannot be. */
export async function renameAcross(
  workspace: Workspace,
  document: DocumentState,
  offset: number,
  newName: string,
): Promise<WorkspaceEdit | Refusal> {
  const others = await othersWith(workspace, document, offset);
  if (others === null)
    return {
      refused:
        'The folders have so many protocols that not all of them can be looked at, or the editor cannot list them.',
    };
  const analyses = others.map(({ analysis }) => analysis);
  const result = rename(document.analysis, offset, newName, analyses);
  if ('refused' in result) return result;
  const changes: Record<string, TextEdit[]> = {};
  for (const { source, newText } of result.edits) {
    const place = locationIn([document, ...others], source);
    if (place) changes[place.uri] = [...(changes[place.uri] ?? []), { range: place.range, newText }];
  }
  return { changes };
}

/** The other files that may speak of the name at an offset; null where they are too many. @throws where an edit came first */
async function othersWith(
  workspace: Workspace,
  document: DocumentState,
  offset: number,
): Promise<readonly DocumentState[] | null> {
  const name = nameAt(document.analysis, offset)?.info.name;
  if (name === undefined) return [];
  const others = await workspace.mentioning(name, document);
  if (workspace.get(document.uri) !== document)
    throw new ResponseError(LSPErrorCodes.ContentModified, 'the text has changed meanwhile');
  return others;
}

function locationIn(documents: readonly DocumentState[], source: Source): Location | null {
  const document = documents.find(({ uri }) => uri === source.file);
  return document ? { uri: document.uri, range: toRange(document.lines, source) } : null;
}
