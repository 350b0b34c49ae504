import type { Form, FormItem, FormOperand } from '../../../server/src/isa/asm/forms';
import { allForms } from '../../../server/src/isa/asm/forms';
import { fRegisterName, type Isa, xRegisterName } from '../../../server/src/isa/index';
import { fenceSetName, floatConstants, type OperandKindSpec, roundingModes } from '../../../server/src/isa/operands';
import { listText } from '../../../server/src/isa/saved-registers';
import { vtypeText } from '../../../server/src/isa/vtype';

/** Random assembly text: every form of every mnemonic with legal operands, and with one just beyond what is legal. */
export interface Sample {
  readonly text: string;
  /** One operand is out of range. */
  readonly illegal: boolean;
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

function number(kind: OperandKindSpec, random: Random): string {
  const steps = (kind.max - kind.min) / kind.scale;
  const values = [
    kind.min,
    kind.max,
    kind.min + kind.scale * (random() % (steps + 1)),
    kind.min + kind.scale * (random() % (steps + 1)),
  ];
  const value = pick(random, values);
  return String(kind.class === 'upper' ? (value >>> 12) & 0xfffff : value);
}

/** A value of the right kind that does not fit. */
function wrongNumber(kind: OperandKindSpec, random: Random): string {
  if (kind.class === 'upper') return pick(random, ['1048576', '-1']);
  const beyond = [kind.min - kind.scale, kind.max + kind.scale];
  if (kind.scale > 1) beyond.push(kind.min + kind.scale * 4 + 1);
  return String(pick(random, beyond));
}

/** Vector registers: no v0 where the mask is, and none that overlaps another of the instruction. */
function registersFor(kind: OperandKindSpec): readonly number[] {
  const first = { vd: 8, vs1: 0, vs2: 16, vs3: 24 }[kind.name] ?? 0;
  const all = Array.from({ length: 8 }, (_, i) => first + i);
  return all.filter((register) => !kind.reserved.includes(register));
}

function operandText(operand: FormOperand, isa: Isa, random: Random): string {
  const { kind } = operand;
  if (operand.class === 'address') return pick(random, ['near', 'far', 'near+8']);
  if (!kind) return pick(random, isa.xlen === 64 ? [...CONSTANTS, ...WIDE_CONSTANTS] : CONSTANTS);
  switch (kind.class) {
    case 'x':
      return xRegisterName(
        kind.numbers ? pick(random, kind.numbers) : kind.min + (random() % (kind.max - kind.min + 1)),
        random() % 2 === 0,
      );
    case 'f':
      return fRegisterName(kind.min + (random() % (kind.max - kind.min + 1)), random() % 2 === 0);
    case 'target':
      return `.${pick(random, ['+', '-'])}${2 * (random() % (kind.max / 2))}`;
    case 'csr':
      return pick(random, CSRS);
    case 'rm':
      return pick(
        random,
        roundingModes.filter((mode) => mode !== undefined),
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
      return listText(4 + (random() % 12), random() % 2 === 0);
    case 'spimm':
      return String((kind.kind === 'spdown' ? -16 : 16) * (1 + (random() % 10)));
    case 'fli':
      return pick(random, floatConstants);
    case 'fence':
      return fenceSetName(1 + (random() % 15));
    default:
      return number(kind, random);
  }
}

function wrongText(operand: FormOperand, random: Random): string | null {
  const { kind } = operand;
  if (!kind) return null;
  switch (kind.class) {
    case 'x':
      return pick(random, kind.bias === 8 ? ['s2', 'sp', 'x32'] : ['fa0', 'x32', '5']);
    case 'f':
      return pick(random, kind.bias === 8 ? ['ft0', 'a0'] : ['a0', 'f32']);
    case 'signed':
    case 'unsigned':
    case 'shamt':
    case 'upper':
      return wrongNumber(kind, random);
    case 'csr':
      return pick(random, ['4096', '-1']);
    case 'fence':
      return pick(random, ['wr', 'x', '16']);
    case 'any':
      return pick(random, ['v1', 'x32', '5']);
    case 'opcode':
      return pick(random, ['OPS', '128', '-1']);
    case 'v':
      return pick(random, ['v32', 'f0', 'a0', '3']);
    case 'mask':
      return pick(random, ['v0', 'v1.t']);
    case 'vtype':
      return pick(random, ['e128', 'm1', '4096', 'e8, ta, m1']);
    case 'rlist':
      return pick(random, ['{ra, s1}', '{s0}', '{ra, s0-s10}', '{ra, x8-x18}', '{}', 'ra']);
    case 'spimm':
      return pick(random, ['0', '8', '-17', '512']);
    case 'fli':
      return pick(random, ['0.1', '0', 'max', '-2.0']);
    case 'rm':
      return 'rnd';
    case 'target':
    case 'flag':
      return null;
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

function write(form: Form, textOf: (operand: FormOperand) => string): string {
  const items = form.items.map((item) => {
    if (item.k === 'register') return item.file === 'v' ? `v${item.number}` : xRegisterName(item.number);
    if (item.k === 'operand') return textOf(item.operand);
    const base = 'register' in item.base ? xRegisterName(item.base.register) : textOf(item.base);
    return `${item.offset ? textOf(item.offset) : ''}(${base})`;
  });
  return `${form.mnemonic} ${items.join(', ')}`.trim();
}

/** So many legal samples of every form that the ISA has, or of some of them, and one for each operand that can be wrong. */
export function samples(isa: Isa, legal: number, random: Random, only: (form: Form) => boolean = () => true): Sample[] {
  const has = (form: Form): boolean =>
    form.target.k === 'macro' ||
    form.target.spec.extensions.some((all) => all.every((extension) => isa.extensions.has(extension)));
  return [...allForms(isa.xlen).values()]
    .flat()
    .filter((form) => has(form) && only(form))
    .flatMap((form) => {
      const good = Array.from({ length: legal }, () => ({
        text: write(form, (o) => operandText(o, isa, random)),
        illegal: false,
      }));
      const bad = operandsOf(form.items).flatMap((wrong) => {
        const text = wrongText(wrong, random);
        if (text === null) return [];
        return [{ text: write(form, (o) => (o === wrong ? text : operandText(o, isa, random))), illegal: true }];
      });
      return [...good, ...bad];
    });
}
