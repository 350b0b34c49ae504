import { describe, expect, test } from 'vitest';
import { decode, type InstructionSpec, type Isa, instructions } from '../../../server/src/isa/index';
import { type Corpus, compared, differenceText } from './compare';
import { parcels, plain, stratified } from './corpus';
import { explanationOf, explanations } from './explained-disassembly';
import { decoders, embedded, everything, LLVM_ALIASES, type Machine, specsOf } from './judges';

/**
 * Disassembly by us, GNU objdump and llvm-objdump: all 16-bit parcels, and random words stratified over every instruction.
 * Whatever differs is of a kind that is explained. `CMODX_WORDS=10000000` shows so many words at each XLEN to both judges
 * (and a tenth of that in the notation with pseudo-instructions) and takes an hour of a processor; `CMODX_SEED` chooses others.
 */
const WORDS = Number(process.env.CMODX_WORDS ?? 30_000);
const SEED = Number(process.env.CMODX_SEED ?? 20_260_901);
/** What is shown when something is not explained. */
const SHOWN = 20;
const LONG = 3_600_000;

/** Shows corpora to a judge; no difference is without explanation. Returns the mnemonics on which both agree. */
async function explain(corpora: Iterable<Corpus>, machine: Machine): Promise<Set<string>> {
  const unexplained: string[] = [];
  const agreed = new Set<string>();
  for (const corpus of corpora) {
    const result = await compared(corpus, machine);
    for (const mnemonic of result.agreed) agreed.add(mnemonic);
    for (const difference of result.differences)
      if (!explanationOf(difference) && unexplained.length < SHOWN) unexplained.push(differenceText(difference));
  }
  expect(unexplained, `seed ${SEED}`).toEqual([]);
  return agreed;
}

/** Whether another instruction has taken its only encoding: the shadow stack that of a may-be-operation. */
const isTaken = (spec: InstructionSpec, isa: Isa): boolean =>
  spec.operands.length === 0 && decode(spec.match, isa).spec !== spec;

/** The mnemonics of some length that a judge is said to judge, and is not seen to. */
const unseen = ({ isa, judge }: Machine, length: 2 | 4, agreed: ReadonlySet<string>): string[] =>
  specsOf(isa)
    .filter((spec) => spec.length === length && decoders(spec).includes(judge) && !isTaken(spec, isa))
    .map(({ mnemonic }) => mnemonic)
    .filter((mnemonic) => !agreed.has(mnemonic) && !(judge === 'llvm' && LLVM_ALIASES.has(mnemonic)));

function* wordsOf(batches: Iterable<Uint32Array>, aliases: boolean): Generator<Corpus> {
  for (const words of batches) yield { words, length: 4, aliases };
}
const everyParcel = (aliases: boolean): Corpus[] => [{ words: parcels, length: 2, aliases }];

describe.each([32, 64] as const)('RV%i: every difference is explained', { timeout: LONG }, (xlen) => {
  console.log(`${WORDS} words, seed ${SEED}`);
  const gnu = everything(xlen, 'gnu');
  const llvm = everything(xlen, 'llvm');

  describe.each([gnu, llvm])('against $judge', (machine) => {
    test('every parcel, by GNU as its pseudo-instruction too', async () => {
      const styles = machine.judge === 'gnu' ? [false, true] : [false];
      const agreed = await explain(styles.flatMap(everyParcel), machine);
      expect(unseen(machine, 2, agreed)).toEqual([]);
    });

    test('random words stratified over every instruction of either judge', async () => {
      const agreed = await explain(wordsOf(stratified(llvm.isa, WORDS, SEED), false), machine);
      expect(unseen(machine, 4, agreed)).toEqual([]);
    });
  });

  test('every parcel of a small core, against LLVM', async () => {
    const small = embedded(xlen);
    const agreed = await explain(everyParcel(false), small);
    expect(unseen(small, 2, agreed)).toEqual([]);
  });

  test('words as the pseudo-instructions that they are, against GNU objdump', async () => {
    await explain(wordsOf(plain(gnu.isa, WORDS / 10, SEED), true), gnu);
  });

  test('hints and landing pads, against LLVM with its aliases', async () => {
    const specs = specsOf(llvm.isa).filter((spec) => LLVM_ALIASES.has(spec.mnemonic));
    const corpora = ([2, 4] as const).map((length): Corpus => {
      const words = specs.filter((spec) => spec.length === length).map((spec) => spec.match);
      return { words: Uint32Array.from(words), length, aliases: true };
    });
    expect(await explain(corpora, llvm)).toEqual(LLVM_ALIASES);
  });
});

test.each(explanations)('an example: $reason', async ({ judges, example: { word, xlen, aliases, small }, reason }) => {
  for (const judge of judges) {
    const machine = small ? embedded(xlen) : everything(xlen, judge);
    const length = (word & 0b11) === 0b11 ? 4 : 2;
    const { differences } = await compared({ words: Uint32Array.of(word), length, aliases: aliases ?? false }, machine);
    expect(differences.map((difference) => explanationOf(difference)?.reason)).toEqual([reason]);
  }
});

test('every instruction has a judge of its disassembly', () => {
  expect(instructions.filter((spec) => decoders(spec).length === 0).map((spec) => spec.mnemonic)).toEqual([]);
});
