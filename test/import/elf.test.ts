import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { check, defaultOptions } from '../../server/src/checker';
import { ImportError, importText, readProgram, type Template, templateOf, templates } from '../../server/src/import';
import { analyze, format, judge } from '../../server/src/language';
import { compiledBytes } from './blocks';
import { jumpLabels, manyFunctions, Workshop } from './toolchain';

const workshop = new Workshop();
const base = 0xffffffff80000000n;
beforeAll(() => {
  workshop.write('many.c', manyFunctions(1000));
  workshop.write('few.c', manyFunctions(40));
  workshop.write('labels.c', jumpLabels);
}, 60_000);
afterAll(() => workshop.remove());

const template = (name: string): Template => templateOf(name) as Template;
const none = template('none');

/** The code of a linked file, as objcopy takes it out. */
function textOf(file: string): Uint8Array {
  workshop.run('riscv64-unknown-elf-objcopy', '-O', 'binary', '-j', '.text', file, `${file}.bin`);
  return workshop.read(`${file}.bin`);
}

/** Compiles and links, at addresses where kernels are, or in the upper half of 32 bits. */
function link(source: string, march: string, nops: string): string {
  const object = workshop.compile(source, { march, nops });
  const file = `${object}.elf`;
  const at = march.startsWith('rv32') ? '0x80000000' : `0x${base.toString(16)}`;
  const emulation = march.startsWith('rv32') ? 'elf32lriscv' : 'elf64lriscv';
  workshop.run('riscv64-unknown-elf-ld', '-m', emulation, `-Ttext=${at}`, object, '-o', file);
  return file;
}

describe('the site of a function has the bytes, address and alignment of the program', () => {
  test.each([
    { march: 'rv64gc', nops: '8,4', source: 'many.c', functions: 1001, length: 8 },
    { march: 'rv64gc', nops: '4,2', source: 'few.c', functions: 41, length: 4 },
    { march: 'rv64g', nops: '4,2', source: 'few.c', functions: 41, length: 8 },
    { march: 'rv64g', nops: '8,4', source: 'few.c', functions: 41, length: 16 },
    { march: 'rv32gc', nops: '8,4', source: 'few.c', functions: 41, length: 8 },
  ])('gcc, $march, $nops nops, $functions functions', ({ march, nops, source, functions, length }) => {
    const file = link(source, march, nops);
    const start = march.startsWith('rv32') ? 0x80000000n : base;
    const raw = textOf(file);
    const program = readProgram(workshop.read(file));
    const names = [...workshop.addresses(file)].filter(([name]) => /^fn\d+$|^_start$/.test(name));
    expect(names.length).toBe(functions);
    // As many nops stand before the entry as from it on.
    const listed = program.entries.all.map(({ address }) => address + BigInt(length));
    expect(new Set(listed)).toEqual(new Set(names.map(([, address]) => address)));
    // Of very many, every fifth: each is written and assembled anew.
    for (const [name, address] of names.filter((_, i) => functions < 100 || i % 5 === 0)) {
      const text = importText(program, file, none, name);
      expect(text).toContain(`site ${name} at 0x${address.toString(16)} {`);
      expect(text).toContain(`Place: 0x${address.toString(16)}, ${address % 8n} mod 8.`);
      const { bytes, comments } = compiledBytes(text);
      const offset = Number(address - start);
      expect(bytes).toEqual(raw.slice(offset, offset + length));
      expect(comments[0]).toMatch(new RegExp(`^0x${address.toString(16)}: (0001|00000013)$`));
    }
  });

  test('clang: a section of entries for each function', () => {
    const functions = Array.from(
      { length: 40 },
      (_, i) => `define i32 @fn${i}(i32 %x) #0 {\n  %y = mul i32 %x, ${1000 + i * 37}\n  ret i32 %y\n}\n`,
    );
    const counts = '"patchable-function-entry"="4" "patchable-function-prefix"="4"';
    workshop.write('clang.ll', `${functions.join('')}attributes #0 = { ${counts} }\n`);
    const options = ['-mtriple=riscv64-unknown-elf', '-mattr=+m,+c,+relax', '-filetype=obj'];
    workshop.run('llc-22', ...options, 'clang.ll', '-o', 'clang.o');
    workshop.run('riscv64-unknown-elf-ld', `-Ttext=0x${base.toString(16)}`, '-e', 'fn0', 'clang.o', '-o', 'clang.elf');
    const raw = textOf('clang.elf');
    const [object, linked] = ['clang.o', 'clang.elf'].map((file) => readProgram(workshop.read(file)));
    for (const [name, address] of workshop.addresses('clang.elf')) {
      if (!/^fn\d+$/.test(name)) continue;
      const text = importText(linked ?? never(), 'clang.elf', none, name);
      expect(text).toContain(`site ${name} at 0x${address.toString(16)} {`);
      const offset = Number(address - base);
      expect(compiledBytes(text).bytes).toEqual(raw.slice(offset, offset + 8));
      expect(compiledBytes(importText(object ?? never(), 'clang.o', none, name)).bytes).toEqual(
        new Uint8Array(nops(4)),
      );
    }
    expect(object?.entries.all.length).toBe(40);
  });

  test('a function that is not patchable, and a place within it', () => {
    const object = workshop.compile('few.c', { nops: '0,0', options: '-O2' });
    workshop.run('riscv64-unknown-elf-ld', `-Ttext=0x${base.toString(16)}`, object, '-o', 'plain.elf');
    const program = readProgram(workshop.read('plain.elf'));
    const raw = textOf('plain.elf');
    const start = workshop.addresses('plain.elf').get('fn5') ?? never();
    const offset = Number(start - base);
    const whole = compiledBytes(importText(program, 'plain.elf', none, 'fn5'));
    expect(whole.bytes).toEqual(raw.slice(offset, offset + whole.bytes.length));
    expect(whole.bytes.length).toBeGreaterThanOrEqual(8);
    // The lengths of its instructions, as their comments tell them: places are where one begins.
    const second = Number(whole.comments[1]?.split(':')[0] ?? '') - Number(start);
    const probe = template('kprobe');
    const text = importText(program, 'plain.elf', probe, `fn5+${second}`);
    const { bytes } = compiledBytes(text);
    expect(bytes).toEqual(raw.slice(offset + second, offset + second + bytes.length));
    expect(text).toContain(bytes.length === 2 ? 'BREAK: c.ebreak' : 'BREAK: ebreak');
    expect(() => importText(program, 'plain.elf', probe, 'fn5+2')).toThrow(
      /has no instruction that begins at fn5\+0x2: one of 4 bytes does before it/,
    );
    expect(() => importText(program, 'plain.elf', template('ftrace-6.16'), 'fn5')).toThrow(
      'lists no patchable entries: it has no section __patchable_function_entries, and no symbols __start_mcount_loc and __stop_mcount_loc',
    );
  });
});

