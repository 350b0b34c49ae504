/**
 * Instruction fetch in a litmus test (docs/semantics.md, section 3): units as with Ziccif, outside coherence, and never
 * from the hart's own store buffer.
 */
import { instructionLength } from '../../isa';
import { timestampRules as rules } from '../../memory/timestamps';
import type { MemoryRules } from '../../memory/views';
import { fetches, fetchesAhead, type Reading } from './access';
import type { Cells, Footprint } from './cells';
import type { Code, Runnable } from './code';
import { type Memory, type Message, overlaps, type Timestamp } from './memory';
import type { ThreadState } from './thread';

export interface FetchAccess {
  readonly kind: 'fetch';
  readonly address: number;
  readonly size: number;
  readonly value: bigint;
  readonly sources: readonly Timestamp[];
}

/** A thread that has fetched an instruction and has not yet run it. */
export interface Fetched {
  readonly state: ThreadState;
  readonly accesses: readonly FetchAccess[];
  /** View of the fetches: the instruction's own accesses come after them. */
  readonly fetched: Timestamp;
  /** In words, where there is none that can be run. */
  readonly instruction: Runnable | string;
}

const nowhere = (pc: number): string => `goes to 0x${pc.toString(16)}, where there is no instruction`;

/** The instruction as it stands in the text, where fetch is no event. */
export const unfetched = (code: Code, state: ThreadState): Fetched => ({
  state,
  accesses: [],
  fetched: 0,
  instruction: code.at(state.pc) ?? nowhere(state.pc),
});

type Unit = Omit<Fetched, 'instruction'> & { readonly value: bigint | null };

export class Fetching {
  constructor(
    readonly code: Code,
    readonly cells: Cells,
    readonly memoryRules: MemoryRules,
    readonly touched: boolean[],
  ) {}

  /**
   * Every instruction that may be fetched at the thread's pc.
   *
   * @param future Stores that are still to come (ahead.ts).
   */
  next(state: ThreadState, memory: Memory, future: readonly Message[]): Fetched[] {
    const { pc } = state;
    const size = 4 - (pc % 4);
    const written = this.code.at(pc);
    const covered = written !== null && written.length > size ? size + 4 : size;
    const unit = { address: pc, size: covered };
    // Nothing is stored there: one fetch that finds what stands in the text, also where that has no encoding.
    if (written !== null && ![...memory, ...future].some((one) => overlaps(one, unit))) {
      this.#unitAt(pc, size);
      if (covered > size) this.#unitAt(pc + size, 4);
      const fetched = state.hart.vI;
      const hart = rules.afterFetch(this.memoryRules, state.hart, fetched);
      return [{ state: { ...state, hart }, accesses: [], fetched, instruction: written }];
    }
    const unencoded = this.code.unencoded(pc, covered);
    if (unencoded !== null)
      return [{ state, accesses: [], fetched: 0, instruction: `fetches \`${unencoded.text}\`, which has no encoding` }];
    const start: Unit = { state, accesses: [], fetched: 0, value: null };
    return this.#unit(start, memory, future, pc, size).flatMap((first): Fetched[] => {
      const { value } = first;
      if (value === null) return [{ ...first, instruction: nowhere(pc) }];
      const whole = size === 4 || instructionLength(Number(value & 0xffffn)) === 2;
      if (whole) return [{ ...first, instruction: this.#decoded(value) }];
      return this.#unit(first, memory, future, pc + size, 4).map((second) => ({
        ...second,
        instruction: second.value === null ? nowhere(pc) : this.#decoded((second.value << 16n) | value),
      }));
    });
  }

  /** What the first instruction of these bytes does. */
  #decoded(bytes: bigint): Runnable {
    const parcel = Number(bytes & 0xffffn);
    return this.code.decoded(instructionLength(parcel) === 2 ? parcel : Number(bytes & 0xffffffffn));
  }

  /** One fetch of up to `size` bytes; what lies past the thread's code is not looked at. */
  #unit(from: Unit, memory: Memory, future: readonly Message[], address: number, size: number): Unit[] {
    const footprint = this.#unitAt(address, size);
    if (footprint === null) return [{ ...from, value: null }];
    const { state } = from;
    const found = fetches(this.cells, memory, footprint, state.hart.vI);
    return [...found, ...fetchesAhead(this.cells, memory, future, footprint, found)].map(
      ({ value, sources, post }: Reading): Unit => ({
        state: { ...state, hart: rules.afterFetch(this.memoryRules, state.hart, post) },
        accesses: [...from.accesses, { kind: 'fetch', address, size, value, sources }],
        fetched: Math.max(from.fetched, post),
        value,
      }),
    );
  }

  /** The cells that one fetch looks at. */
  #unitAt(address: number, size: number): Footprint | null {
    const footprint = this.cells.footprint(address, size) ?? this.cells.footprint(address, 2);
    for (const cell of footprint ?? []) this.touched[cell] = true;
    return footprint;
  }
}
