import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instructions } from '../../server/src/isa/index';
import { Hart, Ram, step } from '../../server/src/machine/index';
import { arbitraryValue } from './arbitrary';
import { codeAddress, dataAddress, isaOf, run, runBytes, type Setting } from './harness';

const on64 = (n: bigint): bigint => BigInt.asUintN(64, n);
const minimum32 = 0xffff_ffff_8000_0000n;

describe('arithmetic', () => {
  /** `a1` and `a2` in, `a0` out. */
  const cases: [string, bigint, bigint, bigint][] = [
    ['add a0, a1, a2', -1n, 1n, 0n],
    ['sub a0, a1, a2', 0n, 1n, -1n],
    ['addw a0, a1, a2', 0x7fff_ffffn, 1n, minimum32],
    ['subw a0, a1, a2', 0x1_0000_0000n, 1n, -1n],
    ['addiw a0, a1, 0', 0x1_8000_0000n, 0n, minimum32],
    ['slt a0, a1, a2', -1n, 0n, 1n],
    ['sltu a0, a1, a2', -1n, 0n, 0n],
    ['sltiu a0, a1, -1', 5n, 0n, 1n],
    ['sll a0, a1, a2', 1n, 65n, 2n],
    ['srl a0, a1, a2', -1n, 63n, 1n],
    ['sra a0, a1, a2', -8n, 1n, -4n],
    ['sllw a0, a1, a2', 1n, 63n, minimum32],
    ['srlw a0, a1, a2', -1n, 32n, -1n],
    ['srlw a0, a1, a2', -1n, 1n, 0x7fff_ffffn],
    ['sraw a0, a1, a2', 0x8000_0000n, 33n, -0x4000_0000n],
    ['sraiw a0, a1, 31', 0x8000_0000n, 0n, -1n],
    ['lui a0, 0x80000', 0n, 0n, minimum32],
    ['auipc a0, 1', 0n, 0n, codeAddress + 0x1000n],
    ['mul a0, a1, a2', -1n, -1n, 1n],
    ['mulh a0, a1, a2', -1n, -1n, 0n],
    ['mulhu a0, a1, a2', -1n, -1n, -2n],
    ['mulhsu a0, a1, a2', -1n, -1n, -1n],
    ['mulw a0, a1, a2', 0x8000_0000n, 3n, minimum32],
    // By zero, and the one quotient that does not fit.
    ['div a0, a1, a2', 7n, 0n, -1n],
    ['divu a0, a1, a2', 7n, 0n, -1n],
    ['rem a0, a1, a2', -7n, 0n, -7n],
    ['remu a0, a1, a2', -7n, 0n, -7n],
    ['div a0, a1, a2', -(1n << 63n), -1n, -(1n << 63n)],
    ['rem a0, a1, a2', -(1n << 63n), -1n, 0n],
    ['div a0, a1, a2', -7n, 2n, -3n],
    ['rem a0, a1, a2', -7n, 2n, -1n],
    ['divw a0, a1, a2', 0x8000_0000n, -1n, minimum32],
    ['remw a0, a1, a2', 0x8000_0000n, -1n, 0n],
    ['divw a0, a1, a2', 0x1_0000_0007n, 0x1_0000_0000n, -1n],
    ['divuw a0, a1, a2', -1n, 1n, -1n],
    ['divuw a0, a1, a2', 7n, 0n, -1n],
    ['remuw a0, a1, a2', 0xffff_fff9n, 0n, -7n],
    ['c.addi a0, -1', 0n, 0n, -1n],
    ['c.mv a0, a1', 42n, 0n, 42n],
    ['c.lui a0, 0xfffff', 0n, 0n, -0x1000n],
  ];
  it.each(cases)('%s with a1 = %i, a2 = %i', (assembly, a1, a2, a0) => {
    const outcome = run(assembly, { registers: { a1, a2 } });
    expect(outcome.trap).toBe(null);
    expect(outcome.x('a0')).toBe(on64(a0));
  });

  // What QEMU 7.2 does not run, or gets wrong: from the pseudocode of the manual.
  it.each<[string, bigint, bigint, bigint]>([
    ['czero.eqz a0, a1, a2', 7n, 0n, 0n],
    ['czero.eqz a0, a1, a2', 7n, 1n << 40n, 7n],
    ['czero.nez a0, a1, a2', 7n, 0n, 7n],
    ['czero.nez a0, a1, a2', 7n, -1n, 0n],
    ['ctzw a0, a1', 0n, 0n, 32n],
    ['ctzw a0, a1', 1n << 40n, 0n, 32n],
    ['ctzw a0, a1', 0x8000_0000n, 0n, 31n],
    ['mop.r.3 a0, a1', 7n, 0n, 0n],
    ['mop.rr.7 a0, a1, a2', 7n, 7n, 0n],
    ['li a0, 3; c.mop.5', 0n, 0n, 3n],
    ['li a0, 3; ntl.all; c.ntl.p1', 0n, 0n, 3n],
    ['mv a0, a1; c.not a0', 5n, 0n, -6n],
    ['mv a0, a1; c.zext.b a0', -1n, 0n, 0xffn],
    ['mv a0, a1; c.sext.h a0', 0x8000n, 0n, -0x8000n],
    ['mv a0, a1; c.zext.w a0', -1n, 0n, 0xffff_ffffn],
    ['mv a0, a1; c.mul a0, a2', -3n, 5n, -15n],
  ])('%s with a1 = %i, a2 = %i', (assembly, a1, a2, a0) => {
    const isa = 'rv64imac_b_zicond_zcb_zimop_zcmop_zihintntl';
    expect(run(assembly, { isa, registers: { a1, a2 } }).x('a0')).toBe(on64(a0));
  });

  it('loads and stores bytes and halfwords by Zcb', () => {
    const setting = { isa: 'rv64imac_zcb', registers: { a1: dataAddress, a2: 0x1234n }, memory: [0x8182_8384n] };
    expect(run('c.lbu a0, 3(a1)', setting).x('a0')).toBe(0x81n);
    expect(run('c.lh a0, 2(a1)', setting).x('a0')).toBe(on64(-0x7e7en));
    expect(run('c.lhu a0, 0(a1)', setting).x('a0')).toBe(0x8384n);
    expect(run('c.sb a2, 1(a1)', setting).memory(0n)).toBe(0x8182_3484n);
    expect(run('c.sh a2, 2(a1)', setting).memory(0n)).toBe(0x1234_8384n);
  });

  describe('push and pop', () => {
    const isa = 'rv64ima_zca_zcmp';
    const registers = { sp: dataAddress + 128n, ra: 1n, s0: 2n, s1: 3n, s2: 4n };

    it('store ra below the saved registers, and move sp by what they need and more', () => {
      const outcome = run('cm.push {ra, s0-s2}, -48', { isa, registers });
      expect(outcome.x('sp')).toBe(dataAddress + 80n);
      expect([120n, 112n, 104n, 96n, 88n].map(outcome.memory)).toEqual([4n, 3n, 2n, 1n, 0n]);
    });

    it('load them back', () => {
      const again = 'cm.push {ra, s0-s2}, -32; li ra, 0; li s0, 0; li s1, 0; li s2, 0; cm.pop {ra, s0-s2}, 32';
      const outcome = run(again, { isa, registers });
      expect(['sp', 'ra', 's0', 's1', 's2'].map(outcome.x)).toEqual(Object.values({ ...registers }));
    });

    it('return, with 0 where it is wanted', () => {
      const call = 'li a0, 7; la ra, 1f; cm.push {ra}, -16; li ra, 0; cm.popretz {ra}, 16; li a1, 1; 1:';
      expect(['a0', 'a1', 'sp'].map(run(call, { isa, registers }).x)).toEqual([0n, 0n, registers.sp]);
      const kept = run(call.replace('popretz', 'popret'), { isa, registers });
      expect(kept.x('a0')).toBe(7n);
    });

    it('all of them on RV32', () => {
      const outcome = run('cm.push {ra, s0-s11}, -64', {
        isa: 'rv32ima_zca_zcmp',
        registers: { ...registers, s11: 9n },
      });
      expect([outcome.x('sp'), outcome.memory(120n) >> 32n, outcome.memory(72n) >> 32n]).toEqual([
        dataAddress + 64n,
        9n,
        1n,
      ]);
    });

    it('leave the registers that moved before a fault to the handler, and sp as it was', () => {
      const outcome = run('cm.pop {ra, s0}, 16', { isa, registers: { sp: 8n } });
      expect(outcome.trap).toEqual({ cause: 'load-fault', address: 16n });
      expect([outcome.x('sp'), outcome.pc]).toEqual([8n, 0n]);
    });

    it('move arguments', () => {
      const moved = run('cm.mvsa01 s1, s7; li a0, 0; cm.mva01s s7, s1', { isa, registers: { a0: 5n, a1: 6n } });
      expect(['s1', 's7', 'a0', 'a1'].map(moved.x)).toEqual([5n, 6n, 6n, 5n]);
    });
  });

  it('jumps by the table at jvt', () => {
    const isa = 'rv64ima_zca_zcmt_zicsr';
    const memory = [0n, codeAddress + 10n];
    const outcome = run('csrw jvt, a1; cm.jt 1; li a0, 1; nop', { isa, memory, registers: { a1: dataAddress } });
    expect([outcome.trap, outcome.x('a0'), outcome.retired]).toEqual([null, 0n, 3n]);
    const far = run('csrw jvt, a1; cm.jalt 40', { isa, memory, registers: { a1: dataAddress } });
    expect(far.trap).toEqual({ cause: 'fetch-fault', address: dataAddress + 320n });
    const mode = run('csrw jvt, a1; cm.jt 1', { isa, memory, registers: { a1: dataAddress + 1n } });
    expect(mode.trap).toEqual({ cause: 'illegal-instruction', reason: 'jvt.mode is reserved' });
  });

  it('compares and swaps pairs of registers', () => {
    const isa = 'rv64i_zacas';
    const memory = [1n, 2n];
    const registers = { a0: 1n, a1: 2n, a2: 3n, a3: 4n, a4: dataAddress };
    const same = run('amocas.q a0, a2, (a4)', { isa, memory, registers });
    expect([same.memory(0n), same.memory(8n), same.x('a0'), same.x('a1')]).toEqual([3n, 4n, 1n, 2n]);
    const other = run('amocas.q a0, a2, (a4)', { isa, memory, registers: { ...registers, a1: 9n } });
    expect([other.memory(0n), other.memory(8n), other.x('a0'), other.x('a1')]).toEqual([1n, 2n, 1n, 2n]);
    const zeros = run('amocas.q zero, zero, (a4)', { isa, memory: [0n, 0n], registers: { ...registers, ra: 5n } });
    expect([zeros.memory(8n), zeros.x('ra')]).toEqual([0n, 5n]);
    const narrow = run('amocas.d a0, a2, (a4)', { isa: 'rv32i_zacas', memory: [(2n << 32n) | 1n], registers });
    expect(narrow.memory(0n)).toBe((4n << 32n) | 3n);
    const misaligned = run('amocas.q a0, a2, (a4)', { isa, registers: { ...registers, a4: dataAddress + 8n } });
    expect(misaligned.trap).toMatchObject({ cause: 'misaligned-store' });
  });

  it('works at 32 bits on RV32', () => {
    const isa = 'rv32imac';
    expect(run('add a0, a1, a2', { isa, registers: { a1: -1n, a2: 2n } }).x('a0')).toBe(1n);
    expect(run('sll a0, a1, a2', { isa, registers: { a1: 1n, a2: 33n } }).x('a0')).toBe(2n);
    expect(run('mulhu a0, a1, a2', { isa, registers: { a1: -1n, a2: -1n } }).x('a0')).toBe(0xffff_fffen);
    expect(run('lui a0, 0x80000', { isa }).x('a0')).toBe(0x8000_0000n);
  });

  it('leaves x0 at 0', () => {
    expect(run('lui zero, 1; add a0, zero, zero; jal zero, 1f; 1:').x('zero')).toBe(0n);
  });
});

