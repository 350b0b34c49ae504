import type { Xlen } from '../types';
import { BOTH, RV32 } from './group';

/**
 * Pseudo-instructions that stand for one instruction ("RISC-V Assembly Programmer's Handbook", and GNU as). The template's
 * operands stand in the order of the target's syntax; names are bound by position, so that the kinds follow from the target.
 */
export interface Alias {
  readonly mnemonic: string;
  /** As written: `rd, rs1`. */
  readonly syntax: string;
  /** `addi rd, rs1, 0`. */
  readonly template: string;
  readonly summary: string;
  readonly xlens: readonly Xlen[];
  /** Whether the disassembler says this rather than the target; where several fit, the first does. */
  readonly printed: boolean;
}

/** They read CSRs that RV64 has not. */
const RV32_ONLY = ['rdcycleh', 'rdtimeh', 'rdinstreth'];

const row =
  (printed: boolean) =>
  (text: readonly [string, string, string, string]): Alias => {
    const [mnemonic, syntax, template, summary] = text;
    const xlens = RV32_ONLY.includes(mnemonic) ? RV32 : BOTH;
    return { mnemonic, syntax, template, summary, xlens, printed };
  };

/** An alias of a vector instruction, without a mask and with one. */
const vector = (
  mnemonic: string,
  syntax: string,
  template: string,
  summary: string,
): [string, string, string, string][] => [
  [mnemonic, syntax, template, summary],
  [mnemonic, `${syntax}, vm`, `${template}, vm`, summary],
];

