/** What is wrong with a file, and at which byte. */
export class ElfError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** No name of a section or symbol is longer. */
const longestName = 4096;

/** Little-endian fields of a file; whatever reaches outside is an `ElfError`. */
export class ElfBytes {
  private readonly view: DataView;

  /** @param wide ELF64: addresses, offsets and sizes have 8 bytes */
  constructor(
    private readonly bytes: Uint8Array,
    private readonly wide: boolean,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(offset: number, what: string): number {
    this.demand(offset, 1, what);
    return this.view.getUint8(offset);
  }

  u16(offset: number, what: string): number {
    this.demand(offset, 2, what);
    return this.view.getUint16(offset, true);
  }

  u32(offset: number, what: string): number {
    this.demand(offset, 4, what);
    return this.view.getUint32(offset, true);
  }

  /** An address, or a size in memory. */
  word(offset: number, what: string): bigint {
    this.demand(offset, this.wide ? 8 : 4, what);
    return this.wide ? this.view.getBigUint64(offset, true) : BigInt(this.view.getUint32(offset, true));
  }

  /** An offset or a size in the file. One beyond every file stays beyond this one. */
  extent(offset: number, what: string): number {
    return Number(this.word(offset, what));
  }

  /** A range of the file, not copied. @param from where the file says so */
  range(offset: number, size: number, what: string, from: number): Uint8Array {
    if (offset + size > this.bytes.length) {
      const [start, length, end] = [offset, size, this.bytes.length].map((n) => n.toString(16));
      throw new ElfError(`${what} reaches beyond the file (0x${length} bytes at 0x${start} of 0x${end})`, from);
    }
    return this.bytes.subarray(offset, offset + size);
  }

  private demand(offset: number, size: number, what: string): void {
    if (offset + size > this.bytes.length) throw new ElfError(`the file ends within ${what}`, this.bytes.length);
  }
}

/**
 * Reads names from the string tables of one file. Names may share bytes, as linkers make them; but all of them together
 * are not many times as long as the file, or reading them would take time and memory without a bound.
 */
export class NameReader {
  private left: number;

  /** @param length of the file, in bytes */
  constructor(length: number) {
    this.left = 4 * length;
  }

  /**
   * The name at an offset of a string table.
   * @param of whose name it is
   * @param from where the file says so
   */
  read(table: Uint8Array, offset: number, of: string, from: number): string {
    if (offset === 0 && table.length === 0) return '';
    const part = table.subarray(offset, offset + longestName);
    const end = part.indexOf(0);
    if (end < 0) throw new ElfError(`${of} has a name outside the table of names`, from);
    this.left -= end;
    if (this.left < 0) throw new ElfError(`${of} has one name too many: together they are longer than the file`, from);
    return decoder.decode(part.subarray(0, end));
  }
}

const decoder = new TextDecoder();
