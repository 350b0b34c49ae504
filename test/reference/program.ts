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
  /** A message to a hart; `sync` is the index of the synchronisation. */
  | { readonly kind: 'message'; readonly hart: number; readonly sync: number }
  /** The answer of a patcher's hart to another's message. */
  | { readonly kind: 'answer'; readonly hart: number; readonly patcher: number }
  | { readonly kind: 'unlock'; readonly lock: number }
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
  /** Waits until nobody holds it, and reads with acquire how it was given back. */
  | { readonly kind: 'lock'; readonly lock: number }
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
  readonly patcher: number;
  readonly async: boolean;
  readonly body: readonly HandlerOperation[];
  /** By patcher: where the program has the store by which its hart answers. */
  readonly answers: ReadonlyMap<number, number>;
}
export type Stop = Extract<Operation, { kind: 'stop_machine' }>;

/** What all patchers do. A store is known by its place among `micros`. */
export interface Program {
  readonly micros: readonly Micro[];
  /** By patcher: where its operations begin, and where they are over. */
  readonly patchers: readonly { readonly start: number; readonly end: number }[];
  readonly syncs: readonly Sync[];
  readonly stops: readonly Stop[];
  readonly locks: readonly string[];
}

/** Harts to which the patcher migrates: one for each time. */
export function sparesOf(operations: readonly Operation[]): number {
  return operations.reduce(
    (sum, operation) =>
      sum + (operation.kind === 'migrate' ? 1 : operation.kind === 'stop_machine' ? sparesOf(operation.body) : 0),
    0,
  );
}

/** The patchers' operations, step by step, with `harts` others beside their own, the last of them spare. */
export function programOf(scenario: Scenario, harts: number): Program {
  const { patchers } = scenario;
  if (patchers.length === 0) throw new NotModelled('nobody who patches');
  if (patchers.length > 1) refuseBesideOthers(scenario);
  const building: Building = { micros: [], syncs: [], stops: [], locks: [] };
  const all = Array.from({ length: patchers.length + harts }, (_, i) => i);
  const places = patchers.map(({ operations }, own) => {
    const start = building.micros.length;
    translateAll(scenario, operations, own, all, building);
    return { start, end: building.micros.length };
  });
  const syncs = building.syncs.map((sync): Sync => {
    const answering = sync.async ? [] : patchers.map((_, hart) => hart).filter((hart) => hart !== sync.patcher);
    const answers = answering.map((hart) => {
      const payload = { kind: 'answer', hart, patcher: sync.patcher } as const;
      const text = `patcher ${hart}'s hart answers`;
      const place = building.micros.push({ kind: 'store', payload, device: false, release: true, text }) - 1;
      return [hart, place] as const;
    });
    return { ...sync, answers: new Map(answers) };
  });
  return { ...building, syncs, patchers: places };
}

interface Building {
  readonly micros: Micro[];
  readonly syncs: Omit<Sync, 'answers'>[];
  readonly stops: Stop[];
  readonly locks: string[];
}

/** What one patcher does, up to its END. */
function translateAll(
  scenario: Scenario,
  operations: readonly Operation[],
  own: number,
  harts: readonly number[],
  { micros, syncs, stops, locks }: Building,
): void {
  const others = harts.filter((hart) => hart !== own);
  let spare = harts.length - 1 - sparesOf(operations);
  const deviceMessages = scenario.machine.ipi !== 'memory';
  const held = new Set<string>();

  /** A sync and a stop_machine keep harts from coming online, where that is to their advantage. */
  const hotplug = (locked: boolean, text: string): void => {
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
        const sync = syncs.push({ patcher: own, async: operation.async, body: operation.body }) - 1;
        hotplug(true, `${text}: reads who is online`);
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
        hotplug(false, `${text}: is over`);
        return;
      }
      case 'lock':
        held.add(operation.name);
        micros.push({ kind: 'lock', lock: numberOf(locks, operation.name), text });
        return;
      case 'unlock': {
        if (!held.delete(operation.name)) throw new NotModelled('giving back a lock that one does not hold');
        const payload = { kind: 'unlock', lock: numberOf(locks, operation.name) } as const;
        micros.push({ kind: 'store', payload, device: false, release: true, text });
        return;
      }
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
          hotplug(true, `${text}: reads who is online`);
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
          hotplug(false, `${text}: is over`);
        } else {
          operation.body.forEach(translate);
          if (operation.fenceI) micros.push({ kind: 'fence.i', text: `${text}: fence.i on the patcher's hart` });
        }
      }
    }
  };
  operations.forEach(translate);
  micros.push({ kind: 'store', payload: { kind: 'end' }, device: false, release: true, text: 'END' });
}

/** Its number, counted on where it is new. */
function numberOf(names: string[], name: string): number {
  const known = names.indexOf(name);
  return known < 0 ? names.push(name) - 1 : known;
}

/** What is not decided where several patchers are at work. */
function refuseBesideOthers({ patchers, executors, machine }: Scenario): void {
  for (const operation of patchers.flatMap(({ operations }) => operations)) {
    if (['stop_machine', 'wait', 'run', 'migrate'].includes(operation.kind))
      throw new NotModelled(`${operation.kind} beside another patcher`);
    // Else a store behind the interrupt might become visible before the handler has read the message.
    if (operation.kind === 'sync' && machine.memory === 'rvwmo' && !operation.body.some(ordersStores))
      throw new NotModelled("a handler that lets a patcher's later stores overtake it");
  }
  if (executors.onlineLater !== 'no') throw new NotModelled('harts that come online beside several patchers');
}

const ordersStores = (operation: HandlerOperation): boolean =>
  operation.kind === 'fence.i' || operation.tso || (operation.pred.r && operation.succ.w);

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
