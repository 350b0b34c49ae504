import type { FetchRules, Machine, Operation, Scenario, SymbolDefinition } from '../../server/src/checker/scenario';
import type { FenceSet } from '../../server/src/machine/effect';
import type { Dice } from './generate';

/** A scenario a few lines away from another, and what was changed, in words. */
export interface Varied {
  readonly scenario: Scenario;
  readonly changes: readonly string[];
}

/** Changes one to three things about a scenario: a protocol is a few lines changed from another. */
export function vary(original: Scenario, d: Dice): Varied {
  let varied: Varied = { scenario: original, changes: [] };
  for (let left = 1 + d.below(3); left > 0; left--) {
    const change = d.of([operations, operations, operations, message, executors, extension, memory, rung]);
    const { scenario, changes } = change(varied.scenario, d);
    varied = { scenario, changes: [...varied.changes, ...changes] };
  }
  return varied;
}

function operations(scenario: Scenario, d: Dice): Varied {
  const changes: string[] = [];
  const { symbols } = scenario;
  const patchers = scenario.patchers.map((patcher) => {
    const changed = changeOne(patcher.operations, symbols[d.below(symbols.length)], d);
    changes.push(changed.text);
    return { ...patcher, operations: changed.operations };
  });
  return { scenario: { ...scenario, patchers }, changes };
}

interface Changed {
  readonly operations: readonly Operation[];
  readonly text: string;
}

/**
 * Drops, repeats, swaps or alters one operation, or puts another before it.
 * @param stopped Within `stop_machine`, where the language has no `migrate`.
 */
function changeOne(all: readonly Operation[], symbol: SymbolDefinition | undefined, d: Dice, stopped = false): Changed {
  const at = d.below(all.length);
  const operation = all[at];
  if (operation === undefined) return { operations: all, text: 'nothing' };
  const put = (text: string, ...instead: readonly Operation[]): Changed => ({
    operations: [...all.slice(0, at), ...instead, ...all.slice(at + 1)],
    text,
  });
  if (operation.kind === 'stop_machine' && d.chance(0.6)) {
    const { operations: body, text } = changeOne(operation.body, symbol, d, true);
    return put(`inside: ${text}`, { ...operation, body });
  }
  const next = all[at + 1];
  return d.of([
    () => put(`drop ${operation.text}`),
    () => put(`repeat ${operation.text}`, operation, operation),
    () =>
      next === undefined
        ? altered(operation, d, put)
        : {
            operations: [...all.slice(0, at), next, operation, ...all.slice(at + 2)],
            text: `swap ${operation.text} with ${next.text}`,
          },
    () => altered(operation, d, put),
    () => {
      const inserted = d.of(insertions(operation, symbol).filter(({ kind }) => !stopped || kind !== 'migrate'));
      return put(`${inserted.text} before ${operation.text}`, inserted, operation);
    },
  ])();
}

function altered(
  operation: Operation,
  d: Dice,
  put: (text: string, ...instead: readonly Operation[]) => Changed,
): Changed {
  switch (operation.kind) {
    case 'store': {
      const granule = d.of(['natural', 'half', 'byte'] as const);
      return put(`${operation.text}: by ${granule}`, { ...operation, granule });
    }
    case 'fence': {
      const [pred, succ] = [d.of(['w', 'r', 'rw', 'o', 'iorw']), d.of(['w', 'r', 'rw', 'o', 'ow', 'iorw'])];
      return put(`fence ${pred},${succ}`, { ...operation, pred: set(pred), succ: set(succ), tso: false });
    }
    case 'fence.i':
    case 'lock':
    case 'unlock':
    case 'wait':
    case 'free':
    case 'run':
    case 'migrate':
      return put(`drop ${operation.text}`);
    case 'sync':
      return put(`${operation.text}: the other way of waiting`, { ...operation, async: !operation.async });
    case 'stop_machine': {
      const part = d.of(['park', 'irqsOff', 'release', 'acquire', 'fenceI'] as const);
      return put(`stop_machine: toggle ${part}`, { ...operation, [part]: !operation[part] });
    }
  }
}

const set = (letters: string): FenceSet => ({
  i: letters.includes('i'),
  o: letters.includes('o'),
  r: letters.includes('r'),
  w: letters.includes('w'),
});

function insertions({ step, source }: Operation, symbol: SymbolDefinition | undefined): Operation[] {
  const fence = (text: string, pred: string, succ: string, tso = false): Operation => ({
    ...{ step, source, text },
    ...{ kind: 'fence', pred: set(pred), succ: set(succ), tso },
  });
  const handlerFence = { kind: 'fence', pred: set('r'), succ: set('r'), tso: false } as const;
  return [
    fence('fence w,w', 'w', 'w'),
    fence('fence.tso', 'rw', 'rw', true),
    { step, source, text: 'fence.i', kind: 'fence.i' },
    { step, source, text: 'sync fence.i', kind: 'sync', async: false, body: [{ kind: 'fence.i' }] },
    { step, source, text: 'sync { fence r,r }', kind: 'sync', async: false, body: [handlerFence] },
    { step, source, text: 'wait rcu_tasks', kind: 'wait' },
    { step, source, text: 'migrate', kind: 'migrate', fenceI: false },
    { step, source, text: 'migrate with fence.i', kind: 'migrate', fenceI: true },
    ...(symbol === undefined
      ? []
      : [
          {
            ...{ step, source, text: `free ${symbol.name}` },
            ...({ kind: 'free', name: symbol.name, address: symbol.address, size: 2 } as const),
          },
        ]),
  ];
}

function inMachine(scenario: Scenario, change: Partial<Machine>, text: string): Varied {
  return { scenario: { ...scenario, machine: { ...scenario.machine, ...change } }, changes: [text] };
}

function message(scenario: Scenario, d: Dice): Varied {
  const ipi = d.of(['memory', 'device', 'sbi'] as const);
  return inMachine(scenario, { ipi }, `ipi ${ipi}`);
}

function memory(scenario: Scenario, d: Dice): Varied {
  const model = d.of(['rvwmo', 'tso', 'sc'] as const);
  return inMachine(scenario, { memory: model }, `memory ${model}`);
}

/** The rungs on which the reference needs no promises. */
const rungs: readonly FetchRules[] = [
  { fenceiFetch: true, decodeW: true, decode: false },
  { fenceiFetch: true, decodeW: true, decode: true },
  { fenceiFetch: false, decodeW: true, decode: false },
  { fenceiFetch: false, decodeW: true, decode: true },
];

function rung(scenario: Scenario, d: Dice): Varied {
  const fetch = d.of(rungs);
  return inMachine(scenario, { fetch }, `fetch ${JSON.stringify(fetch)}`);
}

function extension(scenario: Scenario, d: Dice): Varied {
  const { isa } = scenario.machine;
  const name = d.of(['ziccid', 'ziccif']);
  const extensions = new Set(isa.extensions);
  if (!extensions.delete(name)) extensions.add(name);
  return inMachine(scenario, { isa: { ...isa, extensions } }, `toggle ${name}`);
}

function executors(scenario: Scenario, d: Dice): Varied {
  const { preemptible, migrating, masked } = scenario.executors;
  const change = d.of([
    { preemptible: !preemptible },
    { migrating: !migrating },
    { masked: !masked },
    { flushing: true },
    { onlineLater: 'plain' },
    { onlineLater: 'fence.i' },
    { count: 1 },
    { count: 'any' },
  ] as const);
  return {
    scenario: { ...scenario, executors: { ...scenario.executors, ...change } },
    changes: [JSON.stringify(change)],
  };
}
