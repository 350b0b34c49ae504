import type { Scenario } from '../../server/src/checker/scenario';
import type { FenceSet } from '../../server/src/machine/effect';
import type { Memory } from './memory';
import { type Micro, NotModelled, type Payload, type Program, type Sync } from './program';
import { type Buffered, type HartState, type PatcherState, type State, withHart, withPatcher } from './state';

type Store = Extract<Micro, { kind: 'store' }>;

/** The patchers' harts as those that store: their programs, their store buffers, and the order in which these empty. */
export class Patchers {
  constructor(
    private readonly scenario: Scenario,
    private readonly program: Program,
    private readonly memory: Memory,
    /** There is somebody who executes the sites. */
    private readonly threads: boolean,
  ) {}

  /** What a patcher does next; nothing once it has stored its END. */
  next(state: State, index: number): Micro | undefined {
    const at = state.patchers[index]?.at;
    const end = this.program.patchers[index]?.end ?? 0;
    return at === undefined || at >= end ? undefined : this.program.micros[at];
  }

  /** It is a store to memory, not to a device. */
  isMemory(id: number): boolean {
    return !this.store(id).device;
  }

  /** A message that is such a sync's has reached this hart and is not taken, is on its way, or is still to be sent. */
  messageToCome(state: State, index: number, such: (sync: Sync) => boolean): boolean {
    const { syncs, patchers, micros } = this.program;
    const isSuch = (number: number): boolean => {
      const sync = syncs[number];
      return sync !== undefined && such(sync);
    };
    const sends = (id: number): boolean => {
      const micro = micros[id];
      if (micro?.kind !== 'store' || micro.payload.kind !== 'message') return false;
      return micro.payload.hart === index && isSuch(micro.payload.sync);
    };
    if (state.harts[index]?.pending.some(({ sync }) => isSuch(sync)) === true) return true;
    return state.patchers.some(({ at, buffer }, other) => {
      const end = patchers[other]?.end ?? 0;
      for (let id = at; id < end; id++) if (sends(id)) return true;
      return buffer.some(({ id }) => sends(id));
    });
  }

  /** On any hart. */
  fenceI(state: State, index: number): State {
    const hart = hartOf(state, index);
    const after = withHart(state, index, this.memory.fenceI(hart));
    const own = state.patchers[index];
    if (own === undefined) return after;
    // Whatever is fetched after a `fence.i` comes after the stores to memory before it, and so do its reads and stores.
    // A store to a device need not (docs/semantics.md, section 4: the weaker reading).
    const earlier = own.buffer.map(({ id }) => id).filter((id) => this.isMemory(id));
    const { w, o, r, f } = own.before;
    const before = { w: union(w, earlier), o, r: union(r, earlier), f: union(f, earlier) };
    return withPatcher(after, index, { before });
  }

  /** On any hart. */
  fence(state: State, index: number, pred: FenceSet, succ: FenceSet, tso: boolean): State {
    const after = withHart(state, index, this.memory.fenceReads(hartOf(state, index), pred, succ, tso));
    const own = state.patchers[index];
    if (own === undefined) return after;
    const earlier = own.buffer.map(({ id }) => id).filter((id) => (this.isMemory(id) ? pred.w : pred.o));
    const { w, o, r, f } = own.before;
    const before = {
      f,
      w: succ.w ? union(w, earlier) : w,
      o: succ.o ? union(o, earlier) : o,
      r: succ.r && !tso ? union(r, earlier) : r,
    };
    return withPatcher(after, index, { before });
  }

  /** A patcher's hart has executed the store of this place; when it becomes visible is another step. */
  issue(state: State, index: number, id: number): State {
    const own = patcherOf(state, index);
    return withPatcher(state, index, { buffer: [...own.buffer, this.issued(own, id)] });
  }

