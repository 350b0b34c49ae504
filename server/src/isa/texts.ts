/** Texts that are numbered one after another. */
interface Run {
  readonly first: number;
  readonly make: (index: number) => string;
}

/** Many short texts by number, as strings for an editor and as bytes for a file. Each is made when it is first wanted. */
export class TextPool {
  /** The texts as bytes, one after another, with three more bytes behind the last: they may be read four at a time. */
  bytes = new DataView(new ArrayBuffer(1 << 14));
  private at = 0;
  private readonly strings: (string | undefined)[] = [];
  private readonly runs: Run[] = [];
  /** By number: the text's place in `bytes`, times 256, and its length; negative where it has not been made. */
  private places = new Int32Array(1 << 12);
  /** By number: which run it is of. */
  private owners = new Uint16Array(1 << 12);
  private count = 0;

  /** Numbers so many texts, which are ASCII and have up to 255 characters; the first of the numbers. */
  add(count: number, make: (index: number) => string): number {
    const first = this.count;
    this.count += count;
    while (this.count > this.places.length) {
      this.places = twice(this.places, new Int32Array(2 * this.places.length));
      this.owners = twice(this.owners, new Uint16Array(2 * this.owners.length));
    }
    this.places.fill(-1, first, this.count);
    this.owners.fill(this.runs.length, first, this.count);
    this.runs.push({ first, make });
    return first;
  }

  string(number: number): string {
    let text = this.strings[number];
    if (text === undefined) {
      text = this.make(number);
      this.strings[number] = text;
    }
    return text;
  }

  /** Where the bytes of a text stand: the place, times 256, and the length. */
  place(number: number): number {
    const place = this.places[number] ?? -1;
    return place >= 0 ? place : this.keep(number);
  }

  private keep(number: number): number {
    const text = this.make(number);
    const { at } = this;
    if (at + text.length + 3 > this.bytes.byteLength) this.grow();
    for (let i = 0; i < text.length; i++) this.bytes.setUint8(at + i, text.charCodeAt(i));
    this.at = at + text.length;
    const place = (at << 8) | text.length;
    this.places[number] = place;
    return place;
  }

  private grow(): void {
    const old = new Uint8Array(this.bytes.buffer);
    const wider = twice(old, new Uint8Array(2 * old.length));
    this.bytes = new DataView(wider.buffer);
  }

  private make(number: number): string {
    const run = this.runs[this.owners[number] ?? 0];
    return run?.make(number - run.first) ?? '';
  }
}

function twice<T extends Int32Array | Uint16Array | Uint8Array>(old: T, wider: T): T {
  wider.set(old);
  return wider;
}
