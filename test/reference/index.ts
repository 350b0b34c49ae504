import type { Scenario } from '../../server/src/checker/scenario';
import type { ViolationKind } from '../../server/src/checker/verdict';
import { Interleavings } from './interleavings';
import { orders } from './orders';
import type { Machine } from './setup';
import { stateKey } from './state';

export { NotModelled } from './program';
export type { Machine } from './setup';

/** What a plain search over every interleaving has found. */
export interface Answer {
  readonly kinds: ReadonlySet<ViolationKind>;
  /** Null where the protocol names no `to` version. */
  readonly effective: boolean | null;
  /** The versions in which some thread still is after the end: `retires` does not hold for these. */
  readonly held: ReadonlySet<string>;
  /** False: the limit was hit, and there may be more to find. */
  readonly complete: boolean;
  readonly states: number;
  /** A shortest way to each finding. */
  readonly traces: ReadonlyMap<ViolationKind | 'not effective', readonly string[]>;
}

/**
 * The same for patchers that all hold one lock from first to last: one after the other, in every order. There are far
 * fewer states than where they run side by side.
 *
 * @throws NotModelled for other patchers, and for what this checker does not know.
 */
export function exploreInTurn(scenario: Scenario, machine: Machine, maxStates: number): Answer {
  const answers = orders(scenario).map((order) => explore(order, machine, maxStates));
  return {
    kinds: new Set(answers.flatMap(({ kinds }) => [...kinds])),
    effective: answers.every(({ effective }) => effective === null)
      ? null
      : answers.every(({ effective }) => effective !== false),
    held: new Set(answers.flatMap(({ held }) => [...held])),
    complete: answers.every(({ complete }) => complete),
    states: answers.reduce((sum, { states }) => sum + states, 0),
    traces: new Map(answers.flatMap(({ traces }) => [...traces])),
  };
}

/**
 * Decides a scenario on one machine of fixed size by visiting every state, breadth first. Passes are unbounded: their
 * states close. Patchers run side by side.
 *
 * @throws NotModelled for what this checker does not know.
 */
export function explore(scenario: Scenario, machine: Machine, maxStates: number): Answer {
  const model = new Interleavings(scenario, machine);
  const initial = model.initial();
  const indexOf = new Map([[stateKey(initial), 0]]);
  const reached = [{ parent: -1, text: '' }];
  const edges: number[] = [];
  const finished: number[] = [];
  const held = new Set<string>();
  const found = new Map<ViolationKind | 'not effective', { readonly parent: number; readonly text: string }>();
  let frontier = [{ state: initial, from: 0 }];
  let complete = true;

  while (frontier.length > 0 && complete) {
    const next: typeof frontier = [];
    for (const { state, from } of frontier) {
      if (model.finished(state)) {
        finished.push(from);
        for (const version of model.heldVersions(state)) held.add(version);
      }
      for (const { text, state: after, findings } of model.transitions(state)) {
        for (const { kind, why } of findings) {
          if (!found.has(kind)) found.set(kind, { parent: from, text: `${text}: ${why}` });
        }
        const key = stateKey(after);
        let to = indexOf.get(key);
        if (to === undefined) {
          to = reached.push({ parent: from, text }) - 1;
          indexOf.set(key, to);
          next.push({ state: after, from: to });
        }
        edges.push(from, to);
      }
      if (indexOf.size > maxStates) {
        complete = false;
        break;
      }
    }
    frontier = next;
  }

  const stuck = complete ? unfinishable(reached.length, edges, finished) : null;
  if (stuck !== null) found.set('deadlock', { parent: stuck, text: 'the patchers can never finish' });

  const traces = new Map(
    [...found].map(([kind, { parent, text }]) => [kind, [...pathTo(reached, parent), text]] as const),
  );
  const kinds = new Set([...found.keys()].filter((kind) => kind !== 'not effective'));
  const effective = scenario.sites.every((site) => site.to === null) ? null : !found.has('not effective');
  return { kinds, effective, held, complete, states: reached.length, traces };
}

/** The first state from which none where the patchers have finished can be reached. */
function unfinishable(states: number, edges: readonly number[], finished: readonly number[]): number | null {
  const predecessors = Array.from({ length: states }, (): number[] => []);
  for (let i = 0; i < edges.length; i += 2) predecessors[edges[i + 1] ?? 0]?.push(edges[i] ?? 0);
  const can = new Uint8Array(states);
  const pending = [...finished];
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    if (can[state] === 1) continue;
    can[state] = 1;
    pending.push(...(predecessors[state] ?? []));
  }
  const first = can.indexOf(0);
  return first < 0 ? null : first;
}

function pathTo(reached: readonly { readonly parent: number; readonly text: string }[], state: number): string[] {
  const path: string[] = [];
  for (let at = state; at > 0; at = reached[at]?.parent ?? 0) path.push(reached[at]?.text ?? '');
  return path.reverse();
}

/**
 * The machines that stand for `executors any`, or the one that `executors N` names. One thread finds all that a pass
 * on one hart may meet; a second hart adds migration between two that are not the patcher's; a second thread adds
 * little, and much to the number of states.
 */
export function machinesFor(scenario: Scenario, upTo = { harts: 2, threads: 1 }): Machine[] {
  const { count } = scenario.executors;
  const late = scenario.executors.onlineLater !== 'no';
  if (count !== 'any') {
    const fixed: Machine = { harts: count, threads: count, onPatcher: false };
    return late && count > 0 ? [fixed, { ...fixed, harts: count - 1, later: 1 }] : [fixed];
  }
  const machines: Machine[] = late ? [{ harts: 0, later: 1, threads: 1, onPatcher: true }] : [];
  for (let harts = 1; harts <= upTo.harts; harts++) machines.push({ harts, threads: 1, onPatcher: true });
  for (let threads = 2; threads <= upTo.threads; threads++) machines.push({ harts: 1, threads, onPatcher: true });
  return machines;
}
