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
    if (register?.write === undefined || register.locked?.(state) === true) return;
    register.write(state, value);
    state.changed = true;
    if (remapping(csr)) state.remapped = true;
    this.log?.push(...(register.tells ?? [csr]));
    if (state.noteFloat()) this.tellStatus();
  }

  /** A register of an extension that the ISA names, but that is not executed: its name; null for all others. */
  unsupported(csr: number): string | null {
    const { isa } = this.state;
    const named = notExecuted.some(([name, first, last]) => csr >= first && csr <= last && isa.extensions.has(name));
    return named && registerAt(csr, isa) === null ? (csrName(csr) ?? null) : null;
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

/** Extensions with the first and the last of their registers. */
const notExecuted: readonly (readonly [extension: string, first: number, last: number])[] = [
  ['zve32x', 0x008, 0x00f],
  ['zve32x', 0xc20, 0xc22],
  ['h', 0x200, 0x2ff],
  ['h', 0x34a, 0x34b],
  ['h', 0x600, 0x6ff],
  ['h', 0xe12, 0xe12],
  ['zicfiss', 0x011, 0x011],
  ['zkr', 0x015, 0x015],
  ['smepmp', 0x747, 0x757],
  ['smrnmi', 0x740, 0x744],
  ['smstateen', 0x30c, 0x31f],
  ['ssstateen', 0x10c, 0x10f],
  ['sscofpmf', 0xda0, 0xda0],
];

/** Whether a register says something of translation or protection: `mstatus`, `sstatus`, `satp`, `menvcfg`, PMP. */
const remapping = (csr: number): boolean =>
  csr === mstatus || csr === 0x100 || csr === 0x180 || csr === 0x30a || csr === 0x31a || (csr >= 0x3a0 && csr < 0x3f0);
