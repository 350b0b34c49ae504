/** From a scenario to its verdict: the search on the rung that was asked for, and what a `safe` rests on. */
import type { MemoryRules } from '../memory/views';
import { programOf } from './build';
import { explain } from './explain';
import { Layout } from './layout';
import type { Model } from './model';
import { type Case, casesOf } from './patchers';
import type { Program } from './program';
import { reachViolations } from './reach-violations';
import { ladder, rulesOf, rungName, weaker } from './rules';
import type { Operation, Scenario, Version } from './scenario';
import { type Found, retiredKey, type SearchResult, search } from './search';
import { Snapshots } from './snapshot';
import { pieces } from './stores';
import { threadProblem } from './thread-outcomes';
import { tell } from './trace';
import type { CheckHost, CheckOptions, Claim, Verdict, Violation, ViolationKind } from './verdict';
import { violationKinds } from './verdict';
import { Words } from './words';

export const defaultOptions: CheckOptions = { maxStates: 2_000_000, reductions: { freshPass: true }, explain: true };

/**
 * Decides one scenario.
 * @returns `inconclusive` with the limit named where the search could not be completed; never a guess.
 */
export function check(scenario: Scenario, options: CheckOptions = defaultOptions, host: CheckHost = {}): Verdict {
  const verdict = checkPasses(scenario, options, host);
  const unreached = reachViolations(scenario, new Layout(scenario));
  if (unreached.length === 0) return verdict;
  return { ...verdict, verdict: 'unsafe', reliesOn: [], rung: null, violations: [...verdict.violations, ...unreached] };
}

/** What executors may do, in every way in which the patchers can meet. */
function checkPasses(scenario: Scenario, options: CheckOptions, host: CheckHost): Verdict {
  const refused = unsupported(scenario);
  const cases = refused ?? casesOf(scenario);
  if (typeof cases === 'string') return { ...nothingOf(scenario), verdict: 'inconclusive', limit: cases, states: 0 };
  let states = 0;
  const cheap = new Map<ViolationKind, number>();
  const verdicts = cases.map((its) => {
    const before = states;
    const verdict = checkOne(its, options, cheap, { interrupt: (seen) => host.interrupt?.(before + seen) ?? null });
    states += verdict.states;
    return verdict;
  });
  return verdicts.reduce(both);
}

const nothingOf = ({ executors: { count } }: Scenario) => ({
  bounds: { harts: count, passes: 'any' } as const,
  reliesOn: [],
  rung: null,
  claims: [],
  violations: [],
});

/** What holds of two ways in which the patchers can meet: the worse of both. */
function both(a: Verdict, b: Verdict): Verdict {
  const worse = (['unsafe', 'inconclusive', 'safe'] as const).find((kind) => a.verdict === kind || b.verdict === kind);
  const known = new Set(b.violations.map(({ code }) => code));
  const rungs = ladder.map(({ name }) => name);
  const rank = ({ rung }: Verdict): number => rungs.indexOf((rung ?? '').replace('+ziccid', ''));
  const safe = worse === 'safe';
  return {
    verdict: worse ?? 'inconclusive',
    bounds: a.bounds,
    reliesOn: safe ? [...new Set([...a.reliesOn, ...b.reliesOn])] : [],
    rung: !safe || a.rung === null || b.rung === null ? null : rank(a) >= rank(b) ? a.rung : b.rung,
    claims: a.claims.flatMap((claim) => {
      const other = b.claims.find(({ name }) => name === claim.name);
      return other === undefined ? [] : [claim.holds ? other : claim];
    }),
    limit: a.limit ?? b.limit,
    states: a.states + b.states,
    // What is told of the second is cheaper than what was known.
    violations: [...a.violations.filter(({ code }) => !known.has(code)), ...b.violations].sort(byLength),
  };
}

const byLength = (a: Violation, b: Violation): number => a.trace.length - b.trace.length;

/** The memory model does not let the patchers meet like that. */
const cannotBe: SearchResult = {
  states: 0,
  found: new Map(),
  ineffective: null,
  unretired: new Map(),
  limit: null,
  model: null,
};

const deadlocks = ({ model }: SearchResult): boolean => model !== null && model.program.deadlock !== null;

/**
 * Decides one way in which the patchers can meet.
 * @param cheap What violations cost in other ways, by kind: only cheaper ones are told again.
 */
