import { describe, expect, it } from 'vitest';
import type { SystemHart } from '../../../server/src/machine/system/hart';
import { codeAddress } from '../harness';
import { data, run, start } from './start';

// What QEMU 7.2 has otherwise than the manual, or not at all: the manual's text is the judge.

const cause = (hart: SystemHart) => ({ cause: hart.state.m.cause, tval: hart.state.m.tval });
const a0 = (hart: SystemHart): bigint => hart.read(10);

describe('exceptions', () => {
  it.each([
    ['amoadd.w a0, a0, (zero)', 7n, 0n],
    ['li t0, 0x80010001; amoadd.w a0, a0, (t0)', 6n, data + 1n],
    ['li t0, 0x80010001; lr.w a0, (t0)', 4n, data + 1n],
    ['lw a0, 4(zero)', 5n, 4n],
    ['sb a0, 4(zero)', 7n, 4n],
    ['fence; ebreak', 3n, codeAddress + 4n],
    ['jr zero', 1n, 0n],
    ['c.unimp', 2n, 0n],
    ['csrr a0, vstart', 2n, 0x00802573n],
    ['fadd.s f0, f0, f0', 2n, 0x00007053n],
  ])('%s raises %i', (assembly, number, tval) => {
    expect(cause(run(assembly))).toEqual({ cause: number, tval });
  });

  it('jumps to half a word are misaligned without compressed instructions', () => {
    const hart = run('la t0, 1f; 1: jr 2(t0)', { isa: 'rv64g' });
    expect(cause(hart)).toEqual({ cause: 0n, tval: codeAddress + 10n });
  });

  it('misaligned loads and stores trap where that is asked for', () => {
    const load = 'li t0, 0x80010001; li a0, 0; lw a0, 0(t0)';
    expect(a0(run(load, { memory: [0x8877_6655_4433_2211n] }))).toBe(0x5544_3322n);
    expect(cause(run(load, { misaligned: false }))).toEqual({ cause: 4n, tval: data + 1n });
    expect(cause(run('li t0, 0x80010001; sd a0, 0(t0)', { misaligned: false }))).toEqual({
      cause: 6n,
      tval: data + 1n,
    });
  });

  it('a misaligned store over the end of memory stores nothing, and tells where that is', () => {
    const hart = run(
      'li t0, 0x8001fffd; li t1, -1; la t2, 1f; csrw mtvec, t2; sd t1, 0(t0); .balign 4; 1: lbu a0, 0(t0)',
    );
    expect(cause(hart)).toEqual({ cause: 7n, tval: codeAddress + 0x2_0000n });
    expect(a0(hart)).toBe(0n);
  });
});

