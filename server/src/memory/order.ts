/**
 * The global memory order, decided only as far as somebody has looked.
 *
 * The architecture puts all stores into one total order (ISA manual, RVWMO: global memory order). A protocol's stores
 * have n! of them where nothing orders them, and an observer who never compares two stores cannot tell. So the order
 * is kept partial: what the writer's own program orders, plus what the observer has found out by reading one store
 * and not another. A set of observations is possible if and only if the relation stays free of cycles, because every
 * acyclic relation has a linear extension.
 */

/** A set of messages: bit i is message i. */
export type MessageSet = bigint;
export const none: MessageSet = 0n;

export const single = (message: number): MessageSet => 1n << BigInt(message);
export const has = (set: MessageSet, message: number): boolean => ((set >> BigInt(message)) & 1n) === 1n;

/** The members, ascending. */
export function members(set: MessageSet): number[] {
  const out: number[] = [];
  for (let index = 0, rest = set; rest !== 0n; index++, rest >>= 1n) if (rest & 1n) out.push(index);
  return out;
}

/** A partial order over messages 0..n-1. `below[i]` is everything known to come before i, transitively closed. */
export interface Order {
  readonly below: readonly MessageSet[];
  /** Distinct for distinct orders of one interner: usable in a state's key. */
  readonly id: number;
  /** What has been asked before: the same few sets come again and again. */
  readonly closures: Map<MessageSet, MessageSet>;
}

/** A view with everything below its members: views are always kept closed. */
export function close(order: Order, set: MessageSet): MessageSet {
  if (set === none) return none;
  const known = order.closures.get(set);
  if (known !== undefined) return known;
  let out = set;
  for (let index = 0, rest = set; rest !== 0n; index++, rest >>= 1n) if (rest & 1n) out |= order.below[index] ?? none;
  order.closures.set(set, out);
  return out;
}

/** Does the second order decide all that the first does? */
export function decidesLess(first: Order, second: Order): boolean {
  if (first === second) return true;
  return first.below.every((set, message) => (set & ~(second.below[message] ?? none)) === none);
}

/** Keeps one object for each distinct order, so that equality is identity. */
export class Orders {
  readonly #known = new Map<string, Order>();
  readonly #constrained = new Map<Order, Map<MessageSet, Map<MessageSet, Order | null>>>();

  intern(below: readonly MessageSet[]): Order {
    const key = below.join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const order: Order = { below, id: this.#known.size, closures: new Map() };
    this.#known.set(key, order);
    return order;
  }

  /**
   * The order in which, in addition, all of `earlier` comes before each of `later`.
   * @returns null where that closes a cycle: no global order allows it.
   */
  constrain(order: Order, earlier: MessageSet, later: MessageSet): Order | null {
    const first = close(order, earlier);
    if ((first & later) !== none) return null;
    if (first === none || later === none) return order;
    const byFirst = this.#constrained.get(order) ?? new Map<MessageSet, Map<MessageSet, Order | null>>();
    const byLater = byFirst.get(first) ?? new Map<MessageSet, Order | null>();
    const known = byLater.get(later);
    if (known !== undefined) return known;
    const grown = this.#grow(order, first, later);
    this.#constrained.set(order, byFirst.set(first, byLater.set(later, grown)));
    return grown;
  }

  /**
   * The order that decides all that either does.
   * @returns null where they contradict each other
   */
  join(order: Order, other: Order): Order | null {
    if (order === other) return order;
    let joined: Order | null = order;
    for (let message = 0; joined !== null && message < other.below.length; message++) {
      const below = other.below[message] ?? none;
      if ((below & ~(joined.below[message] ?? none)) !== none) joined = this.constrain(joined, below, single(message));
    }
    return joined;
  }

  #grow(order: Order, first: MessageSet, later: MessageSet): Order | null {
    let below: MessageSet[] | null = null;
    for (const message of members(later)) {
      const old: MessageSet = (below ?? order.below)[message] ?? none;
      if ((first & ~old) === none) continue;
      below ??= [...order.below];
      const grown = old | first;
      below[message] = grown;
      for (let above = 0; above < below.length; above++) {
        const its = below[above] ?? none;
        if (has(its, message)) below[above] = its | grown;
      }
    }
    if (below === null) return order;
    for (let message = 0; message < below.length; message++) if (has(below[message] ?? none, message)) return null;
    return this.intern(below);
  }
}