function checkOne(
  { scenario, plan }: Case,
  options: CheckOptions,
  cheap: Map<ViolationKind, number>,
  host: CheckHost,
): Verdict {
  const nothing = nothingOf(scenario);
  let states = 0;
  const run = (
    rules: MemoryRules,
    how: { firstOnly: boolean; shortest: boolean; claims: boolean; below?: number },
  ): SearchResult => {
    const before = states;
    const program = programOf(scenario, rules, plan);
    if (program === null) return cannotBe;
    const result = search(
      scenario,
      program,
      rules,
      {
        maxStates: options.maxStates,
        freshPass: options.reductions.freshPass,
        below: Number.POSITIVE_INFINITY,
        ...how,
      },
      { interrupt: (seen) => host.interrupt?.(before + seen) ?? null },
    );
    states += result.states;
    return result;
  };
  const rules = rulesOf(scenario);
  const main = run(rules, { firstOnly: false, shortest: false, claims: true });
  const mainStates = main.states;
  const unsafe = main.found.size > 0 || deadlocks(main);
  // What was found is real even where the search was cut short.
  if (!unsafe && main.limit !== null)
    return { ...nothing, verdict: 'inconclusive', limit: main.limit, states: mainStates };

  if (unsafe) {
    const shortest = options.explain
      ? cheapest(main, cheap, (below) => run(rules, { firstOnly: false, shortest: true, claims: false, below }))
      : main.found;
    const violations = main.model === null ? [] : describe(main.model, shortest);
    return {
      ...nothing,
      verdict: 'unsafe',
      claims: claimsOf(scenario, main),
      limit: main.limit,
      states: mainStates,
      violations,
    };
  }

  const claims = claimsOf(scenario, main);
  if (!options.explain)
    return { ...nothing, verdict: 'safe', rung: rungName(rules), claims, limit: null, states: mainStates };
  /** Null: a limit was hit before anything was found. */
  const holds = (lower: MemoryRules): boolean | null => {
    const result = run(lower, { firstOnly: true, shortest: false, claims: false });
    if (result.found.size > 0 || deadlocks(result)) return false;
    return result.limit === null ? true : null;
  };
  return {
    ...nothing,
    verdict: 'safe',
    ...foundations(scenario, rules, holds),
    claims,
    limit: null,
    states: mainStates,
  };
}

/** Of what was found, what is cheaper than all that is known: as cheap as it comes. */
function cheapest(
  { found }: SearchResult,
  known: Map<ViolationKind, number>,
  search: (below: number) => SearchResult,
): ReadonlyMap<ViolationKind, Found> {
  const below = Math.max(...[...found.keys()].map((kind) => known.get(kind) ?? Number.POSITIVE_INFINITY));
  const again = search(below);
  const all = again.limit === null ? again.found : found;
  const out = new Map([...all].filter(([kind, { cost }]) => cost < (known.get(kind) ?? Number.POSITIVE_INFINITY)));
  for (const [kind, { cost }] of out) known.set(kind, cost);
  return out;
}

/** The lowest rung on which a safe scenario holds, and what it relies on. What was not decided is not claimed. */
function foundations(
  scenario: Scenario,
  rules: MemoryRules,
  holds: (rules: MemoryRules) => boolean | null,
): Pick<Verdict, 'rung' | 'reliesOn'> {
  const { isa } = scenario.machine;
  const reliesOn: string[] = [];
  const rely = (without: MemoryRules, what: string): void => {
    const still = holds(without);
    if (still === null) reliesOn.push(`perhaps ${what} (not decided: a limit was hit)`);
    else if (!still) reliesOn.push(what);
  };
  if (rules.ziccif)
    rely(
      { ...rules, ziccif: false },
      `Ziccif${isa.profile === null ? '' : ` (from profile ${isa.profile})`}: aligned 4-byte fetches are atomic`,
    );
  if (rules.ziccid) rely({ ...rules, ziccid: false }, 'Ziccid: fetches in program order, coherent');
  let lowest: MemoryRules | null = rules;
  for (const { rules: rung } of ladder) {
    if (!weaker(rung, rules)) continue;
    const lower = { ...rules, ...rung };
    const still = holds(lower);
    if (still === false) continue;
    lowest = still ? lower : null;
    break;
  }
  if (lowest === null)
    reliesOn.push(`perhaps the fetch rules ${rungName(rules)} (lower rungs not decided: a limit was hit)`);
  if (lowest?.fenceiFetch) reliesOn.push('isa: fence.i orders earlier fetches (ISA manual, September 2026)');
  if (lowest?.decode) reliesOn.push("decode: a fetch comes before its hart's later accesses (open in the ISA)");
  else if (lowest?.decodeW) reliesOn.push("decode-w: a fetch comes before its hart's later stores (open in the ISA)");
  if (rules.memory !== 'rvwmo')
    rely(
      { ...rules, memory: 'rvwmo' },
      rules.memory === 'tso' ? 'Ztso: data accesses in total store order' : 'sequentially consistent data accesses',
    );
  return { rung: lowest && rungName(lowest), reliesOn };
}

/** Orders are kept as bit sets: far beyond what anyone writes by hand, they cost time before the first state. */
const maximalMessages = 300;

function messageCount(operations: readonly Operation[], xlen: 32 | 64): number {
  return operations.reduce((sum, operation) => {
    if (operation.kind === 'store') return sum + pieces(operation, xlen).length;
    return (
      sum +
      (operation.kind === 'stop_machine' ? 1 + messageCount(operation.body, xlen) : operation.kind === 'sync' ? 1 : 0)
    );
  }, 0);
}

