import fc from 'fast-check';
import { expect, describe as suite, test } from 'vitest';
import { mnemonicCompletions, registerCompletions } from '../../server/src/isa/completions';
import { csrName, csrNames, csrNumber } from '../../server/src/isa/csr';
import { describe } from '../../server/src/isa/describe';
import { decoded, isa, KERNEL, rv32, rv64 } from './harness';

const fieldsOf = (word: number) =>
  describe(decoded(word)).fields.map(
    ({ name, hi, lo, value, meaning }) => `${hi}:${lo} ${name}=${value}${meaning && ` ${meaning}`}`,
  );

suite('an instruction described', () => {
  test('the jalr of the entry sequence', () => {
    const it = describe(decoded(0x680282e7), { address: KERNEL + 4n });
    expect(it.text).toBe('jalr t0, 1664(t0)');
    expect(it.alias).toBe('jalr t0, 1664(t0)');
    expect(it.summary).toBe('rd = pc + 4; pc = (rs1 + imm) & ~1');
    expect(it.target).toBeNull();
    expect(it.operands).toEqual([
      { name: 'rd', text: 't0', words: 'destination register' },
      { name: 'imm', text: '1664', words: 'immediate' },
      { name: 'rs1', text: 't0', words: 'first source register' },
    ]);
    expect(fieldsOf(0x680282e7)).toEqual([
      '31:20 imm=1664 1664',
      '19:15 rs1=5 t0',
      '14:12 funct3=0',
      '11:7 rd=5 t0',
      '6:0 opcode=103',
    ]);
  });

  test('where jumps, branches and auipc lead', () => {
    expect(describe(decoded(0x0080006f), { address: KERNEL }).target).toBe(KERNEL + 8n);
    expect(describe(decoded(0xff945297 | 0), { address: KERNEL }).target).toBe(KERNEL - 0x6bb000n);
    expect(describe(decoded(0xfe000ee3 | 0), { address: 0n, xlen: 32 }).target).toBe(0xfffffffcn);
    expect(describe(decoded(0x0080006f)).target).toBeNull();
  });

  test('the bits of scattered immediates', () => {
    expect(fieldsOf(0x00b52823)).toEqual([
      '31:25 imm[11:5]=0 16',
      '24:20 rs2=11 a1',
      '19:15 rs1=10 a0',
      '14:12 funct3=2',
      '11:7 imm[4:0]=16 16',
      '6:0 opcode=35',
    ]);
    expect(fieldsOf(0x4108)).toEqual([
      '15:13 funct3=2',
      '12:10 imm[5:3]=0 0',
      '9:7 rs1=2 a0',
      '6:6 imm[2]=0 0',
      '5:5 imm[6]=0 0',
      '4:2 rd=2 a0',
      '1:0 op=0',
    ]);
    expect(fieldsOf(0x0080006f)[0]).toBe('31:31 imm[20]=0 .+8');
  });

  test('a symbol at the target', () => {
    const it = describe(decoded(0x0080006f), {
      address: KERNEL,
      symbol: (address) => (address === KERNEL + 8n ? 'entry+8' : null),
    });
    expect(it.alias).toBe('j 0xffffffff80a00008 <entry+8>');
  });

  test('what is no instruction', () => {
    const it = describe(decoded(0xffff));
    expect([it.mnemonic, it.text, it.legality]).toEqual([null, '.word 0x0000ffff', 'illegal']);
    expect(describe(decoded(0x6101)).reason).toBe('reserved with imm = 0');
  });

  test('the fields of any word cover it, from the highest bit to the lowest, and make it up', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom(rv32, rv64), (word, under) => {
        const one = decoded(word, under);
        let next = one.length === 2 ? 15 : 31;
        let sum = 0;
        for (const { hi, lo, value } of describe(one).fields) {
          expect(hi).toBe(next);
          next = lo - 1;
          sum += value * 2 ** lo;
        }
        expect(next).toBe(-1);
        expect(sum).toBe(one.word);
      }),
      { numRuns: 2000 },
    );
  });
});

suite('control and status registers', () => {
  test('by number and by name', () => {
    expect([csrNumber('sstatus'), csrNumber('sepc'), csrNumber('fcsr'), csrNumber('mhpmevent3h')]).toEqual([
      0x100, 0x141, 3, 0x723,
    ]);
    expect([csrName(0x342), csrName(0xc1f), csrName(0x3ef), csrName(0x257)]).toEqual([
      'mcause',
      'hpmcounter31',
      'pmpaddr63',
      'vsireg6',
    ]);
    expect([csrNumber('SSTATUS'), csrName(0x999)]).toEqual([undefined, undefined]);
  });

  test('no name stands twice', () => {
    const names = [...csrNames().values()];
    expect(new Set(names).size).toBe(names.length);
  });
});

suite('completions', () => {
  const of = (text: string) => mnemonicCompletions(isa(text));

  test('mnemonics with their operands, as far as the ISA has them', () => {
    expect(
      of('rv64gc')
        .filter(({ label }) => label === 'jalr')
        .map(({ detail }) => detail),
    ).toEqual(['rd, imm(rs1)', 'rs1', 'imm(rs1)', 'rd, rs1', 'rs1, imm', 'rd, rs1, imm']);
    expect(of('rv64gc').find(({ label }) => label === 'beq')).toEqual({
      label: 'beq',
      detail: 'rs1, rs2, target',
      summary: 'if rs1 == rs2: pc = pc + imm',
    });
    const labels = new Set(of('rv32i').map(({ label }) => label));
    expect(['ld', 'mul', 'c.nop', 'fadd.s', 'sext.w'].filter((label) => labels.has(label))).toEqual([]);
    expect(['lw', 'nop', 'call', 'li'].filter((label) => !labels.has(label))).toEqual([]);
  });

  test('registers of either file', () => {
    expect(registerCompletions(isa('rv64i'))).toHaveLength(65);
    expect(registerCompletions(isa('rv64g'))).toHaveLength(129);
    expect(registerCompletions(isa('rv64i')).find(({ label }) => label === 'fp')?.detail).toBe('x8');
  });
});