describe('jumps', () => {
  it('link to the next instruction, 2 on after a compressed one', () => {
    expect(run('jal ra, 1f; 1:').x('ra')).toBe(codeAddress + 4n);
    expect(run('la t0, 1f; c.jalr t0; 1:').x('ra')).toBe(codeAddress + 10n);
  });

  it('clear bit 0 of a jalr target', () => {
    const outcome = run('la t0, 1f; jalr ra, 1(t0); li a0, 1; 1:');
    expect(outcome.trap).toBe(null);
    expect(outcome.x('a0')).toBe(0n);
  });

  it('read the target before the link is written: jalr t0, 8(t0)', () => {
    expect(run('auipc t0, 0; jalr t0, 12(t0); li a0, 1; nop').x('a0')).toBe(0n);
  });

  it.each([
    ['beq', 1n, 1n, true],
    ['bne', 1n, 1n, false],
    ['blt', -1n, 1n, true],
    ['bltu', -1n, 1n, false],
    ['bge', 1n, 1n, true],
    ['bgeu', 0n, -1n, false],
  ] as const)('%s of %i and %i', (branch, a1, a2, taken) => {
    const outcome = run(`${branch} a1, a2, 1f; li a0, 1; 1:`, { registers: { a1, a2 } });
    expect(outcome.x('a0')).toBe(taken ? 0n : 1n);
  });

  it('to 2 mod 4 are misaligned without compressed instructions, and nothing is linked', () => {
    const setting: Setting = { isa: 'rv64ima' };
    const jal = '.word 0x006000ef'; // jal ra, .+6
    const bne = '.word 0x00001363'; // bne zero, zero, .+6
    const outcome = run(jal, setting);
    expect(outcome.trap).toEqual({ cause: 'misaligned-fetch', address: codeAddress + 6n });
    expect(outcome.pc).toBe(0n);
    expect(outcome.x('ra')).toBe(0n);
    expect(run(bne, setting).trap).toBe(null);
  });
});

