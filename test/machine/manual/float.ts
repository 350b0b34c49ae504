import { type Fields, field, type Meaning, type Model, readX, signed, unsigned, writeX } from './model';

/** Every number of these formats is one of JavaScript's, so their arithmetic here is plain. */
interface Layout {
  readonly width: number;
  readonly exponentBits: number;
  readonly fractionBits: number;
}

const layouts = {
  h: { width: 16, exponentBits: 5, fractionBits: 10 },
  s: { width: 32, exponentBits: 8, fractionBits: 23 },
  d: { width: 64, exponentBits: 11, fractionBits: 52 },
  bf16: { width: 16, exponentBits: 8, fractionBits: 7 },
} as const satisfies Readonly<Record<string, Layout>>;

const [NV, OF, UF, NX] = [16, 4, 2, 1];

const infinity = (l: Layout): bigint => ((1n << BigInt(l.exponentBits)) - 1n) << BigInt(l.fractionBits);
const canonicalNan = (l: Layout): bigint => infinity(l) | (1n << BigInt(l.fractionBits - 1));
const magnitude = (l: Layout, bits: bigint): bigint => unsigned(l.width - 1, bits);
const isNan = (l: Layout, bits: bigint): boolean => magnitude(l, bits) > infinity(l);
const isSignaling = (l: Layout, bits: bigint): boolean =>
  isNan(l, bits) && ((bits >> BigInt(l.fractionBits - 1)) & 1n) === 0n;

/** A value that is not boxed is the canonical NaN (F, "NaN Boxing of Narrower Values"). */
function readF(m: Model, fields: Fields, name: string, l: Layout): bigint {
  const bits = m.f[field(fields, name)] ?? 0n;
  const boxed = bits >> BigInt(l.width) === (1n << BigInt(64 - l.width)) - 1n;
  return boxed ? unsigned(l.width, bits) : canonicalNan(l);
}

function writeF(m: Model, fields: Fields, l: Layout, bits: bigint): void {
  m.f[field(fields, 'rd')] = unsigned(64, (-1n << BigInt(l.width)) | bits);
}

const bias = (l: Layout): number => 2 ** (l.exponentBits - 1) - 1;

/** The number of an encoding that is no NaN. */
function numberOf(l: Layout, bits: bigint): number {
  const exponent = Number(magnitude(l, bits) >> BigInt(l.fractionBits));
  const fraction = Number(unsigned(l.fractionBits, bits)) / 2 ** l.fractionBits;
  const sign = bits >> BigInt(l.width - 1) === 1n ? -1 : 1;
  if (exponent === 2 ** l.exponentBits - 1) return sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias(l)) : sign * (1 + fraction) * 2 ** (exponent - bias(l));
}

/** The encoding of a number that the format has; infinity for one that is beyond. */
function encodingOf(l: Layout, value: number): bigint {
  const sign = value < 0 || Object.is(value, -0) ? 1n << BigInt(l.width - 1) : 0n;
  const size = Math.abs(value);
  if (size >= 2 ** (bias(l) + 1)) return sign | infinity(l);
  const smallest = 1 - bias(l);
  let exponent = smallest;
  while (exponent < bias(l) && size >= 2 ** (exponent + 1)) exponent++;
  const units = BigInt((size / 2 ** exponent) * 2 ** l.fractionBits);
  // The leading one of a normal number counts the exponent up.
  return sign | ((BigInt(exponent - smallest) << BigInt(l.fractionBits)) + units);
}

const modeOf = (m: Model, fields: Fields): number => (field(fields, 'rm') === 7 ? m.frm : field(fields, 'rm'));

/** To an integer: 0 nearest even, 1 towards zero, 2 down, 3 up, 4 nearest away. */
function rounded(value: number, mode: number): number {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 52) return value;
  const down = Math.floor(value);
  const rest = value - down;
  const up = (): boolean => {
    switch (mode) {
      case 0:
        return rest > 0.5 || (rest === 0.5 && down % 2 !== 0);
      case 1:
        return value < 0 && rest > 0;
      case 2:
        return false;
      case 3:
        return rest > 0;
      default:
        return rest > 0.5 || (rest === 0.5 && value > 0);
    }
  };
  const result = up() ? down + 1 : down;
  return result === 0 && (value < 0 || Object.is(value, -0)) ? -0 : result;
}

const round = (l: Layout, tells: boolean): Meaning => {
  return (m, fields) => {
    const bits = readF(m, fields, 'rs1', l);
    if (isSignaling(l, bits)) m.fflags |= NV;
    if (isNan(l, bits)) return writeF(m, fields, l, canonicalNan(l));
    const value = numberOf(l, bits);
    const result = rounded(value, modeOf(m, fields));
    if (tells && result !== value) m.fflags |= NX;
    writeF(m, fields, l, encodingOf(l, result));
  };
};

/** Less, with -0 below +0. */
const isBelow = (a: number, b: number): boolean => a < b || (a === b && Object.is(a, -0));

const extreme = (l: Layout, least: boolean): Meaning => {
  return (m, fields) => {
    const [a, b] = [readF(m, fields, 'rs1', l), readF(m, fields, 'rs2', l)];
    if (isSignaling(l, a) || isSignaling(l, b)) m.fflags |= NV;
    if (isNan(l, a) || isNan(l, b)) return writeF(m, fields, l, canonicalNan(l));
    writeF(m, fields, l, isBelow(numberOf(l, a), numberOf(l, b)) === least ? a : b);
  };
};

