import type { InstructionSpec, Xlen } from '../types';
import { BOTH, group, type Row, RV64 } from './group';

const ORDERED = { hidden: 'aq rl' };

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

/** `.w` and `.d` differ in bit 12. */
function ofWidth(letter: 'w' | 'd', width: number, xlens: readonly Xlen[]): InstructionSpec[] {
  const reserved: Row[] = [
    [`lr.${letter}`, (0x10000000 | width) >>> 0, 'rd, (rs1)', 'rd = mem[rs1]; reserve it', ORDERED],
    [
      `sc.${letter}`,
      (0x18000000 | width) >>> 0,
      'rd, rs2, (rs1)',
      'where still reserved: mem[rs1] = rs2, rd = 0; else rd is not 0',
      ORDERED,
    ],
  ];
  const amos = OPERATIONS.map(
    ([name, top, meaning]): Row => [
      `${name}.${letter}`,
      (top | width) >>> 0,
      'rd, rs2, (rs1)',
      `at once: rd = old = mem[rs1]; mem[rs1] = ${meaning}`,
      ORDERED,
    ],
  );
  return [
    ...group(
      { extensions: 'a zalrsc', xlens, length: 4, section: 'A: Zalrsc, Load-Reserved/Store-Conditional' },
      reserved,
    ),
    ...group({ extensions: 'a zaamo', xlens, length: 4, section: 'A: Zaamo, Atomic Memory Operations' }, amos),
  ];
}

/** The A extension (ISA manual, volume I, chapter "A"). */
export const atomic: readonly InstructionSpec[] = [
  ...ofWidth('w', 0x0000202f, BOTH),
  ...ofWidth('d', 0x0000302f, RV64),
];
