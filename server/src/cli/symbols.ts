import { countWhile } from '../import/sorted';
import type { Sink } from '../isa';
import type { Elf, ElfSymbol } from '../machine/elf';

/** What a symbol of a mapping says: `$x` begins instructions, `$d` data (RISC-V psABI, "Mapping Symbols"). */
const mapping = /^\$[xd](?=$|\.|rv)/;

/** Labels that an assembler makes for itself: GNU as' of `-g`, and those of `1:` and `1$:`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: no program can write these names
const invented = /^\.L0 $|[\u0001\u0002]/;

const rank = (symbol: ElfSymbol): readonly number[] => [
  symbol.kind === 'function' ? 0 : 1,
  symbol.kind === 'object' ? 0 : 1,
  -Number(symbol.size),
  symbol.binding === 'global' ? 0 : 1,
];

/** Of several symbols at one address, the one by which objdump calls it comes first. */
function compare(a: ElfSymbol, b: ElfSymbol): number {
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  const [ranksA, ranksB] = [rank(a), rank(b)];
  const differing = ranksA.findIndex((value, i) => value !== ranksB[i]);
  if (differing >= 0) return (ranksA[differing] ?? 0) - (ranksB[differing] ?? 0);
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** The names of addresses, as seen from one section: in an object file every section begins at 0. */
export class Symbols {
  /** One for each address, by address. */
  private readonly named: readonly ElfSymbol[];
  private readonly mappings: readonly { readonly at: bigint; readonly data: boolean }[];

  /** Of the named ones, from the address that `writeNear` counts from. */
  private offsets: Float64Array | null = null;
  private latest = 0;

  /** What `gp` points to, or null. */
  readonly globalPointer: bigint | null;

  /** @param index of the section; a file that is not ELF has no symbols */
  constructor(elf: Elf | null, index: number) {
    this.globalPointer = elf?.symbols.find((one) => one.name === '__global_pointer$')?.value ?? null;
    const here = (elf?.symbols ?? []).filter(
      (one) => one.defined && one.name !== '' && (elf?.executable === true || one.section === index),
    );
    const sorted = here
      .filter(({ kind, name }) => kind !== 'section' && kind !== 'file' && !mapping.test(name) && !invented.test(name))
      .sort(compare);
    this.named = sorted.filter((symbol, i) => symbol.value !== sorted[i - 1]?.value);
    this.mappings = here
      .filter((one) => one.section === index && mapping.test(one.name))
      .map(({ name, value }) => ({ at: value, data: name.startsWith('$d') }))
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }

  get none(): boolean {
    return this.named.length === 0;
  }

  /** The name of just this address, or null. */
  at(address: bigint): string | null {
    const symbol = this.before(address);
    return symbol?.value === address ? symbol.name : null;
  }

  /** `name` or `name+0x10`, by the last symbol that is not behind an address, else by the first; null without any. */
  near(address: bigint): string | null {
    const symbol = this.before(address) ?? this.named[0];
    if (symbol === undefined) return null;
    const beyond = address - symbol.value;
    const offset = beyond === 0n ? '' : beyond < 0n ? `-0x${(-beyond).toString(16)}` : `+0x${beyond.toString(16)}`;
    return `${symbol.name}${offset}`;
  }

  /** Writes `near` of the address that is `offset` behind `from`, which stays the same from call to call; there are some. */
  writeNear(offset: number, from: bigint, sink: Sink): void {
    if (this.offsets === null) this.offsets = Float64Array.from(this.named, ({ value }) => Number(value - from));
    const { offsets } = this;
    // Mostly that of the time before: branches stay within a function.
    let index = this.latest;
    if (!(offset >= (offsets[index] ?? 0) && offset < (offsets[index + 1] ?? Number.POSITIVE_INFINITY)))
      index = Math.max(0, countWhile(offsets, (one) => one <= offset) - 1);
    this.latest = index;
    const beyond = offset - (offsets[index] ?? Number.NaN);
    if (!Number.isSafeInteger(beyond) || beyond < 0) {
      sink.add(this.near(from + BigInt(offset)) ?? '');
      return;
    }
    sink.add(this.named[index]?.name ?? '');
    if (beyond === 0) return;
    sink.add('+0x');
    if (beyond < 2 ** 32) sink.hex(beyond);
    else sink.add(beyond.toString(16));
  }

  /** Whether data stands at an address. */
  isData(address: bigint): boolean {
    return last(this.mappings, ({ at }) => at <= address)?.data ?? false;
  }

  /** The next address behind `address` at which something begins that has a name or is of another kind, or null. */
  next(address: bigint): bigint | null {
    const name = this.named[countWhile(this.named, ({ value }) => value <= address)]?.value ?? null;
    const kind = this.mappings[countWhile(this.mappings, ({ at }) => at <= address)]?.at ?? null;
    if (name === null || kind === null) return name ?? kind;
    if (name < kind) return name;
    return kind;
  }

  private before(address: bigint): ElfSymbol | null {
    return last(this.named, ({ value }) => value <= address);
  }
}

function last<T>(sorted: readonly T[], holds: (element: T) => boolean): T | null {
  return sorted[countWhile(sorted, holds) - 1] ?? null;
}
