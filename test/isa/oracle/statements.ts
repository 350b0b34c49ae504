import type { Form, FormItem, FormOperand } from '../../../server/src/isa/asm/forms';
import { allForms } from '../../../server/src/isa/asm/forms';
import { formatValue } from '../../../server/src/isa/format';
import { fRegisterName, type Isa, xRegisterName } from '../../../server/src/isa/index';
import { fenceSetName, floatConstants, type OperandKindSpec, roundingModes } from '../../../server/src/isa/operands';
import { listText } from '../../../server/src/isa/saved-registers';
import { vtypeText } from '../../../server/src/isa/vtype';

/** Assembly text: every form of every mnemonic with random legal operands, and with what is just not legal. */
export interface Sample {
  readonly text: string;
  readonly form: Form;
  /** What is wrong with it, or null. */
  readonly wrong: string | null;
}

const CSRS = ['sstatus', 'mepc', 'fcsr', 'cycle', '0x7c0', '3'];
const CONSTANTS = [
  '0',
  '1',
  '-1',
  '2047',
  '2048',
  '-2048',
  '-2049',
  '0x12345678',
  '0x7fffffff',
  '-0x80000000',
  '0xfffff000',
];
const WIDE_CONSTANTS = [
  '0x80000000',
  '0x123456789abcdef0',
  '-0x123456789',
  '0xffffffff00000000',
  '0x8000000000000000',
  '0x7ffffffffffff800',
];

type Random = () => number;
const pick = <T>(random: Random, all: readonly T[]): T => all[random() % all.length] as T;

/** Which of the values of an operand's range a sample takes. */
type Choice = 'least' | 'most' | 'any';

function number(kind: OperandKindSpec, choice: Choice, random: Random): string {
  const legal = (value: number): boolean => !kind.reserved.includes(value);
  const steps = (kind.max - kind.min) / kind.scale;
  const any = Array.from({ length: 16 }, () => kind.min + kind.scale * (random() % (steps + 1)));
  const edge = { least: [kind.min], most: [kind.max], any: [] }[choice];
  const value = [...edge, ...any].find(legal) ?? kind.max;
  return String(kind.class === 'upper' ? (value >>> 12) & 0xfffff : value);
}

/** Numbers of a kind just outside each bound, between two steps, and reserved. */
function wrongNumbers(kind: OperandKindSpec): number[] {
  const { min, max, scale, reserved } = kind;
  const beyond = [min - scale, max + scale, ...reserved.slice(0, 1), ...reserved.slice(-1)];
  const between = scale > 1 ? [min + 1, max - 1, max - scale / 2] : [];
  return [...beyond, ...between];
}

/** What is written of the upper bits: the 20 bits, or of the C form those that are sign-extended from 6. */
const wrongUpper = (kind: OperandKindSpec): string[] =>
  kind.kind === 'upper20' ? ['1048576', '-1'] : ['0', '32', '0xfffdf', '1048576', '-1'];

/** Registers of a file just outside the operand's, and those that it reserves. */
function wrongRegisters({ bias, numbers, reserved }: OperandKindSpec, name: (number: number) => string): string[] {
  const outside = numbers ? [7, 10, 17, 24] : bias > 0 ? [bias - 1, bias + 8] : [];
  return [...outside, ...reserved.slice(0, 1), ...reserved.slice(-1)].map(name);
}

/** Vector registers: no v0 where the mask is, and none that overlaps another of the instruction. */
function registersFor(kind: OperandKindSpec): readonly number[] {
  const first = { vd: 8, vs1: 0, vs2: 16, vs3: 24 }[kind.name] ?? 0;
  const all = Array.from({ length: 8 }, (_, i) => first + i);
  return all.filter((register) => !kind.reserved.includes(register));
}

/** The x registers that an operand can be. */
function registersOf(kind: OperandKindSpec): readonly number[] {
  const all = kind.numbers ?? Array.from({ length: kind.max - kind.min + 1 }, (_, i) => kind.min + i);
  return all.filter((register) => !kind.reserved.includes(register));
}

