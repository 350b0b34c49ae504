import { floatConstants } from '../../isa/operands';
import type { Effect, FloatArithmetic, FloatOperation } from '../effect';
import type { FloatComparison, FloatSelection, SignInjection } from '../float/compare';
import { convert, type IntegerFormat } from '../float/convert';
import { type FloatFormat, formats } from '../float/format';
import { modeNumbers, type RoundingField } from '../float/state';
import type { EffectTable, Operands } from './operands';

const selections: readonly FloatSelection[] = ['min', 'max', 'minm', 'maxm'];
const injections: readonly SignInjection[] = ['sgnj', 'sgnjn', 'sgnjx'];
const comparisons: readonly FloatComparison[] = ['eq', 'lt', 'le', 'ltq', 'leq'];
const integers: readonly IntegerFormat[] = ['w', 'wu', 'l', 'lu'];

const formatNamed = (name: string): FloatFormat => (name === 'd' || name === 'h' ? name : name === 'bf16' ? 'b' : 's');

/** F, D, Zfh and Zfhmin, Zfa and Zfbfmin. */
export const float: EffectTable = Object.fromEntries([
  ...(['h', 's', 'd'] as const).flatMap(inFormat),
  ...conversions('s.d d.s s.h h.s d.h h.d s.bf16 bf16.s'),
  ...accesses('h', 2),
  ...accesses('w', 4),
  ...accesses('d', 8),
  ...moves('h', 'h'),
  ...moves('w', 's'),
  ...moves('d', 'd'),
  instruction('fmvh.x.d', (o) => ({ k: 'move-out', format: 'd', rd: o.rd, rs1: o.number('rs1'), high: true })),
  instruction('fmvp.d.x', (o) => ({ k: 'move-in', format: 'd', rd: o.rd, low: o.rs1, high: o.rs2 })),
  instruction('fcvtmod.w.d', (o) => ({
    k: 'to-integer',
    from: 'd',
    to: 'modulo',
    rd: o.rd,
    rs1: o.number('rs1'),
    rounding: 'rtz',
  })),
]);

type Entry = readonly [string, (o: Operands) => Effect];

function instruction(mnemonic: string, operation: (o: Operands) => FloatOperation): Entry {
  return [mnemonic, (o) => ({ kind: 'float', mnemonic, operation: operation(o) })];
}

/** What there is of every format. */
function inFormat(format: FloatFormat): Entry[] {
  const arithmetic = (ops: readonly FloatArithmetic[], operands: readonly string[]): Entry[] =>
    ops.map((op) =>
      instruction(`f${op}.${format}`, (o) => ({
        k: 'arithmetic',
        op,
        format,
        rd: o.rd,
        sources: operands.map((name) => o.number(name)),
        rounding: roundingOf(o),
      })),
    );
  const two = (o: Operands) => ({ format, rd: o.rd, rs1: o.number('rs1'), rs2: o.number('rs2') });
  return [
    ...arithmetic(['madd', 'msub', 'nmsub', 'nmadd'], ['rs1', 'rs2', 'rs3']),
    ...arithmetic(['add', 'sub', 'mul', 'div'], ['rs1', 'rs2']),
    ...arithmetic(['sqrt', 'round', 'roundnx'], ['rs1']),
    ...selections.map((op) => instruction(`f${op}.${format}`, (o) => ({ k: 'select', op, ...two(o) }))),
    ...injections.map((op) => instruction(`f${op}.${format}`, (o) => ({ k: 'sign', op, ...two(o) }))),
    ...comparisons.map((op) => instruction(`f${op}.${format}`, (o) => ({ k: 'compare', op, ...two(o) }))),
    instruction(`fclass.${format}`, (o) => ({ k: 'class', format, rd: o.rd, rs1: o.number('rs1') })),
    instruction(`fli.${format}`, (o) => ({ k: 'constant', format, rd: o.rd, bits: constant(format, o.number('imm')) })),
    ...integers.flatMap((integer) => [
      instruction(`fcvt.${integer}.${format}`, (o) => ({
        k: 'to-integer',
        from: format,
        to: integer,
        rd: o.rd,
        rs1: o.number('rs1'),
        rounding: roundingOf(o),
      })),
      instruction(`fcvt.${format}.${integer}`, (o) => ({
        k: 'from-integer',
        from: integer,
        to: format,
        rd: o.rd,
        source: o.rs1,
        rounding: roundingOf(o),
      })),
    ]),
  ];
}

/** Between formats: `s.d` is to single from double. */
function conversions(names: string): Entry[] {
  return names.split(' ').map((name) => {
    const [to = 's', from = 's'] = name.split('.').map(formatNamed);
    return instruction(`fcvt.${name}`, (o) => ({
      k: 'convert',
      from,
      to,
      rd: o.rd,
      rs1: o.number('rs1'),
      rounding: roundingOf(o),
    }));
  });
}

function accesses(letter: string, size: 2 | 4 | 8): Entry[] {
  const [load, store] = [`fl${letter}`, `fs${letter}`];
  return [
    [load, (o) => ({ kind: 'float.load', mnemonic: load, frd: o.rd, address: o.address, size })],
    [store, (o) => ({ kind: 'float.store', mnemonic: store, frs2: o.number('rs2'), address: o.address, size })],
  ];
}

/** Bits between the register files. */
function moves(letter: string, format: FloatFormat): Entry[] {
  return [
    instruction(`fmv.x.${letter}`, (o) => ({
      k: 'move-out',
      format,
      rd: o.rd,
      rs1: o.number('rs1'),
      high: false,
    })),
    instruction(`fmv.${letter}.x`, (o) => ({ k: 'move-in', format, rd: o.rd, low: o.rs1, high: null })),
  ];
}

/** Reserved modes do not come here: such an instruction is decoded as reserved. */
function roundingOf(o: Operands): RoundingField {
  return modeNumbers[o.number('rm')] ?? 'dyn';
}

/** The encoding of a constant of `fli`; one that is beyond the format is infinite. */
function constant(format: FloatFormat, index: number): bigint {
  const spec = formats[format];
  const text = floatConstants[index];
  if (text === 'min') return 1n << BigInt(spec.precision - 1);
  if (text === 'nan') return spec.nan;
  if (text === 'inf') return spec.infinity;
  const double = new BigUint64Array(new Float64Array([Number(text)]).buffer)[0] ?? 0n;
  return convert(formats.d, spec, double, 'rne').bits;
}
