import { instructionLength } from '../isa';
import { closest, didYouMean } from '../language/suggest';
import { originalOf } from './adapt';
import { type Entry, entryAt } from './entry';
import { type Branch, bytesAt, compare, hex, ImportError, type Place, type Program } from './program';
import type { Template } from './templates';

/** A place that a protocol can be written for. */
export interface Selected {
  /** In words: `vfs_read+0x10`. */
  readonly title: string;
  /** The function's name, or null. */
  readonly function: string | null;
  readonly place: Place;
  readonly bytes: Uint8Array;
  readonly entry: Entry | null;
  readonly branch: Branch | null;
  /** `entry 12 of 40,000 in the section __patchable_function_entries` */
  readonly where: string;
}

/** Bytes that are shown where nothing says how many are patched. */
const usual = 8;

/**
 * Finds what to write a protocol for.
 * @param wanted `NAME`, `NAME+0x10` or an address; null for the first of the file
 * @throws ImportError, which says what is missing
 */
export function select(program: Program, template: Template, wanted: string | null): Selected {
  const place = wanted === null ? null : placeOf(program, wanted);
  switch (template.patches) {
    case 'branch':
      return branchAt(program, place);
    case 'entry':
      return longEnough(patchable(program, place), template);
    case 'instruction':
      return replaceable(instructionAt(program, place ?? firstCode(program), 1), template);
    case 'anything':
      return anythingAt(program, place);
    case 'nothing':
      throw new ImportError(`holds nothing for ${template.name}: write it by \`cmodx new ${template.name}\``);
  }
}

/** A patchable entry where there is one, else some instructions. */
function anythingAt(program: Program, place: Place | null): Selected {
  const [first = null] = program.entries.all;
  const listed = place === null ? first : (listedEntry(program, place)?.first ?? null);
  const found = listed === null ? null : patchable(program, listed);
  if (found !== null && found.bytes.length > 0) return found;
  return instructionAt(program, place ?? firstCode(program), usual);
}

/** The place that a name with or without an offset, or an address, stands for. @throws ImportError */
export function placeOf(program: Program, text: string): Place {
  const number = numberOf(text);
  if (number !== null) {
    if (number >> BigInt(program.xlen) > 0n)
      throw new ImportError(`has addresses of ${program.xlen} bits, and ${text} has more`);
    const spaces = new Set(program.codes.map(({ place }) => place.space));
    if (spaces.size > 1)
      throw new ImportError(`has no addresses yet, but offsets in ${spaces.size} sections: name a function`);
    return { space: [...spaces][0] ?? 0, address: number };
  }
  const [, plain, offset] = /^(.*)\+(0x[0-9a-f]+|\d+)$/i.exec(text) ?? [];
  const exact = program.symbols.of(text);
  const found = exact.length > 0 || plain === undefined ? exact : program.symbols.of(plain);
  const beyond = exact.length > 0 ? 0n : (numberOf(offset ?? '0') ?? 0n);
  const [symbol, ...others] = found;
  if (symbol === undefined) throw unknownName(program, plain ?? text);
  const elsewhere = others.filter(({ place }) => compare(place, symbol.place) !== 0);
  if (elsewhere.length > 0) {
    const places = [symbol, ...elsewhere].slice(0, 5).map(({ place }) => hex(place.address));
    throw new ImportError(
      `has ${elsewhere.length + 1} places called ${plain ?? text} (${places.join(', ')}): name an address`,
    );
  }
  return { space: symbol.place.space, address: BigInt.asUintN(program.xlen, symbol.place.address + beyond) };
}

const numberOf = (text: string): bigint | null => (/^(0x[0-9a-f]+|\d+)$/i.test(text) ? BigInt(text) : null);

/** More names are not compared with a misspelt one. */
const mostCompared = 200_000;

function unknownName({ symbols }: Program, name: string): ImportError {
  if (symbols.empty) return new ImportError(`has no symbols (it is stripped), so nothing is called ${name}`);
  const near = closest(
    name,
    symbols.all.slice(0, mostCompared).map((symbol) => symbol.name),
  );
  return new ImportError(`has no symbol ${name}${didYouMean(near)}`);
}

function firstCode({ codes }: Program): Place {
  return codes[0]?.place ?? { space: 0, address: 0n };
}

/** The entry in the list that belongs to a place: to its first nop, or to the function's entry behind it. */
function listedEntry(program: Program, place: Place): { first: Place; index: number; entry: Entry } | null {
  for (const [index, first] of program.entries.all.entries()) {
    if (first.space !== place.space || first.address > place.address) continue;
    const entry = compare(first, place) === 0 || place.address - first.address <= 512n ? entryAt(program, first) : null;
    if (entry !== null && (compare(first, place) === 0 || compare(entry.place, place) === 0))
      return { first, index, entry };
  }
  return null;
}

