import type { Location } from '../../checker/litmus/test';
import { addressType, type CType, cTypes, defaultType } from './ctypes';
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
  readonly type: CType;
  readonly address: bigint;
}

/** The type of a location: as declared, or as its value wants it. */
function typeOf({ type, value }: LocationEntry): CType {
  return type ?? typeForValue(value);
}

function typeForValue(value: ValueNode | null): CType {
  if (value?.k === 'address' || value?.k === 'code') return addressType;
  return (value?.k === 'instruction' ? cTypes.get('ins_t') : undefined) ?? defaultType;
}

const roundUp = (value: bigint, to: bigint): bigint => ((value + to - 1n) / to) * to;

/** Gives every location its place, in the order in which the text names them, and says where code may begin. */
export function placeLocations(names: Names): {
  readonly locations: ReadonlyMap<string, PlacedLocation>;
  readonly codeBase: bigint;
} {
  const locations = new Map<string, PlacedLocation>();
  let address = DATA;
  for (const entry of names.locations.values()) {
    const type = typeOf(entry);
    locations.set(entry.name, { entry, type, address });
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
