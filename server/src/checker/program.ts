/**
 * A patcher's operations taken apart into what the memory model knows: writes of single messages, fences, waits.
 * What the program orders among its own messages is computed once, by running it over views (memory/views.ts).
 */
import type { FenceSet } from '../machine';
import { close, type MessageSet, members, none, type Order, Orders, single } from '../memory/order';
import {
  afterAcquire,
  afterBranch,
  afterDeviceWrite,
  afterFence,
  afterFenceI,
  afterFetch,
  afterRead,
  afterWrite,
  deviceWriteBound,
  freshViews,
  readBound,
  released,
  type SetViews,
  writeBound,
} from '../memory/set-views';
import type { MemoryRules } from '../memory/views';
import type { HandlerOperation, Operation, Scenario } from './scenario';
import { pieces } from './stores';

/** One entry of the global memory order. */
export interface Message {
  readonly id: number;
  readonly kind: 'code' | 'data' | 'free' | 'ipi' | 'counter' | 'grace' | 'end';
  /**
   * For `code`, `data` and `free`: which bytes; what `free` writes is poison. Other messages are each their own location.
   */
  readonly address: bigint;
  readonly bytes: Uint8Array;
  /** Index into `Program.operations`; that length for the END store. */
  readonly operation: number;
  /** Index into `Program.micros`. */
  readonly micro: number;
}

/** A point where every other hart must do something. They are taken in order. */
export interface Rendezvous {
  readonly index: number;
  /**
   * `sync`: takes an interrupt, reads the message, runs the handler's body, answers.
   * `park`: the hart's thread is switched out, the hart reports and spins with interrupts off.
   * `leave`: a parked hart reads the counter, executes `fence.i` and goes on.
   */
  readonly kind: 'sync' | 'park' | 'leave';
  /** What the hart reads: the message or the counter. Null for `park`. */
  readonly message: number | null;
  readonly body: readonly HandlerOperation[];
  /** Executed by firmware: not maskable, no trap-return fix-up. */
  readonly firmware: boolean;
  /** `park` and `leave`: are interrupts off in between? */
  readonly irqsOff: boolean;
  /** `leave`: is the counter read with acquire? */
  readonly acquire: boolean;
  /** Everything that the patcher writes only after it has seen every hart's answer (none for `leave`). */
  readonly later: MessageSet;
  readonly sendMicro: number;
  readonly waitMicro: number;
  readonly operation: number;
}

/**
 * A wait for every thread (`wait rcu_tasks`). A thread reads that it has begun, and reports with a store-release, both
 * outside of the sites and of all that they jump to.
 */
export interface Grace {
  readonly index: number;
  /** What the threads read. */
  readonly message: number;
  /** Everything that the patcher writes only after it has seen every report. */
  readonly later: MessageSet;
  readonly sendMicro: number;
  readonly waitMicro: number;
}

export type Micro = {
  readonly operation: number /** May a thread take over the patcher's hart just before? */;
  readonly open: boolean;
} & (
  | { readonly kind: 'write'; readonly message: number; readonly release: boolean }
  | { readonly kind: 'device-write'; readonly message: number }
  | { readonly kind: 'fence'; readonly pred: FenceSet; readonly succ: FenceSet; readonly tso: boolean }
  | { readonly kind: 'fence.i' }
  | { readonly kind: 'wait'; readonly rendezvous: number }
  | { readonly kind: 'grace'; readonly grace: number }
  /** The patcher's own thread passes through a site. */
  | { readonly kind: 'run'; readonly site: string; readonly version: string }
  /** It goes on on a hart that has taken so many rendezvous and done nothing else. */
  | { readonly kind: 'migrate'; readonly taken: number; readonly fenceI: boolean }
);

export interface Program {
  readonly operations: readonly Operation[];
  readonly micros: readonly Micro[];
  readonly messages: readonly Message[];
  readonly rendezvous: readonly Rendezvous[];
  readonly graces: readonly Grace[];
  readonly order: Order;
  readonly orders: Orders;
  /** `boundary[q]`: the patcher hart's views just before micro-operation q, `micros.length` for the end. */
  readonly boundary: readonly SetViews[];
  readonly end: number;
  /** A wait that can never end, by the index of its micro-operation: nothing after it happens. */
  readonly deadlock: { readonly micro: number; readonly operation: number } | null;
}

