import { describe, expect, it } from 'vitest';
import { decode, instructions } from '../../server/src/isa/index';
import { type Effect, effectOf, executed, unmodelled } from '../../server/src/machine/index';
import { assemble, isaOf } from './harness';

const rv64 = isaOf('rv64gc_zicsr_zifencei_zihintpause');

/** The effect of one assembled instruction. */
function effect(assembly: string, isa = rv64): Effect {
  return effectOfWord(new DataView(Uint8Array.from([...assemble(assembly, isa), 0, 0]).buffer).getUint32(0, true), isa);
}

const effectOfWord = (word: number, isa = rv64): Effect => effectOf(decode(word, isa), isa);

describe('the effect of an instruction', () => {
  it('reads registers where the result depends on them, and no others', () => {
    expect(effect('jalr t0, 256(t0)')).toMatchObject({
      kind: 'jump',
      rd: 5,
      link: { k: 'bin', op: 'add', a: { k: 'pc' }, b: { k: 'const', value: 4n } },
      target: { k: 'bin', op: 'and', a: { op: 'add', a: { k: 'reg', reg: 5 }, b: { value: 256n } } },
    });
    expect(effect('li a0, 5')).toEqual({
      kind: 'alu',
      rd: 10,
      value: { k: 'bin', op: 'add', a: { k: 'const', value: 0n }, b: { k: 'const', value: 5n } },
    });
  });

  it('of a compressed one is that of its base instruction, but for the link', () => {
    expect(effect('c.ld a0, 8(a1)')).toEqual(effect('ld a0, 8(a1)'));
    expect(effect('c.swsp a0, 8(sp)')).toEqual(effect('sw a0, 8(sp)'));
    expect(effect('c.ebreak')).toEqual({ kind: 'ebreak' });
    expect(effect('c.jalr a0')).toMatchObject({ kind: 'jump', rd: 1, link: { b: { value: 2n } } });
    expect(effect('jalr a0')).toMatchObject({ kind: 'jump', rd: 1, link: { b: { value: 4n } } });
  });

  it('keeps the sets of a fence', () => {
    const none = { i: false, o: false, r: false, w: false };
    expect(effect('fence w, o')).toEqual({
      kind: 'fence',
      pred: { ...none, w: true },
      succ: { ...none, o: true },
      tso: false,
    });
    expect(effect('fence ir, rw')).toMatchObject({
      pred: { ...none, i: true, r: true },
      succ: { ...none, r: true, w: true },
    });
    expect(effect('fence.tso')).toMatchObject({ kind: 'fence', tso: true });
    expect(effect('fence.i')).toEqual({ kind: 'fence.i' });
  });

  it('ignores the reserved fields of fences, as base implementations shall', () => {
    expect(effectOfWord(0x0ff5_050f)).toEqual(effect('fence iorw, iorw'));
    expect(effectOfWord(0x1235_150f)).toEqual({ kind: 'fence.i' });
  });

  it('keeps acquire and release', () => {
    expect(effect('lr.w.aq a0, (a1)')).toMatchObject({ kind: 'lr', size: 4, aq: true, rl: false });
    expect(effect('sc.d.rl a0, a2, (a1)')).toMatchObject({ kind: 'sc', size: 8, aq: false, rl: true });
    expect(effect('amoswap.w.aqrl a0, a2, (a1)')).toMatchObject({ kind: 'amo', op: 'swap', aq: true, rl: true });
  });

  it('of Zalasr is a load or store that is ordered', () => {
    const zalasr = isaOf('rv64i_zalasr');
    expect(effect('lw.aq a0, (a1)', zalasr)).toMatchObject({
      kind: 'load',
      size: 4,
      signed: true,
      aq: true,
      rl: false,
    });
    expect(effect('lb.aqrl a0, (a1)', zalasr)).toMatchObject({ kind: 'load', size: 1, aq: true, rl: true });
    expect(effect('sd.rl a0, (a1)', zalasr)).toMatchObject({ kind: 'store', size: 8, aq: false, rl: true });
    expect(effect('sh.aqrl a0, 0(a1)', zalasr)).toMatchObject({ kind: 'store', size: 2, aq: true, rl: true });
    expect(effect('lw a0, (a1)', zalasr)).toMatchObject({ kind: 'load', aq: false, rl: false });
  });

  it('of a compare-and-swap depends on the old value of the destination', () => {
    const zacas = isaOf('rv64i_zacas_zabha');
    expect(effect('amocas.h.aq a0, a2, (a1)', zacas)).toMatchObject({
      kind: 'amo',
      op: 'swap',
      rd: 10,
      size: 2,
      value: { k: 'reg', reg: 12 },
      compare: { k: 'reg', reg: 10 },
      aq: true,
    });
    expect(effect('amoadd.b a0, a2, (a1)', zacas)).toMatchObject({ op: 'add', size: 1, compare: null });
    // On pairs of registers.
    expect(effect('amocas.q a0, a2, (a1)', zacas)).toMatchObject({ kind: 'amo.pair', rd: 10, rs2: 12 });
    expect(effect('amocas.d a0, a2, (a1)', isaOf('rv32i_zacas'))).toMatchObject({ kind: 'amo.pair', rd: 10, rs2: 12 });
  });

  it('says which side effects a CSR access has', () => {
    expect(effect('csrrw zero, sepc, a0')).toMatchObject({ reads: false, writes: true });
    expect(effect('csrrs a0, sepc, zero')).toMatchObject({ reads: true, writes: false });
    expect(effect('csrrci a0, sepc, 1')).toMatchObject({ reads: true, writes: true, source: { value: 1n } });
    // What counts is the register, not its value.
    expect(effect('csrrs a0, sepc, a1')).toMatchObject({ writes: true, source: { k: 'reg', reg: 11 } });
  });

  it.each(['nop', 'c.nop', 'c.nop 5', 'lui zero, 1', 'pause', 'fence 0, rw', 'c.li zero, 1', 'add zero, a0, a1'])(
    'is nothing for %s',
    (assembly) => {
      const result = effect(assembly);
      expect(result).toMatchObject({ kind: 'alu', rd: 0 });
    },
  );

  it.each([
    ['a word of zeros', 0],
    ['a word of ones', 0xffff_ffff],
    ['c.addi4spn with 0', 0x0004],
    ['c.addiw to zero', 0x2001],
    ['lr.w with an rs2', 0x1010_a52f],
  ])('is an illegal-instruction exception for %s', (_, word) => {
    const result = effectOfWord(word);
    expect(result.kind === 'illegal' && result.reason).toMatch(/./);
  });

  it('on floating-point registers keeps its mnemonic, for those who have none', () => {
    expect(effect('fnmadd.d fa0, fa1, fa2, fa3, rup')).toEqual({
      kind: 'float',
      mnemonic: 'fnmadd.d',
      operation: { k: 'arithmetic', op: 'nmadd', format: 'd', rd: 10, sources: [11, 12, 13], rounding: 'rup' },
    });
    expect(effect('fcvt.s.l fa0, a1')).toMatchObject({
      operation: { k: 'from-integer', from: 'l', to: 's', source: { k: 'reg', reg: 11 }, rounding: 'dyn' },
    });
    expect(effect('c.fsdsp fa0, 8(sp)')).toEqual(effect('fsd fa0, 8(sp)'));
    expect(effect('fsd fa0, 8(sp)')).toMatchObject({ kind: 'float.store', mnemonic: 'fsd', frs2: 10, size: 8 });
    expect(unmodelled(effect('c.fld fa0, 8(a0)'))).toBe('fld');
    expect(unmodelled(effect('c.ld a0, 8(a0)'))).toBe(null);
    expect(effectOfWord(0x00b5_5553)).toMatchObject({ kind: 'illegal', reason: 'reserved with rm = 5' });
  });

  it('is refused by name where it is not executed', () => {
    expect(effect('sfence.vma')).toEqual({ kind: 'unsupported', mnemonic: 'sfence.vma' });
  });
});

