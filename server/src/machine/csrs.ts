import { csrNumber } from '../isa/index';
import type { Isa } from '../isa/types';
import type { FloatState } from './float/index';

/** The control and status registers of a hart, as the CSR instructions see them. */
export interface CsrFile {
  /** Why an access raises an illegal-instruction exception, or null. */
  refusal(csr: number, writes: boolean): string | null;
  /** The value in [0, 2^xlen) of a register that is there. */
  read(csr: number): bigint;
  /** Writes a value in [0, 2^xlen) to a register that is there. */
  write(csr: number, value: bigint): void;
}

/**
 * The control and status registers of one hart in machine mode: enough to run code that keeps its state in
 * them. Writing one does nothing else: no interrupts, no translation; floating point is always on.
 */
export class Csrs implements CsrFile {
  private readonly stored = new Map<number, bigint>();

  constructor(
    private readonly isa: Isa,
    private readonly hartId: bigint,
    /** Instructions retired: what all counters count. */
    private readonly retired: () => bigint,
    private readonly float: FloatState,
  ) {}

  /** Why an access raises an illegal-instruction exception, or null. */
  refusal(csr: number, writes: boolean): string | null {
    const known = registers.get(csr);
    const absent = known?.kind === 'float' && !this.isa.extensions.has('f');
    if (known === undefined || absent || (known.rv32Only && this.isa.xlen !== 32))
      return `no CSR 0x${csr.toString(16)} here`;
    // The two top bits of the number say read-only (Zicsr, "CSR Address Mapping Conventions").
    return writes && csr >> 10 === 3 ? `CSR 0x${csr.toString(16)} is read-only` : null;
  }

  /** The value in [0, 2^xlen) of a register that is there. */
  read(csr: number): bigint {
    const register = registers.get(csr);
    switch (register?.kind) {
      case 'counter':
        return BigInt.asUintN(this.isa.xlen, this.retired() >> (register.high ? 32n : 0n));
      case 'hartid':
        return this.hartId;
      case 'isa':
        return this.misa();
      case 'view':
        return (this.stored.get(register.of) ?? 0n) & register.mask;
      case 'storage':
        return this.stored.get(csr) ?? 0n;
      case 'float':
        return this.float.readCsr(csr) ?? 0n;
      default:
        return 0n;
    }
  }

  /** Writes a register that is there; bits that are fixed stay as they are. */
  write(csr: number, value: bigint): void {
    const register = registers.get(csr);
    if (register?.kind === 'view') {
      const kept = (this.stored.get(register.of) ?? 0n) & ~register.mask;
      this.stored.set(register.of, kept | (value & register.mask));
    } else if (register?.kind === 'float') {
      this.float.writeCsr(csr, value);
    } else if (register?.kind === 'storage') {
      this.stored.set(csr, register.address ? value & ~(this.compressed() ? 1n : 3n) : value);
    }
  }

  private compressed(): boolean {
    return this.isa.extensions.has('c') || this.isa.extensions.has('zca');
  }

  /** MXL in the two top bits, a bit for each single-letter extension. */
  private misa(): bigint {
    let bits = (this.isa.xlen === 32 ? 1n : 2n) << BigInt(this.isa.xlen - 2);
    for (const name of this.isa.extensions) {
      if (/^[a-z]$/.test(name)) bits |= 1n << BigInt(name.charCodeAt(0) - 'a'.charCodeAt(0));
    }
    return bits;
  }
}

type Register = { readonly rv32Only: boolean } & (
  | { readonly kind: 'counter'; readonly high: boolean }
  | { readonly kind: 'hartid' | 'isa' | 'zero' | 'float' }
  /** Some bits of another register. */
  | { readonly kind: 'view'; readonly of: number; readonly mask: bigint }
  /** `address`: holds an instruction's address, so its low bits are 0. */
  | { readonly kind: 'storage'; readonly address: boolean }
);

const registers: ReadonlyMap<number, Register> = new Map([
  ...named('cycle time instret', { kind: 'counter', high: false, rv32Only: false }),
  ...named('cycleh timeh instreth', { kind: 'counter', high: true, rv32Only: true }),
  ...named('fflags frm fcsr', { kind: 'float', rv32Only: false }),
  ...named('mhartid', { kind: 'hartid', rv32Only: false }),
  ...named('misa', { kind: 'isa', rv32Only: false }),
  ...named('mvendorid marchid mimpid', { kind: 'zero', rv32Only: false }),
  ...named('mstatus mie mip medeleg mideleg mtvec mscratch mcause mtval mcounteren', storage(false)),
  ...named('stvec sscratch scause stval scounteren satp', storage(false)),
  ...named('mepc sepc', storage(true)),
  ...named('jvt', storage(false)),
  // The S-mode bits: UIE..UXL fields of mstatus, and the three supervisor interrupts.
  ...named('sstatus', view('mstatus', 0xd_e762n)),
  ...named('sie', view('mie', 0x222n)),
  ...named('sip', view('mip', 0x222n)),
]);

function storage(address: boolean): Register {
  return { kind: 'storage', address, rv32Only: false };
}

function view(of: string, mask: bigint): Register {
  return { kind: 'view', of: numberOf(of), mask, rv32Only: false };
}

function named(names: string, register: Register): [number, Register][] {
  return names.split(' ').map((name) => [numberOf(name), register]);
}

function numberOf(name: string): number {
  const number = csrNumber(name);
  if (number === undefined) throw new Error(`no CSR is named ${name}`);
  return number;
}
