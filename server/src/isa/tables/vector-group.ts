import type { Row, RowOptions } from './group';

/** How the vector instructions are laid out: funct6, mask bit, vs2, the second operand, funct3, vd (manual, "V"). */

/**
 * What the second operand is and which operations it belongs to: a letter for the source (`v`ector, `x`, `f`, or an
 * `i`mmediate, signed; `u`, unsigned), after `i`nteger, `m`ultiply or `f`loating point.
 */
const SOURCES = {
  iv: { funct3: 0, operand: 'vs1' },
  fv: { funct3: 1, operand: 'vs1' },
  mv: { funct3: 2, operand: 'vs1' },
  ii: { funct3: 3, operand: 'simm5' },
  iu: { funct3: 3, operand: 'uimm5' },
  ix: { funct3: 4, operand: 'rs1' },
  ff: { funct3: 5, operand: 'frs1' },
  mx: { funct3: 6, operand: 'rs1' },
} as const;

type Source = keyof typeof SOURCES;

/** The written names of a second operand, for meanings. */
const SHOWN = { vs1: 'vs1', simm5: 'imm', uimm5: 'imm', rs1: 'rs1', frs1: 'rs1' } as const;

const OPCODE = 0x57;
/** The crypto instructions have an opcode of their own, and no mask. */
const CRYPTO_OPCODE = 0x77;
/** The mask bit of an instruction that cannot be masked. */
const UNMASKED = 0x02000000;

/** The bits of an arithmetic instruction. */
export const encoding = (funct6: number, source: Source, vs1 = 0, opcode = OPCODE): number =>
  ((funct6 << 26) | (vs1 << 15) | (SOURCES[source].funct3 << 12) | opcode) >>> 0;

/** Two values that cannot be, for the condition of a row. */
const either = (...conditions: readonly string[]): RowOptions => ({ reserved: conditions.join('|') });

/** The destination of a masked instruction cannot be the mask, if it is not itself a mask or a scalar. */
const MASKED = 'vm=0&vd=0';

/**
 * - `plain`: an element for an element.  - `mask`: yields a mask.  - `reduce`: yields one element.
 * - `widen`, `apart`: the destination cannot be where a source of its own width or of half of it is.
 * - `half`: only vs1 is of half the width.
 */
export type Shape = 'plain' | 'mask' | 'reduce' | 'widen' | 'half' | 'apart';

function conditions(shape: Shape, source: Source): RowOptions {
  const vector = SOURCES[source].operand === 'vs1';
  switch (shape) {
    case 'plain':
      return either(MASKED);
    case 'mask':
    case 'reduce':
      return {};
    case 'half':
      return either(MASKED, ...(vector ? ['vd=vs1'] : []));
    case 'widen':
    case 'apart':
      return either(MASKED, 'vd=vs2', ...(vector ? ['vd=vs1'] : []));
  }
}

/**
 * `vadd.vv vd, vs2, vs1[, vm]` and its like: one row for each source, of which `suffixes` names the endings (`vv vx vi`).
 * In the meaning `b` is the second operand.
 */
export function operation(
  name: string,
  funct6: number,
  sources: Readonly<Partial<Record<Source, string>>>,
  meaning: string,
  shape: Shape = 'plain',
): Row[] {
  return (Object.keys(sources) as Source[]).map((source) => [
    `${name}.${sources[source]}`,
    encoding(funct6, source),
    `vd, vs2, ${SOURCES[source].operand}[, vm]`,
    meaning.replace(/\bb\b/g, SHOWN[SOURCES[source].operand]),
    conditions(shape, source),
  ]);
}

/** `vmacc.vv vd, vs1, vs2[, vm]`: the product comes first. */
export function accumulation(
  name: string,
  funct6: number,
  sources: Readonly<Partial<Record<Source, string>>>,
  meaning: string,
  shape: Shape = 'plain',
): Row[] {
  return operation(name, funct6, sources, meaning, shape).map(
    ([mnemonic, match, syntax, summary, options = {}]): Row => {
      const [, , b = ''] = syntax.replace('[, vm]', '').split(', ');
      return [mnemonic, match, `vd, ${b}, vs2[, vm]`, summary, options];
    },
  );
}

/** `vzext.vf2 vd, vs2[, vm]`: vs1 tells which it is. */
export const unary = (
  mnemonic: string,
  funct6: number,
  source: 'mv' | 'fv',
  vs1: number,
  meaning: string,
  shape: 'plain' | 'apart' = 'plain',
): Row => [
  mnemonic,
  encoding(funct6, source, vs1),
  'vd, vs2[, vm]',
  meaning,
  either(MASKED, ...(shape === 'apart' ? ['vd=vs2'] : [])),
];

/** With v0 as a carry or choice, which is written: `vadc.vvm vd, vs2, vs1, v0`. */
export const withMask = (
  mnemonic: string,
  funct6: number,
  source: Source,
  meaning: string,
  options: RowOptions = { reserved: 'vd=0' },
): Row => [
  mnemonic,
  encoding(funct6, source),
  `vd, vs2, ${SOURCES[source].operand}, v0`,
  meaning.replace(/\bb\b/g, SHOWN[SOURCES[source].operand]),
  options,
];

/** Never masked, with a syntax of its own. */
export const unmasked = (
  mnemonic: string,
  funct6: number,
  source: Source,
  syntax: string,
  meaning: string,
  options: RowOptions & { readonly vs1?: number } = {},
): Row => [mnemonic, (encoding(funct6, source, options.vs1 ?? 0) | UNMASKED) >>> 0, syntax, meaning, options];

/** Of the crypto extensions, never masked. */
export const crypto = (
  mnemonic: string,
  funct6: number,
  syntax: string,
  meaning: string,
  options: RowOptions & { readonly vs1?: number } = {},
): Row => [
  mnemonic,
  (encoding(funct6, 'mv', options.vs1 ?? 0, CRYPTO_OPCODE) | UNMASKED) >>> 0,
  syntax,
  meaning,
  options,
];

/** The kind of the first of so many registers. */
export const several = (kind: 'vd' | 'vs2' | 'vs3', count: number): string => (count === 1 ? kind : `${kind}x${count}`);