describe('control and status registers', () => {
  it('mepc has no odd addresses, and none at half a word without compressed instructions', () => {
    expect(a0(run('li t0, -1; csrw mepc, t0; csrr a0, mepc'))).toBe(0xffff_ffff_ffff_fffen);
    expect(a0(run('li t0, -1; csrw mepc, t0; csrr a0, mepc', { isa: 'rv64g' }))).toBe(0xffff_ffff_ffff_fffcn);
  });

  it('a write to minstret is what the next instruction reads', () => {
    expect(a0(run('li t0, 1000; csrw minstret, t0; csrr a0, minstret'))).toBe(1000n);
    expect(a0(run('li t0, 1000; csrw minstret, t0; nop; nop; csrr a0, instret'))).toBe(1002n);
    expect(a0(run('li t0, -1; csrw minstret, t0; nop; csrr a0, minstret'))).toBe(0n);
    expect(a0(run('csrwi mcountinhibit, 4; csrwi minstret, 9; nop; csrr a0, minstret'))).toBe(9n);
  });

  it('misa tells XLEN and the extensions, S and U among them', () => {
    expect(a0(run('csrr a0, misa'))).toBe((2n << 62n) | 0x14112dn);
    expect(a0(run('csrr a0, misa', { isa: 'rv32imac_zicsr' }))).toBe((1n << 30n) | 0x141105n);
  });

  it('misa cannot be written, and has B for its three parts together', () => {
    expect(a0(run('csrw misa, zero; csrr a0, misa'))).toBe((2n << 62n) | 0x14112dn);
    expect(a0(run('csrr a0, misa', { isa: 'rv64gc_zba_zbb_zbs' })) & 2n).toBe(2n);
    expect(a0(run('csrr a0, misa', { isa: 'rv64gc_zba_zbb' })) & 2n).toBe(0n);
  });

  it('a counter carries from its lower half to its upper one, and back to 0', () => {
    const carry = 'li t0, -1; csrw mcycle, t0; csrwi mcycleh, 4; nop; csrr a0, mcycleh';
    expect(a0(run(carry, { isa: 'rv32gc' }))).toBe(5n);
    const wrap = 'li t0, -1; csrw minstreth, t0; csrw minstret, t0; csrr a0, instreth; csrr a0, instreth';
    expect(a0(run(wrap, { isa: 'rv32gc' }))).toBe(0n);
  });

  it('a counter that is inhibited stands still until it is not', () => {
    expect(a0(run('csrwi mcountinhibit, 5; csrwi mcycle, 9; nop; csrr a0, mcycle'))).toBe(9n);
    expect(a0(run('csrwi mcountinhibit, 4; csrwi minstret, 9; csrwi mcountinhibit, 0; nop; csrr a0, minstret'))).toBe(
      11n,
    );
    expect(a0(run('li t0, -1; csrw mcountinhibit, t0; csrr a0, mcountinhibit'))).toBe(5n);
  });

  it.each([
    'mhpmcounter3',
    'mhpmcounter31',
    'mhpmevent3',
    'tselect',
    'tdata1',
    'tdata2',
    'mvendorid',
    'pmpcfg14',
    'pmpaddr16',
    'pmpaddr63',
  ])('%s is 0, whatever is written', (csr) => {
    const write = csr === 'mvendorid' ? '' : `li t0, -1; csrw ${csr}, t0;`;
    expect(a0(run(`li a0, 1; ${write} csrr a0, ${csr}`))).toBe(0n);
  });

  it.each([
    ['medeleg', 0xb3ffn],
    ['mideleg', 0x222n],
    ['mie', 0xaaan],
    ['mip', 0x222n],
    ['stvec', 0xffff_ffff_ffff_fffdn],
    ['menvcfg', 1n],
    ['senvcfg', 1n],
    ['scounteren', 0xffff_ffffn],
    ['pmpaddr0', 0x3f_ffff_ffff_ffffn],
    ['mstatus', 0x8000_000a_007e_79aan],
    ['sstatus', 0x8000_0002_000c_6122n],
  ])('%s has just the fields that are there', (csr, fields) => {
    expect(a0(run(`li t0, -1; csrw ${csr}, t0; csrr a0, ${csr}; csrw mie, zero; csrw mip, zero`))).toBe(fields);
  });

  it.each([
    'csrw cycle, zero',
    'csrrs a0, mhartid, t0',
    'csrr a0, pmpcfg1',
    'csrr a0, mstatush',
    'csrr a0, cycleh',
    'csrr a0, hgatp',
    'csrr a0, vl',
    'csrr a0, ssp',
    'csrr a0, mseccfg',
    'csrr a0, dcsr',
    'csrr a0, tcontrol',
    'csrr a0, mnstatus',
  ])('%s is illegal', (access) => {
    expect(cause(run(access)).cause).toBe(2n);
  });

  it.each([
    ['csrwi vcsr, 0', 'rv64gcv', 'csrrwi vcsr'],
    ['csrr a0, vlenb', 'rv64gcv', 'csrrs vlenb'],
    ['csrr a0, hgatp', 'rv64gch', 'csrrs hgatp'],
    ['csrw vsatp, zero', 'rv64gch', 'csrrw vsatp'],
    ['csrr a0, mtval2', 'rv64gch', 'csrrs mtval2'],
    ['csrr a0, ssp', 'rv64gc_zicfiss', 'csrrs ssp'],
    ['csrw mseccfg, zero', 'rv64gc_smepmp', 'csrrw mseccfg'],
    ['csrrw a0, seed, zero', 'rv64gc_zkr', 'csrrw seed'],
    ['csrwi mnstatus, 8', 'rv64gc_smrnmi', 'csrrwi mnstatus'],
    ['csrw mstateen0, zero', 'rv64gc_smstateen', 'csrrw mstateen0'],
    ['csrr a0, scountovf', 'rv64gc_sscofpmf', 'csrrs scountovf'],
  ])('%s of an extension that is not executed is refused by name', (access, isa, name) => {
    expect(() => run(access, { isa })).toThrow(`\`${name}\` at 0x80000000 is decoded, but not executed`);
  });

  it('mstatus.MPP keeps its value where a mode is written that is not there', () => {
    expect(a0(run('li t0, 1 << 11; csrw mstatus, t0; li t0, 2 << 11; csrw mstatus, t0; csrr a0, mstatus'))).toBe(
      (0xan << 32n) | (1n << 11n),
    );
  });

  it.each([
    ['mret', 'csrw mepc, t1'],
    ['sret', 'csrw sepc, t1'],
  ])('%s to a lower mode clears MPRV', (instruction, epc) => {
    const code = `la t1, 1f; ${epc}; li t0, 1 << 17; csrw mstatus, t0; ${instruction}; 1: nop`;
    const hart = run(code);
    expect(hart.state.mstatus & (1n << 17n)).toBe(0n);
    expect(hart.state.m.cause).toBe(1n);
    const stays = 'la t1, 1f; csrw mepc, t1; li t0, (1 << 17) | (3 << 11); csrw mstatus, t0; mret; 1: csrr a0, mstatus';
    expect((a0(run(stays)) >> 17n) & 1n).toBe(1n);
  });

  it('locked PMP entries stay as they are, and the address below one that begins there', () => {
    const locked = 'li t0, 0x8800; csrw pmpcfg0, t0; li t0, -1';
    expect(a0(run(`${locked}; csrw pmpcfg0, zero; csrr a0, pmpcfg0`))).toBe(0x8800n);
    expect(a0(run(`${locked}; csrw pmpaddr1, t0; csrr a0, pmpaddr1`))).toBe(0n);
    expect(a0(run(`${locked}; csrw pmpaddr0, t0; csrr a0, pmpaddr0`))).toBe(0n);
    expect(a0(run(`li t0, 0x9800; csrw pmpcfg0, t0; csrwi pmpaddr0, 7; csrr a0, pmpaddr0`))).toBe(7n);
  });

  it('a PMP entry that is writable but not readable does nothing', () => {
    expect(a0(run('li t0, 0x1a; csrw pmpcfg0, t0; csrr a0, pmpcfg0'))).toBe(0x18n);
  });

  it('satp ignores modes that are not there', () => {
    expect(a0(run('li t0, 5 << 60; csrw satp, t0; csrr a0, satp'))).toBe(0n);
  });

  it('floating point is off at reset, and dirty once it has been used', () => {
    const on = 'li t0, 1 << 13; csrs mstatus, t0; fmv.w.x f1, zero; csrr a0, mstatus';
    expect(a0(run(on))).toBe((1n << 63n) | (0xan << 32n) | (3n << 13n));
    expect(cause(run('csrr a0, fcsr')).cause).toBe(2n);
  });
});

