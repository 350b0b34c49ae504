/** A state of the search: one thread, the hart that it is on, and what its past has decided about the order. */
import { valueKey } from '../machine';
import { close, type MessageSet, none, type Order } from '../memory/order';
import { recloseViews, type SetViews } from '../memory/set-views';
import { type Hart, isPatchers, type PatcherHart, type Remote } from './harts';
import type { Exit, Thread } from './pass';
import type { Reading } from './readings';
import type { PlacedInstruction, TrapReturnFixup } from './scenario';

export interface State {
  readonly order: Order;
  /** Index into the scenario's sites. */
  readonly site: number;
  readonly thread: Thread;
  /** Between passes: only where passes are not started afresh (see search.ts). */
  readonly idle: boolean;
  /** The pass began after its hart had read the end of the protocol. */
  readonly late: boolean;
  /** The patcher itself runs the pass: it must amount to the version of this name. */
  readonly must: string | null;
  /** The pass is over, and the thread is still inside the symbol that it has jumped to. */
  readonly over: boolean;
  /** For so many waits for threads has this one reported. */
  readonly reported: number;
  /** Bit i: the pass has executed an instruction of version i that the version `to` has not. */
  readonly used: number;
  /** Bit i: every instruction so far is one of the site's version i. */
  readonly versions: number;
  /** The last executed instruction, where some `forbid` asks for it. */
  readonly last: string;
  /** Where the thread runs; `out` while it is switched out. */
  readonly place: 'remote' | 'patcher' | 'out';
  /** The hart that it runs on, or its home while it is out and may not migrate. */
  readonly remote: Remote | null;
  /** The other harts that it has been on, where their number is limited. */
  readonly others: readonly Remote[];
  /** Where `place` is `patcher`: whose hart that is. */
  readonly track: number;
  /** The patchers' harts that the thread has been on, each once. */
  readonly patchers: readonly PatcherHart[];
  /** It has been on another hart since it was on the one patcher's: to go back there is to migrate. */
  readonly away: boolean;
  /** What travels with the thread while it is out. */
  readonly carried: MessageSet;
}

/** A read of the instruction at sepc by the trap-return path, and what came of it. */
export interface FixupUse {
  readonly fixup: TrapReturnFixup;
  readonly address: bigint;
  readonly bytes: readonly number[];
  /** The messages that the two reads saw. */
  readonly seen: MessageSet;
  readonly applied: boolean;
  /** Where sepc is then. */
  readonly target: bigint;
}

export type Action =
  | {
      readonly kind: 'start';
      readonly place: 'remote' | 'patcher';
      readonly taken: number;
      readonly q: number;
      readonly late: boolean;
      /** The hart has come online only now. */
      readonly newcomer: boolean;
      /** For so many waits has the thread reported before. */
      readonly reported: number;
    }
  | {
      readonly kind: 'step';
      readonly address: bigint;
      readonly bytes: Uint8Array;
      readonly fetches: readonly Fetch[];
      readonly loads: readonly MessageSet[];
    }
  | { readonly kind: 'return' }
  /** The handler of a breakpoint does its work, and returns. */
  | { readonly kind: 'handle'; readonly loads: readonly MessageSet[]; readonly fixup: FixupUse | null }
  | { readonly kind: 'report'; readonly grace: number }
  | { readonly kind: 'interrupt'; readonly fixup: FixupUse | null }
  | { readonly kind: 'rendezvous'; readonly index: number; readonly fixup: FixupUse | null }
  | { readonly kind: 'switch-out' }
  | {
      readonly kind: 'switch-in';
      readonly place: 'remote' | 'patcher';
      readonly same: boolean;
      readonly taken: number;
      readonly q: number;
      readonly newcomer: boolean;
      readonly fixup: FixupUse | null;
    }
  | { readonly kind: 'patcher'; readonly q: number };

export interface Fetch {
  readonly address: bigint;
  readonly size: number;
  readonly reading: Reading;
}

/** Why a pass is not what it should be. */
export type Wrong =
  | { readonly code: 'forbidden'; readonly text: string }
  | { readonly code: 'torn'; readonly bytes: Uint8Array; readonly address: bigint }
  | {
      readonly code: 'illegal' | 'misaligned';
      readonly bytes: Uint8Array;
      readonly address: bigint;
      readonly reason: string;
    }
  | { readonly code: 'wild-jump'; readonly address: bigint; readonly reason: string; readonly exit: Exit | null }
  | { readonly code: 'mixed'; readonly exit: Exit; readonly address: bigint }
  /** `executes` freed bytes, or is `inside` a symbol whose code has been freed, or `loads` from what has been. */
  | { readonly code: 'freed'; readonly how: 'executes' | 'inside' | 'loads'; readonly address: bigint }
  | { readonly code: 'hang'; readonly address: bigint };

