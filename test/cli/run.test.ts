import { describe, expect, test } from 'vitest';
import { elf64 } from '../machine/elf/make';
import { assemble, codeAddress, isaOf } from '../machine/harness';
import { cmodx } from './terminal';

const data = 0x8000_1000n;
const tohost = 0x8000_2000n;

/** A program of one section of code, a page of data, and `tohost`. */
function program(assembly: string, words: readonly bigint[] = []): Uint8Array {
  const code = assemble(assembly, isaOf('rv64gc_v_zcb'));
  return elf64(
    codeAddress,
    [
      { name: '.text', address: codeAddress, bytes: code, executable: true },
      { name: '.data', address: data, bytes: new Uint8Array(new BigUint64Array(words).buffer) },
      { name: '.tohost', address: tohost, bytes: new Uint8Array(16) },
    ],
    [
      { name: '_start', address: codeAddress, part: 0 },
      { name: 'begin_signature', address: data, part: 1 },
      { name: 'end_signature', address: data + 8n * BigInt(words.length), part: 1 },
      { name: 'tohost', address: tohost, part: 2 },
      { name: 'fromhost', address: tohost + 8n, part: 2 },
    ],
  );
}

const exit = (code: number): string => `li t0, 0x80002000; li t1, ${2 * code + 1}; sd t1, 0(t0); 9: j 9b`;
const run = (assembly: string, options = '', words: readonly bigint[] = []) =>
  cmodx(`run${options.includes('--max-steps') ? '' : ' --max-steps 10000'} ${options} a.elf`, {
    'a.elf': program(assembly, words),
  });

