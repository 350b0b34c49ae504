import { csrName } from '../../isa/index';
import type { CsrFile } from '../csrs';
import { registerAt } from './csr-table';
import type { PrivilegedState } from './state';

/** The control and status registers of a hart with M, S and U modes (ISA manual, volume II, 2026). */
export class SystemCsrs implements CsrFile {
  /** The registers that have been written since whoever reads it has emptied it; null: nobody does. */
  log: number[] | null = null;

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
    this.log?.push(...(register.tells ?? [csr]));
    if (state.noteFloat()) this.tellStatus();
  }

  /** A register of an extension that is there by name, but not executed: its name; null for all others. */
  unsupported(csr: number): string | null {
    const { isa } = this.state;
    const ofVectors = (csr >= 0x008 && csr <= 0x00f) || (csr >= 0xc20 && csr <= 0xc22);
    const ofHypervisor = ((csr >> 8) & 3) === 2 || csr === 0x34a || csr === 0x34b;
    const needed = (ofVectors && isa.extensions.has('zve32x')) || (ofHypervisor && isa.extensions.has('h'));
    return needed && registerAt(csr, isa) === null ? (csrName(csr) ?? null) : null;
  }

  /** Tells in the log that `mstatus` has changed otherwise than by a write. */
  tellStatus(): void {
    this.log?.push(mstatus);
  }

  /** The same for `mret`, which also writes the upper half where that is a register of its own. */
  tellReturn(mnemonic: string): void {
    this.tellStatus();
    if (mnemonic === 'mret' && this.state.isa.xlen === 32) this.log?.push(mstatush);
  }

  /** The same for an instruction that has raised floating-point flags. */
  tellFlags(): void {
    this.log?.push(fflags);
  }
}

const fflags = 0x001;
const mstatus = 0x300;
const mstatush = 0x310;

/** Whether a register says something of translation or protection: `mstatus`, `sstatus`, `satp`, `menvcfg`, PMP. */
const remapping = (csr: number): boolean =>
  csr === mstatus || csr === 0x100 || csr === 0x180 || csr === 0x30a || csr === 0x31a || (csr >= 0x3a0 && csr < 0x3f0);
