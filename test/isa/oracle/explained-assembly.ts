import type { Xlen } from '../../../server/src/isa/index';
import type { Judge } from './judges';
import type { Sample } from './statements';

/** A statement of which a judge does not make what we make, or that both take though it should be wrong. */
export interface AssemblyDifference {
  readonly judge: Judge;
  readonly xlen: Xlen;
  readonly rvc: boolean;
  readonly sample: Sample;
  /** The bytes in hexadecimal, or null where it is refused. */
  readonly ours: string | null;
  readonly theirs: string | null;
}

/** A kind of difference, and why it is no fault of ours. */
interface AssemblyExplanation {
  readonly reason: string;
  readonly applies: (difference: AssemblyDifference) => boolean;
}

const accepts = ({ ours, theirs }: AssemblyDifference): boolean => ours !== null && theirs === null;
const rejects = ({ ours, theirs }: AssemblyDifference): boolean => ours === null && theirs !== null;

const wrong = ({ sample }: AssemblyDifference, what: RegExp): boolean => what.test(sample.wrong ?? '');
const text = ({ sample }: AssemblyDifference, what: RegExp): boolean => what.test(sample.text);

function hasKind({ sample }: AssemblyDifference, what: RegExp): boolean {
  const { target } = sample.form;
  return target.k === 'instruction' && target.spec.operands.some(({ kind }) => what.test(kind));
}

/** Every kind of difference from GNU as 2.40; with llvm-mc 22 there is none. */
export const explanations: readonly AssemblyExplanation[] = [
  {
    reason: 'the rounding mode is of no consequence but legal, and LLVM takes it; GNU as 2.40 does not',
    applies: (d) => accepts(d) && hasKind(d, /^rm0$/) && text(d, /, (rne|rtz|rdn|rup|rmm|dyn)$/),
  },
  {
    reason: 'a shift by 0 is a HINT with an encoding of its own; GNU as writes it c.slli64, c.srli64, c.srai64',
    applies: (d) => accepts(d) && text(d, /^c\.s(ll|rl|ra)i \w+, 0$/),
  },
  {
    reason: 'what overlaps in this way, or a masked v0, is reserved; GNU as 2.40 does not look, LLVM does',
    applies: (d) => rejects(d) && wrong(d, /^reserved together$/) && hasKind(d, /^v/),
  },
  {
    reason: 'a group of 2, 4 or 8 registers begins at a multiple of its size; GNU as 2.40 does not look, LLVM does',
    applies: (d) => rejects(d) && wrong(d, /^v\w+x[248] v\d+$/),
  },
  {
    reason: 'a vector type without a width is none; GNU as takes 8 bits to be meant, LLVM refuses it',
    applies: (d) => rejects(d) && wrong(d, /^vtype1[01] m1$/),
  },
  {
    reason: 'a branch whose target is too far becomes the opposite branch over a jump, in both',
    applies: (d) => d.ours === d.theirs && wrong(d, /^branch12 \.[+-]409[68]$/),
  },
  {
    reason:
      'GNU as makes a longer instruction of a C mnemonic or format that does not reach; here it is what is written',
    applies: (d) => rejects(d) && wrong(d, /^c[bj] \./) && text(d, /^c\./),
  },
  {
    reason: 'GNU as makes another opcode and a jump of a format whose target is too far; here it is what is written',
    applies: (d) => rejects(d) && wrong(d, /^branch12 \./) && text(d, /^\.insn s?b /),
  },
  {
    reason: 'a constant that XLEN has not the bits for; GNU as drops them',
    applies: (d) => rejects(d) && wrong(d, /^constant 0x10+$/),
  },
  {
    reason: 'what a linker keeps in the global offset table is not known to code without one: refused by name',
    applies: (d) => rejects(d) && text(d, /^la\.tls\./),
  },
  {
    reason: 'GNU as takes no operand for the address 0',
    applies: (d) => rejects(d) && text(d, /^(call|tail)$/),
  },
  {
    reason: 'the base of a compressed format is an integer register; GNU as takes a floating-point one of that number',
    applies: (d) => rejects(d) && wrong(d, /^rs1' fa0$/) && text(d, /^\.insn c/),
  },
];

/** The kind of a difference, or undefined where there is none that explains it. */
export const explanationOf = (difference: AssemblyDifference): AssemblyExplanation | undefined =>
  difference.judge === 'gnu' ? explanations.find(({ applies }) => applies(difference)) : undefined;
