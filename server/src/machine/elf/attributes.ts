/**
 * `Tag_RISCV_arch` of a `.riscv.attributes` section (RISC-V psABI, "Attributes"): an ISA string such as
 * `rv64i2p1_m2p0_a2p1_c2p0`. Null where there is none, or the section cannot be read.
 */
export function archAttribute(bytes: Uint8Array): string | null {
  const reader = new Reader(bytes);
  if (reader.byte() !== 0x41) return null;
  // One vendor's part: its length, its name, then parts by scope.
  reader.skip(4);
  if (reader.text() !== 'riscv') return null;
  while (reader.more) {
    const scope = reader.number();
    const end = reader.at - 1 + reader.word();
    while (scope === wholeFile && reader.more && reader.at < end) {
      const tag = reader.number();
      // Even tags have numbers, odd ones texts.
      if (tag % 2 === 0) reader.number();
      else {
        const text = reader.text();
        if (tag === arch) return text;
      }
    }
    if (end <= reader.at) return null;
    reader.at = end;
  }
  return null;
}

const wholeFile = 1;
const arch = 5;

/** Reads on; beyond the end there are zeros. */
class Reader {
  at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  get more(): boolean {
    return this.at < this.bytes.length;
  }

  byte(): number {
    return this.bytes[this.at++] ?? 0;
  }

  skip(count: number): void {
    this.at += count;
  }

  word(): number {
    return (this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24)) >>> 0;
  }

  /** ULEB128; more than 28 bits are not kept. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      if (shift < 28) value |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value;
    }
  }

  text(): string {
    const start = this.at;
    while (this.more && this.bytes[this.at] !== 0) this.at++;
    const text = String.fromCharCode(...this.bytes.subarray(start, Math.min(this.at, start + longest)));
    this.at++;
    return text;
  }
}

/** Longer ISA strings are cut off, and are then none. */
const longest = 10_000;
