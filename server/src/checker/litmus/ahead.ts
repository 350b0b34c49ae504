/**
 * Stores that a fetch may read before they are made. Where no rule puts a fetch before its hart's later stores (`letter`
 * and `isa` without decode or Ziccid), a thread may store what it could only have fetched from a store that comes later
 * in the global order, of another thread or its own. So what a thread may promise is found by running it over memory
 * with such stores behind its end. That only proposes: what is kept must be fetched from a memory that holds it.
 */
import type { Cells } from './cells';
import { type Memory, type Message, message } from './memory';
import type { LitmusOptions, LitmusTest } from './test';

type Store = Pick<Message, 'address' | 'size' | 'value'>;

/** Belongs to no thread: nobody has to make it. */
const nobody = -1;
/** Orders of stores that overlap partly are tried up to this number. */
const maxOrders = 24;

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

  /**
   * Sequences to put behind a memory. The order within one matters only where stores overlap partly: a fetch that could
   * tell others apart binds nothing that is promised before them.
   */
  futures(cells: Cells): Memory[] {
    const all = [...this.#stores.values()].flatMap(({ address, size, value }) => {
      const one = message(cells, nobody, address, size, value);
      return one === null ? [] : [one];
    });
    if (all.length === 0) return [];
    const partly = all.some((a) => all.some((b) => overlap(a, b) && (a.address !== b.address || a.size !== b.size)));
    return partly ? orders(all) : [all];
  }
}

const overlap = (a: Store, b: Store): boolean => a.address < b.address + b.size && b.address < a.address + a.size;

function orders(all: readonly Message[]): Memory[] {
  let out: Message[][] = [[]];
  for (const one of all) {
    out = out.flatMap((some) =>
      Array.from({ length: some.length + 1 }, (_, at) => [...some.slice(0, at), one, ...some.slice(at)]),
    );
    if (out.length > maxOrders) out = out.slice(0, maxOrders);
  }
  return out;
}
