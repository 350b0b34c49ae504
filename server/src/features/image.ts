import { decode, instructionLength } from '../isa/decode';
import { format } from '../isa/format';
import type { Decoded, Isa } from '../isa/types';
import type { Analysis, NameInfo } from '../language/analysis';
import { hex, toNumber } from './numbers';

/** Gives an address its name: `old_tramp`, `entry+4`; null where nothing is near. */
export type NameOf = (address: bigint) => string | null;

interface Place {
  readonly name: string;
  readonly address: bigint;
}

/** The furthest that an address may be behind a name and still be told by it, in bytes. */
const nearby = 4096n;

/** The names of a file's addresses: exactly, or as an offset into a site, code or data. */
export function addressNames(analysis: Analysis): NameOf {
  const exact = new Map<bigint, NameInfo>();
  const places: Place[] = [];
  for (const info of analysis.names) {
    const { name, kind, address } = info;
    if (address === null || kind === 'version') continue;
    const known = exact.get(address);
    // A site's own name rather than that of the label at its first byte.
    if (!known || known.kind === 'label') exact.set(address, info);
    if (kind === 'site' || kind === 'code' || kind === 'data') places.push({ name, address });
  }
  return (address) => {
    const named = exact.get(address);
    if (named && named.kind !== 'label') return named.name;
    const distance = (place: Place): bigint => address - place.address;
    const [nearest] = places
      .filter((place) => distance(place) >= 0n && distance(place) < nearby)
      .sort((a, b) => Number(distance(a) - distance(b)));
    return nearest ? `${nearest.name}+${distance(nearest)}` : (named?.name ?? null);
  };
}

/** One instruction of an image; `decoded` is null where the bytes end within it. */
export interface ImageInstruction {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly decoded: Decoded | null;
}

/** The instructions that execution from the first byte on would find. */
export function disassemble(bytes: Uint8Array, address: bigint, isa: Isa): ImageInstruction[] {
  const found: ImageInstruction[] = [];
  for (let at = 0; at < bytes.length; ) {
    const parcel = Number(toNumber(bytes.slice(at, at + 2)));
    const length = bytes.length - at < 2 ? 2 : instructionLength(parcel);
    const own = bytes.slice(at, at + length);
    const whole = own.length === length && length <= 4;
    found.push({
      address: address + BigInt(at),
      bytes: own,
      decoded: whole ? decode(Number(toNumber(own)), isa) : null,
    });
    at += length;
  }
  return found;
}

/** As it is written, with what it does where that ends or diverts a pass: `jalr t0, 0(ra): jumps to where ra points`. */
export function instructionText({ address, bytes, decoded }: ImageInstruction, isa: Isa, nameOf: NameOf): string {
  if (!decoded) return bytes.length === 2 ? 'the first half of a longer instruction' : 'part of an instruction';
  const text = plainFormat(decoded, address, isa, nameOf);
  const consequence = consequenceOf(decoded);
  return consequence ? `${text}: ${consequence}` : text;
}

/** As people write it; where an alias only drops operands (`jalr t0, t0`), with all of them. */
export function plainFormat(decoded: Decoded, address: bigint, isa: Isa, nameOf: NameOf): string {
  const options = { address, symbol: nameOf, xlen: isa.xlen };
  const alias = format(decoded, options);
  const whole = format(decoded, { ...options, aliases: false });
  return alias.split(' ')[0] === whole.split(' ')[0] ? whole : alias;
}

/** What executing it leads to, where its text does not say so by itself; null otherwise. */
export function consequenceOf(decoded: Decoded): string | null {
  const { spec, fields, legality, reason } = decoded;
  if (!spec || legality === 'illegal' || legality === 'excluded') {
    return `illegal-instruction exception${reason ? ` (${reason})` : ''}`;
  }
  if (legality === 'reserved') return `reserved encoding${reason ? ` (${reason})` : ''}`;
  const base = spec.mnemonic.replace(/^c\./, '');
  if ((base === 'jal' || base === 'j') && fields.imm === 0) return 'jumps to itself: hangs';
  if (base === 'ecall') return 'traps into the environment';
  if (base === 'ebreak') return 'traps as a breakpoint';
  if ((base === 'jalr' || base === 'jr') && fields.rs1 === 1) return 'returns to the caller';
  return null;
}

/** `entry+4 (0xffffffff80a00004)`, or the bare address. */
export function placeText(address: bigint, nameOf: NameOf): string {
  const name = nameOf(address);
  return name ? `${name} (${hex(address)})` : hex(address);
}