describe('loads and stores', () => {
  const memory = [0x8877_6655_8483_8281n];
  it.each([
    ['lb', on64(-0x7fn)],
    ['lbu', 0x81n],
    ['lh', 0xffff_ffff_ffff_8281n],
    ['lhu', 0x8281n],
    ['lw', 0xffff_ffff_8483_8281n],
    ['lwu', 0x8483_8281n],
    ['ld', 0x8877_6655_8483_8281n],
  ])('%s', (mnemonic, expected) => {
    expect(run(`${mnemonic} a0, 0(a1)`, { memory, registers: { a1: dataAddress } }).x('a0')).toBe(expected);
  });

  it('store the low bytes only', () => {
    const registers = { a0: -1n, a1: dataAddress };
    expect(run('sb a0, 1(a1)', { registers }).memory(0n)).toBe(0xff00n);
    expect(run('sh a0, 2(a1)', { registers }).memory(0n)).toBe(0xffff_0000n);
    expect(run('c.sw a0, 4(a1)', { registers }).memory(0n)).toBe(0xffff_ffff_0000_0000n);
  });

  it('wrap around the end of the address space, where there is no memory', () => {
    expect(run('lw a0, -4(zero)').trap).toEqual({ cause: 'load-fault', address: on64(-4n) });
    expect(run('sd a0, 8(a1)', { registers: { a1: -8n } }).trap).toEqual({ cause: 'store-fault', address: 0n });
  });
});

