import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ImportError, importText, readProgram, summarize, templateOf } from '../../server/src/import';
import { jumpLabels, manyFunctions, Workshop } from './toolchain';

const workshop = new Workshop();
let files: Uint8Array[] = [];
beforeAll(() => {
  workshop.write('few.c', manyFunctions(8));
  workshop.write('labels.c', jumpLabels);
  const objects = [workshop.compile('few.c'), workshop.compile('labels.c')];
  const linked = workshop.linkKernel('vmlinux', ...objects);
  files = [...objects, linked].map((file) => workshop.read(file));
}, 60_000);
afterAll(() => workshop.remove());

/** One template for each kind of place that is asked for. */
const kinds = ['ftrace-6.16', 'call-ops', 'jump-label', 'kprobe', 'module-load', 'none'].flatMap(
  (name) => templateOf(name) ?? [],
);

/** All that can be asked of a file. What is wrong with it is told as an `ImportError`, anything else is a fault of ours. */
function askAll(bytes: Uint8Array): readonly string[] {
  const told: string[] = [];
  const ask = (question: () => unknown): void => {
    try {
      question();
    } catch (error) {
      if (!(error instanceof ImportError)) throw error;
      told.push(error.message);
    }
  };
  ask(() => {
    const program = readProgram(bytes);
    for (const template of kinds) {
      for (const wanted of [null, 'branch1', '0x4']) ask(() => importText(program, 'f', template, wanted));
    }
    for (const base of [null, 'fn1']) ask(() => summarize(program, { target: 'fn2', base }, () => undefined));
    ask(() => summarize(program, null, () => undefined));
  });
  return told;
}

describe('any bytes', () => {
  test('a file that ends too early', () => {
    fc.assert(
      fc.property(fc.nat(2), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (which, part) => {
        const file = files[which] ?? new Uint8Array(0);
        askAll(file.subarray(0, Math.floor(file.length * part)));
      }),
      { numRuns: 60 },
    );
  });

  test('a file some of whose bytes are others', () => {
    const change = fc.record({ at: fc.nat(), to: fc.constantFrom(0, 1, 2, 4, 8, 0x7f, 0x80, 0xff) });
    fc.assert(
      fc.property(
        fc.nat(2),
        fc.array(change, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        (which, changes, heads) => {
          const file = (files[which] ?? new Uint8Array(0)).slice();
          // The header, and what stands at the end: the tables of sections, symbols and names.
          for (const { at, to } of changes) {
            const size = heads ? Math.min(64, file.length) : file.length;
            file[at % size] = to;
          }
          askAll(file);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a whole file', () => {
    for (const file of files) expect(askAll(file)).toSatisfy((told: string[]) => told.length < 30);
  });
});

describe('what is missing is named', () => {
  const messages = (bytes: Uint8Array): string => askAll(bytes).join('\n');

  test('a stripped kernel', () => {
    workshop.run('riscv64-unknown-elf-strip', '-o', 'stripped', 'vmlinux');
    expect(messages(workshop.read('stripped'))).toContain('it has no symbols at all: it is stripped');
    expect(messages(workshop.read('stripped'))).toContain(
      'has no symbols (it is stripped), so nothing is called branch1',
    );
  });

  test('another machine, another byte order, no code', () => {
    const file = (files[2] ?? new Uint8Array(0)).slice();
    file[0x12] = 62;
    expect(messages(file)).toBe('is for machine 62, not for RISC-V (243) (at offset 0x12)');
    file[5] = 2;
    expect(messages(file)).toBe('is big-endian (at offset 0x5)');
    workshop.write('empty.s', '.data\n.word 1\n');
    workshop.run('riscv64-unknown-elf-gcc', '-c', 'empty.s', '-o', 'empty.o');
    expect(messages(workshop.read('empty.o'))).toBe('has no section with instructions');
  });

  test.each([
    [[0x1f, 0x8b, 8, 0], 'is compressed (gzip): unpack it first'],
    [[...new TextEncoder().encode('!<arch>\n')], 'is an archive: import one of its object files'],
    [[0x4d, 0x5a, 0x6f, 0x10], 'is a bootable image, which has no symbols: import the vmlinux that it was made of'],
  ])('what an ELF file is wrapped in: %j', (bytes, message) => {
    expect(messages(Uint8Array.from(bytes))).toContain(message);
  });

  test('a list that points to nothing', () => {
    workshop.write(
      'lost.s',
      'f: ret\n.section __patchable_function_entries,"aw"\n.dword 0x1234, 0xfffffffffffffff0, f\n',
    );
    workshop.run('riscv64-unknown-elf-gcc', '-c', '-march=rv64gc', 'lost.s', '-o', 'lost.o');
    workshop.run('riscv64-unknown-elf-ld', '-Ttext=0x80000000', '-e', '0', 'lost.o', '-o', 'lost.elf');
    const program = readProgram(workshop.read('lost.elf'));
    expect(summarize(program, null, () => undefined).shapes).toEqual([{ before: 0, length: 0, entries: 3 }]);
    const ftrace = templateOf('ftrace-6.16') ?? never();
    expect(() => importText(program, 'f', ftrace, null)).toThrow(
      'has 0 bytes of nops at 0x1234, and ftrace-6.16 writes 8',
    );
  });
});

function never(): never {
  throw new Error('it is there');
}

test('many names and a long run of nops do not take for ever', () => {
  const names = Array.from({ length: 50_000 }, (_, i) => `x${i} = f + ${i % 64}\n`).join('');
  const list = Array.from({ length: 10_000 }, (_, i) => `.dword f + ${i * 2}\n`).join('');
  workshop.write('many.s', `.text\nf:\n.fill 50000, 2, 1\n${names}.section __patchable_function_entries,"aw"\n${list}`);
  workshop.run('riscv64-unknown-elf-gcc', '-c', '-march=rv64gc', 'many.s', '-o', 'many.o');
  workshop.run('riscv64-unknown-elf-ld', '-Ttext=0x80000000', '-e', '0', 'many.o', '-o', 'many.elf');
  const program = readProgram(workshop.read('many.elf'));
  expect(summarize(program, null, () => undefined).entries).toBe(10_000);
  expect(() => importText(program, 'f', templateOf('ftrace-6.16') ?? never(), 'x12a')).toThrow('has no symbol x12a');
});
