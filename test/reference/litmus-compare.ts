/** One protocol asked of the protocol checker and, as litmus tests, of the litmus engine. */
import { check, defaultOptions, type Scenario, type Verdict } from '../../server/src/checker/index';
import { defaultLitmusOptions, type LitmusFetch, type LitmusTest, runLitmus } from '../../server/src/checker/litmus';
import type { Machine, PlacedInstruction, Version } from '../../server/src/checker/scenario';
import { analyze } from '../../server/src/language/index';
import { type Arrangement, aloneAsLitmus, asLitmus, slotHistory, waitsOf } from './as-litmus';
import { type Protocol, print } from './litmus-protocols';

export interface Rules {
  readonly name: string;
  readonly memory: Machine['memory'];
  readonly fetch: LitmusFetch;
}

/** What one has found and the other has not, in words; and how many questions both have answered. */
export interface Comparison {
  readonly differences: readonly string[];
  readonly questions: number;
}

const productStates = 20_000;
const litmusSteps = 60_000;

function scenarioOf(protocol: Protocol, synced: boolean, rules: Rules): Scenario {
  const text = print(protocol, synced);
  const { checks, diagnostics } = analyze('generated.cmodx', text, () => null);
  const scenario = checks[0]?.scenario ?? null;
  if (scenario === null)
    throw new Error(`${diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n')}\n${text}`);
  const { machine } = scenario;
  const { ziccid, ...fetch } = rules.fetch;
  const extensions = new Set([...machine.isa.extensions, ...(ziccid ? ['ziccid'] : [])]);
  return { ...scenario, machine: { ...machine, memory: rules.memory, fetch, isa: { ...machine.isa, extensions } } };
}

/** What the litmus engine says of one pass, over all arrangements of the interrupts. */
interface Ends {
  readonly states: ReadonlySet<string>;
  /** Something happened that no version's instructions do: no instruction there, an illegal one. */
  readonly fault: string | null;
  /** There may be more states. */
  readonly limited: boolean;
}

function endsOf(tests: readonly LitmusTest[], rules: Rules): Ends {
  const states = new Set<string>();
  let fault: string | null = null;
  let limited = false;
  for (const test of tests) {
    const result = runLitmus(test, {
      ...defaultLitmusOptions,
      memory: rules.memory,
      fetch: rules.fetch,
      maxSteps: litmusSteps,
    });
    for (const { text } of result.states) states.add(text);
    fault ??= result.fault?.message ?? null;
    limited ||= result.limit !== null;
  }
  return { states, fault, limited };
}

/** Every end of a version by itself, whatever the data: empty where it goes nowhere. */
function aloneEnds(scenario: Scenario, version: Pick<Version, 'instructions'>, spread: boolean, rules: Rules): Ends {
  const arrangement: Arrangement = { spread, answers: [], late: false };
  const tests = slotHistory(scenario).map((slot) => aloneAsLitmus(scenario, version, arrangement, slot));
  return endsOf(tests, { ...rules, memory: 'sc' });
}

const subset = (some: ReadonlySet<string>, all: ReadonlySet<string>): boolean => [...some].every((one) => all.has(one));
const union = (sets: readonly ReadonlySet<string>[]): ReadonlySet<string> => new Set(sets.flatMap((set) => [...set]));

const verdictOf = (scenario: Scenario): Verdict =>
  check(scenario, { ...defaultOptions, maxStates: productStates, explain: false });

/** Where a hart can answer: at any boundary, or (masked) only before or after the pass. */
function arrangements(scenario: Scenario, spread: boolean, late: boolean): Arrangement[] {
  const slots = (scenario.sites[0]?.size ?? 0) / 4;
  const waits = waitsOf(scenario);
  if (late) return [{ spread, late, answers: Array.from({ length: waits }, () => 0) }];
  const places = Array.from({ length: slots + 1 }, (_, i) => i).filter(
    (place) => !scenario.executors.masked || place === 0 || place === slots,
  );
  let all: number[][] = [[]];
  for (let i = 0; i < waits; i++)
    all = all.flatMap((some) => places.filter((place) => place >= (some.at(-1) ?? 0)).map((place) => [...some, place]));
  return all.map((answers) => ({ spread, late, answers }));
}

