import type { InstructionSpec } from '../types';
import { BOTH, group, type Row, RV64 } from './group';

const ZCB = { extensions: 'zcb', xlens: BOTH, length: 2, section: 'Zc*: Zcb, Simple Code-Size Saving' } as const;

const unary = (mnemonic: string, match: number, summary: string, expandsTo: string): Row => [
  mnemonic,
  match,
  "rds'",
  summary,
  { expandsTo },
];

const ZCMP = { extensions: 'zcmp', xlens: BOTH, length: 2, section: 'Zc*: Zcmp, Push and Pop' } as const;

/** Zcb, Zcmp and Zcmt (ISA manual, volume I, chapter "Zc*"). */
export const codeSize: readonly InstructionSpec[] = [
  ...group(ZCB, [
    ['c.lbu', 0x8000, "rd', cb2(rs1')", 'rd = zext8(mem[rs1 + imm])', { expandsTo: 'lbu rd, imm(rs1)' }],
    ['c.lhu', 0x8400, "rd', ch1(rs1')", 'rd = zext16(mem[rs1 + imm])', { expandsTo: 'lhu rd, imm(rs1)' }],
    ['c.lh', 0x8440, "rd', ch1(rs1')", 'rd = sext16(mem[rs1 + imm])', { expandsTo: 'lh rd, imm(rs1)' }],
    ['c.sb', 0x8800, "rs2', cb2(rs1')", 'mem8[rs1 + imm] = rs2', { expandsTo: 'sb rs2, imm(rs1)' }],
    ['c.sh', 0x8c00, "rs2', ch1(rs1')", 'mem16[rs1 + imm] = rs2', { expandsTo: 'sh rs2, imm(rs1)' }],
    unary('c.zext.b', 0x9c61, 'rd = zext8(rd)', 'andi rd, rd, 255'),
    unary('c.not', 0x9c75, 'rd = ~rd', 'xori rd, rd, -1'),
  ]),
  ...group({ ...ZCB, extensions: 'zcb+zbb' }, [
    unary('c.sext.b', 0x9c65, 'rd = sext8(rd)', 'sext.b rd, rd'),
    unary('c.zext.h', 0x9c69, 'rd = zext16(rd)', 'zext.h rd, rd'),
    unary('c.sext.h', 0x9c6d, 'rd = sext16(rd)', 'sext.h rd, rd'),
  ]),
  ...group({ ...ZCB, extensions: 'zcb+zba', xlens: RV64 }, [
    unary('c.zext.w', 0x9c71, 'rd = zext32(rd)', 'add.uw rd, rd, x0'),
  ]),
  ...group({ ...ZCB, extensions: 'zcb+m zcb+zmmul' }, [
    ['c.mul', 0x9c41, "rds', rs2'", 'rd = low XLEN bits of rd * rs2', { expandsTo: 'mul rd, rd, rs2' }],
  ]),
  ...group(ZCMP, [
    ['cm.push', 0xb802, 'rlist, spdown', 'store the registers below sp, then move sp down'],
    ['cm.pop', 0xba02, 'rlist, spup', 'load the registers from below sp + adjustment, then move sp up'],
    ['cm.popretz', 0xbc02, 'rlist, spup', 'cm.pop; a0 = 0; return to ra'],
    ['cm.popret', 0xbe02, 'rlist, spup', 'cm.pop; return to ra'],
    ['cm.mvsa01', 0xac22, 'sreg1, sreg2', 'r1s = a0; r2s = a1', { reserved: 'r1s=r2s' }],
    ['cm.mva01s', 0xac62, 'sreg1, sreg2', 'a0 = r1s; a1 = r2s'],
  ]),
  ...group({ ...ZCMP, extensions: 'zcmt', section: 'Zc*: Zcmt, Table Jump' }, [
    ['cm.jt', 0xa002, 'jt', 'go to the address in the table at jvt'],
    ['cm.jalt', 0xa002, 'jalt', 'call the address in the table at jvt, link in ra'],
  ]),
];
