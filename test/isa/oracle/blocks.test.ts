import { describe, expect, test } from 'vitest';
import { ours, randomBlock, theirs, withoutPadding } from './blocks';
import { generator } from './random';
import { llvmAssembly } from './tools';

const BLOCKS = Number(process.env.CMODX_BLOCKS ?? 40);
const SEED = Number(process.env.CMODX_SEED ?? 20_260_903);

function expectSame(source: string, march: string): void {
  const mine = ours(source, march);
  expect(mine, source).toBe(withoutPadding(theirs(source, march), mine.length));
}

describe('random blocks have the bytes of GNU as', () => {
  test.each(['rv64gc', 'rv32gc', 'rv64g', 'rv32imac_zicsr'])('%s', { timeout: 10_000 + 500 * BLOCKS }, (march) => {
    const random = generator(SEED);
    for (let i = 0; i < BLOCKS; i++) expectSame(randomBlock(random, march), march);
  });
});

describe('constants are loaded as GNU as loads them', () => {
  test.each(['rv64gc', 'rv64g', 'rv32gc', 'rv32g'])('%s', (march) => {
    const random = generator(SEED);
    const xlen = march.startsWith('rv64') ? 64 : 32;
    const wide = (): bigint => (BigInt(random()) << 32n) | BigInt(random());
    const values = Array.from({ length: 25 * BLOCKS }, (): bigint => {
      const bits = BigInt.asUintN(1 + (random() % xlen), wide());
      const few = BigInt.asUintN(xlen, BigInt(random() % 0x4000) << BigInt(random() % xlen));
      const near = BigInt.asUintN(xlen, (1n << BigInt(random() % xlen)) + BigInt(random() % 5000) - 2500n);
      const value = [bits, few, near, BigInt.asIntN(xlen, ~bits)][random() % 4] ?? 0n;
      return random() % 2 ? BigInt.asIntN(xlen, value) : value;
    });
    expectSame(values.map((value) => `li a0, ${value}`).join('\n'), march);
  });
});

