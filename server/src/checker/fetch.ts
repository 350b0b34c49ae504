/** Instruction fetch, unit by unit, and the trap-return path's reading of an instruction as data. */
import { type MessageSet, none, type Order } from '../memory/order';
import { afterFetch, afterRead, readBound, recloseViews, type SetViews } from '../memory/set-views';
import type { MemoryRules } from '../memory/views';
import type { MemoryByte, Reading, Readings } from './readings';
import type { Fetch } from './state';

export interface Fetched {
  /** 2 or 4 bytes; null where nothing is declared; `freed` where some of them have been freed. */
  readonly bytes: Uint8Array | 'freed' | null;
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
    const { bytes: unit } = one.reading;
    const { views: after, reading } = one;
    const fetches = [{ address: pc, size, reading }];
    const found = (bytes: Fetched['bytes']): Fetched => ({ bytes, fetches, views: after, order: reading.order });
    const parcel = together(unit.slice(0, 2));
    if (parcel === null || parcel === 'freed' || ((parcel[0] ?? 0) & 3) !== 3) yield found(parcel);
    else if (size === 4) yield found(together(unit));
    else
      for (const two of fetchUnit(readings, rules, reading.order, after, pc + 2n, rules.ziccif ? 4 : 2)) {
        yield {
          bytes: together([...parcel, ...two.reading.bytes.slice(0, 2)]),
          fetches: [...fetches, { address: pc + 2n, size: rules.ziccif ? 4 : 2, reading: two.reading }],
          views: two.views,
          order: two.reading.order,
        };
      }
  }
}

/** Bytes that are one parcel or instruction. */
function together(bytes: readonly MemoryByte[]): Fetched['bytes'] {
  if (bytes.includes('freed')) return 'freed';
  const known = bytes.filter((byte) => typeof byte === 'number');
  return known.length === bytes.length ? Uint8Array.from(known) : null;
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
      bytes: reading.bytes.map((byte) => (typeof byte === 'number' ? byte : 0)),
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