describe('atomics', () => {
  const registers = { a1: dataAddress, a2: 5n };
  it.each([
    ['amoswap', 5n],
    ['amoadd', 2n],
    ['amoxor', on64(-3n ^ 5n)],
    ['amoand', 5n],
    ['amoor', on64(-3n)],
    ['amomin', on64(-3n)],
    ['amomax', 5n],
    ['amominu', 5n],
    ['amomaxu', on64(-3n)],
  ])('%s.d of -3 and 5', (mnemonic, stored) => {
    const outcome = run(`${mnemonic}.d.aqrl a0, a2, (a1)`, { registers, memory: [on64(-3n)] });
    expect(outcome.x('a0')).toBe(on64(-3n));
    expect(outcome.memory(0n)).toBe(stored);
  });

  it('sign-extend what a .w returns and touch 4 bytes', () => {
    const outcome = run('amomaxu.w a0, a2, (a1)', { registers, memory: [0x1111_1111_8000_0000n] });
    expect(outcome.x('a0')).toBe(minimum32);
    expect(outcome.memory(0n)).toBe(0x1111_1111_8000_0000n);
  });

  it('compare 32 bits, not 64: amomin.w with a register that is negative only there', () => {
    const outcome = run('amomin.w a0, a2, (a1)', { registers: { a1: dataAddress, a2: 0x8000_0000n }, memory: [7n] });
    expect(outcome.memory(0n)).toBe(0x8000_0000n);
  });

  it('succeed in storing under a reservation, once', () => {
    const outcome = run('lr.d a0, (a1); sc.d a3, a2, (a1); sc.d a4, zero, (a1)', { registers, memory: [9n] });
    expect([outcome.x('a0'), outcome.x('a3'), outcome.x('a4')]).toEqual([9n, 0n, 1n]);
    expect(outcome.memory(0n)).toBe(5n);
  });

  it('fail without a reservation of these bytes', () => {
    expect(run('sc.w a0, a2, (a1)', { registers }).x('a0')).toBe(1n);
    expect(run('lr.w a0, (a1); addi a1, a1, 4; sc.w a0, a2, (a1)', { registers }).x('a0')).toBe(1n);
    expect(run('lr.d a0, (a1); sc.w a0, a2, (a1)', { registers }).x('a0')).toBe(1n);
  });

  it('of bytes and halfwords touch no more, and compare and return no more, sign-extended', () => {
    const isa = 'rv64i_zabha_zacas';
    const memory = [0x1111_1111_1111_80f0n];
    const smaller = run('amominu.b a0, a2, (a1)', { isa, memory, registers: { a1: dataAddress, a2: 0x17fn } });
    expect([smaller.x('a0'), smaller.memory(0n)]).toEqual([on64(-0x10n), 0x1111_1111_1111_807fn]);
    const sum = run('amoadd.h a0, a2, (a1)', { isa, memory, registers: { a1: dataAddress, a2: 0x8000n } });
    expect([sum.x('a0'), sum.memory(0n)]).toEqual([on64(-0x7f10n), 0x1111_1111_1111_00f0n]);
    const signed = run('amomax.b a0, a2, (a1)', { isa, memory, registers: { a1: dataAddress, a2: 1n } });
    expect(signed.memory(0n)).toBe(0x1111_1111_1111_8001n);
  });

  it.each([
    ['amocas.b', 0xf0n, on64(-0x10n), 0x2222_2222_8000_1105n],
    ['amocas.h', 0xff_11f0n, 0x11f0n, 0x2222_2222_8000_0005n],
    ['amocas.w', 0x8000_11f0n, on64(-0x7fff_ee10n), 0x2222_2222_0000_0005n],
    ['amocas.d', 0x2222_2222_8000_11f0n, 0x2222_2222_8000_11f0n, 5n],
  ])(
    '%s stores where the low bytes of rd are those of memory, and yields the old value',
    (mnemonic, a0, old, after) => {
      const isa = 'rv64i_zabha_zacas';
      const memory = [0x2222_2222_8000_11f0n];
      const same = run(`${mnemonic} a0, a2, (a1)`, { isa, memory, registers: { ...registers, a0 } });
      expect([same.x('a0'), same.memory(0n)]).toEqual([old, after]);
      const other = run(`${mnemonic} a0, a2, (a1)`, { isa, memory, registers: { ...registers, a0: a0 ^ 1n } });
      expect([other.x('a0'), other.memory(0n)]).toEqual([old, memory[0]]);
    },
  );

  it('load with acquire and store with release, naturally aligned only', () => {
    const isa = 'rv64i_zalasr';
    const outcome = run('lh.aq a0, (a1); sw.rl a2, (a1)', { isa, registers, memory: [0xffff_ffff_ffff_8000n] });
    expect([outcome.x('a0'), outcome.memory(0n)]).toEqual([on64(-0x8000n), 0xffff_ffff_0000_0005n]);
    const misaligned = { isa, registers: { a1: dataAddress + 2n } };
    expect(run('lw.aq a0, (a1)', misaligned).trap).toMatchObject({ cause: 'misaligned-load' });
    expect(run('sd.rl a0, (a1)', misaligned).trap).toMatchObject({ cause: 'misaligned-store' });
  });

  it('need natural alignment', () => {
    const misaligned = { registers: { a1: dataAddress + 2n } };
    expect(run('lr.w a0, (a1)', misaligned).trap).toMatchObject({ cause: 'misaligned-load' });
    expect(run('sc.w a0, a2, (a1)', misaligned).trap).toMatchObject({ cause: 'misaligned-store' });
    expect(run('amoadd.w a0, a2, (a1)', misaligned).trap).toMatchObject({ cause: 'misaligned-store' });
  });

  it('fault outside memory without changing a register', () => {
    const outcome = run('amoadd.d a0, a2, (zero)', { registers: { a0: 3n } });
    expect(outcome.trap).toEqual({ cause: 'store-fault', address: 0n });
    expect(outcome.x('a0')).toBe(3n);
  });
});

