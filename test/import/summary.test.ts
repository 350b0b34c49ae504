import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readProgram, summarize } from '../../server/src/import';
import { decode, parseIsa } from '../../server/src/isa';
import { manyFunctions, Workshop } from './toolchain';

const workshop = new Workshop();
const file = 'many.elf';
let addresses = new Map<string, bigint>();
beforeAll(() => {
  workshop.write(
    'many.c',
    `${manyFunctions(1000)}__attribute__((patchable_function_entry(0, 0))) void ftrace_caller(void) {}\n`,
  );
  const object = workshop.compile('many.c');
  workshop.run('riscv64-unknown-elf-ld', '-Ttext=0xffffffff80000000', object, '-o', file);
  addresses = workshop.addresses(file);
}, 60_000);
afterAll(() => workshop.remove());

const program = () => readProgram(workshop.read(file));
const quiet = (): void => undefined;
const entries = (): bigint[] =>
  [...addresses].filter(([name]) => /^fn\d+$|^_start$/.test(name)).map(([, address]) => address);

test('all entries of a program: how many, of what shape, and where they lie', () => {
  const done: number[] = [];
  const summary = summarize(program(), null, (count) => done.push(count));
  const count = (modulus: bigint): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const address of entries()) {
      const remainder = String(address % modulus);
      counts[remainder] = (counts[remainder] ?? 0) + 1;
    }
    return counts;
  };
  expect(summary.entries).toBe(1001);
  expect(summary.shapes).toEqual([{ before: 8, length: 8, entries: 1001 }]);
  expect(summary.mod4).toEqual({ remainders: count(4n), open: 0 });
  expect(summary.mod8).toEqual({ remainders: count(8n), open: 0 });
  expect(summary.torn).toBe(entries().filter((address) => address % 4n !== 0n).length);
  expect(summary.torn).toBeGreaterThan(300);
  const [first] = entries()
    .filter((address) => address % 4n !== 0n)
    .sort((a, b) => (a < b ? -1 : 1));
  expect(summary.firstTorn).toContain(`(0x${first?.toString(16)})`);
  expect(done.at(-1)).toBe(1001);
});

test('of an object file, the linker has not decided yet', () => {
  const object = readProgram(workshop.read('many.c-rv64gc-8,4.o'));
  const { mod4, torn } = summarize(object, null, quiet);
  expect(mod4).toEqual({ remainders: {}, open: 1001 });
  expect(torn).toBe(0);
  expect(() => summarize(object, { target: 'fn3', base: 'ftrace_caller' }, quiet)).toThrow(
    'is not linked: how far anything is from its entries is open yet',
  );
});

