import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importText, readProgram, type Template, templateOf } from '../../server/src/import';
import { instructions } from '../../server/src/isa';
import { analyze } from '../../server/src/language';
import { compiledBytes } from './blocks';

const none = templateOf('none') as Template;

/** Any bits, and those of instructions that there are: of these, bits that may vary do. */
const parcel = fc.oneof(fc.nat(0xffff), fc.constantFrom(0, 1, 0x8082, 0x9002, 0xa001, 0xffff));
const word = fc
  .tuple(fc.constantFrom(...instructions), fc.nat(0xffffffff))
  .map(([{ match, mask, length }, bits]) => ({ bits: ((bits & ~mask) | match) >>> 0, length }));
const bytesOfWord = ({ bits, length }: { bits: number; length: number }): number[] =>
  Array.from({ length }, (_, i) => (bits >>> (8 * i)) & 0xff);
const code = fc
  .array(
    fc.oneof(
      parcel.map((bits) => ({ bits, length: 2 })),
      word,
    ),
    { minLength: 4, maxLength: 8 },
  )
  .map((words) => words.flatMap(bytesOfWord));

/** As objdump prints data: a parcel a line. */
function disassembly(bytes: readonly number[], address: number): string {
  const digits = (byte: number | undefined): string => (byte ?? 0).toString(16).padStart(2, '0');
  const lines = Array.from(
    { length: bytes.length / 2 },
    (_, i) => `${(address + 2 * i).toString(16)}:\t${digits(bytes[2 * i + 1])}${digits(bytes[2 * i])} \t.short\n`,
  );
  return `${address.toString(16)} <f>:\n${lines.join('')}`;
}

describe('what is written of any bytes', () => {
  test('assembles to these bytes, at any address, and is no mistake of the language', () => {
    let data = 0;
    fc.assert(
      fc.property(code, fc.constantFrom(0x80000000, 0x80000002, 0xfffff006), (bytes, address) => {
        const program = readProgram(new TextEncoder().encode(disassembly(bytes, address)));
        const text = importText(program, 'f', none, 'f');
        const compiled = compiledBytes(text).bytes;
        expect(compiled.length).toBeGreaterThanOrEqual(4);
        expect([...compiled]).toEqual(bytes.slice(0, compiled.length));
        expect(analyze('f.cmodx', text, () => null).diagnostics).toEqual([]);
        data += /\.half|\.word/.test(text) ? 1 : 0;
      }),
      { numRuns: 400 },
    );
    // Not all of it is data.
    expect(data).toBeGreaterThan(0);
    expect(data).toBeLessThan(400);
  });
});