/**
 * - Is the protocol unsafe? Exactly if some end of P1 is no version's, or it faults.
 * - Is it effective? Exactly if no late pass ends otherwise than the `to` version.
 * - Which mixtures of the versions' words run? Each is asked for by making all others versions of the site.
 */
export function compare(protocol: Protocol, synced: boolean, rules: Rules): Comparison {
  const scenario = scenarioOf(protocol, synced, rules);
  const [site] = scenario.sites;
  if (!site) throw new RangeError('no site');
  const asked = (late: boolean): Ends =>
    endsOf(
      arrangements(scenario, synced, late).map((arrangement) => asLitmus(scenario, arrangement)),
      rules,
    );
  const differences: string[] = [];
  let questions = 0;
  /** Null: a limit leaves it open. What either has found, the other must find. */
  const same = (what: string, product: boolean | null, litmus: boolean | null): void => {
    if (product === null || litmus === null) return;
    questions++;
    if (product !== litmus) differences.push(`${what}: ${product} (protocol), ${litmus} (litmus)`);
  };
  const found = (yes: boolean, open: boolean): boolean | null => (yes ? true : open ? null : false);

  const ends = asked(false);
  const alone = site.versions.map((version) => aloneEnds(scenario, version, synced, rules).states);
  const verdict = verdictOf(scenario);
  const unsafe = found(verdict.violations.length > 0, verdict.limit !== null);
  same('unsafe', unsafe, found(ends.fault !== null || !subset(ends.states, union(alone)), ends.limited));

  const effective = verdict.claims.find(({ name }) => name === 'effective')?.holds ?? null;
  const target = alone[site.versions.findIndex(({ name }) => name === site.to)];
  if (effective !== null && target) {
    const late = asked(true);
    same('effective', effective, invert(found(late.fault !== null || !subset(late.states, target), late.limited)));
  }

  const all = mixtures(site.versions);
  const its = all.map((mixture) => aloneEnds(scenario, mixture, synced, rules).states);
  // Where all that runs is a mixture, the protocol without one of them is unsafe exactly if that one runs.
  const only = ends.fault === null && subset(ends.states, union(its));
  for (const [i, mixture] of only ? all.entries() : []) {
    const own = its[i] ?? new Set();
    const shared = its.some((other, j) => i !== j && [...own].some((state) => other.has(state)));
    if (shared || own.size === 0) continue;
    const others = all.filter((other) => other !== mixture);
    const asking = verdictOf({ ...scenario, sites: [{ ...site, versions: others, to: null }] });
    const runs = [...own].some((state) => ends.states.has(state));
    same(`runs ${mixture.name}`, found(asking.violations.length > 0, asking.limit !== null), found(runs, ends.limited));
  }
  return { differences, questions };
}

const invert = (answer: boolean | null): boolean | null => (answer === null ? null : !answer);

/** More than these are not asked for one by one. */
const maximalMixtures = 9;

/** Every choice of one version's instruction at each place, where all versions have instructions at the same places. */
function mixtures(versions: readonly Version[]): Version[] {
  const [first] = versions;
  if (!first) return [];
  const shape = shapeOf(first);
  if (versions.some((version) => shapeOf(version) !== shape)) return [];
  let all: PlacedInstruction[][] = [[]];
  for (const [slot] of first.instructions.entries()) {
    const choices = new Map<string, PlacedInstruction>();
    for (const { instructions } of versions) {
      const choice = instructions[slot];
      if (choice) choices.set(choice.bytes.join(), choice);
    }
    all = all.flatMap((some) => [...choices.values()].map((choice) => [...some, choice]));
    if (all.length > maximalMixtures) return [];
  }
  return all.map((instructions) => ({
    ...first,
    name: instructions.map(({ label, text }) => label ?? text).join(' '),
    instructions,
  }));
}

const shapeOf = ({ instructions }: Version): string =>
  instructions.map(({ address, bytes }) => `${address}/${bytes.length}`).join();
