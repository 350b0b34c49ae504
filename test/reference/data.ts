import type { Operation, Scenario } from '../../server/src/checker/scenario';

/** By address, where a patcher has changed what was declared. */
export type Data = ReadonlyMap<bigint, number>;

/** Where the patchers stand, each at its next operation, what they hold, and what they have made of data. */
interface Moment {
  readonly at: readonly number[];
  readonly holders: ReadonlyMap<string, number>;
  readonly data: Data;
}

/**
 * Data as the patchers leave it between their operations, in any order of these that the locks allow: a version may have
 * run under any of these.
 */
export function dataHistory({ patchers }: Scenario): Data[] {
  const programs = patchers.map(({ operations }) => operations.flatMap(flat).filter(matters));
  const history = new Map<string, Data>();
  const met = new Set<string>();
  const pending: Moment[] = [{ at: programs.map(() => 0), holders: new Map(), data: new Map() }];
  for (let moment = pending.pop(); moment !== undefined; moment = pending.pop()) {
    const data = keyOf(moment.data);
    const key = `${moment.at};${data}`;
    if (met.has(key)) continue;
    met.add(key);
    history.set(data, moment.data);
    pending.push(...programs.flatMap((program, patcher) => after(moment, program, patcher)));
  }
  return [...history.values()];
}

const flat = (operation: Operation): readonly Operation[] =>
  operation.kind === 'stop_machine' ? operation.body.flatMap(flat) : [operation];

const matters = (operation: Operation): boolean =>
  operation.kind === 'lock' ||
  operation.kind === 'unlock' ||
  (operation.kind === 'store' && operation.target === 'data');

/** One operation of one patcher later; nothing where it waits or has finished. */
function after({ at, holders, data }: Moment, program: readonly Operation[], patcher: number): Moment[] {
  const operation = program[at[patcher] ?? 0];
  if (operation === undefined) return [];
  const onward = { at: at.map((place, i) => (i === patcher ? place + 1 : place)), holders, data };
  switch (operation.kind) {
    case 'lock':
      return holders.has(operation.name)
        ? []
        : [{ ...onward, holders: new Map([...holders, [operation.name, patcher]]) }];
    case 'unlock':
      return [{ ...onward, holders: new Map([...holders].filter(([name]) => name !== operation.name)) }];
    case 'store': {
      const changed = new Map(data);
      operation.bytes.forEach((byte, i) => void changed.set(operation.address + BigInt(i), byte));
      return [{ ...onward, data: changed }];
    }
    default:
      return [onward];
  }
}

const keyOf = (data: Data): string =>
  [...data]
    .map(([address, byte]) => `${address.toString(16)}=${byte}`)
    .sort()
    .join();
