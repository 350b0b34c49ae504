import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importText, readProgram, type Template, templateOf } from '../../server/src/import';
import { manyFunctions, Workshop } from './toolchain';

const workshop = new Workshop();
let elf = '';
beforeAll(() => {
  workshop.write('few.c', manyFunctions(40));
  const object = workshop.compile('few.c');
  workshop.run('riscv64-unknown-elf-ld', '-Ttext=0xffffffff80000000', object, '-o', 'few.elf');
  elf = 'few.elf';
}, 60_000);
afterAll(() => workshop.remove());

const text = (of: string): Uint8Array => new TextEncoder().encode(of);
const ftrace = templateOf('ftrace-6.16') as Template;

/** What does not depend on where it was read: comments and the machine say that. */
const bodyOf = (file: string): string => file.replace(/^# (?!ftrace).*\n/gm, '').replace(/^ *isa .*\n/m, '');

describe('a disassembly gives the same site as its ELF file', () => {
  const layouts: readonly (readonly [string, (file: string) => string])[] = [
    ['GNU objdump -d', (file) => workshop.run('riscv64-unknown-elf-objdump', '-d', file)],
    [
      'GNU objdump -d of all sections, without aliases',
      (file) => workshop.run('riscv64-unknown-elf-objdump', '-D', '-M', 'no-aliases', file),
    ],
    ['llvm-objdump -d', (file) => workshop.run('llvm-objdump-22', '-d', file)],
    [
      'llvm-objdump before 15: pairs of digits, as they stand in memory',
      (file) =>
        workshop
          .run('llvm-objdump-22', '-d', file)
          .replace(
            /^([0-9a-f]+: )([0-9a-f]{4}|[0-9a-f]{8})(?= )/gm,
            (_, place: string, digits: string) => `${place}${(digits.match(/../g) ?? []).reverse().join(' ')}`,
          ),
    ],
    [
      'one that was quoted in a mail, with its lines ended as in DOS',
      (file) => workshop.run('riscv64-unknown-elf-objdump', '-d', file).replace(/^/gm, '> > ').replace(/\n/g, '\r\n'),
    ],
  ];
  test.each(layouts)('%s', (_what, print) => {
    const listing = readProgram(text(print(elf)));
    const program = readProgram(workshop.read(elf));
    const names = [...workshop.addresses(elf).keys()].filter((name) => /^fn\d+$/.test(name));
    expect(names).toHaveLength(40);
    for (const name of names) {
      const [expected, found] = [program, listing].map((one) => importText(one, 'f', ftrace, name));
      expect(bodyOf(found ?? '')).toBe(bodyOf(expected ?? ''));
    }
  });

  test('of an object file, where its place is not known', () => {
    const object = workshop.compile('few.c');
    const listing = readProgram(text(workshop.run('riscv64-unknown-elf-objdump', '-dr', object)));
    const found = importText(listing, 'f', ftrace, 'fn7');
    expect(found).toContain('site fn7 at 2 mod 4 clobbers t0 {');
    expect(bodyOf(found)).toBe(bodyOf(importText(readProgram(workshop.read(object)), 'f', ftrace, 'fn7')));
  });

  test('a kernel that runs: what has been patched is seen', () => {
    const listing = `
ffffffff80a00000 <vfs_read>:
ffffffff80a00000:\t00010297          \tauipc\tt0,0x10
ffffffff80a00004:\t100282e7          \tjalr\tt0,256(t0)
ffffffff80a00008:\t8082                \tret
`;
    const found = importText(readProgram(text(listing)), 'f', ftrace, null);
    expect(found).toMatch(/site vfs_read at 0xffffffff80a00000 clobbers t0 \{/);
    expect(found).toMatch(/auipc +t0, 0x10 +# 0xffffffff80a00000: 00010297/);
    expect(found).toMatch(/jalr +t0, 256\(t0\) +# 0xffffffff80a00004: 100282e7/);
  });

  test('bytes that are no instruction are data', () => {
    const listing =
      '   80000000:\tffffffff          \t.word\t0xffffffff\n   80000004:\t0000                \tunimp\n   80000006:\t12 \t.byte\t0x12\n';
    const found = importText(readProgram(text(listing)), 'f', templateOf('none') as Template, null);
    expect(found).toMatch(/\.half +0xffff +# 0x80000000: ffff\n/);
    expect(found).toMatch(/\.byte +0x12 +# 0x80000006: 12\n/);
  });
});

describe('what is no disassembly that can be read', () => {
  test.each([
    ['', 'is neither an ELF file nor text as `objdump -d` prints it'],
    ['int main(void) { return 0; }\n', 'it has no line `address: bytes instruction`'],
    ['   0:\tadd\ta0,a0,a1\n', 'shows no bytes of instructions: run objdump without --no-show-raw-insn'],
    [
      'a.o:     file format elf64-x86-64\n   0:\t55 \tpush %rbp\n',
      'is a disassembly of elf64-x86-64, not of little-endian RISC-V',
    ],
    ['a.o:     file format elf64-bigriscv\n', 'is a disassembly of big-endian code'],
    ['   0:\t48 89 e5 \tmov %rsp,%rbp\n', 'line 1: 48 89 e5 is no RISC-V instruction of 3 bytes'],
    ['   0:\t00000013 \tnop\n   0:\t00000013 \tnop\n', 'line 2: address 0x0 comes after 0x0'],
    ['   0:\t00000013 \tnop\n   2:\t00000013 \tnop\n', 'line 2: address 0x2 is within what stands before it'],
  ])('%j', (listing, message) => {
    expect(() => readProgram(text(listing))).toThrow(message);
  });

  test('bytes that are no text', () => {
    expect(() => readProgram(Uint8Array.of(0xff, 0xfe, 0x00))).toThrow('is neither an ELF file nor text');
  });

  test('lines without an end cost no more than others', () => {
    expect(() => readProgram(text(`${'0'.repeat(3_000_000)}: `))).toThrow('is neither an ELF file nor text as');
  });
});
