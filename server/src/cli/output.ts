import type { Sink } from '../isa';
import type { CliHost } from './host';

const size = 1 << 16;
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

  /** The low digits of a number of 32 bits. */
  hex(value: number, count: number): void {
    if (this.at + count > size) this.flush();
    for (let i = count - 1; i >= 0; i--) this.bytes[this.at++] = digits[(value >>> (4 * i)) & 15] ?? 0;
  }

  flush(): void {
    if (this.at === 0) return;
    this.host.stdout(this.bytes.subarray(0, this.at));
    // What was handed over may be written later.
    this.bytes = new Uint8Array(size);
    this.at = 0;
  }
}
