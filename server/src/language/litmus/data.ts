import type { Location } from '../../checker/litmus/test';
import { addressType, type CType, codeType, defaultType } from './ctypes';
import type { LocationEntry, Names } from './names';
import type { ValueNode } from './syntax';

/** Where data begins; code comes behind it, at the same place in every test of ordinary size. */
const DATA = 0x100000n;
/** Each location begins at a multiple of this and ends before the next one's. */
const SLOT = 16n;
const CODE = 0x200000n;
const CODE_STEP = 0x1000n;

/** A location with its type and address. */
export interface PlacedLocation {
  readonly entry: LocationEntry;
  /** Of its memory. */
  readonly type: CType;
  /** How its values are shown and compared: the same where a type was declared. */
  readonly shown: CType;
  readonly address: bigint;
}

/**
 * The types of a location: as declared, or as its value wants it. To herd7 an undeclared location is as large as every
 * access to it and shows an `int`: so it is here, in tests that access eight bytes anywhere.
 */
function typesOf({ type, value }: LocationEntry, wide: boolean): { readonly type: CType; readonly shown: CType } {
  if (type !== null) return { type, shown: type };
  if (value?.k === 'address' || value?.k === 'code') return { type: addressType, shown: addressType };
  const shown = value?.k === 'instruction' ? codeType : defaultType;
  return { type: wide ? { ...shown, size: 8 } : shown, shown };
}

/** Mnemonics that access eight bytes: `ld`, `c.sdsp`, `ld.aq`, `lr.d`, `amoadd.d.aqrl`. */
const WIDE = /^(?:c\.)?[ls]d(?:sp)?(?:\.|$)|^(?:lr|sc|amo[a-z]+)\.d(?:\.|$)/;

/** Whether an instruction of a test, or one that it stores as data, accesses eight bytes. */
function isWide({ listings, locations, registers }: Names): boolean {
  const stored = [...locations.values(), ...registers.values()].flatMap(({ value }) =>
    value?.k === 'instruction' ? [value.word.text.trim()] : [],
  );
  const listed = listings.flatMap(({ cells }) => cells.map(({ statement }) => statement.text));
  return [...stored, ...listed].some((text) => WIDE.test(/^\S*/.exec(text)?.[0] ?? ''));
}

const roundUp = (value: bigint, to: bigint): bigint => ((value + to - 1n) / to) * to;

/** Gives every location its place, in the order in which the text names them, and says where code may begin. */
export function placeLocations(names: Names): {
  readonly locations: ReadonlyMap<string, PlacedLocation>;
  readonly codeBase: bigint;
} {
  const locations = new Map<string, PlacedLocation>();
  const wide = isWide(names);
  let address = DATA;
  for (const entry of names.locations.values()) {
    const { type, shown } = typesOf(entry, wide);
    locations.set(entry.name, { entry, type, shown, address });
    // At least a byte is left between two locations.
    address = roundUp(address + BigInt(type.size * (entry.count ?? 1)) + 1n, SLOT);
  }
  return { locations, codeBase: address < CODE ? CODE : roundUp(address, CODE_STEP) };
}

/** Where the code of the next thread begins, when one thread's has this base and size. */
export const nextCode = (base: bigint, size: number): bigint => roundUp(base + BigInt(size) + 1n, CODE_STEP);

/**
 * The locations as the model is told of them.
 * @param numberOf The number that a value stands for, for a location of the type; null stands for 0.
 */
export function locationsOf(
  placed: ReadonlyMap<string, PlacedLocation>,
  numberOf: (value: ValueNode | null, location: PlacedLocation) => bigint,
): Location[] {
  return [...placed.values()].map((location) => {
    const { entry, type, address } = location;
    const values = elementsOf(entry);
    const initial = values.map((value) => BigInt.asUintN(8 * type.size, numberOf(value, location)));
    return { name: entry.name, address, size: type.size, signed: type.signed, initial, source: entry.source };
  });
}

/** One value for each element; too many or too few are an error, told of by the caller. */
function elementsOf({ value, count }: LocationEntry): readonly (ValueNode | null)[] {
  if (count === null) return [value];
  if (value?.k === 'list') return value.items;
  return Array.from({ length: count }, () => null);
}
