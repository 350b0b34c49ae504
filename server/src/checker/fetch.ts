/** Instruction fetch, unit by unit, and the trap-return path's reading of an instruction as data. */
import { type MessageSet, none, type Order } from '../memory/order';
import { afterFetch, afterRead, readBound, recloseViews, type SetViews } from '../memory/set-views';
import type { MemoryRules } from '../memory/views';
import type { Reading, Readings } from './readings';
import type { Fetch } from './state';

export interface Fetched {
  /** 2 or 4 bytes; null where nothing is declared. */
  readonly bytes: Uint8Array | null;
  readonly fetches: readonly Fetch[];
  readonly views: SetViews;
  readonly order: Order;
}

/**
 * Every instruction that may be fetched at pc. With Ziccif a fetch takes the rest of an aligned 4-byte unit at once;
 * a whole instruction at its beginning is run and the rest discarded, otherwise 4 more bytes are fetched. Without it
 * every 16-bit parcel is a fetch of its own (ISA manual, Ziccif; docs/semantics.md, section 3).
 */
export function* fetchInstruction(
  readings: Readings,
  rules: MemoryRules,
  order: Order,
  views: SetViews,
  pc: bigint,
): Iterable<Fetched> {
  const size = rules.ziccif ? 4 - Number(pc % 4n) : 2;
  for (const one of fetchUnit(readings, rules, order, views, pc, size)) {
    const [b0, b1, b2, b3] = one.reading.bytes;
    const { views: after, reading } = one;
    const fetches = [{ address: pc, size, reading }];
    const found = (bytes: Uint8Array | null): Fetched => ({ bytes, fetches, views: after, order: reading.order });
    if (b0 == null || b1 == null) yield found(null);
    else if ((b0 & 3) !== 3) yield found(Uint8Array.of(b0, b1));
    else if (size === 4) yield found(b2 == null || b3 == null ? null : Uint8Array.of(b0, b1, b2, b3));
    else
      for (const two of fetchUnit(readings, rules, reading.order, after, pc + 2n, rules.ziccif ? 4 : 2)) {
        const [c0, c1] = two.reading.bytes;
        yield {
          bytes: c0 == null || c1 == null ? null : Uint8Array.of(b0, b1, c0, c1),
          fetches: [...fetches, { address: pc + 2n, size: rules.ziccif ? 4 : 2, reading: two.reading }],
          views: two.views,
          order: two.reading.order,
        };
      }
  }
}

function fetchUnit(
  readings: Readings,
  rules: MemoryRules,
  order: Order,
  views: SetViews,
  address: bigint,
  size: number,
): { readonly reading: Reading; readonly views: SetViews }[] {
  return readings.of(order, address, size, views.vI, none).map((reading) => ({
    reading,
    views: afterFetch(rules, reading.order === order ? views : recloseViews(reading.order, views), reading.post),
  }));
}

export interface ReadAtSepc {
  readonly bytes: readonly number[];
  readonly seen: MessageSet;
  readonly views: SetViews;
  readonly order: Order;
}

/** The handler reads two bytes as data, and two more if the first say that the instruction is longer. */
export function* readAtSepc(
  readings: Readings,
  rules: MemoryRules,
  order: Order,
  views: SetViews,
  pc: bigint,
): Iterable<ReadAtSepc> {
  const half = (from: Order, its: SetViews, address: bigint): ReadAtSepc[] =>
    readings.of(from, address, 2, readBound(rules, its, none), its.coh).map((reading) => ({
      bytes: reading.bytes.map((byte) => byte ?? 0),
      seen: reading.seen,
      views: afterRead(
        rules,
        reading.order === from ? its : recloseViews(reading.order, its),
        none,
        reading.seen,
        reading.post,
        false,
      ),
      order: reading.order,
    }));
  for (const low of half(order, views, pc)) {
    if (((low.bytes[0] ?? 0) & 3) !== 3) yield low;
    else
      for (const high of half(low.order, low.views, pc + 2n))
        yield {
          ...high,
          bytes: [...low.bytes, ...high.bytes],
          seen: low.seen | high.seen,
        };
  }
}
