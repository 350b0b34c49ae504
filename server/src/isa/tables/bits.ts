import type { InstructionSpec } from '../types';
import { BOTH, group, RV32, RV64 } from './group';

const ZBA = { extensions: 'zba', length: 4, section: 'B: Zba, Address Generation' } as const;
const ZBB = { extensions: 'zbb', length: 4, section: 'B: Zbb, Basic Bit-Manipulation' } as const;
/** What Zbb and Zbkb have in common. */
const ZBKB = { ...ZBB, extensions: 'zbb zbkb' } as const;
const ZBS = { extensions: 'zbs', length: 4, section: 'B: Zbs, Single-Bit Instructions' } as const;

/** The B extension: Zba, Zbb and Zbs (ISA manual, volume I, chapter "B"). */
export const bits: readonly InstructionSpec[] = [
  ...group({ ...ZBA, xlens: BOTH }, [
    ['sh1add', 0x20002033, 'rd, rs1, rs2', 'rd = (rs1 << 1) + rs2'],
    ['sh2add', 0x20004033, 'rd, rs1, rs2', 'rd = (rs1 << 2) + rs2'],
    ['sh3add', 0x20006033, 'rd, rs1, rs2', 'rd = (rs1 << 3) + rs2'],
  ]),
  ...group({ ...ZBA, xlens: RV64 }, [
    ['add.uw', 0x0800003b, 'rd, rs1, rs2', 'rd = zext32(rs1) + rs2'],
    ['sh1add.uw', 0x2000203b, 'rd, rs1, rs2', 'rd = (zext32(rs1) << 1) + rs2'],
    ['sh2add.uw', 0x2000403b, 'rd, rs1, rs2', 'rd = (zext32(rs1) << 2) + rs2'],
    ['sh3add.uw', 0x2000603b, 'rd, rs1, rs2', 'rd = (zext32(rs1) << 3) + rs2'],
    ['slli.uw', 0x0800101b, 'rd, rs1, shamt6', 'rd = zext32(rs1) << shamt'],
  ]),
  ...group({ ...ZBB, xlens: BOTH }, [
    ['clz', 0x60001013, 'rd, rs1', 'rd = leading zeros of rs1'],
    ['ctz', 0x60101013, 'rd, rs1', 'rd = trailing zeros of rs1'],
    ['cpop', 0x60201013, 'rd, rs1', 'rd = number of bits set in rs1'],
    ['min', 0x0a004033, 'rd, rs1, rs2', 'rd = min(rs1, rs2), signed'],
    ['minu', 0x0a005033, 'rd, rs1, rs2', 'rd = min(rs1, rs2), unsigned'],
    ['max', 0x0a006033, 'rd, rs1, rs2', 'rd = max(rs1, rs2), signed'],
    ['maxu', 0x0a007033, 'rd, rs1, rs2', 'rd = max(rs1, rs2), unsigned'],
    ['sext.b', 0x60401013, 'rd, rs1', 'rd = sext8(rs1)'],
    ['sext.h', 0x60501013, 'rd, rs1', 'rd = sext16(rs1)'],
    ['orc.b', 0x28705013, 'rd, rs1', 'rd = rs1 with every byte that is not 0 set to 0xff'],
  ]),
  ...group({ ...ZBKB, xlens: BOTH }, [
    ['andn', 0x40007033, 'rd, rs1, rs2', 'rd = rs1 & ~rs2'],
    ['orn', 0x40006033, 'rd, rs1, rs2', 'rd = rs1 | ~rs2'],
    ['xnor', 0x40004033, 'rd, rs1, rs2', 'rd = ~(rs1 ^ rs2)'],
    ['rol', 0x60001033, 'rd, rs1, rs2', 'rd = rs1 rotated left by rs2'],
    ['ror', 0x60005033, 'rd, rs1, rs2', 'rd = rs1 rotated right by rs2'],
  ]),
  ...group({ ...ZBB, xlens: RV32 }, [['zext.h', 0x08004033, 'rd, rs1', 'rd = zext16(rs1)']]),
  ...group({ ...ZBKB, xlens: RV32 }, [
    ['rori', 0x60005013, 'rd, rs1, shamt5', 'rd = rs1 rotated right by shamt'],
    ['rev8', 0x69805013, 'rd, rs1', 'rd = rs1 with its bytes reversed'],
  ]),
  ...group({ ...ZBB, xlens: RV64 }, [
    ['zext.h', 0x0800403b, 'rd, rs1', 'rd = zext16(rs1)'],
    ['clzw', 0x6000101b, 'rd, rs1', 'rd = leading zeros of the low 32 bits of rs1'],
    ['ctzw', 0x6010101b, 'rd, rs1', 'rd = trailing zeros of the low 32 bits of rs1'],
    ['cpopw', 0x6020101b, 'rd, rs1', 'rd = number of bits set in the low 32 of rs1'],
  ]),
  ...group({ ...ZBKB, xlens: RV64 }, [
    ['rori', 0x60005013, 'rd, rs1, shamt6', 'rd = rs1 rotated right by shamt'],
    ['rev8', 0x6b805013, 'rd, rs1', 'rd = rs1 with its bytes reversed'],
    ['rolw', 0x6000103b, 'rd, rs1, rs2', 'rd = sext32(low 32 bits of rs1 rotated left by rs2)'],
    ['rorw', 0x6000503b, 'rd, rs1, rs2', 'rd = sext32(low 32 bits of rs1 rotated right by rs2)'],
    ['roriw', 0x6000501b, 'rd, rs1, shamt5', 'rd = sext32(low 32 bits of rs1 rotated right by shamt)'],
  ]),
  ...group({ ...ZBS, xlens: BOTH }, [
    ['bclr', 0x48001033, 'rd, rs1, rs2', 'rd = rs1 with bit rs2 cleared'],
    ['bext', 0x48005033, 'rd, rs1, rs2', 'rd = bit rs2 of rs1'],
    ['binv', 0x68001033, 'rd, rs1, rs2', 'rd = rs1 with bit rs2 inverted'],
    ['bset', 0x28001033, 'rd, rs1, rs2', 'rd = rs1 with bit rs2 set'],
  ]),
  ...([32, 64] as const).flatMap((xlen) => {
    const shamt = xlen === 32 ? 'shamt5' : 'shamt6';
    return group({ ...ZBS, xlens: [xlen] }, [
      ['bclri', 0x48001013, `rd, rs1, ${shamt}`, 'rd = rs1 with bit shamt cleared'],
      ['bexti', 0x48005013, `rd, rs1, ${shamt}`, 'rd = bit shamt of rs1'],
      ['binvi', 0x68001013, `rd, rs1, ${shamt}`, 'rd = rs1 with bit shamt inverted'],
      ['bseti', 0x28001013, `rd, rs1, ${shamt}`, 'rd = rs1 with bit shamt set'],
    ]);
  }),
];
