import { describe, expect, it } from 'vitest';
import { decode } from '../../../server/src/isa/index';
import type { FloatOperation } from '../../../server/src/machine/effect';
import { runExactly } from '../../../server/src/machine/float/execute';
import { box, type FloatFormat, formats } from '../../../server/src/machine/float/format';
import type { RoundingMode } from '../../../server/src/machine/float/round';
import { shortcut } from '../../../server/src/machine/float/shortcut';
import { FloatState } from '../../../server/src/machine/float/state';
import { effectOf, evaluate } from '../../../server/src/machine/index';
import { Dice } from '../dice';
import { assemble, isaOf } from '../harness';
import { integer, number, type Tuple, tuples } from './operands';

const isa = isaOf('rv64gc_zfa');

function operationOf(instruction: string): FloatOperation {
  const effect = effectOf(decode(new DataView(assemble(instruction, isa).buffer).getUint32(0, true), isa), isa);
  if (effect.kind !== 'float') throw new Error(`${instruction} is ${effect.kind}`);
  return effect.operation;
}

/** Operands of sizes that programs compute with: results are neither tiny nor huge, but cancel and tie. */
function moderate(dice: Dice, format: FloatFormat, count: number): Tuple[] {
  const spec = formats[format];
  return Array.from({ length: count }, () => {
    const [e, f] = [dice.between(-40, 40), dice.between(-40, 40)];
    const third = e + f + dice.pick([0, 1, -1, -spec.precision, spec.precision, dice.between(-110, 110)]);
    const [a, b, c] = [number(dice, spec, e), number(dice, spec, f), number(dice, spec, third)].map((bits) =>
      box(spec, bits),
    );
    return { f: [a ?? 0n, b ?? 0n, dice.below(8) === 0 ? box(spec, 0n) : (c ?? 0n)], x: integer(dice) };
  });
}

/** A product halfway between two numbers of a format, and hardly anything to be added to it. */
function halfway(dice: Dice, format: FloatFormat, count: number): Tuple[] {
  const spec = formats[format];
  const half = spec.precision >> 1;
  const power = (exponent: number): bigint => BigInt(exponent - spec.minimal + 1) << BigInt(spec.precision - 1);
  const near = (exponent: number, bit: number): bigint => power(exponent) | (1n << BigInt(spec.precision - 1 - bit));
  return Array.from({ length: count }, () => {
    const [e, f] = [dice.between(-9, 9), dice.between(-9, 9)];
    const little = power(e + f - dice.between(spec.precision, 100)) | (BigInt(dice.below(2)) << BigInt(spec.width - 1));
    const [a, b, c] = [near(e, half), near(f, spec.precision - half), little].map((bits) => box(spec, bits));
    return { f: [a ?? 0n, b ?? 0n, c ?? 0n], x: 0n };
  });
}

/** What there is after an operation, in text; null where it was not carried out. */
function outcome(
  { f, x }: Tuple,
  run: (state: FloatState, integers: Parameters<typeof runExactly>[3]) => boolean,
): string | null {
  const state = new FloatState(isa);
  f.forEach((bits, i) => void state.write(i + 1, 'd', bits));
  let result = 0n;
  const done = run(state, {
    value: (expr) => evaluate(expr, () => x, 0n, 64),
    write: (_, value) => {
      result = value;
    },
  });
  return done ? `${state.raw(4).toString(16)} ${result.toString(16)} ${state.raised}` : null;
}

const instructions = (['s', 'd'] as const).flatMap((format) => {
  const other = format === 's' ? 'd' : 's';
  return [
    ...['madd', 'msub', 'nmsub', 'nmadd'].map((op) => `f${op}.${format} f4, f1, f2, f3`),
    ...['add', 'sub', 'mul', 'div'].map((op) => `f${op}.${format} f4, f1, f2`),
    ...(format === 'd' ? ['sgnj', 'sgnjn', 'sgnjx'] : []).map((op) => `f${op}.d f4, f1, f2`),
    ...['eq', 'lt', 'le', 'ltq', 'leq'].map((op) => `f${op}.${format} x14, f1, f2`),
    `fsqrt.${format} f4, f1`,
    `fcvt.${other}.${format} f4, f1`,
    ...['w', 'wu', 'l', 'lu'].flatMap((to) => [`fcvt.${to}.${format} x14, f1`, `fcvt.${format}.${to} f4, x11`]),
  ].map((instruction) => [instruction, format] as const);
});

describe('the shortcut through the machine’s own doubles', () => {
  it.each([...instructions, ['fcvtmod.w.d x14, f1, rtz', 'd']] as const)(
    'of %s has the value and the flags of the exact arithmetic, or is not taken',
    (instruction, format) => {
      const dice = new Dice(instruction.length * 31 + instruction.charCodeAt(3));
      const operation = operationOf(instruction);
      const samples = [...tuples(dice, format, 400), ...moderate(dice, format, 400), ...halfway(dice, format, 100)];
      let taken = 0;
      for (const mode of ['rne', 'rtz', 'rup'] as const satisfies readonly RoundingMode[]) {
        for (const tuple of samples) {
          const quick = outcome(tuple, (state, integers) => shortcut(operation, state, mode, integers));
          if (quick === null) continue;
          taken++;
          const exact = outcome(tuple, (state, integers) => {
            runExactly(operation, state, mode, integers);
            return true;
          });
          if (quick !== exact) expect({ tuple, mode, result: quick }).toEqual({ tuple, mode, result: exact });
        }
      }
      expect(taken).toBeGreaterThan(200);
    },
  );
});
