/**
 * Every execution of one thread alone. What a load returns and what a fetch finds is guessed from what any thread has
 * been seen to store; whether the stores are there is for the axioms to say, once the threads are put together.
 */
import type { LitmusFetch, LitmusTest, LitmusThread } from '../../server/src/checker/litmus/test';
import { type Effect, type Expr, evaluate } from '../../server/src/machine';
import { amoValue } from '../../server/src/machine/amo';
import { loadedValue } from '../../server/src/machine/bytes';
import { annotationsOf, type Model } from './annotations';
import { bytesAt, overlaid, pieces, reachable, type Stored } from './bytes';
import { dependencyOf, none, union } from './dependencies';
import type { Dependency, Ending, Event, MemoryEvent, Unfolding } from './events';
import type { Image } from './image';
import { type Fetched, fetched } from './units';

export interface Guesses {
  readonly test: LitmusTest;
  readonly image: Image;
  readonly memory: Model;
  readonly fetch: LitmusFetch | null;
  /** What each thread has been seen to store. */
  readonly seen: readonly (readonly Stored[])[];
  /** Words that a fetch may find though nobody has been seen to store them yet. */
  readonly words: readonly Stored[];
  /** How often one instruction may be executed. */
  readonly loops: number;
}

interface State {
  readonly pc: bigint;
  readonly registers: readonly bigint[];
  /** By register: the events whose results it carries. */
  readonly carried: readonly Dependency[];
  /** What the branches and indirect jumps so far depend on. */
  readonly control: Dependency;
  readonly events: readonly Event[];
  /** The number of the next instruction. */
  readonly instruction: number;
  /** The load-reserved that a store-conditional would be paired with. */
  readonly reserved: { readonly event: number; readonly address: bigint } | null;
  readonly visits: ReadonlyMap<bigint, number>;
}

/** A state after an instruction, or the end of the execution in or before it. */
type Next = { readonly state: State; readonly ending: Ending | null };

export function unfold(guesses: Guesses, thread: number): Unfolding[] {
  const { registers, start, end } = guesses.test.threads[thread]!;
  const initial = new Array<bigint>(32).fill(0n);
  for (const { register, value } of registers) initial[register] = value;
  const stack: State[] = [
    {
      pc: start,
      registers: initial,
      carried: initial.map(() => none),
      control: none,
      events: [],
      instruction: 0,
      reserved: null,
      visits: new Map(),
    },
  ];
  const finished: Unfolding[] = [];
  const finish = ({ events, registers: values }: State, ending: Ending): void => {
    finished.push({ thread, events, registers: values, ending });
  };
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    if (state.pc === end) {
      finish(state, { kind: 'done' });
      continue;
    }
    for (const next of new Step(guesses, thread, state).all()) {
      if (next.ending === null) stack.push(next.state);
      else finish(next.state, next.ending);
    }
  }
  return finished;
}

const fault = (state: State, reason: string): Next => ({ state, ending: { kind: 'fault', reason } });
const going = (state: State): Next => ({ state, ending: null });

/** All that one thread may do in one instruction. */
class Step {
  private readonly thread: LitmusThread;
  private readonly xlen: 32 | 64;

  constructor(
    private readonly guesses: Guesses,
    private readonly index: number,
    private readonly before: State,
  ) {
    this.thread = guesses.test.threads[index]!;
    this.xlen = guesses.test.isa.xlen;
  }

  all(): Next[] {
    const { before, guesses } = this;
    const { pc, events, instruction } = before;
    const visits = (before.visits.get(pc) ?? 0) + 1;
    if (visits > guesses.loops) {
      const bound = `an instruction of ${this.thread.name} more than ${guesses.loops} times`;
      return [{ state: before, ending: { kind: 'cut', bound } }];
    }
    const stores = [...guesses.seen.flat(), ...this.ownStores(), ...guesses.words];
    return fetched(guesses, pc, instruction, stores).flatMap((found): Next[] => {
      const state: State = {
        ...before,
        events: [...events, ...found.events],
        instruction: instruction + 1,
        visits: new Map([...before.visits, [pc, visits]]),
      };
      return found.effect === null ? [fault(state, found.reason)] : this.execute(state, found, found.effect);
    });
  }

