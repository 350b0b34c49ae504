/** Final states: what they show, and whether the condition holds of them. */
import type { Cells } from './cells';
import { compose, type Memory, newest } from './memory';
import type { FinalState, LitmusTest, Observable, Proposition } from './test';
import type { ThreadState } from './thread';

/** Reads the value of an observable, in [0, 2^64). */
type Look = (of: Observable) => bigint;

export class Outcomes {
  /** By thread: the registers that a final state shows or that a proposition reads. */
  readonly registers: readonly (readonly number[])[];
  readonly #names: ReadonlyMap<bigint, string>;
  readonly #words: ReadonlyMap<bigint, string>;
  readonly #observables: readonly Observable[];
  readonly #found = new Map<string, FinalState>();

  constructor(readonly test: LitmusTest) {
    const all = [
      ...test.observed,
      ...(test.condition ? observablesOf(test.condition.proposition) : []),
      ...(test.filter ? observablesOf(test.filter) : []),
    ];
    this.#observables = all;
    this.registers = test.threads.map((_, thread) => [
      ...new Set(all.flatMap((one) => (one.kind === 'register' && one.thread === thread ? [one.register] : []))),
    ]);
    this.#names = new Map([
      ...test.locations.flatMap((one) =>
        one.initial.map((_, i): [bigint, string] => [
          one.address + BigInt(i * one.size),
          one.initial.length === 1 ? one.name : `${one.name}[${i}]`,
        ]),
      ),
      ...test.labels.map((one): [bigint, string] => [one.address, `P${one.thread}:${one.name}`]),
    ]);
    // Small numbers are the encodings of compressed instructions: those are only shown where the text has them as data.
    const code = test.patchesCode ? test.threads.flatMap((thread) => thread.instructions) : [];
    const words = code.flatMap(({ bits, length, text }) => (length === 4 && bits !== null ? [{ bits, text }] : []));
    this.#words = new Map([...words, ...test.words].map(({ bits, text }) => [BigInt(bits), `instr:"${text}"`]));
  }

  /** Makes the cells that final states look at. */
  cut(cells: Cells): void {
    for (const one of this.#observables) if (one.kind === 'memory') cells.cut(Number(one.address), one.size);
  }

  /** What of a thread's last state matters. */
  ending = (thread: number, state: ThreadState): string =>
    (this.registers[thread] ?? []).map((register) => state.values[register]).join();

  /** Notes the final states of one memory, with every choice of one last state for each thread. */
  add(cells: Cells, memory: Memory, ends: readonly (readonly ThreadState[])[]): void {
    const choose = (thread: number, chosen: readonly ThreadState[]): void => {
      if (thread < ends.length) {
        for (const end of ends[thread] ?? []) choose(thread + 1, [...chosen, end]);
        return;
      }
      const state = this.stateOf(cells, memory, chosen);
      if (state !== null) this.#found.set(state.text, state);
    };
    choose(0, []);
  }

  /** One final state; null where the filter drops it. */
  stateOf(cells: Cells, memory: Memory, ends: readonly ThreadState[]): FinalState | null {
    const look: Look = (of) => {
      if (of.kind === 'register') return ends[of.thread]?.values[of.register] ?? 0n;
      const footprint = cells.footprint(Number(of.address), of.size) ?? [];
      return compose(
        cells,
        memory,
        footprint,
        footprint.map((cell) => newest(memory, cell, memory.length)),
      );
    };
    if (this.test.filter !== null && !holds(this.test.filter, look)) return null;
    return {
      text: this.test.observed
        .map((of) => shown(of, this.show(of, look(of))))
        .join('')
        .trimStart(),
      satisfies: this.test.condition !== null && holds(this.test.condition.proposition, look),
    };
  }

  /** Sorted as herd7 sorts them. */
  states = (): FinalState[] => [...this.#found.values()].sort((a, b) => (a.text < b.text ? -1 : 1));

  /** A value as herd7 shows it: an address by its name, a number by its type. */
  show(of: Observable, value: bigint): string {
    const name = this.#names.get(value) ?? (this.test.patchesCode ? this.#words.get(low(value, 4)) : undefined);
    return name ?? (of.signed ? BigInt.asIntN(8 * of.size, value) : low(value, of.size)).toString();
  }
}

/** One item of a final state, with a space before it: ` 0:x5=1;`. An array is `a={1,2};`. */
function shown(of: Observable, value: string): string {
  const within = of.kind === 'memory' ? of.within : null;
  if (within === null) return ` ${of.name}=${value};`;
  return `${within.first ? ` ${within.array}={` : ','}${value}${within.last ? '};' : ''}`;
}

const low = (value: bigint, size: number): bigint => BigInt.asUintN(8 * size, value);

export function holds(proposition: Proposition, look: Look): boolean {
  switch (proposition.kind) {
    case 'constant':
      return proposition.value;
    case 'value':
      return low(look(proposition.of), proposition.of.size) === low(proposition.value, proposition.of.size);
    case 'same': {
      const size = Math.min(proposition.a.size, proposition.b.size);
      return low(look(proposition.a), size) === low(look(proposition.b), size);
    }
    case 'not':
      return !holds(proposition.a, look);
    case 'and':
      return holds(proposition.a, look) && holds(proposition.b, look);
    case 'or':
      return holds(proposition.a, look) || holds(proposition.b, look);
    case 'implies':
      return !holds(proposition.a, look) || holds(proposition.b, look);
  }
}

function observablesOf(proposition: Proposition): Observable[] {
  switch (proposition.kind) {
    case 'constant':
      return [];
    case 'value':
      return [proposition.of];
    case 'same':
      return [proposition.a, proposition.b];
    case 'not':
      return observablesOf(proposition.a);
    case 'and':
    case 'or':
    case 'implies':
      return [...observablesOf(proposition.a), ...observablesOf(proposition.b)];
  }
}
