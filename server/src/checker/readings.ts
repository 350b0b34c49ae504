/** What a fetch or a load of some bytes may see: every set of messages that it can have come after. */

import { close, type MessageSet, members, none, type Order, single } from '../memory/order';
import type { MemoryRules } from '../memory/views';
import type { Layout } from './layout';
import { overlaps, type Program } from './program';
import { Unsupported } from './unsupported';

/** A byte of memory; `freed`: it has been freed; null: nothing is declared there. */
export type MemoryByte = number | 'freed' | null;

export interface Reading {
  /** The messages over these bytes that it comes after. */
  readonly seen: MessageSet;
  /** Its view: all that is now known to come before it. */
  readonly post: MessageSet;
  readonly order: Order;
  /** Byte by byte the newest of `seen`, or the initial byte. */
  readonly bytes: readonly MemoryByte[];
  /** The message that each byte came from, or null for the initial one. */
  readonly from: readonly (number | null)[];
}

/** Stores by parts to one unit, again and again, could fill the memory with values that it may show. */
const maximalReadings = 1_000;

export class Readings {
  readonly #over = new Map<string, MessageSet>();
  readonly #known = new Map<string, readonly Reading[]>();

  constructor(
    readonly layout: Layout,
    readonly program: Program,
    readonly rules: MemoryRules,
  ) {}

  /** All messages that write any of these bytes. */
  over(address: bigint, size: number): MessageSet {
    const key = `${address}/${size}`;
    let set = this.#over.get(key);
    if (set === undefined) {
      set = none;
      for (const message of this.program.messages) if (overlaps(message, address, size)) set |= single(message.id);
      this.#over.set(key, set);
    }
    return set;
  }

  /**
   * @param bound All that must come before the event.
   * @param coherent Messages that the hart has already accessed explicitly (coherence; empty for a fetch).
   */
  of(order: Order, address: bigint, size: number, bound: MessageSet, coherent: MessageSet): readonly Reading[] {
    const over = this.over(address, size);
    const before = close(order, bound);
    const key = `${order.id}/${address}/${size}/${before}/${coherent & over}`;
    let found = this.#known.get(key);
    if (found === undefined) {
      found = this.#enumerate(order, address, size, over, before, coherent);
      this.#known.set(key, found);
    }
    return found;
  }

  #enumerate(
    order: Order,
    address: bigint,
    size: number,
    over: MessageSet,
    before: MessageSet,
    coherent: MessageSet,
  ): readonly Reading[] {
    if (over === none) return [this.#reading(order, address, size, none, before)];
    const must = (before | close(order, coherent & over)) & over;
    const out: Reading[] = [];
    const choose = (seen: MessageSet, rest: readonly number[]): void => {
      const [message, ...others] = rest;
      if (message === undefined) {
        const post = before | close(order, seen);
        const grown = this.program.orders.constrain(order, post, over & ~seen);
        if (out.length >= maximalReadings)
          throw new Unsupported(
            `more than ${maximalReadings.toLocaleString('en-US')} ways to read ${size} bytes at ${this.layout.name(address)}`,
          );
        if (grown) out.push(this.#reading(grown, address, size, seen, close(grown, post)));
        return;
      }
      choose(seen, others);
      // A message is seen only with every older one over the same bytes.
      const needs = (order.below[message] ?? none) & over;
      if ((needs & ~seen) === none) choose(seen | single(message), others);
    };
    // Older ones first, in an order that the partial one allows: what is below a message has fewer below it.
    const below = (id: number): number => members((order.below[id] ?? none) & over).length;
    choose(
      must,
      members(over & ~must).sort((a, b) => below(a) - below(b)),
    );
    return out;
  }

  #reading(order: Order, address: bigint, size: number, seen: MessageSet, post: MessageSet): Reading {
    const bytes: MemoryByte[] = [];
    const from: (number | null)[] = [];
    for (let i = 0; i < size; i++) {
      const at = address + BigInt(i);
      let newest: number | null = null;
      for (const id of members(seen)) {
        const message = this.program.messages[id];
        if (!message || !overlaps(message, at, 1)) continue;
        if (newest === null || ((order.below[id] ?? none) & single(newest)) !== none) newest = id;
      }
      const message = newest === null ? undefined : this.program.messages[newest];
      if (message?.kind === 'free') bytes.push('freed');
      else bytes.push(message ? (message.bytes[Number(at - message.address)] ?? null) : this.layout.initialByte(at));
      from.push(newest);
    }
    return { seen, post, order, bytes, from };
  }
}
