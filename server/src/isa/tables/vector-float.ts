import type { InstructionSpec } from '../types';
import { BOTH, group } from './group';
import { accumulation, operation, unary, unmasked, withMask } from './vector-group';

const SECTION = 'V: Vector Floating-Point Instructions';
const V = { extensions: 'v zve32f', xlens: BOTH, length: 4, section: SECTION } as const;

const VF = { fv: 'vv', ff: 'vf' } as const;
const F = { ff: 'vf' } as const;
const WIDE = { fv: 'wv', ff: 'wf' } as const;
const REDUCTION = { fv: 'vs' } as const;

/** Conversions: bits 19:15, name, meaning. From 8 on they widen, from 16 on they narrow. */
const CONVERSIONS: readonly (readonly [number, string, string])[] = [
  [0, 'vfcvt.xu.f.v', 'unsigned integer'],
  [1, 'vfcvt.x.f.v', 'signed integer'],
  [2, 'vfcvt.f.xu.v', 'floating point, of an unsigned integer'],
  [3, 'vfcvt.f.x.v', 'floating point, of a signed integer'],
  [6, 'vfcvt.rtz.xu.f.v', 'unsigned integer, truncated'],
  [7, 'vfcvt.rtz.x.f.v', 'signed integer, truncated'],
  [8, 'vfwcvt.xu.f.v', 'unsigned integer, twice as wide'],
  [9, 'vfwcvt.x.f.v', 'signed integer, twice as wide'],
  [10, 'vfwcvt.f.xu.v', 'floating point, of an unsigned integer, twice as wide'],
  [11, 'vfwcvt.f.x.v', 'floating point, of a signed integer, twice as wide'],
  [12, 'vfwcvt.f.f.v', 'floating point, twice as wide'],
  [14, 'vfwcvt.rtz.xu.f.v', 'unsigned integer, twice as wide, truncated'],
  [15, 'vfwcvt.rtz.x.f.v', 'signed integer, twice as wide, truncated'],
  [16, 'vfncvt.xu.f.w', 'unsigned integer, half as wide'],
  [17, 'vfncvt.x.f.w', 'signed integer, half as wide'],
  [18, 'vfncvt.f.xu.w', 'floating point, of an unsigned integer, half as wide'],
  [19, 'vfncvt.f.x.w', 'floating point, of a signed integer, half as wide'],
  [20, 'vfncvt.f.f.w', 'floating point, half as wide'],
  [21, 'vfncvt.rod.f.f.w', 'floating point, half as wide, rounded to odd'],
  [22, 'vfncvt.rtz.xu.f.w', 'unsigned integer, half as wide, truncated'],
  [23, 'vfncvt.rtz.x.f.w', 'signed integer, half as wide, truncated'],
];

