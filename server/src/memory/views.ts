/**
 * One hart's views: lower bounds on what its later accesses and fetches may see. The rules are those of the view-based
 * Promising-RISC-V model (Pulte, Pichon-Pharabod, Kang, Lee, Hur, PLDI 2019) with a fetch view beside them
 * (docs/semantics.md, section 3). They are written once, over any lattice of views: a view is a timestamp where
 * memory is one sequence (timestamps.ts), and a down-closed set of messages where it is a partial order (order.ts).
 */
import type { FenceSet } from '../machine/effect';

/** What a view is: its least element and the join of two. */
export interface Lattice<V> {
  readonly bottom: V;
  join(a: V, b: V): V;
}

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

/** The annotations of an access (ISA manual, RVWMO, rules 5 to 7). */
export interface Ordering {
  readonly aq: boolean;
  readonly rl: boolean;
  /** The annotations are RCsc, as those of AMO, LR and SC; otherwise RCpc: a release does not come before an acquire. */
  readonly rcsc: boolean;
}
export const unordered: Ordering = { aq: false, rl: false, rcsc: false };

export interface HartViews<V> {
  /** Bound on later fetches. */
  readonly vI: V;
  /** The largest fetch view so far: what a later `fence.i` takes along under `fencei-fetch`. */
  readonly fetched: V;
  /** Bounds on later reads, writes, device writes. */
  readonly vrn: V;
  readonly vwn: V;
  readonly vdn: V;
  /** Reads, writes, device writes done. */
  readonly vro: V;
  readonly vwo: V;
  readonly vdo: V;
  /** Control and address dependencies, for later writes. */
  readonly vcap: V;
  /** Accesses with a release annotation done: later ones with an acquire annotation come after (rule 7). */
  readonly vrel: V;
}

