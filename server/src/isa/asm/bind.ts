import { csrNames, csrNumber } from '../csr';
import { operandProblem } from '../encode';
import { fenceSet, floatConstants, type OperandKindSpec, opcodes, roundingModes, SAVED } from '../operands';
import { fRegister, isRegisterName, registerNames, vRegister, xRegister, xRegisterName } from '../registers';
import { listOf, stackAdjustment } from '../saved-registers';
import { nearest } from '../suggest';
import { vtypeOf, vtypeWords } from '../vtype';
import { evaluate, report, type Scope } from './evaluate';
import type { Form, FormItem, FormOperand } from './forms';
import type { Expression, Operand, Span } from './types';

/** The values of a form's operands. */
export interface Binding {
  /** Registers, checked immediates and the rest by operand name. */
  readonly values: Readonly<Record<string, number>>;
  /** The address or constant of a macro, unsigned modulo 2^XLEN. */
  readonly symbol: bigint;
  /** Operands written `*`. */
  readonly wild: ReadonlySet<string>;
}

const nameOf = (expression: Expression): string | null => (expression.k === 'name' ? expression.name : null);

function fitsClass(cls: FormOperand['class'], expression: Expression): boolean {
  const name = nameOf(expression);
  if (expression.k === 'any') return true;
  switch (cls) {
    case 'x':
      return name !== null && xRegister(name) !== undefined;
    case 'f':
      return name !== null && fRegister(name) !== undefined;
    case 'rm':
      return name !== null && roundingModes.includes(name);
    case 'fence':
      return name !== null ? fenceSet(name) !== undefined : expression.k === 'number' && expression.value < 16n;
    case 'any':
      return name !== null && anyRegister(name) !== undefined;
    case 'opcode':
      return name === null || opcodes.has(name);
    case 'v':
      return name !== null && vRegister(name) !== undefined;
    case 'mask':
      return name === 'v0.t';
    case 'rlist':
    case 'vtype':
      return false;
    case 'fli':
      return floatConstant(expression) !== null;
    case 'csr':
      return name === null || !isRegisterName(name);
    default:
      return name === null || !isRegisterName(name);
  }
}

/** The number of a constant of `fli`, whatever way it is written; null where it is none. */
function floatConstant(expression: Expression): number | null {
  const at = (text: string): number | null => {
    const value = floatValue(text);
    const index = floatConstants.findIndex((constant) => constant === text || Number(constant) === value);
    return index < 0 ? null : index;
  };
  switch (expression.k) {
    case 'name':
      return at(expression.name);
    case 'float':
      return at(expression.text);
    case 'number':
      return at(`${expression.value}`);
    case 'unary':
      return expression.op === '-' && floatConstant(expression.a) === ONE ? 0 : null;
    default:
      return null;
  }
}

const ONE = floatConstants.indexOf('1.0');

/** The value of a decimal or of C's hexadecimal notation. */
function floatValue(text: string): number {
  const [, whole, fraction = '', exponent] = /^0x([0-9a-f]+)(?:\.([0-9a-f]*))?p([-+]?\d+)$/i.exec(text) ?? [];
  if (whole === undefined) return Number(text);
  return Number.parseInt(whole + fraction, 16) * 2 ** (Number(exponent) - 4 * fraction.length);
}

const isZero = (expression: Expression): boolean => expression.k === 'number' && expression.value === 0n;

function fits(item: FormItem, operand: Operand): boolean {
  if (operand.k === 'list') return item.k === 'operand' && ['rlist', 'vtype'].includes(item.operand.class);
  if (item.k !== 'memory') {
    if (operand.k !== 'expression') return false;
    if (item.k === 'operand') return fitsClass(item.operand.class, operand.value);
    const name = nameOf(operand.value);
    return name !== null && (item.file === 'v' ? vRegister(name) : xRegister(name)) === item.number;
  }
  if (operand.k !== 'memory') return false;
  const offsetFits =
    operand.offset === null || (item.offset ? fitsClass(item.offset.class, operand.offset) : isZero(operand.offset));
  if (!offsetFits) return false;
  if (!('register' in item.base)) return fitsClass(item.base.class, operand.base);
  const name = nameOf(operand.base);
  return name !== null && xRegister(name) === item.base.register;
}

