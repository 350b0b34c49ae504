/**
 * Stores that a fetch may read before they are made. Where no rule puts a fetch before its hart's later stores (`letter`
 * and `isa` without decode or Ziccid), a thread may store what it could only have fetched from a store that comes later
 * in the global order, of another thread or its own. So what a thread may promise is found by running it with fetches
 * that may find such stores too. That only proposes: in the end all must be fetched from a memory that holds it.
 */
import type { Cells } from './cells';
import { type Message, message } from './memory';
import type { LitmusOptions, LitmusTest } from './test';

type Store = Pick<Message, 'address' | 'size' | 'value'>;

/** Belongs to no thread: nobody has to make it. */
const nobody = -1;

export class Ahead {
  readonly #stores = new Map<string, Store>();
  readonly #enabled: boolean;

  constructor(test: LitmusTest, { fetch }: LitmusOptions) {
    this.#enabled = fetch !== null && !fetch.decode && !fetch.decodeW && !fetch.ziccid;
    // Every word that the text stores as code, at every label: a store may be made only because of what it stores.
    for (const label of test.labels)
      for (const word of test.words)
        this.add({ address: Number(label.address), size: (word.bits & 3) === 3 ? 4 : 2, value: BigInt(word.bits) });
  }

  get size(): number {
    return this.#stores.size;
  }

  add({ address, size, value }: Store): void {
    if (this.#enabled) this.#stores.set(`${address}:${size}:${value}`, { address, size, value });
  }

  /** As messages of these cells. */
  messages(cells: Cells): Message[] {
    return [...this.#stores.values()].flatMap(({ address, size, value }) => {
      const one = message(cells, nobody, address, size, value);
      return one === null ? [] : [one];
    });
  }
}
