import type { Scenario } from '../../server/src/checker/scenario';
import type { FenceSet } from '../../server/src/machine/effect';
import type { Memory } from './memory';
import { type Micro, NotModelled, type Program } from './program';
import type { Buffered, HartState, State } from './state';

type Store = Extract<Micro, { kind: 'store' }>;

/** The patcher's hart as one that stores: its program, its store buffer, and the order in which that empties. */
export class Patcher {
  constructor(
    private readonly scenario: Scenario,
    private readonly program: Program,
    private readonly memory: Memory,
    /** There is somebody who executes the sites. */
    private readonly threads: boolean,
  ) {}

  private store(id: number): Store {
    const micro = this.program.micros[id];
    if (micro?.kind !== 'store') throw new Error(`no store at ${id}`);
    return micro;
  }

  private isMemory(id: number): boolean {
    return !this.store(id).device;
  }

  /**
   * Whatever is fetched after a `fence.i` comes after the stores to memory before it, and so do its reads and stores.
   * A store to a device need not (docs/semantics.md, section 4: the weaker reading).
   */
  fenceI(state: State): State {
    const own = state.harts[0];
    if (own === undefined) return state;
    const earlier = state.buffer.map(({ id }) => id).filter((id) => this.isMemory(id));
    const { w, o, r, f } = state.before;
    const before = { w: union(w, earlier), o, r: union(r, earlier), f: union(f, earlier) };
    return withHart({ ...state, before }, 0, this.memory.fenceI(own));
  }

  /** The patcher's next operation, or null where it has to wait or has finished. */
  step(state: State): State | null {
    const micro = this.program.micros[state.at];
    if (micro === undefined) return null;
    const own = state.harts[0];
    if (own === undefined) return null;
    const onward: State = { ...state, at: state.at + 1 };
    switch (micro.kind) {
      case 'store': {
        const to = micro.payload.kind === 'message' ? micro.payload.hart : 0;
        if (state.harts[to]?.online === false) return { ...onward, unasked: [...state.unasked, to] };
        return { ...onward, buffer: [...state.buffer, this.issued(state, state.at, micro)] };
      }
      case 'fence':
        return this.fence(onward, micro.pred, micro.succ, micro.tso);
      case 'fence.i':
        return this.fenceI(onward);
      case 'wait':
        if (state.unasked.includes(micro.hart))
          return { ...onward, unasked: state.unasked.filter((hart) => hart !== micro.hart) };
        return this.readAnswer(onward, micro.hart, own);
      case 'stop':
        return { ...onward, stop: micro.stop };
      case 'gathered': {
        let gathered: State | null = onward;
        for (let hart = 1; hart < state.harts.length && gathered !== null; hart++) {
          if (state.harts[hart]?.online === true) gathered = this.readAnswer(gathered, hart, gathered.harts[0] ?? own);
        }
        return gathered;
      }
      case 'reports': {
        // Threads that are stopped do not report.
        if (state.asked === null || state.asked.slots.length > 0 || (state.stop !== null && this.threads)) return null;
        if (!this.memory.readsMayGo(state, 0)) return null;
        return withHart(
          { ...onward, asked: null, told: state.asked.message },
          0,
          this.memory.acquire(own, state.asked.rank),
        );
      }
      case 'run':
        return null;
      case 'migrate':
        return this.migrate(onward, micro.hart, micro.fenceI);
      case 'hotplug':
        return { ...onward, hotplug: { locked: micro.locked, done: micro.locked ? state.hotplug.done : state.at } };
      case 'go on':
        return { ...onward, stop: null };
    }
  }

  /** A release on one hart and an acquire on the other; the harts change their numbers, so that the patcher's is 0. */
  private migrate(state: State, index: number, fenceI: boolean): State | null {
    if (state.buffer.some(({ id }) => this.isMemory(id)) || state.before.w.length > 0) return null;
    if (state.buffer.length > 0) throw new NotModelled('a device store that the patcher leaves behind');
    const [from, to] = [state.harts[0], state.harts[index]];
    // A hart that stands in stop_machine runs no thread.
    if (from === undefined || to === undefined || to.parked !== null) return null;
    const rank = state.messages.length;
    const left = this.memory.hasWritten(from, rank);
    const arrived = this.memory.acquire(to, rank);
    const number = (hart: number): number => (hart === 0 ? index : hart === index ? 0 : hart);
    const harts = withHart(withHart(state, index, left), 0, fenceI ? this.memory.fenceI(arrived) : arrived);
    const slots = state.slots.map((slot) => (slot === null ? null : { ...slot, home: number(slot.home) }));
    const answers = state.answers.map((_, i) => state.answers[number(i)] ?? null);
    return { ...harts, slots, answers, before: { w: [], o: [], r: [], f: [] } };
  }

