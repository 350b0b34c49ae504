import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assembleBlock, format, parsePattern, parseStatement, parseStatements } from '../../server/src/isa/index';
import { assemble, isa, KERNEL, rv32, rv64 } from './harness';

const trampolines = { old_tramp: 0xffffffff80012000n, new_tramp: 0xffffffff80345680n };

describe('herd7 spellings', () => {
  test('an offset of 0, and a dot between aq and rl', () => {
    const said = (text: string) => assemble(text, { isa: isa('rv64ia_zalasr') }).words;
    expect(said('lw.aq x5,0(x6)')).toBe(said('lw.aq t0, (t1)'));
    expect(said('sw.rl x5,0(x6)')).toBe(said('sw.rl t0, (t1)'));
    expect(said('amoswap.w.aq.rl x0,x1,0(x10)')).toBe(said('amoswap.w.aqrl zero, ra, (a0)'));
    expect(said('ld.aq.rl x5,(x6)')).toBe(said('ld.aqrl t0, (t1)'));
  });
});

describe('vectors', () => {
  const vector = isa('rv64gcv_zvbb');
  const said = (text: string) => assemble(text, { isa: vector });
  const printed = (text: string): string[] =>
    said(text).block.statements.flatMap((s) => s.pieces.flatMap((p) => (p.decoded ? format(p.decoded) : [])));

  test('types in words, of which all but the width may be left out', () => {
    expect(said('vsetvli a0, a1, e32, m1, ta, ma').words).toBe('0d05f557');
    expect(said('vsetvli a0, a1, e8, mf8').words).toBe('0055f557');
    expect(said('vsetivli a0, 31, e64, m8, ta, mu').words).toBe('c5bff557');
    expect(said('vsetvli a0, a1, 2047').words).toBe('7ff5f557');
    expect(printed('vsetvli zero, zero, e8, ma')).toEqual(['vsetvli zero, zero, e8, m1, tu, ma']);
  });

  test('masks may be left out where they are not what the instruction reads', () => {
    expect(printed('vadd.vv v8, v4, v2, v0.t; vadd.vi v8, v4, -16')).toEqual([
      'vadd.vv v8, v4, v2, v0.t',
      'vadd.vi v8, v4, -16',
    ]);
    expect(printed('vmerge.vxm v8, v4, a0, v0')).toEqual(['vmerge.vxm v8, v4, a0, v0']);
    expect(printed('vneg.v v8, v4, v0.t')).toEqual(['vneg.v v8, v4, v0.t']);
  });

  test('comparisons that are others', () => {
    expect(printed('vmslt.vi v8, v4, 16')).toEqual(['vmsle.vi v8, v4, 15']);
    expect(printed('vmsge.vx v0, v2, a0, v0.t, v3')).toEqual(['vmslt.vx v3, v2, a0, v0.t', 'vmandn.mm v0, v0, v3']);
  });

  test.each([
    ['vadd.vv v0, v4, v2, v0.t', '`vadd.vv` is reserved with vm = 0 and vd = 0'],
    ['vwadd.vv v8, v8, v2', '`vwadd.vv` is reserved with vd = vs2'],
    ['vl2r.v v1, (a0)', 'v1 is no destination, first of 2 registers'],
    ['vadd.vi v8, v4, 16', 'immediate 16 is out of range: -16 to 15'],
    [
      'vadd.vv v8, v4, a0',
      'a vector register (first source register) is expected here, not `a0`: `vadd.vv vd, vs2, vs1[, vm]`',
    ],
    ['vsetvli a0, a1, m1', 'a vector type is a width, a group and two policies'],
  ])('%s is refused', (text, message) => {
    expect(said(text).said.join()).toContain(message);
  });

  test('a label may be called v1', () => {
    expect(said('v1: j v1').words).toBe('0000006f');
  });
});

