import { encode, specOf, type Xlen } from '../../../server/src/isa/index';
import { fcsrOffset, fOffset, frameSize, xOffset } from './frame';
import { sizeOf, type Unit } from './units';

/** Where a program is put, whoever runs it. */
export const loadAddress = 0x100000;

/** A program for a Linux user-mode machine, ready to run. */
export interface Image {
  /** Code and, behind it, frames. */
  readonly bytes: Uint8Array;
  /** Where the frames begin in `bytes`. */
  readonly frames: number;
  /** Where the program is done, in `bytes`: it then writes its frames and exits. */
  readonly end: number;
  /** The parts of `bytes` that are snippets. */
  readonly bodies: readonly { readonly start: number; readonly end: number }[];
}

/**
 * Makes a program that runs each snippet on its frames: loads the registers from a frame, runs the snippet, stores the
 * registers to the frame, goes on to the next. At its end it writes all frames to its standard output.
 *
 * @param runs of each snippet
 * @param frames as many as all snippets have runs; made when it is known where they will stand
 */
export function makeImage(
  xlen: Xlen,
  snippets: readonly (readonly Unit[])[],
  runs: number,
  frames: (address: number) => Uint8Array,
): Image {
  const emit = new Emitter(xlen);
  const integers = Array.from({ length: 32 }, (_, r) => r).filter((r) => r !== 0 && r !== 3 && r !== 4);
  const floats = Array.from({ length: 32 }, (_, r) => r);
  const [load, store] = xlen === 64 ? ['ld', 'sd'] : ['lw', 'sw'];
  const codeSize = snippets.reduce(
    (size, units) => size + scaffoldSize + units.reduce((sum, unit) => sum + sizeOf(unit), 0),
    0,
  );
  const start = (codeSize + 4096) & -16;
  const address = loadAddress + start;
  const data = frames(address);
  const bodies: { readonly start: number; readonly end: number }[] = [];
  const at = (offset: number) => ({ rs1: 3, imm: offset });

  emit.constant(3, address);
  for (const units of snippets) {
    emit.one('addi', { rd: 4, rs1: 0, imm: runs });
    const loop = emit.size;
    for (const r of floats) emit.one('fld', { rd: r, ...at(fOffset(r)) });
    emit.one(load, { rd: 5, ...at(fcsrOffset) });
    emit.one('csrrw', { rd: 0, csr: 3, rs1: 5 });
    for (const r of integers) emit.one(load, { rd: r, ...at(xOffset(r)) });
    const body = emit.size;
    for (const unit of units) for (const { word, length } of unit) emit.word(word, length);
    bodies.push({ start: body, end: emit.size });
    for (const r of integers) emit.one(store, { rs2: r, ...at(xOffset(r)) });
    emit.one('csrrs', { rd: 5, csr: 3, rs1: 0 });
    emit.one(store, { rs2: 5, ...at(fcsrOffset) });
    for (const r of floats) emit.one('fsd', { rs2: r, ...at(fOffset(r)) });
    emit.one('addi', { rd: 3, rs1: 3, imm: frameSize });
    emit.one('addi', { rd: 4, rs1: 4, imm: -1 });
    emit.one('bne', { rs1: 4, rs2: 0, imm: loop - emit.size });
  }
  const end = emit.size;
  emit.constant(10, 1);
  emit.constant(11, address);
  emit.constant(12, data.length);
  emit.constant(17, 64);
  emit.one('ecall', {});
  emit.constant(10, 0);
  emit.constant(17, 93);
  emit.one('ecall', {});

  const bytes = new Uint8Array(start + data.length);
  bytes.set(emit.bytes());
  bytes.set(data, start);
  return { bytes, frames: start, end, bodies };
}

/** Bytes of what stands around a snippet. */
const scaffoldSize = 4 * (2 * (32 + 2 + 29) + 4);

/** Collects instructions. */
class Emitter {
  size = 0;
  private view = new DataView(new ArrayBuffer(1 << 16));
  private readonly words = new Map<string, number>();

  constructor(private readonly xlen: Xlen) {}

  one(mnemonic: string, fields: Record<string, number>): void {
    const key = `${mnemonic} ${JSON.stringify(fields)}`;
    let word = this.words.get(key);
    if (word === undefined) {
      const spec = specOf(mnemonic, this.xlen);
      const result = spec === undefined ? null : encode(spec, fields);
      if (result?.ok !== true) throw new Error(`cannot encode ${key}`);
      ({ word } = result);
      this.words.set(key, word);
    }
    this.word(word, 4);
  }

  /** `rd := value`, below 2^31. */
  constant(rd: number, value: number): void {
    const low = (value << 20) >> 20;
    this.one('lui', { rd, imm: value - low });
    this.one('addi', { rd, rs1: rd, imm: low });
  }

  word(word: number, length: number): void {
    if (this.size + 4 > this.view.byteLength) {
      const larger = new Uint8Array(2 * this.view.byteLength);
      larger.set(this.bytes());
      this.view = new DataView(larger.buffer);
    }
    if (length === 2) this.view.setUint16(this.size, word, true);
    else this.view.setUint32(this.size, word, true);
    this.size += length;
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.view.buffer, 0, this.size);
  }
}
