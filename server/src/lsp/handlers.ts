import {
  type CodeAction,
  CodeActionKind,
  type CompletionItem,
  type Connection,
  DocumentHighlightKind,
  type DocumentSymbol,
  FoldingRangeKind,
  type Hover,
  type InlayHint,
  InsertTextFormat,
  LSPErrorCodes,
  MarkupKind,
  type Position,
  ResponseError,
  SemanticTokensBuilder,
  type SignatureHelp,
  type TextDocumentIdentifier,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { codeActions, type CodeAction as FoundAction, repairs, varied } from '../features/code-actions';
import { completion } from '../features/completion';
import type { CompletionItem as FoundCompletion } from '../features/completion-items';
import { type FoldingRange, folding } from '../features/folding';
import { type Hover as FoundHover, hover } from '../features/hover';
import { inlayHints } from '../features/inlay-hints';
import { litmusCompletion, litmusSignature } from '../features/litmus/completion';
import { litmusHover } from '../features/litmus/hover';
import { litmusFolding, litmusOutline } from '../features/litmus/outline';
import { litmusDefinition, placesOf } from '../features/litmus/places';
import { litmusRename, prepareLitmusRename } from '../features/litmus/rename';
import { litmusTokens } from '../features/litmus/tokens';
import { definition, highlights } from '../features/navigation';
import { type OutlineItem, outline } from '../features/outline';
import { prepareRename, type Refusal, type RenameStart } from '../features/rename';
import { type SemanticToken, semanticTokens, tokenModifiers, tokenTypes } from '../features/semantic-tokens';
import { type SignatureHelp as FoundSignatures, signatureHelp } from '../features/signature';
import type { Span, TextEdit } from '../features/text';
import { format } from '../language';
import type { CheckService } from '../service';
import { referencesAcross, renameAcross } from './across-files';
import { completionKinds, symbolKinds, toLocation, toOffset, toRange, toSpan, toWorkspaceEdit } from './convert';
import type { LitmusDocument, LitmusSession } from './litmus-session';
import { type LspRange, type ProtocolId, varyCommand } from './protocol';
import type { DocumentState, Workspace } from './workspace';

/** The legend of `textDocument/semanticTokens`. */
export const tokenLegend = { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] };

/** Any document, for finding places in it. */
type Lines = Pick<DocumentState, 'lines'>;

interface DocumentParams {
  readonly textDocument: TextDocumentIdentifier;
}
interface PositionParams extends DocumentParams {
  readonly position: Position;
}

