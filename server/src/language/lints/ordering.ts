/** Whether what is written reaches the harts that are told of it: fences before messages, syncs after stores. */
import { programOf } from '../../checker/build';
import type { Message } from '../../checker/program';
import { rulesOf } from '../../checker/rules';
import type { Operation, Scenario } from '../../checker/scenario';
import { close, none, single } from '../../memory/order';
import type { Lint } from './kinds';

type Store = Extract<Operation, { kind: 'store' }>;
type Fence = Extract<Operation, { kind: 'fence' }>;

/** The operations of a patcher one after the other, those in `stop_machine` before it. */
const flat = (operations: readonly Operation[]): Operation[] =>
  operations.flatMap((operation) =>
    operation.kind === 'stop_machine' ? [...flat(operation.body), operation] : [operation],
  );

const isCodeStore = (operation: Operation): operation is Store =>
  operation.kind === 'store' && operation.target === 'code';

/** Does it make other harts execute `fence.i`? */
const reachesOthers = (operation: Operation): boolean =>
  (operation.kind === 'sync' && operation.body.some(({ kind }) => kind === 'fence.i')) ||
  (operation.kind === 'stop_machine' && operation.fenceI) ||
  (operation.kind === 'migrate' && operation.fenceI);

/** Longer patchers are not looked at: nobody writes them by hand. */
const maximalOperations = 100;

/**
 * Stores that the message of the sync after them may overtake: the harts then execute `fence.i` too early. What orders
 * what is the checker's own account of the patcher's program.
 */
export function unorderedSyncs(scenario: Scenario): Lint[] {
  return scenario.patchers.flatMap((patcher): Lint[] => {
    if (flat(patcher.operations).length > maximalOperations) return [];
    const program = programOf({ ...scenario, patchers: [patcher] }, rulesOf(scenario));
    if (program === null) return [];
    const { operations, messages, order } = program;
    const lints: Lint[] = [];
    let open: Message[] = [];
    for (const message of messages) {
      const operation = operations[message.operation];
      if (message.kind === 'code') open.push(message);
      // Whoever was stopped executes a `fence.i` when it is let go.
      else if (message.kind === 'counter' && operation !== undefined && reachesOthers(operation)) open = [];
      else if (message.kind === 'ipi' && operation !== undefined && reachesOthers(operation)) {
        const carried = close(order, single(message.id));
        const last = open.findLast(({ id }) => (carried & single(id)) === none);
        const store = operations[last?.operation ?? -1];
        const between = operations.slice((last?.operation ?? 0) + 1, message.operation);
        const fence = between.findLast((one): one is Fence => one.kind === 'fence') ?? null;
        if (store !== undefined) lints.push(unordered(store, fence, operation, scenario.machine.ipi));
        open = [];
      }
    }
    return lints;
  });
}

function unordered(store: Operation, fence: Fence | null, sync: Operation, ipi: Scenario['machine']['ipi']): Lint {
  const successor = ipi === 'memory' ? 'w' : 'o';
  const carried = {
    memory: 'a store',
    device: 'a store to a device',
    sbi: 'a call of the firmware, which stores to a device',
  };
  const message = `the message of \`${sync.text}\`, ${carried[ipi]}: it may arrive first, and the other harts execute \`fence.i\` too early`;
  const code = 'unordered-sync';
  if (fence === null)
    return {
      code,
      source: sync.source,
      message: `nothing orders \`${store.text}\` before ${message}`,
      replacement: `fence w,${successor} ; ${sync.text}`,
    };
  return {
    code,
    source: fence.source,
    message: `\`${fence.text}\` does not order \`${store.text}\` before ${message}`,
    replacement: `fence w,${successor}`,
  };
}

/**
 * The last store of each patcher, where it makes harts fetch anew but none of the others after that. A patcher that
 * never does may mean that: old and new will do for as long as it takes.
 */
export function unsyncedStores({ executors, machine, patchers }: Scenario): Lint[] {
  // With Ziccid stores reach every fetch in the end.
  if (executors.count === 0 || machine.isa.extensions.has('ziccid')) return [];
  return patchers.flatMap(({ operations }): Lint[] => {
    const all = flat(operations);
    const last = all.findLastIndex(isCodeStore);
    const store = all[last];
    if (store === undefined || all.slice(last).some(reachesOthers)) return [];
    if (!all.some((operation) => operation.kind === 'fence.i' || reachesOthers(operation))) return [];
    return [
      {
        code: 'unsynced',
        source: store.source,
        message: `nothing after \`${store.text}\` makes the other harts execute \`fence.i\`: they may run what stood there before for as long as they like`,
        replacement: null,
      },
    ];
  });
}
