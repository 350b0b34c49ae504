import type { Xlen } from '../isa/types';
import type { AccessSize } from './effect';
import { symbolicBinary, symbolicUnary, truncate } from './rules';
import { addScaled, type Value, valueKey } from './term';

/** Byte `index` (0 is the lowest) of a value: what one location holds after a store of registers. */
export interface SymbolicByte {
  readonly value: Value;
  readonly index: number;
}

/** The bytes that a store of the low `size` bytes of a value leaves, lowest address first. */
export function splitBytes(value: Value, size: AccessSize, xlen: Xlen): SymbolicByte[] {
  const low = truncate(value, 8 * size, xlen);
  return Array.from({ length: size }, (_, index) =>
    typeof low === 'bigint' ? { value: (low >> BigInt(8 * index)) & 0xffn, index: 0 } : { value: low, index },
  );
}

/** What a load of these bytes yields, lowest address first; as many as an access has, at most XLEN / 8. */
export function joinBytes(bytes: readonly SymbolicByte[], signed: boolean, xlen: Xlen): Value {
  let joined: Value = 0n;
  for (let at = 0; at < bytes.length; ) {
    const { field, length } = longestField(bytes, at, xlen);
    joined = addScaled(joined, field, 1n << BigInt(8 * at), xlen);
    at += length;
  }
  return loadedValue(joined, bytes.length as AccessSize, signed, xlen);
}

/** A short, stable string, equal for equal bytes. */
export function byteKey(byte: SymbolicByte): string {
  return byte.index === 0 ? valueKey(byte.value) : `${valueKey(byte.value)}[${byte.index}]`;
}

/** The value that a load writes to its register, of the bits that it read (those above `size` bytes are ignored). */
export function loadedValue(raw: bigint, size: AccessSize, signed: boolean, xlen: Xlen): bigint;
export function loadedValue(raw: Value, size: AccessSize, signed: boolean, xlen: Xlen): Value;
export function loadedValue(raw: Value, size: AccessSize, signed: boolean, xlen: Xlen): Value {
  if (size * 8 >= xlen) return raw;
  const bits = size === 1 ? 8 : size === 2 ? 16 : 32;
  return symbolicUnary(`${signed ? 'sext' : 'zext'}${bits}`, raw, xlen);
}

/** The longest run from `at` that is consecutive bytes of one value, as an unsigned number. */
function longestField(bytes: readonly SymbolicByte[], at: number, xlen: Xlen): { field: Value; length: number } {
  const first = bytes[at];
  if (first === undefined) throw new RangeError('no byte to read');
  const key = valueKey(first.value);
  let run = 1;
  while (isNext(bytes[at + run], key, first.index + run)) run++;
  const length = run >= 8 ? 8 : run >= 4 ? 4 : run >= 2 ? 2 : 1;
  const shifted = symbolicBinary('srl', first.value, BigInt(8 * first.index), xlen);
  return { field: loadedValue(shifted, length, false, xlen), length };
}

function isNext(byte: SymbolicByte | undefined, key: string, index: number): boolean {
  return byte !== undefined && byte.index === index && valueKey(byte.value) === key;
}