describe('the reach of a JALR that is rewritten alone', () => {
  /** As the assembler encodes a call of `base` at an address: what its AUIPC adds. */
  function assembledAuipc(at: bigint, base: bigint): bigint {
    const distance = base - at;
    workshop.write(
      'call.s',
      `.option norvc\n.option norelax\n1: auipc t0, %pcrel_hi(1b + ${distance})\n jalr t0, %pcrel_lo(1b)(t0)\n`,
    );
    workshop.run('riscv64-unknown-elf-gcc', '-c', '-march=rv64gc', 'call.s', '-o', 'call.o');
    workshop.run('riscv64-unknown-elf-ld', '-Ttext=0', '-e', '0', 'call.o', '-o', 'call.elf');
    workshop.run('riscv64-unknown-elf-objcopy', '-O', 'binary', '-j', '.text', 'call.elf', 'call.bin');
    const isa = parseIsa('rv64gc');
    const word = new DataView(workshop.read('call.bin').buffer).getUint32(0, true);
    return BigInt((isa.ok ? decode(word, isa.isa) : null)?.fields.imm ?? 0);
  }

  test.each(['ftrace_caller', 'ftrace_caller+2046', 'ftrace_caller+0x40', 'fn500'])('to %s, by the rule', (target) => {
    const { reach } = summarize(program(), { target, base: null }, quiet);
    const base = addresses.get('ftrace_caller') ?? 0n;
    const [name = '', beyond = '0'] = target.split('+');
    const wanted = (addresses.get(name) ?? 0n) + BigInt(beyond);
    const immediates = entries().map((at) => {
      const upper = (base - at + 0x800n) & ~0xfffn;
      return wanted - (at + upper);
    });
    const fits = immediates.filter((immediate) => immediate >= -2048n && immediate <= 2047n);
    expect(reach?.encodable).toBe(fits.length);
    expect(reach?.first === null).toBe(fits.length === 1001);
    const near = wanted - base <= 2047n && base - wanted <= 2047n;
    expect(reach?.wrongByDistance).toBe(near ? 1001 - fits.length : fits.length);
  });

  test('an entry that fails would call what the low 12 bits of the distance lead to', () => {
    const { reach } = summarize(program(), { target: 'fn500', base: null }, quiet);
    const [first = 0n] = entries().sort((a, b) => (a < b ? -1 : 1));
    const upper = assembledAuipc(first, addresses.get('ftrace_caller') ?? 0n);
    const result = first + upper;
    const immediate = (addresses.get('fn500') ?? 0n) - result;
    expect(reach?.first?.entry).toContain(`(0x${first.toString(16)})`);
    expect(reach?.first?.auipc).toBe(`0x${result.toString(16)}`);
    expect(reach?.first?.immediate).toBe(String(immediate));
    const called = result + BigInt.asIntN(12, immediate);
    expect(reach?.first?.calls).toContain(`0x${(called & ~1n).toString(16)}`);
  });

  test('distance does not tell: within 2047 of what the AUIPC was made for, and yet out of reach of some', () => {
    const { reach } = summarize(program(), { target: 'ftrace_caller+2046', base: null }, quiet);
    expect(reach?.encodable).toBeGreaterThan(300);
    expect(reach?.wrongByDistance).toBeGreaterThan(300);
  });

  test('what the AUIPCs point to must be known', () => {
    workshop.run('riscv64-unknown-elf-objcopy', '-N', 'ftrace_caller', file, 'without.elf');
    const without = readProgram(workshop.read('without.elf'));
    expect(() => summarize(without, { target: 'fn1', base: null }, quiet)).toThrow('name it with --auipc');
    expect(summarize(without, { target: 'fn1', base: 'fn1' }, quiet).reach?.encodable).toBe(1001);
    expect(() => summarize(without, { target: '0xffffffff80000001', base: 'fn1' }, quiet)).toThrow('is odd');
  });

  test('an AUIPC that stands at an entry counts', () => {
    const listing = (pair: string): string =>
      `0000000080000000 <a>:\n 80000000:\t${pair}\n0000000080000ff8 <b>:\n 80000ff8:\t00001297 \tauipc t0,0x1\n 80000ffc:\t00000013 \tnop\n`;
    const text = listing('00001297 \tauipc t0,0x1\n 80000004:\t010282e7 \tjalr t0,16(t0)');
    const { reach } = summarize(
      readProgram(new TextEncoder().encode(text)),
      { target: '0x80001010', base: null },
      quiet,
    );
    // 0x80001000 + 0x10 is in reach; from b it is 0x80001ff8 - 0xfe8, which no JALR subtracts.
    expect(reach?.encodable).toBe(1);
    expect(reach?.first).toEqual({
      entry: 'b (0x80000ff8)',
      auipc: '0x80001ff8',
      immediate: '-4072',
      calls: '0x80002010 (no code there)',
    });
  });

  test('what is 2 GiB away is out of reach of the pair', () => {
    const { reach } = summarize(program(), { target: 'fn1', base: '0x1000' }, quiet);
    expect(reach?.encodable).toBe(0);
    expect(reach?.withoutAuipc).toBeGreaterThan(0);
  });
});
