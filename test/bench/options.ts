import type { Section } from './report';

/** What every part of the benchmark is told. */
export interface Bench {
  /** Directory of the bundles as they are shipped: minified, a copy that no other build replaces meanwhile. */
  readonly built: string;
  /** A directory for scratch files. */
  readonly scratch: string;
  /** Fewer edits, fewer harts, fewer runs. */
  readonly quick: boolean;
  /** Seconds that `pan` may take for one configuration. */
  readonly cap: number;
}

export type Part = (bench: Bench) => Promise<Section>;

/** A part that cannot be had on this machine; the message says what it needs. */
export class Unavailable extends Error {}
