/** The C types of litmus files: how many bytes, and how values are shown and compared. */

export interface CType {
  /** As written: `uint64_t`, `int *`. */
  readonly name: string;
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
}

/**
 * Columns: bytes, signed, names. As herd7 has them, except that `long` is the eight bytes of RISC-V's LP64 ABI. A code
 * word (`ins_t`) has four bytes; a compressed instruction fills the lower two.
 */
const ROWS: readonly (readonly [CType['size'], boolean, string])[] = [
  [8, false, 'uint64_t uintptr_t size_t'],
  [8, true, 'int64_t long intptr_t ptrdiff_t ssize_t'],
  [1, true, 'int8_t char'],
  [1, false, 'uint8_t'],
  [2, true, 'int16_t short'],
  [2, false, 'uint16_t'],
  [4, true, 'int32_t int'],
  [4, false, 'uint32_t unsigned atomic_t ins_t'],
];

/** Every type by name. */
export const cTypes: ReadonlyMap<string, CType> = new Map(
  ROWS.flatMap(([size, signed, names]) => names.split(' ').map((name) => [name, { name, size, signed }] as const)),
);

/** What has no declared type. */
export const defaultType: CType = { name: 'int', size: 4, signed: true };

/** What an undeclared location that holds an instruction has. */
export const codeType: CType = { name: 'ins_t', size: 4, signed: false };

/** What an undeclared location that holds an address has: numbers in it are shown as `int` shows them. */
export const addressType: CType = { name: 'intptr_t', size: 8, signed: true };

/** `int *`. */
export const pointerTo = (name: string): CType => ({ name: `${name} *`, size: 8, signed: false });

/** Types that herd7 knows and this checker does not: with what they are about. */
export const refusedTypes: ReadonlyMap<string, string> = new Map([
  ...['int128_t', 'uint128_t', '__int128', '__uint128', '__int128_t', '__uint128_t'].map(
    (name) => [name, '128-bit values are not supported'] as const,
  ),
  ...['float', 'double'].map((name) => [name, 'floating point is not supported'] as const),
  ...['pteval_t', 'pte_t', 'parel1_t', 'intidval_t', 'intid_updateval_t'].map(
    (name) => [name, 'virtual memory is not supported'] as const,
  ),
]);

/** Whether a number can be written for a type: `-1` and `0xff` both for one byte. */
export const fits = (value: bigint, { size }: CType): boolean =>
  value >= -(1n << BigInt(8 * size - 1)) && value < 1n << BigInt(8 * size);
