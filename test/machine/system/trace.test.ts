import { describe, expect, it } from 'vitest';
import { Tracer } from '../../../server/src/machine/system/trace';
import { start } from './start';

/** The log of a program from its start in M-mode until its end, to which `mtvec` points too. */
function trace(assembly: string, isa = 'rv64gc'): string[] {
  const { hart, end } = start(assembly, { isa });
  const tracer = new Tracer(hart);
  const lines: string[] = [];
  while (hart.pc !== end && lines.length < 100) {
    hart.step();
    lines.push(tracer.line() ?? 'trap');
  }
  return lines;
}

/** The last line, without core, mode, pc and bits. */
const last = (assembly: string, isa?: string): string => (trace(assembly, isa).at(-1) ?? '').replace(/^.*?\)/, '');

const floatOn = 'li t0, 0x6000; csrs mstatus, t0';

describe("Spike's commit log", () => {
  it('has core, mode, pc and bits, as wide as the registers and the instruction', () => {
    expect(trace('lui t0, 0x12345; c.nop; c.li a5, 1; nop')).toEqual([
      'core   0: 3 0x0000000080000000 (0x123452b7) x5  0x0000000012345000',
      'core   0: 3 0x0000000080000004 (0x0001)',
      'core   0: 3 0x0000000080000006 (0x4785) x15 0x0000000000000001',
      'core   0: 3 0x0000000080000008 (0x00000013)',
    ]);
    expect(trace('lui t6, 0x12345', 'rv32gc')).toEqual(['core   0: 3 0x80000000 (0x12345fb7) x31 0x12345000']);
  });

  it('has no line for what traps, and the mode of what runs', () => {
    const enter = 'li t0, -1; csrw pmpaddr0, t0; csrwi pmpcfg0, 31; la t0, 1f; csrw mepc, t0; mret; 1: nop; ecall';
    expect(trace(enter).slice(-2)).toEqual([expect.stringMatching(/^core {3}0: 0 .*\(0x00000013\)$/), 'trap']);
  });

  it.each<[string, string, string?]>([
    ['addi x0, x0, 5', ''],
    ['jal ra, 1f; 1:', ' x1  0x0000000080000004'],
    // Loads with the address, stores with the value too, as wide as the access.
    ['la t0, 1f; 1: lw a0, 0(t0)', ' x10 0x000000000002a503 mem 0x0000000080000008'],
    ['la t0, 1f; 1: lw x0, 0(t0)', ' mem 0x0000000080000008'],
    ['li t1, -1; la t0, 1f; 1: sb t1, 64(t0)', ' mem 0x000000008000004c 0xff'],
    ['li t1, -1; la t0, 1f; 1: sh t1, 65(t0)', ' mem 0x000000008000004d 0xffff'],
    ['li t1, -1; la t0, 1f; 1: sd t1, 64(t0)', ' mem 0x000000008000004c 0xffffffffffffffff'],
    [
      'li t1, 2; la t0, 1f; 1: addi t0, t0, 64; amoadd.w a0, t1, (t0)',
      ' x10 0x0000000000000000 mem 0x000000008000004c mem 0x000000008000004c 0x00000002',
    ],
    ['la t0, 1f; 1: lr.w a0, (t0)', ' x10 0x000000001002a52f mem 0x0000000080000008'],
    ['la t0, 1f; 1: sc.w a0, t1, (t0)', ' x10 0x0000000000000001'],
    // CSRs by number and name: those that are written, with what they then hold.
    ['csrr a0, mscratch', ' x10 0x0000000000000000'],
    ['csrrwi a0, mscratch, 5', ' x10 0x0000000000000000 c832_mscratch 0x0000000000000005'],
    ['li t0, -1; csrw mtvec, t0', ' c773_mtvec 0xfffffffffffffffd'],
    ['li t0, 2; csrw sstatus, t0', ' c768_mstatus 0x0000000a00000002'],
    ['li t0, 2; csrs sie, t0', ' c772_mie 0x0000000000000000'],
    ['csrwi pmpaddr0, 7', ' c944_pmpaddr0 0x0000000000000007'],
    ['li t0, 0x80; csrw pmpcfg0, t0; csrwi pmpaddr0, 7', ''],
    ['csrwi tselect, 7', ''],
    ['csrwi minstret, 7', ' c2818_minstret 0x0000000000000007'],
    ['csrwi mcycle, 7', ' c2816_mcycle 0x0000000000000007'],
    ['csrwi minstreth, 7', ' c2946_minstreth 0x00000007', 'rv32gc'],
    ['la t0, 1f; csrw mepc, t0; li t0, 0x1880; csrw mstatus, t0; mret; 1:', ' c768_mstatus 0x0000000a00000088'],
    [
      'la t0, 1f; csrw mepc, t0; li t0, 0x1880; csrw mstatus, t0; mret; 1:',
      ' c768_mstatus 0x00000088 c784_mstatush 0x00000000',
      'rv32gc',
    ],
    // Floating point: registers, flags and the state that becomes dirty, all in the order of their numbers.
    [`${floatOn}; fcvt.s.w f1, zero`, ' f1  0xffffffff00000000'],
    [`${floatOn}; fdiv.d f1, f1, f2`, ' f1  0x7ff8000000000000 c1_fflags 0x0000000000000010'],
    [`${floatOn}; fdiv.d f4, f1, f2`, ' c1_fflags 0x0000000000000010 f4  0x7ff8000000000000'],
    [`${floatOn}; csrwi fcsr, 0x11`, ' c1_fflags 0x0000000000000011 c2_frm 0x0000000000000000'],
    ['li t0, 0x2000; csrw mstatus, t0; fmv.d.x f3, t0', ' f3  0x0000000000002000 c768_mstatus 0x8000000a00006000'],
    [`${floatOn}; la t0, 1f; 1: fld f18, 0(t0)`, ' f18 0x0000006f0002b907 mem 0x0000000080000010'],
    [`${floatOn}; fclass.s a0, f1`, ' x10 0x0000000000000200'],
    // Several registers.
    [
      'li sp, 0x80001000; li ra, 1; li s0, 2; c.nop; cm.push {ra, s0}, -16',
      ' x2  0x0000000080000ff0 mem 0x0000000080000ff8 0x0000000000000002 mem 0x0000000080000ff0 0x0000000000000001',
      'rv64imac_zicsr_zcmp',
    ],
    [
      'li s0, 3; li s1, 4; c.nop; cm.mva01s s0, s1',
      ' x10 0x0000000000000003 x11 0x0000000000000004',
      'rv64imac_zcmp_zicsr',
    ],
  ])('%s', (assembly, line, isa) => {
    expect(last(assembly, isa)).toBe(line);
  });
});
