/** What stands at an address at first, and what a fetched word does. */
import { decode } from '../../isa';
import { type Effect, type Expr, effectOf } from '../../machine';
import type { Source } from '../scenario';
import type { LitmusInstruction, LitmusTest } from './test';

/** An instruction as the model runs it: what it does, and which registers its operands depend on. */
export interface Runnable {
  readonly effect: Effect;
  readonly length: 2 | 4;
}

export class Code {
  readonly #instructions = new Map<number, LitmusInstruction>();
  readonly #unencoded: readonly LitmusInstruction[];
  readonly #ends = new Set<number>();
  readonly #decoded = new Map<number, Runnable>();
  readonly #registers = new Map<Expr, readonly number[]>();

  constructor(readonly test: LitmusTest) {
    this.#unencoded = test.threads.flatMap(({ instructions }) => instructions.filter(({ bits }) => bits === null));
    for (const thread of test.threads) {
      this.#ends.add(Number(thread.end));
      for (const one of thread.instructions) this.#instructions.set(Number(one.address), one);
    }
  }

  /** A thread that comes here is done. */
  ends = (pc: number): boolean => this.#ends.has(pc);

  /** As written; null where no instruction begins. */
  at = (pc: number): LitmusInstruction | null => this.#instructions.get(pc) ?? null;

  /** Whether a store changes instructions. */
  covers = (store: { readonly address: number; readonly size: number }): boolean =>
    this.test.threads.some((one) => store.address < one.end && one.start < store.address + store.size);

  /** An instruction in this range that herd7 has and no encoding. */
  unencoded = (address: number, size: number): LitmusInstruction | null =>
    this.#unencoded.find((one) => Number(one.address) < address + size && address < Number(one.address) + one.length) ??
    null;

  sourceAt = (pc: number): Source | null => this.at(pc)?.source ?? null;

  decoded(bits: number): Runnable {
    let known = this.#decoded.get(bits);
    if (known === undefined) {
      const decoded = decode(bits, this.test.isa);
      known = { effect: effectOf(decoded, this.test.isa), length: decoded.length === 2 ? 2 : 4 };
      this.#decoded.set(bits, known);
    }
    return known;
  }

  /** The registers that an expression reads: its syntactic dependencies (ISA manual, RVWMO). x0 is none. */
  registersOf(expr: Expr): readonly number[] {
    let known = this.#registers.get(expr);
    if (known === undefined) {
      known = [...new Set(collect(expr))];
      this.#registers.set(expr, known);
    }
    return known;
  }
}

function collect(expr: Expr): number[] {
  switch (expr.k) {
    case 'const':
    case 'pc':
      return [];
    case 'reg':
      return expr.reg === 0 ? [] : [expr.reg];
    case 'un':
      return collect(expr.a);
    case 'bin':
      return [...collect(expr.a), ...collect(expr.b)];
  }
}