const compare = (l: Layout, holds: (a: number, b: number) => boolean): Meaning => {
  return (m, fields) => {
    const [a, b] = [readF(m, fields, 'rs1', l), readF(m, fields, 'rs2', l)];
    if (isSignaling(l, a) || isSignaling(l, b)) m.fflags |= NV;
    const nan = isNan(l, a) || isNan(l, b);
    writeX(m, fields, !nan && holds(numberOf(l, a), numberOf(l, b)) ? 1n : 0n);
  };
};

/** The table of Zfa's `fli`, but for the numbers 1 (the smallest normal one) and 31 (the canonical NaN). */
const constants = [
  ...[-1, 0, 2 ** -16, 2 ** -15, 2 ** -8, 2 ** -7, 2 ** -4, 2 ** -3, 0.25, 0.3125, 0.375, 0.4375, 0.5, 0.625, 0.75],
  ...[0.875, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 8, 16, 2 ** 7, 2 ** 8, 2 ** 15, 2 ** 16, Number.POSITIVE_INFINITY],
];

const loadConstant = (l: Layout): Meaning => {
  return (m, fields) => {
    const index = field(fields, 'imm');
    const value = index === 1 ? 2 ** (1 - bias(l)) : (constants[index] ?? Number.NaN);
    writeF(m, fields, l, Number.isNaN(value) ? canonicalNan(l) : encodingOf(l, value));
  };
};

const convertModulo: Meaning = (m, fields) => {
  const bits = readF(m, fields, 'rs1', layouts.d);
  const value = isNan(layouts.d, bits) ? Number.NaN : numberOf(layouts.d, bits);
  if (!Number.isFinite(value)) {
    m.fflags |= NV;
    return writeX(m, fields, 0n);
  }
  const integer = Math.trunc(value);
  if (integer < -(2 ** 31) || integer >= 2 ** 31) m.fflags |= NV;
  else if (integer !== value) m.fflags |= NX;
  writeX(m, fields, signed(32, BigInt(integer)));
};

/** The upper half of a single, rounded (Zfbfmin). */
const toBrain: Meaning = (m, fields) => {
  const bits = readF(m, fields, 'rs1', layouts.s);
  const target = layouts.bf16;
  if (isSignaling(layouts.s, bits)) m.fflags |= NV;
  if (isNan(layouts.s, bits)) return writeF(m, fields, target, canonicalNan(target));
  const negative = bits >> 31n === 1n;
  const size = magnitude(layouts.s, bits);
  const mode = modeOf(m, fields);
  /** The magnitude without its low bits, one more where it is rounded away from zero. */
  const cut = (low: bigint): bigint => {
    const [kept, rest, half] = [size >> low, unsigned(Number(low), size), 1n << (low - 1n)];
    const nearest = rest > half || (rest === half && (mode === 4 || (kept & 1n) === 1n));
    const away = mode === 0 || mode === 4 ? nearest : rest > 0n && mode === (negative ? 2 : 3);
    return away ? kept + 1n : kept;
  };
  const result = cut(16n);
  if (unsigned(16, size) !== 0n) {
    m.fflags |= NX;
    if (result >= infinity(target)) m.fflags |= OF;
    // With one bit more, as below the smallest normal number if exponents went on, it does not get there.
    if (size < 1n << 23n && cut(15n) << 15n < 1n << 23n) m.fflags |= UF;
  }
  writeF(m, fields, target, result | (negative ? 0x8000n : 0n));
};

const fromBrain: Meaning = (m, fields) => {
  const bits = readF(m, fields, 'rs1', layouts.bf16);
  if (isSignaling(layouts.bf16, bits)) m.fflags |= NV;
  const nan = isNan(layouts.bf16, bits);
  writeF(m, fields, layouts.s, nan ? canonicalNan(layouts.s) : bits << 16n);
};

/** Zfa and Zfbfmin. */
export const floatMeanings: Readonly<Record<string, Meaning>> = {
  ...Object.fromEntries(
    (['h', 's', 'd'] as const).flatMap((name): [string, Meaning][] => {
      const l = layouts[name];
      return [
        [`fli.${name}`, loadConstant(l)],
        [`fminm.${name}`, extreme(l, true)],
        [`fmaxm.${name}`, extreme(l, false)],
        [`fround.${name}`, round(l, false)],
        [`froundnx.${name}`, round(l, true)],
        [`fleq.${name}`, compare(l, (a, b) => a <= b)],
        [`fltq.${name}`, compare(l, (a, b) => a < b)],
      ];
    }),
  ),
  'fcvtmod.w.d': convertModulo,
  'fmvh.x.d': (m, fields) => writeX(m, fields, (m.f[field(fields, 'rs1')] ?? 0n) >> 32n),
  'fmvp.d.x': (m, fields) => writeF(m, fields, layouts.d, (readX(m, fields, 'rs2') << 32n) | readX(m, fields, 'rs1')),
  'fcvt.bf16.s': toBrain,
  'fcvt.s.bf16': fromBrain,
};
