import type { Analysis } from '../language/analysis';
import { LineIndex } from '../language/lines';
import { type SyntaxNode, type Token, tokensOf } from '../language/syntax';

/** Lines that fold into their first one; zero-based, the last included. */
export interface FoldingRange {
  readonly startLine: number;
  readonly endLine: number;
  readonly kind: 'block' | 'comment';
}

/** Runs of whole-line comments and block comments. */
function comments(tokens: Iterable<Token>, lines: LineIndex): FoldingRange[] {
  const ranges: FoldingRange[] = [];
  let first = -1;
  let last = -1;
  let lineBegins = true;
  const close = (): void => {
    if (last > first) ranges.push({ startLine: first, endLine: last, kind: 'comment' });
    first = -1;
    last = -1;
  };
  for (const { kind, start, end } of tokens) {
    if (kind === 'newline') {
      // A blank line ends the run.
      if (lineBegins && first >= 0) close();
      lineBegins = true;
      continue;
    }
    if (kind === 'whitespace') continue;
    if (kind === 'comment' && lineBegins) {
      if (first < 0) first = lines.position(start).line;
      last = lines.position(end).line;
    } else if (lineBegins) close();
    lineBegins = false;
  }
  close();
  return ranges;
}

function blocks(node: SyntaxNode, text: string, lines: LineIndex, ranges: FoldingRange[]): void {
  for (const child of node.children) {
    if (child.type === 'token') continue;
    if (child.kind === 'block') {
      const startLine = lines.position(child.start).line;
      const last = child.children.at(-1);
      const isClosed = last?.type === 'token' && last.text === '}';
      // The closing brace stays in sight; without one the fold ends with the last line that holds anything.
      const endLine = isClosed
        ? lines.position(child.end).line - 1
        : lines.position(text.slice(0, child.end).trimEnd().length).line;
      if (endLine > startLine) ranges.push({ startLine, endLine, kind: 'block' });
    }
    blocks(child, text, lines, ranges);
  }
}

/** All folds of a file, in order of their first line. */
export function folding(analysis: Pick<Analysis, 'tree'>): FoldingRange[] {
  const { root, text } = analysis.tree;
  const lines = new LineIndex(text);
  const ranges = comments(tokensOf(root), lines);
  blocks(root, text, lines, ranges);
  return ranges.sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
}