describe('control and status registers', () => {
  it('swap, set and clear', () => {
    const outcome = run('csrw mscratch, a1; csrrs a2, mscratch, a0; csrrci a3, mscratch, 3; csrr a4, mscratch', {
      registers: { a0: 8n, a1: 5n },
    });
    expect([outcome.x('a2'), outcome.x('a3'), outcome.x('a4')]).toEqual([5n, 13n, 12n]);
  });

  it('read old and write new in one: csrrw t0, sscratch, t0', () => {
    const outcome = run('csrwi sscratch, 7; li t0, 9; csrrw t0, sscratch, t0; csrr t1, sscratch');
    expect([outcome.x('t0'), outcome.x('t1')]).toEqual([7n, 9n]);
  });

  it('show the supervisor its part of mstatus', () => {
    const outcome = run('li t0, 0x8a; csrw mstatus, t0; csrr a0, sstatus; csrci sstatus, 2; csrr a1, mstatus');
    expect([outcome.x('a0'), outcome.x('a1')]).toEqual([2n, 0x88n]);
  });

  it('keep the low bits of sepc at 0, as instructions are aligned', () => {
    expect(run('li t0, 7; csrw sepc, t0; csrr a0, sepc').x('a0')).toBe(6n);
    expect(run('li t0, 7; csrw sepc, t0; csrr a0, sepc', { isa: 'rv64ima_zicsr' }).x('a0')).toBe(4n);
  });

  it('count what has retired', () => {
    expect(run('nop; nop; rdinstret a0').x('a0')).toBe(2n);
  });

  it('name the extensions in misa', () => {
    expect(run('csrr a0, misa', { isa: 'rv32imac_zicsr' }).x('a0')).toBe(0x4000_1105n);
  });

  it('are refused where there are none, or where they cannot be written', () => {
    expect(run('csrr a0, 0x7ff').trap).toEqual({ cause: 'illegal-instruction', reason: 'no CSR 0x7ff here' });
    expect(run('csrw mhartid, a0').trap).toMatchObject({ reason: 'CSR 0xf14 is read-only' });
    expect(run('csrr a0, mhartid').trap).toBe(null);
  });
});

