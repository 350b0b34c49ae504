import type { Xlen } from '../types';
import { vectorMacros } from './vector-macros';

/** One instruction of an expansion; fields as in `Decoded.fields`. */
export interface MacroInstruction {
  readonly mnemonic: string;
  readonly fields: Readonly<Record<string, number>>;
}

/** Registers as numbers; `symbol` and `constant` apart. */
export interface MacroArguments {
  readonly registers: Readonly<Record<string, number>>;
  /** The address or constant that was written, unsigned modulo 2^XLEN. */
  readonly value: bigint;
  /** Where the expansion begins. */
  readonly address: bigint;
  readonly xlen: Xlen;
}

/** A pseudo-instruction that may become several instructions. */
export interface Macro {
  readonly mnemonic: string;
  /** Register kinds by name; `symbol` is an address, `constant` a number. */
  readonly syntax: string;
  readonly summary: string;
  readonly xlens: readonly Xlen[];
  /** Whether `.option rvc` may shorten the parts: not where they hold an address. */
  readonly compressible: boolean;
  /** Whether it means a table that only a linker makes: it is known, and refused. */
  readonly needsLinker?: boolean;
  readonly expand: (args: MacroArguments) => readonly MacroInstruction[] | { readonly problem: string };
}

const BOTH: readonly Xlen[] = [32, 64];

/** A 32-bit distance as what an `auipc` or `lui` adds and what the next instruction's signed 12 bits add. */
export function splitHiLo(value: number): { readonly hi: number; readonly lo: number } {
  const lo = (value << 20) >> 20;
  return { hi: (value - lo) | 0, lo };
}

/** The distance between two addresses as an `auipc` pair can bridge it, or why it cannot. */
export function pcrelDistance(target: bigint, from: bigint, xlen: Xlen): number | { readonly problem: string } {
  const distance = BigInt.asIntN(xlen, target - from);
  if (xlen === 32 || (distance >= -0x80000800n && distance <= 0x7ffff7ffn)) return Number(BigInt.asIntN(32, distance));
  return {
    problem: `0x${target.toString(16)} is ${distance} bytes away: an auipc pair reaches -2147485696 to 2147481599`,
  };
}

/** `auipc` into a register, then an instruction that adds the low 12 bits. */
function pair(args: MacroArguments, into: number, then: (lo: number) => MacroInstruction): ReturnType<Macro['expand']> {
  const distance = pcrelDistance(args.value, args.address, args.xlen);
  if (typeof distance !== 'number') return distance;
  const { hi, lo } = splitHiLo(distance);
  return [{ mnemonic: 'auipc', fields: { rd: into, imm: hi } }, then(lo)];
}

/** The shortest of the usual ways to load a constant: `lui` and `addi`, then `slli` and `addi` until it is whole. */
export function loadConstant(rd: number, value: bigint, xlen: Xlen): MacroInstruction[] {
  const signed = BigInt.asIntN(xlen, value);
  const low = BigInt.asIntN(12, signed);
  if (xlen === 32 || BigInt.asIntN(32, signed) === signed) {
    const upper = Number(BigInt.asIntN(32, signed - low));
    const lui = { mnemonic: 'lui', fields: { rd, imm: upper } };
    if (upper === 0) return [{ mnemonic: xlen === 64 ? 'addiw' : 'addi', fields: { rd, rs1: 0, imm: Number(low) } }];
    // Into x0 GNU as adds the zero nevertheless.
    if (low === 0n && rd !== 0) return [lui];
    return [lui, { mnemonic: xlen === 64 ? 'addiw' : 'addi', fields: { rd, rs1: rd, imm: Number(low) } }];
  }
  let shift = 12;
  const rest = BigInt.asIntN(64, signed - low);
  while (((rest >> BigInt(shift)) & 1n) === 0n) shift++;
  const parts = loadConstant(rd, rest >> BigInt(shift), xlen);
  parts.push({ mnemonic: 'slli', fields: { rd, rs1: rd, shamt: shift } });
  if (low !== 0n) parts.push({ mnemonic: 'addi', fields: { rd, rs1: rd, imm: Number(low) } });
  return parts;
}

const macro = (
  mnemonic: string,
  syntax: string,
  summary: string,
  expand: Macro['expand'],
  options: { readonly xlens?: readonly Xlen[]; readonly compressible?: boolean } = {},
): Macro => ({
  mnemonic,
  syntax,
  summary,
  expand,
  xlens: options.xlens ?? BOTH,
  compressible: options.compressible ?? false,
});

const ra = 1;
const t1 = 6;

/** `rd` or whatever register the syntax names, by its name. */
const reg = (args: MacroArguments, name: string): number => args.registers[name] ?? 0;

