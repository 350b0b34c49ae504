/** A strict order under construction: what must precede what in the global memory order. */
export class Order {
  private readonly words: number;
  /** Row a, bit b: a precedes b. Transitively closed. */
  private readonly after: Int32Array;

  constructor(
    private readonly size: number,
    after?: Int32Array,
  ) {
    this.words = (size + 31) >>> 5;
    this.after = after ?? new Int32Array(size * this.words);
  }

  copy(): Order {
    return new Order(this.size, this.after.slice());
  }

  precedes(a: number, b: number): boolean {
    return ((this.after[a * this.words + (b >>> 5)]! >>> (b & 31)) & 1) === 1;
  }

  /** Puts a before b; false where that makes a cycle. */
  put(a: number, b: number): boolean {
    if (a === b || this.precedes(b, a)) return false;
    if (this.precedes(a, b)) return true;
    for (let x = 0; x < this.size; x++) {
      if (x !== a && !this.precedes(x, a)) continue;
      for (let word = 0; word < this.words; word++)
        this.after[x * this.words + word]! |= this.after[b * this.words + word]!;
      this.after[x * this.words + (b >>> 5)]! |= 1 << (b & 31);
    }
    return true;
  }
}
