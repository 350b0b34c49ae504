import { csrName } from '../../isa/index';
import type { Effect } from '../effect';
import type { SystemHart } from './hart';
import type { Access } from './mmu';

/**
 * Tells what a hart does in the form of Spike's commit log (riscv-isa-sim, `commit_log_print_insn`), a line for each
 * instruction that retires: mode, pc, bits, registers written with what they hold, addresses read, stores:
 * `core   0: 3 0x0000000080000000 (0x00000297) x5  0x0000000080000000`.
 * Registers come by number, an integer register before a floating-point one before a CSR of the same number.
 */
export class Tracer {
  private readonly accesses: Access[] = [];
  private readonly csrs: number[] = [];

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
          )})${this.registers(last.effect)}${accesses.map((one) => this.access(one)).join('')}`;
    accesses.length = 0;
    csrs.length = 0;
    return line;
  }

  private registers(effect: Effect): string {
    const { hart } = this;
    const { integer, float } = written(effect);
    const parts = new Map<number, string>();
    for (const rd of integer)
      if (rd !== 0) parts.set(16 * rd, ` x${String(rd).padEnd(2)} ${this.value(hart.read(rd))}`);
    const bytes = hart.state.has('d') ? 8 : 4;
    for (const frd of float)
      parts.set(
        16 * frd + 1,
        ` f${String(frd).padEnd(2)} ${hex(BigInt.asUintN(8 * bytes, hart.float.raw(frd)), bytes)}`,
      );
    for (const csr of this.csrs)
      parts.set(16 * csr + 4, ` c${csr}_${csrName(csr) ?? 'unknown'} ${this.value(hart.system.read(csr))}`);
    return [...parts]
      .sort(([a], [b]) => a - b)
      .map(([, part]) => part)
      .join('');
  }

  private access({ address, size, value }: Access): string {
    return ` mem ${this.value(address)}${value === null ? '' : ` ${hex(value, size)}`}`;
  }

  private value(value: bigint): string {
    return hex(value, this.hart.state.isa.xlen / 8);
  }
}

const hex = (value: bigint, bytes: number): string => `0x${value.toString(16).padStart(2 * bytes, '0')}`;

interface Written {
  readonly integer: readonly number[];
  readonly float: readonly number[];
}

/** The registers that an effect writes. */
function written(effect: Effect): Written {
  switch (effect.kind) {
    case 'float': {
      const { k, rd } = effect.operation;
      const toInteger = k === 'compare' || k === 'class' || k === 'to-integer' || k === 'move-out';
      return toInteger ? { integer: [rd], float: [] } : { integer: [], float: [rd] };
    }
    case 'float.load':
      return { integer: [], float: [effect.frd] };
    case 'amo.pair':
      return { integer: effect.rd === 0 ? [] : [effect.rd, effect.rd + 1], float: [] };
    case 'sequence': {
      const parts = effect.parts.map(written);
      return { integer: parts.flatMap(({ integer }) => integer), float: parts.flatMap(({ float }) => float) };
    }
    default:
      return { integer: 'rd' in effect ? [effect.rd] : [], float: [] };
  }
}
