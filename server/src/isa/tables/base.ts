import type { InstructionSpec } from '../types';
import { BOTH, group, RV32, RV64 } from './group';

const NO_RD = { hint: 'rd=0' };
const I = { extensions: 'i', length: 4 } as const;

/** RV32I and RV64I, with the loads, stores, jumps and fences (ISA manual, volume I, chapters "RV32I" and "RV64I"). */
export const base: readonly InstructionSpec[] = [
  ...group({ ...I, xlens: BOTH, section: 'RV32I: Integer Register-Immediate Instructions' }, [
    ['addi', 0x00000013, 'rd, rs1, imm12', 'rd = rs1 + imm', { hint: 'rd=0&rs1!=0|rd=0&imm!=0' }],
    ['slti', 0x00002013, 'rd, rs1, imm12', 'rd = rs1 < imm, signed', NO_RD],
    ['sltiu', 0x00003013, 'rd, rs1, imm12', 'rd = rs1 < imm, unsigned', NO_RD],
    ['xori', 0x00004013, 'rd, rs1, imm12', 'rd = rs1 ^ imm', NO_RD],
    ['ori', 0x00006013, 'rd, rs1, imm12', 'rd = rs1 | imm', NO_RD],
    ['andi', 0x00007013, 'rd, rs1, imm12', 'rd = rs1 & imm', NO_RD],
    ['lui', 0x00000037, 'rd, upper20', 'rd = imm << 12', NO_RD],
    ['auipc', 0x00000017, 'rd, upper20', 'rd = pc + (imm << 12)', NO_RD],
  ]),
  ...group({ ...I, xlens: RV32, section: 'RV32I: Integer Register-Immediate Instructions' }, [
    ['slli', 0x00001013, 'rd, rs1, shamt5', 'rd = rs1 << shamt', NO_RD],
    ['srli', 0x00005013, 'rd, rs1, shamt5', 'rd = rs1 >> shamt, unsigned', NO_RD],
    ['srai', 0x40005013, 'rd, rs1, shamt5', 'rd = rs1 >> shamt, signed', NO_RD],
  ]),
  ...group({ ...I, xlens: RV64, section: 'RV64I: Integer Register-Immediate Instructions' }, [
    ['slli', 0x00001013, 'rd, rs1, shamt6', 'rd = rs1 << shamt', NO_RD],
    ['srli', 0x00005013, 'rd, rs1, shamt6', 'rd = rs1 >> shamt, unsigned', NO_RD],
    ['srai', 0x40005013, 'rd, rs1, shamt6', 'rd = rs1 >> shamt, signed', NO_RD],
    ['addiw', 0x0000001b, 'rd, rs1, imm12', 'rd = sext32(rs1 + imm)', NO_RD],
    ['slliw', 0x0000101b, 'rd, rs1, shamt5', 'rd = sext32(rs1 << shamt)', NO_RD],
    ['srliw', 0x0000501b, 'rd, rs1, shamt5', 'rd = sext32(zext32(rs1) >> shamt)', NO_RD],
    ['sraiw', 0x4000501b, 'rd, rs1, shamt5', 'rd = sext32(rs1) >> shamt, signed', NO_RD],
  ]),
  ...group({ ...I, xlens: BOTH, section: 'RV32I: Integer Register-Register Operations' }, [
    ['add', 0x00000033, 'rd, rs1, rs2', 'rd = rs1 + rs2', NO_RD],
    ['sub', 0x40000033, 'rd, rs1, rs2', 'rd = rs1 - rs2', NO_RD],
    ['sll', 0x00001033, 'rd, rs1, rs2', 'rd = rs1 << rs2', NO_RD],
    ['slt', 0x00002033, 'rd, rs1, rs2', 'rd = rs1 < rs2, signed', NO_RD],
    ['sltu', 0x00003033, 'rd, rs1, rs2', 'rd = rs1 < rs2, unsigned', NO_RD],
    ['xor', 0x00004033, 'rd, rs1, rs2', 'rd = rs1 ^ rs2', NO_RD],
    ['srl', 0x00005033, 'rd, rs1, rs2', 'rd = rs1 >> rs2, unsigned', NO_RD],
    ['sra', 0x40005033, 'rd, rs1, rs2', 'rd = rs1 >> rs2, signed', NO_RD],
    ['or', 0x00006033, 'rd, rs1, rs2', 'rd = rs1 | rs2', NO_RD],
    ['and', 0x00007033, 'rd, rs1, rs2', 'rd = rs1 & rs2', NO_RD],
  ]),
  ...group({ ...I, xlens: RV64, section: 'RV64I: Integer Register-Register Operations' }, [
    ['addw', 0x0000003b, 'rd, rs1, rs2', 'rd = sext32(rs1 + rs2)', NO_RD],
    ['subw', 0x4000003b, 'rd, rs1, rs2', 'rd = sext32(rs1 - rs2)', NO_RD],
    ['sllw', 0x0000103b, 'rd, rs1, rs2', 'rd = sext32(rs1 << rs2)', NO_RD],
    ['srlw', 0x0000503b, 'rd, rs1, rs2', 'rd = sext32(zext32(rs1) >> rs2)', NO_RD],
    ['sraw', 0x4000503b, 'rd, rs1, rs2', 'rd = sext32(rs1) >> rs2, signed', NO_RD],
  ]),
  ...group({ ...I, extensions: 'zicond', xlens: BOTH, section: 'Zicond: Integer Conditional Operations' }, [
    ['czero.eqz', 0x0e005033, 'rd, rs1, rs2', 'rd = rs2 == 0 ? 0 : rs1', NO_RD],
    ['czero.nez', 0x0e007033, 'rd, rs1, rs2', 'rd = rs2 != 0 ? 0 : rs1', NO_RD],
  ]),
  ...group({ ...I, xlens: BOTH, section: 'RV32I: Control Transfer Instructions' }, [
    ['jal', 0x0000006f, 'rd, jump20', 'rd = pc + 4; pc = pc + imm'],
    ['jalr', 0x00000067, 'rd, imm12(rs1)', 'rd = pc + 4; pc = (rs1 + imm) & ~1'],
    ['beq', 0x00000063, 'rs1, rs2, branch12', 'if rs1 == rs2: pc = pc + imm'],
    ['bne', 0x00001063, 'rs1, rs2, branch12', 'if rs1 != rs2: pc = pc + imm'],
    ['blt', 0x00004063, 'rs1, rs2, branch12', 'if rs1 < rs2, signed: pc = pc + imm'],
    ['bge', 0x00005063, 'rs1, rs2, branch12', 'if rs1 >= rs2, signed: pc = pc + imm'],
    ['bltu', 0x00006063, 'rs1, rs2, branch12', 'if rs1 < rs2, unsigned: pc = pc + imm'],
    ['bgeu', 0x00007063, 'rs1, rs2, branch12', 'if rs1 >= rs2, unsigned: pc = pc + imm'],
  ]),
  ...group({ ...I, xlens: BOTH, section: 'RV32I: Load and Store Instructions' }, [
    ['lb', 0x00000003, 'rd, imm12(rs1)', 'rd = sext8(mem[rs1 + imm])'],
    ['lh', 0x00001003, 'rd, imm12(rs1)', 'rd = sext16(mem[rs1 + imm])'],
    ['lw', 0x00002003, 'rd, imm12(rs1)', 'rd = sext32(mem[rs1 + imm])'],
    ['lbu', 0x00004003, 'rd, imm12(rs1)', 'rd = zext8(mem[rs1 + imm])'],
    ['lhu', 0x00005003, 'rd, imm12(rs1)', 'rd = zext16(mem[rs1 + imm])'],
    ['sb', 0x00000023, 'rs2, store12(rs1)', 'mem8[rs1 + imm] = rs2'],
    ['sh', 0x00001023, 'rs2, store12(rs1)', 'mem16[rs1 + imm] = rs2'],
    ['sw', 0x00002023, 'rs2, store12(rs1)', 'mem32[rs1 + imm] = rs2'],
  ]),
  ...group({ ...I, xlens: RV64, section: 'RV64I: Load and Store Instructions' }, [
    ['lwu', 0x00006003, 'rd, imm12(rs1)', 'rd = zext32(mem[rs1 + imm])'],
    ['ld', 0x00003003, 'rd, imm12(rs1)', 'rd = mem64[rs1 + imm]'],
    ['sd', 0x00003023, 'rs2, store12(rs1)', 'mem64[rs1 + imm] = rs2'],
  ]),
  ...group({ ...I, xlens: BOTH, section: 'RV32I: Memory Ordering Instructions' }, [
    [
      'fence',
      0x0000000f,
      'pred, succ',
      'accesses in pred come before later accesses in succ',
      { hidden: 'fm rd rs1', reserved: 'fm!=0|rd!=0|rs1!=0', hint: 'pred=0|succ=0' },
    ],
    ['fence.tso', 0x8330000f, '', 'loads before all later accesses, stores before later stores'],
  ]),
  ...group({ ...I, extensions: 'zihintpause', xlens: BOTH, section: 'Zihintpause' }, [
    ['pause', 0x0100000f, '', 'slow down: the hart is in a spin loop'],
  ]),
  ...group({ ...I, extensions: 'zihintntl', xlens: BOTH, section: 'Zihintntl: Non-Temporal Locality Hints' }, [
    ['ntl.p1', 0x00200033, '', 'the next access has no temporal locality in the innermost private cache'],
    ['ntl.pall', 0x00300033, '', 'the next access has no temporal locality in any private cache'],
    ['ntl.s1', 0x00400033, '', 'the next access has no temporal locality in the innermost shared cache'],
    ['ntl.all', 0x00500033, '', 'the next access has no temporal locality in any cache'],
  ]),
  ...group({ extensions: 'zihintntl+zca', length: 2, xlens: BOTH, section: 'Zihintntl: Non-Temporal Locality Hints' }, [
    ['c.ntl.p1', 0x900a, '', 'the same as ntl.p1'],
    ['c.ntl.pall', 0x900e, '', 'the same as ntl.pall'],
    ['c.ntl.s1', 0x9012, '', 'the same as ntl.s1'],
    ['c.ntl.all', 0x9016, '', 'the same as ntl.all'],
  ]),
  ...group({ ...I, extensions: 'zifencei', xlens: BOTH, section: 'Zifencei' }, [
    [
      'fence.i',
      0x0000100f,
      '',
      "this hart's earlier accesses (and fetches) come before its later fetches",
      { hidden: 'rd rs1 imm12', reserved: 'rd!=0|rs1!=0|imm!=0' },
    ],
  ]),
];
