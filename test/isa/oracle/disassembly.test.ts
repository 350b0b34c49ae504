import { describe, expect, test } from 'vitest';
import { type Isa, instructions, parseIsa, type Xlen } from '../../../server/src/isa/index';
import { differences, disassemble } from './compare';
import { explained } from './explained';
import { generator } from './random';
import { gnuDisassembly, llvmDisassembly } from './tools';

const SEED = 20260901;
/** For each XLEN; half of them are fillings of an instruction, a quarter such with one bit changed. */
const WORDS = 510_000;
const EXTENSIONS = 'zicsr_zifencei_zihintpause_zicbom_zicbop_zicboz';

function isaOf(xlen: Xlen): { readonly isa: Isa; readonly march: string } {
  const march = `rv${xlen}gc_${EXTENSIONS}`;
  const parsed = parseIsa(march);
  if (!parsed.ok) throw new Error(parsed.problems.map((problem) => problem.message).join('; '));
  return { isa: parsed.isa, march };
}

/** Words whose length is that of a 4-byte instruction, stratified over all that are known. */
function stratified(xlen: Xlen): Uint32Array {
  const random = generator(SEED + xlen);
  const specs = instructions.filter((spec) => spec.length === 4 && spec.xlens.includes(xlen));
  return Uint32Array.from({ length: WORDS }, (_, i) => {
    const spec = specs[i % specs.length];
    for (;;) {
      const filled = ((spec?.match ?? 0) | (random() & ~(spec?.mask ?? 0))) >>> 0;
      const way = random() % 4;
      const word =
        way < 2 ? filled : way === 2 ? (filled ^ (1 << (2 + (random() % 30)))) >>> 0 : (random() | 0b11) >>> 0;
      if ((word & 0b11100) !== 0b11100) return word;
    }
  });
}

const parcels = Uint32Array.from({ length: 65536 }, (_, i) => i).filter((parcel) => (parcel & 0b11) !== 0b11);

const bytesOf = (words: Uint32Array, length: 2 | 4): Uint8Array =>
  new Uint8Array((length === 2 ? Uint16Array.from(words) : words).buffer);

describe.each([32, 64] as const)('RV%i against GNU objdump 2.40 and LLVM 22', (xlen) => {
  const { isa, march } = isaOf(xlen);

  test.each([
    ['parcels', parcels, 2],
    ['words', stratified(xlen), 4],
  ] as const)('%s: every difference is explained', { timeout: 120_000 }, (corpus, words, length) => {
    const code = bytesOf(words, length);
    console.log(`${corpus} rv${xlen}: ${words.length}, seed ${SEED}`);
    const ours = disassemble(words, length, isa);
    for (const [oracle, theirs] of [
      ['gnu', gnuDisassembly(code, march)],
      ['llvm', llvmDisassembly(code, march)],
    ] as const) {
      const { counts, examples } = differences(ours, theirs);
      const expected = explained('./explained-disassembly.json', `${corpus} rv${xlen} ${oracle}`);
      const strange = Object.keys(counts).filter((difference) => counts[difference] !== expected[difference]);
      expect(counts, strange.map((difference) => `${difference}: ${examples[difference]}`).join('\n')).toEqual(
        expected,
      );
    }
  });
});
