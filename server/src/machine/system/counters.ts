/** Machine cycles for one tick of `time`. */
const cyclesPerTick = 100;

/**
 * What a hart counts: cycles (one for each instruction and each trap), instructions retired, and the time. All is
 * derived from the run, so that a program runs the same each time.
 */
export class Counters {
  /** Since reset; 2^53 are never reached. */
  cycles = 0;
  retired = 0;
  /** What software has put into the counters, less what there was. */
  private readonly offset = { cycle: 0n, instret: 0n, time: 0n };
  /** What an inhibited counter stands at. */
  private readonly stopped: { cycle: bigint | null; instret: bigint | null } = { cycle: null, instret: null };

  read(counter: 'cycle' | 'instret'): bigint {
    return this.stopped[counter] ?? BigInt.asUintN(64, BigInt(this.raw(counter)) + this.offset[counter]);
  }

  /** Written by an instruction: the next one reads just this, so that the writing one is not counted. */
  write(counter: 'cycle' | 'instret', value: bigint): void {
    if (this.stopped[counter] !== null) this.stopped[counter] = value;
    else this.offset[counter] = value - BigInt(this.raw(counter)) - 1n;
  }

  /** `mcountinhibit`. */
  inhibit(counter: 'cycle' | 'instret', stop: boolean): void {
    const value = this.read(counter);
    if (stop === (this.stopped[counter] !== null)) return;
    this.stopped[counter] = stop ? value : null;
    if (!stop) this.offset[counter] = value - BigInt(this.raw(counter));
  }

  isInhibited(counter: 'cycle' | 'instret'): boolean {
    return this.stopped[counter] !== null;
  }

  get time(): bigint {
    return BigInt.asUintN(64, BigInt(Math.floor(this.cycles / cyclesPerTick)) + this.offset.time);
  }

  set time(value: bigint) {
    this.offset.time = value - BigInt(Math.floor(this.cycles / cyclesPerTick));
  }

  /** The cycle from which on `time` is not below a value; infinite where that is not within 2^53. */
  cycleOf(time: bigint): number {
    const ticks = time - this.time;
    if (ticks <= 0n) return 0;
    const cycle = (Math.floor(this.cycles / cyclesPerTick) + Number(ticks)) * cyclesPerTick;
    return cycle < Number.MAX_SAFE_INTEGER ? cycle : Number.POSITIVE_INFINITY;
  }

  /** Lets time pass until a cycle. */
  skipTo(cycle: number): void {
    if (cycle > this.cycles) this.cycles = cycle;
  }

  private raw(counter: 'cycle' | 'instret'): number {
    return counter === 'cycle' ? this.cycles : this.retired;
  }
}