  /** A patcher's next operation, or null where it has to wait or has finished. */
  step(state: State, index: number): State | null {
    const micro = this.next(state, index);
    if (micro === undefined) return null;
    const own = patcherOf(state, index);
    const hart = hartOf(state, index);
    const onward = withPatcher(state, index, { at: own.at + 1 });
    switch (micro.kind) {
      case 'store': {
        const to = micro.payload.kind === 'message' ? micro.payload.hart : index;
        if (state.harts[to]?.online === false) return withPatcher(onward, index, { unasked: [...own.unasked, to] });
        return this.issue(onward, index, own.at);
      }
      case 'fence':
        return this.fence(onward, index, micro.pred, micro.succ, micro.tso);
      case 'fence.i':
        return this.fenceI(onward, index);
      case 'lock':
        return this.takeLock(onward, index, micro.lock);
      case 'wait':
        if (own.unasked.includes(micro.hart))
          return withPatcher(onward, index, { unasked: own.unasked.filter((other) => other !== micro.hart) });
        return this.readAnswer(onward, index, micro.hart);
      case 'stop':
        return { ...onward, stop: micro.stop };
      case 'gathered': {
        let gathered: State | null = onward;
        for (let other = 1; other < state.harts.length && gathered !== null; other++) {
          if (state.harts[other]?.online === true) gathered = this.readAnswer(gathered, index, other);
        }
        return gathered;
      }
      case 'reports': {
        // Threads that are stopped do not report.
        if (state.asked === null || state.asked.slots.length > 0 || (state.stop !== null && this.threads)) return null;
        if (!this.memory.readsMayGo(state, index)) return null;
        const told = { ...onward, asked: null, told: state.asked.message };
        return withHart(told, index, this.memory.acquire(hart, state.asked.rank));
      }
      case 'run':
        return null;
      case 'migrate':
        return this.migrate(onward, micro.hart, micro.fenceI);
      case 'hotplug': {
        const { locked } = micro;
        return { ...onward, hotplug: { locked, done: locked ? state.hotplug.done : own.at } };
      }
      case 'go on':
        return { ...onward, stop: null };
    }
  }

  /**
   * The read of the lock is an acquire, and whether the patcher goes on depends on its value: what it does from here on,
   * messages to devices among it, comes after the store by which the lock was given back. Its own stores may still be on
   * their way, but for the one that gave this very lock back.
   */
  private takeLock(state: State, index: number, number: number): State | null {
    const lock = state.locks[number];
    if (lock === undefined || lock.holder !== null || !this.memory.readsMayGo(state, index)) return null;
    const locks = state.locks.map((other, i) => (i === number ? { ...other, holder: index } : other));
    return withHart({ ...state, locks }, index, this.memory.acquire(hartOf(state, index), lock.rank));
  }

  /** A release on one hart and an acquire on the other; the harts change their numbers, so that the patcher's is 0. */
  private migrate(state: State, index: number, fenceI: boolean): State | null {
    const own = patcherOf(state, 0);
    if (own.buffer.some(({ id }) => this.isMemory(id)) || own.before.w.length > 0) return null;
    if (own.buffer.length > 0) throw new NotModelled('a device store that the patcher leaves behind');
    const [from, to] = [hartOf(state, 0), hartOf(state, index)];
    // A hart that stands in stop_machine runs no thread.
    if (to.parked !== null) return null;
    const rank = state.messages.length;
    const left = this.memory.hasWritten(from, rank);
    const arrived = this.memory.acquire(to, rank);
    const number = (hart: number): number => (hart === 0 ? index : hart === index ? 0 : hart);
    const moved = withHart(withHart(state, index, left), 0, fenceI ? this.memory.fenceI(arrived) : arrived);
    const slots = state.slots.map((slot) => (slot === null ? null : { ...slot, home: number(slot.home) }));
    const answers = own.answers.map((_, i) => own.answers[number(i)] ?? null);
    return withPatcher({ ...moved, slots }, 0, { answers, before: { w: [], o: [], r: [], f: [] } });
  }

  private readAnswer(state: State, index: number, hart: number): State | null {
    const own = patcherOf(state, index);
    const answer = own.answers[hart];
    if (answer === null || answer === undefined || !this.memory.readsMayGo(state, index)) return null;
    const answers = own.answers.map((other, i) => (i === hart ? null : other));
    return withHart(withPatcher(state, index, { answers }), index, this.memory.acquire(hartOf(state, index), answer));
  }

  private store(id: number): Store {
    const micro = this.program.micros[id];
    if (micro?.kind !== 'store') throw new Error(`no store at ${id}`);
    return micro;
  }

