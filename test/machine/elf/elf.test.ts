import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIsa } from '../../../server/src/isa/index';
import { readElf } from '../../../server/src/machine/elf/index';
import { loadMachine } from '../../../server/src/machine/system/index';
import { elf64 } from './make';

const text = Uint8Array.of(0x13, 0, 0, 0);
const parts = [
  { name: '.text', address: 0x8000_0000n, bytes: text, executable: true },
  { name: '.data', address: 0x8000_1000n, bytes: new Uint8Array(16) },
];
const file = elf64(0x8000_0000n, parts, [{ name: 'start', address: 0x8000_0000n, part: 0 }]);

/** The file with bytes changed. */
function changed(...edits: readonly (readonly [number, number])[]): Uint8Array {
  const copy = file.slice();
  for (const [at, byte] of edits) copy[at] = byte;
  return copy;
}

describe('an ELF file', () => {
  it('has an entry, segments, sections and symbols', () => {
    const result = readElf(file);
    if (!result.ok) throw new Error(result.message);
    const { elf } = result;
    expect(elf).toMatchObject({ xlen: 64, executable: true, entry: 0x8000_0000n, arch: null });
    expect(elf.segments.map(({ address, size }) => [address, size])).toEqual([
      [0x8000_0000n, 4n],
      [0x8000_1000n, 16n],
    ]);
    expect(elf.sections.map(({ name }) => name)).toEqual(['', '.text', '.data', '.symtab', '.strtab']);
    expect(elf.sections[1]).toMatchObject({ bytes: text, executable: true, allocated: true });
    expect(elf.symbols[1]).toMatchObject({ name: 'start', value: 0x8000_0000n, section: 1, kind: 'none' });
  });

  it.each<[string, Uint8Array, string, number]>([
    ['is empty', new Uint8Array(0), 'is not an ELF file', 0],
    ['ends after its first bytes', file.subarray(0, 4), 'ends within the header', 4],
    ['ends within the header', file.subarray(0, 30), 'ends within the header', 30],
    ['has no class', changed([4, 3]), 'class 3', 4],
    ['is big-endian', changed([5, 2]), 'is big-endian', 5],
    ['is a core file', changed([16, 4]), 'type 4', 16],
    ['is for another machine', changed([18, 62]), 'machine 62, not for RISC-V', 18],
    ['has its section headers outside', changed([46, 1]), 'the table of section headers reaches beyond', 40],
    ['has a segment outside', changed([64 + 10, 1]), 'segment 0 reaches beyond', 64],
    ['has a segment with more in the file than in memory', changed([64 + 40, 1]), 'more bytes in the file', 64],
    ['is cut off', file.subarray(0, file.length - 1), 'reaches beyond the file', 40],
  ])('that %s is refused with the place', (_what, bytes, message, offset) => {
    const result = readElf(bytes);
    expect(result).toMatchObject({ ok: false, offset });
    expect(result.ok ? '' : result.message).toContain(message);
  });

  it('of any bytes is read or refused, never more', () => {
    const edit = fc.tuple(fc.nat(file.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 8 }), fc.nat(file.length), (edits, length) => {
        const result = readElf(changed(...edits).subarray(0, length));
        if (!result.ok) expect(result.offset).toBeLessThanOrEqual(file.length);
        else for (const { bytes } of result.elf.segments) expect(bytes.length).toBeLessThanOrEqual(length);
      }),
      { numRuns: 2000 },
    );
  });

  it('of each length up to its own is refused, unless all that it names is there', () => {
    for (let length = 0; length < file.length; length++) {
      const result = readElf(file.subarray(0, length));
      expect(result.ok).toBe(false);
      if (!result.ok) expect(result.offset).toBeLessThanOrEqual(length);
    }
  });

  it('whose sections overlap is refused before anything is done for each of their bytes', () => {
    const copy = file.slice();
    const view = new DataView(copy.buffer);
    const headers = Number(view.getBigUint64(40, true));
    for (const section of [1, 2]) {
      view.setBigUint64(headers + 64 * section + 24, 0n, true);
      view.setBigUint64(headers + 64 * section + 32, BigInt(file.length), true);
    }
    expect(readElf(copy)).toMatchObject({ ok: false, offset: headers + 128 });
  });

  it('with the same long name for many symbols is refused', () => {
    const label = { name: 'x'.repeat(4000), address: 0x8000_0000n, part: 0 };
    const named = (count: number) => readElf(elf64(0x8000_0000n, parts, new Array(count).fill(label)));
    expect(named(2).ok).toBe(true);
    expect(named(100)).toMatchObject({ ok: false, message: expect.stringContaining('one name too many') as string });
    const longer = { ...label, name: 'x'.repeat(4096) };
    expect(readElf(elf64(0x8000_0000n, parts, [longer]))).toMatchObject({ ok: false });
  });

  it('whose tables claim to be huge is refused at once', () => {
    const sections = changed([60, 0xff], [61, 0xff], [58, 0xff], [59, 0xff]);
    expect(readElf(sections)).toMatchObject({ ok: false });
    const inFirstEntry = changed([60, 0], [61, 0]);
    expect(readElf(inFirstEntry).ok).toBe(true);
  });
});