describe('.option arch', () => {
  const base = isa('rv64i');
  const assembled = (text: string) => assemble(text, { isa: base });

  test('adds and takes away extensions, until it is popped', () => {
    expect(assembled('.option push; .option arch, +zba; sh1add a0, a1, a2; .option pop').words).toBe('20c5a533');
    expect(assembled('.option arch, +zba\n.option arch, -zba\nsh1add a0, a1, a2').said).toEqual([
      '"sh1add": `sh1add` needs Zba',
    ]);
    expect(assembled('.option push; .option arch, +zba; .option pop; sh1add a0, a1, a2').said).toHaveLength(1);
    expect(assembled('.option arch, rv64ic_zbb1p0; andn a0, a0, a1').words).toBe('40b57533');
  });

  test('with C, instructions are short where they can be', () => {
    expect(assembled('.option arch, +c; addi a0, a0, 1; .option norvc; addi a0, a0, 1').words).toBe('0505 00150513');
  });

  test.each([
    ['.option arch, +zbq', '"zbq": unknown extension `zbq`: did you mean `zba`?'],
    ['.option arch', '".option arch": `.option arch` takes extensions: `.option arch, +zba`'],
    ['.option arch, 3', '"3": `.option arch` takes `+zba`, `-c` or an ISA string'],
  ])('%s is refused', (text, message) => {
    expect(assembled(text).said).toEqual([message]);
  });
});

describe('strings', () => {
  test('as bytes, with a zero behind them or not', () => {
    const bytes = (text: string) => assemble(text).block.statements.flatMap((statement) => [...statement.bytes]);
    expect(bytes('.asciz "a\\n\\101\\x41\\"", "é"')).toEqual([97, 10, 65, 65, 34, 0, 0xc3, 0xa9, 0]);
    expect(bytes('.ascii "a;b", ""')).toEqual([97, 59, 98]);
    expect(assemble('.ascii 5').said).toEqual(['"5": a string is expected here']);
    expect(assemble('.word "a"').said).toHaveLength(1);
  });
});

describe('.insn', () => {
  test('is an instruction by its format and fields', () => {
    expect(assemble('.insn r 0x33, 0, 0, a0, a1, a2').words).toBe('00c58533');
    expect(assemble('.insn r OP_FP, 0, 0, fa0, fa1, fa2').words).toBe('00c58553');
    expect(assemble('.insn s STORE, 2, a0, 5(a1); .insn ci C1, 2, a0, -3').words).toBe('00a5a2a3 5575');
    expect(assemble('1: .insn b BRANCH, 0, a0, a1, 1b; .insn j JAL, ra, 1b').words).toBe('00b50063 ffdff0ef');
  });

  test('may be one that the ISA has not', () => {
    expect(assemble('.insn r 0x33, 5, 7, a0, a1, a2', { isa: isa('rv64i') }).words).toBe('0ec5d533');
  });

  test.each([
    ['.insn q 3, 4', '".insn q": unknown directive `.insn q`'],
    ['.insn r 0x30, 0, 0, a0, a0, a0', '"0x30": opcode 48 is reserved'],
    [
      '.insn r OPS, 0, 0, a0, a0, a0',
      '"OPS": an opcode (opcode) is expected here, not `OPS`: `.insn r opcode, func3, func7, rd, rs1, rs2`',
    ],
  ])('%s is refused', (text, message) => {
    expect(assemble(text).said).toEqual([message]);
  });
});

