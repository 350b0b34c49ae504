/**
 * A protocol as a litmus test: P0 is the patcher, P1 one thread's one pass on one fresh hart. What the thread executed
 * shows in its registers. It says the same only where nobody else runs, and an interrupt is something that P1 does at a
 * known place: before the pass, after it, or (`spread`) between two instructions that nothing but falling through joins.
 */
import type { LitmusInstruction, LitmusTest, Location, Observable, Proposition } from '../../server/src/checker/litmus';
import type { Scenario, Version } from '../../server/src/checker/scenario';
import { decode } from '../../server/src/isa';
import { type Effect, type Expr, effectOf } from '../../server/src/machine';
import { type Micro, programOf } from './program';

export interface Arrangement {
  /** Each 4-byte instruction of the site stands by itself, with room for handlers before it. */
  readonly spread: boolean;
  /** By sync that is waited for, ascending: how many instructions of the site the hart has passed when it answers. */
  readonly answers: readonly number[];
  /** The pass begins after the hart has read END with acquire. */
  readonly late: boolean;
}

const source = { file: '', start: 0, end: 0 };
const constant = (value: bigint | number): Expr => ({ k: 'const', value: BigInt(value) });

/** Registers of P1 that no site uses: what a handler read. */
const flagRegisters = [28, 29, 30, 31];
const shownRegisters = Array.from({ length: 31 }, (_, i) => i + 1).filter((r) => !flagRegisters.includes(r));
const initialValue = (register: number): bigint =>
  register === 2 ? stackTop : 0x5eed_0000n + BigInt(register) * 0x1_0101n;

const messageAt = (sync: number): number => 0x1000 + 16 * sync;
const answerAt = (sync: number): number => 0x1800 + 16 * sync;
const asyncAt = (sync: number): number => 0x1c00 + 16 * sync;
const endAt = 0x1f00;
const stackTop = 0x2_0000n;
const patcherAt = 0x4000n;
const prefixAt = 0x7fff_ff80n;
const slotAt = 0x8000_0000n;
const suffixAt = 0x8000_0100n;

/** The syncs that are waited for: there a hart answers. */
export const waitsOf = (scenario: Scenario): number =>
  programOf(scenario, 1).micros.filter(({ kind }) => kind === 'wait').length;

export function asLitmus(scenario: Scenario, arrangement: Arrangement): LitmusTest {
  const program = programOf(scenario, 1);
  const waited = program.syncs.flatMap(({ async }, i) => (async ? [] : [i]));
  const patcher = patcherThread(program.micros, (address) => placeOf(scenario, arrangement, address), waited);
  const handlers = waited.map(
    (sync, i): Handler => ({
      at: arrangement.answers[i] ?? 0,
      effects: [
        load(flagRegisters[1 + i] ?? 31, messageAt(sync), false),
        ...(program.syncs[sync]?.body ?? []),
        store(answerAt(sync), 4, 1n, true),
      ],
    }),
  );
  const executor = executorThread(scenario, arrangement, handlers, siteBytes(scenario));
  const flags = [...handlers.keys()].map((i) => flag(1, flagRegisters[1 + i] ?? 31));
  const answered = waited.map((_, i) => flag(0, 1 + i));
  const late = arrangement.late ? [flag(1, flagRegisters[0] ?? 28)] : [];
  const conditions = [...flags, ...answered, ...late];
  return test(
    scenario,
    [patcher, executor, ...farThread(scenario)],
    initialSlot(scenario),
    conditions.reduce<Proposition>((a, b) => ({ kind: 'and', a, b }), { kind: 'constant', value: true }),
  );
}

/** A version by itself, with nobody beside it, for data as the patcher leaves it after some store. */
export function aloneAsLitmus(
  scenario: Scenario,
  version: Pick<Version, 'instructions'>,
  arrangement: Arrangement,
  slot: bigint,
): LitmusTest {
  const bytes = siteBytes(scenario);
  const [site] = scenario.sites;
  for (const instruction of version.instructions)
    bytes.set(instruction.bytes, Number(instruction.address - (site?.address ?? 0n)));
  const alone = { ...arrangement, answers: [], late: false };
  const idle = thread('P0', patcherAt, [{ address: patcherAt, effects: [nop] }], patcherAt + 4n);
  return test(scenario, [idle, executorThread(scenario, alone, [], bytes), ...farThread(scenario)], slot, null);
}

/** All values of the data that the patcher stores, one after the other; the initial one first. */
export function slotHistory(scenario: Scenario): bigint[] {
  const [region] = scenario.regions.filter(({ kind }) => kind === 'data');
  const bytes = Uint8Array.from(region?.bytes ?? []);
  const history = [numberOf(bytes)];
  for (const operation of scenario.patchers[0]?.operations ?? [])
    if (operation.kind === 'store' && operation.target === 'data' && region) {
      bytes.set(operation.bytes, Number(operation.address - region.address));
      history.push(numberOf(bytes));
    }
  return [...new Set(history)];
}
const initialSlot = (scenario: Scenario): bigint => slotHistory(scenario)[0] ?? 0n;

