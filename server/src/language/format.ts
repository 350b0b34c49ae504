import { parse } from './parser';
import { nodeOf, nodesOf, type SyntaxElement, type SyntaxNode, type Token, tokensOf, wordsOf } from './syntax';

const indentWidth = 2;

/** One line of the result before its columns are aligned. */
interface Line {
  readonly indent: number;
  /** Joined by spaces; all but the last are padded to the width of their column. Empty: a line that is blank but for a comment. */
  readonly cells: readonly string[];
  /** Neighbouring lines of one shape are aligned with one another; null: never aligned. */
  readonly shape: string | null;
  /** What ends the line without belonging to a column: `}`. */
  readonly end: string;
  readonly comment: string | null;
}

/**
 * The text in its usual layout: two spaces for each block, columns aligned, comments kept. A text that is laid out so
 * already comes back as it is. A text with syntax errors comes back unchanged, since nobody knows what it means.
 */
export function format(text: string): string {
  const tree = parse(text, '');
  if (tree.problems.length > 0) return text;
  const writer = new Writer();
  writer.items(tree.root.children, 0, null);
  const eol = /\r\n/.test(text) ? '\r\n' : '\n';
  const lines = align(writer.lines);
  return lines.length === 0 ? '' : lines.join(eol) + eol;
}

class Writer {
  /** Null is a blank line. */
  readonly lines: (Line | null)[] = [];

  /** What stands in a file or between the braces of a block. `shape` is that of its assembly. */
  items(children: readonly SyntaxElement[], indent: number, shape: string | null): void {
    const first = this.lines.length;
    let statements: SyntaxNode[] = [];
    let comments: string[] = [];
    let newlines = 0;
    const finish = (): void => {
      if (statements.length > 0 || comments.length > 0) {
        if (newlines > 1 && this.lines.length > first) this.lines.push(null);
        newlines = 0;
        this.statements(statements, comments.length === 0 ? null : comments.join(' '), indent, shape);
      }
      statements = [];
      comments = [];
    };
    for (const child of children) {
      if (child.type === 'node') statements.push(child);
      else if (child.kind === 'comment') comments.push(child.text.trimEnd());
      else if (child.kind === 'newline') {
        finish();
        newlines++;
      }
    }
    finish();
  }

  /** The statements of one line, `;` between them, and the comment behind them. */
  private statements(nodes: readonly SyntaxNode[], comment: string | null, indent: number, shape: string | null): void {
    let inline: SyntaxNode[] = [];
    const flush = (last: string | null): void => {
      if (inline.length > 0 || last !== null) this.line(inline, last, indent, shape);
      inline = [];
    };
    for (const [i, node] of nodes.entries()) {
      const block = nodeOf(node, 'block');
      if (block === null || !isTall(block)) {
        inline.push(node);
        continue;
      }
      flush(null);
      this.tall(node, block, indent, shape, i === nodes.length - 1 ? comment : null);
      if (i === nodes.length - 1) return;
    }
    flush(comment);
  }

  /** A construct whose block has several lines. */
  private tall(
    node: SyntaxNode,
    block: SyntaxNode,
    indent: number,
    shape: string | null,
    comment: string | null,
  ): void {
    const before = node.children.slice(0, node.children.indexOf(block));
    const after = node.children.slice(node.children.indexOf(block) + 1);
    const head = render(
      before.flatMap((child) => [...tokensOf(child)]),
      node,
    );
    const tail = render(
      after.flatMap((child) => [...tokensOf(child)]),
      node,
    );
    const inner = block.children.slice(1, -1);
    // A comment behind the opening brace stays on its line.
    const breakAt = inner.findIndex((child) => child.type === 'node' || child.kind === 'newline');
    const behind = inner
      .slice(0, breakAt)
      .flatMap((child) => (child.type === 'token' && child.kind === 'comment' ? [child.text.trimEnd()] : []));
    const comments = [...head.comments, ...behind];
    this.lines.push({
      indent,
      cells: [`${head.text} {`],
      shape: null,
      end: '',
      comment: comments.length === 0 ? null : comments.join(' '),
    });
    const ownShape =
      node.kind === 'site' ||
      node.kind === 'sites' ||
      node.kind === 'code' ||
      node.kind === 'data' ||
      node.kind === 'asm' ||
      node.kind === 'thread'
        ? `assembly ${node.start}`
        : shape;
    this.items(inner.slice(breakAt), indent + 1, ownShape);
    const last = [...tail.comments, ...(comment === null ? [] : [comment])];
    this.lines.push({
      indent,
      cells: [tail.text === '' ? '}' : `} ${tail.text}`],
      shape: null,
      end: '',
      comment: last.length === 0 ? null : last.join(' '),
    });
  }

