import { isUnclosedComment, isWrongPrime, tokenize } from './lexer';
import {
  isTrivia,
  type NodeKind,
  type SyntaxElement,
  type SyntaxNode,
  type SyntaxProblem,
  type SyntaxTree,
  type Token,
} from './syntax';

interface OpenNode {
  readonly kind: NodeKind;
  readonly children: SyntaxElement[];
}

/**
 * Puts tokens into nodes, in order, none left out: white space and comments go to the node that is open before the
 * next token. What the grammar knows of the text it asks here (`peek`, `at`), and it can only move forwards.
 */
export class TreeBuilder {
  readonly problems: SyntaxProblem[] = [];
  private readonly tokens: readonly Token[];
  /** For each token index (and one past the last): the next token that is not white space or comment. */
  private readonly significant: Int32Array;
  /** The same, line ends passed over too. */
  private readonly solid: Int32Array;
  private position = 0;
  /** End of the last token taken that was not white space or comment. */
  private lastEnd = 0;
  private last: Token | null = null;
  private readonly open: OpenNode[] = [{ kind: 'file', children: [] }];

  constructor(
    private readonly text: string,
    private readonly file: string,
  ) {
    this.tokens = tokenize(text);
    const n = this.tokens.length;
    this.significant = new Int32Array(n + 1).fill(n);
    this.solid = new Int32Array(n + 1).fill(n);
    for (let i = n - 1; i >= 0; i--) {
      const token = this.tokens[i] as Token;
      this.significant[i] = isTrivia(token) ? (this.significant[i + 1] as number) : i;
      this.solid[i] = isTrivia(token) || token.kind === 'newline' ? (this.solid[i + 1] as number) : i;
      if (token.kind === 'comment' && isUnclosedComment(token))
        this.problem('this comment has no `*/`', token.start, token.start + 2);
      if (token.kind === 'unknown' && isWrongPrime(token.text)) {
        this.problem("a prime is written `'`", token.start, token.end, "'".repeat(token.text.length));
      }
      if (token.kind === 'string' && (token.text.length < 2 || !token.text.endsWith('"'))) {
        this.problem('this string has no closing `"`', token.start, token.end);
      }
    }
  }

  /** The nth next token that is not white space or comment; line ends count. Null at the end of the text. */
  peek(n = 0): Token | null {
    let i = this.significant[this.position] as number;
    for (let k = 0; k < n && i < this.tokens.length; k++) i = this.significant[i + 1] as number;
    return this.tokens[i] ?? null;
  }

  /** The next token beyond any line ends. */
  peekSolid(): Token | null {
    return this.tokens[this.solid[this.position] as number] ?? null;
  }

  /** Is the next token this word or sign? */
  at(text: string): boolean {
    const token = this.peek();
    return token !== null && token.text === text && token.kind !== 'string';
  }

  /** Is the statement over: at a line end, `;`, a brace or the end of the text? */
  atEnd(): boolean {
    const token = this.peek();
    return token === null || token.kind === 'newline' || (token.kind === 'punctuation' && /^[;{}]$/.test(token.text));
  }

  /** Takes the next token, and what white space and comments stand before it. */
  bump(): Token | null {
    const i = this.significant[this.position] as number;
    this.flush(i);
    const token = this.tokens[i];
    if (token === undefined) return null;
    this.children().push(token);
    this.position = i + 1;
    if (token.kind !== 'newline') this.lastEnd = token.end;
    this.last = token;
    return token;
  }

  /** Takes the next token if it is this word or sign. */
  eat(text: string): boolean {
    if (!this.at(text)) return false;
    this.bump();
    return true;
  }

  /** May a statement begin here without a line end or `;`: at the start of a line, or behind a block? */
  atStatementStart(): boolean {
    return this.last === null || this.last.kind === 'newline' || this.last.text === '}';
  }

  /** Takes line ends. */
  skipNewlines(): void {
    while (this.peek()?.kind === 'newline') this.bump();
  }

  /** Opens a node, runs `inside`, closes it. */
  node(kind: NodeKind, inside: () => void): void {
    this.flush(this.significant[this.position] as number);
    this.open.push({ kind, children: [] });
    inside();
    const { children } = this.open.pop() as OpenNode;
    const first = children[0];
    const last = children.at(-1);
    const at = this.peek()?.start ?? this.text.length;
    this.children().push({ type: 'node', kind, start: first?.start ?? at, end: last?.end ?? at, children });
  }

  /** A node of the next token alone. */
  leaf(kind: NodeKind): void {
    this.node(kind, () => this.bump());
  }

  /** Takes the rest of the statement into an `error` node, with whole blocks where it holds any. Iterative. */
  skipStatement(kind: NodeKind = 'error'): void {
    this.node(kind, () => {
      for (let depth = 0; ; this.bump()) {
        const token = this.peek();
        if (token === null) return;
        const sign = token.kind === 'punctuation' ? token.text : '';
        if (depth === 0 && (token.kind === 'newline' || sign === ';' || sign === '}')) return;
        if (sign === '{') depth++;
        if (sign === '}') depth--;
      }
    });
  }

  problem(message: string, start: number, end: number, suggestion: string | null = null): void {
    this.problems.push({ message, start, end, suggestion });
  }

  /** A problem at the next token, or behind the last one where the statement is over. */
  problemHere(message: string, suggestion: string | null = null): void {
    const token = this.peek();
    if (token === null || token.kind === 'newline') this.problem(message, this.lastEnd, this.lastEnd, null);
    else this.problem(message, token.start, token.end, suggestion);
  }

  /** Closes the file node. */
  finish(): SyntaxTree {
    this.flush(this.tokens.length);
    const children = this.children();
    const root: SyntaxNode = { type: 'node', kind: 'file', start: 0, end: this.text.length, children };
    this.problems.sort((a, b) => a.start - b.start);
    return { file: this.file, text: this.text, root, problems: this.problems };
  }

  private children(): SyntaxElement[] {
    return (this.open.at(-1) as OpenNode).children;
  }

  /** Moves white space and comments up to token `end` into the open node. */
  private flush(end: number): void {
    const children = this.children();
    for (; this.position < end; this.position++) children.push(this.tokens[this.position] as Token);
  }
}
