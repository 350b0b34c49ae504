import { decode, format, type InstructionSpec, type Isa } from '../../../server/src/isa/index';
import { Dice } from '../dice';
import { frameSize, makeFrames, partAt, xOffset } from './frame';
import type { Frames } from './machines';
import { type Image, loadAddress, makeImage } from './program';
import { type Unit, Units } from './units';

/** A program of random snippets in which each of some instructions is run about equally often. */
export interface Mix {
  readonly isa: Isa;
  readonly seed: number;
  readonly snippets: readonly (readonly Unit[])[];
  readonly runs: number;
  readonly image: Image;
}

export interface MixSize {
  /** Of units for each instruction, and of its runs with other operands. */
  readonly rounds: number;
  readonly runs: number;
}

const unitsOfSnippet = 40;

/** @param specs what is to be run */
export function makeMix(isa: Isa, specs: readonly InstructionSpec[], { rounds, runs }: MixSize, seed: number): Mix {
  const dice = new Dice(seed);
  const units = new Units(dice, isa, specs);
  const all = shuffled(dice, Array.from({ length: rounds }, () => specs).flat()).map((spec) => units.of(spec));
  const snippets = Array.from({ length: Math.ceil(all.length / unitsOfSnippet) }, (_, i) =>
    all.slice(i * unitsOfSnippet, (i + 1) * unitsOfSnippet),
  );
  const image = makeImage(isa.xlen, snippets, runs, (address) =>
    makeFrames(dice, isa.xlen, snippets.length * runs, address),
  );
  return { isa, seed, snippets, runs, image };
}

function shuffled<T>(dice: Dice, items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = dice.below(i + 1);
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}

/** The first frame in which two machines differ; null where they agree. */
export function firstDifference(a: Frames, b: Frames): number | null {
  if (Buffer.compare(a, b) === 0) return null;
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return Math.floor((at === -1 ? Math.min(a.length, b.length) : at) / frameSize);
}

type Run = (image: Image) => Frames;

/**
 * Tells a difference: the fewest units of its snippet that still show it, in assembly, and what differs.
 *
 * @param times that the snippet is run on this frame: what is compiled only when it runs often shows only then
 */
export function explain(mix: Mix, frame: number, ours: Run, theirs: Run, times = 1): string {
  const snippet = mix.snippets[Math.floor(frame / mix.runs)] ?? [];
  const { image, isa, seed } = mix;
  const old = image.frames + frame * frameSize;
  const before = image.bytes.slice(old, old + frameSize);
  const from = BigInt(loadAddress + old);
  const alone = (units: readonly Unit[]): Image =>
    makeImage(isa.xlen, [units], times, (address) => {
      const frames = new Uint8Array(times * frameSize);
      for (let i = 0; i < times; i++) frames.set(moved(before, BigInt(address + i * frameSize) - from), i * frameSize);
      return frames;
    });
  const difference = (units: readonly Unit[]): number | null => {
    const one = alone(units);
    return firstDifference(ours(one), theirs(one));
  };
  let units: readonly Unit[] = snippet;
  if (difference(units) === null) return `seed ${seed}: frame ${frame} differs, but not when it is run alone`;
  for (let i = units.length - 1; i >= 0; i--) {
    const fewer = units.toSpliced(i, 1);
    if (fewer.length > 0 && difference(fewer) !== null) units = fewer;
  }
  const run = difference(units) ?? 0;
  const one = alone(units);
  const frameOf = (frames: Frames): Uint8Array => frames.slice(run * frameSize, (run + 1) * frameSize);
  const [here, there] = [frameOf(ours(one)), frameOf(theirs(one))];
  const lines = units.flat().map(({ word }) => format(decode(word, isa)));
  const hex = (bytes: Uint8Array, at: number): string => Buffer.from(bytes.slice(at, at + 8).reverse()).toString('hex');
  const differences = Array.from({ length: frameSize / 8 }, (_, i) => 8 * i)
    .filter((at) => hex(here, at) !== hex(there, at))
    .map((at) => `${partAt(at)}: ${hex(here, at)}, but there ${hex(there, at)}`);
  const registers = Array.from({ length: 65 }, (_, r) => `${partAt(xOffset(r))} ${hex(before, xOffset(r))}`);
  const title = `seed ${seed}, frame ${frame}, run ${run + 1} of ${times}:`;
  return [title, ...lines, ...differences, `before: ${registers.join(', ')}`].join('\n');
}

/** A frame for another place: what points into it goes with it. */
function moved(frame: Uint8Array, by: bigint): Uint8Array {
  const copy = frame.slice();
  const slots = new BigUint64Array(copy.buffer);
  for (const register of [2, 3, 8]) slots[register] = (slots[register] ?? 0n) + by;
  return copy;
}
