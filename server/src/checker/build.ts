/**
 * Patchers' operations taken apart into what the memory model knows: writes of single messages, fences, waits. What the
 * programs order among their own messages is computed once, by running them over views (memory/views.ts).
 */
import { type MessageSet, none, type Order, Orders, single } from '../memory/order';
import { freshViews, recloseViews } from '../memory/set-views';
import type { MemoryRules } from '../memory/views';
import { Meetings } from './meetings';
import { type ProgramShape, runMicro } from './micro';
import {
  aloneOrInTurn,
  type Deadlock,
  type Grace,
  type Message,
  type Micro,
  type Plan,
  type Program,
  type Rendezvous,
  type Track,
  trackOf,
} from './program';
import type { HandlerOperation, Operation, Patcher, Scenario } from './scenario';
import { pieces } from './stores';

/**
 * @param plan How patchers that run side by side meet (patchers.ts).
 * @returns null where the memory model does not let them meet like that
 */
export function programOf(scenario: Scenario, rules: MemoryRules, plan: Plan = aloneOrInTurn): Program | null {
  const builder = new Builder(scenario);
  for (const patcher of scenario.patchers) builder.patcher(patcher);
  return builder.finish(rules, plan);
}

/** The parked harts' state inside a stop_machine body: can they take an interrupt? */
interface Stopped {
  readonly deaf: boolean;
}
type Draft = { -readonly [K in keyof Rendezvous]: Rendezvous[K] };
type WithoutPlace<T> = T extends unknown ? Omit<T, 'operation' | 'open'> : never;

/** A wait for harts that do not answer. */
interface Stuck {
  readonly micro: number;
  readonly operation: number;
}

/** A lock or unlock of a patcher that others run beside. */
interface LockUse {
  readonly micro: number;
  /** What an `unlock` writes; null for a `lock`. */
  readonly message: number | null;
  readonly name: string;
}

class Builder {
  readonly #operations: Operation[] = [];
  readonly #micros: Micro[] = [];
  readonly #messages: Message[] = [];
  readonly #rendezvous: Draft[] = [];
  readonly #graces: { -readonly [K in keyof Grace]: Grace[K] }[] = [];
  readonly #tracks: Track[] = [];
  /** By track. */
  readonly #locks: LockUse[][] = [];
  /** Of the track that is being made: the wait in it that can never end. */
  #stuck: Stuck | null = null;
  #deadlock: Deadlock | null = null;

  constructor(readonly scenario: Scenario) {}

  /** Takes one patcher's operations apart, behind those of the patchers before it. */
  patcher({ name, operations }: Patcher): void {
    const first = this.#micros.length;
    const index = this.#tracks.length;
    this.#locks.push([]);
    this.#stuck = null;
    for (const operation of operations) this.#operation(operation, true, null);
    if (this.#stuck === null) {
      const message = this.#message('end', 0n, new Uint8Array(), -1);
      this.#micros.push({ kind: 'write', message, release: true, operation: -1, open: true });
    } else this.#deadlock = deadlockOf(this.#stuck);
    this.#tracks.push({ index, name: this.#alone ? null : name, first, end: this.#micros.length });
    this.#micros.push({ kind: 'ended', operation: -1, open: true });
  }