describe('register lists', () => {
  const small = isa('rv64ima_zca_zcmp_zcmt');
  const said = (text: string, of = small) => assemble(text, { isa: of });

  test('by either name, with the space that they need', () => {
    expect(said('cm.push {ra, s0-s1}, -32').words).toBe('b862');
    expect(said('cm.push {x1, x8-x9}, -32').words).toBe('b862');
    expect(said('cm.popret {ra,s0-s11}, 160').words).toBe('befe');
    expect(said('cm.push {ra, s0-s1}, -32', isa('rv32ima_zca_zcmp')).words).toBe('b866');
    expect(said('cm.jt 31; cm.jalt 32').words).toBe('a07e a082');
  });

  test.each([
    [
      'cm.push {ra, s1}, -16',
      '"{ra, s1}": a list is `{ra}`, `{ra, s0}`, `{ra, s0-s1}` to `{ra, s0-s9}`, `{ra, s0-s11}`',
    ],
    ['cm.pop {ra}, 24', '"24": with these registers sp can move by 16, 32, 48, 64'],
    ['cm.jalt 31', '"31": index in the jump table 31 is reserved'],
    ['cm.mvsa01 s0, s0', '"cm.mvsa01 s0, s0": `cm.mvsa01` is reserved with r1s = r2s'],
    ['cm.mva01s s0, a0', '"a0": x10 is no saved register'],
    ['addi {ra}, ra, 1', '"{ra}": an integer register (destination register) is expected here: `addi rd, rs1, imm`'],
  ])('%s is refused', (text, message) => {
    expect(said(text).said).toEqual([message]);
  });

  test('an open brace is found', () => {
    expect(said('cm.pop {ra, 16').said).toContain('"": `}` is missing here');
  });
});

describe('the entry sequence of the mail', () => {
  test('auipc and jalr reach the trampoline at kernel addresses', () => {
    const { words, said } = assemble(
      `AUIPC':  auipc t0, %pcrel_hi(new_tramp)
       JALR':   jalr  t0, %pcrel_lo(AUIPC')(t0)`,
      { symbols: trampolines },
    );
    expect(said).toEqual([]);
    expect(words).toBe('ff945297 680282e7');
    // pc + 0xff945000 (sign-extended), + 0x680
    expect(BigInt.asUintN(64, KERNEL + BigInt(0xff945000 | 0) + 0x680n)).toBe(trampolines.new_tramp);
  });

  test('labels, and the auipc at each, are told', () => {
    const { block } = assemble("AUIPC': auipc t0, %pcrel_hi(new_tramp)\nJALR': jalr t0, %pcrel_lo(AUIPC')(t0)", {
      symbols: trampolines,
    });
    expect([...block.labels]).toEqual([
      ["AUIPC'", KERNEL],
      ["JALR'", KERNEL + 4n],
    ]);
    expect(block.pcrelHi.get("AUIPC'")).toEqual({ address: KERNEL, target: trampolines.new_tramp });
    expect(block.size).toBe(8);
    expect(block.statements[1]?.pieces[0]?.text).toBe("jalr t0, %pcrel_lo(AUIPC')(t0)");
  });

  test('%pcrel_lo of a label in another block', () => {
    const statement = parseStatement('jalr t0, %pcrel_lo(AUIPC)(t0)');
    const block = assembleBlock([statement], KERNEL + 4n, {
      isa: rv64,
      symbol: () => KERNEL,
      pcrelHi: (label) => (label === 'AUIPC' ? { address: KERNEL, target: trampolines.new_tramp } : undefined),
    });
    expect(block.problems).toEqual([]);
    expect(block.statements[0]?.pieces[0]?.decoded?.word).toBe(0x680282e7);
  });

  test('a low part that is negative makes the high part one larger', () => {
    const { words } = assemble('1: auipc t0, %pcrel_hi(f); jalr t0, %pcrel_lo(1b)(t0)', {
      base: 0n,
      symbols: { f: 0x1ffcn },
    });
    expect(words).toBe('00002297 ffc282e7');
  });

  test('the pair wraps around the end of the address space', () => {
    const { said } = assemble('1: auipc t0, %pcrel_hi(f); jalr t0, %pcrel_lo(1b)(t0)', { symbols: { f: 0x100n } });
    expect(said).toEqual([]);
  });
});

