import { describe, expect, it } from 'vitest';
import { decode, format, type InstructionSpec, type Isa, instructions } from '../../server/src/isa/index';
import type { Decoded } from '../../server/src/isa/types';
import { Hart, Ram, step } from '../../server/src/machine/index';
import { type Op, SystemHart } from '../../server/src/machine/system/hart';
import { PhysicalMemory } from '../../server/src/machine/system/physical';
import { Dice } from './dice';
import { tuples } from './float/operands';
import { isaOf } from './harness';
import { executorOf } from './judges';
import { floatMeanings } from './manual/float';
import { integerMeanings } from './manual/integer';
import type { Meaning, Model } from './manual/model';
import { Units } from './mix/units';

const meanings: Readonly<Record<string, Meaning>> = { ...integerMeanings, ...floatMeanings };
/** How often each instruction is tried. */
const tries = 50;
const seed = 20_261_123;

/** Zcmp and Zcmt have the encodings of compressed accesses to doubles. */
const common = 'zba_zbb_zicond_zacas_zabha_zalasr_zawrs_zimop_zcmop_zicbom_zicboz_zcb';
const marches = [`gc_zfh_zfa_zfbfmin_${common}`, `ima_zicsr_${common}_zcmp_zcmt`];
const isasOf = (xlen: 32 | 64): readonly Isa[] => marches.map((rest) => isaOf(`rv${xlen}${rest}`));
const has = (isa: Isa, { extensions, xlens }: InstructionSpec): boolean =>
  xlens.includes(isa.xlen) && extensions.some((all) => all.every((name) => isa.extensions.has(name)));

const codeAddress = 0x1000;
const dataAddress = 0x2000;
/** A table of 256 jumps. */
const dataSize = 2048;

/** A hart's state, to be compared. */
interface State {
  readonly x: bigint[];
  readonly f: bigint[];
  readonly fflags: number;
  readonly frm: number;
  readonly pc: bigint;
  readonly jvt: bigint;
  readonly memory: Uint8Array;
}

/** One instruction, and what it is run on. */
interface Trial {
  readonly decoded: Decoded;
  readonly before: State;
}

describe.each([64, 32] as const)('on RV%i, what QEMU does not run does what the manual says', (xlen) => {
  const specs = instructions.filter(({ mnemonic, xlens }) => xlens.includes(xlen) && meanings[mnemonic] !== undefined);

  it.each(specs.map((spec) => [spec.mnemonic, spec] as const))('%s', (_, spec) => {
    const isa = isasOf(xlen).find((one) => has(one, spec));
    if (isa === undefined) throw new Error(`no ISA here has ${spec.mnemonic}`);
    const dice = new Dice(seed);
    const units = new Units(dice, isa, []);
    const emulator = emulatorOf(isa);
    // Whether blocks of caches may be touched is a matter of modes.
    const machines = spec.mnemonic.startsWith('cbo.') ? { emulator } : { effects: onHart, emulator };
    for (let i = 0; i < tries; i++) {
      const decoded = decode(units.any(spec).word, isa);
      if (decoded.fields.rs1 === 0 && reachOf(spec.mnemonic) === 'address') continue;
      const trial: Trial = { decoded, before: stateFor(dice, isa, decoded) };
      const expected = byTheManual(trial, isa);
      for (const [machine, run] of Object.entries(machines)) {
        const after: State = run(trial, isa);
        if (!same(after, expected)) expect.fail(told(machine, trial, after, expected));
      }
    }
  });
});

it('everything that has no second judge is tried here or by programs that need a whole machine', () => {
  const wholeMachine =
    'ecall ebreak c.ebreak c.unimp mret sret wfi sfence.vma sinval.vma sfence.w.inval sfence.inval.ir'.split(' ');
  const manual = instructions.filter((spec) => executorOf(spec) === 'manual').map(({ mnemonic }) => mnemonic);
  expect([...new Set(manual)].sort()).toEqual([...Object.keys(meanings), ...wholeMachine].sort());
});

