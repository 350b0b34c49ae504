import { nearest } from '../suggest';
import type { TextProblem } from '../types';
import { isDollarLabel, NO_DOLLAR, type Token } from './lexer';
import { isOperator, PRECEDENCE } from './operators';
import { type Expression, RELOCATIONS, type RelocationOperator } from './types';

const isRelocation = (text: string): text is RelocationOperator => RELOCATIONS.some((name) => name === text);

/** Deeper nesting than this is refused, so that no input exhausts the stack. */
const MAX_DEPTH = 100;
/** As are more operators than this in one statement: `1-1-1-...` nests to the left. */
const MAX_OPERATORS = 1000;

/** A place among the tokens of one statement, and the problems found so far. */
export class Cursor {
  private index = 0;
  readonly problems: TextProblem[] = [];
  /** Operators taken so far. */
  operators = 0;

  /** `end` is the offset at which the statement ends. */
  constructor(
    private readonly tokens: readonly Token[],
    private readonly end: number,
  ) {}

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.index + ahead];
  }

  next(): Token | undefined {
    return this.tokens[this.index++];
  }

  accept(text: string): Token | undefined {
    return this.peek()?.text === text ? this.next() : undefined;
  }

  /** The offset of the next token, or of the end of the statement. */
  get offset(): number {
    return this.peek()?.start ?? this.end;
  }

  /** The offset at which the last token taken ends. */
  get lastEnd(): number {
    return this.tokens[this.index - 1]?.end ?? this.offset;
  }

  problem(code: string, message: string, place?: { readonly start: number; readonly end: number }): void {
    const token = this.peek();
    const { start, end } = place ?? token ?? { start: this.end, end: this.end };
    this.problems.push({ code, message, start, end });
  }
}

function unary(op: '-' | '~' | '+' | '!', start: number, a: Expression): Expression {
  return { k: 'unary', op, a, start, end: a.end };
}

function parsePrimary(cursor: Cursor, depth: number): Expression | null {
  const token = cursor.peek();
  if (!token) {
    cursor.problem('syntax', 'an expression is missing here');
    return null;
  }
  if (depth > MAX_DEPTH) {
    cursor.problem('syntax', 'the expression is nested too deeply');
    return null;
  }
  const { start, end, text } = token;
  switch (token.kind) {
    case 'number':
      cursor.next();
      return { k: 'number', value: token.value, start, end };
    case 'float':
      cursor.next();
      return { k: 'float', text, start, end };
    case 'name':
      cursor.next();
      return text === '.' ? { k: 'here', start, end } : { k: 'name', name: text, start, end };
    case 'local':
      cursor.next();
      return { k: 'local', number: Number.parseInt(text, 10), direction: text.endsWith('f') ? 'f' : 'b', start, end };
    case 'relocation': {
      if (!isRelocation(text)) {
        const near = nearest(text, RELOCATIONS);
        cursor.problem('syntax', `unknown relocation operator \`${text}\`${near ? `: did you mean \`${near}\`?` : ''}`);
        return null;
      }
      cursor.next();
      if (!cursor.accept('(')) {
        cursor.problem('syntax', `\`(\` is missing after \`${text}\``);
        return null;
      }
      const a = parseExpression(cursor, 0, depth + 1);
      if (!a) return null;
      if (!cursor.accept(')')) {
        cursor.problem('syntax', '`)` is missing here');
        return null;
      }
      return { k: 'relocation', op: text, a, start, end: cursor.lastEnd };
    }
    case 'punctuation': {
      if (text === '-' || text === '~' || text === '+' || text === '!') {
        cursor.next();
        const a = parsePrimary(cursor, depth + 1);
        return a && unary(text, start, a);
      }
      if (text === '*') {
        cursor.next();
        return { k: 'any', start, end };
      }
      if (text === '(') {
        cursor.next();
        const a = parseExpression(cursor, 0, depth + 1);
        if (!a) return null;
        if (!cursor.accept(')')) {
          cursor.problem('syntax', '`)` is missing here');
          return null;
        }
        return { ...a, start, end: cursor.lastEnd };
      }
      break;
    }
    case 'string':
      cursor.problem('syntax', 'a string cannot stand here');
      return null;
    case 'error':
      if (!isDollarLabel(token)) break;
      cursor.problem('syntax', NO_DOLLAR);
      return null;
  }
  cursor.problem('syntax', `an expression cannot begin with \`${text}\``);
  return null;
}

/** Parses an expression; null where there is none, with a problem noted. */
export function parseExpression(cursor: Cursor, minimum = 0, depth = 0): Expression | null {
  let left = parsePrimary(cursor, depth);
  while (left) {
    const token = cursor.peek();
    if (token?.kind !== 'punctuation' || !isOperator(token.text)) return left;
    const precedence = PRECEDENCE[token.text];
    if (precedence < minimum) return left;
    if (cursor.operators++ > MAX_OPERATORS) {
      cursor.problem('syntax', 'too many operators in one statement');
      return null;
    }
    cursor.next();
    const right: Expression | null = parseExpression(cursor, precedence + 1, depth + 1);
    left = right && { k: 'binary', op: token.text, a: left, b: right, start: left.start, end: right.end };
  }
  return null;
}
