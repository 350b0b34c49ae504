/**
 * One hart's views: lower bounds on what its later accesses and fetches may see. The rules are those of the view-based
 * Promising-RISC-V model (Pulte, Pichon-Pharabod, Kang, Lee, Hur, PLDI 2019) with a fetch view beside them
 * (docs/semantics.md, section 3); a view is a down-closed set of messages instead of a timestamp (see order.ts).
 */
import type { FenceSet } from '../machine/effect';
import { close, type MessageSet, none, type Order } from './order';

export interface MemoryRules {
  readonly memory: 'rvwmo' | 'tso' | 'sc';
  /** `fence.i` orders earlier fetches too. */
  readonly fenceiFetch: boolean;
  /** A fetch comes before its hart's later stores. */
  readonly decodeW: boolean;
  /** A fetch comes before all its hart's later accesses. */
  readonly decode: boolean;
  /** Fetches in program order. */
  readonly ziccid: boolean;
  /** Aligned 4-byte fetch units instead of 2-byte parcels. */
  readonly ziccif: boolean;
}

export interface HartViews {
  /** Bound on later fetches. */
  readonly vI: MessageSet;
  /** The largest fetch view so far: what a later `fence.i` takes along under `fencei-fetch`. */
  readonly fetched: MessageSet;
  /** Bounds on later reads, writes, device writes. */
  readonly vrn: MessageSet;
  readonly vwn: MessageSet;
  readonly vdn: MessageSet;
  /** Reads, writes, device writes done. */
  readonly vro: MessageSet;
  readonly vwo: MessageSet;
  readonly vdo: MessageSet;
  /** Control and address dependencies, for later writes. */
  readonly vcap: MessageSet;
  /** Messages read or written by explicit accesses: coherence. Not a view; only same-location members matter. */
  readonly coh: MessageSet;
}

export const freshViews: HartViews = {
  vI: none,
  fetched: none,
  vrn: none,
  vwn: none,
  vdn: none,
  vro: none,
  vwo: none,
  vdo: none,
  vcap: none,
  coh: none,
};

/** The same views under an order that has grown. */
export function recloseViews(order: Order, v: HartViews): HartViews {
  if (v === freshViews) return v;
  return {
    vI: close(order, v.vI),
    fetched: close(order, v.fetched),
    vrn: close(order, v.vrn),
    vwn: close(order, v.vwn),
    vdn: close(order, v.vdn),
    vro: close(order, v.vro),
    vwo: close(order, v.vwo),
    vdo: close(order, v.vdo),
    vcap: close(order, v.vcap),
    coh: v.coh,
  };
}

/** Before a read: what it must not be older than. `address` is the view of its address. */
export const readBound = (rules: MemoryRules, v: HartViews, address: MessageSet): MessageSet =>
  address | v.vrn | v.vI | (rules.memory === 'sc' ? v.vwo : none);

/** After a read that saw `seen` (messages) with `post` (its view). */
export function afterRead(
  rules: MemoryRules,
  v: HartViews,
  address: MessageSet,
  seen: MessageSet,
  post: MessageSet,
  acquire: boolean,
): HartViews {
  const strong = acquire || rules.memory !== 'rvwmo';
  return {
    ...v,
    vro: v.vro | post,
    vcap: v.vcap | address,
    coh: v.coh | seen,
    vrn: strong ? v.vrn | post : v.vrn,
    vwn: strong ? v.vwn | post : v.vwn,
  };
}

/** Before a write: what must come before it (coherence apart). `operands` is the view of address and data. */
export function writeBound(rules: MemoryRules, v: HartViews, operands: MessageSet, release: boolean): MessageSet {
  const all = release || rules.memory !== 'rvwmo' ? v.vro | v.vwo : none;
  return operands | v.vcap | v.vwn | v.vI | all;
}

/**
 * Before a write to a device register, as a message to another hart travels in an interrupt controller: its own
 * dependencies, earlier device writes, and fences with `o` in the successor set. Not vwn, and not `.rl`.
 */
export const deviceWriteBound = (rules: MemoryRules, v: HartViews): MessageSet =>
  v.vcap | v.vdn | v.vdo | (rules.memory === 'sc' ? v.vro | v.vwo : none);

/** After a write whose message, with all below it, is `post`. */
export const afterWrite = (v: HartViews, own: MessageSet, post: MessageSet): HartViews => ({
  ...v,
  vwo: v.vwo | post,
  coh: v.coh | own,
});
export const afterDeviceWrite = (v: HartViews, post: MessageSet): HartViews => ({ ...v, vdo: v.vdo | post });

/** A control dependency on a value with this view: a branch, a jump through a register, a wait loop. */
export const afterBranch = (v: HartViews, operands: MessageSet): HartViews => ({ ...v, vcap: v.vcap | operands });

export function afterFence(v: HartViews, pred: FenceSet, succ: FenceSet, tso: boolean): HartViews {
  if (tso) return { ...v, vrn: v.vrn | v.vro, vwn: v.vwn | v.vro | v.vwo };
  const before = (pred.r ? v.vro : none) | (pred.w ? v.vwo : none) | (pred.o ? v.vdo : none);
  return {
    ...v,
    vrn: succ.r ? v.vrn | before : v.vrn,
    vwn: succ.w ? v.vwn | before : v.vwn,
    vdn: succ.o ? v.vdn | before : v.vdn,
  };
}

/** `fence.i`: this hart's later fetches come after its earlier accesses, and (`fencei-fetch`) its earlier fetches. */
export const afterFenceI = (rules: MemoryRules, v: HartViews): HartViews => ({
  ...v,
  vI: v.vI | v.vro | v.vwo | (rules.fenceiFetch ? v.fetched : none),
});

/** After a fetch whose view is `post`. */
export function afterFetch(rules: MemoryRules, v: HartViews, post: MessageSet): HartViews {
  return {
    ...v,
    fetched: v.fetched | post,
    vwn: rules.decodeW || rules.decode ? v.vwn | post : v.vwn,
    vrn: rules.decode ? v.vrn | post : v.vrn,
    vI: rules.ziccid ? v.vI | post : v.vI,
  };
}

/** What a store-release publishes, and so what travels with a thread that is switched out here. */
export const released = (v: HartViews): MessageSet => v.vro | v.vwo | v.vwn | v.vcap | v.vI;

/** A load-acquire that reads something whose view is `seen`: a thread switched in, an answer, a counter. */
export function afterAcquire(rules: MemoryRules, v: HartViews, seen: MessageSet): HartViews {
  const post = readBound(rules, v, none) | seen;
  return { ...v, vro: v.vro | post, vrn: v.vrn | post, vwn: v.vwn | post };
}