  private line(nodes: readonly SyntaxNode[], comment: string | null, indent: number, shape: string | null): void {
    const comments: string[] = [];
    const text = (part: SyntaxElement | readonly SyntaxElement[], of: SyntaxNode): string => {
      const parts = Array.isArray(part) ? part : [part];
      const rendered = render(
        parts.flatMap((element: SyntaxElement) => [...tokensOf(element)]),
        of,
      );
      comments.push(...rendered.comments);
      return rendered.text;
    };
    const { cells, kind, end } = cellsOf(nodes, text, shape);
    // Comments between the operations of a one-line step go behind its closing brace.
    if (kind === 'step') comments.push(...nodes.flatMap((node) => commentsBetween(nodeOf(node, 'block'))));
    if (comment !== null) comments.push(comment);
    this.lines.push({ indent, cells, shape: kind, end, comment: comments.length === 0 ? null : comments.join(' ') });
  }
}

function commentsBetween(block: SyntaxNode | null): string[] {
  const children = block?.children ?? [];
  return children.flatMap((child) =>
    child.type === 'token' && child.kind === 'comment' ? [child.text.trimEnd()] : [],
  );
}

type Render = (part: SyntaxElement | readonly SyntaxElement[], of: SyntaxNode) => string;

/** What of a line is aligned with the lines around it. */
function cellsOf(
  nodes: readonly SyntaxNode[],
  text: Render,
  shape: string | null,
): { cells: string[]; kind: string | null; end: string } {
  const labels = nodes.filter((node) => node.kind === 'label');
  const [statement, more] = nodes.filter((node) => node.kind !== 'label');
  if (statement === undefined)
    return {
      cells: labels.length === 0 ? [] : [labels.map((label) => text(label, label)).join(' ')],
      kind: null,
      end: '',
    };
  if (more !== undefined) return { cells: [joined(nodes, text)], kind: null, end: '' };
  switch (statement.kind) {
    case 'assembly': {
      const [mnemonic, ...operands] = statement.children;
      const label = labels.map((node) => text(node, node)).join(' ');
      // One more space than between other columns, as GNU as listings have.
      const cells = [
        label === '' ? '' : `${label} `,
        mnemonic === undefined ? '' : text(mnemonic, statement),
        text(operands, statement),
      ];
      return { cells, kind: shape, end: '' };
    }
    case 'setting': {
      const [key, ...value] = statement.children;
      return {
        cells: [key === undefined ? '' : text(key, statement), text(value, statement)],
        kind: 'setting',
        end: '',
      };
    }
    case 'symbol': {
      const equals = statement.children.findIndex((child) => child.type === 'token' && child.text === '=');
      if (equals < 0) break;
      return {
        cells: [
          text(statement.children.slice(0, equals), statement),
          text(statement.children.slice(equals), statement),
        ],
        kind: 'symbol',
        end: '',
      };
    }
    case 'expect': {
      const when = statement.children.findIndex((child) => child.type === 'token' && child.text === 'when');
      if (when < 0) return { cells: [text(statement, statement)], kind: 'expect', end: '' };
      return {
        cells: [text(statement.children.slice(0, when), statement), text(statement.children.slice(when), statement)],
        kind: 'expect',
        end: '',
      };
    }
    case 'step': {
      const block = nodeOf(statement, 'block');
      if (block === null) break;
      const head = text(statement.children.slice(0, statement.children.indexOf(block)), statement);
      const operations = nodesOf(block).map((node, i) => (i === 0 ? '' : '; ') + text(node, node));
      return { cells: [head, '{', ...operations], kind: 'step', end: ' }' };
    }
    default:
  }
  return { cells: [joined(nodes, text)], kind: null, end: '' };
}

function joined(nodes: readonly SyntaxNode[], text: Render): string {
  return nodes.map((node, i) => (i === 0 || nodes[i - 1]?.kind === 'label' ? '' : '; ') + text(node, node)).join(' ');
}

/** Does a block go over several lines? One without content does not. */
function isTall(block: SyntaxNode): boolean {
  const inner = block.children.slice(1, -1);
  const empty = inner.every((child) => child.type === 'token' && child.kind !== 'comment');
  const breaks = [...tokensOf(block)].some((token) => token.kind === 'newline' || isLineComment(token));
  return breaks && !empty;
}

function isLineComment(token: Token): boolean {
  return token.kind === 'comment' && !token.text.startsWith('/*');
}