describe('traps', () => {
  it('leave the pc at the instruction and do not retire it', () => {
    const outcome = run('nop; ecall; nop');
    expect(outcome.trap).toEqual({ cause: 'ecall' });
    expect([outcome.pc, outcome.retired]).toEqual([4n, 1n]);
    expect(run('c.ebreak').trap).toEqual({ cause: 'ebreak' });
  });

  it('tell an illegal word from one that is not executed here', () => {
    expect(run('.word 0').trap).toMatchObject({ cause: 'illegal-instruction' });
    expect(run('.word 0xffffffff').trap).toMatchObject({ cause: 'illegal-instruction' });
    expect(run('sret').trap).toEqual({ cause: 'unsupported', mnemonic: 'sret' });
  });

  it('name what the ISA string leaves out', () => {
    const mul = Uint8Array.of(0x33, 0x05, 0xc5, 0x02);
    const { trap } = runBytes(mul, isaOf('rv64i'));
    expect(trap?.cause === 'illegal-instruction' && trap.reason).toMatch(/^needs M/);
  });

  it('come from a fetch past the end of memory, half an instruction among them', () => {
    const halfOfJal = Uint8Array.of(0x6f, 0x00);
    expect(runBytes(halfOfJal, isaOf('rv64imac')).trap).toEqual({ cause: 'fetch-fault', address: codeAddress + 2n });
    expect(run('jr a0', { registers: { a0: 0x1000n } }).trap).toEqual({ cause: 'fetch-fault', address: 0x1000n });
  });

  it('are values: whatever memory and registers hold, a step ends', () => {
    const words = fc.oneof(fc.nat(0xffff_ffff), legalWord);
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 20 }), fc.array(arbitraryValue(64)), (code, values) => {
        const isa = isaOf('rv64gc_zicsr_zifencei');
        const memory = new Ram();
        memory.map(codeAddress, new Uint8Array(Uint32Array.from(code).buffer));
        const hart = new Hart(codeAddress, isa);
        values.forEach((value, reg) => {
          hart.write(reg % 32, reg % 3 === 0 ? codeAddress + (value % 64n) : value);
        });
        for (let steps = 0; steps < 50; steps++) {
          const before = { pc: hart.pc, registers: [...hart.registers] };
          const result = step(hart, memory, isa);
          expect(hart.registers.every((value) => value >= 0n && value < 1n << 64n)).toBe(true);
          if (result.kind === 'retired') continue;
          expect({ pc: hart.pc, registers: [...hart.registers] }).toEqual(before);
          return;
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Instructions of every kind, their operand bits at random. */
const legalWord = fc
  .tuple(fc.constantFrom(...instructions), fc.nat(0xffff_ffff))
  .map(([spec, bits]) => ((bits & ~spec.mask) | spec.match) >>> 0);
