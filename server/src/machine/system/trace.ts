import { csrName } from '../../isa/index';
import type { Xlen } from '../../isa/types';
import type { Effect } from '../effect';
import type { CsrWrite } from './csr-file';
import type { SystemHart } from './hart';
import type { Access } from './mmu';

/**
 * Tells what a hart does in the form of Spike's commit log, a line for each instruction that retires: mode, pc, bits,
 * registers, CSRs and memory written, addresses read:
 * `core   0: 3 0x0000000080000000 (0x00000297) x5  0x0000000080000000`.
 */
export class Tracer {
  private readonly accesses: Access[] = [];
  private readonly csrs: CsrWrite[] = [];

  constructor(private readonly hart: SystemHart) {
    hart.mmu.log = this.accesses;
    hart.system.log = this.csrs;
  }

  /** The line of the last step; null after a trap. */
  line(): string | null {
    const { hart, accesses, csrs } = this;
    const { last } = hart;
    const line =
      last === null
        ? null
        : `core${String(hart.state.hartId).padStart(4)}: ${hart.lastPrivilege} ${this.value(hart.lastPc)} (${hex(
            BigInt(last.decoded.word),
            last.decoded.length,
          )})${this.registers(last.effect)}${this.controls()}${accesses.map((one) => this.access(one)).join('')}`;
    accesses.length = 0;
    csrs.length = 0;
    return line;
  }

  private registers(effect: Effect): string {
    const { integer, float } = written(effect);
    const parts = integer
      .filter((rd) => rd !== 0)
      .map((rd) => ` x${String(rd).padEnd(2)} ${this.value(this.hart.read(rd))}`);
    const bytes = this.hart.state.has('d') ? 8 : 4;
    if (float !== null) {
      const value = BigInt.asUintN(8 * bytes, this.hart.float.raw(float));
      parts.push(` f${String(float).padEnd(2)} ${hex(value, bytes)}`);
    }
    return parts.join('');
  }

  /** Each once, with what it holds now, by number. */
  private controls(): string {
    const values = new Map(this.csrs.map(({ csr, value }) => [csr, value]));
    return [...values]
      .sort(([a], [b]) => a - b)
      .map(([csr, value]) => ` c${csr}_${csrName(csr) ?? 'unknown'} ${this.value(value)}`)
      .join('');
  }

  private access({ address, size, value }: Access): string {
    return ` mem ${this.value(address)}${value === null ? '' : ` ${hex(value, size)}`}`;
  }

  private value(value: bigint): string {
    return hex(value, (this.hart.state.isa.xlen satisfies Xlen) / 8);
  }
}

const hex = (value: bigint, bytes: number): string => `0x${value.toString(16).padStart(2 * bytes, '0')}`;

/** The registers that an effect writes. */
function written(effect: Effect): { readonly integer: readonly number[]; readonly float: number | null } {
  switch (effect.kind) {
    case 'float': {
      const { k, rd } = effect.operation;
      const toInteger = k === 'compare' || k === 'class' || k === 'to-integer' || k === 'move-out';
      return toInteger ? { integer: [rd], float: null } : { integer: [], float: rd };
    }
    case 'float.load':
      return { integer: [], float: effect.frd };
    default:
      return { integer: 'rd' in effect ? [effect.rd] : [], float: null };
  }
}