/** Tokens on one line, white space as it should be; line comments apart, since they would swallow what follows. */
function render(tokens: readonly Token[], of: SyntaxNode): { readonly text: string; readonly comments: string[] } {
  let text = '';
  let space = false;
  const comments: string[] = [];
  let last: Token | null = null;
  const sets = gluedSigns(of);
  for (const token of tokens) {
    const hoisted = token.kind === 'comment' && (isLineComment(token) || /[\r\n]/.test(token.text));
    if (hoisted) comments.push(token.text.trimEnd());
    if (token.kind === 'whitespace' || token.kind === 'newline' || hoisted) {
      space = true;
      continue;
    }
    const glued = last === null || isGlued(last, token, space, sets);
    text += glued ? token.text : ` ${token.text}`;
    last = token;
    space = false;
  }
  return { text, comments };
}

/** The commas of `fence w,o`, which have no space behind them, and the braces of `cm.push {ra, s0}, -16`, which have none inside. */
function gluedSigns(node: SyntaxNode): ReadonlySet<number> {
  const glued = new Set<number>();
  const visit = (part: SyntaxNode): void => {
    const words = wordsOf(part);
    for (const [i, word] of words.entries()) {
      // The list of registers of an instruction is no block.
      if (part.kind === 'assembly' && (word.text === '{' || word.text === '}')) glued.add(word.start);
      if (word.text !== ',') continue;
      if (part.kind === 'fence' || (part.kind === 'condition' && words[i - 2]?.text === '=')) glued.add(word.start);
    }
    for (const child of nodesOf(part)) visit(child);
  };
  visit(node);
  return glued;
}

const spaced = new Set(['=', '+=', '-=', '{', '}', ';']);

function isGlued(before: Token, token: Token, space: boolean, sets: ReadonlySet<number>): boolean {
  if (before.kind === 'comment' || token.kind === 'comment') return false;
  if (token.text === ',') return true;
  if (before.text === ',') return sets.has(before.start);
  if ((before.text === '{' && sets.has(before.start)) || (token.text === '}' && sets.has(token.start))) return true;
  if (spaced.has(token.text) || spaced.has(before.text)) return false;
  if (token.text === ':') return true;
  if (before.text === ':') return false;
  return !space;
}

/** Pads the columns of neighbouring lines of one shape, and sets comments behind neighbouring lines one below the other. */
function align(lines: readonly (Line | null)[]): string[] {
  const widths = columnWidths(lines);
  const texts = lines.map((line, i) => {
    if (line === null || line.cells.length === 0) return '';
    const { cells } = line;
    const text = cells.map((cell, column) =>
      column === cells.length - 1 ? cell : cell.padEnd(widths[i]?.[column] ?? 0),
    );
    // An empty first column (no label) still takes its place; an empty last one leaves no space behind.
    return (' '.repeat(line.indent * indentWidth) + text.filter((cell) => cell !== '').join(' ') + line.end).trimEnd();
  });
  const columns = commentColumns(lines, texts);
  return texts.map((text, i) => {
    const line = lines[i];
    if (line === null || line === undefined || line.comment === null) return text;
    if (line.cells.length === 0) return ' '.repeat(line.indent * indentWidth) + line.comment;
    return `${text.padEnd(columns[i] ?? 0)}${line.comment}`;
  });
}

/** For each line the widths of its columns. Assembly is aligned over its whole site, other lines with their neighbours. */
function columnWidths(lines: readonly (Line | null)[]): (readonly number[] | null)[] {
  const bySite = new Map<string, number[]>();
  let neighbours: number[] = [];
  let before: string | null = null;
  return lines.map((line) => {
    if (line === null || line.shape === null) {
      // A comment of its own does not part what it stands between.
      if (line === null || line.cells.length > 0) before = null;
      return null;
    }
    let widths: number[];
    if (line.shape.startsWith('assembly')) {
      widths = bySite.get(line.shape) ?? [];
      bySite.set(line.shape, widths);
      before = null;
    } else {
      const key = `${line.shape} ${line.indent}`;
      if (key !== before) neighbours = [];
      before = key;
      widths = neighbours;
    }
    for (const [column, cell] of line.cells.slice(0, -1).entries())
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    return widths;
  });
}

/** For each line where its comment begins: two spaces behind the longest of its neighbours that have one. */
function commentColumns(lines: readonly (Line | null)[], texts: readonly string[]): number[] {
  const columns: number[] = [];
  for (let start = 0; start < lines.length; ) {
    let end = start;
    let width = 0;
    for (; ; end++) {
      const line = lines[end];
      if (line === null || line === undefined || line.comment === null || line.cells.length === 0) break;
      width = Math.max(width, (texts[end] as string).length);
    }
    for (let i = start; i <= end; i++) columns[i] = width + 2;
    start = end + 1;
  }
  return columns;
}
