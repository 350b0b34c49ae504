/**
 * What one thread may do next: the view-based Promising-RISC-V model (Pulte et al., PLDI 2019) with instruction fetch
 * (docs/semantics.md, sections 2 and 3). A store is executed either by fulfilling a promise, a message of the thread
 * that memory already holds, or by appending a message at the end.
 */
import { amoValue, type Effect, type Expr, evaluate } from '../../machine';
import { timestampRules as rules, type TimestampViews } from '../../memory/timestamps';
import type { MemoryRules, Ordering } from '../../memory/views';
import { alignedParts } from '../stores';
import { coherenceBound, fetches, type Reading, readings, reservationHolds, sawCells, storeTo } from './access';
import type { Cells, Footprint } from './cells';
import type { Code, Runnable } from './code';
import { type FetchAccess, Fetching, unfetched } from './fetching';
import { type Memory, type Message, message, type Timestamp } from './memory';
import type { LitmusOptions } from './test';
import { setRegister, type ThreadState } from './thread';

/** One memory event of a step, for those who tell of it. */
export type Access =
  | FetchAccess
  | {
      readonly kind: 'read';
      readonly address: number;
      readonly size: number;
      readonly value: bigint;
      readonly sources: readonly Timestamp[];
    }
  | {
      readonly kind: 'write';
      readonly message: Message;
      readonly at: Timestamp;
      /** Null: the message was promised. Otherwise what it must come after: a promise could be made from there on. */
      readonly appended: Timestamp | null;
    };

export interface Step {
  readonly kind: 'step';
  readonly state: ThreadState;
  readonly memory: Memory;
  readonly accesses: readonly Access[];
}
/** The thread does something that the model does not decide. */
export interface Fault {
  readonly kind: 'fault';
  readonly message: string;
  readonly pc: number;
}
export type Outcome = Step | Fault;

/** A state in the middle of an instruction. */
interface Part {
  readonly state: ThreadState;
  readonly memory: Memory;
  readonly accesses: readonly Access[];
  /** View of the instruction's own fetches: its accesses come after them. */
  readonly fetched: Timestamp;
}

/** Annotations of plain loads and stores are RCpc, as in herd7's `riscv.cat` (Zalasr would allow us to order more). */
const orderingOf = ({ kind, aq, rl }: MemoryEffect): Ordering => ({
  aq,
  rl,
  rcsc: kind !== 'load' && kind !== 'store',
});
const xlen = 64;

/** How one thread steps. Cells that it looks at are noted in `touched`. */
export class ThreadSteps {
  readonly #rules: MemoryRules;
  /** Null: fetch is no event. */
  readonly #fetching: Fetching | null;

  constructor(
    readonly thread: number,
    readonly code: Code,
    readonly cells: Cells,
    options: LitmusOptions,
    readonly touched: boolean[],
  ) {
    const fetch = options.fetch ?? { fenceiFetch: false, decodeW: false, decode: false, ziccid: false };
    this.#rules = { memory: options.memory, ...fetch, ziccif: true };
    this.#fetching = options.fetch && new Fetching(code, cells, this.#rules, touched);
  }

  /** Nothing is left to do. */
  done = (state: ThreadState): boolean => this.code.ends(state.pc);

  /**
   * All next steps. With `append` false a store must be one that memory already holds.
   *
   * @param future Stores that are still to come, which only fetches see (ahead.ts).
   */
  next(state: ThreadState, memory: Memory, append: boolean, future: readonly Message[] = []): Outcome[] {
    const found = this.#fetching?.next(state, memory, future) ?? [unfetched(this.code, state)];
    return found.flatMap(({ instruction, ...rest }) =>
      typeof instruction === 'string'
        ? [this.#fault(state, instruction)]
        : this.#execute({ memory, ...rest }, instruction, append),
    );
  }

  #touch(footprint: Footprint): void {
    for (const cell of footprint) this.touched[cell] = true;
  }

  #value = (state: ThreadState, expr: Expr): bigint =>
    evaluate(expr, (register) => state.values[register] ?? 0n, BigInt(state.pc), xlen);

