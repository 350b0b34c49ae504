import { check, defaultOptions } from '../../server/src/checker/index';
import type { Scenario } from '../../server/src/checker/scenario';
import type { Verdict } from '../../server/src/checker/verdict';
import { analyze } from '../../server/src/language/index';
import { type Generated, print } from './generate';
import { type Answer, explore, exploreInTurn, type Machine, machinesFor } from './index';
import { inTurn } from './orders';

/** What the product and the reference said of one scenario, and where they differ (empty: they agree). */
export interface Comparison {
  readonly verdict: Verdict;
  readonly reference: readonly { readonly machine: Machine; readonly answer: Answer }[];
  readonly differences: readonly string[];
  /** The reference saw all states of all machines that it was asked for. */
  readonly complete: boolean;
}

/** The scenario of a generated protocol, through its text. Throws with the text's errors where it has any. */
export function generatedScenario(protocol: Generated): Scenario {
  // The language has no name for this rung, which the reference models like every other.
  const letterOnly = protocol.fetch === 'letter+decode-w';
  const text = print(letterOnly ? { ...protocol, fetch: 'isa+decode-w' } : protocol);
  const { checks, diagnostics } = analyze('generated.cmodx', text, () => null);
  const scenario = checks[0]?.scenario ?? null;
  if (scenario === null)
    throw new Error(`${diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n')}\n${text}`);
  if (!letterOnly) return scenario;
  const fetch = { ...scenario.machine.fetch, fenceiFetch: false };
  return { ...scenario, machine: { ...scenario.machine, fetch } };
}

/** Enough for every example; a random protocol that needs more is cut short, and compared by what was found. */
const productStates = 20_000;

/**
 * Asks both. What the reference finds on a machine of fixed size, the product must find; what the product finds,
 * the reference must find on one of its machines, unless it had to stop early.
 *
 * @throws NotModelled
 */
export function compare(
  scenario: Scenario,
  maxStates: number,
  machines: readonly Machine[] = machinesFor(scenario),
): Comparison {
  const verdict = check(scenario, { ...defaultOptions, maxStates: productStates, explain: false });
  const reference: { machine: Machine; answer: Answer }[] = [];
  const kinds = new Set<string>();
  const product = new Set<string>(
    // What can be encoded is arithmetic, and no step of anybody.
    verdict.violations.flatMap(({ code }) => (code === 'unencodable' ? [] : [code])),
  );
  const claimed = verdict.claims.find(({ name }) => name === 'effective')?.holds ?? null;
  let complete = true;
  for (const machine of machines) {
    const answer = (inTurn(scenario) ? exploreInTurn : explore)(scenario, machine, maxStates);
    reference.push({ machine, answer });
    for (const kind of answer.kinds) kinds.add(kind);
    if (answer.effective === false) kinds.add('not effective');
    for (const version of answer.held) kinds.add(`holds ${version}`);
    complete &&= answer.complete;
  }
  if (claimed === false) product.add('not effective');
  const retires = verdict.claims.filter(({ name }) => name.startsWith('retires '));
  for (const { name, holds } of retires) if (!holds) product.add(name.replace('retires', 'holds'));
  // Nothing is claimed where the search was cut short, nor compared where the patcher may never come to its end.
  for (const found of [kinds, product]) {
    for (const kind of found) {
      const claim =
        kind === 'not effective'
          ? claimed !== null
          : retires.some(({ name }) => name === kind.replace('holds', 'retires'));
      const about = kind === 'not effective' || kind.startsWith('holds ');
      if (about && (!claim || kinds.has('deadlock'))) found.delete(kind);
    }
  }
  const onlyReference = verdict.limit === null ? [...kinds].filter((kind) => !product.has(kind)) : [];
  const onlyProduct = complete ? [...product].filter((kind) => !kinds.has(kind)) : [];
  const groundless = scenario.executors.count === 0 && retires.length > 0 ? ['claims what nobody is in'] : [];
  const differences = [
    ...groundless,
    ...onlyReference.map((kind) => `only the reference finds: ${kind}`),
    ...onlyProduct.map((kind) => `only the product finds: ${kind}`),
  ];
  return { verdict, reference, differences, complete };
}