describe('a program', () => {
  const isa = parseIsa('rv64gc');
  if (!isa.ok) throw new Error('no ISA');
  const load = (bytes: Uint8Array): string | null => {
    const result = readElf(bytes);
    if (!result.ok) throw new Error(result.message);
    const loaded = loadMachine(result.elf, { isa: isa.isa, misaligned: true }, { write: () => undefined });
    return loaded.ok ? null : loaded.message;
  };

  it.each<[string, Uint8Array, string]>([
    ['an object file', changed([16, 1]), 'link it first'],
    ['one with an odd entry', changed([24, 1]), 'odd entry'],
    ['one beyond all addresses', changed([64 + 31, 0x80]), 'beyond all physical addresses'],
    ['one that wants too much memory', changed([64 + 44, 1]), 'more than 1024 MB'],
    ['one without segments', changed([56, 0]), 'nothing to load'],
    [
      'one of a thousand pieces',
      elf64(
        0n,
        Array.from({ length: 1001 }, (_, i) => ({ name: '', address: BigInt(i) << 20n, bytes: new Uint8Array(1) })),
        [],
      ),
      'has 1001 segments to load',
    ],
  ])('%s is refused', (_what, bytes, message) => {
    expect(load(bytes)).toContain(message);
  });

  it('of any bytes is loaded and runs, or is refused, and never takes more memory than is said', () => {
    const edit = fc.tuple(fc.nat(64 + 2 * 56), fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
        const result = readElf(changed(...edits));
        if (!result.ok || result.elf.xlen !== 64) return;
        const loaded = loadMachine(result.elf, { isa: isa.isa, misaligned: true }, { write: () => undefined });
        if (loaded.ok) expect(loaded.machine.run(100).kind).toMatch(/limit|stuck|refused/);
        const wanted = result.elf.segments.reduce((total, { size }) => total + size, 0n);
        if (wanted > 1n << 30n) expect(loaded.ok).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('whose segments overlap holds what the later one says', () => {
    const twice = [...parts, { name: '.over', address: 0x8000_1004n, bytes: Uint8Array.of(7) }];
    const result = readElf(elf64(0x8000_0000n, twice, []));
    if (!result.ok) throw new Error(result.message);
    const loaded = loadMachine(result.elf, { isa: isa.isa, misaligned: true }, { write: () => undefined });
    expect(loaded.ok && loaded.machine.memory.bytes(0x8000_1000, 8)).toEqual(Uint8Array.of(0, 0, 0, 0, 7, 0, 0, 0));
  });

  it('is loaded', () => {
    expect(load(file)).toBe(null);
  });
});
