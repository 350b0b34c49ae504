/** Which rendezvous a hart has taken: so many of each patcher's, in its order. */
import type { Rendezvous } from './program';

/** So many of the first patcher's, so many of the second's: as one number, so that one patcher's are simply counted. */
export type Taken = number;

export interface Taking {
  readonly meeting: Rendezvous;
  /** With it. */
  readonly taken: Taken;
}

export class Meetings {
  /** By track: its rendezvous, in order. */
  readonly #tracks: readonly (readonly Rendezvous[])[];
  /** By track: what taking one of its rendezvous adds. */
  readonly #strides: readonly number[];
  readonly #next: (readonly Taking[])[] = [];
  /** How many values `Taken` has: 0 up to this. */
  readonly count: number;

  constructor(rendezvous: readonly Rendezvous[], tracks: number) {
    this.#tracks = Array.from({ length: tracks }, (_, track) => rendezvous.filter((one) => one.track === track));
    const strides: number[] = [];
    let count = 1;
    for (const its of this.#tracks) {
      strides.push(count);
      count *= its.length + 1;
    }
    this.#strides = strides;
    this.count = count;
  }

  /** How many of a track's. */
  of(taken: Taken, track: number): number {
    return Math.floor(taken / (this.#strides[track] ?? 1)) % ((this.#tracks[track]?.length ?? 0) + 1);
  }

  has(taken: Taken, { track, nth }: Rendezvous): boolean {
    return nth < this.of(taken, track);
  }

  /** A track's rendezvous that have not been taken, in order. */
  left(taken: Taken, track: number): readonly Rendezvous[] {
    return (this.#tracks[track] ?? []).slice(this.of(taken, track));
  }

  /** What may be taken next: of each track one at most. */
  next(taken: Taken): readonly Taking[] {
    let next = this.#next[taken];
    if (next === undefined) {
      next = this.#tracks.flatMap((its, track) => {
        const meeting = its[this.of(taken, track)];
        return meeting === undefined ? [] : [{ meeting, taken: taken + (this.#strides[track] ?? 1) }];
      });
      this.#next[taken] = next;
    }
    return next;
  }

  /** Of each track the one that was taken last. */
  last(taken: Taken): Rendezvous[] {
    return this.#tracks.flatMap((its, track) => its[this.of(taken, track) - 1] ?? []);
  }
}