/** Answers the editor's questions about open documents from what is known at this moment; only those across files wait. */
export function registerFeatures(
  connection: Connection,
  workspace: Workspace,
  service: CheckService,
  tests: LitmusSession,
): void {
  /** The answer for a litmus document, or else for a protocol's. */
  const either =
    <P extends DocumentParams, R, O>(protocol: (params: P) => R, litmus: (document: LitmusDocument, params: P) => O) =>
    (params: P): R | O => {
      const document = tests.get(params.textDocument.uri);
      return document ? litmus(document, params) : protocol(params);
    };
  /** `null` where the document is not open (a question that an edit or a close has overtaken). */
  const about =
    <P extends DocumentParams, R>(answer: (document: DocumentState, params: P) => R) =>
    (params: P): R | null => {
      const document = workspace.get(params.textDocument.uri);
      return document ? answer(document, params) : null;
    };
  const at =
    <P extends PositionParams, R>(answer: (document: DocumentState, offset: number, params: P) => R) =>
    (params: P): R | null =>
      about<P, R>((document) => answer(document, toOffset(document.lines, params.position), params))(params);

  connection.onHover(
    either(
      at((document, offset): Hover | null =>
        toHover(document, hover(document.analysis, offset, service.report(document.uri))),
      ),
      (document, { position }) =>
        toHover(
          document,
          litmusHover(document.analysis, toOffset(document.lines, position), tests.report(document.uri)),
        ),
    ),
  );
  connection.onCompletion(
    either(
      at((document, offset) => toCompletions(document, completion(document.analysis, offset))),
      (document, { position }) =>
        toCompletions(document, litmusCompletion(document.analysis, toOffset(document.lines, position))),
    ),
  );
  connection.onSignatureHelp(
    either(
      at((document, offset) => toSignatures(signatureHelp(document.analysis, offset))),
      ({ analysis, lines }, { position }) => toSignatures(litmusSignature(analysis, toOffset(lines, position))),
    ),
  );
  connection.onDefinition(
    either(
      at((document, offset) => {
        const source = definition(document.analysis, offset);
        return source && toLocation(workspace, document, source);
      }),
      ({ uri, analysis, lines }, { position }) => {
        const source = litmusDefinition(analysis, toOffset(lines, position));
        return source && { uri, range: toRange(lines, source) };
      },
    ),
  );
  connection.onReferences(
    either(
      at((document, offset, { context }) => referencesAcross(workspace, document, offset, context.includeDeclaration)),
      ({ uri, analysis, lines }, { position, context }) =>
        placesOf(analysis, toOffset(lines, position))
          .filter((place) => context.includeDeclaration || !place.definition)
          .map(({ source }) => ({ uri, range: toRange(lines, source) })),
    ),
  );
  connection.onDocumentHighlight(
    either(
      at((document, offset) =>
        highlights(document.analysis, offset).map(({ source, kind }) => ({
          range: toRange(document.lines, source),
          kind: kind === 'write' ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
        })),
      ),
      ({ analysis, lines }, { position }) =>
        placesOf(analysis, toOffset(lines, position)).map((place) => ({
          range: toRange(lines, place.source),
          kind: place.definition ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
        })),
    ),
  );
  connection.onPrepareRename(
    either(
      at((document, offset) => toRenameStart(document, prepareRename(document.analysis, offset))),
      (document, { position }) =>
        toRenameStart(document, prepareLitmusRename(document.analysis, toOffset(document.lines, position))),
    ),
  );
  connection.onRenameRequest(
    either(
      at(async (document, offset, { newName }) => accepted(await renameAcross(workspace, document, offset, newName))),
      (document, { position, newName }) => {
        const { analysis, lines } = document;
        return toOwnEdit(document, accepted(litmusRename(analysis, toOffset(lines, position), newName)).edits);
      },
    ),
  );
  connection.onDocumentSymbol(
    either(
      about((document) => symbols(document, outline(document.analysis))),
      (document) => symbols(document, litmusOutline(document.analysis)),
    ),
  );
  connection.onFoldingRanges(
    either(
      about(({ analysis }) => toFolding(folding(analysis))),
      ({ analysis }) => toFolding(litmusFolding(analysis)),
    ),
  );
  connection.onDocumentFormatting(about((document) => formatting(document)));
  connection.onCodeAction(
    either(
      about((document, { range }) => {
        const report = service.report(document.uri);
        const span = toSpan(document.lines, range);
        return [
          ...codeActions(document.analysis, report, span).map((action) =>
            toCodeAction(action, toWorkspaceEdit(workspace, document, action.edits)),
          ),
          ...varied(document.analysis, span).map((protocol) => toVaryAction({ uri: document.uri, protocol })),
        ];
      }),
      (document, { range }) => {
        const { analysis, lines } = document;
        return repairs(analysis.file, analysis.diagnostics, toSpan(lines, range)).map((action) =>
          toCodeAction(action, toOwnEdit(document, action.edits)),
        );
      },
    ),
  );
  connection.languages.inlayHint.on(
    about((document, { range }) =>
      inlayHints(document.analysis, toSpan(document.lines, range), { addresses: true, bytes: true }).map(
        ({ offset, text, tooltip }): InlayHint => ({
          position: toRange(document.lines, { start: offset, end: offset }).start,
          label: text,
          tooltip,
          paddingLeft: true,
        }),
      ),
    ),
  );
  connection.languages.semanticTokens.on((params) => {
    const { uri } = params.textDocument;
    const test = tests.get(uri);
    if (test) return encodeTokens(test, litmusTokens(test.analysis));
    const document = workspace.get(uri);
    return document ? encodeTokens(document, semanticTokens(document.analysis)) : { data: [] };
  });
}

