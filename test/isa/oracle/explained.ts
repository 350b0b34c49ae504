import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/** A kind of difference that is known, and why it is no fault of ours; how often it comes up, by corpus and oracle. */
interface Explained {
  readonly reason: string;
  readonly counts: Record<string, number>;
}

const pathOf = (file: string): URL => new URL(file, import.meta.url);

/**
 * Holds the differences found in a corpus to those that a file beside this one explains: the same kinds, as many of each.
 * With UPDATE_EXPECT=1 the counts are written down; a difference of a new kind fails until it has a reason.
 */
export function expectExplained(
  file: string,
  corpus: string,
  counts: Readonly<Record<string, number>>,
  examples: Readonly<Record<string, string>>,
): void {
  const all = JSON.parse(readFileSync(pathOf(file), 'utf8')) as Record<string, Explained>;
  if (process.env.UPDATE_EXPECT === '1') {
    for (const [difference, explained] of Object.entries(all)) {
      delete explained.counts[corpus];
      const count = counts[difference];
      if (count !== undefined) explained.counts[corpus] = count;
    }
    writeFileSync(pathOf(file), `${JSON.stringify(all, null, 2)}\n`);
  }
  const expected: Record<string, number> = {};
  for (const [difference, explained] of Object.entries(all)) {
    const count = explained.counts[corpus];
    if (count !== undefined) expected[difference] = count;
  }
  const strange = Object.keys(counts).filter((difference) => counts[difference] !== expected[difference]);
  expect(counts, strange.map((difference) => `${difference}: ${examples[difference]}`).join('\n')).toEqual(expected);
}
