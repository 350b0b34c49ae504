/** Who takes each lock after whom, of patchers that run side by side. */
import type { Operation, Patcher } from './scenario';

/** A lock operation: of which lock, and whether it takes it. */
interface Use {
  readonly name: string;
  readonly takes: boolean;
}

interface Moment {
  /** By patcher: how many of its lock operations it has done. */
  readonly done: readonly number[];
  /** Who holds what. */
  readonly holders: ReadonlyMap<string, number>;
  /** By lock, who has taken it, in order: what others can tell. */
  readonly taken: ReadonlyMap<string, string>;
  readonly turns: readonly number[];
}

/**
 * Every way in which the patchers' locks can be taken one after the other, as the order of their lock operations: patcher by
 * patcher, by index. Where all wait for each other, it ends there.
 * @returns null where there are more than `most`
 */
export function lockTurns(patchers: readonly Patcher[], most: number): readonly (readonly number[])[] | null {
  const uses = patchers.map(({ operations }) => usesOf(operations));
  const seen = new Set<string>();
  const out: (readonly number[])[] = [];
  const open: Moment[] = [{ done: uses.map(() => 0), holders: new Map(), taken: new Map(), turns: [] }];
  for (let now = open.pop(); now !== undefined; now = open.pop()) {
    const key = `${now.done.join()} ${[...now.taken].sort().join(' ')}`;
    if (seen.has(key)) continue;
    seen.add(key);
    // Far more moments than ways: a way has at most one for each lock operation.
    if (seen.size > most * 100 || out.length > most) return null;
    const next = uses.flatMap((its, patcher) => step(now, its, patcher));
    if (next.length === 0) out.push(now.turns);
    open.push(...next);
  }
  return out;
}

function step(now: Moment, its: readonly Use[], patcher: number): Moment[] {
  const use = its[now.done[patcher] ?? 0];
  if (use === undefined || (use.takes && now.holders.has(use.name))) return [];
  const holders = new Map(now.holders);
  const taken = new Map(now.taken);
  if (use.takes) {
    holders.set(use.name, patcher);
    taken.set(use.name, `${taken.get(use.name) ?? ''}${patcher},`);
  } else holders.delete(use.name);
  const done = now.done.map((count, i) => (i === patcher ? count + 1 : count));
  return [{ done, holders, taken, turns: [...now.turns, patcher] }];
}

const usesOf = (operations: readonly Operation[]): Use[] =>
  operations.flatMap((one) =>
    one.kind === 'lock' || one.kind === 'unlock' ? [{ name: one.name, takes: one.kind === 'lock' }] : [],
  );
