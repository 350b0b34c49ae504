/**
 * The second model of memory, for tests only: every candidate execution of a litmus test, judged by the axioms as the
 * ISA manual writes them. It shares nothing with the product but what one instruction computes; it is slow and plain.
 */
import type { LitmusFetch, LitmusTest } from '../../server/src/checker/litmus/test';
import type { Model } from './annotations';
import { overlaid, type Stored, storedKey } from './bytes';
import { type Cell, cellsOf, partsOf } from './cells';
import { isWrite, type Unfolding } from './events';
import { Candidate, type FinalCells, type Prepared } from './execution';
import { fetchOrder } from './fetch';
import { type Image, imageOf } from './image';
import { settledOrder } from './ppo';
import { type RuleName, rulesOf } from './rules';
import { type Final, satisfies, stateText } from './states';
import { type Guesses, unfold } from './unfold';

export interface EnumerateOptions {
  readonly memory: Model;
  /** Null: fetch is no event, `fence.i` no fence, and what runs is what was written. */
  readonly fetch: LitmusFetch | null;
  /** A rule that is left out. */
  readonly mutate?: RuleName;
  /** How often one instruction may be executed by one thread; 4 unless given. */
  readonly loops?: number;
}

export interface Enumeration {
  /** Final states as herd7 prints them, sorted. */
  readonly states: readonly string[];
  /** Those of them in which the condition's proposition holds. */
  readonly satisfying: readonly string[];
  /** How many executions the model has: unfoldings of the threads, sources of their loads, orders of the stores. */
  readonly executions: number;
  /** The bound that an execution ran into, in words; the states are then some of those that are possible. */
  readonly limit: string | null;
  /** What an execution did that is not modelled. */
  readonly fault: string | null;
}

export function enumerate(test: LitmusTest, options: EnumerateOptions): Enumeration {
  const image = imageOf(test);
  const rules = rulesOf(options.memory, options.fetch, options.mutate);
  const unfoldings = unfoldAll(test, image, options, rules);
  const cells = cellsOf(unfoldings.flat());
  const initial = cells.map(({ address, size }) => image.read(address, size));
  const states = new Map<string, boolean>();
  let executions = 0;
  let limit: string | null = null;
  let fault: string | null = null;

  forEachCombination(
    unfoldings.map((of) => of.map((one) => prepare(one, cells, rules))),
    initial,
    (threads) => {
      const endings = threads.map(({ unfolding }) => unfolding.ending);
      new Candidate(threads, initial, rules).executions((final) => {
        for (const ending of endings) {
          if (ending.kind === 'fault') fault ??= ending.reason;
          if (ending.kind === 'cut') limit ??= ending.bound;
        }
        if (endings.some((ending) => ending.kind !== 'done')) return;
        executions++;
        const state: Final = {
          register: (thread, register) => threads[thread]!.unfolding.registers[register] ?? 0n,
          memory: (address, size) => finalMemory(image, cells, final, address, size),
        };
        const text = stateText(test, state);
        if (text !== null) states.set(text, satisfies(test, state));
      });
    },
  );
  const sorted = [...states.keys()].sort();
  return { states: sorted, satisfying: sorted.filter((text) => states.get(text)), executions, limit, fault };
}

/**
 * The unfoldings of each thread. What may be loaded is what is stored, and what is stored depends on what is loaded:
 * the least fixed point. Where values grow without end (each of two threads adding to what the other has stored) it
 * is cut: a value that is there at all goes through each store of an execution at most once.
 */
function unfoldAll(
  test: LitmusTest,
  image: Image,
  { memory, fetch, loops = 4 }: EnumerateOptions,
  rules: ReadonlySet<RuleName>,
): Unfolding[][] {
  // A store cannot be the reason for the fetch that is the reason for it where a fetch precedes what comes after it.
  const ordered = rules.has('decode-w') || rules.has('decode') || (rules.has('ziccid') && rules.has('iico'));
  const words = fetch === null || ordered ? [] : guessedWords(test);
  let seen: readonly (readonly Stored[])[] = test.threads.map(() => []);
  for (let round = 0; ; round++) {
    const guesses: Guesses = { test, image, memory, fetch, seen, words, loops };
    const unfoldings = test.threads.map((_, thread) => unfold(guesses, thread));
    const stores = unfoldings.map((of) => storedBy(of));
    const grown = stores.some((of, thread) => of.length > seen[thread]!.length);
    const most = unfoldings.map((of) =>
      of.reduce((count, { events }) => Math.max(count, events.filter(isWrite).length), 0),
    );
    if (!grown || round > most.reduce((a, b) => a + b)) return unfoldings;
    seen = stores;
  }
}