const isOptional = (item: FormItem): boolean => item.k === 'operand' && item.optional;

/** Whether a form takes so many operands. */
export const takes = (form: Form, count: number): boolean =>
  count <= form.items.length && form.items.slice(count).every(isOptional);

/** The index of the first operand that is not of the form's kind; -1 where all are. */
export const firstMisfit = (form: Form, operands: readonly Operand[]): number =>
  operands.findIndex((operand, i) => {
    const item = form.items[i];
    return !item || !fits(item, operand);
  });

const CLASS_WORDS: Readonly<Record<FormOperand['class'], string>> = {
  x: 'an integer register',
  f: 'a floating-point register',
  signed: 'a number',
  unsigned: 'a number',
  shamt: 'a shift amount',
  upper: 'a number',
  target: 'a label or address',
  csr: 'a CSR',
  rm: 'a rounding mode',
  fence: 'a set of `iorw`',
  any: 'a register',
  opcode: 'an opcode',
  v: 'a vector register',
  mask: '`v0.t`',
  vtype: 'a vector type such as `e32, m1, ta, ma`',
  fli: 'a floating-point constant that `fli` has',
  rlist: 'a list such as `{ra, s0-s3}`',
  spimm: 'a number of bytes',
  flag: 'a number',
  address: 'a symbol',
  constant: 'a number',
};

/** The part of an operand that does not fit an item, and the class that was wanted of it. */
function misfitPart(
  item: FormItem,
  operand: Operand,
): { readonly part: Expression; readonly wanted: FormOperand } | null {
  if (item.k === 'operand' && operand.k === 'expression') return { part: operand.value, wanted: item.operand };
  if (item.k !== 'memory' || operand.k !== 'memory') return null;
  const { offset, base } = item;
  if (offset && operand.offset && !fitsClass(offset.class, operand.offset))
    return { part: operand.offset, wanted: offset };
  if (!('register' in base) && !fitsClass(base.class, operand.base)) return { part: operand.base, wanted: base };
  return null;
}

const wordsOf = ({ class: cls, kind }: FormOperand): string => `${CLASS_WORDS[cls]}${kind ? ` (${kind.words})` : ''}`;

/** What stands where an item is expected, for messages: `an integer register (destination register)`. */
function expected(item: FormItem): string {
  if (item.k === 'register') return item.file === 'v' ? `v${item.number}` : xRegisterName(item.number);
  if (item.k === 'memory') return item.offset ? 'an address such as `8(sp)`' : 'an address such as `(a0)`';
  return wordsOf(item.operand);
}

/** Notes why an operand does not fit. */
export function reportMisfit(form: Form, operands: readonly Operand[], index: number, scope: Scope): void {
  const item = form.items[index];
  const operand = operands[index];
  if (!item || !operand) return;
  const misfit = misfitPart(item, operand);
  const name = misfit && nameOf(misfit.part);
  const file = misfit?.wanted.class;
  const registers = registerNames().filter((register) => register.file === file);
  const near =
    name === null
      ? undefined
      : nearest(
          name,
          registers.map((register) => register.name),
        );
  const written = name === null ? '' : `, not \`${name}\``;
  const hint = near ? `: did you mean \`${near}\`?` : '';
  const wanted = misfit ? wordsOf(misfit.wanted) : expected(item);
  const message = `${wanted} is expected here${written}${hint}: \`${form.mnemonic} ${form.syntax}\``;
  report(scope, 'operand', message, misfit?.part ?? operand, near);
}

