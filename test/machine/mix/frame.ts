import type { Xlen } from '../../../server/src/isa/types';
import { box, type FloatFormat, formats } from '../../../server/src/machine/float/format';
import type { Dice } from '../dice';
import { tuples } from '../float/operands';

/**
 * The state of a hart before and after a snippet, as it stands in memory: registers x0..x31, f0..f31 and `fcsr` in 8 bytes
 * each, and the memory that the snippet may use. One is behind another; x3 points to that in use.
 */
export const frameSize = 1088;
export const xOffset = (register: number): number => 8 * register;
export const fOffset = (register: number): number => 256 + 8 * register;
export const fcsrOffset = 512;
const windowStart = 544;
/** x8 stands in the middle of the memory, and is a multiple of 8; x2 at its beginning, or up to 15 bytes on. */
export const x8Offset = windowStart + 272;
/** What may be added to x8: so that 8 bytes from there on are in the memory. */
export const reach = { low: -272, high: 264 } as const;

/** Registers that snippets leave as they are: they point to the frame, count runs, and point to the memory. */
export const kept: ReadonlySet<number> = new Set([2, 3, 4, 8]);

/** What stands at a byte of a frame, to be told. */
export function partAt(offset: number): string {
  if (offset < 256) return `x${offset >> 3}`;
  if (offset < fcsrOffset) return `f${(offset - 256) >> 3}`;
  return offset < windowStart ? 'fcsr' : `memory at x8 ${offset < x8Offset ? '-' : '+'} ${Math.abs(offset - x8Offset)}`;
}

/**
 * Frames of values at which instructions misbehave.
 *
 * @param address where they will stand
 */
export function makeFrames(dice: Dice, xlen: Xlen, count: number, address: number): Uint8Array {
  const bytes = new Uint8Array(count * frameSize);
  const words = new Uint32Array(bytes.buffer);
  const slots = new BigUint64Array(bytes.buffer);
  for (let i = 0; i < words.length; i++) words[i] = dice.below(2 ** 32);
  const integers = BigUint64Array.from({ length: 4096 }, () => edgeValue(dice, xlen));
  const floats = BigUint64Array.from(floatValues(dice));
  const slotsPerFrame = frameSize / 8;
  for (let frame = 0; frame < count; frame++) {
    const base = frame * slotsPerFrame;
    for (let r = 0; r < 32; r++) slots[base + r] = integers[dice.below(integers.length)] ?? 0n;
    // Neighbours belong together.
    const from = dice.below(floats.length - 32);
    slots.set(floats.subarray(from, from + 32), base + 32);
    slots[base + 64] = BigInt((dice.below(5) << 5) | dice.below(32));
    const at = address + frame * frameSize;
    for (const [register, value] of [
      [0, 0],
      [2, at + windowStart + dice.pick([0, 0, 8, dice.below(16)])],
      [3, at],
      [4, 0],
      [8, at + x8Offset],
    ] as const)
      slots[base + register] = BigInt(value);
  }
  return bytes;
}

function edgeValue(dice: Dice, xlen: Xlen): bigint {
  const random = (BigInt(dice.below(2 ** 32)) << 32n) | BigInt(dice.below(2 ** 32));
  const power = 1n << BigInt(dice.below(xlen));
  const edges = [0n, 1n, 2n, 31n, 32n, 63n, 64n, 0x7fn, 0x80n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, power];
  const value = dice.pick([
    dice.pick(edges),
    -dice.pick(edges),
    power + BigInt(dice.between(-2, 2)),
    random >> BigInt(dice.below(64)),
    random,
    random,
  ]);
  return BigInt.asUintN(xlen, value);
}

/** Operands of every format, three that belong together one behind another. */
function floatValues(dice: Dice): bigint[] {
  const of = (format: FloatFormat): bigint[] =>
    tuples(dice, format, 700).flatMap(({ f }) => f.map((bits) => (dice.below(64) === 0 ? bits ^ (1n << 63n) : bits)));
  return [...of('h'), ...of('s'), ...of('d'), box(formats.s, 0n)];
}
