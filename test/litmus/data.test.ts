/** Data memory: tests of our own. Each file says under which memory models its outcome can happen, and why. */
import { describe, expect, it } from 'vitest';
import { decided, memoryModels, testOf, testsIn } from './corpus';

describe.each(['mixed', 'ppo'])('%s: the outcome can happen where the test says so, and nowhere else', (folder) => {
  it.each(testsIn(folder))('$name', ({ file, text, allowed, forbidden }) => {
    expect([...allowed, ...forbidden].sort()).toEqual([...memoryModels].sort());
    const test = testOf(file, text);
    const found = memoryModels.filter((memory) => decided(test, { memory, fetch: null }).observation !== 'Never');
    expect(found).toEqual(memoryModels.filter((memory) => allowed.includes(memory)));
  });
});
