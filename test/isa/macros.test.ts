import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assembleBlock, format, parseStatements } from '../../server/src/isa/index';
import { assemble, isa, rv64 } from './harness';

describe('macros', () => {
  const SAVE = '.macro save reg, slot=0\nsd \\reg, 8*\\slot(sp)\n.endm\n';

  test('stand for their lines, in the place of their use', () => {
    const text = `${SAVE}save ra\nsave s0, slot=1`;
    const { block, said } = assemble(text);
    expect(said).toEqual([]);
    expect(
      block.statements.map(({ statement: { start, end }, pieces }) => [text.slice(start, end), pieces[0]?.text]),
    ).toEqual([
      ['save ra', 'sd ra, 8*0(sp)'],
      ['save s0, slot=1', 'sd s0, 8*1(sp)'],
    ]);
  });

  test('a label before a use is where it begins, and those within are labels too', () => {
    const { block } = assemble(`.macro m\nnop\nL\\@: nop\n.endm\nA: m\nB: m`, { base: 0n });
    expect([...block.labels]).toEqual([
      ['A', 0n],
      ['L0', 4n],
      ['B', 8n],
      ['L1', 12n],
    ]);
  });

  test('may have the name of an instruction, in either case', () => {
    expect(assemble('.macro nop\naddi a0, a0, 1\n.endm\nNOP').words).toBe('00150513');
  });

  test('what is never used need not make sense', () => {
    expect(assemble('.macro m r\nbad \\r\n"\n.endm\n.if 0\nworse ,\n.endif').said).toEqual([]);
  });

  test.each([
    [
      '.macro m r\nnop\naddi \\r, \\r, 5000\n.endm\nm a0',
      '"m a0": immediate 5000 is out of range: -2048 to 2047 (line 2 of macro `m`: `addi a0, a0, 5000`)',
    ],
    [
      '.macro m r\naddi \\r, \\q, 5\n.endm\nm a0',
      '"m a0": an expression cannot begin with `\\` (line 1 of macro `m`: `addi a0, \\q, 5`)',
    ],
    [
      '.macro in r\nbad \\r\n.endm\n.macro out\nin a0\n.endm\nout',
      '"out": unknown instruction `bad` (line 1 of macro `out`: `bad a0`)',
    ],
    [
      '.irp r, a0, x9x\nmv \\r, \\r\n.endr',
      '"mv \\\\r, \\\\r": an integer register (destination register) is expected here',
    ],
    ['.rept 100\nbad\n.endr', '"bad": unknown instruction `bad`'],
    ['.macro m a, b:req\n.endm\nm 1', '"m 1": macro `m`: the operand `b` is missing'],
    ['.macro m a\n.endm\nm 1, 2', '"m 1, 2": macro `m`: it takes 1 operand'],
    ['.macro m a\n.endm\nm c=2', '"m c=2": macro `m`: it has no operand `c`'],
    ['.macro m a\n.endm\nm a=2, 3', '"m a=2, 3": macro `m`: after an operand by name there is none by place'],
    ['.macro', '".macro": this has no `.endm`'],
    ['.macro .word\n.endm', '".macro .word": `.word` is a directive: no macro can have its name'],
    ['.macro m\n.endm\n.macro M\n.endm', '".macro M": macro `M` is already defined'],
    ['.purgem m', '".purgem m": there is no macro `m`'],
    ['.exitm', '".exitm": `.exitm` outside of macros and repetitions'],
    ['.endr', '".endr": `.endr` without what it ends'],
    ['.rept x\n.endr', '"x": unknown symbol `x`'],
    ['.rept 1, 2\n.endr', '".rept 1, 2": `.rept` takes one number'],
    ['.irp\n.endr', '".irp": `.irp` takes a name and what it stands for'],
  ])('%s', (text, message) => {
    const { said } = assemble(text);
    expect(said[0]).toContain(message);
    expect(said.length).toBeLessThan(3);
  });
});

describe('conditions', () => {
  test.each([
    ['.if 5 > 4\n.byte 1\n.else\n.byte 2\n.endif', '01'],
    ['.ifdef f\n.byte 1\n.endif\nf: .ifdef f\n.byte 2\n.endif', '02'],
    ['.set N, 3\n.if N == 4\n.byte 1\n.elseif N == 3\n.byte 2\n.elseif 1\n.byte 3\n.endif', '02'],
    ['.ifc a+b, a + b\n.byte 1\n.endif', '01'],
    ['A: nop; B: nop\n.if B - A == 4\n.byte 1\n.endif', '00000013 00000013 01'],
  ])('%s', (text, words) => {
    expect(assemble(text)).toMatchObject({ words, said: [] });
  });

  test.each([
    ['A: beq a0, a1, B\nB:\n.if B - A == 4\n.endif', '"B - A == 4": this depends on where code comes to lie'],
    ['A: nop\n.if A\n.endif', '"A": this depends on where code comes to lie'],
    ['.if 1f\n.endif\n1:', '"1f": no label `1:` after this'],
    ['.if 1', '".if 1": this has no `.endif`'],
    ['.else', '".else": `.else` without an `.if` before it'],
    ['.if 0\n.else\n.elseif 1\n.endif', '".elseif 1": `.elseif` after `.else`'],
    ['.ifdef 5\n.endif', '".ifdef 5": a symbol is expected here'],
    ['.ifc a\n.endif', '".ifc a": `.ifc` takes two texts with a comma between them'],
    ['.ifeqs a, b\n.endif', '".ifeqs a, b": `.ifeqs` takes two strings'],
    ['.if\n.endif', '".if": `.if` takes one number'],
    ['.error "no such machine"', '".error \\"no such machine\\"": no such machine'],
  ])('%s is refused', (text, message) => {
    expect(assemble(text).said[0]).toContain(message);
  });
});

