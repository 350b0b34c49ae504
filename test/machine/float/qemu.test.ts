import { describe, expect, it } from 'vitest';
import { decode } from '../../../server/src/isa/index';
import type { Isa } from '../../../server/src/isa/types';
import { FloatState, runFloat } from '../../../server/src/machine/float/index';
import { effectOf, evaluate } from '../../../server/src/machine/index';
import { Dice } from '../dice';
import { assemble, isaOf } from '../harness';
import { underQemu } from '../qemu';
import { type Kernel, kernels, program } from './kernels';
import { type Tuple, tuples } from './operands';

const seed = 20_261_123;
const options = { 64: { march: 'rv64gc_zfh', each: 160 }, 32: { march: 'rv32gc_zfh', each: 80 } } as const;

describe.each([64, 32] as const)('RV%i floating point', (xlen) => {
  const { march, each } = options[xlen];
  it('has the values and the flags that QEMU has, in every rounding mode', { timeout: 60_000 }, () => {
    const dice = new Dice(seed);
    const operands = {
      h: tuples(dice, 'h', each),
      s: tuples(dice, 's', each),
      d: tuples(dice, 'd', each),
      b: [],
    };
    const isa = isaOf(march);
    const all = kernels(xlen);
    const { output } = underQemu(program(all, operands, xlen), isa, ['Zfh']);
    const theirs = new BigUint64Array(output.buffer.slice(output.byteOffset, output.byteOffset + output.length));
    const differences: string[] = [];
    let at = 0;
    for (const kernel of all) {
      const run = runner(kernel, isa);
      for (const tuple of operands[kernel.format]) {
        const here = run(tuple);
        const there = theirs.subarray(at, at + 3);
        at += 3;
        if (here.some((value, i) => value !== there[i])) differences.push(told(kernel, tuple, here, there));
      }
    }
    expect(at).toBe(theirs.length);
    expect(at / 3).toBeGreaterThan(xlen === 64 ? 40_000 : 12_000);
    expect({ count: differences.length, first: differences.slice(0, 12) }).toEqual({ count: 0, first: [] });
  });
});

/** What f4, x14 and `fflags` are after the instruction. */
function runner({ instruction, frm }: Kernel, isa: Isa): (tuple: Tuple) => bigint[] {
  const word = new DataView(assemble(instruction, isa).buffer).getUint32(0, true);
  const effect = effectOf(decode(word, isa), isa);
  if (effect.kind !== 'float') throw new Error(`${instruction} is ${effect.kind}`);
  return ({ f, x }) => {
    const state = new FloatState(isa);
    f.forEach((bits, i) => void state.write(i + 1, 'd', bits));
    state.write(4, 's', 0n);
    state.rounding = frm;
    let result = 0n;
    const integers = {
      value: (expr: Parameters<typeof evaluate>[0]) => evaluate(expr, () => BigInt.asUintN(isa.xlen, x), 0n, isa.xlen),
      write: (register: number, value: bigint) => {
        if (register === 14) result = BigInt.asUintN(isa.xlen, value);
      },
    };
    const reason = runFloat(effect.operation, state, integers);
    if (reason !== null) throw new Error(reason);
    return [state.raw(4), result, BigInt(state.raised)];
  };
}

function told({ instruction, frm }: Kernel, { f, x }: Tuple, here: readonly bigint[], there: BigUint64Array): string {
  const hex = (values: Iterable<bigint>): string => [...values].map((value) => value.toString(16)).join(' ');
  return `seed ${seed}: ${instruction}, frm ${frm}, f ${hex(f)}, x ${hex([x])}: here ${hex(here)}, QEMU ${hex(there)}`;
}