/** Floating-point instructions of V, and the BF16 extensions (manual, chapters "V" and "BF16"). */
export const vectorFloat: readonly InstructionSpec[] = [
  ...group(V, [
    ...operation('vfadd', 0b000000, VF, 'vd = vs2 + b'),
    ...operation('vfsub', 0b000010, VF, 'vd = vs2 - b'),
    ...operation('vfmin', 0b000100, VF, 'vd = min(vs2, b)'),
    ...operation('vfmax', 0b000110, VF, 'vd = max(vs2, b)'),
    ...operation('vfsgnj', 0b001000, VF, 'vd = vs2 with the sign of b'),
    ...operation('vfsgnjn', 0b001001, VF, 'vd = vs2 with the opposite sign of b'),
    ...operation('vfsgnjx', 0b001010, VF, 'vd = vs2 with the signs of vs2 and b xored'),
    ...operation('vfslide1up', 0b001110, F, 'vd[0] = b; vd[i + 1] = vs2[i]', 'apart'),
    ...operation('vfslide1down', 0b001111, F, 'vd[i] = vs2[i + 1], the last b'),
    ...operation('vmfeq', 0b011000, VF, 'vd = vs2 == b', 'mask'),
    ...operation('vmfle', 0b011001, VF, 'vd = vs2 <= b', 'mask'),
    ...operation('vmflt', 0b011011, VF, 'vd = vs2 < b', 'mask'),
    ...operation('vmfne', 0b011100, VF, 'vd = vs2 != b', 'mask'),
    ...operation('vmfgt', 0b011101, F, 'vd = vs2 > b', 'mask'),
    ...operation('vmfge', 0b011111, F, 'vd = vs2 >= b', 'mask'),
    ...operation('vfdiv', 0b100000, VF, 'vd = vs2 / b'),
    ...operation('vfrdiv', 0b100001, F, 'vd = b / vs2'),
    ...operation('vfmul', 0b100100, VF, 'vd = vs2 * b'),
    ...operation('vfrsub', 0b100111, F, 'vd = b - vs2'),
    ...accumulation('vfmadd', 0b101000, VF, 'vd = b * vd + vs2'),
    ...accumulation('vfnmadd', 0b101001, VF, 'vd = -(b * vd) - vs2'),
    ...accumulation('vfmsub', 0b101010, VF, 'vd = b * vd - vs2'),
    ...accumulation('vfnmsub', 0b101011, VF, 'vd = -(b * vd) + vs2'),
    ...accumulation('vfmacc', 0b101100, VF, 'vd = b * vs2 + vd'),
    ...accumulation('vfnmacc', 0b101101, VF, 'vd = -(b * vs2) - vd'),
    ...accumulation('vfmsac', 0b101110, VF, 'vd = b * vs2 - vd'),
    ...accumulation('vfnmsac', 0b101111, VF, 'vd = -(b * vs2) + vd'),
    ...operation('vfwadd', 0b110000, VF, 'vd = vs2 + b, twice as wide', 'widen'),
    ...operation('vfwsub', 0b110010, VF, 'vd = vs2 - b, twice as wide', 'widen'),
    ...operation('vfwadd', 0b110100, WIDE, 'vd = wide vs2 + b', 'half'),
    ...operation('vfwsub', 0b110110, WIDE, 'vd = wide vs2 - b', 'half'),
    ...operation('vfwmul', 0b111000, VF, 'vd = vs2 * b, twice as wide', 'widen'),
    ...accumulation('vfwmacc', 0b111100, VF, 'vd = b * vs2 + vd, twice as wide', 'widen'),
    ...accumulation('vfwnmacc', 0b111101, VF, 'vd = -(b * vs2) - vd, twice as wide', 'widen'),
    ...accumulation('vfwmsac', 0b111110, VF, 'vd = b * vs2 - vd, twice as wide', 'widen'),
    ...accumulation('vfwnmsac', 0b111111, VF, 'vd = -(b * vs2) + vd, twice as wide', 'widen'),
    ...operation('vfredusum', 0b000001, REDUCTION, 'vd[0] = b[0] + sum of vs2, in any order', 'reduce'),
    ...operation('vfredosum', 0b000011, REDUCTION, 'vd[0] = b[0] + sum of vs2, in order', 'reduce'),
    ...operation('vfredmin', 0b000101, REDUCTION, 'vd[0] = least of b[0] and vs2', 'reduce'),
    ...operation('vfredmax', 0b000111, REDUCTION, 'vd[0] = greatest of b[0] and vs2', 'reduce'),
    ...operation('vfwredusum', 0b110001, REDUCTION, 'vd[0] = b[0] + sum of vs2, twice as wide, in any order', 'reduce'),
    ...operation('vfwredosum', 0b110011, REDUCTION, 'vd[0] = b[0] + sum of vs2, twice as wide, in order', 'reduce'),
    ...CONVERSIONS.map(([vs1, name, meaning]) =>
      unary(name, 0b010010, 'fv', vs1, `vd = vs2 as ${meaning}`, vs1 >= 8 && vs1 < 16 ? 'apart' : 'plain'),
    ),
    unary('vfsqrt.v', 0b010011, 'fv', 0, 'vd = square root of vs2'),
    unary('vfrsqrt7.v', 0b010011, 'fv', 4, 'vd = 1 / square root of vs2, to 7 bits'),
    unary('vfrec7.v', 0b010011, 'fv', 5, 'vd = 1 / vs2, to 7 bits'),
    unary('vfclass.v', 0b010011, 'fv', 16, 'vd = class of vs2, one bit of ten'),
    withMask('vfmerge.vfm', 0b010111, 'ff', 'vd = v0 ? b : vs2'),
    unmasked('vfmv.v.f', 0b010111, 'ff', 'vd, frs1', 'vd = rs1 in every element'),
    unmasked('vfmv.f.s', 0b010000, 'fv', 'frd, vs2', 'rd = vs2[0]'),
    unmasked('vfmv.s.f', 0b010000, 'ff', 'vd, frs1', 'vd[0] = rs1'),
  ]),
  ...group({ ...V, extensions: 'zvfbfmin', section: 'BF16: Zvfbfmin' }, [
    unary('vfwcvtbf16.f.f.v', 0b010010, 'fv', 13, 'vd = vs2, a BF16, in single precision', 'apart'),
    unary('vfncvtbf16.f.f.w', 0b010010, 'fv', 29, 'vd = vs2 in BF16'),
  ]),
  ...group({ ...V, extensions: 'zvfbfwma', section: 'BF16: Zvfbfwma' }, [
    ...accumulation('vfwmaccbf16', 0b111011, VF, 'vd = b * vs2 + vd, of BF16 in single precision', 'widen'),
  ]),
];
