/**
 * The kinds of operand: where the bits of each stand in the word and how it is written. The one source for decoder, encoder,
 * printer, assembler, hover and completion. Bit layouts as in the ISA manual, chapters "RV32I", "RV64I", "C", "Zicsr".
 */

/**
 * - `x`, `f`, `v`: registers; `any`: x or f.  - `opcode`: a number, or GNU's name of it.  - `mask`: `v0.t`, or nothing.  - `vtype`: `e32, m1, ta, ma`.
 * - `signed`, `unsigned`: plain numbers, printed in decimal.  - `shamt`: printed in hexadecimal.
 * - `upper`: the high 20 bits of a value, written 0..1048575.  - `target`: an offset from the instruction, written as an address.
 * - `csr`, `rm`, `fence`: names.  - `fli`: one of 32 floating-point constants.
 * - `rlist`: `{ra, s0-s3}`.  - `spimm`: how far sp moves with such a list, of which the field holds what is beyond need.
 * - `flag`: `aq` and `rl`, part of the mnemonic.
 */
export type OperandClass =
  | 'x'
  | 'f'
  | 'signed'
  | 'unsigned'
  | 'shamt'
  | 'upper'
  | 'target'
  | 'csr'
  | 'rm'
  | 'fence'
  | 'any'
  | 'opcode'
  | 'v'
  | 'mask'
  | 'vtype'
  | 'fli'
  | 'rlist'
  | 'spimm'
  | 'flag';

/** Bits `hi..lo` of the word are bits `at..` of the value. */
export interface Segment {
  readonly hi: number;
  readonly lo: number;
  readonly at: number;
}

export interface OperandKindSpec {
  readonly kind: string;
  /** The field that it fills. */
  readonly name: string;
  readonly class: OperandClass;
  readonly segments: readonly Segment[];
  /** Bits of the word that belong to it, unsigned. */
  readonly mask: number;
  readonly signed: boolean;
  /** Added to the bits: 8 for the three-bit register numbers of the C extension. */
  readonly bias: number;
  /** The value of each pattern of bits, where `bias` does not tell. */
  readonly numbers: readonly number[] | null;
  /** Legal values, inclusive, in steps of `scale`. */
  readonly min: number;
  readonly max: number;
  readonly scale: number;
  /** Values that the manual reserves. */
  readonly reserved: readonly number[];
  /** What is meant when it is not written, or null. */
  readonly omitted: number | null;
  /** Takes the value out of a word. */
  readonly read: Reader;
  /** In words, for hover and completion. */
  readonly words: string;
}

type Row = readonly [string, string, OperandClass, string, string];