describe('the executed instructions', () => {
  it('are all of I, M, A, F, D, Zfh, Zfa, Zicsr, B, Zbc, Zicond, scalar cryptography, the small extensions, and C for these', () => {
    const wanted = [
      'i',
      'm',
      'a',
      'f',
      'd',
      'c',
      'zcf',
      'zcd',
      'zfh',
      'zfhmin',
      'zfa',
      'zfbfmin',
      'zicsr',
      'zifencei',
      'zabha',
      'zalasr',
      'zawrs',
      'zba',
      'zbb',
      'zbs',
      'zbc',
      'zbkb',
      'zbkc',
      'zbkx',
      'zknd',
      'zkne',
      'zknh',
      'zksed',
      'zksh',
      'zacas',
      'zcmp',
      'zcmt',
      'zicond',
      'zcb',
      'zimop',
      'zcmop',
      'zihintntl',
    ];
    const notHere = instructions
      .filter((spec) => spec.extensions.some((all) => all.every((name) => wanted.includes(name))))
      .filter((spec) => spec.illegal !== true)
      .map((spec) => spec.expandsTo?.split(' ')[0] ?? spec.mnemonic)
      .filter((mnemonic) => !executed.has(mnemonic));
    // Return from traps, interrupts and translation belong to the privileged architecture.
    expect(new Set(notHere)).toEqual(new Set(['mret', 'sret', 'wfi', 'sfence.vma']));
  });

  it('are all known to the decoder', () => {
    const known = new Set(instructions.map((spec) => spec.mnemonic));
    expect([...executed].filter((mnemonic) => !known.has(mnemonic))).toEqual([]);
  });
});
