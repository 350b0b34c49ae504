import { isRegisterName } from '../registers';
import { nearest } from '../suggest';
import type { Isa, TextProblem } from '../types';
import { pcrelDistance, splitHiLo } from './macros';
import type { Expression, PcrelHi, Span } from './types';

/** What an expression may refer to, at the statement in which it stands. */
export interface Scope {
  readonly isa: Isa;
  /** Of the statement. */
  readonly address: bigint;
  readonly symbol: (name: string) => bigint | undefined;
  readonly local: (number: number, direction: 'f' | 'b') => bigint | undefined;
  /** The `auipc` with `%pcrel_hi` at a label. */
  readonly pcrelHi: (label: Expression) => PcrelHi | undefined;
  /** Every name, for "did you mean". */
  readonly names: () => Iterable<string>;
  readonly problems: TextProblem[];
}

export function report(scope: Scope, code: string, message: string, place: Span, suggestion?: string): null {
  const { start, end } = place;
  scope.problems.push({ code, message, start, end, ...(suggestion === undefined ? {} : { suggestion }) });
  return null;
}

function symbolValue(name: string, place: Span, scope: Scope): bigint | null {
  const value = scope.symbol(name);
  if (value !== undefined) return value;
  if (isRegisterName(name))
    return report(scope, 'operand', `\`${name}\` is a register: a number or symbol is expected`, place);
  const near = nearest(name, scope.names());
  return report(
    scope,
    'unknown-symbol',
    `unknown symbol \`${name}\`${near ? `: did you mean \`${near}\`?` : ''}`,
    place,
    near,
  );
}

/** `%hi` and `%pcrel_hi` give 20 bits as `lui` and `auipc` are written, `%lo` and `%pcrel_lo` a signed 12-bit number. */
function relocationValue(expression: Expression & { readonly k: 'relocation' }, scope: Scope): bigint | null {
  const { op, a } = expression;
  const { xlen } = scope.isa;
  const half = (distance: number): bigint => {
    const { hi, lo } = splitHiLo(distance);
    return op.endsWith('hi') ? BigInt((hi >>> 12) & 0xfffff) : BigInt(lo);
  };
  const relative = (target: bigint, from: bigint): bigint | null => {
    const distance = pcrelDistance(BigInt.asUintN(xlen, target), from, xlen);
    return typeof distance === 'number' ? half(distance) : report(scope, 'reach', distance.problem, expression);
  };
  if (op === '%pcrel_lo') {
    if (a.k !== 'name' && a.k !== 'local')
      return report(scope, 'operand', '`%pcrel_lo` takes the label of an `auipc` with `%pcrel_hi`', a);
    const pair = scope.pcrelHi(a);
    if (pair) return relative(pair.target, pair.address);
    const known = a.k === 'name' ? symbolValue(a.name, a, scope) : evaluate(a, scope);
    return known === null
      ? null
      : report(
          scope,
          'operand',
          '`%pcrel_lo` takes the label of an `auipc` with `%pcrel_hi`, and there is none at this one',
          a,
        );
  }
  const value = evaluate(a, scope);
  if (value === null) return null;
  if (op === '%pcrel_hi') return relative(value, scope.address);
  const signed = BigInt.asIntN(xlen, value);
  if (xlen === 64 && (signed < -0x80000800n || signed > 0x7ffff7ffn))
    return report(
      scope,
      'reach',
      `0x${BigInt.asUintN(64, value).toString(16)} is out of reach of \`lui\`: only the lowest and highest 2 GiB are`,
      expression,
    );
  return half(Number(BigInt.asIntN(32, signed)));
}

/** As GNU as computes: 64 bits, `/` and `%` signed and towards zero, `>>` unsigned. */
function binaryValue(expression: Expression & { readonly k: 'binary' }, scope: Scope): bigint | null {
  const a = evaluate(expression.a, scope);
  const b = evaluate(expression.b, scope);
  if (a === null || b === null) return null;
  switch (expression.op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
    case '%':
      if (b === 0n) return report(scope, 'operand', 'division by zero', expression.b);
      return expression.op === '/' ? a / b : a % b;
    case '<<':
    case '>>':
      if (b < 0n || b > 63n) return report(scope, 'operand', `shift by ${b}: 0 to 63 is possible`, expression.b);
      return expression.op === '<<' ? a << b : BigInt.asUintN(64, a) >> b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
  }
}

function unwrapped(expression: Expression, scope: Scope): bigint | null {
  switch (expression.k) {
    case 'number':
      if (expression.value < 2n ** 64n) return expression.value;
      return report(scope, 'range', 'the number does not fit 64 bits', expression);
    case 'float':
      return report(scope, 'operand', `a whole number is expected here, not ${expression.text}`, expression);
    case 'here':
      return scope.address;
    case 'name':
      return symbolValue(expression.name, expression, scope);
    case 'local': {
      const { number, direction } = expression;
      const where = direction === 'f' ? 'after' : 'before';
      return (
        scope.local(number, direction) ??
        report(scope, 'unknown-symbol', `no label \`${number}:\` ${where} this`, expression)
      );
    }
    case 'any':
      return report(scope, 'operand', '`*` stands for any value in a pattern only', expression);
    case 'unary': {
      const a = evaluate(expression.a, scope);
      if (a === null) return null;
      return expression.op === '-' ? -a : expression.op === '~' ? ~a : a;
    }
    case 'binary':
      return binaryValue(expression, scope);
    case 'relocation':
      return relocationValue(expression, scope);
  }
}

/** The value of an expression as a signed 64-bit number; null with a problem noted where it has none. */
export function evaluate(expression: Expression, scope: Scope): bigint | null {
  const value = unwrapped(expression, scope);
  return value === null ? null : BigInt.asIntN(64, value);
}
