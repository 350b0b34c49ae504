import type { InstructionSpec } from '../types';
import { BOTH, group } from './group';

/** `.insn` of GNU as: an instruction by its format and fields. These are written, never decoded. */

const SECTION = 'RV32I: Base Instruction Formats';
const WIDE = { extensions: 'i', xlens: BOTH, length: 4, section: SECTION } as const;
const NARROW = { extensions: 'zca', xlens: BOTH, length: 2, section: 'C: Compressed Instruction Formats' } as const;

const summary = 'an instruction by its fields';

export const formats: readonly InstructionSpec[] = [
  ...group(WIDE, [
    ['.insn r', 0, 'opcode, func3, func7, anyrd, anyrs1, anyrs2', summary],
    ['.insn r', 0, 'opcode, func3, func2, anyrd, anyrs1, anyrs2, anyrs3', summary],
    ['.insn r4', 0, 'opcode, func3, func2, anyrd, anyrs1, anyrs2, anyrs3', summary],
    ['.insn i', 0, 'opcode, func3, anyrd, anyrs1, imm12', summary],
    ['.insn i', 0, 'opcode, func3, anyrd, imm12(rs1)', summary],
    ['.insn s', 0, 'opcode, func3, anyrs2, store12(rs1)', summary],
    ['.insn b', 0, 'opcode, func3, anyrs1, anyrs2, branch12', summary],
    ['.insn sb', 0, 'opcode, func3, anyrs1, anyrs2, branch12', summary],
    ['.insn u', 0, 'opcode, anyrd, upper20', summary],
    ['.insn j', 0, 'opcode, anyrd, jump20', summary],
    ['.insn uj', 0, 'opcode, anyrd, jump20', summary],
  ]),
  ...group(NARROW, [
    ['.insn cr', 0, 'copcode, cfunc4, anyrd, ccrs2', summary],
    ['.insn ci', 0, 'copcode, cfunc3, anyrd, cimm6', summary],
    ['.insn ciw', 0, "copcode, cfunc3, anyrd', cciw8", summary],
    ['.insn css', 0, 'copcode, cfunc3, ccrs2, ccss6', summary],
    ['.insn cl', 0, "copcode, cfunc3, anyrd', ccl5(rs1')", summary],
    ['.insn cs', 0, "copcode, cfunc3, anyrs2', ccl5(rs1')", summary],
    ['.insn ca', 0, "copcode, cfunc6, cfunc2, anyrds', anyrs2'", summary],
    ['.insn cb', 0, "copcode, cfunc3, rs1', cb", summary],
    ['.insn cj', 0, 'copcode, cfunc3, cj', summary],
  ]),
];