  /** A store as it enters its hart's buffer, with the buffered ones that must be out before it. */
  private issued(own: PatcherState, id: number): Buffered {
    const store = this.store(id);
    const model = this.scenario.machine.memory;
    const after = own.buffer
      .map((entry) => entry.id)
      .filter((earlier) => {
        if (model === 'sc') return true;
        if (store.device) return !this.isMemory(earlier) || own.before.o.includes(earlier);
        if (own.before.w.includes(earlier)) return true;
        return this.isMemory(earlier) && (store.release || model === 'tso' || sameLocation(this.store(earlier), store));
      });
    return { id, after };
  }

  /** Each way in which one buffered store may leave: it becomes visible to all harts at once, at the end of the order. */
  commits(state: State): { readonly text: string; readonly payload: Payload; readonly state: State }[] {
    return state.patchers.flatMap(({ buffer }, index) => {
      const waiting = new Set(buffer.map(({ id }) => id));
      return buffer
        .filter(({ after }) => !after.some((id) => waiting.has(id)))
        .map(({ id }) => {
          const { text, payload } = this.store(id);
          return { text: `visible: ${text}`, payload, state: this.commit(state, index, id) };
        });
    });
  }

  private commit(before: State, index: number, id: number): State {
    const { payload, device } = this.store(id);
    const own = patcherOf(before, index);
    const messages = payload.kind === 'bytes' ? [...before.messages, id] : before.messages;
    const rank = messages.length;
    const without = (ids: readonly number[]): readonly number[] => ids.filter((other) => other !== id);
    const { w, o, r, f } = own.before;
    const left = withPatcher({ ...before, messages }, index, {
      buffer: own.buffer.filter((entry) => entry.id !== id).map((entry) => ({ ...entry, after: without(entry.after) })),
      before: { w: without(w), o: without(o), r: without(r), f: without(f) },
    });
    const slots = before.slots.map((slot) =>
      slot?.behind.includes(id) ? { ...slot, behind: without(slot.behind), view: Math.max(slot.view, rank) } : slot,
    );
    let hart = hartOf(before, index);
    if (!device) hart = this.memory.hasWritten(hart, rank);
    if (r.includes(id)) hart = { ...hart, vrn: Math.max(hart.vrn, rank) };
    if (f.includes(id)) hart = { ...hart, vI: Math.max(hart.vI, rank) };
    if (payload.kind === 'bytes') {
      const coh = new Map(hart.coh);
      payload.bytes.forEach((_, i) => void coh.set(payload.address + BigInt(i), rank));
      hart = { ...hart, coh };
    }
    return this.arrive(withHart({ ...left, slots }, index, this.memory.normal(hart)), index, payload, rank);
  }

  /** What a store that has become visible tells others, who read it exactly. */
  private arrive(state: State, index: number, payload: Payload, rank: number): State {
    switch (payload.kind) {
      case 'bytes':
        return state;
      case 'message': {
        const target = hartOf(state, payload.hart);
        // Those of one patcher stand in its order; between patchers there is none.
        const pending = [...target.pending, { sync: payload.sync, rank }].sort((a, b) => a.sync - b.sync);
        return withHart(state, payload.hart, { ...target, pending });
      }
      case 'answer': {
        const { answers } = patcherOf(state, payload.patcher);
        return withPatcher(state, payload.patcher, {
          answers: answers.map((other, i) => (i === payload.hart ? rank : other)),
        });
      }
      case 'unlock':
        return {
          ...state,
          locks: state.locks.map((lock, i) => (i === payload.lock ? { holder: null, rank } : lock)),
        };
      case 'ask': {
        const slots = state.slots.flatMap((slot, i) => (slot === null ? [] : [i]));
        return { ...state, asked: { slots, message: rank, rank } };
      }
      case 'leave':
        return { ...state, released: state.released.map((other, i) => (i === payload.stop ? rank : other)) };
      case 'end':
        return withPatcher(state, index, { end: rank });
    }
  }
}

function hartOf(state: State, index: number): HartState {
  const hart = state.harts[index];
  if (hart === undefined) throw new Error(`no hart ${index}`);
  return hart;
}

function patcherOf(state: State, index: number): PatcherState {
  const patcher = state.patchers[index];
  if (patcher === undefined) throw new Error(`no patcher ${index}`);
  return patcher;
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