/** Texts by hand: what each shows stands in its first line. */
const TEXTS = String.raw`
# operands of a use: by place, by name, with defaults; white space only parts two words
.macro m a b=7 c
.word \a
.word \b
.word 0\c
.endm
m 4 + 5
m 1 2
m 1 -2
m 1,,3
m c=5,a=6
M 9
m "1" "2"
m (1)
m 1	+2, 3 4
m "1, 2" 3
====
# required and remaining operands
.macro m a:req, r:vararg
.word \a
.word \r
.endm
m 1, 2, 3
m 1 2
====
# repetitions, and what \@ counts
.irp r, 1 2, 3
.word \r, \@
.endr
.irpc c, 123
.word \c\()0
.endr
.irp r
.word 0\r
.endr
.rept 2
.word 7
.endr
.irpc c, 1 2
.word 0\c
.endr
.macro m
.word \@
.endm
m
m
.irp r, a0, "a1"
mv \r, \r
.endr
====
# recursion that .exitm ends, and a repetition that it leaves
.macro m n
.if \n == 0
.exitm
.endif
.word \n, \@
m (\n-1)
.endm
m 3
.rept 3
.word 5
.exitm
.word 6
.endr
.word 8
====
# conditions
.ifc a b, a  b
.word 1
.endif
.ifc "a","a"
.word 2
.endif
.ifb
.word 3
.endif
.ifnb x
.word 4
.endif
.ifeqs "a","a"
.word 5
.endif
.ifdef x
.word 6
.elseif 1
.word 7
.else
.word 8
.endif
x:.ifdef x
.word 9
.endif
.ifge -1
.word 10
.else
.word 11
.endif
.if 0
.if 1
.word 12
.else
.word 13
.endif
.elseif 2 > 1
.word 14
.endif
.ifnc a,b
.word 15
.endif
.ifndef nowhere
.word 16
.endif
.iflt -1
.word 17
.endif
====
# distances that are known before the layout decide
start: nop
.if . - start == 2
.word 2
.endif
.rept (. - start) / 2
.byte 9
.endr
====
# a macro that defines macros, and one that is forgotten
.macro outer x
.macro inner_\x y
.word \x, \y
.endm
.endm
outer 5
inner_5 6
.purgem inner_5
outer 5
inner_5 7
====
# symbols: the last value before, or the first one after
.word a
.set a, 1
.word a
.set a, 2
.word a
x = 5
y == 6
.word x, y
x = x + 1
.word x
.equiv z, 9
.equ zz, . - 4
.word z
.dword zz
.set off, 0
.irp r, ra, s0, s1
sd \r, off(sp)
.set off, off+8
.endr
====
# operators
.word 1<2, 1==1, 3&&2, !5, 1<>2, 5!3, 7|8+1, 2+3|4, -1>>60, 0x8000000000000000>>63, 1||0, ~5, 3<=3, 2>=3, 1 != 1
.word 2*3+4, 2+3*4, 10-3-2, 1<<2+1, 6&3^1, -7/2, -7%3, 5>3==1, (5>3)+1, 1|2*4, 'a', 'b'+1, '\n'
====
# data
.fill 2, 8, -1
.fill 1,8,0x1122334455667788
.fill 2,3,0x11223344
.fill 3
.fill 2,1
.fill 1,5,0x8877665544
.ascii "a" "b", "c\n\t\\\"\x41\101\r\b\f\0"
.asciz "x", "y"
.string "z\q"
.byte 'a, 'b', '\n', '\\', ' '
.uleb128 624485
.sleb128 -123456
.sleb128 63
.sleb128 64
.float 1.5, -0.1, 1e-45, inf, nan, 0f2.5, 3.4028234e38
.double 1e10, -inf, 3.14159, 4.9e-324, 1, 2.2250738585072014e-308
.2byte 1; .4byte 2; .8byte 3
.short 1; .hword 2; .int 3; .long 4; .quad 5
====
# old names of data, and 16 bytes
.octa 5, -1, 0x112233445566778899aabbccddeeff00
.octa -170141183460469231731687303715884105728
.dc.b 1, 2
.dc.w 3
.dc 4
.dc.l 5
.dc.s 1.5
.dc.d -2.5
====
# places
start: .org 16
nop
.org start+40, 0xff
nop
.org . + 8
. = . + 4
nop
====
# alignment
nop
.byte 1
.align 4
nop
.option norvc
.byte 1,2
.align 3
nop
.p2align 4,,3
nop
.p2align 4,,20
.balignw 8,0x1234
nop
.p2alignl 4,0x12345678
.balign 0
.balign 8,,2
nop
====
# branches that do not reach
beqz a0, far
beq a0, a1, far
bgeu a0, a1, far
blez a0, far
bnez a5, far
j far
near: .skip 5000
far: nop
beqz a0, near
bne a1, zero, near
.insn sb BRANCH, 0, a0, a1, far
====
# instructions by their bits and by their fields
.insn 0x00000013
.insn 2, 0x0001
.insn 0x0001
.insn 4, 0x13
.insn 6, 0x1f
.insn 0x11223344556600bf
.insn ciw C0, 0, a0, 5
.insn css C2, 6, a0, 8
.insn cl C0, 2, a0, 4(a1)
.insn cs C0, 6, a0, 4(a1)
.insn cr C2, 8, a0, a1
.insn i OP_IMM, 0, a0, a1, 5
.insn ca C1, 0x23, 0, a0, a1
.insn cj C1, 5, .
.insn cb C1,6,a0,.
.insn i LOAD,2,fa0,4(a1)
.insn s STORE_FP,2,fa0,4(a1)
.insn sb BRANCH,0,a0,a1,.
.insn r4 MADD,0,0,fa0,fa1,fa2,fa3
.insn css C2,6,fa0,63
.insn ciw C0,0,fa0,255
.insn ci C1,2,fa0,-3
.insn u LUI, a0, %hi(ext)
.insn i JALR,0,a0,a1,%lo(ext)
.insn s STORE,2,a0,%lo(ext)(a1)
====
# symbols from outside, and what compilers write around them
la a0, ext
lla a1, ext
lw a0, ext
sw a0, ext, t0
flw fa0, ext, t0
call ext
tail ext
call t0, ext
jump ext, t2
call ext@plt
lui a0, %hi(ext+4)
addi a0, a0, %lo(ext+4)
1: auipc a0, %pcrel_hi(ext)
sw a1, %pcrel_lo(1b)(a0)
====
# the frame of a trap
.equ PT_SIZE, 36*8
.macro save_all
.irp r, 1,5,6,7
sd x\r, (\r*8)(sp)
.endr
.endm
addi sp, sp, -(PT_SIZE)
save_all
ld t0, (PT_SIZE-8)(sp)
sd x5, PT_SIZE - 16(sp)
====
# numeric labels in macros
.macro loop n
1: addi a0, a0, -\n
lab\@: bnez a0, 1b
j lab\@
j 2f
.endm
loop 5
2: loop 6
2:
====
# sections that hold no code
.section .text.startup,"ax",@progbits
.globl f
.type f, @function
f:
.cfi_startproc
addi sp,sp,-16
.cfi_def_cfa_offset 16
ret
.cfi_endproc
.size f, .-f
.section .debug_info,"",@progbits
.word 5
.section .note.GNU-stack,"",@progbits
`
  .split('====\n')
  .map((text) => text.trim());

