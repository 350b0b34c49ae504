import { type Pass, passKey } from './pass';

/**
 * Views are ranks: how many code and data messages of the global order one is bound to have seen. Messages, answers
 * and counters stand between two of these, and are read exactly, so their own places need no numbers.
 */
export type View = number;

export interface HartState {
  /** Below it no fetch may read; the largest fetch view so far (only where `fence.i` orders fetches). */
  readonly vI: View;
  readonly vF: View;
  /** Below it no later read may read; what reads and writes have seen and done so far. */
  readonly vrn: View;
  readonly vro: View;
  readonly vwo: View;
  /** Per byte: what this hart has read or written last, where that says more than `vrn` and `vI`. */
  readonly coh: ReadonlyMap<bigint, View>;
  /** The pass that it runs, as an index into `slots`; on a patcher's hart null means that the patcher runs. */
  readonly slot: number | null;
  /** In a breakpoint's handler that has not looked yet, or inside a trap of this kind, before its return with its fix-ups. */
  readonly trapped: 'handler' | 'interrupt' | 'breakpoint' | null;
  readonly online: boolean;
  /** The stop_machine that it stands in. */
  readonly parked: number | null;
  /** Messages that have arrived and whose interrupt is still to be taken. */
  readonly pending: readonly { readonly sync: number; readonly rank: View }[];
}

/** A pass in progress and where its thread is. A thread between passes is like a new one and needs no state. */
export interface Slot {
  /** Its number among `Passes`. */
  readonly pass: number;
  /** Begun after its hart had read END. */
  readonly late: boolean;
  /** Run by an interrupt handler: not preempted, not interrupted. */
  readonly handler: boolean;
  /** The patcher's own: it must be one of these versions, and is not preempted. Null: a thread's. */
  readonly own: readonly string[] | null;
  /** Null while preempted. */
  readonly hart: number | null;
  readonly home: number;
  /** Preempted in a breakpoint's handler. */
  readonly handles: boolean;
  /** The data view that travels with a preempted thread. */
  readonly view: View;
  /** Stores of a patcher's hart that must be out before this thread can go on elsewhere. */
  readonly behind: readonly number[];
}

/** A store that has not left its hart; `id` is its place in the program. */
export interface Buffered {
  readonly id: number;
  /** Must be out first. */
  readonly after: readonly number[];
}

/** How far a patcher is, and what its hart still holds back. Patcher `p` runs on hart `p`. */
export interface PatcherState {
  /** Its place in the program. */
  readonly at: number;
  readonly buffer: readonly Buffered[];
  /** Buffered stores that later memory stores, device stores, reads and fetches of this hart must wait for. */
  readonly before: Readonly<Record<'w' | 'o' | 'r' | 'f', readonly number[]>>;
  /** By hart: the rank of an answer to this patcher that it has not read yet. */
  readonly answers: readonly (View | null)[];
  /** Harts that were not online when a message would have been sent to them. */
  readonly unasked: readonly number[];
  /** The rank of its END. */
  readonly end: View | null;
}

export interface State {
  /** The global order of code and data stores, by their places in the program. */
  readonly messages: readonly number[];
  readonly patchers: readonly PatcherState[];
  /** By lock: the patcher that holds it, and the rank at which it was given back last. */
  readonly locks: readonly { readonly holder: number | null; readonly rank: View }[];
  /** By stop_machine: the rank of its counter's store. */
  readonly released: readonly (View | null)[];
  /** The passes whose threads are asked to report and have not, the rank of the message, and that of the last report. */
  readonly asked: { readonly slots: readonly number[]; readonly message: View; readonly rank: View } | null;
  /** The rank of the last message on which every thread has reported. */
  readonly told: View;
  /** No hart may come online; what stands before this place in the program was done by the end of the last sync. */
  readonly hotplug: { readonly locked: boolean; readonly done: number };
  /** The stop_machine that the patcher is in. */
  readonly stop: number | null;
  readonly harts: readonly HartState[];
  readonly slots: readonly (Slot | null)[];
}

/** How many there are of what a state holds. */
export interface Counts {
  /** All of them, the patchers' first. */
  readonly harts: number;
  readonly slots: number;
  readonly stops: number;
  readonly locks: number;
  /** By patcher: where it begins in the program. */
  readonly starts: readonly number[];
}

