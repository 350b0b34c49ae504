import { hexPairs, type Output } from './output';

const BLANKS = 0x20202020;
const COLON = 0x3a;
const TAB = 0x09;

/** How much room objdump gives to the bits of a byte, a parcel and a word, by length. */
const BITS_WIDTH = { 1: 18, 2: 20, 4: 18 } as const;

/**
 * Writes what stands before an instruction: its address and its bits, as objdump does. All but the last two digits of an
 * address are mostly those of the one before.
 */
export class Columns {
  private readonly low: number;
  private block = -1;
  /** Addresses below 0x100, which have blanks in the place of these digits. */
  private short = true;
  /** The address, a colon and a tab. */
  private readonly place: DataView;

  /** @param width of addresses */
  constructor(
    private readonly address: bigint,
    private readonly width: number,
  ) {
    this.low = Number(address & 0xffn);
    // It is copied four bytes at a time.
    this.place = new DataView(new ArrayBuffer(width + 2 + 3));
    this.place.setUint8(width, COLON);
    this.place.setUint8(width + 1, TAB);
  }

  /** @param offset from the first address */
  write(offset: number, bits: number, length: 1 | 2 | 4, output: Output): void {
    const { place, width } = this;
    const sum = this.low + offset;
    if (this.short || sum >>> 8 !== this.block) this.whole(offset, sum >>> 8);
    else place.setUint16(width - 2, hexPairs[sum & 0xff] ?? 0);
    output.copy(place, 0, width + 2);
    const room = BITS_WIDTH[length];
    let at = output.room(room + 1);
    const end = at + room;
    const { bytes } = output;
    for (let shift = 8 * length - 8; shift >= 0; shift -= 8, at += 2)
      bytes.setUint16(at, hexPairs[(bits >>> shift) & 0xff] ?? 0);
    for (; at < end; at += 4) bytes.setInt32(at, BLANKS);
    bytes.setUint8(end, TAB);
  }

  private whole(offset: number, block: number): void {
    const here = this.address + BigInt(offset);
    this.block = block;
    this.short = here < 0x100n;
    const text = here.toString(16).padStart(this.width);
    for (let i = 0; i < this.width; i++) this.place.setUint8(i, text.charCodeAt(i));
  }
}