describe('symbols', () => {
  test('that are defined by one another are named, each time', () => {
    const circle = '`a` is defined by itself: `a` by `b`, `b` by `a`';
    const { said } = assemble('a = b + 1\nb = 2 * a\n.word a');
    expect(said).toEqual(['"b": `b` is defined by itself: `b` by `a`, `a` by `b`', `"a": ${circle}`, `"a": ${circle}`]);
    expect(assemble('x = x + 1').said).toEqual(['"x": `x` is defined by itself']);
    expect(assemble('.word d\nd = c\nc = b\nb = c').said[0]).toContain(
      '`c` is defined by itself: `c` by `b`, `b` by `c`',
    );
  });

  test('that are set to what has no value are not unknown', () => {
    expect(assemble('a = far\n.word a').said).toEqual([
      '"far": unknown symbol `far`',
      '"a": `a` has no value: what it is set to has none, or has it by way of more than 500 others',
    ]);
  });

  test('may be defined by what comes later', () => {
    expect(assemble('.word b\na = 5\nb = a + c\nc = 2')).toMatchObject({ words: '00000007', said: [] });
  });

  test.each([
    ['.set 5, 5', '".set 5, 5": a symbol gets a value by `.set name, value`'],
    ['a0 = 5', '"a0": `a0` is a register'],
    ['a: nop\na = 5', '"a": `a` is already defined'],
    ['a = 5\n.equiv a, 5', '"a": `a` is already defined'],
  ])('%s is refused', (text, message) => {
    expect(assemble(text).said[0]).toContain(message);
  });
});

describe('what only a linker can do is refused by name', () => {
  test.each([
    ['.data\n.word 5', '".word 5": this stands in section `.data`, and a block is code alone'],
    ['.section .rodata\nx: .asciz "a"', 'this stands in section `.rodata`'],
    ['nop\n.section .text.cold\nnop', 'this stands in section `.text.cold`, and code before it in `.text`'],
    ['.pushsection __ex_table,"a"\n.long 0\n.popsection', 'this stands in section `__ex_table`'],
    ['.popsection', '`.popsection` without a `.pushsection` before it'],
    ['lui a0, %tprel_hi(x)', '"%tprel_hi(x)": `%tprel_hi` needs a linker'],
    ['auipc a0, %got_pcrel_hi(x)', '"%got_pcrel_hi(x)": `%got_pcrel_hi` needs a linker'],
    ['lga a0, f', '`lga` reads an address from a table that only a linker makes'],
    ['.option pic\nla a0, f', '`la` under `.option pic` reads an address from a table'],
    ['la.tls.ie a0, f', '`la.tls.ie` reads an address'],
    ['.comm x, 4', '`.comm` is refused: only a linker lays out other sections'],
    ['.include "x"', '`.include` is refused: a block is all there is'],
  ])('%s', (text, message) => {
    expect(assemble(text, { symbols: { f: 0xffffffff80a00000n } }).said[0]).toContain(message);
  });

  test('sections aside of the program change nothing', () => {
    const text =
      'nop\n.section .debug_info,"",@progbits\nx: .word 5\n.previous\n.pushsection .note.x\n.word 1\n.popsection\nnop';
    expect(assemble(text)).toMatchObject({ words: '00000013 00000013', said: [] });
  });
});

describe('branches that do not reach', () => {
  test('become the opposite one over a jump', () => {
    const { block, said } = assemble('beq a0, a1, far\n.skip 5000\nfar: nop', { base: 0n });
    expect(said).toEqual([]);
    expect(block.statements[0]?.pieces.map(({ text, bytes }) => [text, bytes.length])).toEqual([
      ['bne a0, a1, .+8', 4],
      ['jal zero, .+5004', 4],
    ]);
  });

  test('but a C form that was asked for by name is refused', () => {
    expect(assemble('c.beqz a0, far\n.skip 500\nfar: nop').said[0]).toContain('`c.beqz` reaches -256 to 254');
  });

  test('beyond the jump too is refused', () => {
    expect(assemble('beqz a0, far', { base: 0n, symbols: { far: 0x200000n } }).said[0]).toContain('`j` reaches');
  });
});