/** All different stores. */
function storedBy(unfoldings: readonly Unfolding[]): Stored[] {
  const stores = new Map<string, Stored>();
  for (const { address, size, writes } of unfoldings.flatMap(({ events }) => events.filter(isWrite))) {
    const store = { address, size, value: writes };
    stores.set(storedKey(store), store);
  }
  return [...stores.values()];
}

/**
 * What a fetch may find though nobody has been seen to store it: a store that exists only because of the fetch that
 * sees it. The axioms allow that under rule sets without `decode-w`. Any word of the test's text, at any address in it.
 */
function guessedWords(test: LitmusTest): Stored[] {
  const values = [
    ...test.threads.flatMap(({ registers }) => registers.map(({ value }) => value)),
    ...test.locations.flatMap((location) => location.initial),
    ...test.words.map(({ bits }) => BigInt(bits)),
  ].map((value) => BigInt.asUintN(64, value));
  const code = test.threads.flatMap(({ instructions }) => instructions.map(({ address }) => address));
  const patched = new Set(values.filter((value) => code.includes(value)));
  const words = new Set(values.map((value) => BigInt.asUintN(32, value)).filter((word) => (word & 3n) === 3n));
  return [...patched].flatMap((address) => [...words].map((value) => ({ address, size: 4, value })));
}

function prepare(unfolding: Unfolding, cells: readonly Cell[], rules: ReadonlySet<RuleName>): Prepared {
  const { events } = unfolding;
  const parts = events.map((event) => partsOf(event, cells));
  const view = { events, cells: () => [], from: () => ({ own: null, key: -1 }) };
  return { unfolding, parts, preserved: [...settledOrder(view, rules), ...fetchOrder(events, rules)] };
}

/** Calls `found` for each choice of one unfolding a thread in which everything that is loaded is also stored. */
function forEachCombination(
  choices: readonly (readonly Prepared[])[],
  initial: readonly (bigint | null)[],
  found: (threads: readonly Prepared[]) => void,
): void {
  /** Each different value of a cell has a bit. */
  const bits = new Map<string, bigint>();
  const bit = (cell: number, value: bigint): bigint => {
    const key = `${cell} ${value}`;
    const known = bits.get(key) ?? 1n << BigInt(bits.size);
    bits.set(key, known);
    return known;
  };
  const all = (of: Prepared, which: 'reads' | 'writes'): bigint =>
    of.parts.flat().reduce((set, part) => set | (part[which] === null ? 0n : bit(part.cell, part[which])), 0n);
  const threads = choices.map((of) =>
    of.map((prepared) => ({ prepared, needs: all(prepared, 'reads'), gives: all(prepared, 'writes') })),
  );
  const start = initial.reduce<bigint>((set, value, cell) => set | (value === null ? 0n : bit(cell, value)), 0n);
  /** What the threads from each one on could still give. */
  const later = threads.map((_, i) =>
    threads
      .slice(i + 1)
      .flat()
      .reduce((set, { gives }) => set | gives, 0n),
  );
  const choose = (index: number, chosen: readonly Prepared[], needs: bigint, gives: bigint): void => {
    if (index === threads.length) {
      found(chosen);
      return;
    }
    for (const one of threads[index]!) {
      const needed = needs | one.needs;
      const given = gives | one.gives;
      if ((needed & ~(given | later[index]!)) === 0n) choose(index + 1, [...chosen, one.prepared], needed, given);
    }
  };
  choose(0, [], 0n, start);
}

function finalMemory(image: Image, cells: readonly Cell[], final: FinalCells, address: bigint, size: number): bigint {
  let value = image.read(address, size) ?? 0n;
  for (const [cell, stored] of final) {
    const { address: at, size: bytes } = cells[cell]!;
    value = overlaid(value, address, size, { address: at, size: bytes, value: stored });
  }
  return value;
}