function operandText(operand: FormOperand, isa: Isa, random: Random, choice: Choice = 'any'): string {
  const { kind } = operand;
  if (operand.class === 'address') return pick(random, ['near', 'far', 'near+8']);
  if (!kind) return pick(random, isa.xlen === 64 ? [...CONSTANTS, ...WIDE_CONSTANTS] : CONSTANTS);
  switch (kind.class) {
    case 'x':
      return xRegisterName(pick(random, registersOf(kind)), random() % 2 === 0);
    case 'f':
      return fRegisterName(kind.min + (random() % (kind.max - kind.min + 1)), random() % 2 === 0);
    case 'target':
      return `.${pick(random, ['+', '-'])}${2 * (random() % (kind.max / 2))}`;
    case 'csr':
      return pick(random, CSRS);
    case 'rm':
      return pick(
        random,
        roundingModes.flatMap((mode, number) => (mode === undefined || kind.reserved.includes(number) ? [] : mode)),
      );
    case 'any':
      return (random() % 2 === 0 ? xRegisterName : fRegisterName)(kind.min + (random() % (kind.max - kind.min + 1)));
    case 'opcode':
      return pick(random, kind.kind === 'opcode' ? ['OP', 'SYSTEM', 'CUSTOM_3', '0x7b'] : ['C0', 'C1', 'C2', '1']);
    case 'v':
      return `v${pick(random, registersFor(kind))}`;
    case 'mask':
      return 'v0.t';
    case 'vtype':
      return vtypeText(random() % 0xff);
    case 'rlist':
      return listText({ least: 4, most: 15, any: 4 + (random() % 12) }[choice], random() % 2 === 0);
    case 'spimm': {
      const steps = { least: 1, most: isa.xlen === 32 ? 7 : 10, any: 1 + (random() % 10) }[choice];
      return String((kind.kind === 'spdown' ? -16 : 16) * steps);
    }
    case 'fli':
      return pick(random, floatConstants);
    case 'fence':
      return fenceSetName(1 + (random() % 15));
    default:
      return number(kind, choice, random);
  }
}

/** What is almost, but not, an operand of the kind. */
function wrongTexts({ kind, class: cls }: FormOperand, isa: Isa): string[] {
  if (!kind) return cls === 'constant' ? [isa.xlen === 32 ? '0x100000000' : '0x10000000000000000'] : [];
  switch (kind.class) {
    case 'x':
      return [...wrongRegisters(kind, xRegisterName), 'fa0', 'v1', 'x32', '5'];
    case 'f':
      return [...wrongRegisters(kind, fRegisterName), 'a0', 'v1', 'f32', '5'];
    case 'v':
      return [...wrongRegisters(kind, (number) => `v${number}`), 'v32', 'f0', 'a0', '3'];
    case 'any':
      return [...wrongRegisters(kind, xRegisterName), 'v1', 'x32', '5'];
    case 'signed':
    case 'unsigned':
    case 'shamt':
      return [...wrongNumbers(kind).map(String), 'a0'];
    case 'upper':
      return [...wrongUpper(kind), 'a0'];
    case 'target':
      return [kind.max + 2, kind.min - 2, 3].map((offset) => `.${offset < 0 ? '' : '+'}${offset}`);
    case 'csr':
      return ['4096', '-1', 'a0'];
    case 'fence':
      return ['wr', 'x', '16', '-1'];
    case 'opcode':
      return ['OPS', '128', '-1', ...kind.reserved.slice(0, 1).map(String)];
    case 'mask':
      return ['v0', 'v1.t', 'a0'];
    case 'vtype':
      return ['e128', 'm1', '4096', 'e8, ta, m1'];
    case 'rlist':
      return ['{ra, s1}', '{s0}', '{ra, s0-s10}', '{ra, x8-x18}', '{}', 'ra'];
    case 'spimm':
      return ['0', '8', '-17', '512', '-512', kind.kind === 'spdown' ? '16' : '-16'];
    case 'fli':
      return ['0.1', '0', 'max', '-2.0'];
    case 'rm':
      return [...kind.reserved.map((mode) => roundingModes[mode] ?? String(mode)), 'rnd', 'a0'];
    case 'flag':
      return [];
  }
}

function operandsOf(items: readonly FormItem[]): FormOperand[] {
  return items.flatMap((item) => {
    if (item.k === 'operand') return [item.operand];
    if (item.k === 'register') return [];
    const base = 'register' in item.base ? [] : [item.base];
    return item.offset ? [item.offset, ...base] : base;
  });
}

/** One text for each item of a form. */
function itemTexts({ items }: Pick<Form, 'items'>, textOf: (operand: FormOperand) => string): string[] {
  return items.map((item) => {
    if (item.k === 'register') return item.file === 'v' ? `v${item.number}` : xRegisterName(item.number);
    if (item.k === 'operand') return textOf(item.operand);
    const base = 'register' in item.base ? xRegisterName(item.base.register) : textOf(item.base);
    return `${item.offset ? textOf(item.offset) : ''}(${base})`;
  });
}

