/**
 * The protocol checker and the litmus engine agree on every rung, the lowest among them, where a litmus test can say
 * what a protocol says: one pass of one thread on one hart. Look further with CMODX_RANDOM (how many) and CMODX_SEED.
 */
import { describe, expect, it } from 'vitest';
import { ladder } from '../../server/src/checker/rules';
import { type Dice, dice } from './generate';
import { type Comparison, compare, type Rules } from './litmus-compare';
import { contiguousProtocol, type Protocol, print, smaller, syncedProtocol } from './litmus-protocols';

const count = Number(process.env.CMODX_RANDOM ?? 40);
const seed = Number(process.env.CMODX_SEED ?? 20_261_124);

const rungs = ladder.flatMap(({ name, rules }) =>
  [false, true].map((ziccid) => ({ name: `${name}${ziccid ? '+ziccid' : ''}`, fetch: { ...rules, ziccid } })),
);
/** Two rungs for each protocol, one of them where no other judge is. */
function rulesFor(d: Dice): Rules[] {
  const memory = (): Rules['memory'] => d.of(['rvwmo', 'rvwmo', 'rvwmo', 'rvwmo', 'tso', 'sc']);
  return [rungs.filter(({ fetch }) => !fetch.decodeW), rungs].map((some) => {
    const { name, fetch } = d.of(some);
    const model = memory();
    return { name: `${name}, memory ${model}`, memory: model, fetch };
  });
}

describe.each([
  { what: 'sites of any shape, without interrupts', generate: contiguousProtocol, synced: false, share: 1 },
  { what: 'words that syncs come between', generate: syncedProtocol, synced: true, share: 0.5 },
])('$what', ({ generate, synced, share }) => {
  it(`CMODX_RANDOM=${count} CMODX_SEED=${seed}`, { timeout: 60_000 + 2000 * count }, () => {
    const protocols = Math.ceil(share * count);
    let questions = 0;
    for (let i = 0; i < protocols; i++) {
      const protocol = generate(seed + i);
      for (const rules of rulesFor(dice(seed + i))) {
        const ask = (its: Protocol): Comparison => compare(its, synced, rules);
        const result = ask(protocol);
        questions += result.questions;
        if (result.differences.length === 0) continue;
        const least = minimised(protocol, (its) => ask(its).differences.length > 0);
        const { differences } = ask(least);
        expect.fail(`seed ${seed + i}, ${rules.name}: ${differences.join('; ')}\n${print(least, synced)}`);
      }
    }
    expect(questions).toBeGreaterThan(2 * protocols);
  });
});

/** Takes parts away as long as the two still differ. */
function minimised(protocol: Protocol, differs: (protocol: Protocol) => boolean): Protocol {
  const still = (its: Protocol): boolean => {
    try {
      return differs(its);
    } catch {
      // Without one of its parts a protocol may not be a protocol any more.
      return false;
    }
  };
  const less = [...smaller(protocol)].find(still);
  return less === undefined ? protocol : minimised(less, differs);
}
