/**
 * The states that are known, in order of cost. A state is kept only if no known one allows all that it allows:
 * among states of one shape, lower views and a less decided order allow more.
 */

import { decidesLess, type MessageSet, none } from '../memory/order';
import { sum } from './moves';
import type { Progress } from './program';
import { type Action, bounds, type State, shapeKey } from './state';

export interface Node {
  readonly state: State;
  /** The node that it was first reached from, or -1. */
  readonly parent: number;
  readonly action: Action;
  /** Steps of the thread and its harts, and micro-operations of the patcher. */
  readonly cost: number;
  /** How far the patchers must have come. */
  readonly progress: Progress;
}

interface Known {
  readonly id: number;
  readonly bounds: readonly MessageSet[];
}

export class Frontier {
  readonly nodes: Node[] = [];
  readonly #alike = new Map<string, Known[]>();
  readonly #superseded = new Set<number>();
  readonly #queue: number[][] = [];

  /** @param shortest Keep a state too if it is reached at a lower cost than the one that allows more. */
  constructor(readonly shortest: boolean) {}

  /** Adds a state. Returns the number of the one that stands for it: its own, or an older one's. */
  add(node: Node): number {
    const key = shapeKey(node.state);
    const its = bounds(node.state);
    const id = this.nodes.length;
    const alike = this.#alike.get(key);
    if (alike === undefined) this.#alike.set(key, [{ id, bounds: its }]);
    else {
      for (const known of alike) {
        const other = this.nodes[known.id];
        if (other && this.#allows(other, known.bounds, node, its)) return known.id;
      }
      const kept = alike.filter((known) => {
        const other = this.nodes[known.id];
        if (!other || !this.#allows(node, its, other, known.bounds)) return true;
        this.#superseded.add(known.id);
        return false;
      });
      kept.push({ id, bounds: its });
      this.#alike.set(key, kept);
    }
    this.nodes.push(node);
    for (let cost = this.#queue.length; cost <= node.cost; cost++) this.#queue.push([]);
    this.#queue[node.cost]?.push(id);
    return id;
  }

  /** The numbers of all states, cheapest first, those added meanwhile included. */
  *all(): Iterable<number> {
    for (let cost = 0; cost < this.#queue.length; cost++) {
      for (const id of this.#queue[cost] ?? []) if (!this.#superseded.has(id)) yield id;
      this.#queue[cost] = [];
    }
  }

  /** Does the first state allow all that the second does, and (for shortest traces) at no higher cost? */
  #allows(first: Node, low: readonly MessageSet[], second: Node, high: readonly MessageSet[]): boolean {
    if (this.shortest && !cheaper(first, second)) return false;
    for (let i = 0; i < low.length; i++) {
      const a = low[i] ?? none;
      const b = high[i] ?? none;
      if (a !== b && (a & ~b) !== none) return false;
    }
    return decidesLess(first.state.order, second.state.order);
  }
}

/** However far the patchers must come in the end: is the first no dearer? */
function cheaper(first: Node, second: Node): boolean {
  const further = first.progress.reduce((all, its, track) => all + Math.max(0, its - (second.progress[track] ?? 0)), 0);
  return first.cost - sum(first.progress) + further <= second.cost - sum(second.progress);
}
