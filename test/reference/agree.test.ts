import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../server/src/checker/scenario';
import { analyze } from '../../server/src/language/index';
import { type Comparison, compare, generatedScenario } from './compare';
import { dice, type Generated, generate, print, smaller } from './generate';
import { generatePatchers } from './generate-patchers';
import { type Machine, machinesFor, NotModelled } from './index';
import { vary } from './vary';

/** States of each machine that the reference may visit; beyond it, what it has found still has to be found. */
const exampleStates = 3000;
const randomStates = 1500;
const patchersStates = 5000;
const count = Number(process.env.CMODX_RANDOM ?? 100);
/** Fixed unless asked otherwise, so that a run can be repeated; look further with other seeds and larger counts. */
const seed = Number(process.env.CMODX_SEED ?? 20_261_122);

const examples = path.resolve(import.meta.dirname, '../../examples');
const files = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.cmodx'));

/** Every protocol of an example file, under every `when`. */
function scenariosOf(name: string): Scenario[] {
  const read = (file: string): string => readFileSync(path.join(examples, file), 'utf8');
  const { checks } = analyze(name, read(name), (imported, importer) => {
    const file = path.join(path.dirname(importer), imported);
    return { file, text: read(file) };
  });
  return checks.map(({ scenario, protocol, when }) => {
    if (scenario === null) throw new Error(`${name}: ${protocol} ${when ?? ''} has errors`);
    return scenario;
  });
}
/** The reference knows no jump table, and says so. */
const refused = new Set(['isa-rules/jump-table.cmodx']);
const oneHart = { harts: 1, threads: 1 };
const nameOf = ({ protocol, when }: Scenario): string => `${protocol} when ${when ?? 'as it stands'}`;

describe('product and reference agree on the examples', () => {
  it.each(files)('%s', { timeout: 240_000 }, (name) => {
    const scenarios = scenariosOf(name);
    expect(scenarios.length).toBeGreaterThan(0);
    for (const scenario of scenarios) {
      // The reference does not model a fetch that reads past its hart's own later store, and says so.
      if (!scenario.machine.fetch.decodeW || refused.has(name)) {
        expect(() => compare(scenario, exampleStates)).toThrow(NotModelled);
        continue;
      }
      const { differences, verdict } = compare(scenario, exampleStates, machinesFor(scenario, oneHart));
      expect(verdict.limit, nameOf(scenario)).toBeNull();
      expect(differences, nameOf(scenario)).toEqual([]);
    }
  });

  it(`a few lines changed: CMODX_RANDOM=${count} CMODX_SEED=${seed}`, { timeout: 600_000 + 10_000 * count }, () => {
    const scenarios = files.flatMap(scenariosOf);
    for (let i = 0; i < count; i++) {
      const d = dice(seed + i);
      const { scenario, changes } = vary(d.of(scenarios), d);
      const result = asked(scenario, machinesFor(scenario, oneHart));
      expect(result?.differences ?? [], `seed ${seed + i}: ${nameOf(scenario)}, ${changes.join(', ')}`).toEqual([]);
    }
  });
});

describe.each([
  { what: 'random protocols', make: generate, states: randomStates, upTo: undefined, share: 1 },
  { what: 'random patchers side by side', make: generatePatchers, states: patchersStates, upTo: oneHart, share: 0.2 },
])('product and reference agree on $what', ({ make, states, upTo, share }) => {
  const ask = (protocol: Generated): Comparison | null => {
    const scenario = generatedScenario(protocol);
    return asked(scenario, machinesFor(scenario, upTo), states);
  };

  it(`CMODX_RANDOM=${count} CMODX_SEED=${seed}`, { timeout: 600_000 + 10_000 * count }, () => {
    const protocols = Math.ceil(share * count);
    let decided = 0;
    for (let i = 0; i < protocols; i++) {
      const protocol = make(seed + i);
      const result = ask(protocol);
      if (result === null) continue;
      decided += result.complete && result.verdict.limit === null ? 1 : 0;
      if (result.differences.length === 0) continue;
      const least = minimised(protocol, (its) => (ask(its)?.differences.length ?? 0) > 0);
      expect.fail(`seed ${seed + i}: ${ask(least)?.differences.join('; ')}\n${print(least)}`);
    }
    expect(decided).toBeGreaterThan(protocols / 10);
  });
});

/** Null for what the reference does not model. */
function asked(scenario: Scenario, machines: readonly Machine[], states = randomStates): Comparison | null {
  try {
    return compare(scenario, states, machines);
  } catch (error) {
    if (error instanceof NotModelled) return null;
    throw error;
  }
}

/** Takes parts away as long as the two still differ. */
function minimised(protocol: Generated, differs: (protocol: Generated) => boolean): Generated {
  const still = (its: Generated): boolean => {
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
