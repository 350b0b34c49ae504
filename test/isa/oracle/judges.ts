import { type InstructionSpec, type Isa, instructions, parseIsa, type Xlen } from '../../../server/src/isa/index';

/** Who says what is right: binutils 2.40, or LLVM 22 for what came later. */
export type Judge = 'gnu' | 'llvm';

const JUDGES: readonly Judge[] = ['gnu', 'llvm'];

/** Beyond G and C, what both know of what is decoded here. */
const BOTH =
  'h zicbom zicbop zicboz zicsr zifencei zihintpause zawrs zfh zfhmin zba zbb zbc zbs zbkb zbkc zbkx zknd zkne zknh ' +
  'zksed zksh svinval v';
/** What only LLVM knows. */
const LATER =
  'zicond zacas zabha zalasr zfa zfbfmin zcb zimop zcmop zihintntl zicfilp zicfiss zvfh zvfbfmin zvfbfwma zvbb zvbc zvkb zvkg zvkned zvknha zvknhb zvksed zvksh smrnmi smctr ssctr';

/** What does not go with D and C, and LLVM alone knows. */
const EMBEDDED = 'zca zcb zcmp zcmt zcmop zba zbb zicsr';

/** An ISA, and how a judge is told of it. */
export interface Machine {
  readonly isa: Isa;
  readonly march: string;
  readonly judge: Judge;
}

/** All extensions whose instructions are decoded here and that a judge knows. */
export function everything(xlen: Xlen, judge: Judge): Machine {
  return machine(xlen, `gc_${BOTH} ${judge === 'llvm' ? LATER : ''}`, judge);
}

/** The compressed instructions of small cores, where `c.fld` and the like would be. */
export const embedded = (xlen: Xlen): Machine => machine(xlen, `ima_${EMBEDDED}`, 'llvm');

function machine(xlen: Xlen, extensions: string, judge: Judge): Machine {
  const march = `rv${xlen}${extensions.trim().replaceAll(' ', '_')}`;
  const parsed = parseIsa(march);
  if (!parsed.ok) throw new Error(parsed.problems.map((problem) => problem.message).join('; '));
  return { isa: parsed.isa, march, judge };
}

/** Hints and landing pads: LLVM prints them where it is to print pseudo-instructions. */
export const LLVM_ALIASES: ReadonlySet<string> = new Set(
  'pause lpad ntl.p1 ntl.pall ntl.s1 ntl.all c.ntl.p1 c.ntl.pall c.ntl.s1 c.ntl.all'.split(' '),
);

/** The instructions that an ISA has. */
export const specsOf = (isa: Isa): InstructionSpec[] =>
  instructions.filter(
    (spec) =>
      spec.xlens.includes(isa.xlen) && spec.extensions.some((all) => all.every((name) => isa.extensions.has(name))),
  );

const machines = ([32, 64] as const).flatMap((xlen) => [
  everything(xlen, 'gnu'),
  everything(xlen, 'llvm'),
  embedded(xlen),
]);
const known = machines.map(({ isa, judge }) => ({ judge, specs: new Set(specsOf(isa)) }));

/** Whose disassembly of an instruction the tests hold ours to. */
export const decoders = (spec: InstructionSpec): readonly Judge[] =>
  JUDGES.filter((judge) => known.some((one) => one.judge === judge && one.specs.has(spec)));

/** Whose assembly of an instruction the tests hold ours to: LLVM's where GNU as has not the instruction. */
export const encoders = (spec: InstructionSpec): readonly Judge[] => decoders(spec).slice(0, 1);
