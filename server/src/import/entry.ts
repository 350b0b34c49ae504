import { bytesAt, type Code, type CodeSymbol, type Place, type Program } from './program';

/** A function's patchable entry. */
export interface Entry {
  /** Of the function; null where no symbol is at its entry. */
  readonly name: string | null;
  /** Where callers enter: what the compiler put before it is never executed. */
  readonly place: Place;
  /** Bytes before the entry that belong to it, from the place in the list on. */
  readonly before: number;
  /** Bytes from the entry on that are patched: nops, or what has been put in their place; 0 where there are none. */
  readonly length: number;
  /** The AUIPC that stands there already: what it adds to its own address; null where there is none. */
  readonly auipc: bigint | null;
}

/** Compilers write no longer runs of nops: the two counts of the option are below 256 in every use that we know of. */
const longestRun = 1024;

/** The entry whose first nop is at a place: the function's symbol is there, or behind the nops that come before it. */
export function entryAt(program: Pick<Program, 'codes' | 'symbols'>, first: Place): Entry {
  const bytes = bytesAt(program, first);
  const nops = nopsAtStart(bytes);
  // What stands before an entry may have been written over: then it is no run of nops.
  const longest = BigInt(nops === 0 ? 16 : nops);
  const symbol = [program.symbols.functionFrom(first), program.symbols.from(first)].find(
    (one) => one !== null && one.place.address - first.address <= longest,
  );
  const before = symbol === null || symbol === undefined ? 0 : Number(symbol.place.address - first.address);
  const place = { space: first.space, address: first.address + BigInt(before) };
  const auipc = auipcAtStart(bytes.subarray(before));
  const length = auipc === null ? nopsAtStart(bytes.subarray(before)) : 8;
  return { name: symbol?.name ?? null, place, before, length, auipc };
}

/** The functions that begin with two nops at least, or with a pair that replaces them. */
export function nopEntries(codes: readonly Code[], symbols: readonly CodeSymbol[]): Place[] {
  return symbols
    .map(({ place }) => place)
    .filter((place) => {
      const bytes = bytesAt({ codes }, place);
      const first = nopLength(bytes, 0);
      return (first > 0 && nopLength(bytes, first) > 0) || auipcAtStart(bytes) !== null;
    });
}

/** The length of a nop at an offset, 0 where there is none. */
function nopLength(bytes: Uint8Array, at: number): number {
  if (bytes[at] === 0x01 && bytes[at + 1] === 0) return 2;
  return bytes[at] === 0x13 && bytes[at + 1] === 0 && bytes[at + 2] === 0 && bytes[at + 3] === 0 ? 4 : 0;
}

function nopsAtStart(bytes: Uint8Array): number {
  let at = 0;
  for (let length = nopLength(bytes, 0); length > 0 && at < longestRun; length = nopLength(bytes, at)) at += length;
  return at;
}

const [auipcT0, jalrT0, nop] = [0x297, 0x282e7, 0x13];

/** What the AUIPC of `auipc t0, ...; jalr t0, ...(t0)`, or with a nop as second, adds; null where neither stands there. */
function auipcAtStart(bytes: Uint8Array): bigint | null {
  if (bytes.length < 8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const [first, second] = [view.getUint32(0, true), view.getUint32(4, true)];
  if ((first & 0xfff) !== auipcT0) return null;
  return second === nop || (second & 0xfffff) === jalrT0 ? BigInt(first & ~0xfff) : null;
}
