import type {
  Granule,
  HandlerOperation,
  Operation,
  PlacedInstruction,
  Scenario,
  Site,
} from '../../server/src/checker/scenario';
import type { FenceSet } from '../../server/src/machine/effect';

/** What the reference checker does not model: named, never guessed. */
export class NotModelled extends Error {}

/** What stands where something was freed: no byte. */
export const poison = 256;

/** What a store puts into the global order once it leaves its hart's store buffer. */
export type Payload =
  | { readonly kind: 'bytes'; readonly address: bigint; readonly bytes: readonly number[] }
  /** A message to a hart; `sync` is the index of the patcher's synchronisation. */
  | { readonly kind: 'message'; readonly hart: number; readonly sync: number }
  /** Asks all threads to report when they are outside. */
  | { readonly kind: 'ask' }
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
  /** Reads every thread's report with acquire. */
  | { readonly kind: 'reports' }
  /** The patcher's own pass, which must be one of these versions. */
  | { readonly kind: 'run'; readonly site: Site; readonly versions: readonly string[] }
  /** The patcher goes on on the hart of this number, and its own gets that number. */
  | { readonly kind: 'migrate'; readonly hart: number; readonly fenceI: boolean }
  /** Takes and gives back the lock under which harts are brought online. */
  | { readonly kind: 'hotplug'; readonly locked: boolean }
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

/** Harts to which the patcher migrates: one for each time. */
export function sparesOf(operations: readonly Operation[]): number {
  return operations.reduce(
    (sum, operation) =>
      sum + (operation.kind === 'migrate' ? 1 : operation.kind === 'stop_machine' ? sparesOf(operation.body) : 0),
    0,
  );
}

/** The patcher's operations, step by step, with `harts` others beside its own, the last of them spare. */
export function programOf(scenario: Scenario, harts: number): Program {
  const [patcher, another] = scenario.patchers;
  if (patcher === undefined || another !== undefined) throw new NotModelled('exactly one patcher');
  const micros: Micro[] = [];
  const syncs: Sync[] = [];
  const stops: Stop[] = [];
  const others = Array.from({ length: harts }, (_, i) => i + 1);
  let spare = harts - sparesOf(patcher.operations);
  const deviceMessages = scenario.machine.ipi !== 'memory';

  /** A sync and a stop_machine keep harts from coming online, where that is to their advantage. */
  const lock = (locked: boolean, text: string): void => {
    if (scenario.executors.onlineLater === 'fence.i') micros.push({ kind: 'hotplug', locked, text });
  };

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
        // Nothing but a fence from reads to outputs puts it behind what the hart before has stored; here all of that is stored.
        if (deviceMessages && micros.some(({ kind }) => kind === 'migrate'))
          throw new NotModelled('a device message after the patcher has migrated');
        const sync = syncs.push({ async: operation.async, body: operation.body }) - 1;
        lock(true, `${text}: reads who is online`);
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
        lock(false, `${text}: is over`);
        return;
      }
      // Among patchers that hold it throughout (orders.ts), a lock orders what `migrate` orders.
      case 'lock':
      case 'unlock':
        return;
      case 'wait':
        micros.push({ kind: 'store', payload: { kind: 'ask' }, device: false, release: true, text: `${text}: asks` });
        micros.push({ kind: 'reports', text: `${text}: all threads have reported` });
        return;
      case 'free': {
        const bytes = Array.from({ length: operation.size }, () => poison);
        const payload = { kind: 'bytes', address: operation.address, bytes } as const;
        micros.push({ kind: 'store', payload, device: false, release: false, text });
        return;
      }
      case 'run': {
        const site = scenario.sites.find(({ name }) => name === operation.site);
        if (site === undefined) throw new NotModelled(`a run of ${operation.site}`);
        const wanted = operation.version ?? site.to;
        const versions = wanted === null ? site.versions.map(({ name }) => name) : [wanted];
        micros.push({ kind: 'run', site, versions, text });
        return;
      }
      case 'migrate':
        spare++;
        micros.push({ kind: 'migrate', hart: spare, fenceI: operation.fenceI, text });
        return;
      case 'stop_machine': {
        // Where no hart stops, none is let go: only the body and the patcher's own `fence.i` are left.
        if (operation.park) {
          const stop = stops.push(operation) - 1;
          lock(true, `${text}: reads who is online`);
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
          lock(false, `${text}: is over`);
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
      pieces.push({ kind: 'bytes', address: address + BigInt(from), bytes: [...bytes.slice(from, from + length)] });
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