describe('widths are as written', () => {
  test('norvc is the default; C forms are there by name', () => {
    expect(assemble('jalr t0, 0(ra); c.jalr ra; j .+8; c.j .+8; nop; c.nop').words).toBe(
      '000082e7 9082 0080006f a021 00000013 0001',
    );
  });

  test('.option rvc shortens as GNU as does, push and pop restore', () => {
    const { words } = assemble('.option push; .option rvc; ret; jalr x0, 0(ra); li a0, 5; .option pop; ret');
    expect(words).toBe('8082 00008067 4515 00008067');
  });

  test('under .option rvc a jump grows where its target is far', () => {
    const { block, said } = assemble('.option rvc\nj end\n.zero 2044\nend: j end\nj end');
    expect(said).toEqual([]);
    expect(block.statements.map(({ bytes }) => bytes.length)).toEqual([0, 2, 2044, 2, 2]);
    const far = assemble('.option rvc\nj end\n.zero 2046\nend: nop');
    expect(far.block.statements.map(({ bytes }) => bytes.length)).toEqual([0, 4, 2046, 2]);
    expect(far.block.labels.get('end')).toBe(KERNEL + 2050n);
  });
});

describe('operands', () => {
  test.each([
    ['jalr x0, 0(ra)', '00008067'],
    ['jalr ra', '000080e7'],
    ['jalr t0, ra', '000082e7'],
    ['jalr t0, ra, -4', 'ffc082e7'],
    ['jalr t0, (ra)', '000082e7'],
    ['addi a0, a0, 0x7ff', '7ff50513'],
    ['addi a0, a0, -2048', '80050513'],
    ["addi a0, a0, 'A'", '04150513'],
    ['addi a0, a0, 0b101 << 2', '01450513'],
    ['addi a0, a0, 010 + (3 - 1) * 2', '00c50513'],
    ['addi a0, a0, ~0', 'fff50513'],
    ['addi a0, a0, 17 / 5 % 2', '00150513'],
    ['addi a0, a0, 6 & 3 | 8 ^ 1', '00b50513'],
    ['lui a0, %hi(0x12345fff)', '12346537'],
    ['addi a0, a0, %lo(0x12345fff)', 'fff50513'],
    ['lw a0, %lo(0x12345fff)(a0)', 'fff52503'],
    ['jr %lo(0x12345004)(t1)', '00430067'],
    ['jalr %lo(0x12345004)(t1)', '004300e7'],
    ['auipc t0, 1048575', 'fffff297'],
    ['fence', '0ff0000f'],
    ['fence w,w', '0110000f'],
    ['fence w,o', '0140000f'],
    ['fence.tso', '8330000f'],
    ['fence.i', '0000100f'],
    ['csrw sepc, t0', '14129073'],
    ['csrr t0, sstatus', '100022f3'],
    ['csrsi sstatus, 2', '10016073'],
    ['csrr a0, 0x7c0', '7c002573'],
    ['amoswap.w.aqrl a0, a1, (a2)', '0eb6252f'],
    ['lr.d.aq a0, 0(a1)', '1405b52f'],
    ['fadd.d fa0, fa1, fa2', '02c5f553'],
    ['fadd.d fa0, fa1, fa2, rtz', '02c59553'],
    ['fmv.s fa0, fa1', '20b58553'],
    ['bgt a0, a1, .+8', '00a5c463'],
    ['beqz a0, .-4', 'fe050ee3'],
    ['li a0, -1', 'fff00513'],
    ['li a0, 0x12345678', '12345537 67850513'],
    ['li a0, 0xffffffff', 'fff00513'],
    ['sext.b a0, a1', '01859513 41855513'],
    ['unimp', 'c0001073'],
    ['ecall', '00000073'],
    ['sret', '10200073'],
    ['sfence.vma', '12000073'],
  ])('%s is %s', (text, words) => {
    const result = assemble(text, { isa: rv32 });
    // What RV32 has not is tried on RV64.
    expect(result.said.length === 0 ? result.words : assemble(text).words).toBe(words);
  });

  test('a bare number as a target is an absolute address', () => {
    expect(assemble('j 0x1010', { base: 0x1000n }).words).toBe('0100006f');
    expect(assemble('j .+8', { base: 0x1000n }).words).toBe('0080006f');
    expect(assemble('beq a0, a1, 0x1000', { base: 0x1010n }).words).toBe('feb508e3');
  });

  test('numeric labels, before and after', () => {
    expect(assemble('1: nop; j 1b; j 1f; 1: nop; j 1b').words).toBe('00000013 ffdff06f 0040006f 00000013 ffdff06f');
  });

  test('pseudo-instructions of several instructions are told one by one', () => {
    const { block } = assemble('call f; tail f; la a0, f; li a0, 0x123456789', { symbols: { f: KERNEL + 0x12344n } });
    const texts = block.statements.map(({ pieces }) => pieces.map(({ text }) => text));
    expect(texts).toEqual([
      ['auipc ra, 0x12', 'jalr ra, 836(ra)'],
      ['auipc t1, 0x12', 'jalr zero, 828(t1)'],
      ['auipc a0, 0x12', 'addi a0, a0, 820'],
      ['lui a0, 0x92', 'addiw a0, a0, -1493', 'slli a0, a0, 0xd', 'addi a0, a0, 1929'],
    ]);
  });
});

