import {
  isTrivia,
  type NodeKind,
  nodeOf,
  pathAt,
  type SyntaxNode,
  type SyntaxTree,
  type Token,
  tokensOf,
} from '../language/syntax';
import { nameToken } from './context';
import type { Span } from './text';

/** In what kind of block a cursor is. */
export type BlockKind = 'file' | 'machine' | 'site' | 'assembly' | 'protocol' | 'operations' | 'handler' | 'fixup';

/** Where a cursor is, for completion: found by the tokens before it, so that half-typed text does no harm. */
export interface Cursor {
  readonly block: BlockKind;
  /** The tokens of the statement before the cursor, without labels and without the word that was begun. */
  readonly words: readonly string[];
  /** The word that was begun: the part before the cursor. */
  readonly prefix: string;
  /** The place of the prefix. */
  readonly span: Span;
  /** The name of the protocol around the cursor, or null. */
  readonly protocol: string | null;
}

const blockKinds: Readonly<Partial<Record<NodeKind, BlockKind>>> = {
  machine: 'machine',
  site: 'site',
  sites: 'site',
  version: 'assembly',
  code: 'assembly',
  data: 'assembly',
  asm: 'assembly',
  thread: 'assembly',
  protocol: 'protocol',
  step: 'operations',
  patcher: 'operations',
  stop: 'operations',
  sync: 'handler',
  ipi: 'handler',
  fixup: 'fixup',
  breakpoint: 'fixup',
};

/** Is the offset between the braces? A block whose closing brace is missing goes on behind its last character. */
function within(block: SyntaxNode, offset: number, closes: boolean): boolean {
  return block.start < offset && (closes ? offset < block.end : true);
}

function isClosed(block: SyntaxNode): boolean {
  const last = block.children.at(-1);
  return last?.type === 'token' && last.text === '}';
}

/** The innermost construct whose block the offset is in. */
function constructAround(tree: SyntaxTree, offset: number): { block: BlockKind; protocol: string | null } {
  let block: BlockKind = 'file';
  let protocol: string | null = null;
  const visit = (node: SyntaxNode): void => {
    for (const child of node.children) {
      if (child.type === 'token' || child.start > offset) continue;
      const body = nodeOf(child, 'block');
      const kind = blockKinds[child.kind];
      if (body && kind && within(body, offset, isClosed(body))) {
        block = kind;
        if (child.kind === 'protocol') protocol = nameToken(child)?.text ?? null;
        visit(body);
      }
    }
  };
  visit(tree.root);
  return { block, protocol };
}

/** The statement's tokens before an offset: back to a line end, `;` or brace; a comma at a line's end goes on. */
function statementBefore(tree: SyntaxTree, offset: number): Token[] {
  let statement: Token[] = [];
  for (const token of tokensOf(tree.root)) {
    if (token.start >= offset) break;
    if (isTrivia(token)) continue;
    const ends = token.kind === 'newline' ? statement.at(-1)?.text !== ',' : /^[;{}]$/.test(token.text);
    if (ends) statement = [];
    else if (token.kind !== 'newline') statement.push(token);
  }
  return statement;
}

/** Where a cursor is; null in comments and strings, where nothing is proposed. */
export function cursorAt(tree: SyntaxTree, offset: number): Cursor | null {
  for (const node of pathAt(tree, offset)) {
    for (const child of node.children) {
      if (child.type === 'node' || child.start >= offset) continue;
      const open = child.kind === 'comment' ? offset <= child.end : child.kind === 'string' && offset < child.end;
      if (open) return null;
    }
  }
  const prefix = /[%A-Za-z_.$"][\w.$]*'*$/.exec(tree.text.slice(Math.max(0, offset - 200), offset))?.[0] ?? '';
  const start = offset - prefix.length;
  const before = statementBefore(tree, start);
  const label = before.findLastIndex(({ text }) => text === ':');
  const { block, protocol } = constructAround(tree, start);
  return {
    block,
    words: before.slice(label + 1).map(({ text }) => text),
    prefix,
    span: { start, end: offset },
    protocol,
  };
}
