import type { Sink, TextPool } from '../isa';
import type { CliHost } from './host';

const size = 1 << 17;
/** Room behind the end: what is written four bytes at a time may reach beyond it, and is written over. */
const slack = 3;
const encoder = new TextEncoder();

/** The characters of two hexadecimal digits, the first in the upper byte. */
export const hexPairs = Uint16Array.from({ length: 256 }, (_, value) => {
  const [high = 0, low = 0] = encoder.encode(value.toString(16).padStart(2, '0'));
  return (high << 8) | low;
});

/**
 * Gathers text as the bytes that are written, and writes them in large pieces: a program may have millions of lines, and
 * strings that are made only to be written take most of the time.
 */
export class Output implements Sink {
  /** Up to `room`; what is beyond may be written over. */
  bytes = new DataView(new ArrayBuffer(size + slack));
  private at = 0;

  constructor(private readonly host: CliHost) {}

  put(texts: TextPool, number: number): void {
    const place = texts.place(number);
    this.copy(texts.bytes, place >>> 8, place & 0xff);
  }

  /** So many of the bytes, which are less than it gathers, from some place on. Up to three more are read. */
  copy(from: DataView, start: number, length: number): void {
    const at = this.room(length);
    const { bytes } = this;
    for (let i = 0; i < length; i += 4) bytes.setInt32(at + i, from.getInt32(start + i));
  }

  /** Makes room for so many bytes, which are then those from the result on in `bytes`. */
  room(length: number): number {
    if (this.at + length > size) this.flush();
    const { at } = this;
    this.at = at + length;
    return at;
  }

  add(text: string): void {
    const { length } = text;
    if (this.at + 3 * length > size) this.flush();
    if (3 * length > size) {
      this.host.stdout(text);
      return;
    }
    const { bytes, at } = this;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.at += encoder.encodeInto(text, new Uint8Array(bytes.buffer, at)).written;
        return;
      }
      bytes.setUint8(at + i, code);
    }
    this.at = at + length;
  }

  byte(code: number): void {
    const at = this.room(1);
    this.bytes.setUint8(at, code);
  }

  hex(value: number): void {
    const count = value === 0 ? 1 : (35 - Math.clz32(value)) >> 2;
    let at = this.room(count);
    const { bytes } = this;
    for (let shift = 4 * count - 4; shift >= 0; shift -= 4) {
      bytes.setUint8(at++, (hexPairs[(value >>> shift) & 0xf] ?? 0) & 0xff);
    }
  }

  flush(): void {
    if (this.at === 0) return;
    this.host.stdout(new Uint8Array(this.bytes.buffer, 0, this.at));
    // What was handed over may be written later.
    this.bytes = new DataView(new ArrayBuffer(size + slack));
    this.at = 0;
  }
}