describe('directives', () => {
  test('data of every width, little-endian', () => {
    const { words, said } = assemble('.byte 1, -1; .half 0x1234; .word end - ., -2; .dword end; end: .zero 3, 7', {
      base: 0n,
    });
    expect(said).toEqual([]);
    expect(words).toBe('ff01 1234 fffffffe00000010 0000000000000014 070707');
  });

  test('alignment counts from address 0, and is filled with instructions', () => {
    expect(assemble('.balign 8', { base: 4n }).words).toBe('00000013');
    expect(assemble('.align 3; nop', { base: 2n }).words).toBe('0001 00000013 00000013');
    expect(assemble('.balign 8, 0xff', { base: 4n }).words).toBe('ffffffff');
    expect(assemble('.balign 8', { base: 8n }).words).toBe('');
    expect(assemble('.balign 8', { base: 2n, isa: isa('rv64i') }).said[0]).toContain('needs C');
  });

  test('what a pasted function begins with says nothing here', () => {
    expect(assemble('.text\n.globl f\n.type f, @function\nf: ret\n.size f, .-f').said).toEqual([]);
  });
});

describe('statements', () => {
  test('comments, blank lines and several a line', () => {
    const text = "# all\nnop // one ; not two\n\n/* block\n comment */ A': B: ret ; ret # end\nC':\n";
    const statements = parseStatements(text);
    expect(statements.map(({ labels, text: body }) => [labels.map(({ name }) => name), body])).toEqual([
      [[], 'nop'],
      [["A'", 'B'], 'ret'],
      [[], 'ret'],
      [["C'"], ''],
    ]);
  });

  test('every part has its place', () => {
    const text = '  L: addi a0, a1, 5 # why';
    const statement = parseStatement(text);
    const at = (span: { start: number; end: number } | null | undefined) => span && text.slice(span.start, span.end);
    expect(at(statement)).toBe('L: addi a0, a1, 5 # why');
    expect(at(statement.labels[0])).toBe('L');
    expect(at(statement.body)).toBe('addi a0, a1, 5');
    expect(at(statement.comment)).toBe('# why');
    expect(statement.body?.operands.map(at)).toEqual(['a0', 'a1', '5']);
  });
});

