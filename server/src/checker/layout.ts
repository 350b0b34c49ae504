/** Where things are: what a pc or a data address means in a scenario. Built once for a search. */
import type { Region, Scenario, Site, SymbolDefinition } from './scenario';

export class Layout {
  readonly #symbols: ReadonlyMap<bigint, SymbolDefinition>;

  constructor(readonly scenario: Scenario) {
    this.#symbols = new Map(scenario.symbols.map((symbol) => [symbol.address, symbol]));
  }

  siteAt(address: bigint): Site | null {
    return this.scenario.sites.find((site) => within(address, site.address, site.size)) ?? null;
  }

  regionAt(address: bigint, kind: Region['kind']): Region | null {
    return (
      this.scenario.regions.find(
        (region) => region.kind === kind && within(address, region.address, region.bytes.length),
      ) ?? null
    );
  }

  symbolAt(address: bigint): SymbolDefinition | null {
    return this.#symbols.get(address) ?? null;
  }

  /** Is it exactly past declared code, where a pass may end? */
  endsRegion(address: bigint): boolean {
    return this.scenario.regions.some(
      (region) => region.kind === 'code' && region.address + BigInt(region.bytes.length) === address,
    );
  }

  /** The byte at timestamp 0, or null where nothing is declared. */
  initialByte(address: bigint): number | null {
    const site = this.siteAt(address);
    if (site) return site.initial[Number(address - site.address)] ?? null;
    const region = this.regionAt(address, 'code') ?? this.regionAt(address, 'data');
    return region ? (region.bytes[Number(address - region.address)] ?? null) : null;
  }

  /** `entry+4`, `old_tramp`, `0xffffffff80a00000`. */
  name(address: bigint): string {
    const symbol = this.symbolAt(address);
    if (symbol) return symbol.name;
    const place =
      this.scenario.sites.find((site) => address >= site.address && address <= site.address + BigInt(site.size)) ??
      this.scenario.regions.find(
        (region) => address >= region.address && address <= region.address + BigInt(region.bytes.length),
      );
    if (!place) return hex(address);
    const offset = address - place.address;
    return offset === 0n ? place.name : `${place.name}+${offset}`;
  }
}

export const hex = (value: bigint): string => `0x${value.toString(16)}`;

const within = (address: bigint, start: bigint, size: number): boolean =>
  address >= start && address < start + BigInt(size);

/** Little-endian bytes as one unsigned number (at most 4 bytes). */
export function wordOf(bytes: ArrayLike<number>): number {
  let word = 0;
  for (let i = bytes.length - 1; i >= 0; i--) word = word * 256 + (bytes[i] ?? 0);
  return word;
}

/** `0x0080006f`, `0x9002`. */
export const wordText = (bytes: ArrayLike<number>): string =>
  `0x${wordOf(bytes)
    .toString(16)
    .padStart(bytes.length * 2, '0')}`;
