/**
 * Bytes that every operation of a test covers as a whole or not at all. The axioms speak of each byte; all bytes of a
 * cell are alike to them, so that a cell is asked about once.
 */
import { bytesAt } from './bytes';
import { type Event, isFetch, isMemory, type Unfolding } from './events';

export interface Cell {
  readonly address: bigint;
  readonly size: number;
}

/** A part of an operation: what it returns and stores there; null where it does not. */
export interface Part {
  readonly cell: number;
  readonly reads: bigint | null;
  readonly writes: bigint | null;
}

export function cellsOf(unfoldings: readonly Unfolding[]): Cell[] {
  const footprints = unfoldings.flatMap(({ events }) => events.filter((e) => isMemory(e) || isFetch(e)));
  const cuts = new Set(footprints.flatMap(({ address, size }) => [address, address + BigInt(size)]));
  const sorted = [...cuts].sort((a, b) => (a < b ? -1 : 1));
  return sorted.slice(1).flatMap((end, i) => {
    const address = sorted[i]!;
    const inside = footprints.some((f) => f.address <= address && end <= f.address + BigInt(f.size));
    return inside ? [{ address, size: Number(end - address) }] : [];
  });
}

export function partsOf(event: Event, cells: readonly Cell[]): Part[] {
  if (!isMemory(event) && !isFetch(event)) return [];
  const { address, size, reads } = event;
  const writes = isMemory(event) ? event.writes : null;
  if (reads === null && writes === null) return [];
  return cells.flatMap((cell, index) => {
    if (cell.address < address || cell.address >= address + BigInt(size)) return [];
    const part = (value: bigint | null): bigint | null =>
      value === null ? null : bytesAt(value, Number(cell.address - address), cell.size);
    return [{ cell: index, reads: part(reads), writes: part(writes) }];
  });
}
