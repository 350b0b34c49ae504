import type { InstructionSpec } from '../types';
import { BOTH, group, type Row, RV64 } from './group';
import { several } from './vector-group';

/** Widths of an element or index in bits, and how bits 14:12 say so. */
const WIDTHS = { 8: 0x0000, 16: 0x5000, 32: 0x6000, 64: 0x7000 } as const;
type Width = keyof typeof WIDTHS;

const LOAD = 0x07;
const STORE = 0x27;
const UNMASKED = 0x02000000;
const INDEXED_UNORDERED = 0x04000000;
const STRIDED = 0x08000000;
const INDEXED_ORDERED = 0x0c000000;
const WHOLE = 0x00800000;
const MASK = 0x00b00000;
const FAULT_FIRST = 0x01000000;

const MASKED = { reserved: 'vm=0&vd=0' };
const SECTION = 'V: Vector Loads and Stores';

const bits = (fields: number, nf: number, width: Width, opcode: number): number =>
  (((nf - 1) << 29) | fields | WIDTHS[width] | opcode) >>> 0;

/** With `nf` fields to a segment; 1 is an ordinary access. */
function unitStride(width: Width, nf: number): Row[] {
  const name = nf === 1 ? `e${width}` : `seg${nf}e${width}`;
  const what = nf === 1 ? `${width}-bit elements` : `segments of ${nf} ${width}-bit fields`;
  return [
    [`vl${name}.v`, bits(0, nf, width, LOAD), 'vd, (rs1)[, vm]', `vd = ${what} from rs1`, MASKED],
    [`vs${name}.v`, bits(0, nf, width, STORE), 'vs3, (rs1)[, vm]', `${what} of vs3 to rs1`],
    [
      `vl${name}ff.v`,
      bits(FAULT_FIRST, nf, width, LOAD),
      'vd, (rs1)[, vm]',
      `vd = ${what} from rs1, up to the first fault`,
      MASKED,
    ],
    [
      `vls${name}.v`,
      bits(STRIDED, nf, width, LOAD),
      'vd, (rs1), rs2[, vm]',
      `vd = ${what} from rs1, rs2 bytes apart`,
      MASKED,
    ],
    [
      `vss${name}.v`,
      bits(STRIDED, nf, width, STORE),
      'vs3, (rs1), rs2[, vm]',
      `${what} of vs3 to rs1, rs2 bytes apart`,
    ],
  ];
}

function indexed(width: Width, nf: number): Row[] {
  const segments = nf === 1 ? '' : `seg${nf}`;
  const what = nf === 1 ? 'elements' : `segments of ${nf} fields`;
  // Fields of a segment are loaded one after another: an index could be overwritten.
  const reserved = nf === 1 ? MASKED : { reserved: `${MASKED.reserved}|vd=vs2` };
  return (
    [
      ['u', INDEXED_UNORDERED, ''],
      ['o', INDEXED_ORDERED, ', in order'],
    ] as const
  ).flatMap(([letter, mode, order]): Row[] => [
    [
      `vl${letter}x${segments}ei${width}.v`,
      bits(mode, nf, width, LOAD),
      'vd, (rs1), vs2[, vm]',
      `vd = ${what} from rs1 + vs2 (${width}-bit offsets)${order}`,
      reserved,
    ],
    [
      `vs${letter}x${segments}ei${width}.v`,
      bits(mode, nf, width, STORE),
      'vs3, (rs1), vs2[, vm]',
      `${what} of vs3 to rs1 + vs2 (${width}-bit offsets)${order}`,
    ],
  ]);
}

const wholeLoads = (width: Width): Row[] =>
  [1, 2, 4, 8].map((count) => [
    `vl${count}re${width}.v`,
    bits(UNMASKED | WHOLE, count, width, LOAD),
    `${several('vd', count)}, (rs1)`,
    `vd = ${count} whole registers from rs1`,
  ]);

const FIELDS = [1, 2, 3, 4, 5, 6, 7, 8];
const NARROW: readonly Width[] = [8, 16, 32];

/** The loads and stores of V (manual, chapter "V", "Vector Loads and Stores"). */
export const vectorMemory: readonly InstructionSpec[] = [
  ...group({ extensions: 'v zve32x', xlens: BOTH, length: 4, section: SECTION }, [
    ...NARROW.flatMap((width) => [
      ...FIELDS.flatMap((nf) => [...unitStride(width, nf), ...indexed(width, nf)]),
      ...wholeLoads(width),
    ]),
    ['vlm.v', bits(UNMASKED | MASK, 1, 8, LOAD), 'vd, (rs1)', 'vd = mask from rs1'],
    ['vsm.v', bits(UNMASKED | MASK, 1, 8, STORE), 'vs3, (rs1)', 'mask vs3 to rs1'],
    ...[1, 2, 4, 8].map(
      (count): Row => [
        `vs${count}r.v`,
        bits(UNMASKED | WHOLE, count, 8, STORE),
        `${several('vs3', count)}, (rs1)`,
        `${count} whole registers from vs3 to rs1`,
      ],
    ),
  ]),
  ...group({ extensions: 'v zve64x', xlens: BOTH, length: 4, section: SECTION }, [
    ...FIELDS.flatMap((nf) => unitStride(64, nf)),
    ...wholeLoads(64),
  ]),
  // Offsets are no wider than XLEN.
  ...group(
    { extensions: 'v zve64x', xlens: RV64, length: 4, section: SECTION },
    FIELDS.flatMap((nf) => indexed(64, nf)),
  ),
];
