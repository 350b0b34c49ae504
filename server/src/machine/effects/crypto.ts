import type { Effect, Expr, TableOp } from '../effect';
import { bin, type EffectTable, type Operands, un } from './operands';

/** What Zbkb and Zbkx have beside Zbb's, and scalar cryptography: Zkne, Zknd, Zknh, Zksed, Zksh. */
export const crypto: EffectTable = {
  // The carry-less square of a value is its bits with zeros between them.
  zip: (o) =>
    o.set(bin('or', squared(un('zext16', o.rs1)), shifted('sll', squared(shifted('srl', o.rs1, 16, o)), 1, o))),
  unzip: (o) =>
    o.set(xorOf([0, 1, 2, 3].map((i) => shifted('sll', un('unzip', shifted('srl', o.rs1, 8 * i, o)), 4 * i, o)))),
  xperm4: (o) => o.set(permuted(4, o)),
  xperm8: (o) => o.set(permuted(8, o)),

  aes32esi: withByte('aesSub'),
  aes32esmi: withByte('aesSubMix'),
  aes32dsi: withByte('aesInvSub'),
  aes32dsmi: withByte('aesInvSubMix'),
  aes64es: (o) => o.set(xorOf(shiftedRows(1, o).map(({ byte, at }) => shifted('sll', un('aesSub', byte), 8 * at, o)))),
  aes64esm: (o) => o.set(mixed('aesSubMix', shiftedRows(1, o), o)),
  aes64ds: (o) =>
    o.set(xorOf(shiftedRows(-1, o).map(({ byte, at }) => shifted('sll', un('aesInvSub', byte), 8 * at, o)))),
  aes64dsm: (o) => o.set(mixed('aesInvSubMix', shiftedRows(-1, o), o)),
  aes64im: (o) =>
    o.set(
      mixed(
        'aesInvMix',
        upTo(8).map((at) => ({ byte: byteOf(o.rs1, at, o), at })),
        o,
      ),
    ),
  aes64ks1i: (o) => {
    const round = o.number('rnum');
    // The tenth round of AES-256 has neither rotation nor constant.
    const rotation = round === 10 ? 0 : 1;
    const bytes = upTo(4).map((at) => un('aesSub', byteOf(o.rs1, 4 + ((at + rotation) % 4), o)));
    const constant = o.constant(roundConstants[round] ?? 0);
    const word = bin('xor', xorOf(bytes.map((byte, at) => shifted('sll', byte, 8 * at, o))), constant);
    return o.set(bin('or', word, shifted('sll', word, 32, o)));
  },
  aes64ks2: (o) => {
    const low = bin('xor', shifted('srl', o.rs1, 32, o), un('zext32', o.rs2));
    const high = bin('xor', low, shifted('srl', o.rs2, 32, o));
    return o.set(bin('or', low, shifted('sll', high, 32, o)));
  },

  sha256sum0: word((x, o) => xorOf([2, 13, 22].map((by) => rotated32(x, by, o)))),
  sha256sum1: word((x, o) => xorOf([6, 11, 25].map((by) => rotated32(x, by, o)))),
  sha256sig0: word((x, o) => xorOf([rotated32(x, 7, o), rotated32(x, 18, o), shifted('srl', x, 3, o)])),
  sha256sig1: word((x, o) => xorOf([rotated32(x, 17, o), rotated32(x, 19, o), shifted('srl', x, 10, o)])),
  sha512sum0: (o) => o.set(xorOf([28, 34, 39].map((by) => rotated(o.rs1, by, o)))),
  sha512sum1: (o) => o.set(xorOf([14, 18, 41].map((by) => rotated(o.rs1, by, o)))),
  sha512sig0: (o) => o.set(xorOf([rotated(o.rs1, 1, o), rotated(o.rs1, 8, o), shifted('srl', o.rs1, 7, o)])),
  sha512sig1: (o) => o.set(xorOf([rotated(o.rs1, 19, o), rotated(o.rs1, 61, o), shifted('srl', o.rs1, 6, o)])),
  // Halves of those on RV32: rs1 is the half that the result is, rs2 the other.
  sha512sum0r: (o) => o.set(xorOf([28, 34, 39].map((by) => half(by, o)))),
  sha512sum1r: (o) => o.set(xorOf([14, 18, 41].map((by) => half(by, o)))),
  sha512sig0l: (o) => o.set(xorOf([1, 8, 7].map((by) => half(by, o)))),
  sha512sig0h: (o) => o.set(xorOf([half(1, o), half(8, o), shifted('srl', o.rs1, 7, o)])),
  sha512sig1l: (o) => o.set(xorOf([19, 61, 6].map((by) => half(by, o)))),
  sha512sig1h: (o) => o.set(xorOf([half(19, o), half(61, o), shifted('srl', o.rs1, 6, o)])),

  sm3p0: word((x, o) => xorOf([x, rotated32(x, 32 - 9, o), rotated32(x, 32 - 17, o)])),
  sm3p1: word((x, o) => xorOf([x, rotated32(x, 32 - 15, o), rotated32(x, 32 - 23, o)])),
  sm4ed: withByte('sm4Round'),
  sm4ks: withByte('sm4Key'),
};