function patchable(program: Program, place: Place | null): Selected {
  const { where, all } = program.entries;
  if (all.length === 0) throw new ImportError(`lists no patchable entries: ${program.entries.missing}`);
  const found = listedEntry(program, place ?? all[0] ?? firstCode(program));
  if (found === null) {
    const name = place === null ? 'this place' : (program.symbols.near(place) ?? hex(place.address));
    throw new ImportError(`does not list ${name} among the ${count(all.length)} patchable entries (${where})`);
  }
  const { entry, index } = found;
  return {
    title: entry.name ?? hex(entry.place.address),
    function: entry.name,
    place: entry.place,
    bytes: bytesAt(program, entry.place).subarray(0, entry.length),
    entry,
    branch: null,
    where: `entry ${count(index + 1)} of ${count(all.length)} in ${where}`,
  };
}

const count = (number: number): string => number.toLocaleString('en-US');

function longEnough(selected: Selected, template: Template): Selected {
  const { bytes, title, entry } = selected;
  const { size } = originalOf(template.text);
  if (bytes.length < size)
    throw new ImportError(`has ${bytes.length} bytes of nops at ${title}, and ${template.name} writes ${size}`);
  const before = entry?.before ?? 0;
  if (before >= template.before) return selected;
  throw new ImportError(
    `has ${before} bytes of nops before ${title}, and ${template.name} keeps ${template.before} bytes there`,
  );
}

function replaceable(selected: Selected, { text, short, name }: Template): Selected {
  const { bytes, title } = selected;
  if (short !== null || bytes.length === originalOf(text).size) return selected;
  throw new ImportError(`has an instruction of ${bytes.length} bytes at ${title}, and ${name} is about one of 4`);
}

function branchAt(program: Program, place: Place | null): Selected {
  const { where, all } = program.branches;
  if (all.length === 0) throw new ImportError(`lists no jump labels: ${program.branches.missing}`);
  const symbol = place === null ? null : program.symbols.before(place);
  const next = symbol === null ? null : program.symbols.from({ ...symbol.place, address: symbol.place.address + 1n });
  const end = symbol === null ? 0n : symbol.size > 0n ? symbol.place.address + symbol.size : next?.place.address;
  const within = ({ place: at }: Branch): boolean =>
    place === null ||
    (at.space === place.space && at.address >= place.address && (end === undefined || at.address < end));
  const exact = all.findIndex((branch) => place !== null && compare(branch.place, place) === 0);
  const index = exact >= 0 ? exact : all.findIndex(within);
  const branch = all[index];
  if (branch === undefined) {
    throw new ImportError(`has no jump label in ${symbol?.name ?? 'this place'}, of ${count(all.length)} in ${where}`);
  }
  const bytes = bytesAt(program, branch.place).subarray(0, 4);
  if (bytes.length < 4)
    throw new ImportError(`lists a jump label at ${hex(branch.place.address)}, where there is no code`);
  const title = program.symbols.near(branch.place) ?? hex(branch.place.address);
  return {
    title,
    function: program.symbols.before(branch.place)?.name ?? null,
    place: branch.place,
    bytes,
    entry: null,
    branch,
    where: `jump label ${count(index + 1)} of ${count(all.length)} in ${where}`,
  };
}

/** Whole instructions from a place on, of `least` bytes together. */
function instructionAt(program: Program, place: Place, least: number): Selected {
  const symbol = program.symbols.before(place);
  const from = symbol?.place ?? place;
  const bytes = bytesAt(program, from);
  const wanted = Number(place.address - from.address);
  const title = program.symbols.near(place) ?? hex(place.address);
  if (wanted >= bytes.length) throw new ImportError(`has no code at ${title}`);
  let at = 0;
  while (at < wanted) {
    const length = lengthAt(bytes, at);
    if (at + length > wanted)
      throw new ImportError(`has no instruction that begins at ${title}: one of ${length} bytes does before it`);
    at += length;
  }
  let end = at;
  while (end - at < least && end < bytes.length) end += lengthAt(bytes, end);
  return {
    title,
    function: symbol?.name ?? null,
    place,
    bytes: bytes.subarray(at, end),
    entry: null,
    branch: null,
    where: `the code of ${title}`,
  };
}

/** Longer formats, of which there are no instructions, are taken a parcel at a time. */
function lengthAt(bytes: Uint8Array, at: number): number {
  return instructionLength((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)) === 4 ? 4 : 2;
}
