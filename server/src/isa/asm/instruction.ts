import { compress } from '../compressed';
import { decode, missingOf, needs } from '../decode';
import { encode } from '../encode';
import { extensionTitle } from '../extensions';
import { format } from '../format';
import { formats } from '../tables/formats';
import { anySpecOf, specOf } from '../tables/index';
import type { Decoded, InstructionSpec, Isa } from '../types';
import { type Binding, bind, firstMisfit, reportMisfit, takes } from './bind';
import { evaluate, report, type Scope } from './evaluate';
import { type Form, type FormItem, formsOf, isMnemonic, shortFormsOf, splitOrdering } from './forms';
import type { Expression, Operand, StatementBody } from './types';

/** How a statement is to be assembled. */
export interface Mode {
  /** Whether a 16-bit form is taken where there is one. */
  readonly rvc: boolean;
  /** Whether `la` means an entry of the global offset table. */
  readonly pic: boolean;
  /** So many bytes it takes at least, so that a layout settles; 0: as few as it can. */
  readonly least: number;
}

const NEVER_SHORT: Mode = { rvc: false, pic: false, least: 0 };

const THROUGH_LINKER = 'reads an address from a table that only a linker makes: `lla` computes it';

type InstructionBody = StatementBody & { readonly k: 'instruction' };

/** An instruction of a statement, with its text where the statement has become several. */
export interface Assembled {
  readonly decoded: Decoded;
  readonly text: string | null;
}

function hasRelocation(expression: Expression): boolean {
  if (expression.k === 'relocation') return true;
  if (expression.k === 'unary') return hasRelocation(expression.a);
  return expression.k === 'binary' && (hasRelocation(expression.a) || hasRelocation(expression.b));
}

function operandHasRelocation(operand: Operand): boolean {
  if (operand.k === 'expression') return hasRelocation(operand.value);
  return operand.k === 'memory' && operand.offset !== null && hasRelocation(operand.offset);
}

/** Whether an operand is 0x80000000 or more: on RV32 another way to write a negative number. */
function isWrapped(item: FormItem | undefined, operand: Operand, scope: Scope): boolean {
  if (operand.k !== 'expression' || item?.k !== 'operand' || item.operand.class !== 'signed') return false;
  return (evaluate(operand.value, { ...scope, problems: [] }) ?? 0n) > 0x7fffffffn;
}

/** The decoded instruction of a specification and its fields; null with problems noted. */
function make(
  spec: InstructionSpec,
  fields: Readonly<Record<string, number>>,
  body: InstructionBody,
  scope: Scope,
): Decoded | null {
  // Another instruction may have the same bits, so the word cannot tell. Who writes the fields (`.insn r`) knows what they
  // mean; and `unimp` need not exist to trap.
  const missing = body.mnemonic.name === 'unimp' || formats.includes(spec) ? [] : missingOf(spec, scope.isa);
  if (missing.length > 0)
    return report(scope, 'excluded', `\`${body.mnemonic.name}\` ${needs(missing)}`, body.mnemonic);
  const encoded = encode(spec, fields);
  if (!encoded.ok) {
    for (const problem of encoded.problems) report(scope, 'range', problem.message, body);
    return null;
  }
  return decode(encoded.word, scope.isa);
}

function expandMacro(
  form: Form,
  binding: Binding,
  body: InstructionBody,
  { rvc, pic }: Mode,
  scope: Scope,
): Assembled[] | null {
  if (form.target.k !== 'macro') return null;
  const { macro } = form.target;
  const { isa, address } = scope;
  if (macro.needsLinker || (pic && macro.mnemonic === 'la'))
    return report(
      scope,
      'needs-linker',
      `\`${macro.mnemonic}\` ${pic ? 'under `.option pic` ' : ''}${THROUGH_LINKER}`,
      body,
    );
  const parts = macro.expand({ registers: binding.values, value: binding.symbol, address, xlen: isa.xlen });
  if ('problem' in parts) return report(scope, 'reach', parts.problem, body.operands.at(-1) ?? body);
  const made = parts.flatMap(({ mnemonic, fields }): Assembled[] => {
    const spec = specOf(mnemonic, isa.xlen);
    const decoded = spec ? make(spec, fields, body, scope) : null;
    if (!decoded) return [];
    const short = rvc && macro.compressible ? compress(decoded, isa) : null;
    return [{ decoded: short ?? decoded, text: format(decoded, { aliases: false, xlen: isa.xlen }) }];
  });
  if (made.length < parts.length) return null;
  return made.length === 1 ? made.map(({ decoded }) => ({ decoded, text: null })) : made;
}