  get #alone(): boolean {
    return this.scenario.patchers.length === 1;
  }

  #target(name: string): string {
    const to = this.scenario.sites.find((site) => site.name === name)?.to;
    if (to == null) throw new RangeError(`nothing says what the patcher's pass through ${name} must be`);
    return to;
  }

  /** Are there other harts at all? A patcher that migrates needs some. */
  get #others(): boolean {
    const { executors, patchers } = this.scenario;
    return executors.count !== 0 || patchers.length > 1 || migrates(patchers[0]?.operations ?? []);
  }

  #operation(operation: Operation, open: boolean, stopped: Stopped | null): void {
    if (this.#stuck !== null) return;
    const index = this.#operations.push(operation) - 1;
    const emit = (micro: WithoutPlace<Micro>): void => {
      this.#micros.push({ ...micro, operation: index, open });
    };
    switch (operation.kind) {
      case 'store':
        for (const piece of pieces(operation, this.scenario.machine.isa.xlen))
          emit({
            kind: 'write',
            message: this.#message(operation.target, piece.address, piece.bytes, index),
            release: false,
          });
        return;
      case 'fence':
        emit({ kind: 'fence', pred: operation.pred, succ: operation.succ, tso: operation.tso });
        return;
      case 'fence.i':
        emit({ kind: 'fence.i' });
        return;
      case 'free':
        emit({
          kind: 'write',
          message: this.#message('free', operation.address, new Uint8Array(operation.size), index),
          release: false,
        });
        return;
      case 'wait': {
        // The wait begins with a full barrier, as every wait of RCU.
        const message = this.#message('grace', 0n, new Uint8Array(), index);
        const sendMicro = this.#micros.length;
        emit({ kind: 'write', message, release: true });
        if (stopped !== null) {
          // The stopped harts' threads cannot report.
          this.#stuck = { micro: this.#micros.length, operation: index };
          return;
        }
        const grace = this.#graces.length;
        this.#graces.push({ index: grace, message, later: none, sendMicro, waitMicro: this.#micros.length });
        emit({ kind: 'grace', grace });
        return;
      }
      case 'lock':
        // Of patchers in turn nobody else holds it (patchers.ts).
        if (this.#alone) return;
        this.#locks.at(-1)?.push({ micro: this.#micros.length, message: null, name: operation.name });
        emit({ kind: 'lock', unlock: null });
        return;
      case 'unlock': {
        if (this.#alone) return;
        const message = this.#message('unlock', 0n, new Uint8Array(), index);
        this.#locks.at(-1)?.push({ micro: this.#micros.length, message, name: operation.name });
        emit({ kind: 'write', message, release: true });
        return;
      }
      case 'run':
        emit({ kind: 'run', site: operation.site, version: operation.version ?? this.#target(operation.site) });
        return;
      case 'migrate':
        emit({ kind: 'migrate', taken: this.#rendezvous.length, fenceI: operation.fenceI });
        return;
      case 'sync': {
        const { ipi } = this.scenario.machine;
        const message = this.#message('ipi', 0n, new Uint8Array(), index);
        const sendMicro = this.#micros.length;
        emit(ipi === 'memory' ? { kind: 'write', message, release: false } : { kind: 'device-write', message });
        if (!operation.async && this.#others) {
          if (stopped?.deaf === true && ipi !== 'sbi') {
            this.#stuck = { micro: this.#micros.length, operation: index };
            return;
          }
          const rendezvous = this.#meet({
            kind: 'sync',
            message,
            operation: index,
            sendMicro,
            body: operation.body,
            firmware: ipi === 'sbi',
          });
          emit({ kind: 'wait', rendezvous });
        }
        for (const local of operation.body) emit(local);
        return;
      }
      case 'stop_machine': {
        const parks = operation.park && this.#others;
        const { irqsOff, acquire } = operation;
        if (parks && stopped?.deaf === true) {
          this.#stuck = { micro: this.#micros.length, operation: index };
          return;
        }
        if (parks)
          emit({
            kind: 'wait',
            rendezvous: this.#meet({ kind: 'park', operation: index, sendMicro: this.#micros.length, irqsOff }),
          });
        const inner: Stopped | null = parks ? { deaf: operation.irqsOff } : stopped;
        for (const own of operation.body) this.#operation(own, open && !operation.irqsOff, inner);
        if (this.#stuck !== null) return;
        const message = this.#message('counter', 0n, new Uint8Array(), index);
        const sendMicro = this.#micros.length;
        this.#micros.push({
          kind: 'write',
          message,
          release: operation.release,
          operation: index,
          open: open && !operation.irqsOff,
        });
        if (parks) {
          const body: readonly HandlerOperation[] = operation.fenceI ? [{ kind: 'fence.i' }] : [];
          this.#meet({ kind: 'leave', message, operation: index, sendMicro, body, irqsOff, acquire });
        }
        if (operation.fenceI)
          this.#micros.push({ kind: 'fence.i', operation: index, open: open && !operation.irqsOff });
        return;
      }
      default:
        operation satisfies never;
    }
  }

  #message(kind: Message['kind'], address: bigint, bytes: Uint8Array, operation: number): number {
    const id = this.#messages.length;
    this.#messages.push({ id, kind, address, bytes, operation, micro: this.#micros.length });
    return id;
  }

  #meet(meeting: Pick<Rendezvous, 'kind' | 'operation' | 'sendMicro'> & Partial<Rendezvous>): number {
    const index = this.#rendezvous.length;
    const waitMicro = this.#micros.length;
    const track = this.#tracks.length;
    this.#rendezvous.push({
      message: null,
      body: [],
      firmware: false,
      irqsOff: false,
      acquire: true,
      later: none,
      ...meeting,
      index,
      track,
      nth: this.#rendezvous.filter((other) => other.track === track).length,
      waitMicro,
    });
    return index;
  }

  /**
   * @returns null where the architecture does not let the patchers meet as the plan has it
   */
  finish(rules: MemoryRules, plan: Plan): Program | null {
    const later = (wait: number): MessageSet => {
      const its = this.#tracks.find(({ end }) => wait < end);
      const after = this.#messages.filter(({ micro }) => micro > wait && its !== undefined && micro < its.end);
      return after.reduce((all, { id }) => all | single(id), none);
    };
    for (const meeting of this.#rendezvous) if (meeting.kind !== 'leave') meeting.later = later(meeting.waitMicro);
    for (const grace of this.#graces) grace.later = later(grace.waitMicro);
    const unlocked = this.#handOver(plan.locks);
    const orders = new Orders();
    const shape: ProgramShape = {
      micros: this.#micros,
      messages: this.#messages,
      rendezvous: this.#rendezvous,
      graces: this.#graces,
      orders,
    };
    let order: Order | null = orders.intern(this.#messages.map(() => none));
    for (const [earlier, after] of plan.coherence)
      order = order && orders.constrain(order, single(earlier), single(after));
    order = order && this.#run(shape, rules, order, unlocked);
    if (order === null) return null;
    const ends = this.#messages.filter(({ kind }) => kind === 'end');
    return {
      ...shape,
      tracks: this.#tracks,
      standing: this.#micros.map((_, q) => {
        const { index, first } = trackOf({ tracks: this.#tracks }, q);
        return [...Array.from({ length: index }, () => 0), q - first];
      }),
      meetings: new Meetings(this.#rendezvous, this.#tracks.length),
      operations: this.#operations,
      order,
      ends: ends.reduce((all, { id }) => all | single(id), none),
      deadlock: this.#deadlock,
    };
  }

  /** Each lock reads the unlock before it. Returns the micro-operations of those unlocks, by that of the lock. */
  #handOver(turns: readonly number[]): ReadonlyMap<number, number> {
    const unlocked = new Map<number, number>();
    const last = new Map<string, LockUse>();
    const next = this.#tracks.map(() => 0);
    const taken = new Set<number>();
    for (const track of turns) {
      const use = this.#locks[track]?.[next[track] ?? 0];
      if (use === undefined) continue;
      next[track] = (next[track] ?? 0) + 1;
      const before = last.get(use.name);
      const micro = this.#micros[use.micro];
      if (use.message === null && micro) {
        taken.add(use.micro);
        this.#micros[use.micro] = { ...micro, kind: 'lock', unlock: before?.message ?? null };
        if (before !== undefined) unlocked.set(use.micro, before.micro);
      } else last.set(use.name, use);
    }
    this.#waitInCircle(next);
    return unlocked;
  }

  /** Where the plan lets a patcher come no further than a lock, it waits there for ever. */
  #waitInCircle(next: readonly number[]): void {
    const waits = this.#tracks.map((track, i) => this.#locks[i]?.[next[i] ?? 0]?.micro ?? track.end);
    const waiting = this.#tracks.findIndex(({ end }, i) => (waits[i] ?? end) < end);
    if (waiting < 0) return;
    const operation = this.#micros[waits[waiting] ?? 0]?.operation ?? -1;
    this.#deadlock = { at: waits, operation, waitsFor: 'lock' };
  }

  /** Every patcher's operations, each as far as the locks let it. */
  #run(shape: ProgramShape, rules: MemoryRules, from: Order, unlocked: ReadonlyMap<number, number>): Order | null {
    let order = from;
    const at = this.#tracks.map(({ first }) => ({ q: first, views: freshViews }));
    const stops = this.#tracks.map(({ end }, i) => (this.#alone ? end : (this.#deadlock?.at[i] ?? end)));
    for (let moved = true; moved; ) {
      moved = false;
      for (const [i, its] of at.entries())
        while (its.q < (stops[i] ?? 0)) {
          const unlock = unlocked.get(its.q);
          if (unlock !== undefined && (at[trackOf({ tracks: this.#tracks }, unlock).index]?.q ?? 0) <= unlock) break;
          const next = runMicro(shape, rules, order, recloseViews(order, its.views), its.q);
          if (next === null) return null;
          order = next.order;
          its.views = next.views;
          its.q += 1;
          moved = true;
        }
    }
    return order;
  }
}

const deadlockOf = ({ micro, operation }: Stuck): Deadlock => ({ at: [micro], operation, waitsFor: 'harts' });

const migrates = (operations: readonly Operation[]): boolean => operations.some(({ kind }) => kind === 'migrate');
