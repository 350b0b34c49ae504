import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { readProgram } from '../../server/src/import';
import { Workshop } from './toolchain';

const workshop = new Workshop();
afterAll(() => workshop.remove());

/** Pieces of a function: what the linker shortens, what it aligns, and what it leaves alone. */
const piece = fc.constantFrom(
  'call away',
  'c.nop',
  'lui a0, %hi(away)\n addi a0, a0, %lo(away)',
  '.balign 4',
  '.balign 8',
  '.balign 16',
  '.option push\n.option norelax\n call away\n.option pop',
  '.option push\n.option norvc\n nop\n.option pop',
);
const sections = fc.array(fc.array(piece, { maxLength: 4 }), { minLength: 1, maxLength: 12 });

describe('what an object file says of addresses', () => {
  test('holds wherever the linker puts it, and nothing closer holds of all places', () => {
    const weaker: boolean[] = [];
    fc.assert(
      fc.property(sections, fc.constantFrom(0, 2, 6, 10), (functions, before) => {
        const text = functions.map((pieces, i) => `${pieces.join('\n')}\n.globl at${i}\nat${i}: c.nop\n`).join('');
        workshop.write('a.s', `.globl _start\n_start:\n${text}\nret\n`);
        workshop.write('b.s', `.fill ${before / 2}, 2, 1\n.globl away\naway: ret\n`);
        for (const name of ['a', 'b']) {
          workshop.run('riscv64-unknown-elf-gcc', '-c', '-march=rv64gc', `${name}.s`, '-o', `${name}.o`);
        }
        workshop.run('riscv64-unknown-elf-ld', '-Ttext=0x10000', 'b.o', 'a.o', '-o', 'linked');
        const program = readProgram(workshop.read('a.o'));
        const linked = workshop.addresses('linked');
        for (const { name, place } of program.symbols.all) {
          const { remainder, modulus } = program.alignmentAt(place);
          const address = Number((linked.get(name) ?? 0n) % 4096n);
          expect({ name, remainder: address % modulus }).toEqual({ name, remainder });
          weaker.push(modulus > 2);
        }
      }),
      { numRuns: 25, seed: 5 },
    );
    // Both kinds of places are among them: those of which something is known, and those of which nothing is.
    expect(new Set(weaker)).toEqual(new Set([true, false]));
  });
});
