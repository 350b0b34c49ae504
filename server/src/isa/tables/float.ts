import type { InstructionSpec } from '../types';
import { BOTH, group, type Row, RV32, RV64 } from './group';

type Letter = 's' | 'd' | 'h';

/** The rows that F, D and Zfh share. `fmt` is 0 for single, 1 for double, 2 for half: bits 26:25 of the word. */
function shared(letter: Letter, fmt: number): Row[] {
  const f = (name: string, match: number, syntax: string, summary: string): Row => [
    `${name}.${letter}`,
    (match | (fmt << 25)) >>> 0,
    syntax,
    summary,
  ];
  return [
    f('fmadd', 0x00000043, 'frd, frs1, frs2, frs3[, rm]', 'rd = rs1 * rs2 + rs3'),
    f('fmsub', 0x00000047, 'frd, frs1, frs2, frs3[, rm]', 'rd = rs1 * rs2 - rs3'),
    f('fnmsub', 0x0000004b, 'frd, frs1, frs2, frs3[, rm]', 'rd = -(rs1 * rs2) + rs3'),
    f('fnmadd', 0x0000004f, 'frd, frs1, frs2, frs3[, rm]', 'rd = -(rs1 * rs2) - rs3'),
    f('fadd', 0x00000053, 'frd, frs1, frs2[, rm]', 'rd = rs1 + rs2'),
    f('fsub', 0x08000053, 'frd, frs1, frs2[, rm]', 'rd = rs1 - rs2'),
    f('fmul', 0x10000053, 'frd, frs1, frs2[, rm]', 'rd = rs1 * rs2'),
    f('fdiv', 0x18000053, 'frd, frs1, frs2[, rm]', 'rd = rs1 / rs2'),
    f('fsqrt', 0x58000053, 'frd, frs1[, rm]', 'rd = square root of rs1'),
    f('fsgnj', 0x20000053, 'frd, frs1, frs2', 'rd = rs1 with the sign of rs2'),
    f('fsgnjn', 0x20001053, 'frd, frs1, frs2', 'rd = rs1 with the opposite sign of rs2'),
    f('fsgnjx', 0x20002053, 'frd, frs1, frs2', 'rd = rs1 with the signs of rs1 and rs2 xored'),
    f('fmin', 0x28000053, 'frd, frs1, frs2', 'rd = min(rs1, rs2)'),
    f('fmax', 0x28001053, 'frd, frs1, frs2', 'rd = max(rs1, rs2)'),
    f('fle', 0xa0000053, 'rd, frs1, frs2', 'rd = rs1 <= rs2'),
    f('flt', 0xa0001053, 'rd, frs1, frs2', 'rd = rs1 < rs2'),
    f('feq', 0xa0002053, 'rd, frs1, frs2', 'rd = rs1 == rs2'),
    f('fclass', 0xe0001053, 'rd, frs1', 'rd = class of rs1, one bit of ten'),
    f('fcvt.w', 0xc0000053, 'rd, frs1[, rm]', 'rd = rs1 as a signed 32-bit integer'),
    f('fcvt.wu', 0xc0100053, 'rd, frs1[, rm]', 'rd = rs1 as an unsigned 32-bit integer'),
  ];
}

/** Conversions between floating point and 64-bit integers. */
function wide(letter: Letter, fmt: number): Row[] {
  const at = (match: number) => (match | (fmt << 25)) >>> 0;
  return [
    [`fcvt.l.${letter}`, at(0xc0200053), 'rd, frs1[, rm]', 'rd = rs1 as a signed 64-bit integer'],
    [`fcvt.lu.${letter}`, at(0xc0300053), 'rd, frs1[, rm]', 'rd = rs1 as an unsigned 64-bit integer'],
    [`fcvt.${letter}.l`, at(0xd0200053), 'frd, rs1[, rm]', 'rd = rs1, a signed 64-bit integer'],
    [`fcvt.${letter}.lu`, at(0xd0300053), 'frd, rs1[, rm]', 'rd = rs1, an unsigned 64-bit integer'],
  ];
}

/** The rows of Zfa that all formats share. */
function additional(letter: Letter, fmt: number): Row[] {
  const f = (name: string, match: number, syntax: string, summary: string): Row => [
    `${name}.${letter}`,
    (match | (fmt << 25)) >>> 0,
    syntax,
    summary,
  ];
  return [
    f('fli', 0xf0100053, 'frd, fli', 'rd = the constant'),
    f('fminm', 0x28002053, 'frd, frs1, frs2', 'rd = min(rs1, rs2), NaN where either is'),
    f('fmaxm', 0x28003053, 'frd, frs1, frs2', 'rd = max(rs1, rs2), NaN where either is'),
    f('fround', 0x40400053, 'frd, frs1[, rm]', 'rd = rs1 rounded to an integer'),
    f('froundnx', 0x40500053, 'frd, frs1[, rm]', 'rd = rs1 rounded to an integer, inexact raised where it was none'),
    f('fleq', 0xa0004053, 'rd, frs1, frs2', 'rd = rs1 <= rs2, quiet'),
    f('fltq', 0xa0005053, 'rd, frs1, frs2', 'rd = rs1 < rs2, quiet'),
  ];
}

const ZFA = {
  extensions: 'zfa',
  xlens: BOTH,
  length: 4,
  section: 'Zfa: Additional Floating-Point Instructions',
} as const;
const ZFH = {
  extensions: 'zfh',
  xlens: BOTH,
  length: 4,
  section: 'Zfh and Zfhmin: Half-Precision Floating-Point',
} as const;
const BF16 = { extensions: 'zfbfmin', xlens: BOTH, length: 4, section: 'BF16: Zfbfmin' } as const;

