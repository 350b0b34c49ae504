import type { Directive } from './directives';
import { type Cursor, parseExpression } from './expression';
import { stringBytes } from './lexer';
import type { Expression, Operand } from './types';

/** What stands between the commas of a statement. */

const endsOperand = (cursor: Cursor, ahead: number): boolean => {
  const token = cursor.peek(ahead);
  return token === undefined || token.text === ',';
};

function parseOperand(cursor: Cursor): Operand | null {
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
  if (cursor.accept('{')) return parseBraces(cursor, start);
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
function parseBraces(cursor: Cursor, start: number): Operand | null {
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

/** A string as the list of its bytes; several side by side are one. */
function parseString(cursor: Cursor): Operand | null {
  const start = cursor.offset;
  const values: Expression[] = [];
  let token = cursor.peek();
  if (token?.kind !== 'string') return parseOperand(cursor);
  for (; token?.kind === 'string'; token = cursor.peek()) {
    const { start: at, end } = token;
    for (const byte of stringBytes(token.text)) values.push({ k: 'number', value: BigInt(byte), start: at, end });
    cursor.next();
  }
  return { k: 'list', values, start, end: cursor.lastEnd };
}

/** All operands up to the end of the statement, by `parse`; it notes a problem where it answers undefined. */
function parseAll(cursor: Cursor, parse: (cursor: Cursor) => Operand | undefined): Operand[] {
  const operands: Operand[] = [];
  if (!cursor.peek()) return operands;
  for (;;) {
    const operand = parse(cursor);
    if (operand === undefined) return operands;
    operands.push(operand);
    if (cursor.accept(',')) continue;
    const rest = cursor.peek();
    if (rest) cursor.problem('syntax', `\`${rest.text}\` is not expected here: a comma or the end of the statement is`);
    return operands;
  }
}

/** The operands of an instruction. */
export const parseOperands = (cursor: Cursor): Operand[] => parseAll(cursor, (at) => parseOperand(at) ?? undefined);

/** Directives whose operands are expressions. */
const WITH_EXPRESSIONS: ReadonlySet<string> = new Set(
  'data leb space fill org align insn option set rept elseif'.split(' '),
);

/** What compares with 0 takes an expression; the other tests take words and texts. */
const isComparison = (directive: Directive): boolean =>
  directive.k === 'if' && ['ne', 'eq', 'lt', 'le', 'gt', 'ge'].includes(directive.test);

/** The operands of a directive; none where it is unknown, or written in a notation of its own. */
export function parseDirectiveOperands(cursor: Cursor, directive: Directive | undefined): Operand[] {
  if (!directive) return [];
  if (directive.k === 'string' || directive.k === 'error' || directive.k === 'warning')
    return parseAll(cursor, (at) => parseString(at) ?? undefined);
  if (!WITH_EXPRESSIONS.has(directive.k) && !isComparison(directive)) return [];
  return parseAll(cursor, (at) => {
    const empty = at.peek()?.text === ',' || !at.peek();
    return empty ? { k: 'empty', start: at.offset, end: at.offset } : (parseOperand(at) ?? undefined);
  });
}
