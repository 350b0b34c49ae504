import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assembleBlock,
  compress,
  decode,
  encode,
  expand,
  format,
  instructionLength,
  instructions,
  parseStatement,
} from '../../server/src/isa/index';
import { decoded, isa, rv32, rv64 } from './harness';

describe('what a torn word is', () => {
  test.each([
    [0x000082e7, 'jalr t0, 0(ra)'],
    [0x0000006f, 'jal zero, .+0'],
    [0x00000073, 'ecall'],
    [0x00000297, 'auipc t0, 0x0'],
    [0x000282e7, 'jalr t0, 0(t0)'],
    [0x0080006f, 'jal zero, .+8'],
    [0x00100073, 'ebreak'],
    [0x9002, 'c.ebreak'],
    [0x0001, 'c.nop'],
    [0x0000100f, 'fence.i'],
  ])('%i is %s', (word, text) => {
    expect(format(decoded(word), { aliases: false })).toBe(text);
    expect(decoded(word).legality).toBe('legal');
  });
});

describe('legality', () => {
  const of = (word: number, under = rv64) => {
    const { legality, reason } = decode(word, under);
    return reason === null ? legality : `${legality}: ${reason}`;
  };

  test('legal, hint, reserved, illegal, excluded', () => {
    expect(of(0x00000013)).toBe('legal');
    expect(of(0x00100013)).toBe('hint');
    expect(of(0x0000)).toBe('illegal: defined as illegal');
    expect(of(0x6101)).toBe('reserved: reserved with imm = 0');
    expect(of(0x02a50533, isa('rv64ic'))).toBe('excluded: needs M');
    expect(of(0x2000, isa('rv64ic'))).toBe('excluded: needs D');
    expect(of(0x8082, isa('rv64i'))).toBe('excluded: needs C');
    expect(of(0x0000100f, isa('rv64i'))).toBe('excluded: needs Zifencei');
    expect(of(0x0000007b)).toBe('reserved: no instruction has this encoding');
    expect(of(0x00003003, rv32)).toBe('reserved: no instruction has this encoding');
    expect(of(0x02051513, rv32)).toBe('reserved: no instruction has this encoding');
    expect(of(0x00005053)).toBe('reserved: reserved with rm = 5');
  });

  test('atomic accesses of an extension, of a width, or with a bit that they need', () => {
    const all = isa('rv64ia_zacas_zabha_zalasr_zawrs');
    const text = (word: number) => format(decode(word, all));
    expect(text(0x28b6252f)).toBe('amocas.w a0, a1, (a2)');
    expect(text(0x2ec6b52f)).toBe('amocas.d.aqrl a0, a2, (a3)');
    expect(text(0x2cc6c52f)).toBe('amocas.q.aq a0, a2, (a3)');
    expect(text(0x2ac6852f)).toBe('amocas.b.rl a0, a2, (a3)');
    expect(text(0xe6c6952f)).toBe('amomaxu.h.aqrl a0, a2, (a3)');
    expect(text(0x3405a52f)).toBe('lw.aq a0, (a1)');
    expect(text(0x3ea5b02f)).toBe('sd.aqrl a0, (a1)');
    expect([text(0x00d00073), text(0x01d00073)]).toEqual(['wrs.nto', 'wrs.sto']);
    expect(of(0x2cc6c5af, all)).toBe('reserved: reserved with rd = 11');
    expect(of(0x3005a52f, all)).toBe('reserved: no instruction has this encoding');
    expect(of(0x2ac6852f, isa('rv64ia_zabha'))).toBe('excluded: needs Zacas');
    expect(of(0x28c6b52f, isa('rv32i_zacas'))).toBe('legal');
    expect(of(0x28d6b52f, isa('rv32i_zacas'))).toBe('reserved: reserved with rs2 = 13');
  });

  test('may-be-operations are the shadow stack where there is one, and what it leaves over is not reserved', () => {
    const text = (word: number, under: string) => format(decode(word, isa(under)));
    expect(text(0xce504073, 'rv64gc_zicfiss')).toBe('sspush t0');
    expect(text(0xce504073, 'rv64gc_zimop')).toBe('mop.rr.7 zero, zero, t0');
    expect(text(0xce604073, 'rv64gc_zicfiss')).toBe('mop.rr.7 zero, zero, t1');
    expect(text(0xcdc04573, 'rv64gc_zicfiss')).toBe('ssrdp a0');
    expect(text(0xcdc04073, 'rv64gc_zicfiss')).toBe('mop.r.28 zero, zero');
    expect(text(0x6281, 'rv64gc_zicfiss_zcmop')).toBe('sspopchk t0');
    expect(text(0x6281, 'rv64gc_zcmop')).toBe('c.mop.5');
    expect(of(0x6281)).toBe('excluded: needs Zcmop');
  });

  test('fences with reserved fields are still fences', () => {
    const odd = decoded(0x0ff0008f);
    expect([odd.spec?.mnemonic, odd.legality]).toEqual(['fence', 'reserved']);
    expect(decoded(0x8330000f).spec?.mnemonic).toBe('fence.tso');
    expect(decoded(0x0010100f).spec?.mnemonic).toBe('fence.i');
  });

  test('pause is a hint of the fence where Zihintpause is not there', () => {
    expect(format(decode(0x0100000f, rv64))).toBe('fence w, 0');
    expect(format(decode(0x0100000f, isa('rv64gc_zihintpause')))).toBe('pause');
  });

  test('the profiles are decoded whole', () => {
    expect(of(0x20a52533, isa('rva22s64'))).toBe('legal');
    expect(of(0x20a52533, isa('rv64gc'))).toBe('excluded: needs Zba');
    expect(of(0x16000073, isa('rva22u64'))).toBe('excluded: needs Svinval');
    expect(of(0x16000073, isa('rva22s64'))).toBe('legal');
    expect(of(0x42200053, isa('rv64if_zfhmin'))).toBe('excluded: needs D');
    expect(of(0x02008057, isa('rv64gcv'))).toBe('legal');
    expect(of(0x02008057)).toBe('excluded: needs V');
    expect(of(0x06c5f553 | 0, isa('rv32gcq'))).toContain('not decoded');
  });

  test('lengths by the lowest bits', () => {
    expect([0x0001, 0x0013, 0x001f, 0x003f, 0xffff].map(instructionLength)).toEqual([2, 4, 6, 8, 8]);
    expect(decoded(0xffffffff | 0).legality).toBe('illegal');
    expect(decoded(0x0000001f).length).toBe(6);
  });

  test('only the low parcel of a short instruction counts', () => {
    expect(decoded(0xabcd8082 | 0)).toEqual(decoded(0x8082));
  });
});

