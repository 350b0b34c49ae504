import { expect, test } from 'vitest';
import { violationKinds } from '../../server/src/checker/verdict';
import { fenceText, vocabulary } from '../../server/src/features/vocabulary';
import { fetchRungs, ipiKinds, keywords, memoryModels } from '../../server/src/language';

/** The words that the vocabulary has for a place. */
function words(place: string): string[] {
  return vocabulary.filter((term) => term.place === place).map(({ word }) => word);
}

test('every word that the language takes is explained', () => {
  for (const { word, place, supported } of keywords) expect(words(place).includes(word)).toBe(supported);
  expect(words('memory')).toEqual([...memoryModels]);
  expect(words('ipi')).toEqual([...ipiKinds]);
  expect(new Set(words('fetch'))).toEqual(new Set(Object.keys(fetchRungs).flatMap((rung) => rung.split('+'))));
  expect(words('violation')).toEqual([...violationKinds]);
});

test('each explanation is a sentence', () => {
  for (const { word, summary } of vocabulary) expect(`${word}: ${summary}`).toMatch(/[.)]$/);
});

test('fences in words', () => {
  expect(fenceText('w', 'w')).toBe('All earlier writes before all later writes, of this hart.');
  expect(fenceText('rw', 'o')).toBe('All earlier reads and writes before all later device writes, of this hart.');
});