/** Read and printed. */
const PRINTED: readonly (readonly [string, string, string, string])[] = [
  ['nop', '', 'addi x0, x0, 0', 'nothing'],
  ['li', 'rd, imm', 'addi rd, x0, imm', 'rd = imm'],
  ['mv', 'rd, rs1', 'addi rd, rs1, 0', 'rd = rs1'],
  ['not', 'rd, rs1', 'xori rd, rs1, -1', 'rd = ~rs1'],
  ['zext.b', 'rd, rs1', 'andi rd, rs1, 255', 'rd = zext8(rs1)'],
  ['neg', 'rd, rs2', 'sub rd, x0, rs2', 'rd = -rs2'],
  ['negw', 'rd, rs2', 'subw rd, x0, rs2', 'rd = sext32(-rs2)'],
  ['sext.w', 'rd, rs1', 'addiw rd, rs1, 0', 'rd = sext32(rs1)'],
  ['zext.w', 'rd, rs1', 'add.uw rd, rs1, x0', 'rd = zext32(rs1)'],
  ['seqz', 'rd, rs1', 'sltiu rd, rs1, 1', 'rd = rs1 == 0'],
  ['snez', 'rd, rs2', 'sltu rd, x0, rs2', 'rd = rs2 != 0'],
  ['sltz', 'rd, rs1', 'slt rd, rs1, x0', 'rd = rs1 < 0'],
  ['sgtz', 'rd, rs2', 'slt rd, x0, rs2', 'rd = rs2 > 0'],
  ['beqz', 'rs1, target', 'beq rs1, x0, target', 'if rs1 == 0: go to target'],
  ['bnez', 'rs1, target', 'bne rs1, x0, target', 'if rs1 != 0: go to target'],
  ['bltz', 'rs1, target', 'blt rs1, x0, target', 'if rs1 < 0: go to target'],
  ['bgtz', 'rs2, target', 'blt x0, rs2, target', 'if rs2 > 0: go to target'],
  ['blez', 'rs2, target', 'bge x0, rs2, target', 'if rs2 <= 0: go to target'],
  ['bgez', 'rs1, target', 'bge rs1, x0, target', 'if rs1 >= 0: go to target'],
  ['j', 'target', 'jal x0, target', 'go to target'],
  ['jal', 'target', 'jal x1, target', 'call target, link in ra'],
  ['ret', '', 'jalr x0, 0(x1)', 'return to ra'],
  ['jr', 'rs1', 'jalr x0, 0(rs1)', 'go to rs1'],
  ['jr', 'imm(rs1)', 'jalr x0, imm(rs1)', 'go to rs1 + imm'],
  ['jalr', 'rs1', 'jalr x1, 0(rs1)', 'call rs1, link in ra'],
  ['jalr', 'imm(rs1)', 'jalr x1, imm(rs1)', 'call rs1 + imm, link in ra'],
  ['jalr', 'rd, rs1', 'jalr rd, 0(rs1)', 'call rs1, link in rd'],
  ['fence', '', 'fence iorw, iorw', 'all earlier accesses come before all later ones'],
  ['sfence.vma', '', 'sfence.vma x0, x0', 'earlier stores to page tables come before later translations'],
  ['sfence.vma', 'rs1', 'sfence.vma rs1, x0', 'the same, for the address in rs1'],
  ['hfence.vvma', '', 'hfence.vvma x0, x0', "sfence.vma for the guest's own page tables"],
  ['hfence.vvma', 'rs1', 'hfence.vvma rs1, x0', 'the same, for the address in rs1'],
  ['hfence.gvma', '', 'hfence.gvma x0, x0', 'sfence.vma for the second stage'],
  ['hfence.gvma', 'rs1', 'hfence.gvma rs1, x0', 'the same, for the address in rs1, shifted right by 2'],
  ['unimp', '', 'csrrw x0, cycle, x0', 'illegal-instruction exception'],
  ['rdcycle', 'rd', 'csrrs rd, cycle, x0', 'rd = cycle'],
  ['rdtime', 'rd', 'csrrs rd, time, x0', 'rd = time'],
  ['rdinstret', 'rd', 'csrrs rd, instret, x0', 'rd = instret'],
  ['rdcycleh', 'rd', 'csrrs rd, cycleh, x0', 'rd = cycleh'],
  ['rdtimeh', 'rd', 'csrrs rd, timeh, x0', 'rd = timeh'],
  ['rdinstreth', 'rd', 'csrrs rd, instreth, x0', 'rd = instreth'],
  ['frcsr', 'rd', 'csrrs rd, fcsr, x0', 'rd = fcsr'],
  ['fscsr', 'rs1', 'csrrw x0, fcsr, rs1', 'fcsr = rs1'],
  ['fscsr', 'rd, rs1', 'csrrw rd, fcsr, rs1', 'rd = fcsr; fcsr = rs1'],
  ['frrm', 'rd', 'csrrs rd, frm, x0', 'rd = frm'],
  ['fsrm', 'rs1', 'csrrw x0, frm, rs1', 'frm = rs1'],
  ['fsrm', 'rd, rs1', 'csrrw rd, frm, rs1', 'rd = frm; frm = rs1'],
  ['fsrmi', 'imm', 'csrrwi x0, frm, imm', 'frm = imm'],
  ['fsrmi', 'rd, imm', 'csrrwi rd, frm, imm', 'rd = frm; frm = imm'],
  ['frflags', 'rd', 'csrrs rd, fflags, x0', 'rd = fflags'],
  ['fsflags', 'rs1', 'csrrw x0, fflags, rs1', 'fflags = rs1'],
  ['fsflags', 'rd, rs1', 'csrrw rd, fflags, rs1', 'rd = fflags; fflags = rs1'],
  ['fsflagsi', 'imm', 'csrrwi x0, fflags, imm', 'fflags = imm'],
  ['fsflagsi', 'rd, imm', 'csrrwi rd, fflags, imm', 'rd = fflags; fflags = imm'],
  ['csrr', 'rd, csr', 'csrrs rd, csr, x0', 'rd = csr'],
  ['csrw', 'csr, rs1', 'csrrw x0, csr, rs1', 'csr = rs1'],
  ['csrs', 'csr, rs1', 'csrrs x0, csr, rs1', 'csr = csr | rs1'],
  ['csrc', 'csr, rs1', 'csrrc x0, csr, rs1', 'csr = csr & ~rs1'],
  ['csrwi', 'csr, imm', 'csrrwi x0, csr, imm', 'csr = imm'],
  ['csrsi', 'csr, imm', 'csrrsi x0, csr, imm', 'csr = csr | imm'],
  ['csrci', 'csr, imm', 'csrrci x0, csr, imm', 'csr = csr & ~imm'],
  ...vector('vneg.v', 'vd, vs2', 'vrsub.vx vd, vs2, x0', 'vd = -vs2'),
  ...vector('vnot.v', 'vd, vs2', 'vxor.vi vd, vs2, -1', 'vd = ~vs2'),
  ...vector('vwcvt.x.x.v', 'vd, vs2', 'vwadd.vx vd, vs2, x0', 'vd = vs2 sign-extended to twice its width'),
  ...vector('vwcvtu.x.x.v', 'vd, vs2', 'vwaddu.vx vd, vs2, x0', 'vd = vs2 zero-extended to twice its width'),
  ...vector('vncvt.x.x.w', 'vd, vs2', 'vnsrl.wx vd, vs2, x0', 'vd = low half of vs2'),
  ...vector('vfneg.v', 'vd, vs2', 'vfsgnjn.vv vd, vs2, vs2', 'vd = -vs2'),
  ...vector('vfabs.v', 'vd, vs2', 'vfsgnjx.vv vd, vs2, vs2', 'vd = |vs2|'),
  ['vmclr.m', 'vd', 'vmxor.mm vd, vd, vd', 'vd = 0'],
  ['vmset.m', 'vd', 'vmxnor.mm vd, vd, vd', 'vd = all ones'],
  ['vmmv.m', 'vd, vs2', 'vmand.mm vd, vs2, vs2', 'vd = vs2'],
  ['vmnot.m', 'vd, vs2', 'vmnand.mm vd, vs2, vs2', 'vd = ~vs2'],
  ...[1, 2, 4, 8].map((count): [string, string, string, string] => [
    `vl${count}r.v`,
    'vd, (rs1)',
    `vl${count}re8.v vd, (rs1)`,
    `vd = ${count} whole registers from rs1`,
  ]),
  ...['s', 'd', 'h'].flatMap((f): (readonly [string, string, string, string])[] => [
    [`fmv.${f}`, 'rd, rs1', `fsgnj.${f} rd, rs1, rs1`, 'rd = rs1'],
    [`fneg.${f}`, 'rd, rs1', `fsgnjn.${f} rd, rs1, rs1`, 'rd = -rs1'],
    [`fabs.${f}`, 'rd, rs1', `fsgnjx.${f} rd, rs1, rs1`, 'rd = |rs1|'],
  ]),
];

