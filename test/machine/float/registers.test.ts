import { describe, expect, it } from 'vitest';
import { floatConstants } from '../../../server/src/isa/operands';
import { toInteger, toIntegerModulo } from '../../../server/src/machine/float/convert';
import { formats } from '../../../server/src/machine/float/format';
import { Dice } from '../dice';
import { type Outcome, run as runIn, type Setting } from '../harness';
import { value } from './operands';

const isa = 'rv64gc_zfh_zfa_zfbfmin';
const run = (code: string, setting: Setting = {}): Outcome => runIn(code, { isa, ...setting });

/** What `frflags` reads in the end, and the registers that are asked for. */
function raisedBy(code: string, setting: Setting = {}): bigint {
  const outcome = run(`${code}; frflags t6`, setting);
  expect(outcome.trap).toBe(null);
  return outcome.x('t6');
}
const f = (outcome: Outcome, register: number): bigint => outcome.hart.float.raw(register);

const double = (number: number): bigint => new BigUint64Array(new Float64Array([number]).buffer)[0] ?? 0n;
const [NX, NV] = [1n, 16n];

describe('floating-point registers', () => {
  it('hold narrower values in a box of ones', () => {
    const setting = { registers: { a0: 0x8001_0000n }, memory: [0x4000_0000_3f80_3c00n] };
    const loaded = run('flh f0, 0(a0); flw f1, 4(a0); fld f2, 0(a0); c.fld fa0, 0(a0)', setting);
    expect([0, 1, 2, 10].map((register) => f(loaded, register))).toEqual([
      0xffff_ffff_ffff_3c00n,
      0xffff_ffff_4000_0000n,
      0x4000_0000_3f80_3c00n,
      0x4000_0000_3f80_3c00n,
    ]);
    const moved = run('li a0, -2; fmv.w.x f0, a0; fmv.h.x f1, a0; fmv.d.x f2, a0; fmv.x.w a1, f2; fmv.x.h a2, f2');
    expect([f(moved, 0), f(moved, 1), f(moved, 2)]).toEqual([2n ** 64n - 2n, 2n ** 64n - 2n, 2n ** 64n - 2n]);
    expect([moved.x('a1'), moved.x('a2')]).toEqual([2n ** 64n - 2n, 2n ** 64n - 2n]);
  });

  it('read as the canonical NaN where there is no box, but by stores and moves', () => {
    const code =
      'fmv.d.x f0, a0; fadd.s f1, f0, f0; fmv.x.w a1, f0; fsw f0, 0(a2); fsgnj.s f2, f0, f0; fclass.s a3, f0';
    const outcome = run(code, { registers: { a0: 0x3f80_0000n, a2: 0x8001_0000n } });
    expect(f(outcome, 1)).toBe(0xffff_ffff_7fc0_0000n);
    expect(f(outcome, 2)).toBe(0xffff_ffff_7fc0_0000n);
    expect([outcome.x('a1'), outcome.memory(0n), outcome.x('a3')]).toEqual([0x3f80_0000n, 0x3f80_0000n, 0x200n]);
  });

  it('of 32 bits have nothing above', () => {
    const outcome = runIn('fadd.s f1, f0, f0; fmv.x.w a0, f1', { isa: 'rv32if' });
    expect([outcome.x('a0'), outcome.trap]).toEqual([0n, null]);
  });

  it('are loaded and stored whole on RV32', () => {
    const setting = { isa: 'rv32gc', registers: { a0: 0x8001_0000n }, memory: [0x0123_4567_89ab_cdefn] };
    const outcome = runIn('fld f1, 0(a0); fsd f1, 16(a0); c.flw fa2, 4(a0); c.fswsp fa2, 0(sp)', {
      ...setting,
      registers: { a0: 0x8001_0000n, sp: 0x8001_0020n },
    });
    expect([outcome.memory(16n), outcome.memory(32n)]).toEqual([0x0123_4567_89ab_cdefn, 0x0123_4567n]);
  });

  it('are not touched by an access that faults', () => {
    const outcome = run('fmv.d.x f0, a1; fld f0, 0(a0)', { registers: { a0: 16n, a1: 5n } });
    expect([f(outcome, 0), outcome.trap]).toEqual([5n, { cause: 'load-fault', address: 16n }]);
    expect(run('fsw f0, 0(a0)', { registers: { a0: 16n } }).trap).toEqual({ cause: 'store-fault', address: 16n });
  });
});