describe('fields', () => {
  test('immediates as the instruction uses them', () => {
    expect(decoded(0xff945297 | 0).fields).toEqual({ rd: 5, imm: -0x6bb000 });
    expect(decoded(0x0080006f).fields).toEqual({ rd: 0, imm: 8 });
    expect(decoded(0xfe000ee3 | 0).fields).toEqual({ rs1: 0, rs2: 0, imm: -4 });
    expect(decoded(0x00b52823).fields).toEqual({ rs2: 11, imm: 16, rs1: 10 });
    expect(decoded(0x717d).fields).toEqual({ imm: -16 });
    expect(decoded(0x4108).fields).toEqual({ rd: 10, imm: 0, rs1: 10 });
  });

  test('a C form and what it stands for', () => {
    const ret = expand(decoded(0x8082), rv64);
    expect(ret.spec?.mnemonic).toBe('jalr');
    expect(ret.fields).toMatchObject({ rd: 0, rs1: 1, imm: 0 });
    expect(ret.word).toBe(0x00008067);
    const load = expand(decoded(0x4532), rv64);
    expect([load.spec?.mnemonic, load.fields]).toEqual(['lw', { rd: 10, imm: 12, rs1: 2 }]);
    const base = decoded(0x13);
    expect(expand(base, rv64)).toBe(base);
  });
});

/** Words that are fillings of an instruction at either XLEN. */
const fillings = fc
  .tuple(fc.constantFrom(...instructions), fc.integer({ min: 0, max: 0xffffffff }))
  .map(([spec, random]) => ({
    under: spec.xlens.includes(64) ? rv64 : rv32,
    word: (spec.match | (random & ~spec.mask & (spec.length === 2 ? 0xffff : 0xffffffff))) >>> 0,
  }));

