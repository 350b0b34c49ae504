/** How far a search may go. */
import type { LitmusHost, LitmusOptions } from './test';

/** A limit was hit, in words: what was found by then is not all. */
export class LimitHit extends Error {}

export class Budget {
  steps = 0;
  /** Limits that only cut branches off, in words: what was found is right, but it may not be all. */
  readonly cuts = new Set<string>();

  constructor(
    readonly options: LitmusOptions,
    readonly host: LitmusHost,
  ) {}

  /** Counts one step. @throws LimitHit */
  step(): void {
    this.steps++;
    if (this.steps > this.options.maxSteps)
      throw new LimitHit(`limit of ${this.options.maxSteps.toLocaleString('en-US')} steps`);
    const said = this.host.interrupt?.(this.steps) ?? null;
    if (said !== null) throw new LimitHit(said);
  }

  /** One more store in an execution that has `stores`: whether it may go on. */
  mayStore(stores: number): boolean {
    if (stores < this.options.maxStores) return true;
    this.cuts.add(`limit of ${this.options.maxStores} stores in one execution`);
    return false;
  }

  /** One more turn of a loop on a path that has taken `turns`. */
  mayLoop(turns: number): boolean {
    if (turns < this.options.maxTurns) return true;
    this.cuts.add(`limit of ${this.options.maxTurns} turns of a loop`);
    return false;
  }
}