describe('fcsr', () => {
  it('is frm over fflags, and keeps nothing else', () => {
    const outcome = run('li a0, -1; fscsr a1, a0; frcsr a2; fsrmi a3, 1; fsflagsi a4, 6; frcsr a5; csrr a6, frm');
    expect(['a1', 'a2', 'a3', 'a4', 'a5', 'a6'].map(outcome.x)).toEqual([0n, 0xffn, 7n, 31n, 0x26n, 1n]);
    expect(outcome.hart.float.dirty).toBe(true);
  });

  it('accrues flags, and decides where an instruction leaves the rounding to it', () => {
    const code =
      'fcvt.s.w f0, a0; fsrmi 3; fcvt.s.w f1, a0; fcvt.s.w f2, a0, rne; fsflagsi 4; fcvt.s.w f3, a0, rtz; frflags a1';
    const outcome = run(code, { registers: { a0: 2n ** 24n + 1n } });
    expect([0, 1, 2, 3].map((register) => f(outcome, register) & 0xffn)).toEqual([0n, 1n, 0n, 0n]);
    expect(outcome.x('a1')).toBe(5n);
  });

  it.each([5, 6, 7])('makes instructions that ask it illegal while frm is %i, and those only', (frm) => {
    const { trap, pc } = run(`fsrmi ${frm}; fadd.s f0, f0, f0, rne; fmin.s f0, f0, f0; fadd.s f0, f0, f0`);
    expect(trap).toEqual({ cause: 'illegal-instruction', reason: `frm holds ${frm}, a reserved rounding mode` });
    expect(pc).toBe(12n);
    // An exact conversion has the field too.
    expect(run(`fsrmi ${frm}; .word 0x420073d3`).trap?.cause).toBe('illegal-instruction');
  });

  it('is not there without F', () => {
    expect(runIn('csrr a0, fcsr', { isa: 'rv64i_zicsr' }).trap?.cause).toBe('illegal-instruction');
    expect(runIn('.word 0x00000053', { isa: 'rv64i_zicsr' }).trap).toMatchObject({ reason: 'needs F' });
  });
});

