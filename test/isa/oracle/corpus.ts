import { type Isa, instructions, parseIsa, type Xlen } from '../../../server/src/isa/index';
import { operandKinds } from '../../../server/src/isa/operands';
import { generator } from './random';

const EXTENSIONS = 'zicbom_zicbop_zicboz_zicsr_zifencei_zihintpause_zfhmin_zba_zbb_zbs_svinval';

/** All extensions whose instructions are decoded, and how GNU as is told of them. */
export function everything(xlen: Xlen): { readonly isa: Isa; readonly march: string } {
  const march = `rv${xlen}gc_${EXTENSIONS}`;
  const parsed = parseIsa(march);
  if (!parsed.ok) throw new Error(parsed.problems.map((problem) => problem.message).join('; '));
  return { isa: parsed.isa, march };
}

const isLong = (word: number): boolean => (word & 0b11100) === 0b11100;

/**
 * Words of 4-byte instructions over all that are known at an XLEN: half of them fillings of an instruction, a quarter
 * fillings with one bit changed, a quarter at random.
 */
export function stratified(xlen: Xlen, count: number, seed: number): Uint32Array {
  const random = generator(seed + xlen);
  const specs = instructions.filter((spec) => spec.length === 4 && spec.xlens.includes(xlen));
  return Uint32Array.from({ length: count }, (_, i) => {
    const spec = specs[i % specs.length];
    for (;;) {
      const filled = ((spec?.match ?? 0) | (random() & ~(spec?.mask ?? 0))) >>> 0;
      const way = random() % 4;
      const flipped = (filled ^ (1 << (2 + (random() % 30)))) >>> 0;
      const word = way < 2 ? filled : way === 2 ? flipped : (random() | 0b11) >>> 0;
      if (!isLong(word)) return word;
    }
  });
}

/** Fillings in which many an operand is 0, 1 or -1, as the pseudo-instructions have it. */
export function plain(xlen: Xlen, count: number, seed: number): Uint32Array {
  const random = generator(seed + xlen);
  const specs = instructions.filter((spec) => spec.length === 4 && spec.xlens.includes(xlen));
  return Uint32Array.from({ length: count }, (_, i) => {
    const spec = specs[i % specs.length];
    let word = spec?.match ?? 0;
    const repeated = random() & 31;
    for (const { kind: name } of spec?.operands ?? []) {
      const kind = operandKinds.get(name);
      const lowest = kind?.segments.at(-1)?.lo ?? 0;
      const value = [0, 0xffffffff, 1 << lowest, random(), repeated << lowest][random() % 5] ?? 0;
      word |= value & (kind?.mask ?? 0);
    }
    return word >>> 0;
  });
}

/** Every 16-bit parcel that begins no longer instruction. */
export const parcels = Uint32Array.from({ length: 65536 }, (_, i) => i).filter((parcel) => (parcel & 0b11) !== 0b11);

/** Words one after another in memory. */
export const bytesOf = (words: Uint32Array, length: 2 | 4): Uint8Array =>
  new Uint8Array((length === 2 ? Uint16Array.from(words) : words).buffer);