describe('cmodx run', () => {
  test.each([0, 1, 42, 255])('ends with the exit code %i of the program', async (code) => {
    expect(await run(exit(code))).toMatchObject({ code, out: '', err: '' });
  });

  test('an exit code that does not fit is never 0', async () => {
    expect(await run(exit(256))).toMatchObject({ code: 255, err: 'cmodx: a.elf: ended with exit code 256\n' });
  });

  test('takes a message in two halves, in either order, and one of which only the low half comes', async () => {
    const halves = ['sw t1, 0(t0); sw zero, 4(t0)', 'sw zero, 4(t0); sw t1, 0(t0)', 'sw t1, 0(t0)'];
    for (const stores of halves) expect((await run(`li t0, 0x80002000; li t1, 7; ${stores}; 9: j 9b`)).code).toBe(3);
  });

  test('shows what the program writes: by the console, and by `write`', async () => {
    const putchar = 'li t0, 0x80002000; li t1, 0x0101000000000041; sd t1, 0(t0); 1: ld t1, 0(t0); bnez t1, 1b';
    expect(await run(`${putchar}; ${exit(0)}`)).toMatchObject({ code: 0, out: 'A' });
    const hello = 0x6f6c6c6548n;
    const words = [64n, 1n, data + 64n, 5n, 0n, 0n, 0n, 0n, hello];
    const write = 'li t0, 0x80002000; li t1, 0x80001000; sd t1, 0(t0); 1: ld t1, 8(t0); beqz t1, 1b; sd zero, 8(t0)';
    expect(await run(`${write}; ${exit(0)}`, '', words)).toMatchObject({ code: 0, out: 'Hello' });
    words[1] = 2n;
    expect(await run(`${write}; ${exit(0)}`, '', words)).toMatchObject({ code: 0, out: '', err: 'Hello' });
  });

  test('stops at the step limit with 124', async () => {
    expect(await run('1: j 1b', '--max-steps 1000')).toMatchObject({
      code: 124,
      err: 'cmodx: a.elf: not ended after 1,000 steps (`--max-steps`)\n',
    });
  });

  test('a handler that cannot be fetched ends the run at once, as the step limit does', async () => {
    expect(await run('nop; unimp', '')).toMatchObject({
      code: 124,
      err: 'cmodx: a.elf: traps for ever: its handler at 0x0 cannot be fetched, after a trap at 0x80000004\n',
    });
  });

  test('the bytes that a program writes come through as they are', async () => {
    const bytes = [0xef, 0xbb, 0xbf, 0x41, 0xff, 0x80, 0x00, 0x42, 0xc3, 0xa9, 0xe2, 0x82];
    const message = new DataView(Uint8Array.from([...bytes, 0, 0, 0, 0]).buffer);
    const text = [message.getBigUint64(0, true), message.getBigUint64(8, true)];
    const words = [64n, 1n, data + 64n, BigInt(bytes.length), 0n, 0n, 0n, 0n, ...text];
    const write = 'li t0, 0x80002000; li t1, 0x80001000; sd t1, 0(t0); 1: ld t1, 8(t0); beqz t1, 1b; sd zero, 8(t0)';
    expect([...(await run(`${write}; ${exit(0)}`, '', words)).bytes]).toEqual(bytes);
    const putchar = 'li t0, 0x80002000; li t1, 0x01010000000000ff; sd t1, 0(t0); 1: ld t1, 0(t0); bnez t1, 1b';
    expect([...(await run(`${putchar}; ${exit(0)}`)).bytes]).toEqual([0xff]);
  });

  test('a program that writes faster than anybody reads is made to wait', async () => {
    const words = [64n, 1n, codeAddress, 0x10_0000n, 0n, 0n, 0n, 0n];
    const again = 'sd zero, 8(t0); li t3, 64; li t4, 0x100000; sd t3, 0(t1); addi t2, t2, -1; bnez t2, 2b';
    const write = 'li t0, 0x80002000; li t1, 0x80001000; li t2, 8; 2: sd t1, 0(t0); 1: ld t3, 8(t0); beqz t3, 1b';
    const { code, bytes, unread } = await run(`${write}; ${again}; ${exit(0)}`, '', words);
    expect({ code, written: bytes.length }).toEqual({ code: 0, written: 8 << 20 });
    expect(unread).toBeLessThanOrEqual(2 << 20);
  });

  test('waiting takes no steps', async () => {
    const loop = 'li t0, 0x80002000; li t1, 0x80001000; 2: li t3, 64; sd t3, 0(t1); sd t1, 0(t0); j 2b';
    const written = async (size: bigint) => {
      const words = [64n, 1n, codeAddress, size, 0n, 0n, 0n, 0n];
      return (await run(loop, '--max-steps 40', words)).bytes.length / Number(size);
    };
    const times = await written(1n);
    expect(times).toBeGreaterThan(7);
    expect(await written(0x10_0000n)).toBe(times);
  });

  test('--trace writes what retires as a commit log, apart from what the program writes', async () => {
    const log = [
      'core   0: 3 0x0000000080000000 (0x01000293) x5  0x0000000000000010',
      'core   0: 3 0x0000000080000004 (0x4515) x10 0x0000000000000005',
      '',
    ].join('\n');
    const putchar = 'li t0, 0x80002000; li t1, 0x0101000000000041; sd t1, 0(t0); 1: ld t1, 0(t0); bnez t1, 1b';
    const traced = await run(`${putchar}; 9: j 9b`, '--trace --max-steps 50');
    expect(traced.out).toBe('A');
    expect(traced.err).toMatch(/^(core .*\n)+cmodx: a\.elf: not ended/);
    const logged = await run('addi t0, zero, 16; c.li a0, 5', '--log a.log --max-steps 2');
    expect(logged).toMatchObject({ out: '', err: 'cmodx: a.elf: not ended after 2 steps (`--max-steps`)\n' });
    expect(logged.files['a.log']).toBe(log);
  });

  test('a trace waits for those who read it', async () => {
    const { err, unread } = await run('9: j 9b', '--trace --max-steps 100000');
    expect(err.length).toBeGreaterThan(4 << 20);
    expect(unread).toBeLessThan(2 << 20);
  });

  test('a line of the trace tells what was written', async () => {
    const { err } = await run('la t0, 2f; csrw mtvec, t0; ecall; 2: c.li a0, 5', '--trace --max-steps 5');
    expect(err.replace(/cmodx: .*\n/, '')).toBe(
      [
        'core   0: 3 0x0000000080000000 (0x00000297) x5  0x0000000080000000',
        'core   0: 3 0x0000000080000004 (0x01028293) x5  0x0000000080000010',
        'core   0: 3 0x0000000080000008 (0x30529073) c773_mtvec 0x0000000080000010',
        'core   0: 3 0x0000000080000010 (0x4515) x10 0x0000000000000005',
        '',
      ].join('\n'),
    );
  });

  test('--signature writes the words between the symbols', async () => {
    const words = [0x1122334455667788n, 1n];
    const { files, code } = await run(exit(0), '--signature a.sig', words);
    expect(code).toBe(0);
    expect(files['a.sig']).toBe('55667788\n11223344\n00000001\n00000000\n');
  });

  test('--signature-granularity is the bytes of a line, as Spike writes them', async () => {
    const words = [0x1122334455667788n, 1n, 2n];
    const sixteen = await run(exit(0), '--signature a.sig --signature-granularity 16', words);
    expect(sixteen.files['a.sig']).toBe('00000000000000011122334455667788\n00000000000000000000000000000002\n');
    const one = await run(exit(0), '--signature a.sig --signature-granularity 1', [0x0201n]);
    expect(one.files['a.sig']).toBe('01\n02\n00\n00\n00\n00\n00\n00\n');
  });

  test('--misaligned trap', async () => {
    const load = `la t2, 1f; csrw mtvec, t2; li t0, 0x80001001; lw a0, 0(t0); ${exit(1)}; .balign 4; 1: ${exit(2)}`;
    expect((await run(load, '', [0n, 0n])).code).toBe(1);
    expect((await run(load, '--misaligned trap', [0n, 0n])).code).toBe(2);
  });

  test('--isa decides what is illegal', async () => {
    const code = `la t2, 1f; csrw mtvec, t2; c.lbu a0, 0(a0); ${exit(1)}; .balign 4; 1: ${exit(2)}`;
    expect((await run(`li a0, 0x80001000; ${code}`, '--isa rv64gc', [0n])).code).toBe(2);
  });

  test.each([
    ['what is not executed', 'vsetvli a0, a1, e8, m1', '--isa rv64gcv', 'refused: `vsetvli` at 0x80000000'],
    ['another width', 'nop', '--isa rv32gc', 'is for RV64, and the ISA is RV32'],
    ['an unknown ISA', 'nop', '--isa rv64gz', 'unknown extension'],
    ['an unknown option', 'nop', '--isas rv64gz', 'did you mean `--isa`?'],
    [
      'a system call that is not there',
      'li t0, 0x80002000; li t1, 0x80001000; sd t1, 0(t0); 1: j 1b',
      '',
      'system call 0',
    ],
    ['a message to nowhere', 'li t0, 0x80002000; li t1, 0x100; sd t1, 0(t0); 1: j 1b', '', 'points to no memory'],
    ['an odd granularity', 'nop', '--signature x --signature-granularity 3', '1, 2, 4, 8 or 16 bytes, not 3'],
    ['a register of what is not executed', 'csrwi vcsr, 0', '--isa rv64gcv', 'refused: `csrrwi vcsr` at 0x80000000'],
    ['no memory for a signature', 'nop', '--signature x', 'begin_signature'],
  ])('refuses %s with 125', async (_what, assembly, options, message) => {
    const words = options === '--signature x' ? [] : [0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n];
    const { code, err } = await run(assembly, options, words);
    expect(code).toBe(125);
    expect(err).toContain(message);
  });

  test.each([
    ['missing.elf', 'does not exist'],
    ['text', 'is not an ELF file'],
    ['cut', 'beyond the file'],
    ['large', 'has a signature of 33554432 bytes, more than 16777216'],
  ])('refuses the file %s with 125', async (file, message) => {
    const large = elf64(
      codeAddress,
      [{ name: '.text', address: codeAddress, bytes: Uint8Array.of(1, 0) }],
      ['begin_signature', 'end_signature'].map((name, i) => ({
        name,
        address: codeAddress + BigInt(i << 25),
        part: 0,
      })),
    );
    const files = { text: 'hello', cut: program('nop').subarray(0, 200), large };
    const { code, err } = await cmodx(`run --signature x ${file}`, files);
    expect(code).toBe(125);
    expect(err).toContain(message);
  });
});

