import type { Operation, Patcher, Scenario } from '../../server/src/checker/scenario';
import { NotModelled } from './program';

/** They all hold one lock from first to last. */
export function inTurn({ patchers }: Scenario): boolean {
  const locks = new Set(patchers.map(lockOf));
  return locks.size === 1 && !locks.has(null);
}

/**
 * The scenario with one patcher, for each order in which several may hold the lock that they all hold throughout: the
 * next goes on on another hart, which orders what the lock would.
 *
 * @throws NotModelled for patchers that run beside one another.
 */
export function orders(scenario: Scenario): Scenario[] {
  const { patchers } = scenario;
  const [first] = patchers;
  if (first === undefined || patchers.length === 1) return [scenario];
  if (!inTurn(scenario)) throw new NotModelled('patchers beside one another');
  return permutations(patchers).map((order) => ({
    ...scenario,
    patchers: [
      {
        ...first,
        operations: order.flatMap(({ operations }, i) => [
          ...(i > 0 ? handOver(first) : []),
          ...operations.slice(1, -1),
        ]),
      },
    ],
  }));
}

const handOver = ({ source }: Patcher): Operation[] => [
  { kind: 'migrate', fenceI: false, step: null, source, text: 'the next patcher' },
];

/** The lock that a patcher holds from its first operation to its last. */
function lockOf({ operations }: Patcher): string | null {
  const [first, last] = [operations[0], operations.at(-1)];
  const throughout =
    operations.filter((operation) => operation.kind === 'lock' || operation.kind === 'unlock').length === 2;
  return throughout && first?.kind === 'lock' && last?.kind === 'unlock' && first.name === last.name
    ? first.name
    : null;
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]));
}
