/** What the code holds at one moment of a protocol, and which of its instructions a pass can come to then. */
import type { EbreakHandler, Scenario } from '../../checker/scenario';
import { decode, instructionLength } from '../../isa';
import { type Effect, type Expr, effectOf, evaluate } from '../../machine';

interface Area {
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

/** An instruction that a pass can come to. */
export interface Reached {
  readonly address: bigint;
  readonly length: 2 | 4;
  readonly effect: Effect;
}

/** Further than this nobody writes by hand: what lies behind is not looked at. */
const maximalInstructions = 500;

export class Image {
  #reached: ReadonlyMap<bigint, Reached> | null = null;

  private constructor(
    readonly scenario: Scenario,
    readonly areas: readonly Area[],
  ) {}

  /** The code before any store. */
  static initial(scenario: Scenario): Image {
    const code = scenario.regions.filter(({ kind }) => kind === 'code');
    return new Image(scenario, [
      ...scenario.sites.map(({ address, initial }) => ({ address, bytes: initial })),
      ...code,
    ]);
  }

  /** The code after a store. */
  with(address: bigint, bytes: Uint8Array): Image {
    return new Image(
      this.scenario,
      this.areas.map((area) => {
        const at = Number(address - area.address);
        if (at < 0 || at + bytes.length > area.bytes.length) return area;
        const next = Uint8Array.from(area.bytes);
        next.set(bytes, at);
        return { address: area.address, bytes: next };
      }),
    );
  }

  /** The byte at an address; null where there is no code. */
  byte(address: bigint): number | null {
    const area = this.areas.find((one) => address >= one.address && address < one.address + BigInt(one.bytes.length));
    return area?.bytes[Number(address - area.address)] ?? null;
  }

  /** What passes through the sites can come to when the code stays like this, by address. */
  get reached(): ReadonlyMap<bigint, Reached> {
    this.#reached ??= this.#walk();
    return this.#reached;
  }

  #walk(): ReadonlyMap<bigint, Reached> {
    const found = new Map<bigint, Reached>();
    const open = this.scenario.sites.map(({ address }) => address);
    for (let address = open.pop(); address !== undefined; address = open.pop()) {
      if (found.has(address) || found.size >= maximalInstructions) continue;
      const instruction = this.#at(address);
      if (instruction === null) continue;
      found.set(address, instruction);
      open.push(...this.#after(instruction));
    }
    return found;
  }

  #at(address: bigint): Reached | null {
    const low = this.#word(address, 2);
    if (low === null) return null;
    const length = instructionLength(low);
    if (length !== 2 && length !== 4) return null;
    const word = this.#word(address, length);
    if (word === null) return null;
    const { isa } = this.scenario.machine;
    return { address, length, effect: effectOf(decode(word, isa), isa) };
  }

  #word(address: bigint, length: 2 | 4): number | null {
    let word = 0;
    for (let i = length - 1; i >= 0; i--) {
      const byte = this.byte(address + BigInt(i));
      if (byte === null) return null;
      word = word * 256 + byte;
    }
    return word;
  }

  /** Where a pass goes on. A call comes back; where a jump through a register leads is not known. */
  #after({ address, length, effect }: Reached): bigint[] {
    const next = address + BigInt(length);
    switch (effect.kind) {
      case 'jump': {
        const target = this.#target(effect.target, address);
        return [...(target === null ? [] : [target]), ...(effect.rd === 0 ? [] : [next])];
      }
      case 'branch': {
        const target = this.#target(effect.target, address);
        return target === null ? [next] : [target, next];
      }
      case 'table.jump':
        return effect.rd === 0 ? [] : [next];
      case 'sequence':
        return effect.parts.some(({ kind }) => kind === 'jump') ? [] : [next];
      case 'ebreak':
        return this.scenario.breakpoints.flatMap((handler) => this.#handled(handler, address));
      case 'ecall':
      case 'illegal':
        return [];
      default:
        return [next];
    }
  }

  /** Where the handler of a breakpoint goes on. */
  #handled({ addresses, effect }: EbreakHandler, address: bigint): bigint[] {
    if (addresses !== null && !addresses.includes(address)) return [];
    if (effect.kind === 'sepc') return [address + effect.delta];
    return [effect.instruction.address + BigInt(effect.instruction.bytes.length)];
  }

  #target(target: Expr, address: bigint): bigint | null {
    const { xlen } = this.scenario.machine.isa;
    return readsRegister(target) ? null : evaluate(target, () => 0n, address, xlen);
  }
}

function readsRegister(expr: Expr): boolean {
  switch (expr.k) {
    case 'reg':
      return expr.reg !== 0;
    case 'un':
      return readsRegister(expr.a);
    case 'bin':
      return readsRegister(expr.a) || readsRegister(expr.b);
    default:
      return false;
  }
}
