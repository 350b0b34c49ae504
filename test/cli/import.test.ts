import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manyFunctions, Workshop } from '../import/toolchain';
import { cmodx } from './terminal';

const workshop = new Workshop();
let files: Record<string, Uint8Array> = {};
beforeAll(() => {
  workshop.write(
    'few.c',
    `${manyFunctions(20)}__attribute__((patchable_function_entry(0, 0))) void ftrace_caller(void) {}\n`,
  );
  const object = workshop.compile('few.c');
  workshop.run('riscv64-unknown-elf-ld', '-Ttext=0xffffffff80000000', object, '-o', 'few.elf');
  const listing = workshop.run('riscv64-unknown-elf-objdump', '-d', 'few.elf');
  files = { 'few.elf': workshop.read('few.elf'), 'few.txt': new TextEncoder().encode(listing) };
}, 60_000);
afterAll(() => workshop.remove());

describe('cmodx import', () => {
  test('writes a protocol for a function, which cmodx check takes', async () => {
    const {
      code,
      out,
      err,
      files: after,
    } = await cmodx('import few.elf --function fn2 --as ftrace-6.16 -o fn2.cmodx', files);
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: '' });
    const aligned = await cmodx('check fn2.cmodx', after);
    // Its address decides: 2 mod 4 is torn, and the command that checks says so.
    const address = workshop.addresses('few.elf').get('fn2') ?? 0n;
    expect(aligned.out).toContain(address % 4n === 0n ? 'ok   enable: safe' : 'FAIL enable: unsafe: torn');
    expect(after['fn2.cmodx']).toContain(
      `symbol ftrace_caller = 0x${workshop.addresses('few.elf').get('ftrace_caller')?.toString(16)}`,
    );
  });

  test('takes the text of a disassembly, too, and without --as only the site', async () => {
    const { code, out } = await cmodx('import few.txt --function fn3', files);
    expect(code).toBe(0);
    expect(out).toMatch(/^site fn3 at 0xffffffff800[0-9a-f]+ \{$/m);
    expect(out).not.toMatch(/^protocol/m);
    expect((await cmodx('format --check a.cmodx', { 'a.cmodx': out })).code).toBe(0);
  });

  test('--all: every entry, in words and as JSON', async () => {
    const { code, out } = await cmodx('import --all --reach fn3 few.elf', files);
    expect(code).toBe(0);
    expect(out).toMatch(/^few\.elf: 21 patchable entries in the section __patchable_function_entries$/m);
    expect(out).toMatch(/^ {2}21 with 8 bytes before the entry and 8 from it on$/m);
    expect(out).toMatch(/^ {2}at 2 mod 4: \d+ \([\d.]+ %\)$/m);
    expect(out).toMatch(/^ {2}\d+ \([\d.]+ %\) would be torn: .* the first is \w+ \(0x[0-9a-f]+\)$/m);
    expect(out).toMatch(
      /^reach of 0x[0-9a-f]+ \(fn3\) by rewriting only the JALR, each AUIPC made for ftrace_caller:$/m,
    );
    const json = await cmodx('import --all --reach fn3 --json few.elf', files);
    const { version, file, entries, reach } = JSON.parse(json.out) as Record<string, unknown> & {
      reach: { base: string };
    };
    expect({ version, file, entries, base: reach.base }).toEqual({
      version: 1,
      file: 'few.elf',
      entries: 21,
      base: 'ftrace_caller',
    });
  });

  test('tells a terminal how far it is, and clears that away; anyone else nothing', async () => {
    const { err } = await cmodx('import --all few.elf', files, { watched: true });
    expect(err).toContain('\rreading');
    expect(err).toContain('\r21 of 21');
    expect(err.endsWith('\r\u001b[K')).toBe(true);
    const refused = await cmodx('import --function nothing few.elf', files, { watched: true });
    expect(refused.err).toContain('\r\u001b[Kcmodx: few.elf has no symbol nothing\n');
    expect((await cmodx('import --all few.elf', files)).err).toBe('');
  });

  test('what cannot be done is said, and nothing is written', async () => {
    const { code, err, files: after } = await cmodx('import --as jump-label few.elf -o out.cmodx', files);
    expect(code).toBe(2);
    expect(err).toContain('cmodx: few.elf lists no jump labels: it has no section __jump_table');
    expect(after['out.cmodx']).toBeUndefined();
    expect((await cmodx('import a.txt', { 'a.txt': 'no listing' })).err).toContain(
      'a.txt is neither an ELF file nor text as',
    );
    expect((await cmodx('import b', {})).err).toBe('cmodx: b does not exist\n');
  });

  test.each([
    ['import', '`cmodx import` needs one ELF file or disassembly'],
    ['import a b', '`cmodx import` needs one ELF file or disassembly'],
    ['import --as ftrace-6.1 a', 'there is no template `ftrace-6.1`; did you mean `ftrace-6.16`?'],
    ['import --as x a', 'there is no template `x`; there are ftrace-6.16, '],
    ['import --reach f a', '`--reach` is about all entries: it goes with `--all`'],
    ['import --all --function f a', '`--function` is about one place: it does not go with `--all`'],
    ['import --all --auipc f a', '`--auipc` says where `--reach` begins: it needs one'],
  ])('%s', async (line, message) => {
    const { code, err } = await cmodx(line, {});
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe('cmodx new', () => {
  test('lists the templates', async () => {
    const { code, out } = await cmodx('new');
    expect(code).toBe(0);
    expect(out).toMatch(/^ftrace-6\.16 +ftrace since Linux 6\.16: /m);
    expect(out).toMatch(/^none +The site alone/m);
  });

  test('writes one, which is as expected', async () => {
    const { code, out, files: after } = await cmodx('new jit-verified-entry -o entry.cmodx');
    expect({ code, out }).toEqual({ code: 0, out: '' });
    const checked = await cmodx('check entry.cmodx', after);
    expect(checked.code).toBe(0);
    expect(checked.out).toMatch(/^3 checks: 3 as expected$/m);
  });

  test('an unknown one is refused', async () => {
    const { code, err } = await cmodx('new jump-lable');
    expect(code).toBe(2);
    expect(err).toContain('there is no template `jump-lable`; did you mean `jump-label`?');
  });
});