const siteBytes = (scenario: Scenario): Uint8Array => Uint8Array.from(scenario.sites[0]?.initial ?? []);
const numberOf = (bytes: Uint8Array): bigint => bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

function test(
  scenario: Scenario,
  threads: LitmusTest['threads'],
  slot: bigint,
  filter: Proposition | null,
): LitmusTest {
  const data = scenario.regions.find(({ kind }) => kind === 'data');
  const flags = [0, 1, 2, 3].flatMap((sync) => [messageAt(sync), answerAt(sync), asyncAt(sync)]);
  const location = (name: string, address: number | bigint, size: 4 | 8, initial: bigint): Location => ({
    ...{ name, address: BigInt(address), size, signed: false, initial: [initial], source },
  });
  return {
    name: scenario.protocol,
    isa: scenario.machine.isa,
    locations: [
      location('slot', data?.address ?? 0x100n, 8, slot),
      location('stack', stackTop - 8n, 8, 0n),
      ...[...flags, endAt].map((address) => location(`flag ${address}`, address, 4, 0n)),
    ],
    threads,
    labels: [],
    condition: null,
    filter,
    observed: [...shownRegisters.map((r) => register(1, r)), stack],
    patchesCode: true,
    words: [],
  };
}

const register = (its: number, number: number): Observable => ({
  ...{ kind: 'register', name: `x${number}`, thread: its, register: number, size: 8, signed: false },
});
/** The thread's own memory. */
const stack: Observable = {
  ...{ kind: 'memory', name: '[stack]', address: stackTop - 8n, size: 8, signed: false, within: null },
};
const flag = (its: number, number: number): Proposition => ({
  ...{ kind: 'value', of: register(its, number), value: 1n },
});

// ---- instructions -------------------------------------------------------------------------------------------------

const nop: Effect = { kind: 'alu', rd: 0, value: constant(0) };
const load = (rd: number, address: number, aq: boolean): Effect => ({
  ...{ kind: 'load', rd, address: constant(address), size: 4, signed: false, aq, rl: false },
});
const store = (address: number | bigint, size: 1 | 2 | 4 | 8, value: bigint, rl: boolean): Effect => ({
  ...{ kind: 'store', address: constant(address), size, value: constant(value), aq: false, rl },
});
const jump = (target: bigint): Effect => ({ kind: 'jump', rd: 0, link: { k: 'pc' }, target: constant(target) });
/** Leaves the test where a register is 0: what was to be read has not been read. */
const orElse = (number: number, target: bigint): Effect => ({
  kind: 'branch',
  condition: { k: 'bin', op: 'eq', a: { k: 'reg', reg: number }, b: constant(0) },
  target: constant(target),
});

/** Instructions at some address: effects of no encoding, 4 bytes each, or code as bytes. */
type Piece = { readonly address: bigint } & (
  | { readonly effects: readonly Effect[] }
  | { readonly code: Uint8Array; readonly lengths: readonly (2 | 4)[]; readonly isa: Scenario['machine']['isa'] }
);

function thread(name: string, start: bigint, pieces: readonly Piece[], end: bigint): LitmusTest['threads'][number] {
  const instructions = pieces.flatMap(instructionsOf).sort((a, b) => (a.address < b.address ? -1 : 1));
  const registers = Array.from({ length: 31 }, (_, i) => ({
    register: i + 1,
    value: name === 'P0' || flagRegisters.includes(i + 1) ? 0n : initialValue(i + 1),
  }));
  return { name, instructions, start, end, registers, source };
}

function instructionsOf(piece: Piece): LitmusInstruction[] {
  if ('effects' in piece)
    return piece.effects.map((effect, i) => ({
      ...{ address: piece.address + BigInt(4 * i), length: 4, bits: null, effect, text: effect.kind, source },
    }));
  let at = 0;
  return piece.lengths.map((length) => {
    const bits = Number(numberOf(piece.code.slice(at, at + length)));
    const address = piece.address + BigInt(at);
    at += length;
    return { address, length, bits, effect: effectOf(decode(bits, piece.isa), piece.isa), text: '', source };
  });
}

// ---- threads ------------------------------------------------------------------------------------------------------