type ProgramShape = Pick<Program, 'micros' | 'messages' | 'rendezvous' | 'graces' | 'orders'>;

export function programOf(scenario: Scenario, rules: MemoryRules): Program {
  const builder = new Builder(scenario);
  for (const operation of scenario.patchers[0]?.operations ?? []) builder.operation(operation, true, null);
  return builder.finish(rules);
}

/** The parked harts' state inside a stop_machine body: can they take an interrupt? */
interface Stopped {
  readonly deaf: boolean;
}
type Draft = { -readonly [K in keyof Rendezvous]: Rendezvous[K] };
type WithoutPlace<T> = T extends unknown ? Omit<T, 'operation' | 'open'> : never;

class Builder {
  readonly #operations: Operation[] = [];
  readonly #micros: Micro[] = [];
  readonly #messages: Message[] = [];
  readonly #rendezvous: Draft[] = [];
  readonly #graces: { -readonly [K in keyof Grace]: Grace[K] }[] = [];
  #deadlock: { micro: number; operation: number } | null = null;

  constructor(readonly scenario: Scenario) {}

  #target(name: string): string {
    const to = this.scenario.sites.find((site) => site.name === name)?.to;
    if (to == null) throw new RangeError(`nothing says what the patcher's pass through ${name} must be`);
    return to;
  }

  /** Are there other harts at all? A patcher that migrates needs some. */
  get #others(): boolean {
    return this.scenario.executors.count !== 0 || migrates(this.scenario.patchers[0]?.operations ?? []);
  }

  operation(operation: Operation, open: boolean, stopped: Stopped | null): void {
    if (this.#deadlock !== null) return;
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
          this.#deadlock = { micro: this.#micros.length, operation: index };
          return;
        }
        const grace = this.#graces.length;
        this.#graces.push({ index: grace, message, later: none, sendMicro, waitMicro: this.#micros.length });
        emit({ kind: 'grace', grace });
        return;
      }
      case 'lock':
      case 'unlock':
        // Nobody else holds it while these operations run (patchers.ts).
        return;
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
            this.#deadlock = { micro: this.#micros.length, operation: index };
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
          this.#deadlock = { micro: this.#micros.length, operation: index };
          return;
        }
        if (parks)
          emit({
            kind: 'wait',
            rendezvous: this.#meet({ kind: 'park', operation: index, sendMicro: this.#micros.length, irqsOff }),
          });
        const inner: Stopped | null = parks ? { deaf: operation.irqsOff } : stopped;
        for (const own of operation.body) this.operation(own, open && !operation.irqsOff, inner);
        if (this.#deadlock !== null) return;
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
    this.#rendezvous.push({
      message: null,
      body: [],
      firmware: false,
      irqsOff: false,
      acquire: true,
      later: none,
      ...meeting,
      index,
      waitMicro,
    });
    return index;
  }

  finish(rules: MemoryRules): Program {
    if (this.#deadlock === null) {
      const message = this.#message('end', 0n, new Uint8Array(), this.#operations.length);
      this.#micros.push({ kind: 'write', message, release: true, operation: this.#operations.length, open: true });
    }
    for (const meeting of this.#rendezvous)
      if (meeting.kind !== 'leave')
        for (const { id, micro } of this.#messages) if (micro > meeting.waitMicro) meeting.later |= single(id);
    for (const grace of this.#graces)
      for (const { id, micro } of this.#messages) if (micro > grace.waitMicro) grace.later |= single(id);
    const orders = new Orders();
    const shape: ProgramShape = {
      micros: this.#micros,
      messages: this.#messages,
      rendezvous: this.#rendezvous,
      graces: this.#graces,
      orders,
    };
    let order = orders.intern(this.#messages.map(() => none));
    let views = freshViews;
    const boundary = [views];
    for (let q = 0; q < this.#micros.length; q++) {
      const next = runMicro(shape, rules, order, views, q);
      if (next === null) throw new Error('a program does not order its own messages in a cycle');
      ({ order, views } = next);
      boundary.push(views);
    }
    return {
      ...shape,
      operations: this.#operations,
      order,
      boundary,
      end: this.#micros.length,
      deadlock: this.#deadlock,
    };
  }
}

/**
 * One micro-operation of the patcher from the given views.
 * @returns null where the order leaves no room for it: a message of it has been read where it cannot have been.
 */
export function runMicro(
  program: ProgramShape,
  rules: MemoryRules,
  order: Order,
  views: SetViews,
  q: number,
): { readonly order: Order; readonly views: SetViews } | null {
  const micro = program.micros[q];
  if (micro === undefined) return { order, views };
  switch (micro.kind) {
    case 'write': {
      const own = single(micro.message);
      const bound =
        writeBound(rules, views, none, micro.release) | sameLocation(program.messages, micro.message, views.coh);
      const grown = program.orders.constrain(order, bound, own);
      return grown && { order: grown, views: afterWrite(views, own, close(grown, own | bound)) };
    }
    case 'device-write': {
      const own = single(micro.message);
      const bound = deviceWriteBound(rules, views);
      const grown = program.orders.constrain(order, bound, own);
      return grown && { order: grown, views: afterDeviceWrite(views, close(grown, own | bound)) };
    }
    case 'fence':
      return { order, views: afterFence(views, micro.pred, micro.succ, micro.tso) };
    case 'fence.i':
      return { order, views: afterFenceI(rules, views) };
    case 'wait':
      return { order, views: afterWait(rules, order, views, program.rendezvous[micro.rendezvous]?.message ?? null) };
    case 'run':
      return { order, views };
    case 'migrate': {
      const hart = program.rendezvous
        .slice(0, micro.taken)
        .reduce((its, meeting) => afterMeeting(rules, order, its, meeting), freshViews);
      const arrived = afterAcquire(rules, hart, close(order, released(views)));
      return { order, views: micro.fenceI ? afterFenceI(rules, arrived) : arrived };
    }
    case 'grace':
      return { order, views: afterWait(rules, order, views, program.graces[micro.grace]?.message ?? null) };
  }
}

const migrates = (operations: readonly Operation[]): boolean => operations.some(({ kind }) => kind === 'migrate');

/** A hart's views after the interrupt of a rendezvous, up to its answer. */
export function afterMeeting(rules: MemoryRules, order: Order, before: SetViews, meeting: Rendezvous): SetViews {
  let views = before;
  if (meeting.message !== null) {
    const seen = single(meeting.message);
    const post = readBound(rules, views, none) | close(order, seen);
    views = afterRead(rules, views, none, seen, post, meeting.kind === 'leave' && meeting.acquire);
  } else views = afterAcquire(rules, views, released(views));
  for (const operation of meeting.body)
    views =
      operation.kind === 'fence.i'
        ? afterFenceI(rules, views)
        : afterFence(views, operation.pred, operation.succ, operation.tso);
  // The answer is an instruction too, fetched after the handler's fence.i.
  return afterFetch(rules, views, views.vI);
}

/** An answer comes after the message that it answers. The loop that waits is a control dependency on it. */
function afterWait(rules: MemoryRules, order: Order, views: SetViews, message: number | null): SetViews {
  const seen = message === null ? none : close(order, single(message));
  const answer = readBound(rules, views, none) | seen;
  return afterBranch(afterAcquire(rules, views, answer), answer);
}

/** Those of `seen` that overlap the message's bytes: earlier accesses to the same location (coherence). */
function sameLocation(messages: readonly Message[], id: number, seen: MessageSet): MessageSet {
  const own = messages[id];
  if (own === undefined || own.bytes.length === 0) return none;
  let out = none;
  for (const other of members(seen)) {
    const message = messages[other];
    if (message && message.id !== id && overlaps(message, own.address, own.bytes.length)) out |= single(other);
  }
  return out;
}

/** Does the message write any byte of [address, address + size)? */
export const overlaps = (message: Message, address: bigint, size: number): boolean =>
  message.bytes.length > 0 &&
  message.address < address + BigInt(size) &&
  address < message.address + BigInt(message.bytes.length);