function never(): never {
  throw new Error('it is there');
}

const nops = (count: number): number[] => Array.from({ length: count }, () => [1, 0]).flat();

describe('a linked kernel has no section of entries', () => {
  const kernel = (name: string, ...options: string[]): string => {
    const objects = [workshop.compile('few.c'), workshop.compile('labels.c')];
    return workshop.linkKernel(name, ...options, ...objects);
  };

  test.each([
    ['at its addresses', []],
    ['that is moved when it starts: its lists are made of relocations', ['-shared', '-Bsymbolic', '-z', 'notext']],
    ['with all relocations kept', ['-shared', '-Bsymbolic', '-z', 'notext', '--emit-relocs']],
  ])('one %s', (_what, options) => {
    const file = kernel('vmlinux', ...options);
    const program = readProgram(workshop.read(file));
    const addresses = workshop.addresses(file);
    // The two functions with jump labels are patchable, too.
    expect(program.entries.all.length).toBe(43);
    expect(program.entries.where).toBe('the list between __start_mcount_loc and __stop_mcount_loc');
    const text = importText(program, file, template('ftrace-6.16'), 'fn17');
    expect(text).toContain(`site fn17 at 0x${addresses.get('fn17')?.toString(16)} clobbers t0 {`);
    expect(compiledBytes(text).bytes).toEqual(new Uint8Array(nops(4)));
  });

  test('one whose relocations were stripped says so', () => {
    const file = kernel('vmlinux', '-shared', '-Bsymbolic', '-z', 'notext');
    workshop.run('riscv64-unknown-elf-objcopy', '--remove-section=.rela.dyn', file, 'stripped');
    const program = readProgram(workshop.read('stripped'));
    expect(() => importText(program, 'stripped', template('ftrace-6.16'), null)).toThrow(
      'holds nothing but zeros: its relocations have been stripped',
    );
  });
});