/** The opposite of each branch. */
const OPPOSITE: Readonly<Record<string, string>> = {
  beq: 'bne',
  bne: 'beq',
  blt: 'bge',
  bge: 'blt',
  bltu: 'bgeu',
  bgeu: 'bltu',
};

/** How far a branch reaches, back and forth, in bytes. */
const BRANCH_REACH = 4096n;

/**
 * A branch to a target that it does not reach, as GNU as makes it: the opposite branch over a jump. Null where the form is no
 * branch, or reaches.
 */
function farBranch(form: Form, body: InstructionBody, { rvc, least }: Mode, scope: Scope): Assembled[] | null {
  const { isa, address } = scope;
  const opposite = form.target.k === 'instruction' ? OPPOSITE[form.target.spec.mnemonic] : undefined;
  const target = body.operands.at(-1);
  if (opposite === undefined || form.target.k !== 'instruction' || target?.k !== 'expression') return null;
  const quiet = { ...scope, problems: [] };
  const value = evaluate(target.value, quiet);
  const distance = value === null ? 0n : BigInt.asIntN(isa.xlen, value - address);
  if (distance >= -BRANCH_REACH && distance < BRANCH_REACH && least <= 4) return null;
  const over = (length: number): Decoded | null => {
    // Anywhere in reach: where it goes is put in below.
    const here: Operand = {
      ...target,
      value: { k: 'number', value: address - (address % 4n), start: target.start, end: target.end },
    };
    const binding = bind(form, [...body.operands.slice(0, -1), here], quiet);
    const spec = specOf(opposite, isa.xlen);
    if (!binding || !spec || form.target.k !== 'instruction') return null;
    return make(spec, { ...form.target.fields(binding.values), imm: length }, body, quiet);
  };
  const near = over(6);
  const branch = (rvc && near && compress(near, isa)) || over(8);
  // The target as a number: `.` is where the statement begins, not where the jump stands.
  const there: Operand = {
    ...target,
    value: { k: 'number', value: value ?? address, start: target.start, end: target.end },
  };
  const jump = branch && jumpTo(there, branch.length, body, scope);
  if (!branch || !jump) return null;
  const text = (decoded: Decoded): string => format(decoded, { aliases: false, xlen: isa.xlen });
  return [branch, jump].map((decoded) => ({ decoded, text: text(decoded) }));
}

/** The jump that stands so many bytes behind a statement's beginning. */
function jumpTo(target: Operand, behind: number, body: InstructionBody, scope: Scope): Decoded | null {
  const jump: InstructionBody = { ...body, mnemonic: { ...body.mnemonic, name: 'j' }, operands: [target] };
  const place = { ...scope, address: scope.address + BigInt(behind) };
  return assembleInstruction(jump, NEVER_SHORT, place)?.[0]?.decoded ?? null;
}

function assembleForm(form: Form, body: InstructionBody, mode: Mode, scope: Scope): Assembled[] | null {
  const far = farBranch(form, body, mode, scope);
  if (far) return far;
  const binding = bind(form, body.operands, scope);
  if (!binding) return null;
  if (form.target.k === 'macro') return expandMacro(form, binding, body, mode, scope);
  const { ordering } = splitOrdering(body.mnemonic.name);
  const decoded = make(form.target.spec, { ...form.target.fields(binding.values), ...ordering }, body, scope);
  if (!decoded) return null;
  const short =
    mode.rvc && mode.least < 4 && !formats.includes(form.target.spec) && !body.operands.some(operandHasRelocation)
      ? compress(decoded, scope.isa, shortFormsOf(form))
      : null;
  // A C form takes no number that is negative only by its 32 bits.
  if (short && scope.isa.xlen === 32 && body.operands.some((operand, i) => isWrapped(form.items[i], operand, scope)))
    return [{ decoded, text: null }];
  return [{ decoded: short ?? decoded, text: null }];
}

