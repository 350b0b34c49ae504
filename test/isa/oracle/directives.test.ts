import { expect, test } from 'vitest';
import { assembleBlock, parseStatements } from '../../../server/src/isa/index';
import { isa } from '../harness';
import { gnuAssembly } from './tools';

/** What stands between instructions, with the code that it changes. */
const BLOCK = String.raw`
.option norelax
start: addi a0, a0, 1
.ascii "one", "two\n"
.asciz "tab\tquote\" \101\x42 é"
.string "x"
.balign 4
.option push
.option arch, +zba, +zbb
sh1add a0, a1, a2
andn a0, a0, a1
.option pop
.option push
.option arch, -c
addi a0, a0, 1
.option arch, +c
addi a0, a0, 1
.option pop
.byte 1, -1, 'a'
.half 0x1234
.zero 3, 7
.p2align 3
.dword start, . - start
.insn r OP, 0, 0, a0, a1, a2
.insn ci C1, 2, a0, -3
1: beqz a0, 1b
.option norvc
j start
`;

test.each([
  ['rv64gc', 0x80000000n],
  ['rv32gc', 0x80000000n],
] as const)('%s: directives mean what they mean to GNU as', (march, base) => {
  const theirs = gnuAssembly(BLOCK, march, base);
  const statements = parseStatements(BLOCK);
  const ours = assembleBlock(statements, base, { isa: isa(march), rvc: true, symbol: () => undefined });
  expect(ours.problems).toEqual([]);
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const all = Uint8Array.from(ours.statements.flatMap((statement) => [...statement.bytes]));
  expect(hex(all)).toBe(hex(theirs.ok ? theirs.code.subarray(0, all.length) : new Uint8Array()));
});
