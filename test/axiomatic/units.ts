/** How an instruction is fetched: the units, what each may find, and what is then executed. */
import type { LitmusFetch, LitmusTest } from '../../server/src/checker/litmus/test';
import { decode, instructionLength } from '../../server/src/isa';
import { type Effect, effectOf } from '../../server/src/machine';
import { bytesAt, reachable, type Stored } from './bytes';
import type { FetchEvent } from './events';
import type { Image } from './image';

/** One way in which an instruction may be fetched. Without an effect: why it cannot be executed. */
export interface Fetched {
  /** The fetches, in the order of their addresses; none where fetch is not part of the model. */
  readonly events: readonly FetchEvent[];
  readonly length: 2 | 4;
  readonly effect: Effect | null;
  readonly reason: string;
}

interface Code {
  readonly test: LitmusTest;
  readonly image: Image;
  readonly fetch: LitmusFetch | null;
}

/** @param stores What may be stored anywhere, by any thread, before or after. */
export function fetched(code: Code, pc: bigint, instruction: number, stores: readonly Stored[]): Fetched[] {
  const { test, image, fetch } = code;
  const original = image.instruction(pc);
  if (!image.isCode(pc) || pc % 2n !== 0n) return [broken([], `no instruction at 0x${pc.toString(16)}`)];
  if (fetch === null || original?.bits === null) {
    if (original === null) return [broken([], `half an instruction at 0x${pc.toString(16)}`)];
    const { effect, length } = original;
    // An instruction that no encoding has cannot be patched: its fetch is an event, of nothing that could change.
    const event: FetchEvent = { kind: 'fetch', instruction, address: pc, size: length, reads: null };
    return [{ events: fetch === null ? [] : [event], length, effect, reason: '' }];
  }
  const found = (address: bigint, size: 2 | 4): bigint[] => {
    const initial = image.read(address, size);
    return initial === null ? [] : reachable(initial, address, size, stores);
  };
  const event = (address: bigint, size: 2 | 4, reads: bigint): FetchEvent => ({
    kind: 'fetch',
    instruction,
    address,
    size,
    reads,
  });
  const run = (events: readonly FetchEvent[], bits: bigint): Fetched => {
    const length = instructionLength(Number(bytesAt(bits, 0, 2)));
    if (length > 4) return broken(events, `an instruction of ${length} bytes`);
    const same = original !== null && original.length === length && BigInt(original.bits ?? -1) === bits;
    const effect = same ? original.effect : effectOf(decode(Number(bits), test.isa), test.isa);
    return { events, length: length === 2 ? 2 : 4, effect, reason: '' };
  };

  // Units as with Ziccif, whatever the ISA of the test says: up to the next 4-byte boundary at once. What is discarded
  // need not be guessed: whenever a unit is read, its other bytes have some value too.
  if (pc % 4n === 0n && image.read(pc, 4) !== null) {
    const words = found(pc, 4);
    const halves = new Set(words.map((word) => bytesAt(word, 0, 2)).filter(isShort));
    return [
      ...[...halves].map((half) => run([event(pc, 2, half)], half)),
      ...words.filter((word) => !isShort(word)).map((word) => run([event(pc, 4, word)], word)),
    ];
  }
  return found(pc, 2).flatMap((low) => {
    const first = event(pc, 2, low);
    if (instructionLength(Number(low)) !== 4) return [run([first], low)];
    const highs = found(pc + 2n, 2);
    if (highs.length === 0) return [broken([first], `half an instruction at 0x${pc.toString(16)}`)];
    return highs.map((high) => run([first, event(pc + 2n, 2, high)], low | (high << 16n)));
  });
}

const isShort = (bits: bigint): boolean => instructionLength(Number(bytesAt(bits, 0, 2))) === 2;

const broken = (events: readonly FetchEvent[], reason: string): Fetched => ({
  events,
  length: 4,
  effect: null,
  reason,
});