/** Before anything has happened; harts in `later` are not online yet. */
export function initialState(counts: Counts, later: (hart: number) => boolean): State {
  const hart: HartState = {
    vI: 0,
    vF: 0,
    vrn: 0,
    vro: 0,
    vwo: 0,
    coh: new Map(),
    slot: null,
    trapped: null,
    online: true,
    parked: null,
    pending: [],
  };
  const of = <T>(length: number, each: T): T[] => Array.from({ length }, () => each);
  return {
    messages: [],
    patchers: counts.starts.map((at) => ({
      at,
      buffer: [],
      before: { w: [], o: [], r: [], f: [] },
      answers: of(counts.harts, null),
      unasked: [],
      end: null,
    })),
    locks: of(counts.locks, { holder: null, rank: 0 }),
    released: of(counts.stops, null),
    asked: null,
    told: 0,
    hotplug: { locked: false, done: 0 },
    stop: null,
    harts: Array.from({ length: counts.harts }, (_, i) => (later(i) ? { ...hart, online: false } : hart)),
    slots: of(counts.slots, null),
  };
}

/** The rank of the last END, once every patcher has stored its own. */
export function endOf({ patchers }: State): View | null {
  let last = 0;
  for (const { end } of patchers) {
    if (end === null) return null;
    last = Math.max(last, end);
  }
  return last;
}

export function withHart(state: State, index: number, hart: HartState): State {
  return { ...state, harts: state.harts.map((other, i) => (i === index ? hart : other)) };
}

export function withPatcher(state: State, index: number, changed: Partial<PatcherState>): State {
  const patchers = state.patchers.map((other, i) => (i === index ? { ...other, ...changed } : other));
  return { ...state, patchers };
}

export function withSlot(state: State, index: number, slot: Slot | null): State {
  return { ...state, slots: state.slots.map((other, i) => (i === index ? slot : other)) };
}

/** Equal for states that go on alike. */
export function stateKey(state: State): string {
  let key = `${state.messages};${state.released};${state.stop}`;
  for (const patcher of state.patchers) key += patcherKey(patcher);
  for (const { holder, rank } of state.locks) key += `;${holder ?? ''}@${rank}`;
  if (state.asked !== null) key += `;?${state.asked.slots}@${state.asked.message}@${state.asked.rank}`;
  if (state.told > 0) key += `;t${state.told}`;
  key += `;${state.hotplug.locked ? 'L' : ''}${state.hotplug.done}`;
  for (const hart of state.harts) key += hartKey(hart);
  for (const slot of state.slots) key += slotKey(slot);
  return key;
}

function patcherKey({ at, before, answers, unasked, end, buffer }: PatcherState): string {
  let key = ` ${at};${before.w};${before.o};${before.r};${before.f};${answers};${unasked};${end}`;
  for (const { id, after } of buffer) key += `;${id}>${after}`;
  return key;
}

function hartKey(hart: HartState): string {
  let key = ` ${hart.vI},${hart.vF},${hart.vrn},${hart.vro},${hart.vwo},${hart.slot},${hart.trapped ?? (hart.online ? '' : 'off')},${hart.parked}`;
  for (const { sync, rank } of hart.pending) key += `!${sync}@${rank}`;
  if (hart.coh.size > 0)
    key += [...hart.coh]
      .map(([address, view]) => `${address.toString(16)}@${view}`)
      .sort()
      .join();
  return key;
}

function slotKey(slot: Slot | null): string {
  if (slot === null) return ' -';
  return ` ${slot.pass},${slot.late ? 'L' : ''}${slot.handler ? 'H' : ''}${slot.own === null ? '' : 'O'}${slot.handles ? 'B' : ''}${slot.hart ?? 'q'},${slot.home},${slot.view},${slot.behind}`;
}

/** Every pass that the search has met, by number: states stay small, and equal passes are one. */
export class Passes {
  private readonly numbers = new Map<string, number>();
  private readonly met = new WeakMap<Pass, number>();
  private readonly passes: Pass[] = [];

  numberOf(pass: Pass): number {
    const known = this.met.get(pass) ?? this.numberByKey(pass);
    this.met.set(pass, known);
    return known;
  }

  private numberByKey(pass: Pass): number {
    const key = passKey(pass);
    const known = this.numbers.get(key) ?? this.passes.push(pass) - 1;
    this.numbers.set(key, known);
    return known;
  }

  at(number: number): Pass {
    const pass = this.passes[number];
    if (pass === undefined) throw new Error(`no pass ${number}`);
    return pass;
  }
}
