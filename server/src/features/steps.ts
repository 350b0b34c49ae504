import type { Analysis } from '../language/analysis';
import { descendants, type NodeKind } from '../language/syntax';
import { nameToken } from './context';

/** A step, or a part of one that a `when` can leave out or change. */
export interface StepPart {
  /** `redirect`, `redirect.sync`. */
  readonly text: string;
  readonly part: string | null;
  readonly detail: string;
}

const partKinds: readonly (readonly [NodeKind, string])[] = [
  ['write', 'write'],
  ['store', 'store'],
  ['fence', 'fence'],
  ['fence-i', 'fence.i'],
  ['sync', 'sync'],
  ['stop', 'stop_machine'],
  ['wait', 'wait'],
  ['free', 'free'],
  ['run', 'run'],
  ['migrate', 'migrate'],
  ['lock', 'lock'],
];

/** The steps of a protocol, each followed by the parts that it has. */
export function stepParts(analysis: Analysis, protocol: string | null): StepPart[] {
  const node = [...descendants(analysis.tree.root, 'protocol')].find((one) => nameToken(one)?.text === protocol);
  if (!node) return [];
  return [...descendants(node, 'step')].flatMap((step): StepPart[] => {
    const name = nameToken(step)?.text;
    if (name === undefined) return [];
    const parts = partKinds
      .filter(([kind]) => !descendants(step, kind).next().done)
      .map(([, part]) => ({ text: `${name}.${part}`, part, detail: `the ${part} of step ${name}` }));
    return [{ text: name, part: null, detail: `step of ${protocol}` }, ...parts];
  });
}
