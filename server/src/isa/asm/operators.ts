import type { ExpressionOperator } from './types';

/** Precedences of GNU as, which are not those of C: `| & ^ !` bind closer than `+ -`, and looser than `* / % << >>`. */
export const PRECEDENCE: Readonly<Record<ExpressionOperator, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<>': 3,
  '<': 3,
  '>': 3,
  '<=': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '|': 5,
  '&': 5,
  '^': 5,
  '!': 5,
  '*': 6,
  '/': 6,
  '%': 6,
  '<<': 6,
  '>>': 6,
};

export const isOperator = (text: string): text is ExpressionOperator => Object.hasOwn(PRECEDENCE, text);

const truth = (holds: boolean, whenTrue: bigint): bigint => (holds ? whenTrue : 0n);

/**
 * As GNU as computes: `/` and `%` towards zero, `>>` of the unsigned 64 bits, comparisons -1 where they hold, `&&` and `||` 1.
 * A string says why there is no value. The result is not cut to 64 bits.
 */
export function operate(op: ExpressionOperator, a: bigint, b: bigint): bigint | string {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0n ? 'division by zero' : a / b;
    case '%':
      return b === 0n ? 'division by zero' : a % b;
    case '<<':
    case '>>':
      if (b < 0n || b > 63n) return `shift by ${b}: 0 to 63 is possible`;
      return op === '<<' ? a << b : BigInt.asUintN(64, a) >> b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '!':
      return a | ~b;
    case '==':
      return truth(a === b, -1n);
    case '!=':
    case '<>':
      return truth(a !== b, -1n);
    case '<':
      return truth(a < b, -1n);
    case '>':
      return truth(a > b, -1n);
    case '<=':
      return truth(a <= b, -1n);
    case '>=':
      return truth(a >= b, -1n);
    case '&&':
      return truth(a !== 0n && b !== 0n, 1n);
    case '||':
      return truth(a !== 0n || b !== 0n, 1n);
  }
}
