import type {
  LitmusOptions,
  LitmusResult,
  LitmusTest,
  Proposition,
  Quantifier,
  Witness,
} from '../../server/src/checker/litmus/test';
import { parseIsa } from '../../server/src/isa';

/** Options and results of litmus tests for what only carries them about: no engine has made them. */

export const litmusOptions: LitmusOptions = {
  memory: 'rvwmo',
  fetch: null,
  search: 'promise-first',
  maxSteps: 1000,
  maxStores: 10,
  maxTurns: 10,
};

/** The smallest test there is, by its name: two tests of different names say different things. */
export function litmusTest(name: string, quantifier: Quantifier = 'exists', start = 0): LitmusTest {
  const isa = parseIsa('rv64gc');
  if (!isa.ok) throw new Error('no rv64gc');
  const source = { file: 'test.litmus', start, end: start + 1 };
  const proposition: Proposition = { kind: 'constant', value: true };
  return {
    name,
    isa: isa.isa,
    locations: [],
    threads: [{ name: 'P0', instructions: [], start: 0n, end: 0n, registers: [], source }],
    labels: [],
    condition: { quantifier, proposition, source },
    filter: null,
    observed: [],
    patchesCode: false,
    words: [],
  };
}

/** One state of four satisfies the condition, unless said otherwise. */
export function litmusResult(changes: Partial<LitmusResult>): LitmusResult {
  const limited = (changes.limit ?? changes.fault ?? null) !== null;
  return {
    states: ['1:x5=0; 1:x7=0;', '1:x5=0; 1:x7=1;', '1:x5=1; 1:x7=0;', '1:x5=1; 1:x7=1;'].map((text) => ({
      text,
      satisfies: text === '1:x5=1; 1:x7=0;',
    })),
    positive: 1,
    negative: 3,
    observation: limited ? null : 'Sometimes',
    holds: limited ? null : true,
    limit: null,
    fault: null,
    steps: 42,
    ...changes,
  };
}

/** A witness of no steps. */
export function witness(state: string): Witness {
  return { state, steps: [] };
}