/** All of a state that is not a bound: two states with the same shape differ only in what their views rule out. */
export function shapeKey(state: State): string {
  const { thread, remote } = state;
  let key = `${state.site}${state.place[0]}${state.idle ? 'i' : ''}${state.late ? 'l' : ''}${state.versions}/${state.last}/${thread.pc}`;
  if (state.used > 0) key += `u${state.used}`;
  if (state.reported > 0) key += `r${state.reported}`;
  if (state.over) key += 'o';
  if (state.away) key += 'w';
  if (state.must !== null) key += `m${state.must}`;
  if (thread.registers.size > 0)
    for (const [register, value] of byNumber(thread.registers)) key += `,${register}=${valueKey(value)}`;
  if (thread.assumptions.size > 0) key += `?${[...thread.assumptions].sort().join()}`;
  if (thread.stores.length > 0) key += `!${thread.stores.join()}`;
  if (thread.calls.length > 0) key += `^${thread.calls.join()}`;
  if (thread.trapped) key += 'h';
  if (thread.strayed !== null) key += 's';
  if (thread.holding) key += `@${thread.holding.link}`;
  if (remote) key += `|${remote.taken}`;
  for (const other of state.others) key += `&${other.taken}`;
  for (const { q, taken } of state.patchers) key += `|p${q}${taken > 0 ? `:${taken}` : ''}`;
  if (state.track > 0) key += `t${state.track}`;
  return key;
}

/** The bounds of a state, in a fixed order for its shape. */
export function bounds(state: State): MessageSet[] {
  const out: MessageSet[] = [state.carried];
  if (state.remote) pushViews(out, state.remote.views);
  for (const other of state.others) pushViews(out, other.views);
  for (const patcher of state.patchers) pushViews(out, patcher.views);
  for (const register of [...state.thread.registers.keys()].sort((a, b) => a - b))
    out.push(state.thread.views.get(register) ?? none);
  return out;
}

function pushViews(out: MessageSet[], v: SetViews): void {
  out.push(v.vI, v.fetched, v.vrn, v.vwn, v.vdn, v.vro, v.vwo, v.vdo, v.vcap, v.coh);
}

const byNumber = <T>(map: ReadonlyMap<number, T>): [number, T][] =>
  map.size === 1 ? [...map] : [...map].sort(([a], [b]) => a - b);

export const viewsOf = (state: State): SetViews | null =>
  (state.place === 'remote' ? state.remote?.views : state.place === 'patcher' ? patcherOf(state)?.views : null) ?? null;

/** The patcher's hart that the thread is on; null where it is on none. */
export const patcherOf = (state: State): PatcherHart | null =>
  state.place === 'patcher' ? (state.patchers.find(({ track }) => track === state.track) ?? null) : null;

/** The state in which a patcher's hart is like this. */
export const withPatcher = (state: State, hart: PatcherHart): State => ({
  ...state,
  patchers:
    state.patchers.length === 0 || (state.patchers.length === 1 && state.patchers[0]?.track === hart.track)
      ? [hart]
      : [...state.patchers.filter(({ track }) => track !== hart.track), hart].sort((a, b) => a.track - b.track),
});

/** The state in which the hart that the thread is on is like this. */
export const withHart = (state: State, hart: Hart): State =>
  isPatchers(hart) ? withPatcher(state, hart) : { ...state, remote: hart };

export function withViews(state: State, views: SetViews): State {
  if (state.place === 'remote' && state.remote) return { ...state, remote: { ...state.remote, views } };
  const patcher = patcherOf(state);
  if (patcher) return withPatcher(state, { ...patcher, views });
  return state;
}

/** The state under an order that may have grown: all views are closed again. */
export function reclosed(state: State, order: Order): State {
  if (order === state.order) return state;
  const { thread } = state;
  const closed = <T extends { readonly views: SetViews }>(hart: T): T => ({
    ...hart,
    views: recloseViews(order, hart.views),
  });
  return {
    ...state,
    order,
    thread:
      thread.views.size === 0
        ? thread
        : { ...thread, views: new Map([...thread.views].map(([register, view]) => [register, close(order, view)])) },
    remote: state.remote && closed(state.remote),
    others: state.others.map(closed),
    patchers: state.patchers.map(closed),
    carried: close(order, state.carried),
  };
}

/** `forbid` compares bits at an address. */
export const spot = (address: bigint, bytes: ArrayLike<number>): string => `${address}:${Array.from(bytes).join('.')}`;
export const spotOf = (instruction: PlacedInstruction): string => spot(instruction.address, instruction.bytes);
