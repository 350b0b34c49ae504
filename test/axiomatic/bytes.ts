/** Values as bytes of memory, and the values that a read may return when all that is known is who stores what. */

/** A store: where, and what, unsigned. */
export interface Stored {
  readonly address: bigint;
  readonly size: number;
  readonly value: bigint;
}

export const storedKey = ({ address, size, value }: Stored): string => `${address}:${size}:${value}`;

/** The `size` bytes at `offset` bytes into a value. */
export function bytesAt(value: bigint, offset: number, size: number): bigint {
  return (value >> BigInt(8 * offset)) & ((1n << BigInt(8 * size)) - 1n);
}

/** What `size` bytes at `address` hold, having held `value`, after a store that may cover some of them. */
export function overlaid(value: bigint, address: bigint, size: number, store: Stored): bigint {
  let result = value;
  for (let i = 0; i < size; i++) {
    const offset = address + BigInt(i) - store.address;
    if (offset < 0n || offset >= BigInt(store.size)) continue;
    const shift = BigInt(8 * i);
    result = (result & ~(0xffn << shift)) | (bytesAt(store.value, Number(offset), 1) << shift);
  }
  return result;
}

/**
 * Every value that these bytes can have after any of the stores in any order, the first being `start`. A read returns
 * one of them: for each byte the last store in the global order of a set that is the same for all bytes.
 */
export function reachable(start: bigint, address: bigint, size: number, stores: readonly Stored[]): bigint[] {
  const relevant = stores.filter((s) => s.address < address + BigInt(size) && address < s.address + BigInt(s.size));
  const found = new Set([start]);
  for (const value of found) for (const store of relevant) found.add(overlaid(value, address, size, store));
  return [...found];
}

/**
 * The memory operations that a load or store is made of: one where it is aligned; otherwise the manual allows any
 * decomposition, and pieces of the alignment of the first byte are what is modelled.
 */
export function pieces(address: bigint, size: number): { readonly address: bigint; readonly size: number }[] {
  let step = size;
  while (address % BigInt(step) !== 0n) step /= 2;
  return Array.from({ length: size / step }, (_, i) => ({ address: address + BigInt(i * step), size: step }));
}