function toHover({ lines }: Lines, found: FoundHover | null): Hover | null {
  if (!found) return null;
  return { contents: { kind: MarkupKind.Markdown, value: found.markdown }, range: toRange(lines, found.span) };
}

/** @throws ResponseError where it was refused, in words for people */
function accepted<T extends object>(result: T | Refusal): T {
  if ('refused' in result) throw new ResponseError(LSPErrorCodes.RequestFailed, result.refused);
  return result;
}

function toRenameStart({ lines }: Lines, start: RenameStart): { range: LspRange; placeholder: string } {
  const { span, name } = accepted(start);
  return { range: toRange(lines, span), placeholder: name };
}

/** Edits of a document that has no other files. */
function toOwnEdit({ uri, lines }: LitmusDocument, edits: readonly TextEdit[]): WorkspaceEdit {
  return { changes: { [uri]: edits.map(({ source, newText }) => ({ range: toRange(lines, source), newText })) } };
}

function toCodeAction({ title, preferred }: FoundAction, edit: WorkspaceEdit): CodeAction {
  return { title, kind: CodeActionKind.QuickFix, isPreferred: preferred, edit };
}

function toVaryAction(id: ProtocolId): CodeAction {
  const title = 'Vary this protocol';
  return { title, kind: CodeActionKind.Refactor, command: { title, command: varyCommand, arguments: [id] } };
}

function toFolding(ranges: readonly FoldingRange[]): { startLine: number; endLine: number; kind?: string }[] {
  return ranges.map(({ startLine, endLine, kind }) =>
    kind === 'comment' ? { startLine, endLine, kind: FoldingRangeKind.Comment } : { startLine, endLine },
  );
}

function toCompletions(document: Lines, items: readonly FoundCompletion[]): CompletionItem[] {
  return items.map(({ label, kind, detail, documentation, insert, snippet, span, rank }) => ({
    label,
    kind: completionKinds[kind],
    detail,
    ...(documentation === null ? {} : { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
    insertTextFormat: snippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: { range: toRange(document.lines, span), newText: insert },
    sortText: String(rank).padStart(6, '0'),
  }));
}

function toSignatures(help: FoundSignatures | null): SignatureHelp | null {
  if (!help) return null;
  return {
    signatures: help.signatures.map(({ label, summary, operands }) => ({
      label,
      documentation: { kind: MarkupKind.Markdown, value: `\`${summary}\`` },
      parameters: operands.map(({ start, end }) => ({ label: [start, end] })),
    })),
    activeSignature: help.active,
    activeParameter: help.operand,
  };
}

function symbols(document: Lines, items: readonly OutlineItem[]): DocumentSymbol[] {
  return items.map(({ name, detail, kind, span, selection, children }) => ({
    name,
    detail,
    kind: symbolKinds[kind],
    range: toRange(document.lines, span),
    selectionRange: toRange(document.lines, selection),
    children: symbols(document, children),
  }));
}

/** One edit from the first to the last character that differ, so that cursors elsewhere stay where they are. */
function formatting({ analysis, lines }: DocumentState): { range: ReturnType<typeof toRange>; newText: string }[] {
  const { text } = analysis.tree;
  const formatted = format(text);
  if (formatted === text) return [];
  const span = difference(text, formatted);
  return [
    { range: toRange(lines, span), newText: formatted.slice(span.start, formatted.length - (text.length - span.end)) },
  ];
}

/** The part of `text` that is not also at the same distance from either end of `other`. */
function difference(text: string, other: string): Span {
  const shorter = Math.min(text.length, other.length);
  let start = 0;
  while (start < shorter && text[start] === other[start]) start++;
  let tail = 0;
  while (tail < shorter - start && text[text.length - 1 - tail] === other[other.length - 1 - tail]) tail++;
  return { start, end: text.length - tail };
}

function encodeTokens({ lines }: Lines, tokens: readonly SemanticToken[]): { data: number[] } {
  const builder = new SemanticTokensBuilder();
  for (const { start, end, type, declaration } of tokens) {
    const { line, column } = lines.position(start);
    builder.push(line, column, end - start, tokenTypes.indexOf(type), declaration ? 1 : 0);
  }
  return builder.build();
}
