/** Memory as the promising model has it: a list of messages, one for each store, in the global memory order. */
import type { Cells, Footprint } from './cells';

/** One store. Its timestamp is its place in memory, counted from 1; 0 is the initial state. */
export interface Message {
  readonly thread: number;
  readonly address: number;
  readonly size: number;
  readonly value: bigint;
  readonly cells: Footprint;
  /** By cell, for the cells that it covers. */
  readonly values: readonly (bigint | undefined)[];
  /** Equal for equal stores of one thread. */
  readonly key: string;
}

export type Memory = readonly Message[];
export type Timestamp = number;

export function message(cells: Cells, thread: number, address: number, size: number, value: bigint): Message | null {
  const footprint = cells.footprint(address, size);
  if (footprint === null) return null;
  const values: (bigint | undefined)[] = [];
  for (const cell of footprint) {
    const shift = BigInt(8 * ((cells.start[cell] ?? 0) - address));
    values[cell] = BigInt.asUintN(8 * (cells.size[cell] ?? 0), value >> shift);
  }
  return { thread, address, size, value, cells: footprint, values, key: `${thread}:${address}:${size}:${value}` };
}

type Range = Pick<Message, 'address' | 'size'>;
export const overlaps = (a: Range, b: Range): boolean =>
  a.address < b.address + b.size && b.address < a.address + a.size;

/** The newest message to a cell not later than `at`: 0 where there is none. */
export function newest(memory: Memory, cell: number, at: Timestamp): Timestamp {
  for (let t = at; t > 0; t--) if (memory[t - 1]?.values[cell] !== undefined) return t;
  return 0;
}

export const valueAt = (cells: Cells, memory: Memory, cell: number, at: Timestamp): bigint =>
  (at === 0 ? cells.initial[cell] : memory[at - 1]?.values[cell]) ?? 0n;

/** The value of an access whose cells have these sources (timestamps, cell by cell). */
export function compose(cells: Cells, memory: Memory, footprint: Footprint, sources: readonly Timestamp[]): bigint {
  const [first] = footprint;
  if (footprint.length === 1) return valueAt(cells, memory, first ?? 0, sources[0] ?? 0);
  const base = cells.start[first ?? 0] ?? 0;
  let value = 0n;
  footprint.forEach((cell, i) => {
    value |= valueAt(cells, memory, cell, sources[i] ?? 0) << BigInt(8 * ((cells.start[cell] ?? 0) - base));
  });
  return value;
}