describe('texts have the bytes of GNU as', () => {
  test.each(TEXTS.map((text) => [text.split('\n')[0]?.slice(2) ?? '', text]))('%s', (_, text) => {
    expectSame(text, 'rv64gc');
  });

  test('numbers that are negative by their 32 bits', () => {
    expectSame('addi a0,a0,0xffffffff\nli a0,0xffffffe0\nli a0,0xfffff800\naddi sp,sp,0xfffffff0\nli a0,-1', 'rv32gc');
  });

  test.each([
    'a = b\nb = a\n.word a',
    'x = x + 1\n.word x',
    '.dc.q 1',
    '.octa 1f\n1:',
    'beq a0, a1, 0x80000000 + 1 << 40',
    'lui a0, %tprel_hi(x)',
    '.macro a\na\n.endm\na',
    '.if 1',
    '.else',
    '.endif',
    '.macro x',
    '.rept 5',
    '.rept -1\nnop\n.endr',
    '.err',
    '.error "foo"',
    '.if 1\n.else\n.else\n.endif',
    '.if x\n.endif\nx:',
    '1: beq a0,a1,2f\n2:\n.if 2b-1b\n.endif',
    '.equiv a, 1\n.equiv a, 2',
    'a: .set a, 1',
    '.org 4\n.org 2',
    '.macro m a a\n.endm',
    '.macro m a:foo\n.endm',
    '.macro m a:vararg, b\n.endm',
    '.macro m\n.endm\nm 5',
    '.macro m\n.endm\n.macro m\n.endm',
    '.macro m a:req\n.endm\nm',
    '.macro m a\n.endm\nm a=1, 2',
    '.macro m a\n.endm\nm b=1',
    '.word 1 2',
    '.insn 3, 0',
    '.insn css C2,6,fa0,64',
    '.ifdef',
    '.float x',
    '.ascii 5',
    '.word "a"',
  ])('%s is refused by both', (text) => {
    expect([ours(text, 'rv64gc'), theirs(text, 'rv64gc')]).toEqual([
      expect.stringMatching(/^refused/),
      expect.stringMatching(/^refused/),
    ]);
  });
});

test('decimal numbers are rounded as LLVM rounds them', () => {
  const random = generator(SEED);
  const digits = (count: number): string => String(random() % 10 ** count);
  const numbers = Array.from(
    { length: 300 },
    () => `${pickSign(random())}${digits(9)}${digits(9)}.${digits(9)}e${(random() % 60) - 50}`,
  );
  const ties = ['16777217', '16777219', '9007199254740993', '1.000000059604644775390625', '7.0064923216240854e-46'];
  const text = [...numbers, ...ties].flatMap((number) => [`.float ${number}`, `.double ${number}`]).join('\n');
  const llvm = llvmAssembly(text, 'rv64gc');
  expect(ours(text, 'rv64gc')).toBe(llvm.ok ? Buffer.from(llvm.code).toString('hex') : llvm.errors);
});

const pickSign = (bits: number): string => (bits % 2 === 0 ? '-' : '');
