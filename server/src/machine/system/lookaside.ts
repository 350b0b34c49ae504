import { lookaside } from '../wasm/instruction';

/**
 * Where pages of virtual addresses are in linear memory, for compiled code: each page has one place in a table of few.
 * What it says is valid until it is cleared.
 */
export class Lookaside {
  private readonly tags: BigInt64Array;
  private readonly words: Int32Array;

  /** @param at where the table stands, in bytes */
  constructor(buffer: ArrayBuffer, at: number) {
    this.tags = new BigInt64Array(buffer, at, (lookaside.entries * lookaside.size) / 8);
    this.words = new Int32Array(buffer, at, (lookaside.entries * lookaside.size) / 4);
    this.clear();
  }

  clear(): void {
    this.tags.fill(lookaside.empty);
  }

  /**
   * @param page the virtual address of a page
   * @param linear where its first byte is in linear memory
   * @param marks where the mark of line 0 of linear memory would be
   */
  set(page: bigint, linear: number, marks: number): void {
    const entry = (Number(BigInt.asUintN(32, page)) >>> 12) & (lookaside.entries - 1);
    this.tags[(entry * lookaside.size + lookaside.tag) / 8] = page;
    const words = (entry * lookaside.size) / 4;
    this.words[words + lookaside.linear / 4] = linear - Number(BigInt.asUintN(32, page));
    this.words[words + lookaside.marks / 4] = marks;
  }
}