  #view(state: ThreadState, expr: Expr): Timestamp {
    let view = 0;
    for (const register of this.code.registersOf(expr)) view = Math.max(view, state.views[register] ?? 0);
    return view;
  }

  #execute(part: Part, { effect, length }: Runnable, append: boolean): Outcome[] {
    const { state } = part;
    const next = state.pc + length;
    const to = (after: ThreadState, pc = next): Outcome[] => [this.#step({ ...part, state: after }, pc)];
    switch (effect.kind) {
      case 'alu':
        return to(setRegister(state, effect.rd, this.#value(state, effect.value), this.#view(state, effect.value)));
      case 'jump': {
        const hart = rules.afterBranch(state.hart, this.#view(state, effect.target));
        const link = this.#value(state, effect.link);
        return to(setRegister({ ...state, hart }, effect.rd, link, 0), Number(this.#value(state, effect.target)));
      }
      case 'branch': {
        const hart = rules.afterBranch(state.hart, this.#view(state, effect.condition));
        const taken = this.#value(state, effect.condition) !== 0n;
        return to({ ...state, hart }, taken ? Number(this.#value(state, effect.target)) : next);
      }
      case 'fence':
        return to({ ...state, hart: rules.afterFence(state.hart, effect.pred, effect.succ, effect.tso) });
      case 'fence.i':
        return to(this.#fetching !== null ? { ...state, hart: rules.afterFenceI(this.#rules, state.hart) } : state);
      case 'load':
      case 'lr':
      case 'store':
      case 'sc':
      case 'amo': {
        const done = this.#access(part, effect, append);
        return typeof done === 'string' ? [this.#fault(state, done)] : done.map((one) => this.#step(one, next));
      }
      case 'illegal':
        return [this.#fault(state, `runs an illegal instruction: ${effect.reason}`)];
      case 'float':
      case 'float.load':
      case 'float.store':
      case 'amo.pair':
      case 'sequence':
      case 'table.jump':
      case 'unsupported':
        return [this.#fault(state, `runs ${effect.mnemonic}, which litmus tests do not support`)];
      case 'csr':
        return [this.#fault(state, 'runs a CSR instruction, which litmus tests do not support')];
      case 'ecall':
      case 'ebreak':
        return [this.#fault(state, `runs ${effect.kind}, which litmus tests do not support`)];
    }
  }

  #step = ({ state, memory, accesses }: Part, pc: number): Step => ({
    kind: 'step',
    state: { ...state, pc },
    memory,
    accesses,
  });

  #fault = (state: ThreadState, text: string): Fault => ({ kind: 'fault', message: text, pc: state.pc });

  /** All ways to make the access; in words, where the model does not decide it. */
  #access(part: Part, effect: MemoryEffect, append: boolean): Part[] | string {
    const address = Number(this.#value(part.state, effect.address));
    const ordered = (effect.kind !== 'load' && effect.kind !== 'store') || effect.aq || effect.rl;
    if (ordered && address % effect.size !== 0)
      return `makes a misaligned access at 0x${address.toString(16)} that must be aligned`;
    const pieces: Piece[] = [];
    const parts = address % effect.size === 0 ? [{ address, size: effect.size }] : misaligned(address, effect.size);
    for (const one of parts) {
      const footprint = this.cells.footprint(one.address, one.size);
      if (footprint === null) return `accesses 0x${address.toString(16)}, which is in no location of the test`;
      const unencoded = this.code.unencoded(one.address, one.size);
      if (unencoded !== null) return `accesses \`${unencoded.text}\` as data, which has no encoding`;
      this.#touch(footprint);
      pieces.push({ ...one, footprint });
    }
    const [first] = pieces;
    if (first === undefined) return [];
    if (effect.kind === 'load') return this.#load(part, effect, pieces, address);
    if (effect.kind === 'store') return this.#store(part, effect, pieces, address, append);
    if (effect.kind === 'lr') return this.#lr(part, effect, first);
    if (effect.kind === 'sc') return this.#sc(part, effect, first, append);
    return this.#amo(part, effect, first, append);
  }

  #load(part: Part, effect: Extract<Effect, { kind: 'load' }>, pieces: readonly Piece[], base: number): Part[] {
    const ordering = orderingOf(effect);
    const address = this.#view(part.state, effect.address);
    // The parts of a misaligned load are not ordered among themselves: all have the bound from before.
    const bound = Math.max(rules.readBound(this.#rules, part.state.hart, address, ordering), part.fetched);
    let sofar: { part: Part; value: bigint; view: Timestamp }[] = [{ part, value: 0n, view: 0 }];
    for (const piece of pieces)
      sofar = sofar.flatMap((so) =>
        readings(this.cells, so.part.memory, so.part.state, piece.footprint, bound).map((reading) => ({
          part: this.#read(so.part, piece, reading, address, ordering),
          value: so.value | (reading.value << BigInt(8 * (piece.address - base))),
          view: Math.max(so.view, reading.post),
        })),
      );
    return sofar.map((so) => ({
      ...so.part,
      state: setRegister(so.part.state, effect.rd, extended(so.value, effect.size, effect.signed), so.view),
    }));
  }

  #read(part: Part, piece: Piece, reading: Reading, address: Timestamp, ordering: Ordering): Part {
    const { state } = part;
    const { sources, post, value } = reading;
    return {
      ...part,
      state: {
        ...state,
        hart: rules.afterRead(this.#rules, state.hart, address, post, ordering),
        coh: sawCells(state.coh, piece.footprint, sources, post),
      },
      accesses: [...part.accesses, { kind: 'read', address: piece.address, size: piece.size, value, sources }],
    };
  }

  #lr(part: Part, effect: Extract<Effect, { kind: 'lr' }>, piece: Piece): Part[] {
    const { state, memory } = part;
    const ordering = orderingOf(effect);
    const address = this.#view(state, effect.address);
    const bound = Math.max(rules.readBound(this.#rules, state.hart, address, ordering), part.fetched);
    return readings(this.cells, memory, state, piece.footprint, bound).map((reading) => {
      const after = this.#read(part, piece, reading, address, ordering);
      const { sources, post, value } = reading;
      const reservation = { address: piece.address, cells: piece.footprint, sources, view: post };
      const loaded = setRegister(after.state, effect.rd, extended(value, effect.size, true), post);
      return { ...after, state: { ...loaded, reservation } };
    });
  }

  #store(
    part: Part,
    effect: Extract<Effect, { kind: 'store' }>,
    pieces: readonly Piece[],
    base: number,
    append: boolean,
  ): Part[] {
    const { state } = part;
    const ordering = orderingOf(effect);
    const address = this.#view(state, effect.address);
    const operands = Math.max(address, this.#view(state, effect.value));
    const bound = Math.max(rules.writeBound(this.#rules, state.hart, operands, ordering), part.fetched);
    const value = this.#value(state, effect.value);
    let sofar: Part[] = [part];
    for (const piece of pieces) {
      const bytes = BigInt.asUintN(8 * piece.size, value >> BigInt(8 * (piece.address - base)));
      sofar = sofar.flatMap((so) =>
        this.#places(so, piece, bytes, bound, append).map((place) =>
          this.#written(so, piece, place, { view: operands, exclusive: false }, (hart, at) =>
            rules.afterWrite(hart, address, at, ordering),
          ),
        ),
      );
    }
    return sofar;
  }

  #sc(part: Part, effect: Extract<Effect, { kind: 'sc' }>, piece: Piece, append: boolean): Part[] {
    const { state } = part;
    const failed = { ...setRegister(state, effect.rd, 1n, 0), reservation: null };
    const out: Part[] = [{ ...part, state: failed }];
    // A reservation is for its address (the model's choice; the ISA lets a larger reservation set succeed).
    if (state.reservation?.address !== piece.address) return out;
    const ordering = orderingOf(effect);
    const address = this.#view(state, effect.address);
    const operands = Math.max(address, this.#view(state, effect.value));
    const bound = Math.max(
      rules.writeBound(this.#rules, state.hart, operands, ordering),
      part.fetched,
      state.reservation.view,
    );
    const value = BigInt.asUintN(8 * effect.size, this.#value(state, effect.value));
    for (const place of this.#places(part, piece, value, bound, append)) {
      if (!reservationHolds(part.memory, state, this.thread, place.at)) continue;
      const done = this.#written(part, piece, place, { view: operands, exclusive: true }, (hart, at) =>
        rules.afterWrite(hart, address, at, ordering),
      );
      out.push({ ...done, state: { ...setRegister(done.state, effect.rd, 0n, place.at), reservation: null } });
    }
    return out;
  }

  #amo(part: Part, effect: Extract<Effect, { kind: 'amo' }>, piece: Piece, append: boolean): Part[] {
    const { state, memory } = part;
    const ordering = orderingOf(effect);
    const address = this.#view(state, effect.address);
    const compareView = effect.compare === null ? 0 : this.#view(state, effect.compare);
    const operands = Math.max(address, this.#view(state, effect.value), compareView);
    const operand = this.#value(state, effect.value);
    const compare =
      effect.compare === null ? null : BigInt.asUintN(8 * effect.size, this.#value(state, effect.compare));
    const equal = (old: bigint): boolean => compare === null || old === compare;
    const swapped = (old: bigint): bigint =>
      BigInt.asUintN(8 * effect.size, amoValue(effect.op, old, operand, effect.size, xlen));

    /** As one event that stores `stored(old)`. */
    const modify = (its: Ordering, stored: (old: bigint) => bigint | null): Part[] => {
      const bound = Math.max(rules.amoBound(this.#rules, state.hart, operands, its), part.fetched);
      const coherent = coherenceBound(state, piece.footprint);
      const out: Part[] = [];
      const take = (at: Timestamp, place: (value: bigint) => Place | null): void => {
        const [read] = fetches(this.cells, memory.slice(0, at - 1), piece.footprint, at - 1);
        const value = read === undefined ? null : stored(read.value);
        const where = value === null ? null : place(value);
        if (read === undefined || where === null) return;
        const told: Part = {
          ...part,
          accesses: [
            ...part.accesses,
            { kind: 'read', address: piece.address, size: piece.size, value: read.value, sources: read.sources },
          ],
        };
        const done = this.#written(told, piece, where, { view: at, exclusive: true }, (hart) =>
          rules.afterAmo(this.#rules, hart, address, at, its),
        );
        out.push({ ...done, state: setRegister(done.state, effect.rd, extended(read.value, effect.size, true), at) });
      };
      for (const promise of state.promises)
        if (promise > bound && promise > coherent)
          take(promise, (value) => {
            const own = memory[promise - 1];
            if (own?.address !== piece.address || own.size !== piece.size || own.value !== value) return null;
            return { at: promise, message: own, appended: null };
          });
      if (append)
        take(memory.length + 1, (value) => {
          const own = message(this.cells, this.thread, piece.address, piece.size, value);
          return own && { at: memory.length + 1, message: own, appended: Math.max(bound, coherent) };
        });
      return out;
    };

    const out = modify(ordering, (old) => (equal(old) ? swapped(old) : null));
    if (compare === null) return out;
    // A compare-and-swap that fails may write back what it read, without release, or not write; it is ordered as an AMO
    // even then (ISA manual, Zacas, note on the PPO rules): after its hart's earlier stores to these bytes, for one.
    const failing: Ordering = { ...ordering, rl: false };
    out.push(...modify(failing, (old) => (equal(old) ? null : old)));
    const bound = Math.max(
      rules.amoBound(this.#rules, state.hart, operands, failing),
      part.fetched,
      coherenceBound(state, piece.footprint),
    );
    for (const reading of readings(this.cells, memory, state, piece.footprint, bound)) {
      if (equal(reading.value)) continue;
      const { sources, post, value } = reading;
      const after: ThreadState = {
        ...state,
        hart: rules.afterAmo(this.#rules, state.hart, address, post, failing),
        coh: sawCells(state.coh, piece.footprint, sources, post),
      };
      out.push({
        ...part,
        state: setRegister(after, effect.rd, extended(value, effect.size, true), post),
        accesses: [...part.accesses, { kind: 'read', address: piece.address, size: piece.size, value, sources }],
      });
    }
    return out;
  }

  /** Where a store may take its place in memory. */
  #places(part: Part, piece: Piece, value: bigint, bound: Timestamp, append: boolean): Place[] {
    const { state, memory } = part;
    const least = Math.max(bound, coherenceBound(state, piece.footprint));
    const out: Place[] = [];
    for (const at of state.promises) {
      const own = memory[at - 1];
      if (at > least && own?.address === piece.address && own.size === piece.size && own.value === value)
        out.push({ at, message: own, appended: null });
    }
    const own = append ? message(this.cells, this.thread, piece.address, piece.size, value) : null;
    if (own !== null) out.push({ at: memory.length + 1, message: own, appended: least });
    return out;
  }

  #written(
    part: Part,
    piece: Piece,
    place: Place,
    own: { readonly view: Timestamp; readonly exclusive: boolean },
    after: (hart: TimestampViews, at: Timestamp) => TimestampViews,
  ): Part {
    const { at, message: stored, appended } = place;
    const state = storeTo(part.state, piece.footprint, at, { at, ...own });
    return {
      ...part,
      state: { ...state, hart: after(state.hart, at) },
      memory: appended === null ? part.memory : [...part.memory, stored],
      accesses: [...part.accesses, { kind: 'write', message: stored, at, appended }],
    };
  }
}

type MemoryEffect = Extract<Effect, { kind: 'load' | 'store' | 'lr' | 'sc' | 'amo' }>;
interface Piece {
  readonly address: number;
  readonly size: number;
  readonly footprint: Footprint;
}
interface Place {
  readonly at: Timestamp;
  readonly message: Message;
  readonly appended: Timestamp | null;
}

const misaligned = (address: number, size: number): { address: number; size: number }[] =>
  alignedParts(BigInt(address), size, 8).map((one) => ({ address: Number(one.address), size: one.size }));

const extended = (value: bigint, size: number, signed: boolean): bigint =>
  signed ? BigInt.asUintN(xlen, BigInt.asIntN(8 * size, value)) : BigInt.asUintN(8 * size, value);
