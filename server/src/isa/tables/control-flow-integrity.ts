import type { InstructionSpec } from '../types';
import { BOTH, group, type Row, RV64 } from './group';

/** The number of a may-be-operation spread over its word: bits `[[hi, lo, at], ...]` of the number at `at`. */
function spread(number: number, places: readonly (readonly [number, number, number])[]): number {
  return places.reduce((word, [hi, lo, at]) => word | (((number >> lo) & (2 ** (hi - lo + 1) - 1)) << at), 0);
}

const unary = (n: number): Row => [
  `mop.r.${n}`,
  (0x81c04073 |
    spread(n, [
      [4, 4, 30],
      [3, 2, 26],
      [1, 0, 20],
    ])) >>>
    0,
  'rd, rs1',
  'rd = 0, unless an extension gives it a meaning',
];

const binary = (n: number): Row => [
  `mop.rr.${n}`,
  (0x82004073 |
    spread(n, [
      [2, 2, 30],
      [1, 0, 26],
    ])) >>>
    0,
  'rd, rs1, rs2',
  'rd = 0, unless an extension gives it a meaning',
];

const compressed = (n: number): Row => [
  `c.mop.${n}`,
  0x6081 | ((n >> 1) << 8),
  '',
  'nothing, unless an extension gives it a meaning',
];

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const SHADOW_STACK = { extensions: 'zicfiss', xlens: BOTH, length: 4, section: 'Zicfiss: Shadow Stack' } as const;

/**
 * Control-flow integrity, and the may-be-operations on which it is built (ISA manual, volume I, chapters "Zicfilp and
 * Zicfiss", "Zimop and Zcmop"). What the shadow stack
 * leaves over is still a may-be-operation.
 */
export const controlFlowIntegrity: readonly InstructionSpec[] = [
  ...group({ extensions: 'zicfilp', xlens: BOTH, length: 4, section: 'Zicfilp: Landing Pad' }, [
    ['lpad', 0x00000017, 'lpl', 'an indirect jump may land here if bits 31:12 of t2 are the label, or the label is 0'],
  ]),
  ...group(SHADOW_STACK, [
    ['sspush', 0xce004073, 'ssrs2', 'push rs2 to the shadow stack'],
    ['sspopchk', 0xcdc04073, 'ssrs1', 'pop from the shadow stack; software-check exception where it is not rs1'],
    ['ssrdp', 0xcdc04073, 'rd', 'rd = shadow stack pointer', { reserved: 'rd=0' }],
    [
      'ssamoswap.w',
      0x4800202f,
      'rd, rs2, (rs1)',
      'at once: rd = mem[rs1]; mem[rs1] = rs2, on a shadow stack',
      { hidden: 'aq rl' },
    ],
  ]),
  ...group({ ...SHADOW_STACK, xlens: RV64 }, [
    [
      'ssamoswap.d',
      0x4800302f,
      'rd, rs2, (rs1)',
      'at once: rd = mem[rs1]; mem[rs1] = rs2, on a shadow stack',
      { hidden: 'aq rl' },
    ],
  ]),
  ...group({ ...SHADOW_STACK, extensions: 'zicfiss+zcmop', length: 2 }, [
    ['c.sspush', 0x6081, 'ra', 'push ra to the shadow stack', { expandsTo: 'sspush x1' }],
    [
      'c.sspopchk',
      0x6281,
      't0',
      'pop from the shadow stack; software-check exception where it is not t0',
      { expandsTo: 'sspopchk x5' },
    ],
  ]),
  ...group({ extensions: 'zimop', xlens: BOTH, length: 4, section: 'Zimop: May-Be-Operations' }, [
    ...upTo(32).map(unary),
    ...upTo(8).map(binary),
  ]),
  ...group(
    { extensions: 'zcmop', xlens: BOTH, length: 2, section: 'Zcmop: Compressed May-Be-Operations' },
    upTo(8).map((i) => compressed(2 * i + 1)),
  ),
];
