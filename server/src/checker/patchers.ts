/**
 * Several patchers. Where each holds one and the same lock from its first operation to its last, they run one after the
 * other: what one has done comes before what the next does (the lock's release and acquire), and the next runs on a hart of
 * its own, which has taken every interrupt of those before it. Every order of them is a scenario with one patcher.
 */
import type { Operation, Patcher, Scenario } from './scenario';

/** More patchers than this have too many orders. */
const mostPatchers = 5;

/**
 * The orders in which the patchers can come, each as a scenario with one patcher.
 * @returns in words why that cannot be told
 */
export function oneByOne(scenario: Scenario): readonly Scenario[] | string {
  const { patchers } = scenario;
  const unbalanced = patchers.map(lockProblem).find((problem) => problem !== null);
  if (unbalanced != null) return unbalanced;
  const [first, second] = patchers;
  if (first === undefined || second === undefined) return [scenario];
  if (patchers.length > mostPatchers) return `more than ${mostPatchers} patchers are not supported`;
  const lock = wholeLock(first);
  const other = patchers.find((one) => lock === null || wholeLock(one) !== lock);
  if (other !== undefined)
    return `patchers that do not all hold one lock from their first operation to their last are not supported yet: \`${other.name}\` does not`;
  return permutations(patchers).map((order) => ({ ...scenario, patchers: [inOrder(order)] }));
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
