import type { Sink, Texts } from '../isa';
import type { CliHost } from './host';

const size = 1 << 17;
const digits = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const encoder = new TextEncoder();

/**
 * Gathers text as the bytes that are written, and writes them in large pieces: a program may have millions of lines, and
 * strings that are made only to be written take most of the time.
 */
export class Output implements Sink {
  private bytes = new Uint8Array(size);
  private at = 0;

  constructor(private readonly host: CliHost) {}

  put(texts: Texts, index: number): void {
    const place = texts.place(index);
    this.copy(texts.pool.bytes, place >>> 8, place & 0xff);
  }

  /** So many of the bytes, which are less than it gathers, from some place on. */
  copy(from: Uint8Array, start: number, length: number): void {
    if (this.at + length > size) this.flush();
    const { bytes, at } = this;
    for (let i = 0; i < length; i++) bytes[at + i] = from[start + i] ?? 0;
    this.at = at + length;
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
        this.at += encoder.encodeInto(text, bytes.subarray(at)).written;
        return;
      }
      bytes[at + i] = code;
    }
    this.at = at + length;
  }

  byte(code: number): void {
    if (this.at === size) this.flush();
    this.bytes[this.at++] = code;
  }

  hex(value: number): void {
    this.digits(value, value === 0 ? 1 : (35 - Math.clz32(value)) >> 2);
  }

  /** The low digits of a number of 32 bits. */
  digits(value: number, count: number): void {
    if (this.at + count > size) this.flush();
    const { bytes, at } = this;
    for (let i = 0, rest = value; i < count; i++, rest >>>= 4) bytes[at + count - 1 - i] = digits[rest & 15] ?? 0;
    this.at = at + count;
  }

  flush(): void {
    if (this.at === 0) return;
    this.host.stdout(this.bytes.subarray(0, this.at));
    // What was handed over may be written later.
    this.bytes = new Uint8Array(size);
    this.at = 0;
  }
}
