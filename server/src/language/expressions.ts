import { operate } from '../isa/asm/operators';
import type { Expression, Statement } from '../isa/asm/types';
import type { Xlen } from '../isa/types';

/** The value of an expression, or why it has none and where. Values are unsigned, below 2^XLEN. */
export type Value =
  | { readonly ok: true; readonly value: bigint }
  | { readonly ok: false; readonly message: string; readonly start: number; readonly end: number };

/** The address of a name, or why it has none. */
export type Lookup = (name: string, start: number) => { readonly value: bigint } | { readonly message: string };

/** Evaluates an expression outside of any instruction: no relocation, no `.`, no numeric label. */
export function evaluate(expression: Expression, xlen: Xlen, lookup: Lookup): Value {
  const fail = (message: string): Value => ({ ok: false, message, start: expression.start, end: expression.end });
  const done = (value: bigint): Value => ({ ok: true, value: BigInt.asUintN(xlen, value) });
  switch (expression.k) {
    case 'number':
      if (expression.value >= 1n << BigInt(xlen)) return fail(`the number does not fit ${xlen} bits`);
      return done(expression.value);
    case 'name': {
      const found = lookup(expression.name, expression.start);
      return 'value' in found ? done(found.value) : fail(found.message);
    }
    case 'unary': {
      const a = evaluate(expression.a, xlen, lookup);
      if (!a.ok) return a;
      if (expression.op === '!') return done(a.value === 0n ? 1n : 0n);
      return done(expression.op === '-' ? -a.value : expression.op === '~' ? ~a.value : a.value);
    }
    case 'binary': {
      const a = evaluate(expression.a, xlen, lookup);
      if (!a.ok) return a;
      const b = evaluate(expression.b, xlen, lookup);
      if (!b.ok) return b;
      const value = operate(expression.op, a.value, b.value);
      return typeof value === 'string' ? fail(value) : done(value);
    }
    default:
      return fail('only numbers, names and operators can stand here');
  }
}

/** Every name in an expression. */
export function* namesIn(
  expression: Expression,
): Generator<{ readonly name: string; readonly start: number; readonly end: number }> {
  switch (expression.k) {
    case 'name':
      yield expression;
      return;
    case 'unary':
    case 'relocation':
      yield* namesIn(expression.a);
      return;
    case 'binary':
      yield* namesIn(expression.a);
      yield* namesIn(expression.b);
      return;
    default:
  }
}

/** Every name in a statement's operands: symbols and labels, but also registers, CSRs and rounding modes. */
export function* namesOf(
  statement: Statement,
): Generator<{ readonly name: string; readonly start: number; readonly end: number }> {
  for (const operand of statement.body?.operands ?? []) {
    if (operand.k === 'expression') yield* namesIn(operand.value);
    else if (operand.k === 'list') for (const value of operand.values) yield* namesIn(value);
    else if (operand.k === 'memory' && operand.offset !== null) yield* namesIn(operand.offset);
  }
}
