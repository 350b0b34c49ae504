import { type Elf, relocationsIn, relocationTypes } from '../machine/elf';
import type { Alignment } from './program';
import { countWhile } from './sorted';

/** From an offset on, until the next of these: what is known of addresses. */
interface Stretch extends Alignment {
  readonly from: number;
}

/**
 * What an object file's section says of the addresses that its offsets will have. The linker relaxes: it shortens
 * instructions marked so (R_RISCV_RELAX), by multiples of 2 bytes, or of 4 without compressed instructions, and takes away
 * of the nops before an aligned place as many as are too many (R_RISCV_ALIGN). An offset itself therefore says little.
 * @returns the alignment of an offset
 */
export function alignments(elf: Elf, index: number): (offset: number) => Alignment {
  const section = elf.sections[index];
  const grain = (elf.flags & 1) === 1 ? 2 : 4;
  const whole = Math.min(Number(section?.alignment ?? 1n), largest);
  const stretches: Stretch[] = [{ from: 0, remainder: 0, modulus: whole }];
  for (const { offset, type, addend } of marks(elf, index)) {
    const before = at(stretches, offset);
    if (type === relocationTypes.relax) {
      const modulus = Math.min(before.modulus, grain);
      stretches.push({ from: offset + 1, remainder: (before.remainder + 1) % modulus, modulus });
    } else {
      const alignment = powerAbove(Number(addend));
      const remainder = before.modulus > alignment ? roundUp(before.remainder, alignment) % before.modulus : 0;
      const modulus = Math.max(before.modulus, alignment);
      stretches.push({ from: offset + Number(addend), remainder, modulus });
    }
  }
  return (offset) => at(stretches, offset);
}

/** Larger alignments than a page are not told. */
const largest = 4096;

function marks(elf: Elf, index: number): { offset: number; type: number; addend: bigint }[] {
  const size = elf.sections[index]?.size ?? 0n;
  return relocationsIn(elf, index, 0n, size)
    .filter(({ type }) => type === relocationTypes.relax || type === relocationTypes.align)
    .map(({ offset, type, addend }) => ({ offset: Number(offset), type, addend }))
    .sort((a, b) => a.offset - b.offset);
}

function at(stretches: readonly Stretch[], offset: number): Alignment {
  const { from, remainder, modulus } = stretches[countWhile(stretches, (stretch) => stretch.from <= offset) - 1] ?? {
    from: 0,
    remainder: 0,
    modulus: 1,
  };
  return { remainder: (remainder + offset - from) % modulus, modulus };
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** The alignment that so many bytes of nops are for: the smallest power of two above them. */
function powerAbove(bytes: number): number {
  let power = 1;
  while (power <= bytes && power < largest) power *= 2;
  return power;
}
