import { describe, expect, test } from 'vitest';
import { cmodx } from './terminal';

/** The JSON lines of a decode. */
async function decoded(line: string): Promise<unknown[]> {
  const { code, out } = await cmodx(`decode --json ${line}`);
  expect(code).toBe(0);
  return out
    .trimEnd()
    .split('\n')
    .map((json) => JSON.parse(json) as unknown);
}

describe('cmodx decode', () => {
  test('prints the word, its instruction and the extension', async () => {
    const { code, out } = await cmodx('decode 0x00000297 000282e7');
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.split(/\s{2,}/))).toEqual([
      ['0x00000297', 'auipc t0, 0x0', 'i'],
      ['0x000282e7', 'jalr t0, t0', 'i'],
      [''],
    ]);
  });

  test('JSON has exactly the documented fields', async () => {
    expect(await decoded('0x0000006f')).toEqual([
      { address: '0x00000000', bytes: '0x0000006f', text: 'j .+0', extension: 'i', legal: true, reason: null },
    ]);
  });

  test('a word of two parcels is two instructions, addresses go on', async () => {
    expect(await decoded('0x90020001 8082')).toMatchObject([
      { address: '0x00000000', bytes: '0x0001', text: 'nop' },
      { address: '0x00000002', bytes: '0x9002', text: 'ebreak' },
      { address: '0x00000004', bytes: '0x8082', text: 'ret' },
    ]);
  });

  test('what does not execute says why', async () => {
    expect(await decoded('0x00000000')).toMatchObject([{ legal: false }, { legal: false }]);
    const [line] = await decoded('--isa rv64i 0x02b50533');
    expect(line).toMatchObject({
      text: 'mul a0, a0, a1',
      legal: false,
      reason: expect.stringContaining('needs') as string,
    });
  });

  test('the first half of a longer instruction is said to be that', async () => {
    expect(await decoded('82e7')).toMatchObject([
      { bytes: '0x82e7', text: '.half 0x82e7', legal: false, reason: 'the first half of a longer instruction' },
    ]);
  });

  test.each([
    ['xyz', '`xyz` is no hex number'],
    ['0x123456789', 'more than 32 bits'],
    ['--isa rv64zz 0x13', '`--isa rv64zz`'],
  ])('%s is refused', async (line, message) => {
    const { code, err } = await cmodx(`decode ${line}`);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
