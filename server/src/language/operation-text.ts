import type { HandlerOperation } from '../checker/scenario';
import type { FenceSet } from '../machine/effect';

/** The letters of a fence's set, in the order in which they are written. */
export const fenceLetters = ['i', 'o', 'r', 'w'] as const;

/** `rw`; empty for the empty set. */
export function fenceSetText(set: FenceSet): string {
  return fenceLetters.filter((letter) => set[letter]).join('');
}

/** `fence w,o`, `fence.tso`, `fence.i`. */
export function fenceText(fence: HandlerOperation): string {
  if (fence.kind === 'fence.i') return 'fence.i';
  return fence.tso ? 'fence.tso' : `fence ${fenceSetText(fence.pred)},${fenceSetText(fence.succ)}`;
}

/** `sync fence.i async`, `sync { fence rw,rw ; fence.i }`. */
export function syncText({
  async,
  body,
}: {
  readonly async: boolean;
  readonly body: readonly HandlerOperation[];
}): string {
  const [first, more] = body;
  const block = `{ ${body.map(fenceText).join(' ; ')} }`.replace(/\s+/g, ' ');
  return `sync ${first?.kind === 'fence.i' && more === undefined ? 'fence.i' : block}${async ? ' async' : ''}`;
}