  private execute(state: State, { length }: Fetched, effect: Effect): Next[] {
    const past: State = { ...state, pc: BigInt.asUintN(this.xlen, state.pc + BigInt(length)) };
    switch (effect.kind) {
      case 'alu':
        return [going(written(past, effect.rd, this.value(effect.value), this.carried(effect.value)))];
      case 'jump': {
        // The link carries no dependency: jalr is marked so in the manual's listing.
        const linked = written(past, effect.rd, this.value(effect.link), none);
        const control = union(state.control, this.carried(effect.target));
        return [going({ ...linked, control, pc: this.value(effect.target) })];
      }
      case 'branch': {
        const control = union(state.control, this.carried(effect.condition));
        const taken = this.value(effect.condition) === 1n;
        return [going({ ...past, control, pc: taken ? this.value(effect.target) : past.pc })];
      }
      case 'load':
      case 'lr':
        return this.load(past, effect);
      case 'store':
        return this.store(past, effect);
      case 'sc':
        return this.storeConditional(past, effect);
      case 'amo':
        return this.atomic(past, effect);
      case 'fence': {
        const { pred, succ, tso } = effect;
        return [going(this.with(past, { kind: 'fence', instruction: state.instruction - 1, pred, succ, tso }))];
      }
      case 'fence.i':
        return [going(this.with(past, { kind: 'fence.i', instruction: state.instruction - 1 }))];
      case 'csr':
        return [fault(state, 'a CSR instruction')];
      case 'ecall':
      case 'ebreak':
        return [fault(state, effect.kind)];
      case 'illegal':
        return [fault(state, `an illegal instruction (${effect.reason})`)];
      case 'float':
      case 'float.load':
      case 'float.store':
      case 'amo.pair':
      case 'sequence':
      case 'table.jump':
      case 'unsupported':
        return [fault(state, `${effect.mnemonic} is not modelled`)];
    }
  }

  private load(past: State, effect: Extract<Effect, { kind: 'load' | 'lr' }>): Next[] {
    const { rd, size, kind } = effect;
    const address = this.value(effect.address);
    const atomic = kind === 'lr' || effect.aq || effect.rl;
    const refused = this.refusal(address, size, atomic);
    if (refused !== null) return [fault(past, refused)];
    const signed = kind === 'lr' || effect.signed;
    /** Low addresses first: each state with what the pieces so far have returned. */
    let loaded: { readonly state: State; readonly raw: bigint }[] = [{ state: past, raw: 0n }];
    for (const piece of pieces(address, size)) {
      const shift = 8n * (piece.address - address);
      loaded = loaded.flatMap(({ state, raw }) =>
        this.returned(piece.address, piece.size).map((value) => ({
          state: this.with(state, this.access(effect, piece, value, null)),
          raw: raw | (value << shift),
        })),
      );
    }
    return loaded.map(({ state, raw }) => {
      const from = new Set(state.events.flatMap((_, event) => (event >= past.events.length ? [event] : [])));
      const reserved = kind === 'lr' ? { event: past.events.length, address } : past.reserved;
      return going({ ...written(state, rd, loadedValue(raw, size, signed, this.xlen), from), reserved });
    });
  }

  private store(past: State, effect: Extract<Effect, { kind: 'store' }>): Next[] {
    const address = this.value(effect.address);
    const refused = this.refusal(address, effect.size, effect.aq || effect.rl);
    if (refused !== null) return [fault(past, refused)];
    const value = this.value(effect.value);
    let state = past;
    for (const piece of pieces(address, effect.size)) {
      const stored = bytesAt(value, Number(piece.address - address), piece.size);
      state = this.with(state, this.access(effect, piece, null, stored));
    }
    return [going(state)];
  }

  /**
   * May always fail: it is then no memory operation, and `rd` no destination register. May succeed only if the
   * instruction before it among LRs and SCs is an LR of the same address (A, "Load-Reserved/Store-Conditional").
   */
  private storeConditional(past: State, effect: Extract<Effect, { kind: 'sc' }>): Next[] {
    const address = this.value(effect.address);
    const refused = this.refusal(address, effect.size, true);
    if (refused !== null) return [fault(past, refused)];
    const failed = { ...written(past, effect.rd, 1n, none), reserved: null };
    const lr = past.reserved;
    if (lr === null || lr.address !== address) return [going(failed)];
    const stored = bytesAt(this.value(effect.value), 0, effect.size);
    const event = this.access(effect, { address, size: effect.size }, null, stored, lr.event);
    const from = new Set([past.events.length]);
    const succeeded = { ...written(this.with(past, event), effect.rd, 0n, from), reserved: null };
    return [going(failed), going(succeeded)];
  }

