import { nearest } from '../suggest';
import { directiveNames, directives } from './directives';
import { Cursor } from './expression';
import { isMnemonic, mnemonicNames } from './forms';
import { isDollarLabel, lex, NO_DOLLAR, type Token } from './lexer';
import { parseDirectiveOperands, parseOperands } from './operand';
import type { Name, Operand, Statement, StatementBody } from './types';

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
  const near =
    !directive && isMnemonic(lower) ? lower : name.name.includes(' ') ? undefined : nearest(name.name, names);
  const what = directive ? 'directive' : 'instruction';
  cursor.problems.push({
    code: directive ? 'unknown-directive' : 'unknown-mnemonic',
    message: `unknown ${what} \`${name.name}\`${near ? `: did you mean \`${near}\`?` : ''}`,
    start: name.start,
    end: name.end,
    ...(near ? { suggestion: near } : {}),
  });
}

/** `name = value`, of which nothing has been taken: another way to write `.set name, value`. */
function parseAssignment(cursor: Cursor, head: Token, text: string): StatementBody {
  const { start, end } = head;
  cursor.next();
  const sign = cursor.next() ?? head;
  // `. = place` is `.org place`.
  const target: Operand[] =
    head.text === '.' ? [] : [{ k: 'expression', value: { k: 'name', name: head.text, start, end }, start, end }];
  const name = target.length === 0 ? '.org' : sign.text === '==' ? '.equiv' : '.set';
  const operands = [...target, ...parseOperands(cursor)];
  const rest = text.slice(sign.end, cursor.lastEnd).trim();
  return { k: 'directive', name: { name, start, end: sign.end }, operands, rest, start, end: cursor.lastEnd };
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
    const sign = cursor.peek(1)?.text;
    if (head.kind === 'name' && (sign === '=' || sign === '==')) body = parseAssignment(cursor, head, text);
    else if (head.kind !== 'name' || head.text === '.') {
      const message = isDollarLabel(head)
        ? NO_DOLLAR
        : `an instruction or directive is expected here, not \`${head.text}\``;
      cursor.problem('syntax', message);
      body = null;
    } else {
      cursor.next();
      const name = headName(cursor, head);
      const directive = name.name.startsWith('.') && !isMnemonic(name.name);
      checkName(cursor, name, directive);
      const span = { start: head.start, end: tokens.at(-1)?.end ?? head.end };
      const rest = text.slice(name.end, span.end).trim();
      body = directive
        ? { k: 'directive', name, operands: parseDirectiveOperands(cursor, directives.get(name.name)), rest, ...span }
        : { k: 'instruction', mnemonic: name, operands: parseOperands(cursor), rest, ...span };
    }
  }
  const first = tokens[0];
  return {
    labels,
    body,
    comment,
    problems: cursor.problems,
    text: body ? text.slice(body.start, body.end) : '',
    raw: text.slice(first?.start ?? start, tokens.at(-1)?.end ?? start),
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
