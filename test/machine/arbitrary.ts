import fc from 'fast-check';
import type { Xlen } from '../../server/src/isa/types';
import type { BinaryOp, Expr, UnaryOp } from '../../server/src/machine/effect';

export const unaryOps = [
  ...(['not', 'sext8', 'sext16', 'sext32', 'zext8', 'zext16', 'zext32'] as const),
  ...(['clz', 'ctz', 'cpop', 'rev8', 'brev8', 'orcb'] as const),
  ...(['unzip', 'aesSub', 'aesSubMix', 'aesInvSub', 'aesInvSubMix', 'aesInvMix', 'sm4Round', 'sm4Key'] as const),
] satisfies UnaryOp[];
export const binaryOps = [
  ...(['add', 'sub', 'mul', 'mulh', 'mulhu', 'mulhsu', 'div', 'divu', 'rem', 'remu', 'and', 'or', 'xor'] as const),
  ...(['sll', 'srl', 'sra', 'eq', 'ne', 'lt', 'ltu', 'ge', 'geu', 'min', 'max', 'minu', 'maxu'] as const),
  ...(['clmul', 'clmulh', 'clmulr'] as const),
] satisfies BinaryOp[];

/** XLEN-bit values, those at which instructions misbehave among them. */
export function arbitraryValue(xlen: Xlen): fc.Arbitrary<bigint> {
  const top = 1n << BigInt(xlen - 1);
  const edges = [
    0n,
    1n,
    2n,
    3n,
    7n,
    8n,
    31n,
    32n,
    63n,
    64n,
    0x7fn,
    0x80n,
    0xffn,
    0x7fffn,
    0x8000n,
    0xffffn,
    0x7fff_ffffn,
  ];
  const wide = [0x8000_0000n, 0xffff_ffffn, 0x1_0000_0000n, top, top - 1n, top + 1n, -1n, -2n, -8n, -2048n];
  return fc.oneof(
    fc.constantFrom(...[...edges, ...wide].map((v) => BigInt.asUintN(xlen, v))),
    fc.bigInt({ min: 0n, max: (1n << BigInt(xlen)) - 1n }),
  );
}

/** Expressions over registers 1..4, at most `depth` operators deep. */
export function arbitraryExpr(xlen: Xlen, depth = 5): fc.Arbitrary<Expr> {
  return nested(xlen, depth, binaryOps, arbitraryValue(xlen));
}

/**
 * Expressions in which values of few bits meet masks, shifts, extensions and comparisons: where a normal form
 * may believe a value narrower than it is.
 */
export function arbitraryNarrowExpr(xlen: Xlen, depth = 4): fc.Arbitrary<Expr> {
  const bits = [1, 7, 8, 9, 16, 24, 31, xlen - 16, xlen - 9, xlen - 8, xlen - 7, xlen - 1].map(BigInt);
  const masks = bits.flatMap((b) => [1n << b, (1n << b) - 1n]);
  const constants = [...bits, ...masks, 0n, 2n, -1n].map((value) => BigInt.asUintN(xlen, value));
  const ops: BinaryOp[] = ['and', 'and', 'or', 'xor', 'sll', 'srl', 'srl', 'sra', 'eq', 'lt', 'ltu', 'sub'];
  return nested(xlen, depth, ops, fc.constantFrom(...constants));
}

function nested(
  xlen: Xlen,
  depth: number,
  binary: readonly BinaryOp[],
  constants: fc.Arbitrary<bigint>,
): fc.Arbitrary<Expr> {
  const constant = constants.map((value): Expr => ({ k: 'const', value }));
  const leaf: fc.Arbitrary<Expr> = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 4 }).map((reg): Expr => ({ k: 'reg', reg })) },
    { weight: 3, arbitrary: constant },
    { weight: 1, arbitrary: fc.constant<Expr>({ k: 'pc' }) },
  );
  if (depth === 0) return leaf;
  const inner = nested(xlen, depth - 1, binary, constants);
  const un = fc.constant('un' as const);
  const bin = fc.constant('bin' as const);
  const unary = unaryOps.filter((op) => xlen === 64 || !op.endsWith('32'));
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 1, arbitrary: leaf },
    { weight: 2, arbitrary: fc.record({ k: un, op: fc.constantFrom(...unary), a: inner }) },
    { weight: 1, arbitrary: fc.record({ k: bin, op: fc.constantFrom('add', 'sub'), a: inner, b: leaf }) },
    { weight: 3, arbitrary: fc.record({ k: bin, op: fc.constantFrom(...binary), a: inner, b: constant }) },
    { weight: 2, arbitrary: fc.record({ k: bin, op: fc.constantFrom(...binary), a: inner, b: inner }) },
  );
}