describe('problems have a place and say what would be right', () => {
  const symbols = { new_tramp: 0xffffffff80345680n };
  test.each([
    ['adi a0, a0, 5', '"adi": unknown instruction `adi`: did you mean `addi`?'],
    ['ADDI a0, a0, 5', '"ADDI": unknown instruction `ADDI`: did you mean `addi`?'],
    ['.wrod 5', '".wrod": unknown directive `.wrod`: did you mean `.word`?'],
    ['addi a0, a0, 2048', '"2048": immediate 2048 is out of range: -2048 to 2047'],
    ['addi a0, a0', '"a0, a0": `addi` does not take 2 operands: `addi rd, rs1, imm`'],
    ['addi a0, a0, a0', '"a0": a number (immediate) is expected here, not `a0`: `addi rd, rs1, imm`'],
    [
      'add a0, ao, a1',
      '"ao": an integer register (first source register) is expected here, not `ao`: did you mean `a0`?: `add rd, rs1, rs2`',
    ],
    ['slli a0, a0, 64', '"64": shift amount 64 is out of range: 0 to 63'],
    ['c.lw a0, 2(a1)', '"2": offset in bytes 2 is not a multiple of 4'],
    ['c.lw t0, 4(a1)', '"t0": destination register must be one of x8 to x15'],
    ['c.addi4spn a0, sp, 0', '"c.addi4spn a0, sp, 0": `c.addi4spn` is reserved with imm = 0'],
    ['auipc t0, %pcrel_hi(new_trmp)', '"new_trmp": unknown symbol `new_trmp`: did you mean `new_tramp`?'],
    ['j new_tramp', '"new_tramp": 0xffffffff80345680 is -7055744 bytes away: `j` reaches -1048576 to 1048574'],
    ['call far', '"far": unknown symbol `far`'],
    ['j .+3', '".+3": 0xffffffff80a00003 is no place for an instruction: not a multiple of 2'],
    ['jalr t0, %pcrel_lo(X)(t0)', '"X": unknown symbol `X`'],
    [
      'X: nop; jalr t0, %pcrel_lo(X)(t0)',
      '"X": `%pcrel_lo` takes the label of an `auipc` with `%pcrel_hi`, and there is none at this one',
    ],
    ['j 1f', '"1f": no label `1:` after this'],
    ['L: nop; L: nop', '"L": label `L` is already defined'],
    ['csrr a0, sstatuss', '"sstatuss": unknown CSR `sstatuss`: did you mean `sstatus`?'],
    ['vadd.vv v0, v0, v0', '"vadd.vv": `vadd.vv` needs V'],
    ['fadd.q fa0, fa0, fa0', '"fadd.q": unknown instruction `fadd.q`: did you mean `fadd.s`?'],
    ['c.jal .+8', '"c.jal": `c.jal` needs RV32'],
    ['.option rcv', '"rcv": `.option` takes one of rvc, norvc, push, pop, relax, norelax, pic, nopic, arch'],
    ['.option pop', '".option pop": `.option pop` without a `.option push` before it'],
    ['.byte 256', '"256": 256 does not fit 1 byte'],
    ['.zero -1', '".zero -1": `.zero` -1: 0 to 1048576 bytes are possible'],
    ['.balign 3', '".balign 3": `.balign` takes a power of two up to 4096'],
    ['li a0, 1 / 0', '"0": division by zero'],
    ['li a0, 1 << 64', '"64": shift by 64: 0 to 63 is possible'],
    ['li a0, 0x10000000000000000', '"0x10000000000000000": the number does not fit 64 bits'],
    ['addi a0, a0, *', '"*": `*` stands for any value in a pattern only'],
    ['addi a0, a0, (5', '"": `)` is missing here'],
    ['addi a0, a0, 5 5', '"5": `5` is not expected here: a comma or the end of the statement is'],
    ['addi a0,, a0', '",": an expression cannot begin with `,`'],
    ['lui a0, %hj(5)', '"%hj": unknown relocation operator `%hj`: did you mean `%hi`?'],
    ['1$: nop', '"1$": labels such as `1$` are refused: write `1:`, and `1b` or `1f` for it'],
    ['j 1$', '"1$": labels such as `1$` are refused: write `1:`, and `1b` or `1f` for it'],
    ['.octa 1 + 2', '"1 + 2": `.octa` takes numbers: nothing is computed in 16 bytes'],
    [
      '.octa -0x80000000000000000000000000000001',
      '"-0x80000000000000000000000000000001": the number does not fit 16 bytes',
    ],
    ['.dc.q 1', '".dc.q 1": `.dc.q` is refused: GNU as does not know it; `.half` is 2 bytes, `.quad` is 8'],
    ['5 + 5', '"5": an instruction or directive is expected here, not `5`'],
  ])('%s', (text, message) => {
    expect(assemble(text, { symbols }).said[0]).toBe(message);
  });

  test('an extension that the ISA leaves out', () => {
    expect(assemble('mul a0, a0, a0', { isa: isa('rv64i') }).said).toEqual(['"mul": `mul` needs M']);
    expect(assemble('c.nop', { isa: isa('rv64i') }).said).toEqual(['"c.nop": `c.nop` needs C']);
    expect(assemble('ld a0, 0(a1)', { isa: rv32 }).said).toEqual(['"ld": `ld` needs RV64']);
    expect(assemble('fence.i', { isa: isa('rv64i') }).said).toEqual(['"fence.i": `fence.i` needs Zifencei']);
  });

  test.each([
    ['c.fsdsp ft0, 0(sp)', 'rv64i', 'Zcd'],
    ['c.sspush ra', 'rv64i', 'Zicfiss and Zcmop'],
    ['sspush ra', 'rv64i_zimop', 'Zicfiss'],
    ['pause', 'rv64gc', 'Zihintpause'],
    ['lpad 5', 'rv64gc', 'Zicfilp'],
    ['ntl.all', 'rv64gc', 'Zihintntl'],
    ['c.ntl.p1', 'rv64gc', 'Zihintntl'],
    ['prefetch.i 0(a0)', 'rv64gc', 'Zicbop'],
  ])('%s under %s needs %s, whatever else has its bits', (text, march, needed) => {
    const [mnemonic] = text.split(' ');
    expect(assemble(text, { isa: isa(march) }).said).toEqual([`"${mnemonic}": \`${mnemonic}\` needs ${needed}`]);
    expect(assemble('.option rvc', { isa: isa('rv64i') }).said).toEqual(['".option rvc": `.option rvc` needs C']);
    expect(assemble('j .+2', { isa: isa('rv64i'), base: 0n }).said[0]).toContain('not a multiple of 4 (needs C)');
  });

  test('a suggestion is what to write', () => {
    expect(assemble('adi a0, a0, 5').problems[0]).toMatchObject({ code: 'unknown-mnemonic', suggestion: 'addi' });
    expect(assemble('add a0, tq, a1').problems[0]).toMatchObject({ code: 'operand', suggestion: 'tp' });
  });

  test('%pcrel out of reach on RV64, never on RV32', () => {
    const text = '1: auipc t0, %pcrel_hi(f); jalr t0, %pcrel_lo(1b)(t0)';
    expect(assemble(text, { symbols: { f: 0x80000000n } }).said[0]).toContain('bytes away: an auipc pair reaches');
    expect(assemble(text, { isa: rv32, base: 0x80000000n, symbols: { f: 0n } }).said).toEqual([]);
  });

  test('what is wrong takes no bytes, and the rest stands', () => {
    const { block, said } = assemble('nop; addi a0, a0, 5000; nop');
    expect(said).toHaveLength(1);
    expect(block.statements.map(({ bytes }) => bytes.length)).toEqual([4, 0, 4]);
  });

  test('blocks that grow without bound are refused', () => {
    expect(assemble('.zero 1048576; .zero 1048576').said[0]).toContain('larger than 1 MiB');
    expect(assemble('.zero 0xffffffffff').said[0]).toContain('bytes are possible');
    expect(assemble(`li a0, ${'('.repeat(5000)}1`).said[0]).toContain('nested too deeply');
    expect(assemble(`li a0, ${'-'.repeat(50000)}1`).said[0]).toContain('nested too deeply');
    expect(assemble(`li a0, ${'1-'.repeat(50000)}1`).said[0]).toContain('too many operators');
    expect(assemble('.zero b - . + 4\nb:').said[0]).toContain('never settles');
  });
});