type Build = (o: Operands) => Effect;

const roundConstants = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x1b, 0x36];

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

function xorOf(terms: readonly Expr[]): Expr {
  return terms.reduce((sum, term) => bin('xor', sum, term));
}

function shifted(way: 'sll' | 'srl', a: Expr, by: number, o: Operands): Expr {
  return by === 0 ? a : bin(way, a, o.constant(by));
}

function rotated(a: Expr, by: number, o: Operands): Expr {
  return bin('or', shifted('srl', a, by, o), shifted('sll', a, o.xlen - by, o));
}

/** Within 32 bits, of which there are no more in `a`; on RV64 there may be others above the result. */
function rotated32(a: Expr, by: number, o: Operands): Expr {
  return bin('or', shifted('srl', a, by, o), shifted('sll', a, 32 - by, o));
}

/** What rs2:rs1 rotated right has in the low half. */
function half(by: number, o: Operands): Expr {
  const [low, high] = by < 32 ? [o.rs1, o.rs2] : [o.rs2, o.rs1];
  return bin('or', shifted('srl', low, by % 32, o), shifted('sll', high, 32 - (by % 32), o));
}

/** On the low 32 bits of rs1, sign-extended. */
function word(of: (x: Expr, o: Operands) => Expr): Build {
  return (o) => o.set(un('sext32', of(un('zext32', o.rs1), o)));
}

function squared(a: Expr): Expr {
  return bin('clmul', a, a);
}

function byteOf(a: Expr, index: number, o: Operands): Expr {
  return shifted('srl', a, 8 * index, o);
}

/** rs1 with what a table has for byte `bs` of rs2, in its row; sign-extended from 32 bits. */
function withByte(op: TableOp): Build {
  return (o) => {
    const row = o.number('bs');
    const entry = un(op, byteOf(o.rs2, row, o));
    const placed = row === 0 ? entry : rotated32(entry, 32 - 8 * row, o);
    return o.set(un('sext32', bin('xor', o.rs1, placed)));
  };
}

interface Placed {
  readonly byte: Expr;
  /** The byte of the result that it goes to. */
  readonly at: number;
}

/** The first two of the four columns of rs2:rs1 after ShiftRows, one way or the other. */
function shiftedRows(way: 1 | -1, o: Operands): Placed[] {
  return upTo(8).map((at) => {
    const row = at % 4;
    const from = (Math.floor(at / 4) + way * row + 4) % 4;
    const byte = byteOf(from < 2 ? o.rs1 : o.rs2, 4 * (from % 2) + row, o);
    return { byte, at };
  });
}

/** The columns that a table of columns makes of bytes: each is turned to the row that it is in. */
function mixed(op: TableOp, bytes: readonly Placed[], o: Operands): Expr {
  const columns = [0, 4].map((start) =>
    xorOf(
      bytes.slice(start, start + 4).map(({ byte, at }) => {
        const entry = un(op, byte);
        return at % 4 === 0 ? entry : un('zext32', rotated32(entry, 32 - 8 * (at % 4), o));
      }),
    ),
  );
  const [low, high] = columns as [Expr, Expr];
  return bin('or', low, shifted('sll', high, 32, o));
}

/** For each part of rs2: that part of rs1 which it numbers, 0 where there is none. */
function permuted(bits: 4 | 8, o: Operands): Expr {
  const count = o.xlen / bits;
  const mask = o.constant(2 ** bits - 1);
  const parts = upTo(count).map((at) => {
    const index = bin('and', shifted('srl', o.rs2, bits * at, o), mask);
    const part = bin('and', bin('srl', o.rs1, shifted('sll', index, Math.log2(bits), o)), mask);
    // Numbers of four bits are all there are on RV64.
    const there = bin('sub', o.constant(0), bin('ltu', index, o.constant(count)));
    return shifted('sll', count < 2 ** bits ? bin('and', part, there) : part, bits * at, o);
  });
  return parts.reduce((sum, part) => bin('or', sum, part));
}