function csrValue(expression: Expression, scope: Scope): bigint | null {
  const name = nameOf(expression);
  if (name === null) return evaluate(expression, scope);
  const number = csrNumber(name) ?? scope.symbol(name);
  if (number !== undefined) return BigInt(number);
  const near = nearest(name, csrNames().values());
  return report(
    scope,
    'unknown-csr',
    `unknown CSR \`${name}\`${near ? `: did you mean \`${near}\`?` : ''}`,
    expression,
    near,
  );
}

/** The offset to a target, checked for reach and alignment. */
function targetValue(kind: OperandKindSpec, expression: Expression, form: Form, scope: Scope): number | null {
  const value = evaluate(expression, scope);
  if (value === null) return null;
  const { xlen, extensions } = scope.isa;
  const target = BigInt.asUintN(xlen, value);
  const distance = BigInt.asIntN(xlen, target - scope.address);
  const shown = `0x${target.toString(16)}`;
  if (distance < BigInt(kind.min) || distance > BigInt(kind.max)) {
    const reach = `\`${form.mnemonic}\` reaches ${kind.min} to ${kind.max}`;
    return report(scope, 'reach', `${shown} is ${distance} bytes away: ${reach}`, expression);
  }
  const step = extensions.has('zca') ? 2n : 4n;
  if (target % step !== 0n)
    return report(
      scope,
      'misaligned-target',
      `${shown} is no place for an instruction: not a multiple of ${step}${step === 4n ? ' (needs C)' : ''}`,
      expression,
    );
  return Number(distance);
}

/** An immediate of the kind, as the instruction uses it. */
function numberValue(kind: OperandKindSpec, expression: Expression, scope: Scope): number | null {
  const value = kind.class === 'csr' ? csrValue(expression, scope) : evaluate(expression, scope);
  if (value === null) return null;
  // On RV32, 0xfffff800 is -2048.
  const signed = kind.signed && kind.class !== 'upper' && scope.isa.xlen === 32 ? wrap32(value) : value;
  if (kind.class === 'upper') {
    if (signed < 0n || signed > 0xfffffn)
      return report(scope, 'range', `${kind.words}: ${signed} is out of range: 0 to 1048575`, expression);
    return checked(kind, Number(BigInt.asIntN(20, signed)) * 4096, expression, scope);
  }
  if (signed < -(2n ** 40n) || signed > 2n ** 40n)
    return report(scope, 'range', `${kind.words} ${signed} is out of range: ${kind.min} to ${kind.max}`, expression);
  return checked(kind, Number(signed), expression, scope);
}

const wrap32 = (value: bigint): bigint => (value >= 0x80000000n && value <= 0xffffffffn ? value - 0x100000000n : value);

function checked(kind: OperandKindSpec, value: number, place: Span, scope: Scope): number | null {
  const problem = operandProblem(kind, value);
  return problem === null ? value : report(scope, 'range', problem, place);
}

const anyRegister = (name: string): number | undefined => xRegister(name) ?? fRegister(name);

function opcodeValue(kind: OperandKindSpec, expression: Expression, scope: Scope): number | null {
  const named = opcodes.get(nameOf(expression) ?? '');
  return named === undefined ? numberValue(kind, expression, scope) : checked(kind, named, expression, scope);
}

/** The registers of an item of a list: `ra`, `s0-s3`, `x18-x27`; null where it is no such thing. */
function registersIn(expression: Expression): readonly number[] | null {
  const number = (one: Expression): number | undefined => (one.k === 'name' ? xRegister(one.name) : undefined);
  if (expression.k !== 'binary' || expression.op !== '-') {
    const only = number(expression);
    return only === undefined ? null : [only];
  }
  const from = SAVED.indexOf(number(expression.a) ?? -1);
  const to = SAVED.indexOf(number(expression.b) ?? -1);
  // A range of x numbers does not leap from x9 to x18.
  const leaps = expression.a.k === 'name' && expression.a.name.startsWith('x') && from < 2 && to >= 2;
  return from < 0 || to < from || leaps ? null : SAVED.slice(from, to + 1);
}

/** The vector type in words, or as a number. */
function vtypeValue(kind: OperandKindSpec, operand: ListOperand, scope: Scope): number | null {
  const [first] = operand.values;
  if (first && operand.values.length === 1 && first.k !== 'name') return numberValue(kind, first, scope);
  const value = vtypeOf(operand.values.map((word) => nameOf(word) ?? ''));
  if (value !== undefined) return value;
  return report(
    scope,
    'operand',
    `a vector type is a width, a group and two policies: \`e32, m1, ta, ma\` (of ${vtypeWords.join(' ')})`,
    operand,
  );
}

type ListOperand = Operand & { readonly k: 'list' };