/** Notes why no form of the mnemonic takes these operands. */
function reportNoForm(forms: readonly Form[], body: InstructionBody, scope: Scope): void {
  const { operands, mnemonic } = body;
  const sized = forms.filter((form) => takes(form, operands.length));
  if (sized.length === 0) {
    const ways = [...new Set(forms.map((form) => `${form.mnemonic} ${form.syntax}`.trim()))].map((way) => `\`${way}\``);
    const place = operands.length === 0 ? mnemonic : { start: operands[0]?.start ?? body.start, end: body.end };
    const count = operands.length === 1 ? '1 operand' : `${operands.length} operands`;
    report(scope, 'operand', `\`${mnemonic.name}\` does not take ${count}: ${ways.join(' or ')}`, place);
    return;
  }
  const furthest = sized.reduce((best, form) =>
    firstMisfit(form, operands) > firstMisfit(best, operands) ? form : best,
  );
  reportMisfit(furthest, operands, firstMisfit(furthest, operands), scope);
}

const EMPTY_TEXT_WIDTH = { 32: 'RV32', 64: 'RV64' } as const;

/** Notes that the mnemonic belongs to the other XLEN. Unknown ones have been reported by the parser. */
function reportWidth(mnemonic: string, isa: Isa, body: InstructionBody, scope: Scope): void {
  if (!isMnemonic(mnemonic)) return;
  const { name } = splitOrdering(mnemonic);
  const spec = anySpecOf(name);
  const missing = spec ? missingOf(spec, isa).map(extensionTitle) : [];
  const all = [EMPTY_TEXT_WIDTH[isa.xlen === 64 ? 32 : 64], ...missing].join(' and ');
  report(scope, 'excluded', `\`${mnemonic}\` needs ${all}`, body.mnemonic);
}

const isVtype = (form: Form): boolean => {
  const last = form.items.at(-1);
  return last?.k === 'operand' && last.operand.class === 'vtype';
};

/** The words of a vector type as the one operand that they are. */
function withVtype(body: InstructionBody, forms: readonly Form[]): InstructionBody {
  const form = forms.find(isVtype);
  if (!form) return body;
  const before = form.items.length - 1;
  const values = body.operands.slice(before).flatMap((operand) => (operand.k === 'expression' ? operand.value : []));
  const [first, last] = [values[0], values.at(-1)];
  if (!first || !last || values.length < body.operands.length - before) return body;
  return {
    ...body,
    operands: [...body.operands.slice(0, before), { k: 'list', values, start: first.start, end: last.end }],
  };
}

/** The form that a pattern means and what its operands stand for; null with problems noted. */
export function bindPattern(
  written: InstructionBody,
  scope: Scope,
): { readonly form: Form; readonly binding: Binding } | null {
  const all = formsOf(written.mnemonic.name, scope.isa.xlen);
  const body = withVtype(written, all);
  const forms = all.filter((form) => form.target.k === 'instruction');
  const fitting = forms.filter((form) => takes(form, body.operands.length) && firstMisfit(form, body.operands) < 0);
  for (const form of fitting) {
    scope.problems.length = 0;
    const binding = bind(form, body.operands, scope, true);
    if (binding) return { form, binding };
  }
  if (all.length === 0) reportWidth(body.mnemonic.name, scope.isa, body, scope);
  else if (forms.length === 0)
    report(scope, 'pattern', `\`${body.mnemonic.name}\` becomes several instructions: a pattern is one`, body.mnemonic);
  else if (fitting.length === 0) reportNoForm(forms, body, scope);
  return null;
}

/**
 * The instructions of one statement; null with problems noted.
 * Every form of the mnemonic whose operands fit in kind is tried; the problems are those of the last.
 */
export function assembleInstruction(written: InstructionBody, mode: Mode, scope: Scope): Assembled[] | null {
  const forms = formsOf(written.mnemonic.name, scope.isa.xlen);
  const body = withVtype(written, forms);
  const fitting = forms.filter((form) => takes(form, body.operands.length) && firstMisfit(form, body.operands) < 0);
  const before = scope.problems.length;
  for (const form of fitting) {
    scope.problems.length = before;
    const assembled = assembleForm(form, body, mode, scope);
    if (assembled) return assembled;
  }
  if (forms.length === 0) reportWidth(body.mnemonic.name, scope.isa, body, scope);
  else if (fitting.length === 0) reportNoForm(forms, body, scope);
  return null;
}