/** The rules over one lattice. Every `after...` returns new views and keeps whatever else the object holds. */
export function viewRules<V>({ bottom, join }: Lattice<V>) {
  type Views = HartViews<V>;
  const when = (condition: boolean, view: V): V => (condition ? view : bottom);
  const done = (v: Views): V => join(v.vro, v.vwo);

  /** Before a read: what it must not be older than. `address` is the view of its address. */
  function readBound(rules: MemoryRules, v: Views, address: V, ordering: Ordering): V {
    let bound = join(join(address, v.vrn), v.vI);
    if (rules.memory === 'sc') bound = join(bound, v.vwo);
    if (ordering.aq && ordering.rcsc) bound = join(bound, v.vrel);
    if (ordering.rl) bound = join(bound, done(v));
    return bound;
  }

  return {
    freshViews: {
      vI: bottom,
      fetched: bottom,
      vrn: bottom,
      vwn: bottom,
      vdn: bottom,
      vro: bottom,
      vwo: bottom,
      vdo: bottom,
      vcap: bottom,
      vrel: bottom,
    } satisfies Views as Views,

    readBound,

    /** After a read whose view is `post`. Under TSO every read acquires (RCpc). */
    afterRead<T extends Views>(rules: MemoryRules, v: T, address: V, post: V, ordering: Ordering): T {
      const acquire = ordering.aq || rules.memory !== 'rvwmo';
      return {
        ...v,
        vro: join(v.vro, post),
        vcap: join(v.vcap, address),
        vrn: join(v.vrn, when(acquire, post)),
        vwn: join(v.vwn, when(acquire, post)),
        vrel: join(v.vrel, when(ordering.rl && ordering.rcsc, post)),
      };
    },

    /**
     * Before a write: what must come before it (coherence apart). `operands` is the view of address and data. Under
     * TSO every write releases (RCpc).
     */
    writeBound(rules: MemoryRules, v: Views, operands: V, ordering: Ordering): V {
      let bound = join(join(join(operands, v.vcap), v.vwn), v.vI);
      if (ordering.rl || rules.memory !== 'rvwmo') bound = join(bound, done(v));
      if (ordering.aq && ordering.rcsc) bound = join(bound, v.vrel);
      return bound;
    },

    /** After a write whose message, with all below it, is `post`. */
    afterWrite<T extends Views>(v: T, address: V, post: V, ordering: Ordering): T {
      return {
        ...v,
        vwo: join(v.vwo, post),
        vcap: join(v.vcap, address),
        vrn: join(v.vrn, when(ordering.aq, post)),
        vwn: join(v.vwn, when(ordering.aq, post)),
        vrel: join(v.vrel, when(ordering.rl && ordering.rcsc, post)),
      };
    },

    /** Before a read-modify-write, which is one event: a read and a write. Under TSO it is `aq` and `rl`. */
    amoBound(rules: MemoryRules, v: Views, operands: V, ordering: Ordering): V {
      let bound = join(join(join(join(operands, v.vcap), v.vrn), v.vwn), v.vI);
      if (ordering.rl || rules.memory !== 'rvwmo') bound = join(bound, done(v));
      if (ordering.aq && ordering.rcsc) bound = join(bound, v.vrel);
      return bound;
    },

    /** After a read-modify-write whose message, with all below it, is `post`. */
    afterAmo<T extends Views>(rules: MemoryRules, v: T, address: V, post: V, ordering: Ordering): T {
      const strong = rules.memory !== 'rvwmo';
      return {
        ...v,
        vro: join(v.vro, post),
        vwo: join(v.vwo, post),
        vcap: join(v.vcap, address),
        vrn: join(v.vrn, when(ordering.aq || strong, post)),
        vwn: join(v.vwn, when(ordering.aq || strong, post)),
        vrel: join(v.vrel, when(ordering.rl && ordering.rcsc, post)),
      };
    },

    /**
     * Before a write to a device register, as a message to another hart travels in an interrupt controller: its own
     * dependencies, earlier device writes, and fences with `o` in the successor set. Not vwn, and not `.rl`.
     */
    deviceWriteBound: (rules: MemoryRules, v: Views): V =>
      join(join(join(v.vcap, v.vdn), v.vdo), when(rules.memory === 'sc', done(v))),
    afterDeviceWrite: <T extends Views>(v: T, post: V): T => ({ ...v, vdo: join(v.vdo, post) }),

    /** A control dependency on a value with this view: a branch, a jump through a register, a wait loop. */
    afterBranch: <T extends Views>(v: T, operands: V): T => ({ ...v, vcap: join(v.vcap, operands) }),

    afterFence<T extends Views>(v: T, pred: FenceSet, succ: FenceSet, tso: boolean): T {
      if (tso) return { ...v, vrn: join(v.vrn, v.vro), vwn: join(v.vwn, done(v)) };
      const before = join(join(when(pred.r, v.vro), when(pred.w, v.vwo)), when(pred.o, v.vdo));
      return {
        ...v,
        vrn: join(v.vrn, when(succ.r, before)),
        vwn: join(v.vwn, when(succ.w, before)),
        vdn: join(v.vdn, when(succ.o, before)),
      };
    },

    /** `fence.i`: this hart's later fetches come after its earlier accesses, and (`fencei-fetch`) its earlier fetches. */
    afterFenceI: <T extends Views>(rules: MemoryRules, v: T): T => ({
      ...v,
      vI: join(join(v.vI, done(v)), when(rules.fenceiFetch, v.fetched)),
    }),

    /** After a fetch whose view is `post`. */
    afterFetch: <T extends Views>(rules: MemoryRules, v: T, post: V): T => ({
      ...v,
      fetched: join(v.fetched, post),
      vwn: join(v.vwn, when(rules.decodeW || rules.decode, post)),
      vrn: join(v.vrn, when(rules.decode, post)),
      vI: join(v.vI, when(rules.ziccid, post)),
    }),

    /** What a store-release publishes, and so what travels with a thread that is switched out here. */
    released: (v: Views): V => join(join(join(done(v), v.vwn), v.vcap), v.vI),

    /** A load-acquire that reads something whose view is `seen`: a thread switched in, an answer, a counter. */
    afterAcquire<T extends Views>(rules: MemoryRules, v: T, seen: V): T {
      const post = join(readBound(rules, v, bottom, unordered), seen);
      return { ...v, vro: join(v.vro, post), vrn: join(v.vrn, post), vwn: join(v.vwn, post) };
    },
  };
}
