import type { Token, TokenKind } from './syntax';

/** Tried in order at each offset; together with `unknown` they cover every text. Each is linear in what it matches. */
const rules: readonly (readonly [TokenKind, RegExp])[] = [
  ['newline', /\r\n|\n|\r/y],
  ['whitespace', /[ \t\f\v\u00a0\ufeff]+/y],
  ['comment', /#[^\r\n]*|\/\/[^\r\n]*/y],
  ['word', /[A-Za-z_.$][\w.$]*'*/y],
  ['number', /[0-9][\w.]*/y],
  ['string', /"(?:\\[^\r\n]|[^"\\\r\n])*"?/y],
  ['character', /'(?:\\[^\r\n]|[^'\\\r\n])'/y],
  ['punctuation', /\+=|-=|[{}(),;:=+\-*/%&|^~<>![\]@]/y],
  ['unknown', /[^\s\w.$"'#{}(),;:=+\-*/%&|^~<>![\]@]+|./suy],
];

/** Splits a text into tokens that cover it. Never throws; linear. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let start = 0;
  const push = (kind: TokenKind, end: number): void => {
    tokens.push({ type: 'token', kind, start, end, text: text.slice(start, end) });
    start = end;
  };
  while (start < text.length) {
    if (text.startsWith('/*', start)) {
      const close = text.indexOf('*/', start + 2);
      push('comment', close < 0 ? text.length : close + 2);
      continue;
    }
    for (const [kind, rule] of rules) {
      rule.lastIndex = start;
      if (!rule.test(text)) continue;
      push(kind, rule.lastIndex);
      break;
    }
  }
  return tokens;
}

/** Is this a block comment whose `*\/` is missing? */
export function isUnclosedComment(token: Token): boolean {
  return token.text.startsWith('/*') && (token.text.length < 4 || !token.text.endsWith('*/'));
}

/** Are these primes as word processors and mail programs write them? */
export function isWrongPrime(text: string): boolean {
  return /^[\u2018\u2019\u2032`]+$/.test(text);
}
