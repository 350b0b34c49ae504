/**
 * One candidate execution: an unfolding of each thread, for each load the stores from which it returns its bytes, and
 * an order of the stores to each byte. It is an execution of the model if a global memory order exists (RVWMO, "Memory
 * Model Axioms"): if what must precede what has no cycle.
 */
import type { Part } from './cells';
import { before, type Event, isFetch, type Unfolding } from './events';
import { Order } from './order';
import { dependentOrder, type ThreadView } from './ppo';
import type { RuleName } from './rules';

/** An unfolding with what does not depend on the other threads. */
export interface Prepared {
  readonly unfolding: Unfolding;
  /** By event. */
  readonly parts: readonly (readonly Part[])[];
  /** What the rules that ask nobody else preserve. */
  readonly preserved: readonly (readonly [number, number])[];
}

/** A memory operation or fetch among all threads' events, at its index. */
interface Operation {
  readonly event: Event;
  readonly thread: number;
  readonly local: number;
  readonly parts: readonly Part[];
}

/** The store from which a load returns a cell; null: the initial value. */
type Sources = Map<string, number | null>;
const sourceKey = (load: number, cell: number): string => `${load} ${cell}`;

interface Want {
  readonly load: number;
  readonly cell: number;
  readonly value: bigint;
}

/** The last value of each cell that is stored to. */
export type FinalCells = ReadonlyMap<number, bigint>;

export class Candidate {
  private readonly operations: Operation[] = [];
  private readonly offsets: number[] = [];
  /** By cell. */
  private readonly stores = new Map<number, number[]>();
  private readonly wants: Want[] = [];
  /** Pairs of stores that share a byte. */
  private readonly rivals: (readonly [number, number])[] = [];

  /** @param initial The initial value of each cell; null where it is not known, and nobody loads it. */
  constructor(
    private readonly threads: readonly Prepared[],
    private readonly initial: readonly (bigint | null)[],
    private readonly rules: ReadonlySet<RuleName>,
  ) {
    threads.forEach(({ unfolding, parts }, thread) => {
      this.offsets.push(this.operations.length);
      unfolding.events.forEach((event, local) => {
        this.operations.push({ event, thread, local, parts: parts[local]! });
      });
    });
    const rivals = new Map<string, readonly [number, number]>();
    this.operations.forEach(({ parts }, id) => {
      for (const { cell, reads, writes } of parts) {
        if (reads !== null) this.wants.push({ load: id, cell, value: reads });
        if (writes === null) continue;
        const others = this.stores.get(cell) ?? [];
        for (const other of others) rivals.set(`${other} ${id}`, [other, id]);
        this.stores.set(cell, [...others, id]);
      }
    });
    this.rivals = [...rivals.values()];
  }

  /** Calls `found` for each execution of the model. */
  executions(found: (final: FinalCells) => void): void {
    const order = new Order(this.operations.length);
    const possible = this.threads.every(({ preserved }, thread) =>
      preserved.every(([a, b]) => order.put(this.global(thread, a), this.global(thread, b))),
    );
    if (possible) this.chooseSources(0, new Map(), order, found);
  }

  private chooseSources(index: number, sources: Sources, order: Order, found: (final: FinalCells) => void): void {
    const want = this.wants[index];
    if (want === undefined) {
      if (this.preserveDependent(sources, order)) this.chooseCoherence(sources, order, found);
      return;
    }
    const { load, cell, value } = want;
    const candidates = this.storesTo(cell).filter((store) => store !== load && this.written(store, cell) === value);
    for (const source of this.initial[cell] === value ? [null, ...candidates] : candidates) {
      const next = order.copy();
      if (!this.returns(next, load, cell, source)) continue;
      sources.set(sourceKey(load, cell), source);
      this.chooseSources(index + 1, sources, next, found);
    }
    sources.delete(sourceKey(load, cell));
  }

  /**
   * Load value axiom: "the store that is the latest in global memory order among" those that precede the load in the
   * global memory order and those that precede it in program order. Here: the source is one of these, and later than
   * all that precede in program order. A fetch sees only those that precede it in the global memory order.
   */
  private returns(order: Order, load: number, cell: number, source: number | null): boolean {
    const fetches = isFetch(this.operations[load]!.event);
    const own = fetches ? [] : this.storesTo(cell).filter((store) => this.isBefore(store, load));
    if (source !== null && !own.includes(source) && !order.put(source, load)) return false;
    if (!this.rules.has(fetches ? 'fetch-value' : 'load-value')) return true;
    if (source === null) {
      return own.length === 0 && this.storesTo(cell).every((store) => store === load || order.put(load, store));
    }
    return own.every((store) => store === source || order.put(store, source));
  }