/** Columns: kind, field, class, bits (`hi:lo>at`, from left to right), words. */
const ROWS: readonly Row[] = [
  ['rd', 'rd', 'x', '11:7>0', 'destination register'],
  ['rs1', 'rs1', 'x', '19:15>0', 'first source register'],
  ['rs2', 'rs2', 'x', '24:20>0', 'second source register'],
  ['rdpair', 'rd', 'x', '11:7>0', 'even destination register, the lower of a pair'],
  ['rs2pair', 'rs2', 'x', '24:20>0', 'even source register, the lower of a pair'],
  ['ssrs1', 'rs1', 'x', '19:15>0', 'source register, ra or t0'],
  ['ssrs2', 'rs2', 'x', '24:20>0', 'source register, ra or t0'],
  ['frd', 'rd', 'f', '11:7>0', 'destination register'],
  ['frs1', 'rs1', 'f', '19:15>0', 'first source register'],
  ['frs2', 'rs2', 'f', '24:20>0', 'second source register'],
  ['frs3', 'rs3', 'f', '31:27>0', 'third source register'],
  ['imm12', 'imm', 'signed', '31:20>0', 'immediate'],
  ['store12', 'imm', 'signed', '31:25>5 11:7>0', 'offset in bytes'],
  ['vd', 'vd', 'v', '11:7>0', 'destination register'],
  ['vs1', 'vs1', 'v', '19:15>0', 'first source register'],
  ['vs2', 'vs2', 'v', '24:20>0', 'second source register'],
  ['vs3', 'vs3', 'v', '11:7>0', 'stored register'],
  ...([2, 4, 8] as const).flatMap((count): Row[] => [
    [`vdx${count}`, 'vd', 'v', '11:7>0', `destination, first of ${count} registers`],
    [`vs2x${count}`, 'vs2', 'v', '24:20>0', `source, first of ${count} registers`],
    [`vs3x${count}`, 'vs3', 'v', '11:7>0', `first of ${count} stored registers`],
  ]),
  ['vm', 'vm', 'mask', '25:25>0', 'mask'],
  ['simm5', 'imm', 'signed', '19:15>0', 'immediate'],
  ['vror6', 'imm', 'unsigned', '26:26>5 19:15>0', 'rotate amount'],
  ['vtype11', 'vtype', 'vtype', '30:20>0', 'vector type'],
  ['vtype10', 'vtype', 'vtype', '29:20>0', 'vector type'],
  ['prefetch12', 'imm', 'signed', '31:25>5', 'offset in bytes'],
  ['branch12', 'imm', 'target', '31:31>12 30:25>5 11:8>1 7:7>11', 'branch target'],
  ['jump20', 'imm', 'target', '31:31>20 30:21>1 20:20>11 19:12>12', 'jump target'],
  ['upper20', 'imm', 'upper', '31:12>12', 'upper 20 bits'],
  ['shamt5', 'shamt', 'shamt', '24:20>0', 'shift amount'],
  ['shamt6', 'shamt', 'shamt', '25:20>0', 'shift amount'],
  ['lpl', 'imm', 'unsigned', '31:12>0', 'label'],
  ['bs', 'bs', 'unsigned', '31:30>0', 'byte select'],
  ['rnum', 'rnum', 'unsigned', '23:20>0', 'round number'],
  ['fli', 'imm', 'fli', '19:15>0', 'constant'],
  ['csr', 'csr', 'csr', '31:20>0', 'control and status register'],
  ['uimm5', 'imm', 'unsigned', '19:15>0', 'immediate'],
  ['rm', 'rm', 'rm', '14:12>0', 'rounding mode'],
  ['rtz', 'rm', 'rm', '14:12>0', 'rounding mode, which must be rtz'],
  ['rm0', 'rm', 'rm', '14:12>0', 'rounding mode (of no consequence: the result is exact)'],
  ['pred', 'pred', 'fence', '27:24>0', 'predecessor set'],
  ['succ', 'succ', 'fence', '23:20>0', 'successor set'],
  ['fm', 'fm', 'unsigned', '31:28>0', 'fence mode'],
  ['aq', 'aq', 'flag', '26:26>0', 'acquire'],
  ['rl', 'rl', 'flag', '25:25>0', 'release'],
  ["rd'", 'rd', 'x', '4:2>0', 'destination register'],
  ["rds'", 'rd', 'x', '9:7>0', 'destination and first source register'],
  ["rs1'", 'rs1', 'x', '9:7>0', 'first source register'],
  ["rs2'", 'rs2', 'x', '4:2>0', 'second source register'],
  ["frd'", 'rd', 'f', '4:2>0', 'destination register'],
  ["frs2'", 'rs2', 'f', '4:2>0', 'source register'],
  ['crs1', 'rs1', 'x', '11:7>0', 'source register'],
  ['crs2', 'rs2', 'x', '6:2>0', 'source register'],
  ['cfrs2', 'rs2', 'f', '6:2>0', 'source register'],
  ['cimm6', 'imm', 'signed', '12:12>5 6:2>0', 'immediate'],
  ['cupper6', 'imm', 'upper', '12:12>17 6:2>12', 'upper bits'],
  ['cshamt5', 'shamt', 'shamt', '6:2>0', 'shift amount'],
  ['cshamt6', 'shamt', 'shamt', '12:12>5 6:2>0', 'shift amount'],
  ['caddi16sp', 'imm', 'signed', '12:12>9 6:6>4 5:5>6 4:3>7 2:2>5', 'immediate'],
  ['caddi4spn', 'imm', 'unsigned', '12:11>4 10:7>6 6:6>2 5:5>3', 'immediate'],
  ['cb2', 'imm', 'unsigned', '6:6>0 5:5>1', 'offset in bytes'],
  ['ch1', 'imm', 'unsigned', '5:5>1', 'offset in bytes'],
  ['cw', 'imm', 'unsigned', '12:10>3 6:6>2 5:5>6', 'offset in bytes'],
  ['cd', 'imm', 'unsigned', '12:10>3 6:5>6', 'offset in bytes'],
  ['clwsp', 'imm', 'unsigned', '12:12>5 6:4>2 3:2>6', 'offset in bytes'],
  ['cldsp', 'imm', 'unsigned', '12:12>5 6:5>3 4:2>6', 'offset in bytes'],
  ['cswsp', 'imm', 'unsigned', '12:9>2 8:7>6', 'offset in bytes'],
  ['csdsp', 'imm', 'unsigned', '12:10>3 9:7>6', 'offset in bytes'],
  ['sreg1', 'r1s', 'x', '9:7>0', 'saved register'],
  ['sreg2', 'r2s', 'x', '4:2>0', 'saved register'],
  ['rlist', 'rlist', 'rlist', '7:4>0', 'list of saved registers'],
  ['spdown', 'imm', 'spimm', '3:2>4', 'stack adjustment'],
  ['spup', 'imm', 'spimm', '3:2>4', 'stack adjustment'],
  ['jt', 'index', 'unsigned', '6:2>0', 'index in the jump table'],
  ['jalt', 'index', 'unsigned', '9:2>0', 'index in the jump table'],
  ['opcode', 'opcode', 'opcode', '6:0>0', 'opcode'],
  ['func3', 'func3', 'unsigned', '14:12>0', 'function'],
  ['func2', 'func2', 'unsigned', '26:25>0', 'further function'],
  ['func7', 'func7', 'unsigned', '31:25>0', 'further function'],
  ['anyrd', 'rd', 'any', '11:7>0', 'destination register'],
  ['anyrs1', 'rs1', 'any', '19:15>0', 'first source register'],
  ['anyrs2', 'rs2', 'any', '24:20>0', 'second source register'],
  ['anyrs3', 'rs3', 'any', '31:27>0', 'third source register'],
  ['copcode', 'opcode', 'opcode', '1:0>0', 'opcode'],
  ['cfunc2', 'func2', 'unsigned', '6:5>0', 'further function'],
  ['cfunc3', 'func3', 'unsigned', '15:13>0', 'function'],
  ['cfunc4', 'func4', 'unsigned', '15:12>0', 'function'],
  ['cfunc6', 'func6', 'unsigned', '15:10>0', 'function'],
  ['ccrs2', 'rs2', 'any', '6:2>0', 'source register'],
  ["anyrds'", 'rd', 'any', '9:7>0', 'destination register'],
  ["anyrs2'", 'rs2', 'any', '4:2>0', 'source register'],
  ["anyrd'", 'rd', 'any', '4:2>0', 'destination register'],
  ['ccss6', 'imm', 'unsigned', '12:7>0', 'immediate'],
  ['cciw8', 'imm', 'unsigned', '12:5>0', 'immediate'],
  ['ccl5', 'imm', 'unsigned', '12:10>2 6:5>0', 'immediate'],
  ['cj', 'imm', 'target', '12:12>11 11:11>4 10:9>8 8:8>10 7:7>6 6:6>7 5:3>1 2:2>5', 'jump target'],
  ['cb', 'imm', 'target', '12:12>8 11:10>3 6:5>6 4:3>1 2:2>5', 'branch target'],
];

