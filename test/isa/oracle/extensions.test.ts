import { describe, expect, test } from 'vitest';
import type { Form } from '../../../server/src/isa/asm/forms';
import { assembleBlock, type Isa, parseStatement } from '../../../server/src/isa/index';
import { isa } from '../harness';
import { byJudge } from './judged-assembly';
import { embedded, everything } from './judges';
import { generator } from './random';
import { legalSamples, type Sample } from './statements';

const SEED = 20_260_903;

/** LLVM knows these without Zifencei, Zicsr and H. */
const LLVM_ALWAYS = /^(fence\.i|csrr\w+|hfence\..*)$/;

/** What is said against a statement, or nothing. */
function problem(text: string, under: Isa): string | undefined {
  const statement = parseStatement(text);
  const block = assembleBlock([statement], 0n, { isa: under, rvc: false, symbol: () => undefined });
  return [...statement.problems, ...block.problems][0]?.message;
}

/** The extensions that a message names: `zcb zba` of "needs Zcb and Zba". */
const named = (message: string | undefined): string | undefined =>
  /needs ([\w ]+)$/
    .exec(message ?? '')?.[1]
    ?.toLowerCase()
    .replaceAll(' and ', ' ');

const isItself = ({ mnemonic, target }: Form): boolean =>
  target.k === 'instruction' && target.spec.mnemonic === mnemonic && !mnemonic.startsWith('.insn');

describe.each([32, 64] as const)('RV%i: what an instruction is said to need', { timeout: 120_000 }, (xlen) => {
  const bare = isa(`rv${xlen}i`);
  const isCode = (form: Form): boolean => form.mnemonic.startsWith('cm.');
  const all = [everything(xlen, 'llvm'), embedded(xlen)]
    .flatMap((machine, i) =>
      legalSamples(machine.isa, 2, generator(SEED), i === 0 ? isItself : isCode).filter(
        ({ text }) => problem(text, machine.isa) === undefined,
      ),
    )
    // Where a jump may go depends on C.
    .filter(({ text }) => !/\.[-+]\d/.test(text));
  const lacking = all.filter(({ text }) => problem(text, bare) !== undefined);
  const texts = (samples: readonly Sample[]): string[] => samples.map(({ text }) => text);

  test('the base refuses whatever llvm-mc refuses without extensions, and names what is lacking', () => {
    const theirs = byJudge('llvm', texts(all), bare.text, false, 0n);
    const refused = all.filter(({ form }, i) => theirs[i] === null || LLVM_ALWAYS.test(form.mnemonic));
    expect(texts(lacking)).toEqual(texts(refused));
    expect(texts(lacking.filter(({ text }) => named(problem(text, bare)) === undefined))).toEqual([]);
  });

  test('what is named is enough, for us and for llvm-mc', () => {
    const byNeed = new Map<string, Sample[]>();
    for (const sample of lacking) {
      const need = `${named(problem(sample.text, bare))}/${sample.form.mnemonic.startsWith('c')}`;
      byNeed.set(need, [...(byNeed.get(need) ?? []), sample]);
    }
    expect(byNeed.size).toBeGreaterThan(30);
    for (const [need, samples] of byNeed) {
      const [names = '', compressed = ''] = need.split('/');
      const enough = isa(`rv${xlen}i_${names.replaceAll(' ', '_')}`);
      expect(samples.map(({ text }) => problem(text, enough) ?? text)).toEqual(texts(samples));
      const theirs = byJudge('llvm', texts(samples), enough.text, compressed === 'true', 0n);
      expect(texts(samples.filter((_, i) => theirs[i] === null)), need).toEqual([]);
    }
  });
});
