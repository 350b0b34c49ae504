/** What a `when` changes in the code of a thread: its fences. */
import { wordOf } from '../checker/layout';
import type { HandlerOperation, PlacedInstruction } from '../checker/scenario';
import { littleEndian } from '../isa/asm/emit';
import { decode } from '../isa/decode';
import type { Isa } from '../isa/types';
import { effectOf, type FenceSet } from '../machine';
import { handlerParts } from './edits';
import { fenceText } from './operation-text';
import type { ReadThread } from './threads';

/** `reader.fence.2`: the second fence of a thread; null: all of them. */
export interface ThreadSelector {
  readonly thread: string;
  readonly part: HandlerOperation['kind'];
  readonly nth: number | null;
}

/** Reads a selector; null where it names no thread and no kind of fence. */
export function parseThreadSelector(word: string, threads: Iterable<string>): ThreadSelector | null {
  for (const thread of threads) {
    if (!word.startsWith(`${thread}.`)) continue;
    const [, name, nth] = /^(fence\.i|fence)(?:\.([1-9][0-9]{0,3}))?$/.exec(word.slice(thread.length + 1)) ?? [];
    const part = handlerParts.find((candidate) => candidate === name);
    if (part !== undefined) return { thread, part, nth: nth === undefined ? null : Number(nth) };
  }
  return null;
}

/** The fences of a thread in the order of its code, by what names each and nothing else. */
export function fencesOf(
  { name, code }: Pick<ReadThread, 'name' | 'code'>,
  isa: Isa,
): { readonly selector: string; readonly fence: HandlerOperation; readonly at: PlacedInstruction }[] {
  const fences = code.instructions.flatMap((at) => {
    const fence = fenceOf(at, isa);
    return fence === null ? [] : [{ fence, at }];
  });
  return fences.map(({ fence, at }) => {
    const alike = fences.filter((other) => other.fence.kind === fence.kind);
    const number = alike.findIndex((other) => other.at === at) + 1;
    return { selector: `${name}.${fence.kind}${alike.length === 1 ? '' : `.${number}`}`, fence, at };
  });
}

/** The threads with other fences, or (null) with nothing in their place; why not, in words, where there are none such. */
export function editFences(
  threads: readonly ReadThread[],
  { thread, part, nth }: ThreadSelector,
  isa: Isa,
  fence: HandlerOperation | null,
): readonly ReadThread[] | string {
  const edited = threads.find(({ name }) => name === thread);
  const alike = edited === undefined ? [] : fencesOf(edited, isa).filter((one) => one.fence.kind === part);
  const meant = nth === null ? alike : alike.slice(nth - 1, nth);
  if (edited === undefined || meant.length === 0)
    return alike.length === 0
      ? `thread \`${thread}\` has no \`${part}\``
      : `thread \`${thread}\` has only ${alike.length} of \`${part}\``;
  const places = new Set(meant.map(({ at }) => at));
  const word = littleEndian(fence === null ? 0x13n : BigInt(wordOfFence(fence)), 4);
  const text = fence === null ? 'nop' : fenceText(fence);
  const bytes = Uint8Array.from(edited.code.bytes);
  for (const { address } of places) bytes.set(word, Number(address - edited.code.address));
  const instructions = edited.code.instructions.map((at) => (places.has(at) ? { ...at, bytes: word, text } : at));
  const code = { ...edited.code, bytes, instructions };
  return threads.map((one) => (one === edited ? { ...one, code } : one));
}

function fenceOf({ bytes }: PlacedInstruction, isa: Isa): HandlerOperation | null {
  const effect = effectOf(decode(wordOf(bytes), isa), isa);
  if (effect.kind === 'fence.i') return { kind: 'fence.i' };
  return effect.kind === 'fence' ? effect : null;
}

/** The word of a fence (RV32I, "Memory Ordering Instructions"; Zifencei). */
function wordOfFence(fence: HandlerOperation): number {
  if (fence.kind === 'fence.i') return 0x100f;
  const bits = ({ i, o, r, w }: FenceSet): number => Number(i) * 8 + Number(o) * 4 + Number(r) * 2 + Number(w);
  const mode = fence.tso ? 8 : 0;
  return ((mode << 28) | (bits(fence.pred) << 24) | (bits(fence.succ) << 20) | 0x0f) >>> 0;
}