/** An operation that also takes an immediate where its mnemonic has none: `add a0, a0, 1`. */
const IMMEDIATE = [
  ...['add', 'and', 'or', 'xor', 'slt', 'sltu', 'addw'].map((name) => [
    name,
    name === 'sltu' ? 'sltiu' : `${name.replace('w', '')}i${name.endsWith('w') ? 'w' : ''}`,
    'imm',
  ]),
  ...['sll', 'srl', 'sra', 'sllw', 'srlw', 'sraw', 'ror', 'rorw'].map((name) => [
    name,
    `${name.slice(0, 3)}i${name.slice(3)}`,
    'shamt',
  ]),
  ...['bclr', 'bext', 'binv', 'bset'].map((name) => [name, `${name}i`, 'shamt']),
];

/** Read, but printed as their targets. */
const READ: readonly (readonly [string, string, string, string])[] = [
  ['move', 'rd, rs1', 'addi rd, rs1, 0', 'rd = rs1'],
  ['bgt', 'rs1, rs2, target', 'blt rs2, rs1, target', 'if rs1 > rs2, signed: go to target'],
  ['ble', 'rs1, rs2, target', 'bge rs2, rs1, target', 'if rs1 <= rs2, signed: go to target'],
  ['bgtu', 'rs1, rs2, target', 'bltu rs2, rs1, target', 'if rs1 > rs2, unsigned: go to target'],
  ['bleu', 'rs1, rs2, target', 'bgeu rs2, rs1, target', 'if rs1 <= rs2, unsigned: go to target'],
  ['sgt', 'rd, rs1, rs2', 'slt rd, rs2, rs1', 'rd = rs1 > rs2, signed'],
  ['sgtu', 'rd, rs1, rs2', 'sltu rd, rs2, rs1', 'rd = rs1 > rs2, unsigned'],
  ['jr', 'rs1, imm', 'jalr x0, imm(rs1)', 'go to rs1 + imm'],
  ['jalr', 'rs1, imm', 'jalr x1, imm(rs1)', 'call rs1 + imm, link in ra'],
  ['jalr', 'rd, rs1, imm', 'jalr rd, imm(rs1)', 'call rs1 + imm, link in rd'],
  ['csrw', 'csr, imm', 'csrrwi x0, csr, imm', 'csr = imm'],
  ['csrs', 'csr, imm', 'csrrsi x0, csr, imm', 'csr = csr | imm'],
  ['csrc', 'csr, imm', 'csrrci x0, csr, imm', 'csr = csr & ~imm'],
  ['csrrw', 'rd, csr, imm', 'csrrwi rd, csr, imm', 'rd = csr; csr = imm'],
  ['csrrs', 'rd, csr, imm', 'csrrsi rd, csr, imm', 'rd = csr; csr = csr | imm'],
  ['csrrc', 'rd, csr, imm', 'csrrci rd, csr, imm', 'rd = csr; csr = csr & ~imm'],
  ['frsr', 'rd', 'csrrs rd, fcsr, x0', 'rd = fcsr'],
  ['fssr', 'rs1', 'csrrw x0, fcsr, rs1', 'fcsr = rs1'],
  ['fssr', 'rd, rs1', 'csrrw rd, fcsr, rs1', 'rd = fcsr; fcsr = rs1'],
  ['scall', '', 'ecall', 'environment-call exception'],
  ['sbreak', '', 'ebreak', 'breakpoint exception'],
  ...vector('vmsgt.vv', 'vd, vs2, vs1', 'vmslt.vv vd, vs1, vs2', 'vd = vs2 > vs1, signed'),
  ...vector('vmsgtu.vv', 'vd, vs2, vs1', 'vmsltu.vv vd, vs1, vs2', 'vd = vs2 > vs1, unsigned'),
  ...vector('vmsge.vv', 'vd, vs2, vs1', 'vmsle.vv vd, vs1, vs2', 'vd = vs2 >= vs1, signed'),
  ...vector('vmsgeu.vv', 'vd, vs2, vs1', 'vmsleu.vv vd, vs1, vs2', 'vd = vs2 >= vs1, unsigned'),
  ...vector('vmfgt.vv', 'vd, vs2, vs1', 'vmflt.vv vd, vs1, vs2', 'vd = vs2 > vs1'),
  ...vector('vmfge.vv', 'vd, vs2, vs1', 'vmfle.vv vd, vs1, vs2', 'vd = vs2 >= vs1'),
  ...vector('vpopc.m', 'rd, vs2', 'vcpop.m rd, vs2', 'rd = number of elements set in mask vs2'),
  ...vector('vfredsum.vs', 'vd, vs2, vs1', 'vfredusum.vs vd, vs2, vs1', 'the same as vfredusum.vs'),
  ...vector('vfwredsum.vs', 'vd, vs2, vs1', 'vfwredusum.vs vd, vs2, vs1', 'the same as vfwredusum.vs'),
  ['vmandnot.mm', 'vd, vs2, vs1', 'vmandn.mm vd, vs2, vs1', 'vd = vs2 & ~vs1'],
  ['vmornot.mm', 'vd, vs2, vs1', 'vmorn.mm vd, vs2, vs1', 'vd = vs2 | ~vs1'],
  ['vle1.v', 'vd, (rs1)', 'vlm.v vd, (rs1)', 'vd = mask from rs1'],
  ['vse1.v', 'vs3, (rs1)', 'vsm.v vs3, (rs1)', 'mask vs3 to rs1'],
  ['fmv.x.s', 'rd, rs1', 'fmv.x.w rd, rs1', 'rd = sext32(bits of rs1)'],
  ['fmv.s.x', 'rd, rs1', 'fmv.w.x rd, rs1', 'bits of rd = low 32 bits of rs1'],
  ...['s', 'd', 'h'].flatMap((f): (readonly [string, string, string, string])[] => [
    [`fgt.${f}`, 'rd, rs1, rs2', `flt.${f} rd, rs2, rs1`, 'rd = rs1 > rs2'],
    [`fge.${f}`, 'rd, rs1, rs2', `fle.${f} rd, rs2, rs1`, 'rd = rs1 >= rs2'],
  ]),
  ...IMMEDIATE.map(([name = '', target = '', operand = '']): readonly [string, string, string, string] => [
    name,
    `rd, rs1, ${operand}`,
    `${target} rd, rs1, ${operand}`,
    `the same as ${target}`,
  ]),
];

/** Every alias; those of one mnemonic in the order in which they are tried. */
export const aliases: readonly Alias[] = [...PRINTED.map(row(true)), ...READ.map(row(false))];
