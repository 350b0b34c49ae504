/** How a store of several bytes reaches memory: which parts of it are single messages. */
import type { Operation, PlacedInstruction } from './scenario';

export interface Piece {
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

type Store = Extract<Operation, { kind: 'store' }>;

/**
 * The single-copy-atomic pieces of a store, low addresses first. A naturally aligned access of up to XLEN is one
 * (ISA manual, RVWMO, "Memory Model Primitives"); a misaligned one is split into parts of its first byte's
 * alignment, as the kernel's copy routines split it. A `natural` store of several instructions is one store for each.
 */
export function pieces(store: Store, xlen: 32 | 64): Piece[] {
  const limit = xlen / 8;
  if (store.granule === 'natural') {
    if (store.target === 'code' && store.instructions.length > 1)
      return store.instructions.flatMap((instruction: PlacedInstruction) =>
        split(instruction.address, instruction.bytes, limit),
      );
    return split(store.address, store.bytes, limit);
  }
  const size = { byte: 1, half: 2, word: 4, double: 8 }[store.granule];
  const out: Piece[] = [];
  for (let at = 0; at < store.bytes.length; at += size)
    out.push(...split(store.address + BigInt(at), store.bytes.slice(at, at + size), limit));
  return out;
}

const split = (address: bigint, bytes: Uint8Array, limit: number): Piece[] =>
  alignedParts(address, bytes.length, limit).map((part) => {
    const at = Number(part.address - address);
    return { address: part.address, bytes: bytes.slice(at, at + part.size) };
  });

/**
 * The parts of at most `limit` bytes that an access is made of, low addresses first: as large as the alignment of its
 * first byte allows, throughout, as the kernel's copy routines choose their step once.
 */
export function alignedParts(
  address: bigint,
  length: number,
  limit: number,
): { readonly address: bigint; readonly size: number }[] {
  let step = limit;
  while (step > 1 && address % BigInt(step) !== 0n) step /= 2;
  const out: { address: bigint; size: number }[] = [];
  for (let at = 0; at < length; ) {
    let size = step;
    while (size > length - at) size /= 2;
    out.push({ address: address + BigInt(at), size });
    at += size;
  }
  return out;
}
