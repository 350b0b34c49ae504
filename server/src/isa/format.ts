import { expand } from './compressed';
import { csrName } from './csr';
import { fenceSetName, floatConstants, type OperandKindSpec, roundingModes } from './operands';
import { fRegisterName, xRegisterName } from './registers';
import { listText, stackAdjustment } from './saved-registers';
import { type SyntaxItem, type SyntaxOperand, syntaxItems } from './syntax';
import { type Alias, aliases } from './tables/aliases';
import { type Template, templateOf, unify } from './template';
import type { Decoded, InstructionSpec, Isa, Xlen } from './types';
import { vtypeText } from './vtype';

export interface FormatOptions {
  /** Where it stands: targets are then printed as addresses, otherwise as `.+8`. */
  readonly address?: bigint;
  /** The name of an address, printed after it: `0x80001000 <f+0x10>`. */
  readonly symbol?: (address: bigint) => string | null;
  /** Pseudo-instructions and C forms by what they stand for, as objdump does (`ret`, `li a0, 5`); default true. */
  readonly aliases?: boolean;
  /** `x5` rather than `t0`; default false. */
  readonly numeric?: boolean;
  /** Between operands; default `', '`. objdump has `','`. */
  readonly separator?: string;
  /** Width of addresses; default 64. */
  readonly xlen?: Xlen;
}

type Fields = Readonly<Record<string, number>>;

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;

/** Bytes as objdump shows data: `.word 0x...`, or `.half` for a parcel. */
function formatUnknown(decoded: Decoded): string {
  return decoded.length === 2
    ? `.half 0x${decoded.word.toString(16).padStart(4, '0')}`
    : `.word 0x${decoded.word.toString(16).padStart(8, '0')}`;
}

/** The address that an offset leads to, modulo 2^XLEN. */
export function targetOf(address: bigint, offset: number, xlen: Xlen): bigint {
  return BigInt.asUintN(xlen, address + BigInt(offset));
}

function formatTarget(offset: number, options: FormatOptions): string {
  if (options.address === undefined) return offset < 0 ? `.${offset}` : `.+${offset}`;
  const target = targetOf(options.address, offset, options.xlen ?? 64);
  const name = options.symbol?.(target) ?? null;
  return name === null ? hex(target) : `${hex(target)} <${name}>`;
}

/** One value as it is written in assembly; `fields` are the others, on which a stack adjustment depends. */
export function formatValue(
  kind: OperandKindSpec,
  value: number,
  options: FormatOptions = {},
  fields: Fields = {},
): string {
  switch (kind.class) {
    case 'x':
      return xRegisterName(value, options.numeric);
    case 'f':
      return fRegisterName(value, options.numeric);
    case 'shamt':
      return hex(value);
    case 'upper':
      return hex((value >>> 12) & 0xfffff);
    case 'target':
      return formatTarget(value, options);
    case 'csr':
      return csrName(value) ?? hex(value);
    case 'rm':
      return roundingModes[value] ?? String(value);
    case 'rlist':
      return value < 4 ? String(value) : listText(value, options.numeric ?? false);
    case 'spimm':
      return String(stackAdjustment(kind, value, fields.rlist ?? 4, options.xlen ?? 64));
    case 'any':
      return xRegisterName(value, options.numeric);
    case 'v':
      return `v${value}`;
    case 'mask':
      return value === 0 ? 'v0.t' : '';
    case 'vtype':
      return vtypeText(value);
    case 'fli':
      return floatConstants[value] ?? String(value);
    case 'fence':
      return fenceSetName(value);
    case 'opcode':
      return hex(value);
    case 'signed':
    case 'unsigned':
    case 'flag':
      return String(value);
  }
}

function formatOperand(operand: SyntaxOperand, fields: Fields, options: FormatOptions): string {
  if (operand.k === 'register')
    return operand.file === 'v' ? `v${operand.number}` : xRegisterName(operand.number, options.numeric);
  return formatValue(operand.kind, fields[operand.kind.name] ?? operand.kind.omitted ?? 0, options, fields);
}

function formatItem(item: SyntaxItem, fields: Fields, options: FormatOptions): string | null {
  if (item.k === 'memory') {
    const offset = item.offset ? formatOperand(item.offset, fields, options) : '';
    return `${offset}(${formatOperand(item.base, fields, options)})`;
  }
  if (item.optional && item.operand.k === 'field') {
    const { kind } = item.operand;
    if (fields[kind.name] === (kind.omitted ?? 0)) return null;
  }
  return formatOperand(item.operand, fields, options);
}