/** s0 to s11. */
export const SAVED: readonly number[] = [8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27];

const from0 = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const ODD = from0(32).filter((register) => register % 2 === 1);
const NO_LINK = from0(32).filter((register) => register !== 1 && register !== 5);

/** By kind: values that the manual reserves, or that no bits stand for. */
const RESERVED: Readonly<Record<string, readonly number[]>> = {
  rdpair: ODD,
  rs2pair: ODD,
  ssrs1: NO_LINK,
  ssrs2: NO_LINK,
  sreg1: [10, 11, 12, 13, 14, 15, 16, 17],
  sreg2: [10, 11, 12, 13, 14, 15, 16, 17],
  opcode: from0(128).filter((opcode) => (opcode & 3) !== 3),
  copcode: [3],
  rnum: [11, 12, 13, 14, 15],
  rlist: from0(4),
  jalt: from0(32),
  ...Object.fromEntries(
    [2, 4, 8].flatMap((count) =>
      ['vd', 'vs2', 'vs3'].map((name) => [`${name}x${count}`, from0(32).filter((register) => register % count !== 0)]),
    ),
  ),
  rtz: [0, 2, 3, 4, 5, 6, 7],
  rm: [5, 6],
  rm0: [5, 6],
};

/** By kind: what is meant when it is not written. */
const OMITTED: Readonly<Record<string, number>> = { rm: 7, rm0: 0, vm: 1 };

const SIGNED: ReadonlySet<OperandClass> = new Set<OperandClass>(['signed', 'upper', 'target']);

function kindOf([kind, name, cls, bits, words]: Row): OperandKindSpec {
  const segments = bits.split(' ').map((text) => {
    const [hi = 0, lo = 0, at = 0] = text.split(/[:>]/).map(Number);
    return { hi, lo, at };
  });
  const width = Math.max(...segments.map((s) => s.at + s.hi - s.lo + 1));
  const scale = 2 ** Math.min(...segments.map((s) => s.at));
  const signed = SIGNED.has(cls);
  const bias = kind.endsWith("'") ? 8 : 0;
  const numbers = kind.startsWith('sreg') ? SAVED.slice(0, 8) : null;
  const raw = readerOf(segments, signed, bias);
  return {
    kind,
    name,
    class: cls,
    segments,
    mask: segments.reduce((mask, s) => (mask | ((2 ** (s.hi - s.lo + 1) - 1) << s.lo)) >>> 0, 0),
    signed,
    bias,
    numbers,
    min: numbers?.[0] ?? (signed ? -(2 ** (width - 1)) : bias),
    max: numbers?.at(-1) ?? (signed ? 2 ** (width - 1) : bias + 2 ** width) - scale,
    scale,
    reserved: RESERVED[kind] ?? [],
    omitted: OMITTED[kind] ?? null,
    read: numbers ? (word) => numbers[raw(word)] ?? 0 : raw,
    words,
  };
}