/** A state in which the operands are at their edges, and addresses are in memory. */
function stateFor(dice: Dice, isa: Isa, { spec, fields }: Decoded): State {
  const { xlen } = isa;
  const random = (): bigint => (BigInt(dice.below(2 ** 32)) << 32n) | BigInt(dice.below(2 ** 32));
  const edges = [0n, 1n, -1n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0x8000n, 0xffffn, 0x7fff_ffffn, 0x8000_0000n, 1n << 63n];
  const x = Array.from({ length: 32 }, () =>
    BigInt.asUintN(
      xlen,
      dice.pick([dice.pick(edges), -dice.pick(edges), random() >> BigInt(dice.below(64)), random()]),
    ),
  );
  x[0] = 0n;
  const format = (['h', 's', 'd'] as const).find((name) => spec?.mnemonic.endsWith(`.${name}`)) ?? 'd';
  const f = tuples(dice, format, 11)
    .flatMap((tuple) => tuple.f)
    .slice(0, 32);
  const memory = new Uint8Array(Uint32Array.from({ length: dataSize / 4 }, () => dice.below(2 ** 32)).buffer);
  const middle = BigInt(dataAddress + dataSize / 2);
  const rs1 = fields.rs1 ?? 0;
  const reach = reachOf(spec?.mnemonic ?? '');
  if (reach === 'address') {
    const at = middle + BigInt(16 * dice.between(-8, 8));
    x[rs1] = BigInt.asUintN(xlen, at - BigInt(fields.imm ?? 0));
    // Compare-and-swap finds what it looks for every other time.
    const view = new DataView(memory.buffer);
    const offset = Number(at) - dataAddress;
    const rd = fields.rd ?? 0;
    const bytes = xlen / 8;
    if (dice.below(2) === 0) {
      for (const [i, value] of [x[rd] ?? 0n, rd === 0 ? 0n : (x[rd + 1] ?? 0n)].entries()) {
        if (bytes === 8) view.setBigUint64(offset + 8 * i, value, true);
        else view.setUint32(offset + 4 * i, Number(value), true);
      }
    }
  }
  if (reach === 'stack') x[2] = middle;
  const jvt = isa.extensions.has('zcmt') ? BigInt(dataAddress) : 0n;
  const frm = isa.extensions.has('f') ? dice.below(5) : 0;
  const fflags = isa.extensions.has('f') ? dice.pick([0, 0, dice.below(32)]) : 0;
  return { x, f: isa.extensions.has('d') ? f : [], fflags, frm, pc: BigInt(codeAddress), jvt, memory };
}

/** How an instruction reaches memory. */
function reachOf(mnemonic: string): 'address' | 'stack' | null {
  if (/^cm\.(push|pop)/.test(mnemonic)) return 'stack';
  return /^(amo|l[bhwd]\.|s[bhwd]\.|c\.[ls][bh]u?$|cbo)/.test(mnemonic) ? 'address' : null;
}