describe('round trips', () => {
  test('every match stands in its own mask, and no two instructions are the same', () => {
    const everything = isa('rva23s64');
    for (const spec of instructions) {
      expect((spec.match & ~spec.mask) >>> 0, spec.mnemonic).toBe(0);
      const own = decode(spec.match, spec.xlens.includes(64) ? everything : rv32);
      expect(own.length, spec.mnemonic).toBe(spec.length);
    }
    const names = new Map<string, string>();
    const same = instructions.flatMap((spec) =>
      spec.xlens.flatMap((xlen) => {
        const key = `${xlen} ${spec.mask} ${spec.match}`;
        const other = names.get(key);
        names.set(key, spec.mnemonic);
        return other === undefined ? [] : [`${other} is ${spec.mnemonic}`];
      }),
    );
    // The shadow stack gives a meaning to what is there to be given one.
    expect([...new Set(same)]).toEqual(['c.sspush is c.mop.1', 'c.sspopchk is c.mop.5']);
  });

  test('encode(decode(word)) is the word', () => {
    fc.assert(
      fc.property(fillings, ({ word, under }) => {
        const { spec, fields, legality } = decode(word, under);
        if (!spec || (legality !== 'legal' && legality !== 'hint')) return;
        expect(encode(spec, fields)).toEqual({ ok: true, word });
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    [false, false],
    [true, false],
    [false, true],
  ])('what is printed assembles to the same bits (aliases %s, numeric %s)', (aliases, numeric) => {
    fc.assert(
      fc.property(fillings, fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }), ({ word, under }, place) => {
        const address = place & ~1n;
        const from = decode(word, under);
        if (from.legality !== 'legal' && from.legality !== 'hint') return;
        const text = format(from, { aliases, numeric, address, xlen: under.xlen });
        const short = aliases && from.length === 2;
        const block = assembleBlock([parseStatement(text)], address, {
          isa: under,
          rvc: short,
          symbol: () => undefined,
        });
        expect(block.problems, text).toEqual([]);
        const again = block.statements[0]?.pieces[0]?.decoded;
        // Another C form of the same base instruction will do.
        const same = (one: typeof again) => one && (short ? expand(one, under) : one).word.toString(16);
        expect(same(again), text).toBe(same(from));
      }),
      { numRuns: 4000 },
    );
  });

  test('compress undoes expand', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(rv32, rv64), (parcel, under) => {
        const from = decode(parcel, under);
        if (from.length !== 2 || from.legality !== 'legal') return;
        const base = expand(from, under);
        const short = compress(base, under);
        expect(short && expand(short, under).word).toBe(base.word);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('encode refuses', () => {
  const said = (mnemonic: string, fields: Record<string, number>) => {
    const spec = instructions.find((one) => one.mnemonic === mnemonic);
    const result = spec && encode(spec, fields);
    return result?.ok === false ? result.problems.map(({ operand, message }) => `${operand}: ${message}`) : [];
  };

  test('what is out of range, unaligned or reserved', () => {
    expect(said('addi', { rd: 1, rs1: 1, imm: 2048 })).toEqual(['imm: immediate 2048 is out of range: -2048 to 2047']);
    expect(said('jal', { rd: 0, imm: 3 })).toEqual(['imm: jump target 3 is not a multiple of 2']);
    expect(said('c.lw', { rd: 5, rs1: 8, imm: 4 })).toEqual(['rd: destination register must be one of x8 to x15']);
    expect(said('c.addi4spn', { rd: 8, imm: 0 })).toEqual(['imm: `c.addi4spn` is reserved with imm = 0']);
    expect(said('fadd.s', { rd: 8, rs1: 0, rs2: 0, rm: 5 })).toEqual(['rm: rounding mode 5 is reserved']);
    expect(said('lui', { rd: 8, imm: 4097 })).toEqual(['imm: upper 20 bits 4097 is not a multiple of 4096']);
    expect(said('add', { rd: 32, rs1: 0, rs2: Number.NaN })).toHaveLength(2);
  });
});
