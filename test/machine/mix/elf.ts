import type { Xlen } from '../../../server/src/isa/types';

const pageSize = 4096;

/** A Linux executable of one segment that may be read, written and run, entered at its beginning. */
export function elfOf(bytes: Uint8Array, xlen: Xlen, address: number): Uint8Array {
  const file = new Uint8Array(pageSize + bytes.length);
  file.set(bytes, pageSize);
  const view = new DataView(file.buffer);
  let at = 0;
  const half = (value: number): void => {
    view.setUint16(at, value, true);
    at += 2;
  };
  const word = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  /** An address or a size. */
  const wide = (value: number): void => {
    word(value);
    if (xlen === 64) word(0);
  };
  file.set([0x7f, 0x45, 0x4c, 0x46, xlen / 32, 1, 1]);
  at = 16;
  const [executable, riscv, headerSize, entrySize] = [2, 243, xlen === 64 ? 64 : 52, xlen === 64 ? 56 : 32];
  half(executable);
  half(riscv);
  word(1);
  wide(address);
  wide(headerSize);
  wide(0);
  // The D calling convention.
  word(5);
  half(headerSize);
  half(entrySize);
  half(1);
  at = headerSize;
  const [load, all] = [1, 7];
  word(load);
  if (xlen === 64) word(all);
  wide(pageSize);
  wide(address);
  wide(address);
  wide(bytes.length);
  wide(bytes.length);
  if (xlen === 32) word(all);
  wide(pageSize);
  return file;
}
