/** What the checker says, in the words of a scenario: labels, versions, decoded bits. */
import { decode, format, xRegisterName } from '../isa';
import { type Effect, effectOf, showValue, type Value } from '../machine';
import { hex, type Layout, wordOf, wordText } from './layout';
import type { Operation, PlacedInstruction, Scenario } from './scenario';

export interface Known {
  readonly instruction: PlacedInstruction /** The version or region, or null for a word that only a write names. */;
  readonly owner: string | null;
}

export class Words {
  readonly #known: Known[];

  constructor(
    readonly scenario: Scenario,
    readonly layout: Layout,
  ) {
    this.#known = [
      ...scenario.sites.flatMap((site) =>
        site.versions.flatMap((version) =>
          version.instructions.map((instruction) => ({ instruction, owner: version.name })),
        ),
      ),
      ...scenario.regions.flatMap((region) =>
        region.instructions.map((instruction) => ({ instruction, owner: region.name })),
      ),
      ...scenario.patchers.flatMap((patcher) =>
        written(patcher.operations).map((instruction) => ({ instruction, owner: null })),
      ),
    ];
  }

  /** The instruction as someone wrote it that these bits at this address are. */
  known(address: bigint, bytes: ArrayLike<number>): Known | null {
    return (
      this.#known.find(({ instruction }) => instruction.address === address && same(instruction.bytes, bytes)) ?? null
    );
  }

  /** `AUIPC`, `JALR'`, or what the bits decode to. */
  label(address: bigint, bytes: ArrayLike<number>): string {
    const known = this.known(address, bytes);
    return known?.instruction.label ?? (known ? known.instruction.text : this.decoded(address, bytes));
  }

  /** `AUIPC of old: auipc t0, 0xfffff`. */
  whole(address: bigint, bytes: ArrayLike<number>): string {
    const known = this.known(address, bytes);
    const text = this.decoded(address, bytes);
    if (!known) return `${wordText(bytes)} ${text}`;
    const owner = known.owner === null ? '' : ` of ${known.owner}`;
    return known.instruction.label === null ? `${text}${owner}` : `${known.instruction.label}${owner}: ${text}`;
  }

  decoded(address: bigint, bytes: ArrayLike<number>): string {
    const { isa } = this.scenario.machine;
    const decoded = decode(wordOf(bytes), isa);
    if (decoded.spec === null) return decoded.legality;
    return format(decoded, { address, symbol: (target) => this.#named(target) ?? null });
  }

  /** An address with the name of what stands there, or `no symbol there`. */
  place(address: bigint): string {
    const name = this.layout.name(address);
    return name === hex(address) ? `${name}, no symbol there` : `${name} (${hex(address)})`;
  }

  value(value: Value): string {
    // A jump clears bit 0 of an unknown address: true, and of no help to a reader.
    return showValue(value, (address) => this.#named(address) ?? null).replace(/^\(?(.*?)\)? & ~1$/, '$1');
  }

  /** What odd bits would do, for those that stand for a known accident; empty otherwise. */
  consequence(address: bigint, bytes: ArrayLike<number>): string {
    const { isa } = this.scenario.machine;
    const effect = effectOf(decode(wordOf(bytes), isa), isa);
    if (effect.kind === 'illegal') return 'raises an illegal-instruction exception';
    if (effect.kind === 'ecall') return 'calls the supervisor or the firmware';
    if (effect.kind === 'ebreak') return 'traps';
    if (effect.kind !== 'jump') return '';
    const register = baseOf(effect);
    if (register === 1) return 'returns to the caller';
    if (register !== null) return `jumps through ${xRegisterName(register)}`;
    const text = this.decoded(address, bytes);
    return text.includes(hex(address).slice(2)) ? 'jumps to itself: hangs' : '';
  }

  effect(bytes: ArrayLike<number>): Effect {
    const { isa } = this.scenario.machine;
    return effectOf(decode(wordOf(bytes), isa), isa);
  }

  #named(address: bigint): string | undefined {
    const name = this.layout.name(address);
    return name === hex(address) ? undefined : name;
  }
}

/** The register that a `jalr` jumps through, or null for a `jal`. */
export function baseOf(effect: Extract<Effect, { kind: 'jump' }>): number | null {
  const find = (expr: (typeof effect)['target']): number | null => {
    switch (expr.k) {
      case 'reg':
        return expr.reg;
      case 'un':
        return find(expr.a);
      case 'bin':
        return find(expr.a) ?? find(expr.b);
      default:
        return null;
    }
  };
  return find(effect.target);
}

export const registerName = xRegisterName;

export function written(operations: readonly Operation[]): PlacedInstruction[] {
  return operations.flatMap((operation) =>
    operation.kind === 'store'
      ? operation.instructions
      : operation.kind === 'stop_machine'
        ? written(operation.body)
        : [],
  );
}

const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.from(a).every((byte, i) => byte === b[i]);
