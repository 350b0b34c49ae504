import { describe, expect, it } from 'vitest';
import type { Isa, Xlen } from '../../server/src/isa/types';
import { Hart, Ram, step } from '../../server/src/machine/index';
import { isaOf } from './harness';
import { type Program, randomProgram } from './programs';
import { loadAddress, underQemu } from './qemu';

const bits = 'zba_zbb_zbs_zbc_zbkb';
const seed = 20_261_122;

describe.each([64, 32] as const)('RV%i random programs', (xlen) => {
  it.each([
    { march: `rv${xlen}imac_${bits}`, size: { blocks: 500, blockLength: 180, float: false }, least: 100_000 },
    { march: `rv${xlen}gc_zfh_${bits}`, size: { blocks: 150, blockLength: 180, float: true }, least: 40_000 },
  ])('of $march leave the same registers and memory as under QEMU', { timeout: 60_000 }, ({ march, size, least }) => {
    const program = randomProgram(xlen, size, seed);
    const isa = isaOf(march);
    const { image, output } = underQemu(program.text, isa, [...bits.split('_'), ...(size.float ? ['Zfh'] : [])]);
    const ours = runHere(image, isa);
    expect(ours.executed).toBeGreaterThan(least);
    compare(program, ours.output, output, xlen);
  });
});

/** Runs a program until its `exit`, collecting what it writes. */
function runHere(image: Uint8Array, isa: Isa): { readonly output: Uint8Array; readonly executed: number } {
  const memory = new Ram();
  memory.map(loadAddress, image);
  const hart = new Hart(loadAddress, isa);
  const output: number[] = [];
  for (;;) {
    const result = step(hart, memory, isa);
    if (result.kind === 'retired') continue;
    const { trap } = result;
    if (trap.cause !== 'ecall') throw new Error(`at 0x${hart.pc.toString(16)}: ${JSON.stringify(trap, hexOf)}`);
    const call = hart.read(17);
    if (call === 93n) return { output: Uint8Array.from(output), executed: Number(hart.retired) };
    for (let i = 0n; i < hart.read(12); i++) output.push(Number(memory.load(hart.read(11) + i, 1)));
    hart.pc += 4n;
  }
}

const hexOf = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? `0x${value.toString(16)}` : value;

function compare(program: Program, ours: Uint8Array, theirs: Uint8Array, xlen: Xlen): void {
  expect(theirs.length).toBe(ours.length);
  const at = ours.findIndex((byte, i) => byte !== theirs[i]);
  if (at === -1) return;
  const block = Math.floor(at / program.frame);
  const register = program.registerAt(at % program.frame);
  const where = program.blocks[block] === undefined ? 'scratch memory' : `block ${block}, ${register}`;
  const start = at - (at % (xlen / 8));
  const show = (bytes: Uint8Array): string =>
    Buffer.from(bytes.slice(start, start + xlen / 8).reverse()).toString('hex');
  throw new Error(`seed ${seed}, ${where}: here ${show(ours)}, QEMU ${show(theirs)}\n${program.blocks[block] ?? ''}`);
}
