import { describe, expect, test } from 'vitest';
import { decode, type InstructionSpec, type Legality } from '../../../server/src/isa/index';
import { compared, differenceText } from './compare';
import { plainFilling } from './corpus';
import { explanationOf } from './explained-disassembly';
import { embedded, everything, type Machine, specsOf } from './judges';
import { generator } from './random';

/** Of each instruction; `CMODX_LEGALITY=1000` shows so many. */
const SAMPLES = Number(process.env.CMODX_LEGALITY ?? 6);
const SEED = 20_261_123;

/** Words of an instruction that are hints, or reserved: as many as come up. */
function samples(spec: InstructionSpec, { isa }: Machine, legality: Legality): number[] {
  const random = generator(SEED);
  const found = new Set<number>();
  for (let i = 0; i < 200 * SAMPLES && found.size < SAMPLES; i++) {
    const word = plainFilling(spec, random);
    const decoded = decode(word, isa);
    if (decoded.spec === spec && decoded.legality === legality) found.add(word);
  }
  return [...found];
}

/** The instructions that have such words, but none of which a judge says what we say; whatever one denies is explained. */
async function unconfirmed(machines: readonly Machine[], legality: 'hint' | 'reserved'): Promise<string[]> {
  const [asked, confirmed] = [new Set<string>(), new Set<string>()];
  for (const machine of machines) {
    for (const length of [2, 4] as const) {
      const specs = specsOf(machine.isa).filter((spec) => spec.length === length && spec[legality] !== null);
      const words = Uint32Array.from(specs.flatMap((spec) => samples(spec, machine, legality)));
      const { differences } = await compared({ words, length, aliases: false }, machine);
      const unexplained = differences.filter((difference) => explanationOf(difference) === undefined);
      expect(unexplained.map(differenceText)).toEqual([]);
      const denied = new Set(differences.map(({ word }) => word));
      for (const word of words) {
        const mnemonic = decode(word, machine.isa).spec?.mnemonic ?? '';
        asked.add(mnemonic);
        if (!denied.has(word)) confirmed.add(mnemonic);
      }
    }
  }
  expect(confirmed.size).toBeGreaterThan(legality === 'hint' ? 30 : 60);
  return [...asked].filter((mnemonic) => !confirmed.has(mnemonic));
}

/** What the judges do not look at: whether groups of vector registers are aligned, overlap, or are masked by v0. */
const isVector = (mnemonic: string): boolean => mnemonic.startsWith('v');

describe.each([32, 64] as const)('RV%i', { timeout: 600_000 }, (xlen) => {
  const machines = [everything(xlen, 'gnu'), everything(xlen, 'llvm'), embedded(xlen)];

  test('a hint of any instruction is an instruction to a judge', async () => {
    expect(await unconfirmed(machines, 'hint')).toEqual([]);
  });

  test('a reserved encoding of any instruction is none to a judge', async () => {
    const left = (await unconfirmed(machines, 'reserved')).filter((mnemonic) => !isVector(mnemonic));
    // Neither looks at its round number.
    expect(left).toEqual(xlen === 64 ? ['aes64ks1i'] : []);
  });
});
