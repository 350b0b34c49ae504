/**
 * Several patchers, taken apart into cases that a search decides one by one. Together they are all that can happen.
 *
 * Where each patcher holds one and the same lock from its first operation to its last, they run one after the other: what
 * one has done comes before what the next does (the lock's release and acquire), and the next runs on a hart of its own,
 * which has taken every interrupt of those before it. A case is an order of them, as a scenario with one patcher.
 *
 * Otherwise they run side by side. A case says who takes each lock after whom, and which of two stores to the same bytes
 * comes first; all else that their harts do to each other is the search's (harts.ts).
 */
import { has } from '../memory/order';
import { programOf } from './build';
import { lockTurns } from './locks';
import { aloneOrInTurn, overlaps, type Plan, type Program, trackOf } from './program';
import { weakest } from './rules';
import type { Operation, Patcher, Scenario } from './scenario';

/** More patchers than this have too many orders. */
const mostPatchers = 5;
/** More cases than this would take too long to search. */
const mostCases = 500;

export interface Case {
  readonly scenario: Scenario;
  readonly plan: Plan;
}

/**
 * All cases of a scenario, under any rules: some may be impossible under stronger ones.
 * @returns in words why that cannot be told
 */
export function casesOf(scenario: Scenario): readonly Case[] | string {
  const { patchers } = scenario;
  const unbalanced = patchers.map(lockProblem).find((problem) => problem !== null);
  if (unbalanced != null) return unbalanced;
  const [first] = patchers;
  if (first === undefined || patchers.length < 2) return [{ scenario, plan: aloneOrInTurn }];
  if (patchers.length > mostPatchers) return `more than ${mostPatchers} patchers are not supported`;
  const lock = wholeLock(first);
  if (lock !== null && patchers.every((one) => wholeLock(one) === lock))
    return permutations(patchers).map((order) => ({
      scenario: { ...scenario, patchers: [inOrder(order)] },
      plan: aloneOrInTurn,
    }));
  return sideBySide(scenario);
}

function sideBySide(scenario: Scenario): readonly Case[] | string {
  const { patchers, executors } = scenario;
  const strange = patchers.flatMap(({ operations }) => operations).find(({ kind }) => notBeside.has(kind));
  if (strange !== undefined)
    return `\`${notBeside.get(strange.kind)}\` of a patcher that others run beside is not supported yet: let each hold one lock from its first operation to its last`;
  if (executors.onlineLater !== 'no') return 'harts that come online beside several patchers are not supported yet';
  const turns = lockTurns(patchers, mostCases);
  if (turns === null) return tooMany;
  const out: Case[] = [];
  for (const locks of turns) {
    const plans = coherences(scenario, locks, mostCases - out.length);
    if (plans === null) return tooMany;
    out.push(...plans.map((plan) => ({ scenario, plan })));
  }
  return out;
}

const tooMany = `limit of ${mostCases} ways in which the patchers' stores and locks can follow each other`;

const notBeside: ReadonlyMap<Operation['kind'], string> = new Map([
  ['stop_machine', 'stop_machine'],
  ['wait', 'wait rcu_tasks'],
  ['run', 'run'],
  ['migrate', 'migrate'],
]);

/** Every order of the stores of different patchers to the same bytes that the memory model allows; null: too many. */
function coherences(scenario: Scenario, locks: readonly number[], most: number): readonly Plan[] | null {
  const out: Plan[] = [];
  const open: Plan[] = [{ locks, coherence: [] }];
  for (let plan = open.pop(); plan !== undefined; plan = open.pop()) {
    const program = programOf(scenario, weakest, plan);
    if (program === null) continue;
    const pair = undecided(program);
    if (pair === null) out.push(plan);
    else {
      const [one, other] = pair;
      open.push({ locks, coherence: [...plan.coherence, [one, other]] });
      open.push({ locks, coherence: [...plan.coherence, [other, one]] });
    }
    if (out.length > most) return null;
  }
  return out;
}

/** Two stores of different patchers to the same bytes between which nothing has decided yet. */
function undecided(program: Program): readonly [number, number] | null {
  const { messages, order } = program;
  for (const one of messages)
    for (const other of messages)
      if (
        one.id < other.id &&
        overlaps(one, other.address, other.bytes.length) &&
        trackOf(program, one.micro) !== trackOf(program, other.micro) &&
        !has(order.below[one.id] ?? 0n, other.id) &&
        !has(order.below[other.id] ?? 0n, one.id)
      )
        return [one.id, other.id];
  return null;
}

function inOrder(patchers: readonly Patcher[]): Patcher {
  const [first] = patchers;
  const operations = patchers.flatMap(({ name, operations: own, source }, i): readonly Operation[] =>
    i === 0 ? own : [{ kind: 'migrate', fenceI: false, step: null, source, text: `patcher ${name}` }, ...own],
  );
  return { name: patchers.map(({ name }) => name).join(', then '), operations, source: first?.source ?? noSource };
}

const noSource = { file: '', start: 0, end: 0 };

/** The lock that a patcher takes first and gives back last, and not before; null where there is none. */
function wholeLock({ operations }: Patcher): string | null {
  const [first] = operations;
  const last = operations.at(-1);
  if (first?.kind !== 'lock' || last?.kind !== 'unlock' || first.name !== last.name) return null;
  const uses = flat(operations).filter(
    (one) => (one.kind === 'lock' || one.kind === 'unlock') && one.name === first.name,
  );
  return uses.length === 2 ? first.name : null;
}

/** Takes a lock twice, gives back what it has not, or keeps one. */
function lockProblem({ operations }: Patcher): string | null {
  const held: string[] = [];
  for (const operation of flat(operations)) {
    if (operation.kind === 'lock') {
      if (held.includes(operation.name))
        return `the patcher takes \`${operation.name}\` while it holds it: it waits for itself`;
      held.push(operation.name);
    } else if (operation.kind === 'unlock') {
      const at = held.indexOf(operation.name);
      if (at < 0) return `the patcher gives back \`${operation.name}\`, which it does not hold`;
      held.splice(at, 1);
    }
  }
  return held.length === 0 ? null : `the patcher never gives \`${held[0]}\` back`;
}

const flat = (operations: readonly Operation[]): Operation[] =>
  operations.flatMap((one) => (one.kind === 'stop_machine' ? flat(one.body) : [one]));

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