describe('patterns', () => {
  const pattern = (text: string, of = rv64) => {
    const result = parsePattern(text, of);
    if (!result.ok) return result.problems.map(({ message, start, end }) => `${text.slice(start, end)}: ${message}`);
    const { mask, match, length } = result.pattern;
    return `${mask.toString(16)} ${match.toString(16)} ${length}`;
  };

  test.each([
    ['jalr t0, *(t0)', 'fffff 282e7 4'],
    ['jalr t0, 0(t0)', 'ffffffff 282e7 4'],
    ['jalr t0, t0', 'ffffffff 282e7 4'],
    ['nop', 'ffffffff 13 4'],
    ['c.nop', 'ffff 1 2'],
    ['addi t0, *, *', '7fff 293 4'],
    ['auipc *, *', '7f 17 4'],
    ['j *', 'fff 6f 4'],
    ['jal *, .+8', 'fffff07f 80006f 4'],
    ['c.jalr *', 'f07f 9002 2'],
    ['c.lw *, 4(*)', 'fc63 4040 2'],
    ['sd ra, *(sp)', '1fff07f 113023 4'],
    ['amoswap.w.aq *, *, (*)', 'fe00707f c00202f 4'],
    ['ebreak', 'ffffffff 100073 4'],
  ])('%s', (text, expected) => {
    expect(pattern(text)).toBe(expected);
  });

  test.each([
    ['jalr t0, *(t9)', 'not `t9`'],
    ['bogus *', 'unknown instruction'],
    ['L: nop', 'one instruction'],
    ['', 'one instruction'],
    ['.word 5', 'one instruction'],
    ['fmv.s *, *', 'twice'],
    ['la a0, *', 'several instructions'],
    ['j nowhere', 'unknown symbol'],
  ])('%s is refused', (text, because) => {
    expect(JSON.stringify(pattern(text))).toContain(because);
  });

  test('needs what its instruction needs', () => {
    expect(pattern('c.nop', isa('rv64i'))).toEqual(['c.nop: `c.nop` needs C']);
  });
});

