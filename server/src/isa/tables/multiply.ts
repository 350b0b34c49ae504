import type { InstructionSpec } from '../types';
import { BOTH, group, RV64 } from './group';

/** The M extension (ISA manual, volume I, chapter "M"); the multiplications alone are Zmmul. */
export const multiply: readonly InstructionSpec[] = [
  ...group({ extensions: 'm zmmul', xlens: BOTH, length: 4, section: 'M: Multiplication Operations' }, [
    ['mul', 0x02000033, 'rd, rs1, rs2', 'rd = low XLEN bits of rs1 * rs2'],
    ['mulh', 0x02001033, 'rd, rs1, rs2', 'rd = high XLEN bits of rs1 * rs2, signed'],
    ['mulhsu', 0x02002033, 'rd, rs1, rs2', 'rd = high XLEN bits of rs1 * rs2, rs1 signed, rs2 unsigned'],
    ['mulhu', 0x02003033, 'rd, rs1, rs2', 'rd = high XLEN bits of rs1 * rs2, unsigned'],
  ]),
  ...group({ extensions: 'm zmmul', xlens: RV64, length: 4, section: 'M: Multiplication Operations' }, [
    ['mulw', 0x0200003b, 'rd, rs1, rs2', 'rd = sext32(rs1 * rs2)'],
  ]),
  ...group({ extensions: 'm', xlens: BOTH, length: 4, section: 'M: Division Operations' }, [
    ['div', 0x02004033, 'rd, rs1, rs2', 'rd = rs1 / rs2, signed; -1 where rs2 is 0'],
    ['divu', 0x02005033, 'rd, rs1, rs2', 'rd = rs1 / rs2, unsigned; all ones where rs2 is 0'],
    ['rem', 0x02006033, 'rd, rs1, rs2', 'rd = rs1 % rs2, signed; rs1 where rs2 is 0'],
    ['remu', 0x02007033, 'rd, rs1, rs2', 'rd = rs1 % rs2, unsigned; rs1 where rs2 is 0'],
  ]),
  ...group({ extensions: 'm', xlens: RV64, length: 4, section: 'M: Division Operations' }, [
    ['divw', 0x0200403b, 'rd, rs1, rs2', 'rd = sext32(rs1 / rs2), signed 32-bit'],
    ['divuw', 0x0200503b, 'rd, rs1, rs2', 'rd = sext32(rs1 / rs2), unsigned 32-bit'],
    ['remw', 0x0200603b, 'rd, rs1, rs2', 'rd = sext32(rs1 % rs2), signed 32-bit'],
    ['remuw', 0x0200703b, 'rd, rs1, rs2', 'rd = sext32(rs1 % rs2), unsigned 32-bit'],
  ]),
];
