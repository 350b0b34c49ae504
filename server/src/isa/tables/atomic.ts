import type { InstructionSpec, Xlen } from '../types';
import { BOTH, group, type Row, RV32, RV64 } from './group';

const ORDERED = { hidden: 'aq rl' };

/** Opcode and funct3: the widths differ in bits 14:12. */
const WIDTHS = { b: 0x0000002f, h: 0x0000102f, w: 0x0000202f, d: 0x0000302f, q: 0x0000402f } as const;
type Letter = keyof typeof WIDTHS;

const AQ = 0x04000000;
const RL = 0x02000000;

/** Operation, its five bits at the top of the word, meaning. */
const OPERATIONS: readonly (readonly [string, number, string])[] = [
  ['amoadd', 0x00000000, 'old + rs2'],
  ['amoswap', 0x08000000, 'rs2'],
  ['amoxor', 0x20000000, 'old ^ rs2'],
  ['amoor', 0x40000000, 'old | rs2'],
  ['amoand', 0x60000000, 'old & rs2'],
  ['amomin', 0x80000000, 'min(old, rs2), signed'],
  ['amomax', 0xa0000000, 'max(old, rs2), signed'],
  ['amominu', 0xc0000000, 'min(old, rs2), unsigned'],
  ['amomaxu', 0xe0000000, 'max(old, rs2), unsigned'],
];

const bits = (letter: Letter, rest: number): number => (rest | WIDTHS[letter]) >>> 0;

function reserved(letter: 'w' | 'd', xlens: readonly Xlen[]): InstructionSpec[] {
  const section = 'A: Zalrsc, Load-Reserved/Store-Conditional';
  return group({ extensions: 'a zalrsc', xlens, length: 4, section }, [
    [`lr.${letter}`, bits(letter, 0x10000000), 'rd, (rs1)', 'rd = mem[rs1]; reserve it', ORDERED],
    [
      `sc.${letter}`,
      bits(letter, 0x18000000),
      'rd, rs2, (rs1)',
      'where still reserved: mem[rs1] = rs2, rd = 0; else rd is not 0',
      ORDERED,
    ],
  ]);
}

const operations = (letter: Letter): Row[] =>
  OPERATIONS.map(([name, top, meaning]) => [
    `${name}.${letter}`,
    bits(letter, top),
    'rd, rs2, (rs1)',
    `at once: rd = old = mem[rs1]; mem[rs1] = ${meaning}`,
    ORDERED,
  ]);

/** `pairs`: the values are as wide as two registers. */
const compareAndSwap = (letter: Letter, pairs = false): Row => [
  `amocas.${letter}`,
  bits(letter, 0x28000000),
  pairs ? 'rdpair, rs2pair, (rs1)' : 'rd, rs2, (rs1)',
  `at once: old = mem[rs1]; where old == rd: mem[rs1] = rs2; then rd = old${pairs ? ' (register pairs)' : ''}`,
  ORDERED,
];

/** Ordered loads and stores; those without the bit that names them are reserved. */
function ordered(letter: 'b' | 'h' | 'w' | 'd', xlens: readonly Xlen[]): InstructionSpec[] {
  const load = `rd = sext${{ b: 8, h: 16, w: 32, d: 64 }[letter]}(mem[rs1])`;
  const store = 'mem[rs1] = rs2';
  return group({ extensions: 'zalasr', xlens, length: 4, section: 'Zalasr: Load-Acquire and Store-Release' }, [
    [`l${letter}.aq`, bits(letter, 0x30000000 | AQ), 'rd, (rs1)', `${load}, acquire`],
    [`l${letter}.aqrl`, bits(letter, 0x30000000 | AQ | RL), 'rd, (rs1)', `${load}, acquire and release`],
    [`s${letter}.rl`, bits(letter, 0x38000000 | RL), 'rs2, (rs1)', `${store}, release`],
    [`s${letter}.aqrl`, bits(letter, 0x38000000 | AQ | RL), 'rs2, (rs1)', `${store}, acquire and release`],
  ]);
}

const ZAAMO = { extensions: 'a zaamo', length: 4, section: 'A: Zaamo, Atomic Memory Operations' } as const;
const ZABHA = { extensions: 'zabha', length: 4, section: 'Zabha: Byte and Halfword Atomic Memory Operations' } as const;
const ZACAS = { extensions: 'zacas', length: 4, section: 'Zacas: Atomic Compare-and-Swap' } as const;

/** The A extension, Zabha, Zacas and Zalasr (ISA manual, volume I, chapters "A", "Zabha", "Zacas"; Zalasr 1.0). */
export const atomic: readonly InstructionSpec[] = [
  ...reserved('w', BOTH),
  ...reserved('d', RV64),
  ...group({ ...ZAAMO, xlens: BOTH }, operations('w')),
  ...group({ ...ZAAMO, xlens: RV64 }, operations('d')),
  ...group({ ...ZABHA, xlens: BOTH }, [...operations('b'), ...operations('h')]),
  ...group({ ...ZABHA, extensions: 'zabha+zacas', xlens: BOTH }, [compareAndSwap('b'), compareAndSwap('h')]),
  ...group({ ...ZACAS, xlens: BOTH }, [compareAndSwap('w')]),
  ...group({ ...ZACAS, xlens: RV32 }, [compareAndSwap('d', true)]),
  ...group({ ...ZACAS, xlens: RV64 }, [compareAndSwap('d'), compareAndSwap('q', true)]),
  ...ordered('b', BOTH),
  ...ordered('h', BOTH),
  ...ordered('w', BOTH),
  ...ordered('d', RV64),
];