function patcherThread(
  micros: readonly Micro[],
  placed: (address: bigint) => bigint,
  waited: readonly number[],
): LitmusTest['threads'][number] {
  const effects: Effect[] = [];
  const length = micros.reduce((sum, { kind }) => sum + (kind === 'wait' ? 2 : 1), 0);
  const end = patcherAt + BigInt(4 * length);
  let waits = 0;
  for (const micro of micros) {
    switch (micro.kind) {
      case 'store': {
        const { payload, release } = micro;
        if (payload.kind === 'bytes') {
          const bytes = Uint8Array.from(payload.bytes);
          effects.push(store(placed(payload.address), sizeOf(bytes), numberOf(bytes), release));
        } else if (payload.kind === 'message') {
          const address = waited.includes(payload.sync) ? messageAt(payload.sync) : asyncAt(payload.sync);
          effects.push(store(address, 4, 1n, release));
        } else if (payload.kind === 'end') effects.push(store(endAt, 4, 1n, release));
        else throw new RangeError('no litmus test says this of stop_machine');
        break;
      }
      case 'fence':
        effects.push({ kind: 'fence', pred: micro.pred, succ: micro.succ, tso: micro.tso });
        break;
      case 'fence.i':
        effects.push({ kind: 'fence.i' });
        break;
      case 'wait': {
        const sync = waited[waits++] ?? 0;
        effects.push(load(waits, answerAt(sync), true), orElse(waits, end));
        break;
      }
      default:
        throw new RangeError('no litmus test says this of stop_machine');
    }
  }
  return thread('P0', patcherAt, [{ address: patcherAt, effects }], end);
}

function sizeOf(bytes: Uint8Array): 1 | 2 | 4 | 8 {
  const { length } = bytes;
  if (length === 1 || length === 2 || length === 4 || length === 8) return length;
  throw new RangeError(`a message of ${length} bytes`);
}

interface Handler {
  readonly at: number;
  readonly effects: readonly Effect[];
}

/** Bytes between two instructions of a spread site. */
const stride = 0x40n;

/** Where in the litmus test a byte of the protocol's code stands. */
function placeOf(scenario: Scenario, { spread }: Arrangement, address: bigint): bigint {
  const [site] = scenario.sites;
  if (!spread || !site || address < site.address || address >= site.address + BigInt(site.size)) return address;
  const offset = address - site.address;
  return slotAt + (offset / 4n) * stride + (offset % 4n);
}

function executorThread(
  scenario: Scenario,
  arrangement: Arrangement,
  handlers: readonly Handler[],
  bytes: Uint8Array,
): LitmusTest['threads'][number] {
  const { isa } = scenario.machine;
  const [site] = scenario.sites;
  if (!site) throw new RangeError('no site');
  const { late, spread } = arrangement;
  const pieces: Piece[] = [];
  const begin = (effects: readonly Effect[], target: bigint): void => {
    pieces.push({ address: prefixAt, effects: [...effects, jump(target)] });
  };
  const suffixOf = (position: number): Effect[] =>
    handlers.filter(({ at }) => at === position).flatMap(({ effects }) => effects);
  const endFlag = flagRegisters[0] ?? 28;
  const acquired = (end: bigint): Effect[] => (late ? [load(endFlag, endAt, true), orElse(endFlag, end)] : []);
  if (!spread) {
    const [near, far] = regions(scenario);
    if (!near || !far || handlers.length > 0) throw new RangeError('interrupts need a spread site, others two regions');
    begin(acquired(far.end), site.address);
    pieces.push({ address: site.address, code: bytes, lengths: lengthsOf(bytes), isa }, near.piece);
    return thread('P1', prefixAt, pieces, near.end);
  }
  const slots = site.size / 4;
  const after = suffixOf(slots);
  const end = suffixAt + BigInt(4 * after.length);
  begin([...suffixOf(0), ...acquired(end)], slotAt);
  for (let slot = 0; slot < slots; slot++) {
    const address = slotAt + BigInt(slot) * stride;
    pieces.push({ address, code: bytes.slice(4 * slot, 4 * slot + 4), lengths: [4], isa });
    const next = slot + 1 === slots ? suffixAt : address + stride;
    pieces.push({ address: address + 4n, effects: [...(slot + 1 === slots ? [] : suffixOf(slot + 1)), jump(next)] });
  }
  pieces.push({ address: suffixAt, effects: after });
  return thread('P1', prefixAt, pieces, end);
}

/** Declared code: `near` stands right behind the site, `far` where a pass ends. */
const regions = ({ regions: all, machine: { isa } }: Scenario): { readonly piece: Piece; readonly end: bigint }[] =>
  all
    .filter(({ kind }) => kind === 'code')
    .map(({ address, bytes }) => ({
      piece: { address, code: bytes, lengths: lengthsOf(bytes), isa },
      end: address + BigInt(bytes.length),
    }));

/** Code too far away to be one thread's without a gap is a thread's of its own, which runs it and is heard of no more. */
function farThread(scenario: Scenario): LitmusTest['threads'] {
  const [, far] = regions(scenario);
  return far ? [thread('P2', far.piece.address, [far.piece], far.end)] : [];
}

/** The lengths of the instructions that a piece of code is cut into. */
function lengthsOf(bytes: Uint8Array): (2 | 4)[] {
  const lengths: (2 | 4)[] = [];
  for (let at = 0; at < bytes.length; at += lengths.at(-1) ?? 4) lengths.push(((bytes[at] ?? 0) & 3) === 3 ? 4 : 2);
  return lengths;
}
