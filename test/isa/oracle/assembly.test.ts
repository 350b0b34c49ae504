import { describe, expect, test } from 'vitest';
import type { Form } from '../../../server/src/isa/asm/forms';
import { type InstructionSpec, instructions } from '../../../server/src/isa/index';
import { formats } from '../../../server/src/isa/tables/formats';
import { type AssemblyDifference, explanationOf, explanations } from './explained-assembly';
import { compared } from './judged-assembly';
import { embedded, encoders, everything, type Machine, specsOf } from './judges';
import { generator } from './random';
import { legalSamples, type Sample, wrongSamples } from './statements';

/**
 * Assembly by us and by GNU as, or by llvm-mc where GNU as has not the instruction: every form of every mnemonic with random
 * legal operands, and with each operand, or their number, almost right. `CMODX_STATEMENTS=100` makes so many legal samples
 * of each form; `CMODX_SEED` chooses others.
 */
const STATEMENTS = Number(process.env.CMODX_STATEMENTS ?? 3);
const SEED = Number(process.env.CMODX_SEED ?? 20_260_902);
/** What is shown when something is not explained. */
const SHOWN = 20;

const differenceText = ({ judge, xlen, sample, ours, theirs }: AssemblyDifference): string =>
  `${sample.text} (RV${xlen}, ${sample.wrong ?? 'legal'}): we say ${ours?.slice(0, 48) ?? 'nothing'}, ${judge} says ${theirs?.slice(0, 48) ?? 'nothing'}`;

const used = new Set<unknown>();

/** Gives samples to a judge; no difference is without explanation. Returns the instructions on which both agree. */
function explain(all: readonly Sample[], machine: Machine, rvc: boolean, base: bigint): ReadonlySet<InstructionSpec> {
  const { differences, agreed } = compared(all, machine, rvc, base);
  const unexplained = differences.filter((difference) => {
    const explanation = explanationOf(difference);
    if (explanation) used.add(explanation);
    return !explanation;
  });
  expect(unexplained.slice(0, SHOWN).map(differenceText), `seed ${SEED}`).toEqual([]);
  return agreed;
}

/** The instructions that a judge is said to judge the encoding of, and is not seen to. */
const unseen = ({ isa, judge }: Machine, rvc: boolean, agreed: ReadonlySet<InstructionSpec>): string[] =>
  specsOf(isa)
    .filter((spec) => encoders(spec).includes(judge) && !agreed.has(spec) && (rvc || spec.length === 4))
    .map((spec) => spec.mnemonic);

/** Forms of instructions that GNU as has not. */
function isLater(gnu: Machine): (form: Form) => boolean {
  const known = new Set([...specsOf(gnu.isa), ...formats]);
  return ({ target }) => target.k === 'instruction' && !known.has(target.spec);
}

describe.each([
  [32, false, 0x80000000n],
  [32, true, 0x80000000n],
  [64, false, 0xffffffff80a00000n],
  [64, true, 0x80000000n],
] as const)('RV%i, rvc %s, at %i: the same bytes, the same refusals', { timeout: 3_600_000 }, (xlen, rvc, base) => {
  console.log(`${STATEMENTS} legal statements of each form, seed ${SEED}`);
  const gnu = everything(xlen, 'gnu');
  const possible = ({ text }: Sample) => rvc || !/^(c\.|\.insn c)/.test(text);
  const random = () => generator(SEED + xlen);

  test('as GNU as 2.40', () => {
    const legal = legalSamples(gnu.isa, STATEMENTS, random()).filter(possible);
    expect(unseen(gnu, rvc, explain(legal, gnu, rvc, base))).toEqual([]);
  });

  // What refers to symbols differs in notation, and GNU judges all of that.
  test('as llvm-mc 22, where GNU as has not the instruction', () => {
    const llvm = everything(xlen, 'llvm');
    const legal = legalSamples(llvm.isa, STATEMENTS, random(), isLater(gnu));
    expect(unseen(llvm, rvc, explain(legal.filter(possible), llvm, rvc, 0n))).toEqual([]);
  });
});

describe.each([32, 64] as const)('RV%i: what is almost right is refused', { timeout: 3_600_000 }, (xlen) => {
  const gnu = everything(xlen, 'gnu');

  test('as by GNU as 2.40', () => {
    const wrong = wrongSamples(gnu.isa, generator(SEED + xlen));
    explain(wrong, gnu, true, 0x80000000n);
  });

  test('as by llvm-mc 22, where GNU as has not the instruction', () => {
    const llvm = everything(xlen, 'llvm');
    explain(wrongSamples(llvm.isa, generator(SEED + xlen), isLater(gnu)), llvm, true, 0n);
  });
});

test.each([32, 64] as const)('RV%i: push, pop and table jumps as llvm-mc 22', (xlen) => {
  const small = embedded(xlen);
  const only = (form: Form): boolean => form.mnemonic.startsWith('cm.');
  const random = generator(SEED + xlen);
  const agreed = explain(
    [...legalSamples(small.isa, STATEMENTS, random, only), ...wrongSamples(small.isa, random, only)],
    small,
    true,
    0n,
  );
  const seen = [...agreed].map((spec) => spec.mnemonic).sort();
  expect(seen).toEqual('cm.jalt cm.jt cm.mva01s cm.mvsa01 cm.pop cm.popret cm.popretz cm.push'.split(' '));
});

test('each explanation is needed', () => {
  expect(explanations.filter((explanation) => !used.has(explanation)).map(({ reason }) => reason)).toEqual([]);
});

test('every instruction has a judge of its assembly', () => {
  expect(instructions.filter((spec) => encoders(spec).length === 0).map((spec) => spec.mnemonic)).toEqual([]);
});