describe('cmodx disasm', () => {
  test('prints executable sections as objdump does', async () => {
    const { code, out } = await cmodx('disasm a.elf', {
      'a.elf': program('1: lui t0, 0x80001; ld a0, 0(t0); beqz a0, 1b; c.nop'),
    });
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      '',
      'a.elf:     file format elf64-littleriscv',
      '',
      '',
      'Disassembly of section .text:',
      '',
      '0000000080000000 <_start>:',
      '    80000000:\t800012b7          \tlui\tt0,0x80001',
      '    80000004:\t0002b503          \tld\ta0,0(t0) # ffffffff80001000 <fromhost+0xfffffffeffffeff8>',
      '    80000008:\tfe050ce3          \tbeqz\ta0,80000000 <_start>',
      '    8000000c:\t0001                \tnop',
      '',
    ]);
  });

  test('prints a raw binary from its base on, what is cut off as data', async () => {
    const bytes = Uint8Array.from([0x93, 0x02, 0x10, 0x00, 0xff, 0xff, 0x97, 0x02, 0x00]);
    const { out } = await cmodx('disasm --base 0x1000 --isa rv64gc a.bin', { 'a.bin': bytes });
    expect(out.split('\n').slice(7)).toEqual([
      '    1000:\t00100293          \tli\tt0,1',
      '    1004:\tffff                \t.2byte\t0xffff',
      '    1006:\t0297                \t.short\t0x0297',
      '    1008:\t00                \t.byte\t0x00',
      '',
    ]);
  });

  test('names come from `.dynsym` where there is no `.symtab`', async () => {
    const bytes = program('nop');
    const view = new DataView(bytes.buffer);
    const types = Number(view.getBigUint64(40, true)) + 4;
    for (let at = types; at < bytes.length; at += 64) if (view.getUint32(at, true) === 2) view.setUint32(at, 11, true);
    expect((await cmodx('disasm a.elf', { 'a.elf': bytes })).out).toContain('0000000080000000 <_start>:');
  });

  test('waits for those who read it', async () => {
    const { bytes, unread } = await cmodx('disasm a.bin', { 'a.bin': new Uint8Array(1 << 19) });
    expect(bytes.length).toBeGreaterThan(8 << 20);
    expect(unread).toBeLessThan(4 << 20);
  });

  test('code may end at the last address', async () => {
    const { out } = await cmodx('disasm --base 0xfffffffe --isa rv32ic a.bin', { 'a.bin': Uint8Array.of(1, 0) });
    expect(out).toContain('\nfffffffe:\t0001');
  });

  test('--json prints one object a line', async () => {
    const { out } = await cmodx('disasm --json a.bin', { 'a.bin': Uint8Array.from([0x6f, 0, 0, 0]) });
    expect(JSON.parse(out)).toEqual({
      address: '0x0000000000000000',
      bytes: '0x0000006f',
      text: 'j 0x0',
      extension: 'i',
      legal: true,
    });
  });

  test.each([
    ['a.elf --base 4', '`--base` is for raw binaries'],
    ['a.bin --base x', '`--base` needs an address'],
    ['a.bin --base 0x1001', '`--base 0x1001` is odd'],
    ['a.bin --base 0xffffffff --isa rv32i', 'odd'],
    ['c.bin --base 0xfffffffffffffffe', 'beyond the last address of RV64'],
    ['c.bin --base 0xfffffffe --isa rv32i', 'beyond the last address of RV32'],
    ['b.bin', 'does not exist'],
    ['cut.elf', 'beyond the file'],
  ])('refuses `disasm %s`', async (line, message) => {
    const files = {
      'a.elf': program('nop'),
      'a.bin': Uint8Array.of(1, 0),
      'c.bin': new Uint8Array(4),
      'cut.elf': program('nop').subarray(0, 200),
    };
    const { code, err } = await cmodx(`disasm ${line}`, files);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