describe('interrupts', () => {
  it.each([
    [0x222n, 9n],
    [0x022n, 1n],
    [0x020n, 5n],
  ])('of %i pending, %i is taken first', (pending, number) => {
    const hart = run(`li t0, ${pending}; csrw mie, t0; csrw mip, t0; csrsi mstatus, 8; 1: j 1b`);
    expect(hart.state.m.cause).toBe((1n << 63n) | number);
  });

  it.each([
    [0, 'csrwi mip, 2', 0n],
    [1, 'csrwi mip, 2', 4n],
    [1, 'li t0, 0x200; csrw mip, t0', 36n],
    [1, 'ecall', 0n],
  ])('with mode %i of mtvec, after %s the handler is %i bytes from its base', (mode, raise, offset) => {
    const { hart } = start(
      `la t0, 1f + ${mode}; csrw mtvec, t0; li t0, 0xaaa; csrw mie, t0; csrsi mstatus, 8; ${raise}; nop; .balign 64; 1: ${'2: j 2b; '.repeat(16)}`,
    );
    for (let i = 0; i < 100 && hart.pc < codeAddress + 0x40n; i++) hart.step();
    expect(hart.pc).toBe(codeAddress + 0x40n + offset);
  });

  it('wfi passes the time until the timer', () => {
    const hart = run('li t1, 0x2004000; li t0, 1000000; sd t0, 0(t1); li t0, 128; csrw mie, t0; wfi; csrr a0, time');
    expect(a0(hart)).toBe(1_000_000n);
  });

  it("Sstc's timer raises the supervisor timer interrupt", () => {
    const code = 'li t0, 1 << 63; csrs menvcfg, t0; csrw stimecmp, zero; csrr a0, mip; andi a0, a0, 32';
    expect(a0(run(code, { isa: 'rv64gc_sstc' }))).toBe(32n);
    expect(cause(run('csrr a0, stimecmp')).cause).toBe(2n);
  });
});

describe('page tables', () => {
  /** One gigapage over the code, whose entry is `bits`; the store is S-mode's, by MPRV. */
  const store = (bits: string, setup = '') =>
    `li t0, -1; csrw pmpaddr0, t0; li t0, 31; csrw pmpcfg0, t0; li t1, 0x80010000; li t0, (0x80000000 >> 2) | ${bits}; sd t0, 16(t1); srli t0, t1, 12; li t2, 8 << 60; or t0, t0, t2;
     csrw satp, t0; ${setup}; li t0, (1 << 17) | (1 << 11); csrs mstatus, t0; sd zero, 512(t1); li t0, 1 << 17; csrc mstatus, t0; ld a0, 16(t1)`;
  const entry = (0x8000_0000n >> 2n) | 0xfn;

  it('clear accessed and dirty bits are page faults', () => {
    expect(cause(run(store('0x4f')))).toEqual({ cause: 15n, tval: data + 512n });
    expect(cause(run(store('0x8f')))).toEqual({ cause: 15n, tval: data + 512n });
  });

  it('are updated under Svadu', () => {
    const setup = 'li t0, 1 << 61; csrs menvcfg, t0';
    const hart = run(store('0x0f', setup), { isa: 'rv64gc_svadu_svade' });
    expect(a0(hart)).toBe(entry | 0xc0n);
    expect(a0(run(store('0x0f'), { isa: 'rv64gc_svadu' }))).toBe(entry | 0xc0n);
  });
});
