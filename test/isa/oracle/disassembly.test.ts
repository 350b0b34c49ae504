import { describe, test } from 'vitest';
import { differences, disassemble } from './compare';
import { bytesOf, embedded, everything, type Judge, type Machine, parcels, plain, stratified } from './corpus';
import { expectExplained } from './explained';
import { gnuDisassembly, llvmDisassembly } from './tools';

const SEED = 20260901;
/** For each instruction, at each XLEN. */
const WORDS = 400;
const PLAIN_WORDS = 40;

/** What is in memory, and whether it is shown by pseudo-instructions. */
interface Corpus {
  readonly name: string;
  readonly words: Uint32Array;
  readonly length: 2 | 4;
  readonly aliases: boolean;
}

/** Holds our disassembly to a judge's: the differences are exactly those that are explained. */
function compare({ name, words, length, aliases }: Corpus, { isa, march }: Machine, judge: Judge): void {
  const code = bytesOf(words, length);
  const theirs = judge === 'gnu' ? gnuDisassembly(code, march, aliases) : llvmDisassembly(code, march);
  const { counts, examples } = differences(disassemble(words, length, isa, aliases), theirs);
  expectExplained('./explained-disassembly.json', `${name} rv${isa.xlen} ${judge}`, counts, examples);
}

describe.each([32, 64] as const)('RV%i: every difference is explained', { timeout: 300_000 }, (xlen) => {
  console.log(`seed ${SEED}`);
  const gnu = everything(xlen, 'gnu');

  describe.each(['gnu', 'llvm'] as const)('against %s', (judge) => {
    const machine = everything(xlen, judge);

    test('every parcel', () => {
      compare({ name: 'parcels', words: parcels, length: 2, aliases: false }, machine, judge);
    });

    test('random words', () => {
      const words = stratified(machine.isa, WORDS, SEED);
      compare({ name: 'words', words, length: 4, aliases: false }, machine, judge);
    });
  });

  test('every parcel of a small core, against LLVM', () => {
    compare({ name: 'small parcels', words: parcels, length: 2, aliases: false }, embedded(xlen), 'llvm');
  });

  test('every parcel as the pseudo-instruction that it is, against GNU objdump', () => {
    compare({ name: 'parcels as aliases', words: parcels, length: 2, aliases: true }, gnu, 'gnu');
  });

  test('words as the pseudo-instructions that they are, against GNU objdump', () => {
    const words = plain(gnu.isa, PLAIN_WORDS, SEED);
    compare({ name: 'words as aliases', words, length: 4, aliases: true }, gnu, 'gnu');
  });
});