/** What this checker does not decide yet, by name; null where it decides all of the scenario. */
function unsupported(scenario: Scenario): string | null {
  const messages = scenario.patchers.reduce(
    (sum, patcher) => sum + messageCount(patcher.operations, scenario.machine.isa.xlen),
    0,
  );
  if (messages > maximalMessages)
    return `limit of ${maximalMessages} messages (the patcher sends ${messages.toLocaleString('en-US')})`;
  const runs = scenario.patchers.some(({ operations }) => operations.some(({ kind }) => kind === 'run'));
  if (scenario.executors.count === 0 && !runs) return 'no executor runs the site: there is nothing to check';
  const thread = threadProblem(scenario);
  if (thread !== null) return thread;
  const alias = scenario.symbols.find((symbol, i) =>
    scenario.symbols.some(
      (other, j) =>
        j < i &&
        other.address === symbol.address &&
        (other.returns !== symbol.returns || other.clobbers.join() !== symbol.clobbers.join()),
    ),
  );
  if (alias !== undefined)
    return `\`${alias.name}\` stands at the address of another symbol, and they do not say the same of it`;
  const migrates = scenario.patchers.some(({ operations }) => operations.some(({ kind }) => kind === 'migrate'));
  if (migrates && scenario.executors.onlineLater !== 'no')
    return 'a patcher that migrates while harts come online is not supported yet';
  if (runs && scenario.patchers.length > 1 && scenario.executors.onlineLater !== 'no')
    return 'a patcher behind another that runs code while harts come online is not supported yet';
  if (
    scenario.sites.some((site, i) =>
      scenario.sites.some(
        (other, j) =>
          i < j &&
          site.address < other.address + BigInt(other.size) &&
          other.address < site.address + BigInt(site.size),
      ),
    )
  )
    return 'sites overlap';
  if (scenario.sites.some(({ versions }) => versions.length > 30))
    return 'more than 30 versions of a site are not supported';
  return null;
}

function claimsOf(scenario: Scenario, result: SearchResult): Claim[] {
  // Where nobody but the patcher runs the code, nothing was asked of anybody.
  if (scenario.executors.count === 0 || scenario.sites.every(({ to }) => to === null)) return [];
  if (result.limit !== null) return [];
  if (deadlocks(result)) return [{ name: 'effective', holds: false, why: 'the patcher never ends' }];
  const holds = result.ineffective === null;
  return [
    { name: 'effective', holds, why: holds ? null : 'a pass that begins after the end need not be the new version' },
    ...retirements(scenario, result),
  ];
}

/** `retires V` for each version that a site can be left with and the new one replaces. */
function retirements({ sites, threads }: Scenario, { unretired, model }: SearchResult): Claim[] {
  if (threads.length > 0) return [];
  return sites.flatMap(({ versions, to }, site) =>
    versions.flatMap((version, i): Claim[] => {
      if (to === null || version.name === to || version.source === null) return [];
      const found = unretired.get(retiredKey(site, i));
      const why =
        found === undefined ? null : `after the end a thread may still be in ${whereIn(version, found, model)}`;
      return [{ name: `retires ${version.name}`, holds: found === undefined, why }];
    }),
  );
}

/** `old`, or `old_tramp, to which old leads`. */
function whereIn({ name }: Version, { path }: Found<null>, model: Model | null): string {
  const thread = path.at(-1)?.state.thread;
  const place = thread && (thread.holding?.symbol ?? model?.layout.regionAt(thread.pc, 'code')?.name);
  return place === undefined ? name : `${place}, to which ${name} leads`;
}

function describe(model: Model, found: ReadonlyMap<string, Found>): Violation[] {
  const { scenario, layout, program, readings } = model;
  const words = new Words(scenario, layout);
  const snapshots = new Snapshots(scenario, layout, program, readings, words);
  const out: Violation[] = [];
  for (const code of violationKinds) {
    const one = found.get(code);
    if (one !== undefined) {
      const told = tell(scenario, layout, program, words, snapshots, one);
      out.push({ code, ...explain(scenario, layout, program, words, one), before: told.before, trace: told.steps });
    }
  }
  const { deadlock } = program;
  if (deadlock !== null) {
    const operation = program.operations[deadlock.operation];
    const told = tell(scenario, layout, program, words, snapshots, null);
    const locks = deadlock.waitsFor === 'lock';
    out.push({
      code: 'deadlock',
      headline: locks ? 'patchers wait for each other with locks held' : 'the patcher waits for harts that are stopped',
      message: locks
        ? `${circle(program, deadlock.at)}: none ever goes on.`
        : `The patcher waits at \`${operation?.text ?? 'sync'}\` for harts that \`stop_machine\` keeps stopped with interrupts off, and they wait for it: neither side ever goes on.`,
      source: operation?.source ?? scenario.source,
      before: told.before,
      trace: told.steps,
    });
  }
  return out.sort(byLength);
}

/** Who waits for which lock, in words. */
const circle = ({ tracks, micros, operations }: Program, at: readonly number[]): string =>
  tracks
    .flatMap(({ index, name, end }) => {
      const q = at[index] ?? end;
      const operation = operations[micros[q]?.operation ?? -1];
      return q < end && operation?.kind === 'lock' ? [`patcher ${name} waits for \`${operation.name}\``] : [];
    })
    .join(' and ')
    .replace(/^p/, 'P');
