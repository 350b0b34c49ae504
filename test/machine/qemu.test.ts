import { beforeAll, describe, expect, it } from 'vitest';
import { instructions } from '../../server/src/isa/index';
import { isaOf } from './harness';
import { executorOf } from './judges';
import { type Frames, onEffects, onEmulator, onQemu } from './mix/machines';
import { explain, firstDifference, type Mix, makeMix } from './mix/mix';
import type { Image } from './mix/program';

const seed = 20_261_123;
/** Of QEMU's CPU. */
const options = 'zba zbb zbc zbs zbkb zbkc zbkx zknd zkne zknh zksed zksh Zfh'.split(' ');
const extensions = 'zifencei_zihintpause_zihintntl_zicbop_zfh_zba_zbb_zbc_zbs_zkn_zks';
/**
 * How often each instruction stands in a program, and on how many operands it runs: 1,000,000 in all.
 * `CMODX_QEMU_SCALE` multiplies that.
 */
const { CMODX_QEMU_SCALE: scale = '1' } = process.env;
const rounds = { 64: 60 * Number(scale), 32: 70 * Number(scale) } as const;
const runs = 24;
const least = 500_000;

describe.each([64, 32] as const)('RV%i random programs', (xlen) => {
  const isa = isaOf(`rv${xlen}gc_${extensions}`);
  const specs = instructions.filter((spec) => spec.xlens.includes(xlen) && executorOf(spec) === 'qemu');
  let mix: Mix;
  let ours: { readonly frames: Frames; readonly counts: Map<string, number> };

  beforeAll(() => {
    mix = makeMix(isa, specs, { rounds: rounds[xlen], runs }, seed);
    ours = onEffects(mix.image, isa);
  }, 120_000);

  it('run every instruction that QEMU runs, each of them often', () => {
    expect([...ours.counts.keys()].sort()).toEqual([...new Set(specs.map(({ mnemonic }) => mnemonic))].sort());
    expect(Math.min(...ours.counts.values())).toBeGreaterThanOrEqual(rounds[xlen] * runs);
    const total = [...ours.counts.values()].reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThanOrEqual(least * Number(scale));
    const table = [...ours.counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([mnemonic, count]) => `${mnemonic} ${count}`);
    console.info(`RV${xlen}: ${total} instructions under QEMU: ${table.join(', ')}`);
  });

  it('leave the same registers and memory as under QEMU', { timeout: 120_000 }, () => {
    const theirs = onQemu(mix.image, isa, options);
    const at = firstDifference(ours.frames, theirs);
    if (at !== null)
      expect.fail(
        explain(
          mix,
          at,
          (image) => onEffects(image, isa).frames,
          (image) => onQemu(image, isa, options),
        ),
      );
    expect(theirs.length).toBe(ours.frames.length);
  });

  it('do so in the emulator too', { timeout: 120_000 }, () => {
    const at = firstDifference(onEmulator(mix.image, isa), ours.frames);
    if (at !== null)
      expect.fail(
        explain(
          mix,
          at,
          (image) => onEmulator(image, isa),
          (image) => onEffects(image, isa).frames,
        ),
      );
  });

  it('do so too where they run so often that they are compiled', { timeout: 120_000 }, () => {
    const often = makeMix(isa, specs, { rounds: 3, runs: 120 }, seed);
    const compiled = (image: Image): Frames => onEmulator(image, isa);
    const qemu = (image: Image): Frames => onQemu(image, isa, options);
    const at = firstDifference(compiled(often.image), qemu(often.image));
    if (at !== null) expect.fail(explain(often, at, compiled, qemu, often.runs));
  });
});
