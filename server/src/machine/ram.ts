import type { AccessSize } from './effect';
import type { HartMemory } from './hart';

/** Plain memory: ranges of bytes, little-endian, misaligned access allowed, a fault outside. */
export class Ram implements HartMemory {
  private readonly ranges: { readonly address: bigint; readonly view: DataView }[] = [];

  /** Adds a range that holds a copy of `bytes`, and zeros up to `size`. */
  map(address: bigint, bytes: Uint8Array, size = bytes.length): void {
    const copy = new Uint8Array(Math.max(size, bytes.length));
    copy.set(bytes);
    this.ranges.push({ address, view: new DataView(copy.buffer) });
  }

  load(address: bigint, size: AccessSize): bigint | null {
    const place = this.place(address, size);
    if (place === null) return null;
    const { view, offset } = place;
    switch (size) {
      case 1:
        return BigInt(view.getUint8(offset));
      case 2:
        return BigInt(view.getUint16(offset, true));
      case 4:
        return BigInt(view.getUint32(offset, true));
      case 8:
        return view.getBigUint64(offset, true);
    }
  }

  store(address: bigint, size: AccessSize, value: bigint): boolean {
    const place = this.place(address, size);
    if (place === null) return false;
    const { view, offset } = place;
    if (size === 8) view.setBigUint64(offset, value, true);
    else if (size === 4) view.setUint32(offset, Number(BigInt.asUintN(32, value)), true);
    else if (size === 2) view.setUint16(offset, Number(BigInt.asUintN(16, value)), true);
    else view.setUint8(offset, Number(BigInt.asUintN(8, value)));
    return true;
  }

  fetch(address: bigint): number | null {
    const parcel = this.load(address, 2);
    return parcel === null ? null : Number(parcel);
  }

  private place(address: bigint, size: number): { readonly view: DataView; readonly offset: number } | null {
    for (const { address: start, view } of this.ranges) {
      const offset = address - start;
      if (offset >= 0n && offset + BigInt(size) <= BigInt(view.byteLength)) return { view, offset: Number(offset) };
    }
    return null;
  }
}