/** F, D, Zfh, Zfhmin, Zfa and Zfbfmin (ISA manual, volume I, chapters "F", "D", "Zfh", "Zfa" and "BF16"). */
export const float: readonly InstructionSpec[] = [
  ...group({ extensions: 'f', xlens: BOTH, length: 4, section: 'F: Single-Precision Floating-Point' }, [
    ['flw', 0x00002007, 'frd, imm12(rs1)', 'rd = mem32[rs1 + imm]'],
    ['fsw', 0x00002027, 'frs2, store12(rs1)', 'mem32[rs1 + imm] = rs2'],
    ...shared('s', 0),
    ['fcvt.s.w', 0xd0000053, 'frd, rs1[, rm]', 'rd = rs1, a signed 32-bit integer'],
    ['fcvt.s.wu', 0xd0100053, 'frd, rs1[, rm]', 'rd = rs1, an unsigned 32-bit integer'],
    ['fmv.x.w', 0xe0000053, 'rd, frs1', 'rd = sext32(bits of rs1)'],
    ['fmv.w.x', 0xf0000053, 'frd, rs1', 'bits of rd = low 32 bits of rs1'],
  ]),
  ...group({ extensions: 'f', xlens: RV64, length: 4, section: 'F: Single-Precision Floating-Point' }, wide('s', 0)),
  ...group({ extensions: 'd', xlens: BOTH, length: 4, section: 'D: Double-Precision Floating-Point' }, [
    ['fld', 0x00003007, 'frd, imm12(rs1)', 'rd = mem64[rs1 + imm]'],
    ['fsd', 0x00003027, 'frs2, store12(rs1)', 'mem64[rs1 + imm] = rs2'],
    ...shared('d', 1),
    ['fcvt.s.d', 0x40100053, 'frd, frs1[, rm]', 'rd = rs1 in single precision'],
    ['fcvt.d.s', 0x42000053, 'frd, frs1[, rm0]', 'rd = rs1 in double precision'],
    ['fcvt.d.w', 0xd2000053, 'frd, rs1[, rm0]', 'rd = rs1, a signed 32-bit integer'],
    ['fcvt.d.wu', 0xd2100053, 'frd, rs1[, rm0]', 'rd = rs1, an unsigned 32-bit integer'],
  ]),
  ...group({ extensions: 'd', xlens: RV64, length: 4, section: 'D: Double-Precision Floating-Point' }, [
    ...wide('d', 1),
    ['fmv.x.d', 0xe2000053, 'rd, frs1', 'rd = bits of rs1'],
    ['fmv.d.x', 0xf2000053, 'frd, rs1', 'bits of rd = rs1'],
  ]),
  ...group({ ...ZFH, extensions: 'zfhmin zfbfmin' }, [
    ['flh', 0x00001007, 'frd, imm12(rs1)', 'rd = mem16[rs1 + imm]'],
    ['fsh', 0x00001027, 'frs2, store12(rs1)', 'mem16[rs1 + imm] = rs2'],
    ['fmv.x.h', 0xe4000053, 'rd, frs1', 'rd = sext16(bits of rs1)'],
    ['fmv.h.x', 0xf4000053, 'frd, rs1', 'bits of rd = low 16 bits of rs1'],
  ]),
  ...group({ ...ZFH, extensions: 'zfhmin' }, [
    ['fcvt.s.h', 0x40200053, 'frd, frs1[, rm0]', 'rd = rs1 in single precision'],
    ['fcvt.h.s', 0x44000053, 'frd, frs1[, rm]', 'rd = rs1 in half precision'],
  ]),
  ...group({ ...ZFH, extensions: 'zfhmin+d' }, [
    ['fcvt.d.h', 0x42200053, 'frd, frs1[, rm0]', 'rd = rs1 in double precision'],
    ['fcvt.h.d', 0x44100053, 'frd, frs1[, rm]', 'rd = rs1 in half precision'],
  ]),
  ...group(ZFH, [
    ...shared('h', 2),
    ['fcvt.h.w', 0xd4000053, 'frd, rs1[, rm]', 'rd = rs1, a signed 32-bit integer'],
    ['fcvt.h.wu', 0xd4100053, 'frd, rs1[, rm]', 'rd = rs1, an unsigned 32-bit integer'],
  ]),
  ...group({ ...ZFH, xlens: RV64 }, wide('h', 2)),
  ...group(ZFA, additional('s', 0)),
  ...group({ ...ZFA, extensions: 'zfa+d' }, [
    ...additional('d', 1),
    ['fcvtmod.w.d', 0xc2800053, 'rd, frs1, rtz', 'rd = rs1 as an integer, modulo 2^32'],
  ]),
  ...group({ ...ZFA, extensions: 'zfa+d', xlens: RV32 }, [
    ['fmvh.x.d', 0xe2100053, 'rd, frs1', 'rd = high 32 bits of rs1'],
    ['fmvp.d.x', 0xb2000053, 'frd, rs1, rs2', 'bits of rd = rs2:rs1'],
  ]),
  ...group({ ...ZFA, extensions: 'zfa+zfh' }, additional('h', 2)),
  ...group(BF16, [
    ['fcvt.bf16.s', 0x44800053, 'frd, frs1[, rm]', 'rd = rs1 in BF16'],
    ['fcvt.s.bf16', 0x40600053, 'frd, frs1[, rm0]', 'rd = rs1, a BF16, in single precision'],
  ]),
];