  /** The rules of preserved program order that ask from where the loads return. */
  private preserveDependent(sources: Sources, order: Order): boolean {
    return this.threads.every(({ unfolding, parts }, thread) => {
      const view: ThreadView = {
        events: unfolding.events,
        cells: (event) => parts[event]!.map(({ cell }) => cell),
        from: (load, cell) => {
          const source = sources.get(sourceKey(this.global(thread, load), cell)) ?? null;
          const operation = source === null ? null : this.operations[source]!;
          return { own: operation?.thread === thread ? operation.local : null, key: source ?? -1 };
        },
      };
      return dependentOrder(view, this.rules).every(([a, b]) =>
        order.put(this.global(thread, a), this.global(thread, b)),
      );
    });
  }

  /** Orders each pair of stores to one byte, both ways where nothing decides. */
  private chooseCoherence(sources: Sources, start: Order, found: (final: FinalCells) => void): void {
    const readers = new Map<string, number[]>();
    for (const { load, cell } of this.wants) {
      const key = `${sources.get(sourceKey(load, cell))} ${cell}`;
      readers.set(key, [...(readers.get(key) ?? []), load]);
    }
    const choose = (order: Order, undecided: readonly (readonly [number, number])[]): void => {
      let open = undecided;
      for (let size = -1; size !== open.length; ) {
        size = open.length;
        const left: (readonly [number, number])[] = [];
        for (const pair of open) {
          const [a, b] = pair;
          const decided = order.precedes(a, b) ? ([a, b] as const) : order.precedes(b, a) ? ([b, a] as const) : null;
          if (decided === null) left.push(pair);
          else if (!this.follow(order, decided[0], decided[1], readers)) return;
        }
        open = left;
      }
      const [pair, ...rest] = open;
      if (pair === undefined) {
        found(this.final(order));
        return;
      }
      for (const [a, b] of [pair, [pair[1], pair[0]] as const]) {
        const next = order.copy();
        if (next.put(a, b) && this.follow(next, a, b, readers)) choose(next, rest);
      }
    };
    const order = start.copy();
    if (this.initiallyAtomic(sources, order)) choose(order, this.rivals);
  }

  /** What follows from store `a` preceding store `b`: whoever returns a byte of `a` that `b` overwrites precedes `b`. */
  private follow(order: Order, a: number, b: number, readers: ReadonlyMap<string, readonly number[]>): boolean {
    return this.operations[a]!.parts.every(({ cell, writes }) => {
      if (writes === null || this.written(b, cell) === null) return true;
      return (readers.get(`${a} ${cell}`) ?? []).every((load) => {
        const axiom = isFetch(this.operations[load]!.event) ? 'fetch-value' : 'load-value';
        if (load !== b && this.rules.has(axiom) && !order.put(load, b)) return false;
        return this.atomic(order, load, b);
      });
    });
  }

  /**
   * Atomicity axiom: of a paired LR `r` and SC `w`, `r` returning a byte from store `s`: "s must precede w in the global
   * memory order, and there can be no store from another hart to that byte following s and preceding w".
   */
  private atomic(order: Order, r: number, store: number): boolean {
    if (!this.rules.has('atomicity') || this.operations[store]!.thread === this.operations[r]!.thread) return true;
    return this.pairedStores(r).every((w) => order.put(w, store));
  }

  /** The same where `s` comes before the other stores because it is the initial value; and `s` before `w`. */
  private initiallyAtomic(sources: Sources, order: Order): boolean {
    if (!this.rules.has('atomicity')) return true;
    return this.wants.every(({ load, cell }) => {
      const source = sources.get(sourceKey(load, cell)) ?? null;
      if (source !== null) return this.pairedStores(load).every((w) => order.put(source, w));
      return this.storesTo(cell).every((store) => this.atomic(order, load, store));
    });
  }

  /** The store-conditionals that are paired with a load-reserved. */
  private pairedStores(r: number): number[] {
    const { thread, local } = this.operations[r]!;
    const { events } = this.threads[thread]!.unfolding;
    return events.flatMap((event, index) =>
      event.kind === 'memory' && event.pairedWith === local ? [this.global(thread, index)] : [],
    );
  }

  private final(order: Order): FinalCells {
    return new Map(
      [...this.stores].map(([cell, stores]) => {
        const last = stores.reduce((a, b) => (order.precedes(a, b) ? b : a));
        return [cell, this.written(last, cell) ?? 0n];
      }),
    );
  }

  private isBefore(a: number, b: number): boolean {
    const [x, y] = [this.operations[a]!, this.operations[b]!];
    return x.thread === y.thread && before(x.event, y.event);
  }

  private written(store: number, cell: number): bigint | null {
    return this.operations[store]!.parts.find((part) => part.cell === cell)?.writes ?? null;
  }

  private storesTo(cell: number): readonly number[] {
    return this.stores.get(cell) ?? [];
  }

  private global(thread: number, local: number): number {
    return this.offsets[thread]! + local;
  }
}
