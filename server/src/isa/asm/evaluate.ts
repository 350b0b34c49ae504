import { isRegisterName } from '../registers';
import { nearest } from '../suggest';
import type { Isa, TextProblem } from '../types';
import { pcrelDistance, splitHiLo } from './macros';
import { operate } from './operators';
import { type Expression, type PcrelHi, RELOCATIONS, type Span } from './types';

/** What an expression may refer to, at the statement in which it stands. */
export interface Scope {
  readonly isa: Isa;
  /** Of the statement. */
  readonly address: bigint;
  readonly symbol: (name: string) => bigint | undefined;
  /** Why a symbol that is defined has no value; undefined where it is not defined. */
  readonly without: (name: string) => string | undefined;
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
  const why = scope.without(name);
  if (why !== undefined) return report(scope, 'operand', why, place);
  const near = nearest(name, scope.names());
  return report(
    scope,
    'unknown-symbol',
    `unknown symbol \`${name}\`${near ? `: did you mean \`${near}\`?` : ''}`,
    place,
    near,
  );
}

/** What these stand for is laid out by a linker: the global offset table, thread-local storage and its descriptors. */
const NEEDS_LINKER: ReadonlySet<string> = new Set(RELOCATIONS.slice(4));

/** `%hi` and `%pcrel_hi` give 20 bits as `lui` and `auipc` are written, `%lo` and `%pcrel_lo` a signed 12-bit number. */
function relocationValue(expression: Expression & { readonly k: 'relocation' }, scope: Scope): bigint | null {
  const { op, a } = expression;
  const { xlen } = scope.isa;
  if (NEEDS_LINKER.has(op))
    return report(
      scope,
      'needs-linker',
      `\`${op}\` needs a linker, which alone knows that place or distance`,
      expression,
    );
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

function binaryValue(expression: Expression & { readonly k: 'binary' }, scope: Scope): bigint | null {
  const a = evaluate(expression.a, scope);
  const b = evaluate(expression.b, scope);
  if (a === null || b === null) return null;
  const value = operate(expression.op, a, b);
  return typeof value === 'string' ? report(scope, 'operand', value, expression.b) : value;
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
      if (expression.op === '!') return a === 0n ? 1n : 0n;
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
