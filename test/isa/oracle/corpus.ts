import { decode, type InstructionSpec, type Isa } from '../../../server/src/isa/index';
import { operandKinds } from '../../../server/src/isa/operands';
import { specsOf } from './judges';
import { generator } from './random';

/** Words that are shown to a judge at once: as many as keep the memory bounded. */
const BATCH = 100_000;

/** Words with all of bits 4:0 set begin longer instructions and would take the next word with them. */
const isLong = (word: number): boolean => (word & 0b11100) === 0b11100;

type Random = () => number;
type Filling = (spec: InstructionSpec, random: Random) => number;

const filling: Filling = (spec, random) => (spec.match | (random() & ~spec.mask)) >>> 0;

/** A filling that is the instruction and no reserved case of it, with all operands 0 where that is one. */
function legalFilling(isa: Isa): Filling {
  return (spec, random) => {
    for (let word = spec.match; ; word = filling(spec, random)) {
      const decoded = decode(word, isa);
      if (decoded.spec === spec && decoded.legality !== 'reserved') return word;
    }
  };
}

/** Half of them fillings, a quarter fillings with one bit changed, a quarter at random. */
const around: Filling = (spec, random) => {
  for (;;) {
    const way = random() % 4;
    const filled = filling(spec, random);
    const word = way < 2 ? filled : way === 2 ? filled ^ (1 << (2 + (random() % 30))) : random() | 0b11;
    if (!isLong(word)) return word >>> 0;
  }
};

/** A filling in which many an operand is 0, 1 or -1, or as another is, as the pseudo-instructions have it. */
export const plainFilling: Filling = (spec, random) => {
  let word = spec.match;
  const repeated = random() & 31;
  for (const { kind: name } of spec.operands) {
    const kind = operandKinds.get(name);
    const lowest = kind?.segments.at(-1)?.lo ?? 0;
    const value = [0, 0xffffffff, 1 << lowest, random(), repeated << lowest][random() % 5] ?? 0;
    word |= value & (kind?.mask ?? 0);
  }
  return word >>> 0;
};

/** So many words in batches: one of the first kind for every 4-byte instruction of the ISA, then others in turn. */
function* batches(isa: Isa, total: number, seed: number, first: Filling, then: Filling): Generator<Uint32Array> {
  const specs = specsOf(isa).filter((spec) => spec.length === 4);
  const random = generator(seed ^ isa.xlen);
  for (let done = 0; done < total; done += BATCH) {
    yield Uint32Array.from({ length: Math.min(BATCH, total - done) }, (_, i) => {
      const spec = specs[(done + i) % specs.length] as InstructionSpec;
      return (done + i < specs.length ? first : then)(spec, random);
    });
  }
}

/** Random words stratified over every 4-byte instruction of an ISA: legal ones of each first, then around and at random. */
export const stratified = (isa: Isa, total: number, seed: number): Generator<Uint32Array> =>
  batches(isa, total, seed, legalFilling(isa), around);

/** Fillings of every 4-byte instruction with operands in which pseudo-instructions are. */
export const plain = (isa: Isa, total: number, seed: number): Generator<Uint32Array> =>
  batches(isa, total, seed, plainFilling, plainFilling);

/** Every 16-bit parcel that begins no longer instruction. */
export const parcels = Uint32Array.from({ length: 65536 }, (_, i) => i).filter((parcel) => (parcel & 0b11) !== 0b11);

/** Words one after another in memory. */
export const bytesOf = (words: Uint32Array, length: 2 | 4): Uint8Array =>
  new Uint8Array((length === 2 ? Uint16Array.from(words) : words).buffer);
