import { nearest } from '../suggest';
import { directiveNames, directives } from './directives';
import { Cursor, parseExpression } from './expression';
import { isMnemonic, mnemonicNames } from './forms';
import { lex, stringBytes, type Token } from './lexer';
import type { Expression, Name, Operand, Statement, StatementBody } from './types';

function parseOperand(cursor: Cursor, strings: boolean): Operand | null {
  const first = cursor.peek();
  const start = cursor.offset;
  // `(t0)` with nothing after it is an address without an offset.
  const inside = cursor.peek(1);
  const alone = (inside?.kind === 'name' || inside?.text === '*') && cursor.peek(2)?.text === ')';
  if (first?.text === '(' && alone && endsOperand(cursor, 3)) {
    cursor.next();
    const base = parseExpression(cursor);
    cursor.next();
    return base && { k: 'memory', offset: null, base, start, end: cursor.lastEnd };
  }
  if (strings && first?.kind === 'string') {
    cursor.next();
    const { start: at, end } = first;
    const values = Array.from(
      stringBytes(first.text),
      (byte): Expression => ({ k: 'number', value: BigInt(byte), start: at, end }),
    );
    return { k: 'list', values, start: at, end };
  }
  if (cursor.accept('{')) return parseList(cursor, start);
  const value = parseExpression(cursor);
  if (!value) return null;
  if (!cursor.accept('(')) return { k: 'expression', value, start, end: value.end };
  const base = parseExpression(cursor);
  if (!base) return null;
  if (!cursor.accept(')')) {
    cursor.problem('syntax', '`)` is missing here');
    return null;
  }
  return { k: 'memory', offset: value, base, start, end: cursor.lastEnd };
}

/** What stands in braces, the first of which has been taken. */
function parseList(cursor: Cursor, start: number): Operand | null {
  const values: Expression[] = [];
  do {
    const value = parseExpression(cursor);
    if (!value) return null;
    values.push(value);
  } while (cursor.accept(','));
  if (cursor.accept('}')) return { k: 'list', values, start, end: cursor.lastEnd };
  cursor.problem('syntax', '`}` is missing here');
  return null;
}

const endsOperand = (cursor: Cursor, ahead: number): boolean => {
  const token = cursor.peek(ahead);
  return token === undefined || token.text === ',';
};

function parseOperands(cursor: Cursor, strings: boolean): Operand[] {
  const operands: Operand[] = [];
  if (!cursor.peek()) return operands;
  for (;;) {
    const operand = parseOperand(cursor, strings);
    if (!operand) return operands;
    operands.push(operand);
    if (cursor.accept(',')) continue;
    const rest = cursor.peek();
    if (rest) cursor.problem('syntax', `\`${rest.text}\` is not expected here: a comma or the end of the statement is`);
    return operands;
  }
}

/** The mnemonic or directive whose first word has been taken; `.insn r` is two words. */
function headName(cursor: Cursor, head: Token): Name {
  const { text, start, end } = head;
  const format = cursor.peek();
  if (text !== '.insn' || format?.kind !== 'name') return { name: text, start, end };
  cursor.next();
  return { name: `.insn ${format.text}`, start, end: format.end };
}

function parseLabels(cursor: Cursor): Name[] {
  const labels: Name[] = [];
  for (;;) {
    const token = cursor.peek();
    if ((token?.kind !== 'name' && token?.kind !== 'number') || cursor.peek(1)?.text !== ':') return labels;
    labels.push({ name: token.text, start: token.start, end: token.end });
    if (token.text === '.') cursor.problem('syntax', '`.` cannot be a label', token);
    cursor.next();
    cursor.next();
  }
}

function checkName(cursor: Cursor, name: Name, directive: boolean): void {
  const known = directive ? directiveNames.has(name.name) : isMnemonic(name.name);
  if (known) return;
  const lower = name.name.toLowerCase();
  const names = directive ? directiveNames : mnemonicNames();
  const near = !directive && isMnemonic(lower) ? lower : nearest(name.name, names);
  const what = directive ? 'directive' : 'instruction';
  cursor.problems.push({
    code: directive ? 'unknown-directive' : 'unknown-mnemonic',
    message: `unknown ${what} \`${name.name}\`${near ? `: did you mean \`${near}\`?` : ''}`,
    start: name.start,
    end: name.end,
    ...(near ? { suggestion: near } : {}),
  });
}

/**
 * Parses one statement of GNU as for RISC-V between two offsets of `text`: labels, an instruction or directive, a comment.
 * Never throws; problems have offsets in `text`. Whether operands fit the instruction is for `assembleBlock` to say.
 */
export function parseStatement(text: string, start = 0, end = text.length): Statement {
  const { tokens, comment } = lex(text, start, end);
  const cursor = new Cursor(tokens, tokens.at(-1)?.end ?? start);
  const labels = parseLabels(cursor);
  const head = cursor.peek();
  let body: StatementBody | null = null;
  if (head) {
    if (head.kind !== 'name' || head.text === '.') {
      cursor.problem('syntax', `an instruction or directive is expected here, not \`${head.text}\``);
      body = null;
    } else {
      cursor.next();
      const name = headName(cursor, head);
      const directive = name.name.startsWith('.') && !isMnemonic(name.name);
      checkName(cursor, name, directive);
      // Those of debug information are in other notations, and say nothing here.
      const kind = directives.get(head.text)?.k;
      const operands = kind === 'ignored' ? [] : parseOperands(cursor, kind === 'string');
      const span = { start: head.start, end: tokens.at(-1)?.end ?? head.end };
      body = directive
        ? { k: 'directive', name, operands, ...span }
        : { k: 'instruction', mnemonic: name, operands, ...span };
    }
  }
  const first = tokens[0];
  return {
    labels,
    body,
    comment,
    problems: cursor.problems,
    text: body ? text.slice(body.start, body.end) : '',
    start: first?.start ?? comment?.start ?? start,
    end: comment?.end ?? tokens.at(-1)?.end ?? start,
  };
}

/** Where statements end: at a newline or a `;` that stands in no comment, string or character. */
const PIECE =
  /\/\*[\s\S]*?\*\/|(?:#|\/\/)[^\n]*|"(?:\\[^\n]|[^"\\\n])*"?|[A-Za-z0-9_.$]+'*|'(?:\\.|[^\\\n])'?|[\n;]|[\s\S]/g;

/** Parses the statements between two offsets of `text`, one a line or with `;` between them. Empty ones are left out. */
export function parseStatements(text: string, start = 0, end = text.length): Statement[] {
  const statements: Statement[] = [];
  let from = start;
  const finish = (to: number): void => {
    const statement = parseStatement(text, from, to);
    if (statement.labels.length > 0 || statement.body || statement.problems.length > 0) statements.push(statement);
  };
  for (const piece of text.slice(start, end).matchAll(PIECE)) {
    if (piece[0] !== '\n' && piece[0] !== ';') continue;
    finish(start + piece.index);
    from = start + piece.index + 1;
  }
  finish(end);
  return statements;
}