const isOptional = (item: FormItem): boolean => item.k === 'operand' && item.optional;

const statement = (form: Form, items: readonly string[]): string => `${form.mnemonic} ${items.join(', ')}`.trim();

/** The operand values that a form's instruction reserves together: `rd=0` of one, `vm=0&vd=0`, `vd=vs2`. */
function reservedTogether(form: Form): ReadonlyMap<string, string>[] {
  if (form.target.k === 'macro' || form.target.spec.mnemonic !== form.mnemonic) return [];
  const operands = operandsOf(form.items);
  const alternatives = form.target.spec.reserved?.split('|') ?? [];
  return alternatives.flatMap((alternative) => {
    const terms = alternative.split('&').map((term) => term.split('='));
    const texts = new Map<string, string>();
    for (const [name = '', value = ''] of terms) {
      const operand = operands.find((one) => one.name === name);
      if (!operand?.kind) return [];
      const other = operands.find((one) => one.name === value);
      const text = valueText(operand.kind, other?.kind ? (other.kind.numbers?.[0] ?? 2) : Number(value));
      texts.set(name, text);
      if (other) texts.set(other.name, text);
    }
    return [texts];
  });
}

/** A value as it is written; of a mask, that there is one. */
const valueText = (kind: OperandKindSpec, value: number): string =>
  kind.class === 'mask' ? 'v0.t' : formatValue(kind, value);

/** One sample for each way in which each operand, or their number, is not quite right. */
function almost(form: Form, isa: Isa, random: Random): Sample[] {
  const legal = (operand: FormOperand): string => operandText(operand, isa, random);
  const items = () => itemTexts(form, legal);
  const required = form.items.filter((item) => !isOptional(item)).length;
  const sample = (wrong: string, texts: readonly string[]): Sample => ({ text: statement(form, texts), form, wrong });
  return [
    ...operandsOf(form.items).flatMap((operand) =>
      wrongTexts(operand, isa).map((text) =>
        sample(
          `${operand.kind?.kind ?? operand.class} ${text}`,
          itemTexts(form, (one) => (one === operand ? text : legal(one))),
        ),
      ),
    ),
    ...reservedTogether(form).map((texts) =>
      sample(
        'reserved together',
        itemTexts(form, (one) => texts.get(one.name) ?? legal(one)),
      ),
    ),
    ...(required > 0 ? [sample('one operand less', items().slice(0, required - 1))] : []),
    ...(required > 1 ? [sample('first operand missing', items().slice(1, required))] : []),
    sample('one operand more', [...items(), 'a0']),
    sample('a number more', [...items(), '0']),
  ];
}

/** To GNU as what is left is a symbol's name, and it has an internal error on compressed branches that do not reach. */
const misunderstood = ({ text, wrong }: Sample): boolean =>
  (wrong === 'one operand less' && /^(jal|call) \w+$/.test(text)) ||
  (/^\.insn c[bj] /.test(text) && /^c[bj] /.test(wrong ?? ''));

/** The first legal samples of a form are at the ends of the ranges; the very first without what may be left out. */
const CHOICES: readonly Choice[] = ['least', 'most'];

/** So many legal samples of every form that the ISA has, or of some of them. */
export function legalSamples(isa: Isa, count: number, random: Random, only: (form: Form) => boolean = all): Sample[] {
  return formsOf(isa, only).flatMap((form) =>
    Array.from({ length: count }, (_, i): Sample => {
      const written = form.items.filter((item) => i > 0 || !isOptional(item));
      const items = itemTexts({ items: written }, (operand) => operandText(operand, isa, random, CHOICES[i]));
      return { text: statement(form, items), form, wrong: null };
    }),
  );
}

/** All samples of every form that the ISA has, or of some of them, that are not quite legal. */
export function wrongSamples(isa: Isa, random: Random, only: (form: Form) => boolean = all): Sample[] {
  return formsOf(isa, only).flatMap((form) => almost(form, isa, random).filter((sample) => !misunderstood(sample)));
}

const all = (): boolean => true;

const formsOf = (isa: Isa, only: (form: Form) => boolean): Form[] =>
  [...allForms(isa.xlen).values()]
    .flat()
    .filter(
      ({ target }) =>
        target.k === 'macro' ||
        target.spec.extensions.some((names) => names.every((extension) => isa.extensions.has(extension))),
    )
    .filter(only);