describe('jump labels', () => {
  test.each(['rv64gc', 'rv32gc'])('of a %s object file and of what is linked of it', (march) => {
    const object = workshop.compile('labels.c', { march, nops: '0,0' });
    const at = march === 'rv32gc' ? '0x80000000' : '0xffffffff80000000';
    const emulation = march === 'rv32gc' ? 'elf32lriscv' : 'elf64lriscv';
    const options = ['-m', emulation, '-r', object, '-o', 'again.o'];
    workshop.run(
      'riscv64-unknown-elf-ld',
      '-m',
      emulation,
      `-Ttext=${at}`,
      '-e',
      'branch0',
      object,
      '-o',
      'labels.elf',
    );
    workshop.run('riscv64-unknown-elf-ld', ...options);
    const raw = textOf('labels.elf');
    const addresses = workshop.addresses('labels.elf');
    for (const [i, name] of ['branch0', 'branch1'].entries()) {
      const linked = importText(readProgram(workshop.read('labels.elf')), 'l', template('jump-label'), name);
      const start = addresses.get(name) ?? never();
      const offset = Number(start - BigInt(at));
      expect(linked).toContain(`site ${name} at 0x${start.toString(16)} {`);
      expect(linked).toContain(`# Its key: 0x${addresses.get(`key${i}`)?.toString(16)}.`);
      expect(compiledBytes(linked).bytes).toEqual(raw.slice(offset, offset + 4));
      // The second function is the first with a jump in it: the jump tells where the code for \`yes\` is.
      expect(linked).toContain(`symbol unlikely = 0x${(start + 8n).toString(16)}`);
      for (const file of [object, 'again.o']) {
        const open = importText(readProgram(workshop.read(file)), file, template('jump-label'), name);
        expect(open).toContain(`site ${name} at 0 mod 4 {`);
        expect(open).toContain(`# Its key: key${i}.`);
        expect(open).toContain(`symbol unlikely = ${name} + 0x8`);
        expect(compiledBytes(open).bytes).toEqual(compiledBytes(linked).bytes);
      }
    }
  });
});