/** Every kind by its name. */
export const operandKinds: ReadonlyMap<string, OperandKindSpec> = new Map(ROWS.map((row) => [row[0], kindOf(row)]));

/** The value of an operand in a word: a register number, or the immediate as the instruction uses it. */
export type Reader = (word: number) => number;

function readerOf(segments: readonly Segment[], signed: boolean, bias: number): Reader {
  const first = segments[0];
  if (first && segments.length === 1) {
    // Most kinds: one run of bits, shifted up to the sign and back down.
    const { hi, lo, at } = first;
    const up = 31 - hi;
    const down = up + lo;
    return signed ? (word) => ((word << up) >> down) << at : (word) => (((word << up) >>> down) << at) + bias;
  }
  const parts = segments.map(({ hi, lo, at }) => ({ lo, mask: 2 ** (hi - lo + 1) - 1, at }));
  const spare = 32 - Math.max(...segments.map(({ hi, lo, at }) => at + hi - lo + 1));
  return (word) => {
    let value = 0;
    for (const { lo, mask, at } of parts) value |= ((word >>> lo) & mask) << at;
    return (signed ? (value << spare) >> spare : value) + bias;
  };
}

/** The bits of a value at the operand's place, unsigned. The value must be legal: see `min`, `max`, `scale`. */
export function insert(kind: OperandKindSpec, value: number): number {
  return deposit(kind.segments, kind.numbers ? kind.numbers.indexOf(value) : value - kind.bias);
}

/** Bits of a value, each at its place in a word, unsigned. */
export function deposit(segments: readonly Segment[], bits: number): number {
  let word = 0;
  for (const { hi, lo, at } of segments) word |= ((bits >> at) & (2 ** (hi - lo + 1) - 1)) << lo;
  return word >>> 0;
}

/** The names of the static and dynamic rounding modes by number; the reserved ones have none. */
export const roundingModes: readonly (string | undefined)[] = [
  'rne',
  'rtz',
  'rdn',
  'rup',
  'rmm',
  undefined,
  undefined,
  'dyn',
];

/** What `fli` can load, by number (ISA manual, Zfa, "Load-Immediate Instructions"). */
export const floatConstants: readonly string[] = (
  '-1.0 min 1.52587890625e-05 3.0517578125e-05 0.00390625 0.0078125 0.0625 0.125 0.25 0.3125 0.375 0.4375 0.5 0.625 0.75 ' +
  '0.875 1.0 1.25 1.5 1.75 2.0 2.5 3.0 4.0 8.0 16.0 128.0 256.0 32768.0 65536.0 inf nan'
).split(' ');

/** GNU as's names of the opcodes. */
export const opcodes: ReadonlyMap<string, number> = new Map(
  (
    'LOAD 03 LOAD_FP 07 CUSTOM_0 0b MISC_MEM 0f OP_IMM 13 AUIPC 17 OP_IMM_32 1b STORE 23 STORE_FP 27 CUSTOM_1 2b AMO 2f ' +
    'OP 33 LUI 37 OP_32 3b MADD 43 MSUB 47 NMSUB 4b NMADD 4f OP_FP 53 OP_V 57 CUSTOM_2 5b BRANCH 63 JALR 67 JAL 6f ' +
    'SYSTEM 73 CUSTOM_3 7b C0 0 C1 1 C2 2'
  )
    .match(/\w+ \w+/g)
    ?.map((pair) => pair.split(' '))
    .map(([name = '', hex = '']) => [name, Number.parseInt(hex, 16)] as const),
);

/** `rw` for 3, `iorw` for 15, `0` for the empty set. */
export function fenceSetName(bits: number): string {
  return [...'iorw'].filter((_, i) => bits & (8 >> i)).join('') || '0';
}

/** The bits of a fence set as written (`rw`, `iorw`, `0`), letters in that order; undefined where it is none. */
export function fenceSet(text: string): number | undefined {
  if (text === '0') return 0;
  const bits = [...text].reduce((sum, letter) => sum | ('iorw'.includes(letter) ? 8 >> 'iorw'.indexOf(letter) : 16), 0);
  return fenceSetName(bits) === text && bits < 16 ? bits : undefined;
}
