import { type InstructionSpec, type Isa, instructions, parseIsa, type Xlen } from '../../../server/src/isa/index';
import { operandKinds } from '../../../server/src/isa/operands';
import { generator } from './random';

/** Who says what is right: binutils 2.40, or LLVM 22 for what came later. */
export type Judge = 'gnu' | 'llvm';

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
}

/** All extensions whose instructions are decoded here and that a judge knows. */
export function everything(xlen: Xlen, judge: Judge): Machine {
  return machine(xlen, `gc_${BOTH} ${judge === 'llvm' ? LATER : ''}`);
}

/** The compressed instructions of small cores, where `c.fld` and the like would be. */
export const embedded = (xlen: Xlen): Machine => machine(xlen, `ima_${EMBEDDED}`);

function machine(xlen: Xlen, extensions: string): Machine {
  const march = `rv${xlen}${extensions.trim().replaceAll(' ', '_')}`;
  const parsed = parseIsa(march);
  if (!parsed.ok) throw new Error(parsed.problems.map((problem) => problem.message).join('; '));
  return { isa: parsed.isa, march };
}

const isLong = (word: number): boolean => (word & 0b11100) === 0b11100;

/** The instructions that an ISA has. */
export const specsOf = (isa: Isa): InstructionSpec[] =>
  instructions.filter(
    (spec) =>
      spec.xlens.includes(isa.xlen) && spec.extensions.some((all) => all.every((name) => isa.extensions.has(name))),
  );

/** The words of each 4-byte instruction of an ISA, from a generator of its own: one more changes no other. */
function forEach(
  isa: Isa,
  seed: number,
  words: (spec: InstructionSpec, random: () => number) => number[],
): Uint32Array {
  const specs = specsOf(isa).filter((spec) => spec.length === 4);
  return Uint32Array.from(specs.flatMap((spec) => words(spec, generator(seed ^ spec.match ^ isa.xlen))));
}

/**
 * So many words for each 4-byte instruction of an ISA: half of them fillings of it, a quarter fillings with one bit
 * changed, a quarter at random.
 */
export function stratified(isa: Isa, each: number, seed: number): Uint32Array {
  return forEach(isa, seed, (spec, random) =>
    Array.from({ length: each }, () => {
      for (;;) {
        const filled = (spec.match | (random() & ~spec.mask)) >>> 0;
        const way = random() % 4;
        const flipped = (filled ^ (1 << (2 + (random() % 30)))) >>> 0;
        const word = way < 2 ? filled : way === 2 ? flipped : (random() | 0b11) >>> 0;
        if (!isLong(word)) return word;
      }
    }),
  );
}

/** Fillings in which many an operand is 0, 1 or -1, as the pseudo-instructions have it. */
export function plain(isa: Isa, each: number, seed: number): Uint32Array {
  return forEach(isa, seed, (spec, random) =>
    Array.from({ length: each }, () => {
      let word = spec.match;
      const repeated = random() & 31;
      for (const { kind: name } of spec.operands) {
        const kind = operandKinds.get(name);
        const lowest = kind?.segments.at(-1)?.lo ?? 0;
        const value = [0, 0xffffffff, 1 << lowest, random(), repeated << lowest][random() % 5] ?? 0;
        word |= value & (kind?.mask ?? 0);
      }
      return word >>> 0;
    }),
  );
}

/** Every 16-bit parcel that begins no longer instruction. */
export const parcels = Uint32Array.from({ length: 65536 }, (_, i) => i).filter((parcel) => (parcel & 0b11) !== 0b11);

/** Words one after another in memory. */
export const bytesOf = (words: Uint32Array, length: 2 | 4): Uint8Array =>
  new Uint8Array((length === 2 ? Uint16Array.from(words) : words).buffer);