const orderingSuffix = (fields: Fields): string =>
  fields.aq || fields.rl ? `.${fields.aq ? 'aq' : ''}${fields.rl ? 'rl' : ''}` : '';

const join = (mnemonic: string, operands: string): string => (operands === '' ? mnemonic : `${mnemonic} ${operands}`);

/** The operands of an instruction as they are written. */
function joined(spec: InstructionSpec, fields: Fields, options: FormatOptions): string {
  const separator = options.separator ?? ', ';
  let text = '';
  for (const item of syntaxItems(spec.syntax)) {
    const operand = formatItem(item, fields, options);
    if (operand !== null) text += text === '' ? operand : separator + operand;
  }
  return text;
}

/** The kind of operand that a name of an alias stands for. */
export function boundKind(template: Template, name: string): OperandKindSpec | undefined {
  return template.bindings.find(({ value }) => 'name' in value && value.name === name)?.kind;
}

/** An alias made ready for printing: each operand as text and the operands within it. */
interface PrintedAlias {
  readonly mnemonic: string;
  readonly template: Template;
  readonly items: readonly (readonly (string | { readonly kind: OperandKindSpec; readonly name: string })[])[];
}

function printedAlias(alias: Alias, xlen: Xlen): PrintedAlias | null {
  const template = alias.xlens.includes(xlen) ? templateOf(alias.template, xlen) : null;
  if (!template) return null;
  const items = alias.syntax.split(', ').filter((item) => item !== '');
  return {
    mnemonic: alias.mnemonic,
    template,
    items: items.map((item) =>
      item.split(/\b/).map((name) => {
        const kind = boundKind(template, name);
        return kind ? { kind, name } : name;
      }),
    ),
  };
}

const byTarget = new Map<Xlen, Map<InstructionSpec, PrintedAlias[]>>();

/** The aliases that are printed for an instruction, in the order in which they are tried. */
function printedAliases(spec: InstructionSpec, xlen: Xlen): readonly PrintedAlias[] {
  let all = byTarget.get(xlen);
  if (!all) {
    all = new Map();
    for (const alias of aliases) {
      const printed = alias.printed ? printedAlias(alias, xlen) : null;
      if (printed) all.set(printed.template.spec, [...(all.get(printed.template.spec) ?? []), printed]);
    }
    byTarget.set(xlen, all);
  }
  return all.get(spec) ?? [];
}

function formatAlias(spec: InstructionSpec, fields: Fields, options: FormatOptions): string | null {
  for (const { mnemonic, template, items } of printedAliases(spec, options.xlen ?? 64)) {
    const bound = unify(template, fields);
    if (!bound) continue;
    const texts = items.map((parts) =>
      parts
        .map((part) => (typeof part === 'string' ? part : formatValue(part.kind, bound[part.name] ?? 0, options)))
        .join(''),
    );
    return join(mnemonic, texts.join(options.separator ?? ', '));
  }
  return null;
}

/** `expand` needs no more of an ISA than its width. */
const BARE: Readonly<Record<Xlen, Isa>> = {
  32: { xlen: 32, extensions: new Set(), text: '', profile: null },
  64: { xlen: 64, extensions: new Set(), text: '', profile: null },
};

/** C instructions with an alias that their base instruction has not. */
const OWN_NAMES: ReadonlyMap<string, string> = new Map([
  ['c.mv', 'mv'],
  ['c.unimp', 'unimp'],
]);

/**
 * Prints an instruction as GNU objdump does, with a space after the mnemonic: `jalr t0, -8(t1)`. What is no instruction is
 * printed as data. Every result assembles again to the same bits, C forms printed by what they stand for aside.
 */
export function format(decoded: Decoded, options: FormatOptions = {}): string {
  if (!decoded.spec) return formatUnknown(decoded);
  const { spec } = decoded;
  const operandsOf = (): string => joined(spec, decoded.fields, options);
  if (options.aliases ?? true) {
    const own = OWN_NAMES.get(spec.mnemonic);
    if (own !== undefined && decoded.legality !== 'hint') return join(own, operandsOf());
    // A hint says nothing by its base instruction.
    if (spec.expandsTo !== null && decoded.legality !== 'hint') {
      const base = expand(decoded, BARE[options.xlen ?? 64]);
      if (base !== decoded) return format(base, options);
    }
    const alias = formatAlias(spec, decoded.fields, options);
    if (alias !== null) return alias;
  }
  return join(spec.mnemonic + orderingSuffix(decoded.fields), operandsOf());
}