describe('any text at all', () => {
  const fragments = fc.constantFrom(
    'addi',
    'a0',
    ',',
    '(',
    ')',
    '5',
    '%lo',
    '%pcrel_lo',
    '%',
    'x',
    "'",
    "A'",
    ':',
    '1f',
    '1:',
    '.word',
    '.balign',
    '.',
    '*',
    '-',
    '~',
    '<<',
    '0x',
    '089',
    '"',
    '/*',
    '*/',
    '//',
    '#',
    ';',
    '\n',
    ' ',
    '\t',
    '\u0000',
    'é',
    '🙂',
    'c.j',
    'li',
    'call',
    '.option',
    'rvc',
    '.zero',
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fragments, { maxLength: 30 }).map((all) => all.join('')),
    fc.array(fragments).map((all) => all.join(' ')),
  );

  test('is parsed and assembled without a crash, and every problem lies within it', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { problems, block } = assemble(text);
        for (const { start, end } of problems) expect(start >= 0 && start <= end && end <= text.length).toBe(true);
        for (const { statement } of block.statements)
          expect(statement.start <= statement.end && statement.end <= text.length).toBe(true);
        for (const { pieces } of block.statements) for (const piece of pieces) if (piece.decoded) format(piece.decoded);
      }),
      { numRuns: 3000 },
    );
  });
});