function listValue(operand: ListOperand, scope: Scope): number | null {
  const registers = operand.values.flatMap((value) => registersIn(value) ?? -1);
  const list = listOf(registers);
  if (list !== undefined) return list;
  return report(
    scope,
    'operand',
    'a list is `{ra}`, `{ra, s0}`, `{ra, s0-s1}` to `{ra, s0-s9}`, `{ra, s0-s11}`',
    operand,
  );
}

/** What the instruction adds to the space that its list needs. */
function stackValue(kind: OperandKindSpec, expression: Expression, list: number, scope: Scope): number | null {
  const value = evaluate(expression, scope);
  if (value === null) return null;
  const { xlen } = scope.isa;
  const added = Array.from({ length: 4 }, (_, i) => 16 * i);
  const found = added.find((bytes) => BigInt(stackAdjustment(kind, bytes, list, xlen)) === value);
  if (found !== undefined) return found;
  const possible = added.map((bytes) => stackAdjustment(kind, bytes, list, xlen)).join(', ');
  return report(scope, 'range', `with these registers sp can move by ${possible}`, expression);
}

function kindValue(
  kind: OperandKindSpec,
  expression: Expression,
  form: Form,
  scope: Scope,
  values: Readonly<Record<string, number>>,
): number | null {
  const name = nameOf(expression) ?? '';
  // What cannot be wild is said by `evaluate`.
  if (expression.k === 'any') return numberValue(kind, expression, scope);
  switch (kind.class) {
    case 'x':
      return checked(kind, xRegister(name) ?? -1, expression, scope);
    case 'f':
      return checked(kind, fRegister(name) ?? -1, expression, scope);
    case 'rm':
      return roundingModes.indexOf(name);
    case 'fence':
      return fenceSet(name) ?? (expression.k === 'number' ? Number(expression.value) : null);
    case 'any':
      return checked(kind, anyRegister(name) ?? -1, expression, scope);
    case 'opcode':
      return opcodeValue(kind, expression, scope);
    case 'v':
      return checked(kind, vRegister(name) ?? -1, expression, scope);
    case 'mask':
      return 0;
    case 'fli':
      return floatConstant(expression);
    case 'spimm':
      return stackValue(kind, expression, values.rlist ?? 4, scope);
    case 'target':
      return targetValue(kind, expression, form, scope);
    default:
      return numberValue(kind, expression, scope);
  }
}

/**
 * The values of operands that fit a form; null with problems noted where a value is not possible. `*` stands for any value
 * in a pattern only.
 */
export function bind(form: Form, operands: readonly Operand[], scope: Scope, pattern = false): Binding | null {
  const values: Record<string, number> = {};
  const wild = new Set<string>();
  let symbol = 0n;
  let ok = true;
  const take = (operand: FormOperand, expression: Expression): void => {
    if (expression.k === 'any' && pattern) {
      wild.add(operand.name);
      values[operand.name] = operand.kind?.bias ?? 0;
      return;
    }
    if (operand.kind) {
      const value = kindValue(operand.kind, expression, form, scope, values);
      if (value === null) ok = false;
      else values[operand.name] = value;
      return;
    }
    const value = evaluate(expression, scope);
    if (value === null) ok = false;
    else if (scope.isa.xlen === 32 && (value < -0x80000000n || value > 0xffffffffn) && operand.class === 'constant') {
      report(scope, 'range', `${value} does not fit 32 bits`, expression);
      ok = false;
    } else symbol = BigInt.asUintN(scope.isa.xlen, value);
  };
  form.items.forEach((item, i) => {
    const operand = operands[i];
    if (!operand || item.k === 'register') return;
    if (operand.k === 'list') {
      const kind = item.k === 'operand' ? item.operand.kind : null;
      if (!kind) return;
      const value = kind.class === 'vtype' ? vtypeValue(kind, operand, scope) : listValue(operand, scope);
      if (value === null) ok = false;
      else values[kind.name] = value;
    } else if (item.k === 'operand') {
      if (operand.k === 'expression') take(item.operand, operand.value);
    } else if (operand.k === 'memory') {
      if (item.offset && operand.offset) take(item.offset, operand.offset);
      if (!('register' in item.base)) take(item.base, operand.base);
    }
  });
  return ok ? { values, symbol, wild } : null;
}
