import { csrNumber } from '../../isa/index';
import type { Isa } from '../../isa/types';
import { box, type FloatFormat, formats, unbox } from './format';
import { flags, type RoundingMode } from './round';

/** The rounding mode that an instruction names, or that `frm` shall say. */
export type RoundingField = RoundingMode | 'dyn';

/** By the number that stands in `rm` and `frm`; those that are left out are reserved. */
export const modeNumbers: readonly RoundingMode[] = ['rne', 'rtz', 'rdn', 'rup', 'rmm'];

const [fflags, frm, fcsr] = [csrNumber('fflags'), csrNumber('frm'), csrNumber('fcsr')];

/** Which half of a register the machine that runs this keeps first. */
const low = new Uint32Array(BigUint64Array.of(1n).buffer)[0] === 1 ? 0 : 1;
const high = 1 - low;

const formatOfSize = { 2: 'h', 4: 's', 8: 'd' } as const;

/** The floating-point registers of one hart, and its `fcsr`. */
export class FloatState {
  /** 64 bits each; narrower values are NaN-boxed. */
  readonly registers = new BigUint64Array(32);
  /** The same bits. */
  readonly #doubles = new Float64Array(this.registers.buffer);
  readonly #singles = new Float32Array(this.registers.buffer);
  readonly #words = new Int32Array(this.registers.buffer);
  /** `fflags`: what was raised since it was last cleared. */
  raised = 0;
  /** What instructions have raised, new or not, since whoever tells of it has set this to 0. */
  accrued = 0;
  /** `frm`, 0..7. */
  rounding = 0;
  /** A register or `fcsr` has been written since whoever keeps `mstatus.FS` has set this to false. */
  dirty = false;

  constructor(isa: Isa) {
    // Registers of 32 bits have nothing above their values that could be no box.
    if (!isa.extensions.has('d')) this.registers.fill(box(formats.s, 0n));
  }

  /** The value of a register in a format: the canonical NaN where it is not boxed. */
  read(register: number, format: FloatFormat): bigint {
    return unbox(formats[format], this.raw(register));
  }

  /** All 64 bits. */
  raw(register: number): bigint {
    return this.registers[register] ?? 0n;
  }

  /** Writes a value of a format, boxed. */
  write(register: number, format: FloatFormat, bits: bigint): void {
    this.registers[register] = box(formats[format], bits);
    this.dirty = true;
  }

  /** Writes the `size` bytes that a load has read. */
  load(register: number, size: 2 | 4 | 8, bits: bigint): void {
    this.write(register, formatOfSize[size], bits);
  }

  /** The value of a register in double precision. */
  double(register: number): number {
    return this.#doubles[register] ?? 0;
  }

  /** In single precision; NaN where it is not boxed. */
  single(register: number): number {
    return this.highWord(register) === -1 ? (this.#singles[2 * register + low] ?? 0) : Number.NaN;
  }

  number(register: number, format: 's' | 'd'): number {
    return format === 'd' ? this.double(register) : this.single(register);
  }

  /** Writes a number that is no NaN, with the flag that it is inexact. True. */
  writeDouble(register: number, value: number, inexact: boolean): true {
    this.#doubles[register] = value;
    this.dirty = true;
    if (inexact) this.raise(flags.NX);
    return true;
  }

  /** The same for a number that single precision has. */
  writeSingle(register: number, value: number, inexact: boolean): true {
    this.#singles[2 * register + low] = value;
    this.#words[2 * register + high] = -1;
    this.dirty = true;
    if (inexact) this.raise(flags.NX);
    return true;
  }

  lowWord(register: number): number {
    return this.#words[2 * register + low] ?? 0;
  }

  highWord(register: number): number {
    return this.#words[2 * register + high] ?? 0;
  }

  writeWords(register: number, lowBits: number, highBits: number): void {
    this.#words[2 * register + low] = lowBits;
    this.#words[2 * register + high] = highBits;
    this.dirty = true;
  }

  /** Adds to `fflags`. */
  raise(raised: number): void {
    if (raised === 0) return;
    this.raised |= raised;
    this.accrued |= raised;
    this.dirty = true;
  }

  /** The mode to round in, or null where `frm` holds a reserved one. */
  mode(field: RoundingField): RoundingMode | null {
    return field === 'dyn' ? (modeNumbers[this.rounding] ?? null) : field;
  }

  /** The value of `fflags`, `frm` or `fcsr`; null for any other CSR. */
  readCsr(csr: number): bigint | null {
    if (csr === fflags) return BigInt(this.raised);
    if (csr === frm) return BigInt(this.rounding);
    return csr === fcsr ? BigInt((this.rounding << 5) | this.raised) : null;
  }

  /** Writes `fflags`, `frm` or `fcsr`; bits beyond its fields are ignored. False for any other CSR. */
  writeCsr(csr: number, value: bigint): boolean {
    if (csr !== fflags && csr !== frm && csr !== fcsr) return false;
    const bits = Number(value & 0xffn);
    if (csr !== frm) this.raised = bits & 0x1f;
    if (csr !== fflags) this.rounding = (csr === fcsr ? bits >> 5 : bits) & 7;
    this.dirty = true;
    return true;
  }
}
