import {
  CompletionItemKind,
  DiagnosticSeverity,
  type Location,
  type Range,
  SymbolKind,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { Source } from '../checker/scenario';
import type { CompletionKind } from '../features/completion-items';
import type { OutlineKind } from '../features/outline';
import type { Span } from '../features/text';
import type { LineIndex } from '../language/lines';
import type { Severity } from '../language/types';
import type { DocumentState, Workspace } from './workspace';

/** Offsets as LSP writes them: lines and UTF-16 columns from 0. */
export function toRange(lines: LineIndex, { start, end }: Span): Range {
  const from = lines.position(start);
  const to = lines.position(end);
  return {
    start: { line: from.line, character: from.column },
    end: { line: to.line, character: to.column },
  };
}

/** The other way round. */
export function toSpan(lines: LineIndex, { start, end }: Range): Span {
  return { start: toOffset(lines, start), end: toOffset(lines, end) };
}

export function toOffset(lines: LineIndex, { line, character }: Range['start']): number {
  return lines.offset({ line, column: character });
}

/** A place in any file that the document's analysis has read; null for others. */
export function toLocation(workspace: Workspace, document: DocumentState, source: Source): Location | null {
  const lines = workspace.linesOf(document, source);
  return lines && { uri: source.file, range: toRange(lines, source) };
}

/** Edits grouped by file; those in files that the document has not read are left out. */
export function toWorkspaceEdit(
  workspace: Workspace,
  document: DocumentState,
  edits: readonly { readonly source: Source; readonly newText: string }[],
): WorkspaceEdit {
  const changes: Record<string, TextEdit[]> = {};
  for (const { source, newText } of edits) {
    const location = toLocation(workspace, document, source);
    if (!location) continue;
    changes[location.uri] ??= [];
    changes[location.uri]?.push({ range: location.range, newText });
  }
  return { changes };
}

export const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export const symbolKinds: Readonly<Record<OutlineKind, SymbolKind>> = {
  machine: SymbolKind.Object,
  symbol: SymbolKind.Variable,
  code: SymbolKind.Namespace,
  data: SymbolKind.Array,
  site: SymbolKind.Class,
  version: SymbolKind.Struct,
  label: SymbolKind.Key,
  fixup: SymbolKind.Event,
  protocol: SymbolKind.Interface,
  step: SymbolKind.Method,
  expect: SymbolKind.Boolean,
  test: SymbolKind.Interface,
  location: SymbolKind.Variable,
  thread: SymbolKind.Class,
  condition: SymbolKind.Boolean,
};

export const completionKinds: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  keyword: CompletionItemKind.Keyword,
  value: CompletionItemKind.EnumMember,
  mnemonic: CompletionItemKind.Function,
  directive: CompletionItemKind.Keyword,
  register: CompletionItemKind.Variable,
  csr: CompletionItemKind.Constant,
  operator: CompletionItemKind.Operator,
  snippet: CompletionItemKind.Snippet,
  symbol: CompletionItemKind.Variable,
  code: CompletionItemKind.Module,
  data: CompletionItemKind.Module,
  site: CompletionItemKind.Class,
  version: CompletionItemKind.Struct,
  label: CompletionItemKind.Reference,
  thread: CompletionItemKind.Module,
  step: CompletionItemKind.Method,
  protocol: CompletionItemKind.Interface,
};
