import type { InstructionSpec } from '../types';
import { BOTH, group, RV32, RV64 } from './group';

const C = { extensions: 'c zca', length: 2 } as const;
const ZCD = { extensions: 'c+d zcd', length: 2, xlens: BOTH } as const;
const ZCF = { extensions: 'c+f zcf', length: 2, xlens: RV32 } as const;
const LOADS = 'C: Load and Store Instructions';
const INTEGER = 'C: Integer Computational Instructions';
const CONTROL = 'C: Control Transfer Instructions';

/** The C extension: Zca, Zcd and, on RV32, Zcf (ISA manual, volume I, chapters "C" and "Zc*"). */
export const compressed: readonly InstructionSpec[] = [
  ...group({ ...C, xlens: BOTH, section: INTEGER }, [
    ['c.unimp', 0x0000, '', 'illegal-instruction exception', { illegal: true }],
    ['c.addi4spn', 0x0000, "rd', sp, caddi4spn", 'rd = sp + imm', { expandsTo: 'addi rd, x2, imm', reserved: 'imm=0' }],
    ['c.nop', 0x0001, '[cimm6]', 'nothing', { expandsTo: 'addi x0, x0, imm', hint: 'imm!=0' }],
    ['c.addi', 0x0001, 'rd, cimm6', 'rd = rd + imm', { expandsTo: 'addi rd, rd, imm', hint: 'imm=0' }],
    ['c.li', 0x4001, 'rd, cimm6', 'rd = imm', { expandsTo: 'addi rd, x0, imm', hint: 'rd=0' }],
    ['c.addi16sp', 0x6101, 'sp, caddi16sp', 'sp = sp + imm', { expandsTo: 'addi x2, x2, imm', reserved: 'imm=0' }],
    [
      'c.lui',
      0x6001,
      'rd, cupper6',
      'rd = imm << 12',
      { expandsTo: 'lui rd, imm', reserved: 'imm=0|rd=2', hint: 'rd=0' },
    ],
    ['c.andi', 0x8801, "rds', cimm6", 'rd = rd & imm', { expandsTo: 'andi rd, rd, imm' }],
    ['c.sub', 0x8c01, "rds', rs2'", 'rd = rd - rs2', { expandsTo: 'sub rd, rd, rs2' }],
    ['c.xor', 0x8c21, "rds', rs2'", 'rd = rd ^ rs2', { expandsTo: 'xor rd, rd, rs2' }],
    ['c.or', 0x8c41, "rds', rs2'", 'rd = rd | rs2', { expandsTo: 'or rd, rd, rs2' }],
    ['c.and', 0x8c61, "rds', rs2'", 'rd = rd & rs2', { expandsTo: 'and rd, rd, rs2' }],
    ['c.mv', 0x8002, 'rd, crs2', 'rd = rs2', { expandsTo: 'add rd, x0, rs2', reserved: 'rs2=0', hint: 'rd=0' }],
    ['c.add', 0x9002, 'rd, crs2', 'rd = rd + rs2', { expandsTo: 'add rd, rd, rs2', reserved: 'rs2=0', hint: 'rd=0' }],
  ]),
  ...group({ ...C, xlens: RV32, section: INTEGER }, [
    [
      'c.srli',
      0x8001,
      "rds', cshamt5",
      'rd = rd >> shamt, unsigned',
      { expandsTo: 'srli rd, rd, shamt', hint: 'shamt=0' },
    ],
    [
      'c.srai',
      0x8401,
      "rds', cshamt5",
      'rd = rd >> shamt, signed',
      { expandsTo: 'srai rd, rd, shamt', hint: 'shamt=0' },
    ],
    ['c.slli', 0x0002, 'rd, cshamt5', 'rd = rd << shamt', { expandsTo: 'slli rd, rd, shamt', hint: 'rd=0|shamt=0' }],
  ]),
  ...group({ ...C, xlens: RV64, section: INTEGER }, [
    [
      'c.srli',
      0x8001,
      "rds', cshamt6",
      'rd = rd >> shamt, unsigned',
      { expandsTo: 'srli rd, rd, shamt', hint: 'shamt=0' },
    ],
    [
      'c.srai',
      0x8401,
      "rds', cshamt6",
      'rd = rd >> shamt, signed',
      { expandsTo: 'srai rd, rd, shamt', hint: 'shamt=0' },
    ],
    ['c.slli', 0x0002, 'rd, cshamt6', 'rd = rd << shamt', { expandsTo: 'slli rd, rd, shamt', hint: 'rd=0|shamt=0' }],
    ['c.addiw', 0x2001, 'rd, cimm6', 'rd = sext32(rd + imm)', { expandsTo: 'addiw rd, rd, imm', reserved: 'rd=0' }],
    ['c.subw', 0x9c01, "rds', rs2'", 'rd = sext32(rd - rs2)', { expandsTo: 'subw rd, rd, rs2' }],
    ['c.addw', 0x9c21, "rds', rs2'", 'rd = sext32(rd + rs2)', { expandsTo: 'addw rd, rd, rs2' }],
  ]),
  ...group({ ...C, xlens: BOTH, section: CONTROL }, [
    ['c.j', 0xa001, 'cj', 'pc = pc + imm', { expandsTo: 'jal x0, imm' }],
    ['c.beqz', 0xc001, "rs1', cb", 'if rs1 == 0: pc = pc + imm', { expandsTo: 'beq rs1, x0, imm' }],
    ['c.bnez', 0xe001, "rs1', cb", 'if rs1 != 0: pc = pc + imm', { expandsTo: 'bne rs1, x0, imm' }],
    ['c.jr', 0x8002, 'crs1', 'pc = rs1 & ~1', { expandsTo: 'jalr x0, 0(rs1)', reserved: 'rs1=0' }],
    ['c.jalr', 0x9002, 'crs1', 'ra = pc + 2; pc = rs1 & ~1', { expandsTo: 'jalr x1, 0(rs1)', reserved: 'rs1=0' }],
    ['c.ebreak', 0x9002, '', 'breakpoint exception', { expandsTo: 'ebreak' }],
  ]),
  ...group({ ...C, xlens: RV32, section: CONTROL }, [
    ['c.jal', 0x2001, 'cj', 'ra = pc + 2; pc = pc + imm', { expandsTo: 'jal x1, imm' }],
  ]),
  ...group({ ...C, xlens: BOTH, section: LOADS }, [
    ['c.lw', 0x4000, "rd', cw(rs1')", 'rd = sext32(mem[rs1 + imm])', { expandsTo: 'lw rd, imm(rs1)' }],
    ['c.sw', 0xc000, "rs2', cw(rs1')", 'mem32[rs1 + imm] = rs2', { expandsTo: 'sw rs2, imm(rs1)' }],
    [
      'c.lwsp',
      0x4002,
      'rd, clwsp(sp)',
      'rd = sext32(mem[sp + imm])',
      { expandsTo: 'lw rd, imm(x2)', reserved: 'rd=0' },
    ],
    ['c.swsp', 0xc002, 'crs2, cswsp(sp)', 'mem32[sp + imm] = rs2', { expandsTo: 'sw rs2, imm(x2)' }],
  ]),
  ...group({ ...C, xlens: RV64, section: LOADS }, [
    ['c.ld', 0x6000, "rd', cd(rs1')", 'rd = mem64[rs1 + imm]', { expandsTo: 'ld rd, imm(rs1)' }],
    ['c.sd', 0xe000, "rs2', cd(rs1')", 'mem64[rs1 + imm] = rs2', { expandsTo: 'sd rs2, imm(rs1)' }],
    ['c.ldsp', 0x6002, 'rd, cldsp(sp)', 'rd = mem64[sp + imm]', { expandsTo: 'ld rd, imm(x2)', reserved: 'rd=0' }],
    ['c.sdsp', 0xe002, 'crs2, csdsp(sp)', 'mem64[sp + imm] = rs2', { expandsTo: 'sd rs2, imm(x2)' }],
  ]),
  ...group({ ...ZCD, section: LOADS }, [
    ['c.fld', 0x2000, "frd', cd(rs1')", 'rd = mem64[rs1 + imm]', { expandsTo: 'fld rd, imm(rs1)' }],
    ['c.fsd', 0xa000, "frs2', cd(rs1')", 'mem64[rs1 + imm] = rs2', { expandsTo: 'fsd rs2, imm(rs1)' }],
    ['c.fldsp', 0x2002, 'frd, cldsp(sp)', 'rd = mem64[sp + imm]', { expandsTo: 'fld rd, imm(x2)' }],
    ['c.fsdsp', 0xa002, 'cfrs2, csdsp(sp)', 'mem64[sp + imm] = rs2', { expandsTo: 'fsd rs2, imm(x2)' }],
  ]),
  ...group({ ...ZCF, section: LOADS }, [
    ['c.flw', 0x6000, "frd', cw(rs1')", 'rd = mem32[rs1 + imm]', { expandsTo: 'flw rd, imm(rs1)' }],
    ['c.fsw', 0xe000, "frs2', cw(rs1')", 'mem32[rs1 + imm] = rs2', { expandsTo: 'fsw rs2, imm(rs1)' }],
    ['c.flwsp', 0x6002, 'frd, clwsp(sp)', 'rd = mem32[sp + imm]', { expandsTo: 'flw rd, imm(x2)' }],
    ['c.fswsp', 0xe002, 'cfrs2, cswsp(sp)', 'mem32[sp + imm] = rs2', { expandsTo: 'fsw rs2, imm(x2)' }],
  ]),
];
