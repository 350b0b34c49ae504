import { describe, expect, it } from 'vitest';
import { decode, type InstructionSpec, instructions, type Xlen } from '../../server/src/isa/index';
import { type Op, SystemHart } from '../../server/src/machine/system/hart';
import { PhysicalMemory } from '../../server/src/machine/system/physical';
import { Dice } from './dice';
import { isaOf } from './harness';
import { executorOf } from './judges';
import { Units } from './mix/units';

const codeAddress = 0x1000;

/** Runs one instruction from reset, on a machine that has its extension. */
function runOne(spec: InstructionSpec, xlen: Xlen): SystemHart {
  const names = spec.extensions[0]?.filter((name) => name.length > 1 || name === 'v' || name === 'h') ?? [];
  const embedded = names.some((name) => name === 'zcmp' || name === 'zcmt');
  const isa = isaOf([`rv${xlen}${embedded ? 'ima_zicsr' : 'gc'}`, ...names].join('_'));
  const memory = new PhysicalMemory<Op>([{ start: 0, size: 8192 }]);
  const word = spec.illegal ? spec.match : new Units(new Dice(1), isa, []).any(spec, true).word;
  expect(decode(word, isa).spec?.mnemonic).toBe(spec.mnemonic);
  memory.store(codeAddress, 4, BigInt(word));
  const hart = new SystemHart(BigInt(codeAddress), memory, { isa, hartId: 0n, misaligned: true });
  hart.step();
  return hart;
}

describe.each([64, 32] as const)('every instruction of RV%i', (xlen) => {
  const specs = instructions.filter((spec) => spec.xlens.includes(xlen));

  it('that is not executed is refused by name when it is run', () => {
    const refused = specs.filter((spec) => executorOf(spec) === 'none');
    expect(refused.length).toBeGreaterThan(500);
    const told = refused.map((spec) => [spec.mnemonic, runOne(spec, xlen).refused] as const);
    expect(told.filter(([mnemonic, why]) => why?.startsWith(`\`${mnemonic}\` at 0x1000 is`) !== true)).toEqual([]);
  });

  it('that someone judges is executed, or traps as it should', () => {
    const judged = specs.filter((spec) => executorOf(spec) !== 'none');
    expect(judged.length).toBeGreaterThan(350);
    const told = judged.map((spec) => [spec.mnemonic, runOne(spec, xlen).refused] as const);
    expect(told.filter(([, why]) => why !== null)).toEqual([]);
  });
});

describe('what only a whole machine shows', () => {
  const [illegal, breakpoint, call] = [2n, 3n, 11n];

  it.each([
    ['c.unimp', illegal],
    ['ebreak', breakpoint],
    ['c.ebreak', breakpoint],
    ['ecall', call],
  ])('%s traps with cause %i', (mnemonic, cause) => {
    const spec = instructions.find((one) => one.mnemonic === mnemonic) as InstructionSpec;
    const hart = runOne(spec, 64);
    expect(hart.last).toBe(null);
    expect(hart.state.m.cause).toBe(cause);
    expect(hart.state.m.epc).toBe(BigInt(codeAddress));
  });

  it.each(['mret', 'sret'])('%s goes where the trap came from', (mnemonic) => {
    const spec = instructions.find((one) => one.mnemonic === mnemonic) as InstructionSpec;
    expect(runOne(spec, 64).pc).toBe(0n);
  });

  it.each(['wfi', 'sfence.vma', 'sinval.vma', 'sfence.w.inval', 'sfence.inval.ir'])('%s goes on', (mnemonic) => {
    const spec = instructions.find((one) => one.mnemonic === mnemonic) as InstructionSpec;
    expect(runOne(spec, 64).pc).toBe(BigInt(codeAddress + 4));
  });
});
