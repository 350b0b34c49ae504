/**
 * The editor features: pure functions of an analysis (and, where verdicts matter, of a report), one file each. Places
 * are offsets in the analysed file, or a `Source` where they may be in another one.
 */
export { type CodeAction, codeActions } from './code-actions';
export { completion } from './completion';
export type { CompletionItem, CompletionKind } from './completion-items';
export { diagnostics, type EditorDiagnostic, textDiagnostics, verdictDiagnostics } from './diagnostics';
export { isMet, type Judgement, judge, type Outcome } from './expectation';
export { type FoldingRange, folding } from './folding';
export { type Hover, hover } from './hover';
export { type InlayHint, type InlayOptions, inlayHints } from './inlay-hints';
export { type Lens, type LensAction, lenses } from './lens';
export { definition, highlights, references } from './navigation';
export { type OutlineItem, type OutlineKind, outline } from './outline';
export { prepareRename, type Refusal, type RenameResult, type RenameStart, rename } from './rename';
export { type SemanticToken, semanticTokens, type TokenType, tokenModifiers, tokenTypes } from './semantic-tokens';
export { type CheckSummary, statusText, summarize, summarizeCheck } from './summary';
export { applyEdits, type Span, type TextEdit } from './text';
export { type Term, type TermPlace, vocabulary } from './vocabulary';
