import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { close, has, members, type Order, Orders, single } from '../../server/src/memory/order';

const empty = (orders: Orders, n: number): Order => orders.intern(Array.from({ length: n }, () => 0n));
const set = (...messages: number[]): bigint => messages.reduce((all, message) => all | single(message), 0n);

describe('the partial global order', () => {
  it('is transitive', () => {
    const orders = new Orders();
    const one = orders.constrain(empty(orders, 3), set(0), set(1));
    const two = one && orders.constrain(one, set(1), set(2));
    expect(two && members(close(two, set(2)))).toEqual([0, 1, 2]);
  });

  it('takes edges in any order', () => {
    const orders = new Orders();
    const late = orders.constrain(empty(orders, 3), set(1), set(2));
    expect(late && orders.constrain(late, set(0), set(1))?.below).toEqual([0n, set(0), set(0, 1)]);
  });

  it('refuses a cycle', () => {
    const orders = new Orders();
    const one = orders.constrain(empty(orders, 2), set(0), set(1));
    expect(one && orders.constrain(one, set(1), set(0))).toBeNull();
    expect(orders.constrain(empty(orders, 1), set(0), set(0))).toBeNull();
  });

  it('has one object for each order', () => {
    const orders = new Orders();
    const start = empty(orders, 3);
    const a = orders.constrain(start, set(0), set(2));
    const b = orders.constrain(start, set(1), set(2));
    expect(a && orders.constrain(a, set(1), set(2))).toBe(b && orders.constrain(b, set(0), set(2)));
  });

  it('is possible exactly where a total order has all its edges', () => {
    const n = 5;
    const message = fc.integer({ min: 0, max: n - 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(message, message), { maxLength: 10 }), (edges) => {
        const orders = new Orders();
        let order: Order | null = empty(orders, n);
        for (const [from, to] of edges) order = order && orders.constrain(order, single(from), single(to));
        expect(order !== null).toBe(
          permutations(n).some((total) => edges.every(([a, b]) => total.indexOf(a) < total.indexOf(b))),
        );
        if (order)
          for (let i = 0; i < n; i++)
            for (const j of members(order.below[i] ?? 0n)) expect(has(close(order, single(i)), j)).toBe(true);
      }),
    );
  });
});

function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((rest) =>
    Array.from({ length: n }, (_, at) => [...rest.slice(0, at), n - 1, ...rest.slice(at)]),
  );
}