  private readAnswer(state: State, hart: number, own: HartState): State | null {
    const answer = state.answers[hart];
    if (answer === null || answer === undefined || !this.memory.readsMayGo(state, 0)) return null;
    const answers = state.answers.map((other, i) => (i === hart ? null : other));
    return withHart({ ...state, answers }, 0, this.memory.acquire(own, answer));
  }

  /** A store as it enters the buffer, with the buffered ones that must be out before it. */
  private issued(state: State, id: number, store: Store): Buffered {
    const model = this.scenario.machine.memory;
    const after = state.buffer
      .map((entry) => entry.id)
      .filter((earlier) => {
        if (model === 'sc') return true;
        if (store.device) return !this.isMemory(earlier) || state.before.o.includes(earlier);
        if (state.before.w.includes(earlier)) return true;
        return this.isMemory(earlier) && (store.release || model === 'tso' || sameLocation(this.store(earlier), store));
      });
    return { id, after };
  }

  private fence(state: State, pred: FenceSet, succ: FenceSet, tso: boolean): State {
    const own = state.harts[0];
    if (own === undefined) return state;
    const earlier = state.buffer.map(({ id }) => id).filter((id) => (this.isMemory(id) ? pred.w : pred.o));
    const { w, o, r, f } = state.before;
    const before = {
      f,
      w: succ.w ? union(w, earlier) : w,
      o: succ.o ? union(o, earlier) : o,
      r: succ.r && !tso ? union(r, earlier) : r,
    };
    return withHart({ ...state, before }, 0, this.memory.fenceReads(own, pred, succ, tso));
  }

  /** Each way in which one buffered store may leave: it becomes visible to all harts at once, at the end of the order. */
  commits(state: State): { readonly text: string; readonly state: State }[] {
    const waiting = new Set(state.buffer.map(({ id }) => id));
    return state.buffer
      .filter(({ after }) => !after.some((id) => waiting.has(id)))
      .map(({ id }) => ({ text: `visible: ${this.store(id).text}`, state: this.commit(state, id) }));
  }

  private commit(before: State, id: number): State {
    const { payload, device } = this.store(id);
    const messages = payload.kind === 'bytes' ? [...before.messages, id] : before.messages;
    const rank = messages.length;
    const without = (ids: readonly number[]): readonly number[] => ids.filter((other) => other !== id);
    const state: State = {
      ...before,
      messages,
      buffer: before.buffer
        .filter((entry) => entry.id !== id)
        .map((entry) => ({ ...entry, after: without(entry.after) })),
      before: {
        w: without(before.before.w),
        o: without(before.before.o),
        r: without(before.before.r),
        f: without(before.before.f),
      },
      slots: before.slots.map((slot) =>
        slot?.behind.includes(id) ? { ...slot, behind: without(slot.behind), view: Math.max(slot.view, rank) } : slot,
      ),
    };
    const own = state.harts[0];
    if (own === undefined) return state;
    let hart = device ? own : this.memory.hasWritten(own, rank);
    if (before.before.r.includes(id)) hart = { ...hart, vrn: Math.max(hart.vrn, rank) };
    if (before.before.f.includes(id)) hart = { ...hart, vI: Math.max(hart.vI, rank) };
    switch (payload.kind) {
      case 'bytes': {
        const coh = new Map(hart.coh);
        payload.bytes.forEach((_, i) => void coh.set(payload.address + BigInt(i), rank));
        return withHart(state, 0, this.memory.normal({ ...hart, coh }));
      }
      case 'message': {
        const target = state.harts[payload.hart];
        if (target === undefined) return state;
        const pending = [...target.pending, { sync: payload.sync, rank }];
        return withHart(withHart(state, 0, this.memory.normal(hart)), payload.hart, { ...target, pending });
      }
      case 'ask': {
        const slots = state.slots.flatMap((slot, i) => (slot === null ? [] : [i]));
        return withHart({ ...state, asked: { slots, message: rank, rank } }, 0, this.memory.normal(hart));
      }
      case 'leave':
        return withHart(
          { ...state, released: state.released.map((other, i) => (i === payload.stop ? rank : other)) },
          0,
          this.memory.normal(hart),
        );
      case 'end':
        return withHart({ ...state, end: rank }, 0, this.memory.normal(hart));
    }
  }
}

export function withHart(state: State, index: number, hart: HartState): State {
  return { ...state, harts: state.harts.map((other, i) => (i === index ? hart : other)) };
}

const union = (a: readonly number[], b: readonly number[]): readonly number[] =>
  [...new Set([...a, ...b])].sort((x, y) => x - y);

/** Same-address order: two stores of bytes that overlap, or two messages to one hart. */
function sameLocation(a: Store, b: Store): boolean {
  if (a.payload.kind === 'message' && b.payload.kind === 'message') return a.payload.hart === b.payload.hart;
  if (a.payload.kind !== 'bytes' || b.payload.kind !== 'bytes') return false;
  const [x, y] = [a.payload, b.payload];
  return x.address < y.address + BigInt(y.bytes.length) && y.address < x.address + BigInt(x.bytes.length);
}
