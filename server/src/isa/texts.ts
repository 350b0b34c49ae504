/** The bytes of many short texts one after another, and where each of them stands. */
export class Pool {
  bytes = new Uint8Array(1 << 14);
  /** By number: the place, times 256, and the length; 0 where a text has not been made yet. */
  places = new Int32Array(1 << 12);
  private at = 1;
  private count = 0;

  /** Numbers for so many texts; the first of them. */
  reserve(count: number): number {
    const first = this.count;
    this.count += count;
    while (this.count > this.places.length) this.places = twice(this.places, new Int32Array(2 * this.places.length));
    return first;
  }

  /** Keeps an ASCII text of up to 255 characters; its place and length. */
  keep(number: number, text: string): number {
    const { at } = this;
    while (at + text.length > this.bytes.length) this.bytes = twice(this.bytes, new Uint8Array(2 * this.bytes.length));
    for (let i = 0; i < text.length; i++) this.bytes[at + i] = text.charCodeAt(i);
    this.at = at + text.length;
    const place = (at << 8) | text.length;
    this.places[number] = place;
    return place;
  }
}

function twice<T extends Int32Array | Uint8Array>(old: T, wider: T): T {
  wider.set(old);
  return wider;
}

/** Texts by number, as strings for an editor and as bytes for a file. Each is made when it is first wanted. */
export class Texts {
  private readonly strings: (string | undefined)[] = [];
  private readonly first: number;

  constructor(
    readonly pool: Pool,
    count: number,
    private readonly make: (index: number) => string,
  ) {
    this.first = pool.reserve(count);
  }

  string(index: number): string {
    let text = this.strings[index];
    if (text === undefined) {
      text = this.make(index);
      this.strings[index] = text;
    }
    return text;
  }

  /** Where its bytes stand in the pool: the place, times 256, and the length. */
  place(index: number): number {
    const number = this.first + index;
    return this.pool.places[number] || this.pool.keep(number, this.make(index));
  }
}