describe('the protocol for an aligned place is as the template expects', () => {
  const judged = (text: string, all = true): readonly string[] =>
    analyze('a.cmodx', text, () => null)
      .checks.filter(({ when }) => all || when === null)
      .flatMap(({ scenario, expectations }) =>
        scenario === null
          ? ['it has errors']
          : judge(expectations, check(scenario, { ...defaultOptions, explain: false })).problems.map(String),
      );

  const pairs = ['ftrace-6.16', 'ftrace-stop-machine', 'auipc-replay', 'toggle-reach'];
  const pointers = ['call-ops', 'pointer-trampoline', 'trampoline-page'];
  const fourWords = ['ftrace-four-words', 'bpf-trampoline'];
  const always = ['kprobe', 'none'];

  // Every check of every template at one place; at the others the protocols as they stand, which is what places change.
  test.each([
    { march: 'rv64gc', nops: '8,4', goes: [...pairs, ...pointers, ...always], all: true },
    { march: 'rv64g', nops: '4,2', goes: [...pairs, ...pointers, ...always], all: false },
    { march: 'rv64g', nops: '8,4', goes: [...pairs, ...pointers, ...fourWords, ...always], all: false },
    { march: 'rv32gc', nops: '8,4', goes: [...pairs, ...always], all: false },
  ])('$march, $nops nops', ({ march, nops, goes, all }) => {
    const program = readProgram(workshop.read(link('few.c', march, nops)));
    const written: string[] = [];
    for (const one of templates.filter(({ patches }) => patches !== 'branch')) {
      let text = '';
      try {
        text = importText(program, 'few.elf', one, 'fn0');
        written.push(one.name);
      } catch (error) {
        if (!(error instanceof ImportError)) throw error;
        expect(error.message).toContain(one.name);
        continue;
      }
      expect(text).toMatch(/^# Place: 0x[0-9a-f]+, 0 mod 8\.$/m);
      expect({ [one.name]: judged(text, all) }).toEqual({ [one.name]: [] });
      expect(format(text)).toBe(text);
    }
    expect(written.sort()).toEqual([...goes].sort());
  });

  test('an instruction of 4 bytes, across two fetch units or not, and none of 2', () => {
    const file = workshop.write('probed.s', '.globl f\nf: c.nop\naddi a0, a0, 100\nc.nop\naddi a0, a0, 100\nret\n');
    workshop.run('riscv64-unknown-elf-gcc', '-c', '-march=rv64gc', file, '-o', 'probed.o');
    workshop.run('riscv64-unknown-elf-ld', '-Ttext=0x80000000', '-e', 'f', 'probed.o', '-o', 'probed.elf');
    const program = readProgram(workshop.read('probed.elf'));
    const poke = template('breakpoint-first');
    for (const place of ['f+2', 'f+8']) expect(judged(importText(program, 'p', poke, place))).toEqual([]);
    expect(() => importText(program, 'p', poke, 'f')).toThrow(
      'has an instruction of 2 bytes at f, and breakpoint-first is about one of 4',
    );
    expect(() => importText(program, 'p', template('module-load'), 'f')).toThrow(
      'holds nothing for module-load: write it by `cmodx new module-load`',
    );
  });

  test('of an object file, the worst place that its alignment leaves open: a pointer is at 4 mod 8', () => {
    const unlinked = (align: number): string => {
      const object = workshop.compile('few.c', { options: `-falign-functions=${align}` });
      return importText(readProgram(workshop.read(object)), 'few.o', template('call-ops'), 'fn3');
    };
    expect(unlinked(4)).toMatch(/^site fn3 at 4 mod 8 /m);
    expect(unlinked(4)).toContain('fn3 is aligned to 4 bytes only, and the worst place is taken.');
    expect(judged(unlinked(4), false)).toContain('expected `safe, effective`, found `unsafe wild-jump`');
    expect(unlinked(8)).toMatch(/^site fn3 at 0 mod 8 /m);
    expect(judged(unlinked(8))).toEqual([]);
  });

  test.each(['rv64gc', 'rv64g'])('a jump label, %s', (march) => {
    const file = link('labels.c', march, '0,0');
    const text = importText(readProgram(workshop.read(file)), file, template('jump-label'), 'branch1');
    expect(judged(text)).toEqual([]);
  });
});

describe('what is written', () => {
  test('is a scenario without errors, whatever the function is called', () => {
    const names = ['entry', 'off', 'AUIPC', 'nop', 'site', 't0', 'on', 'ftrace_caller', 'any', 'a.b.3'];
    const functions = names.map((name, i) => `.globl n${i}\n"${name}": .fill 4, 2, 1\n.half 0x8082`);
    const entries = names.map((name) => `.dword "${name}"`);
    const section = '.section __patchable_function_entries,"aw"';
    workshop.write('names.s', [...functions, section, ...entries, ''].join('\n').replace(/\.globl n\d+\n/g, ''));
    workshop.run('riscv64-unknown-elf-gcc', '-c', '-march=rv64gc', 'names.s', '-o', 'names.o');
    workshop.run('riscv64-unknown-elf-ld', '-Ttext=0x80000000', '-e', '0x80000000', 'names.o', '-o', 'names.elf');
    const program = readProgram(workshop.read('names.elf'));
    for (const name of names) {
      const text = importText(program, 'names.elf', template('ftrace-6.16'), name);
      const analysis = analyze('names.cmodx', text, () => null);
      const { checks } = analysis;
      const errors = analysis.diagnostics.filter(({ severity }) => severity === 'error');
      expect({ name, errors }).toEqual({ name, errors: [] });
      expect(checks.length).toBeGreaterThan(0);
    }
    expect(importText(program, 'names.elf', none, 'a.b.3')).toMatch(/^site a_b_3 at/m);
  });

  test('names the first entry where none is asked for', () => {
    const file = link('few.c', 'rv64gc', '8,4');
    const text = importText(readProgram(workshop.read(file)), 'a\nb.elf', none, null);
    expect(text).toMatch(/^# fn0 of a\?b\.elf: /);
    expect(text).toContain('entry 1 of 41 in the section __patchable_function_entries');
    expect(text).not.toContain('Stand-ins');
    const ftrace = importText(readProgram(workshop.read(file)), 'a', template('ftrace-6.16'), null);
    expect(ftrace).toContain('# Stand-ins for what the file does not have: ftrace_caller.\n');
  });

  test('what a template is too long for, and what is not in the list, is refused by name', () => {
    const program = readProgram(workshop.read(link('few.c', 'rv64gc', '4,2')));
    const ftrace = template('ftrace-6.16');
    expect(() => importText(program, 'p', ftrace, 'fn3')).toThrow(
      new ImportError('has 4 bytes of nops at fn3, and ftrace-6.16 writes 8'),
    );
    expect(() => importText(program, 'p', ftrace, 'fn3+4')).toThrow(
      'does not list fn3+0x4 among the 41 patchable entries',
    );
    expect(() => importText(program, 'p', ftrace, 'fn3x')).toThrow('has no symbol fn3x; did you mean `fn3`?');
    expect(() => importText(program, 'p', none, '0x10000000000000000')).toThrow('has addresses of 64 bits, and 0x1');
    expect(() => importText(program, 'p', none, '0x10')).toThrow('has no code at 0x10');
    expect(() => importText(program, 'p', template('jump-label'), null)).toThrow(
      'lists no jump labels: it has no section __jump_table, and no symbols __start___jump_table and __stop___jump_table',
    );
  });
});