const call = (args: MacroArguments, link: number, through: number) =>
  pair(args, through, (lo) => ({ mnemonic: 'jalr', fields: { rd: link, rs1: through, imm: lo } }));

const address = (args: MacroArguments) =>
  pair(args, reg(args, 'rd'), (lo) => ({
    mnemonic: 'addi',
    fields: { rd: reg(args, 'rd'), rs1: reg(args, 'rd'), imm: lo },
  }));

/** Loads and stores whose address is a symbol. */
const accesses: readonly Macro[] = [
  ...['lb', 'lh', 'lw', 'lbu', 'lhu', 'lwu', 'ld'].map((mnemonic) =>
    macro(
      mnemonic,
      'rd, symbol',
      'load from symbol, by auipc through rd',
      (args) =>
        pair(args, reg(args, 'rd'), (lo) => ({
          mnemonic,
          fields: { rd: reg(args, 'rd'), rs1: reg(args, 'rd'), imm: lo },
        })),
      { xlens: mnemonic === 'ld' || mnemonic === 'lwu' ? [64] : BOTH },
    ),
  ),
  ...['sb', 'sh', 'sw', 'sd'].map((mnemonic) =>
    macro(
      mnemonic,
      'rs2, symbol, rd',
      'store to symbol, by auipc through the last register',
      (args) =>
        pair(args, reg(args, 'rd'), (lo) => ({
          mnemonic,
          fields: { rs2: reg(args, 'rs2'), rs1: reg(args, 'rd'), imm: lo },
        })),
      { xlens: mnemonic === 'sd' ? [64] : BOTH },
    ),
  ),
  ...['flw', 'fld'].map((mnemonic) =>
    macro(mnemonic, 'frd, symbol, rs1', 'load from symbol, by auipc through the last register', (args) =>
      pair(args, reg(args, 'rs1'), (lo) => ({
        mnemonic,
        fields: { rd: reg(args, 'frd'), rs1: reg(args, 'rs1'), imm: lo },
      })),
    ),
  ),
  ...['fsw', 'fsd'].map((mnemonic) =>
    macro(mnemonic, 'frs2, symbol, rs1', 'store to symbol, by auipc through the last register', (args) =>
      pair(args, reg(args, 'rs1'), (lo) => ({
        mnemonic,
        fields: { rs2: reg(args, 'frs2'), rs1: reg(args, 'rs1'), imm: lo },
      })),
    ),
  ),
];

/** Extensions of a narrow value by two shifts. */
const extensions: readonly Macro[] = (
  [
    ['sext.b', 8, 'srai', BOTH],
    ['sext.h', 16, 'srai', BOTH],
    ['zext.h', 16, 'srli', BOTH],
    ['zext.w', 32, 'srli', [64]],
  ] as const
).map(([mnemonic, bits, shift, xlens]) =>
  macro(
    mnemonic,
    'rd, rs1',
    `rd = ${mnemonic.slice(0, 4)}${bits}(rs1), by two shifts`,
    (args) => {
      const rd = reg(args, 'rd');
      const shamt = args.xlen - bits;
      return [
        { mnemonic: 'slli', fields: { rd, rs1: reg(args, 'rs1'), shamt } },
        { mnemonic: shift, fields: { rd, rs1: rd, shamt } },
      ];
    },
    { xlens, compressible: true },
  ),
);

/** Every macro. Those of a mnemonic that has aliases or instructions too are tried after these. */
export const macros: readonly Macro[] = [
  macro('li', 'rd, constant', 'rd = constant', (args) => loadConstant(reg(args, 'rd'), args.value, args.xlen), {
    compressible: true,
  }),
  macro('la', 'rd, symbol', 'rd = address of symbol, relative to pc', address),
  macro('lla', 'rd, symbol', 'rd = address of symbol, relative to pc', address),
  ...['lga', 'la.tls.ie', 'la.tls.gd'].map((mnemonic) => ({
    ...macro(mnemonic, 'rd, symbol', 'rd = address from a table of the linker', address),
    needsLinker: true,
  })),
  macro('call', 'symbol', 'call symbol, link in ra', (args) => call(args, ra, ra)),
  macro('call', 'rd, symbol', 'call symbol through t1, link in rd', (args) => call(args, reg(args, 'rd'), t1)),
  macro('tail', 'symbol', 'go to symbol through t1', (args) => call(args, 0, t1)),
  macro('jump', 'symbol, rs1', 'go to symbol through the register', (args) => call(args, 0, reg(args, 'rs1'))),
  ...accesses,
  ...extensions,
  ...vectorMacros,
];