describe('Zfa', () => {
  it.each(['h', 's', 'd'] as const)('loads each of its constants, fli.%s', (format) => {
    const wanted = floatConstants.map((text) =>
      text === 'min' ? { h: 2 ** -14, s: 2 ** -126, d: 2 ** -1022 }[format] : text === 'inf' ? Infinity : Number(text),
    );
    const widened = format === 'd' ? 'fmv.d f0, f0' : `fcvt.d.${format} f0, f0`;
    const lines = floatConstants.map((_, i) => {
      // fli.s ft0, i
      const word = (0xf010_0053 | ({ h: 2, s: 0, d: 1 }[format] << 25) | (i << 15)) >>> 0;
      return `.word ${word}; ${widened}; fsd f0, ${8 * i}(a0)`;
    });
    const outcome = run(lines.join(';'), { registers: { a0: 0x8001_0000n } });
    const loaded = floatConstants.map((_, i) => outcome.memory(BigInt(8 * i)));
    // 65536 is beyond half precision.
    expect(loaded).toEqual(wanted.map((number) => double(format === 'h' && number === 65536 ? Infinity : number)));
  });

  it('takes a NaN for what it is in minimum and maximum', () => {
    const registers = { a0: double(-1), a1: double(2), a2: 0x7ff8_0000_0000_0001n, a3: 0x7ff0_0000_0000_0001n };
    const moves = 'fmv.d.x f0, a0; fmv.d.x f1, a1; fmv.d.x f2, a2; fmv.d.x f3, a3; fmv.d.x f4, zero; fneg.d f5, f4';
    const of = (instruction: string): readonly bigint[] => {
      const outcome = run(`${moves}; ${instruction}; frflags t6`, { registers });
      return [f(outcome, 6), outcome.x('t6')];
    };
    expect(of('fminm.d f6, f0, f1')).toEqual([double(-1), 0n]);
    expect(of('fmaxm.d f6, f0, f1')).toEqual([double(2), 0n]);
    expect(of('fminm.d f6, f0, f2')).toEqual([formats.d.nan, 0n]);
    expect(of('fmaxm.d f6, f3, f1')).toEqual([formats.d.nan, NV]);
    expect(of('fminm.d f6, f4, f5')).toEqual([double(-0), 0n]);
    expect(of('fmaxm.d f6, f5, f4')).toEqual([double(0), 0n]);
    expect(of('fmin.d f6, f0, f2')).toEqual([double(-1), 0n]);
  });

  it('compares in quiet', () => {
    const compared = (op: string, a: bigint, b: bigint): readonly bigint[] => {
      const outcome = run(`fmv.d.x f0, a0; fmv.d.x f1, a1; ${op} a2, f0, f1; frflags t6`, {
        registers: { a0: a, a1: b },
      });
      return [outcome.x('a2'), outcome.x('t6')];
    };
    const [quiet, signalling] = [formats.d.nan, formats.d.infinity | 1n];
    expect(compared('fleq.d', double(1), double(1))).toEqual([1n, 0n]);
    expect(compared('fltq.d', double(1), double(1))).toEqual([0n, 0n]);
    expect(compared('fltq.d', double(-1), double(1))).toEqual([1n, 0n]);
    for (const op of ['fleq.d', 'fltq.d', 'feq.d']) {
      expect(compared(op, quiet, double(1))).toEqual([0n, 0n]);
      expect(compared(op, double(1), signalling)).toEqual([0n, NV]);
    }
    expect(compared('flt.d', quiet, double(1))).toEqual([0n, NV]);
  });

  it('rounds to an integer, and tells of it where asked to', () => {
    const registers = { a0: double(-2.5) };
    expect(f(run('fmv.d.x f0, a0; fround.d f1, f0', { registers }), 1)).toBe(double(-2));
    expect(f(run('fmv.d.x f0, a0; fround.d f1, f0, rmm', { registers }), 1)).toBe(double(-3));
    expect(raisedBy('fmv.d.x f0, a0; fround.d f1, f0', { registers })).toBe(0n);
    expect(raisedBy('fmv.d.x f0, a0; froundnx.d f1, f0', { registers })).toBe(NX);
  });

  it('converts modulo 2^32 as JavaScript does', () => {
    const code = 'fmv.d.x f0, a0; fcvtmod.w.d a1, f0, rtz; frflags a2';
    const outcome = run(code, { registers: { a0: double(-(2 ** 32) - 1.5) } });
    expect([outcome.x('a1'), outcome.x('a2')]).toEqual([2n ** 64n - 1n, NV]);
    const dice = new Dice(3);
    for (let i = 0; i < 3000; i++) {
      const bits = value(dice, formats.d);
      const number = new Float64Array(new BigUint64Array([bits]).buffer)[0] ?? 0;
      expect(toIntegerModulo(formats.d, bits)).toEqual({
        bits: BigInt(number | 0),
        flags: toInteger(formats.d, 'w', bits, 'rtz').flags,
      });
    }
  });

  it('moves halves of a double on RV32', () => {
    const setting = { isa: 'rv32gc_zfa', registers: { a0: 0x8000_0001n, a1: 0x9234_5678n } };
    const outcome = runIn('fmvp.d.x f1, a0, a1; fmvh.x.d a2, f1; fmv.x.w a3, f1', setting);
    expect(f(outcome, 1)).toBe(0x9234_5678_8000_0001n);
    expect([outcome.x('a2'), outcome.x('a3')]).toEqual([0x9234_5678n, 0x8000_0001n]);
  });
});

describe('BF16', () => {
  it('is the upper half of a single, rounded', () => {
    const convert = (bits: bigint): readonly bigint[] => {
      const outcome = run('fmv.w.x f0, a0; fcvt.bf16.s f1, f0; fmv.x.h a1, f1; fcvt.s.bf16 f2, f1; fmv.x.w a2, f2', {
        registers: { a0: bits },
      });
      return [outcome.x('a1') & 0xffffn, outcome.x('a2') & 0xffff_ffffn];
    };
    expect(convert(0x3f80_8000n)).toEqual([0x3f80n, 0x3f80_0000n]);
    expect(convert(0x3f81_8000n)).toEqual([0x3f82n, 0x3f82_0000n]);
    expect(convert(0x7f7f_ffffn)).toEqual([0x7f80n, 0x7f80_0000n]);
    expect(convert(0x0000_8001n)).toEqual([0x0001n, 0x0001_0000n]);
    expect(convert(0xffa0_0000n)).toEqual([0x7fc0n, 0x7fc0_0000n]);
  });
});