describe('everything is bounded', () => {
  test.each([
    ['.macro m\nm\n.endm\nm', 'macros and repetitions go deeper than 100'],
    ['.macro m\nm\nm\n.endm\nm', 'macros and repetitions go deeper than 100'],
    ['.rept 1000000000000\n.endr', 'macros and repetitions make too much of this block'],
    ['.rept 1000\n.rept 1000\nnop\n.endr\n.endr', 'macros and repetitions make too much of this block'],
    ['.rept 100000000\nnop\n.endr', 'macros and repetitions make too much of this block'],
    ['.rept -1\n.endr', 'a count is not negative'],
    ['.fill 100000000, 8', '0 to 1048576 bytes are possible'],
    ['.org 0x7fffffffffffffff', '0 to 1048576 bytes are possible'],
    [`.macro m a\n.word 0\nm \\a\\a\n.endm\nm ${'a'.repeat(2000)}`, 'too much of this block'],
    [
      `${Array.from({ length: 60 }, (_, i) => `a${i}x = a${i + 1}x + a${i + 1}x`).join('\n')}\n.word a0x`,
      'unknown symbol',
    ],
    [
      `${Array.from({ length: 2000 }, (_, i) => `b${i} = b${i + 1}`).join('\n')}\nb2000 = 1\n.word b0`,
      'by way of more than 500 others',
    ],
    [`.float 1e999999`, 'is no number of 4 bytes'],
    [`.double ${'9'.repeat(3000)}`, 'is no number of 8 bytes'],
  ])('%s', (text, message) => {
    expect(assemble(text).said.join()).toContain(message);
  });

  test('a count that is large and allowed', () => {
    expect(assemble('.set i, 0\n.rept 20000\n.set i, i+1\n.endr\n.word i').words).toBe('00004e20');
    expect(assemble('.rept 100000000\nnop\n.exitm\n.endr').words).toBe('00000013');
  });
});

describe('any text at all', () => {
  const words =
    '.macro .endm .rept .endr .irp .irpc .if .else .elseif .endif .ifc .ifdef .exitm .purgem .set = == m r \\r \\@ \\() : , ; \n ' +
    '.word .org .fill .uleb128 .p2align .section .text .pushsection .popsection .option push pop rvc arch +zba .insn r ci 1f 1b 1: a0 ' +
    '0 1 5 -1 100 0x13 ( ) [ ] " ! < > <= && || % + - * / beq j li la call .float 1.5 inf nan .ascii "a\\n" \' . \n';
  const texts = fc
    .array(fc.oneof(fc.constantFrom(...words.split(' ')), fc.string({ maxLength: 3 })), { maxLength: 60 })
    .map((all) => all.join(' '));

  test('comes to an end, and every problem lies within it', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { problems, block } = assemble(text);
        for (const { start, end } of problems) expect(start >= 0 && start <= end && end <= text.length).toBe(true);
        expect(block.statements.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(block.size);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('there and back', () => {
  test('what the disassembler prints of a block assembles to the same bytes', () => {
    const registers = fc.constantFrom('a0', 's1', 't6', 'sp', 'zero');
    const statement = fc.oneof(
      fc.tuple(fc.constantFrom('add', 'sub', 'and', 'mul', 'sltu'), registers, registers, registers),
      fc.tuple(fc.constantFrom('addi', 'xori', 'addiw'), registers, registers, fc.integer({ min: -2048, max: 2047 })),
      fc.tuple(fc.constant('li'), registers, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })),
      fc.tuple(fc.constantFrom('beq', 'bltu'), registers, registers, fc.constantFrom('1b', '1f', '.')),
      fc.tuple(fc.constantFrom('la', 'lw', 'jal'), registers, fc.constantFrom('1b', '1f')),
    );
    const compressed = isa('rv64gc');
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 20 }), fc.boolean(), (all, rvc) => {
        const lines = all.map(([name, ...operands]) => `${name} ${operands.join(', ')}`);
        const env = { isa: rvc ? compressed : rv64, rvc, symbol: () => undefined };
        const first = assembleBlock(parseStatements(`1: nop\n${lines.join('\n')}\n1: nop`), 0x10000n, env);
        expect(first.problems).toEqual([]);
        const printed = first.statements.flatMap(({ pieces }) =>
          pieces.flatMap(({ decoded, address }) => (decoded ? format(decoded, { aliases: false, address }) : [])),
        );
        const second = assembleBlock(parseStatements(printed.join('\n')), 0x10000n, { ...env, rvc: false });
        expect(second.problems).toEqual([]);
        expect(second.statements.flatMap(({ bytes }) => [...bytes])).toEqual(
          first.statements.flatMap(({ bytes }) => [...bytes]),
        );
      }),
      { numRuns: 300 },
    );
  });
});
