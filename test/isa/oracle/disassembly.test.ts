import { describe, test } from 'vitest';
import type { Isa } from '../../../server/src/isa/index';
import { differences, disassemble } from './compare';
import { bytesOf, everything, parcels, plain, stratified } from './corpus';
import { expectExplained } from './explained';
import { gnuDisassembly, llvmDisassembly } from './tools';

const SEED = 20260901;
/** For each XLEN. */
const WORDS = 510_000;
const PLAIN_WORDS = 30_000;

/** What is printed, by address. */
type Disassembly = ReadonlyMap<number, string>;

interface Corpus {
  readonly name: string;
  readonly words: Uint32Array;
  readonly length: 2 | 4;
  readonly aliases: boolean;
}

/** Holds our disassembly to each oracle's: the differences are exactly those that are explained. */
function compare(
  { name, words, length, aliases }: Corpus,
  isa: Isa,
  oracles: Readonly<Record<string, Disassembly>>,
): void {
  const ours = disassemble(words, length, isa, aliases);
  for (const [oracle, theirs] of Object.entries(oracles)) {
    const { counts, examples } = differences(ours, theirs);
    expectExplained('./explained-disassembly.json', `${name} rv${isa.xlen} ${oracle}`, counts, examples);
  }
}

describe.each([32, 64] as const)('RV%i: every difference is explained', { timeout: 300_000 }, (xlen) => {
  const { isa, march } = everything(xlen);
  console.log(`seed ${SEED}`);

  test('every parcel, against GNU objdump and LLVM', () => {
    const corpus: Corpus = { name: 'parcels', words: parcels, length: 2, aliases: false };
    const code = bytesOf(parcels, 2);
    compare(corpus, isa, { gnu: gnuDisassembly(code, march), llvm: llvmDisassembly(code, march) });
  });

  test('random words, against GNU objdump and LLVM', () => {
    const corpus: Corpus = { name: 'words', words: stratified(xlen, WORDS, SEED), length: 4, aliases: false };
    const code = bytesOf(corpus.words, 4);
    compare(corpus, isa, { gnu: gnuDisassembly(code, march), llvm: llvmDisassembly(code, march) });
  });

  test.each<Corpus>([
    { name: 'parcels as aliases', words: parcels, length: 2, aliases: true },
    { name: 'words as aliases', words: plain(xlen, PLAIN_WORDS, SEED), length: 4, aliases: true },
  ])('$name, against GNU objdump', (corpus) => {
    compare(corpus, isa, { gnu: gnuDisassembly(bytesOf(corpus.words, corpus.length), march, true) });
  });
});
