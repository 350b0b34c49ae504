import { csrName } from '../../isa/index';
import type { CsrFile } from '../csrs';
import { registerAt } from './csr-table';
import type { PrivilegedState } from './state';

/** A write as it is told in a log: the register that holds the value, and what it holds now. */
export interface CsrWrite {
  readonly csr: number;
  readonly value: bigint;
}

/** The control and status registers of a hart with M, S and U modes (ISA manual, volume II, 2026). */
export class SystemCsrs implements CsrFile {
  /** What has been written since whoever reads it has emptied it; null: nobody does. */
  log: CsrWrite[] | null = null;

  constructor(private readonly state: PrivilegedState) {}

  refusal(csr: number, writes: boolean): string | null {
    const name = csrName(csr) ?? `0x${csr.toString(16)}`;
    const register = registerAt(csr, this.state.isa);
    if (register === null) return `no CSR ${name} here`;
    // The two top bits of the number say read-only, the next two from which mode on it is there.
    if (writes && csr >> 10 === 3) return `CSR ${name} is read-only`;
    if (((csr >> 8) & 3) > this.state.privilege) return `CSR ${name} is not accessible in this mode`;
    return register.guard?.(this.state) === false ? `CSR ${name} is switched off` : null;
  }

  read(csr: number): bigint {
    const value = registerAt(csr, this.state.isa)?.read(this.state) ?? 0n;
    return BigInt.asUintN(this.state.isa.xlen, value);
  }

  write(csr: number, value: bigint): void {
    const { state } = this;
    const register = registerAt(csr, state.isa);
    if (register?.write === undefined) return;
    register.write(state, value);
    state.changed = true;
    if (remapping(csr)) state.remapped = true;
    for (const told of register.tells ?? [csr]) this.log?.push({ csr: told, value: this.read(told) });
    if (state.noteFloat()) this.tellStatus();
  }

  /** Tells in the log that `mstatus` has changed otherwise than by a write. */
  tellStatus(): void {
    this.log?.push({ csr: mstatus, value: this.read(mstatus) });
  }

  /** The same for an instruction that has raised floating-point flags. */
  tellFlags(): void {
    this.log?.push({ csr: fflags, value: this.read(fflags) });
  }
}

const fflags = 0x001;
const mstatus = 0x300;

/** Whether a register says something of translation or protection: `mstatus`, `sstatus`, `satp`, `menvcfg`, PMP. */
const remapping = (csr: number): boolean =>
  csr === mstatus || csr === 0x100 || csr === 0x180 || csr === 0x30a || csr === 0x31a || (csr >= 0x3a0 && csr < 0x3f0);