  /**
   * One operation that loads and stores. A compare-and-swap that fails "may either not perform a memory write or may
   * write back the old value loaded from memory", and "does not have release semantics, regardless of rl" (Zacas).
   */
  private atomic(past: State, effect: Extract<Effect, { kind: 'amo' }>): Next[] {
    const { size, rd, op } = effect;
    const address = this.value(effect.address);
    const refused = this.refusal(address, size, true);
    if (refused !== null) return [fault(past, refused)];
    const operand = this.value(effect.value);
    const expected = effect.compare === null ? null : bytesAt(this.value(effect.compare), 0, size);
    const from = new Set([past.events.length]);
    return this.returned(address, size).flatMap((old) => {
      const fails = expected !== null && expected !== old;
      const swapped = bytesAt(amoValue(op, old, operand, size, this.xlen), 0, size);
      return (fails ? [null, old] : [swapped]).map((stored) => {
        const event = this.access(effect, { address, size }, old, stored);
        const state = this.with(past, fails ? { ...event, release: 'none' } : event);
        return going(written(state, rd, loadedValue(old, size, true, this.xlen), from));
      });
    });
  }

  private access(
    effect: Extract<Effect, { kind: MemoryEvent['by'] }>,
    place: { readonly address: bigint; readonly size: number },
    reads: bigint | null,
    writes: bigint | null,
    pairedWith: number | null = null,
  ): MemoryEvent {
    // The value that a compare-and-swap expects comes from a source register that is no address register.
    const data = 'value' in effect ? this.carried(effect.value) : none;
    const compared = 'compare' in effect && effect.compare !== null ? this.carried(effect.compare) : none;
    return {
      kind: 'memory',
      instruction: this.before.instruction,
      ...place,
      reads,
      writes,
      by: effect.kind,
      ...annotationsOf(effect, this.guesses.memory),
      addressFrom: this.carried(effect.address),
      dataFrom: union(data, compared),
      controlFrom: this.before.control,
      pairedWith,
    };
  }

  /** What a load here may return: no store of its own hart that comes later, none that its own hart has overwritten. */
  private returned(address: bigint, size: number): bigint[] {
    const own = this.ownStores();
    const uncovered = own.filter((store, i) => !own.some((later, j) => j > i && covers(later, store)));
    const others = this.guesses.seen.filter((_, thread) => thread !== this.index).flat();
    const initial = this.guesses.image.read(address, size);
    if (initial === null) return [];
    const start = own.reduce((value, store) => overlaid(value, address, size, store), initial);
    return reachable(start, address, size, [...others, ...uncovered]);
  }

  private ownStores(): Stored[] {
    return this.before.events.flatMap((event) =>
      event.kind === 'memory' && event.writes !== null
        ? [{ address: event.address, size: event.size, value: event.writes }]
        : [],
    );
  }

  private refusal(address: bigint, size: number, atomic: boolean): string | null {
    const at = `0x${address.toString(16)}`;
    if (atomic && address % BigInt(size) !== 0n) return `a misaligned atomic access to ${at}`;
    if (!this.guesses.image.has(address, size)) return `an access to ${at}, where there is no location`;
    if (this.guesses.image.read(address, size) === null) return `an access to an instruction without encoding at ${at}`;
    return null;
  }

  private value(expr: Expr): bigint {
    const { registers, pc } = this.before;
    return evaluate(expr, (reg) => registers[reg] ?? 0n, pc, this.xlen);
  }

  private carried(expr: Expr): Dependency {
    return dependencyOf(expr, this.before.carried);
  }

  private with(state: State, event: Event): State {
    return { ...state, events: [...state.events, event] };
  }
}

const covers = (a: Stored, b: Stored): boolean =>
  a.address <= b.address && b.address + BigInt(b.size) <= a.address + BigInt(a.size);

function written(state: State, register: number, value: bigint, from: Dependency): State {
  if (register === 0) return state;
  return {
    ...state,
    registers: state.registers.with(register, value),
    carried: state.carried.with(register, from),
  };
}
