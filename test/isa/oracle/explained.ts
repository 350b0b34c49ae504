import { readFileSync } from 'node:fs';

/** A kind of difference that is known, and why it is no fault of ours; how often it comes up, by corpus and oracle. */
interface Explained {
  readonly reason: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** The differences that a file beside this one explains for one corpus: how many of each kind. */
export function explained(file: string, corpus: string): Record<string, number> {
  const all: Readonly<Record<string, Explained>> = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
  return Object.fromEntries(
    Object.entries(all).flatMap(([difference, { counts }]) => {
      const count = counts[corpus];
      return count === undefined ? [] : [[difference, count]];
    }),
  );
}
