/** The view rules over sets of messages: what a protocol's harts may see while the global order is still open. */
import { close, type MessageSet, none, type Order } from './order';
import { type HartViews, type MemoryRules, type Ordering, unordered, viewRules } from './views';

const rules = viewRules<MessageSet>({ bottom: none, join: (a, b) => a | b });

export interface SetViews extends HartViews<MessageSet> {
  /** Messages read or written by explicit accesses: coherence. Not a view; only same-location members matter. */
  readonly coh: MessageSet;
}

export const freshViews: SetViews = { ...rules.freshViews, coh: none };
export const { deviceWriteBound, afterDeviceWrite, afterBranch, afterFence, afterFenceI, afterFetch, released } = rules;

// What a protocol writes in words (`release`, an answer read with acquire) is what a kernel makes of fences: RCpc.
const acquiring: Ordering = { aq: true, rl: false, rcsc: false };
const releasing: Ordering = { aq: false, rl: true, rcsc: false };

/** Before a read: what it must not be older than. `address` is the view of its address. */
export const readBound = (memory: MemoryRules, v: SetViews, address: MessageSet): MessageSet =>
  rules.readBound(memory, v, address, unordered);

/** After a read that saw `seen` (messages) with `post` (its view). */
export function afterRead(
  memory: MemoryRules,
  v: SetViews,
  address: MessageSet,
  seen: MessageSet,
  post: MessageSet,
  acquire: boolean,
): SetViews {
  const after = rules.afterRead(memory, v, address, post, acquire ? acquiring : unordered);
  return { ...after, coh: v.coh | seen };
}

/** Before a write: what must come before it (coherence apart). `operands` is the view of address and data. */
export const writeBound = (memory: MemoryRules, v: SetViews, operands: MessageSet, release: boolean): MessageSet =>
  rules.writeBound(memory, v, operands, release ? releasing : unordered);

/** After a write of `own` (messages) whose view, with all below it, is `post`. Its address is always a known one. */
export const afterWrite = (v: SetViews, own: MessageSet, post: MessageSet): SetViews => ({
  ...rules.afterWrite(v, none, post, unordered),
  coh: v.coh | own,
});

/** A load-acquire that reads something whose view is `seen`: a thread switched in, an answer, a counter. */
export const afterAcquire = (memory: MemoryRules, v: SetViews, seen: MessageSet): SetViews =>
  rules.afterAcquire(memory, v, seen);

/** The same views under an order that has grown. */
export function recloseViews(order: Order, v: SetViews): SetViews {
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
    vrel: v.vrel,
    coh: v.coh,
  };
}

/** Is each bound of the first at most that of the second? Lower views allow more. */
export const viewsBelow = (first: SetViews, second: SetViews): boolean =>
  first === second || bounds(first).every((set, i) => (set & ~(bounds(second)[i] ?? none)) === none);

/** All bounds, in a fixed order. */
export const bounds = (v: SetViews): readonly MessageSet[] => [
  v.vI,
  v.fetched,
  v.vrn,
  v.vwn,
  v.vdn,
  v.vro,
  v.vwo,
  v.vdo,
  v.vcap,
  v.coh,
];
