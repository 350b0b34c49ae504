import type {
  Granule,
  HandlerOperation,
  Operation,
  PlacedInstruction,
  Scenario,
} from '../../server/src/checker/scenario';
import type { FenceSet } from '../../server/src/machine/effect';

/** What the reference checker does not model: named, never guessed. */
export class NotModelled extends Error {}

/** What a store puts into the global order once it leaves its hart's store buffer. */
export type Payload =
  | { readonly kind: 'bytes'; readonly address: bigint; readonly bytes: Uint8Array }
  /** A message to a hart; `sync` is the index of the patcher's synchronisation. */
  | { readonly kind: 'message'; readonly hart: number; readonly sync: number }
  /** The counter by which stop_machine lets the harts go. */
  | { readonly kind: 'leave'; readonly stop: number }
  | { readonly kind: 'end' };

/** One thing that a patcher's hart does, small enough that another hart can notice what lies between two of them. */
export type Micro = { readonly text: string } & (
  | {
      readonly kind: 'store';
      readonly payload: Payload;
      /** A device register: neither memory fences without `o` nor `.rl` order it. */
      readonly device: boolean;
      readonly release: boolean;
    }
  | { readonly kind: 'fence'; readonly pred: FenceSet; readonly succ: FenceSet; readonly tso: boolean }
  | { readonly kind: 'fence.i' }
  /** Reads a hart's answer with acquire. */
  | { readonly kind: 'wait'; readonly hart: number }
  /** Asks every other hart to stop. */
  | { readonly kind: 'stop'; readonly stop: number }
  /** Waits until every other hart has said, with release, that it stands. */
  | { readonly kind: 'gathered'; readonly stop: number }
  /** The patcher is out of stop_machine; it does not wait for the harts that it has let go. */
  | { readonly kind: 'go on'; readonly stop: number }
);

export interface Sync {
  readonly async: boolean;
  readonly body: readonly HandlerOperation[];
}
export type Stop = Extract<Operation, { kind: 'stop_machine' }>;

export interface Program {
  readonly micros: readonly Micro[];
  readonly syncs: readonly Sync[];
  readonly stops: readonly Stop[];
}

/** The patcher's operations, step by step, with `harts` executor harts beside its own. */
export function programOf(scenario: Scenario, harts: number): Program {
  const [patcher, another] = scenario.patchers;
  if (patcher === undefined || another !== undefined) throw new NotModelled('exactly one patcher');
  const micros: Micro[] = [];
  const syncs: Sync[] = [];
  const stops: Stop[] = [];
  const others = Array.from({ length: harts }, (_, i) => i + 1);
  const deviceMessages = scenario.machine.ipi !== 'memory';

  const body = (operations: readonly HandlerOperation[], text: string): void => {
    for (const operation of operations) {
      if (operation.kind === 'fence.i')
        micros.push({ kind: 'fence.i', text: `${text}: fence.i on the patcher's hart` });
      else micros.push({ ...operation, text: `${text}: fence on the patcher's hart` });
    }
  };
  const translate = (operation: Operation): void => {
    const { text } = operation;
    switch (operation.kind) {
      case 'store':
        for (const { address, bytes } of storesOf(operation)) {
          for (const payload of messagesOf(address, bytes, operation.granule, scenario.machine.isa.xlen)) {
            micros.push({ kind: 'store', payload, device: false, release: false, text });
          }
        }
        return;
      case 'fence':
      case 'fence.i':
        micros.push(operation);
        return;
      case 'sync': {
        const sync = syncs.push({ async: operation.async, body: operation.body }) - 1;
        for (const hart of others) {
          const payload = { kind: 'message', hart, sync } as const;
          micros.push({
            kind: 'store',
            payload,
            device: deviceMessages,
            release: false,
            text: `${text}: message to hart ${hart}`,
          });
        }
        if (!operation.async) {
          for (const hart of others) micros.push({ kind: 'wait', hart, text: `${text}: waits for hart ${hart}` });
        }
        body(operation.body, text);
        return;
      }
      case 'stop_machine': {
        // Where no hart stops, none is let go: only the body and the patcher's own `fence.i` are left.
        if (operation.park) {
          const stop = stops.push(operation) - 1;
          micros.push({ kind: 'stop', stop, text: `${text}: begins` });
          micros.push({ kind: 'gathered', stop, text: `${text}: all harts stand` });
          operation.body.forEach(translate);
          const payload = { kind: 'leave', stop } as const;
          micros.push({
            kind: 'store',
            payload,
            device: false,
            release: operation.release,
            text: `${text}: lets the harts go`,
          });
          if (operation.fenceI) micros.push({ kind: 'fence.i', text: `${text}: fence.i on the patcher's hart` });
          micros.push({ kind: 'go on', stop, text: `${text}: the patcher goes on` });
        } else {
          operation.body.forEach(translate);
          if (operation.fenceI) micros.push({ kind: 'fence.i', text: `${text}: fence.i on the patcher's hart` });
        }
      }
    }
  };
  patcher.operations.forEach(translate);
  micros.push({ kind: 'store', payload: { kind: 'end' }, device: false, release: true, text: 'END' });
  return { micros, syncs, stops };
}

/** What is written without saying how is written instruction by instruction. */
function storesOf(
  operation: Extract<Operation, { kind: 'store' }>,
): readonly Pick<PlacedInstruction, 'address' | 'bytes'>[] {
  const severally = operation.granule === 'natural' && operation.instructions.length > 1;
  return severally ? operation.instructions : [operation];
}

/** The single-copy-atomic pieces of a store, low addresses first. */
export function messagesOf(
  address: bigint,
  bytes: Uint8Array,
  granule: Granule,
  xlen: number,
): Extract<Payload, { kind: 'bytes' }>[] {
  const size = { natural: bytes.length, byte: 1, half: 2, word: 4, double: 8 }[granule];
  const pieces: Extract<Payload, { kind: 'bytes' }>[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    for (const [offset, length] of aligned(address + BigInt(at), Math.min(size, bytes.length - at), xlen / 8)) {
      const from = at + offset;
      pieces.push({ kind: 'bytes', address: address + BigInt(from), bytes: bytes.slice(from, from + length) });
    }
  }
  return pieces;
}

/** Halves a misaligned access until every piece is naturally aligned and no wider than a register. */
function aligned(address: bigint, length: number, width: number): [number, number][] {
  const powerOfTwo = (length & (length - 1)) === 0;
  if (powerOfTwo && length <= width && address % BigInt(length) === 0n) return [[0, length]];
  const low = powerOfTwo ? length / 2 : 2 ** Math.floor(Math.log2(length));
  const high = aligned(address + BigInt(low), length - low, width);
  return [...aligned(address, low, width), ...high.map(([offset, size]): [number, number] => [offset + low, size])];
}
