/**
 * The syntax tree of a `.cmodx` file: lossless (every character of the text is in exactly one token, every token is
 * in exactly one node), plain data, and safe to walk for any input. Offsets are UTF-16 units, half-open.
 */

export type TokenKind =
  /** Spaces and tabs. */
  | 'whitespace'
  /** One line end (`\n`, `\r\n` or `\r`): it ends a statement. */
  | 'newline'
  /** `# ...`, `// ...` up to the line end, or a block comment. */
  | 'comment'
  /** Names, keywords, mnemonics, registers, directives: `fence.i`, `AUIPC'`, `entry.JALR`, `.balign`, `.`. */
  | 'word'
  /** Begins with a digit: `4`, `0x80`, `1f`. */
  | 'number'
  /** `"..."` */
  | 'string'
  /** `'a'` as GNU as writes it. */
  | 'character'
  /** One character of `{ } ( ) , ; : = + - * / % & | ^ ~ < > ! [ ] @`, or `+=`, `-=`. */
  | 'punctuation'
  /** Anything else. */
  | 'unknown';

export interface Token {
  readonly type: 'token';
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * | kind | text |
 * |---|---|
 * | `import` | `import "other.cmodx"` |
 * | `machine`, `setting` | `machine { isa rv64gc }`, one line of it |
 * | `symbol` | `symbol s = 0x80 returns ra clobbers a0, a1`: name, address, returns, clobbers |
 * | `code`, `data` | `code tramp at 0x80 { ... }`: name, address, block of assembly |
 * | `site`, `version` | name, address, clobbers, block of versions; name, block of assembly |
 * | `fixup` | `on trap return to ADDRESS or ADDRESS if PATTERN or PATTERN { sepc -= 4 }`: address, pattern, effect |
 * | `ipi` | `on ipi { fence rw,rw ; fence.i }`: a block of fences |
 * | `breakpoint` | `on ebreak at ADDRESS or ADDRESS if PATTERN or PATTERN { sepc += 4 }`: the same |
 * | `sites` | `sites many from A to B every 8 at 4 mod 8 clobbers t0 { ... }`: name, two or three addresses, block of versions |
 * | `reach`, `target` | `reach A, B to C every 8 from SITE by LABEL within 2047 of D`: targets, references, an address |
 * | `protocol`, `patch` | name, patches, block; `SITE from V over W to V`: references |
 * | `patcher` | name, block of steps and operations |
 * | `step` | name, block of operations |
 * | `write`, `store` | operands (separated by commas) and a granule (`by half`) |
 * | `fence`, `fence-i`, `sync`, `stop` | operations; `sync` and `stop` may hold a block |
 * | `wait`, `free`, `run`, `migrate`, `lock` | operations; `free` and `run` hold references, `lock` (and `unlock`) a name |
 * | `thread` | `thread reader at 0x80 clobbers t0 { ... }`: name, perhaps address and clobbers, block of assembly |
 * | `asm` | an operation: a block of assembly |
 * | `executors`, `forbid`, `allow` | one line each; `forbid` and `allow` hold references |
 * | `expect`, `condition` | `expect unsafe mixed when not ziccif, ipi sbi`: one condition each |
 * | `assembly`, `label` | one statement in the GNU assembler's language; `AUIPC:` before it |
 * | `unsupported` | a construct that is known but not built yet |
 * | `error` | text that fits nowhere |
 */
export type NodeKind =
  | 'file'
  | 'import'
  | 'machine'
  | 'setting'
  | 'symbol'
  | 'code'
  | 'data'
  | 'site'
  | 'sites'
  | 'version'
  | 'fixup'
  | 'breakpoint'
  | 'ipi'
  | 'protocol'
  | 'patch'
  | 'step'
  | 'write'
  | 'store'
  | 'fence'
  | 'fence-i'
  | 'sync'
  | 'stop'
  | 'wait'
  | 'free'
  | 'run'
  | 'migrate'
  | 'lock'
  | 'patcher'
  | 'asm'
  | 'thread'
  | 'executors'
  | 'forbid'
  | 'allow'
  | 'reach'
  | 'expect'
  | 'condition'
  | 'assembly'
  | 'label'
  | 'unsupported'
  | 'error'
  // Parts of the above.
  /** `A to B every 8` of a `reach`. */
  | 'target'
  /** `{ ... }`, braces included. */
  | 'block'
  /** A name where it is defined. */
  | 'name'
  /** A name, possibly dotted (`entry.JALR`), where it is used. */
  | 'reference'
  /** `at EXPRESSION`, `at A mod M`, `= EXPRESSION`, `to EXPRESSION`: without the word or sign before it. */
  | 'address'
  /** `returns ra`. */
  | 'returns'
  /** `clobbers t0, t1`. */
  | 'clobbers'
  /** `jalr t0, *(t0)`. */
  | 'pattern'
  /** `sepc -= 4`. */
  | 'effect'
  /** What stands between the commas of an operation. */
  | 'operand'
  /** `by half`. */
  | 'granule'
  /** `without fence.i, release` of a `stop_machine`. */
  | 'switches';

export interface SyntaxNode {
  readonly type: 'node';
  readonly kind: NodeKind;
  /** From the first character that is not white space or comment ... */
  readonly start: number;
  /** ... to the end of the last one. Empty nodes have start = end. */
  readonly end: number;
  readonly children: readonly SyntaxElement[];
}

export type SyntaxElement = Token | SyntaxNode;

export interface SyntaxProblem {
  readonly message: string;
  readonly start: number;
  readonly end: number;
  /** "Did you mean": what to put in the place instead. */
  readonly suggestion: string | null;
}

export interface SyntaxTree {
  readonly file: string;
  readonly text: string;
  readonly root: SyntaxNode;
  readonly problems: readonly SyntaxProblem[];
}

/** All tokens under an element, in order. */
export function* tokensOf(element: SyntaxElement): Generator<Token> {
  if (element.type === 'token') yield element;
  else for (const child of element.children) yield* tokensOf(child);
}

/** The text of a tree, put together from its tokens: always the text that was parsed. */
export function print(tree: SyntaxTree): string {
  let text = '';
  for (const token of tokensOf(tree.root)) text += token.text;
  return text;
}

export function isTrivia(token: Token): boolean {
  return token.kind === 'whitespace' || token.kind === 'comment';
}

/** Child nodes, of one kind or of any. */
export function nodesOf(node: SyntaxNode, kind?: NodeKind): SyntaxNode[] {
  return node.children.filter(
    (child): child is SyntaxNode => child.type === 'node' && (kind === undefined || child.kind === kind),
  );
}

/** The first child node of a kind. */
export function nodeOf(node: SyntaxNode, kind: NodeKind): SyntaxNode | null {
  for (const child of node.children) if (child.type === 'node' && child.kind === kind) return child;
  return null;
}

/** Tokens directly in a node (not those of its child nodes) that are neither white space, comment nor line end. */
export function wordsOf(node: SyntaxNode): Token[] {
  return node.children.filter(
    (child): child is Token => child.type === 'token' && !isTrivia(child) && child.kind !== 'newline',
  );
}

/** The node's own text, comments and all. */
export function textOf(tree: SyntaxTree, node: SyntaxElement): string {
  return tree.text.slice(node.start, node.end);
}

/** All nodes of a kind, in order of the text. */
export function* descendants(node: SyntaxNode, kind: NodeKind): Generator<SyntaxNode> {
  for (const child of node.children) {
    if (child.type === 'token') continue;
    if (child.kind === kind) yield child;
    yield* descendants(child, kind);
  }
}

/**
 * The nodes around an offset, outermost (the file) first: the last is the innermost, the one before it its parent.
 * A node whose end is at the offset still counts, so that a cursor behind a word finds the word.
 */
export function pathAt(tree: SyntaxTree, offset: number): SyntaxNode[] {
  const path = [tree.root];
  for (let node: SyntaxNode | undefined = tree.root; node !== undefined; ) {
    const inside: SyntaxNode[] = nodesOf(node).filter((child) => child.start <= offset && offset <= child.end);
    // Of two nodes that touch at the offset the later one is meant, as a cursor before a word is on that word.
    node = inside.at(-1);
    if (node !== undefined) path.push(node);
  }
  return path;
}

/** The token that holds an offset; where two meet, a word or number rather than what is neither. */
export function tokenAt(tree: SyntaxTree, offset: number): Token | null {
  const touching: Token[] = [];
  let nodes: SyntaxNode[] = [tree.root];
  while (nodes.length > 0) {
    const inner: SyntaxNode[] = [];
    for (const node of nodes) {
      for (const child of node.children) {
        if (child.start > offset || child.end < offset) continue;
        if (child.type === 'node') inner.push(child);
        else touching.push(child);
      }
    }
    nodes = inner;
  }
  touching.sort((a, b) => b.start - a.start);
  return touching.find((token) => token.kind === 'word' || token.kind === 'number') ?? touching[0] ?? null;
}