function byTheManual({ decoded, before }: Trial, isa: Isa): State {
  const memory = before.memory.slice();
  const index = (address: bigint, i: number): number => {
    const at = Number(address) - dataAddress + i;
    if (at < 0 || at >= memory.length) throw new Error(`the test has an address 0x${address.toString(16)}`);
    return at;
  };
  const model: Model = {
    xlen: isa.xlen,
    x: [...before.x],
    f: [...before.f],
    fflags: before.fflags,
    frm: before.frm,
    pc: before.pc + BigInt(decoded.length),
    jvt: before.jvt,
    load: (address, bytes) => {
      let value = 0n;
      for (let i = bytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(memory[index(address, i)] ?? 0);
      return value;
    },
    store: (address, bytes, value) => {
      for (let i = 0; i < bytes; i++) memory[index(address, i)] = Number((value >> BigInt(8 * i)) & 0xffn);
    },
  };
  meanings[decoded.spec?.mnemonic ?? '']?.(model, decoded.fields);
  model.x[0] = 0n;
  return { ...before, x: model.x, f: model.f, fflags: model.fflags, pc: model.pc, memory };
}

const wordBytes = ({ word }: Decoded): Uint8Array => new Uint8Array(Uint32Array.of(word).buffer);

function onHart({ decoded, before }: Trial, isa: Isa): State {
  const memory = new Ram();
  memory.map(BigInt(codeAddress), wordBytes(decoded));
  memory.map(BigInt(dataAddress), before.memory);
  const hart = new Hart(before.pc, isa);
  fill(hart, before);
  if (before.jvt !== 0n) hart.csrs.write(JVT, before.jvt);
  const result = step(hart, memory, isa);
  if (result.kind === 'trap') throw new Error(`${format(decoded)} traps: ${JSON.stringify(result.trap.cause)}`);
  const data = BigUint64Array.from(
    { length: dataSize / 8 },
    (_, i) => memory.load(BigInt(dataAddress + 8 * i), 8) ?? 0n,
  );
  return stateOf(hart, before, new Uint8Array(data.buffer));
}

/** One emulator for many trials. */
function emulatorOf(isa: Isa): (trial: Trial) => State {
  const memory = new PhysicalMemory<Op>([{ start: codeAddress, size: 8192 }]);
  const hart = new SystemHart(BigInt(codeAddress), memory, { isa, hartId: 0n, misaligned: true });
  if (isa.extensions.has('f')) hart.csrs.write(MSTATUS, hart.csrs.read(MSTATUS) | 0x6000n);
  return ({ decoded, before }) => {
    memory.store(codeAddress, 4, BigInt(decoded.word));
    memory.write(dataAddress, before.memory);
    hart.pc = before.pc;
    fill(hart, before);
    if (before.jvt !== 0n) hart.csrs.write(JVT, before.jvt);
    hart.step();
    if (hart.last === null) throw new Error(hart.refused ?? `${format(decoded)} traps`);
    return stateOf(hart, before, memory.bytes(dataAddress, dataSize)?.slice() ?? new Uint8Array());
  };
}

const [MSTATUS, JVT] = [0x300, 0x017];

function fill(hart: Hart, { x, f, fflags, frm }: State): void {
  for (const [r, value] of x.entries()) hart.write(r, value);
  for (const [r, value] of f.entries()) hart.float.write(r, 'd', value);
  hart.float.raised = fflags;
  hart.float.rounding = frm;
}

function stateOf(hart: Hart, before: State, memory: Uint8Array): State {
  return {
    ...before,
    x: before.x.map((_, r) => hart.read(r)),
    f: before.f.map((_, r) => hart.float.raw(r)),
    fflags: hart.float.raised,
    frm: hart.float.rounding,
    pc: hart.pc,
    memory,
  };
}

function same(a: State, b: State): boolean {
  return (
    a.x.every((value, r) => value === b.x[r]) &&
    a.f.every((value, r) => value === b.f[r]) &&
    a.fflags === b.fflags &&
    a.pc === b.pc &&
    Buffer.compare(a.memory, b.memory) === 0
  );
}

function told(machine: string, { decoded, before }: Trial, after: State, expected: State): string {
  const hex = (value: bigint | undefined): string => (value ?? 0n).toString(16);
  const list = (name: 'x' | 'f'): string[] =>
    after[name].flatMap((value, r) =>
      value === expected[name][r]
        ? []
        : [`${name}${r}: ${hex(value)}, by the manual ${hex(expected[name][r])}, before ${hex(before[name][r])}`],
    );
  return [
    `${machine}: ${format(decoded)}, fields ${JSON.stringify(decoded.fields)}`,
    ...list('x'),
    ...list('f'),
    `fflags ${after.fflags}, by the manual ${expected.fflags}; pc ${hex(after.pc)}, ${hex(expected.pc)}; frm ${before.frm}`,
    `memory differs: ${Buffer.compare(after.memory, expected.memory) !== 0}`,
    `before: x ${before.x.map(hex).join(' ')}; f ${before.f.map(hex).join(' ')}`,
  ].join('\n');
}
