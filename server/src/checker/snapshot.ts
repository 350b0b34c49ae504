/** The whole machine at a moment of a trace, as plain JSON for a debugger. */
import { members, none } from '../memory/order';
import { hex, type Layout, wordText } from './layout';
import type { Taken } from './meetings';
import type { Program } from './program';
import type { Readings } from './readings';
import type { Scenario, Source } from './scenario';
import { type State, viewsOf } from './state';
import type { FetchCandidate, HartState, Snapshot } from './verdict';
import { instructionAt } from './versions';
import { registerName, type Words } from './words';

/** A hart on the stage of a trace. */
export interface StageHart {
  readonly name: string;
  /** Whose it is, a patcher's track; null: an executor's. */
  readonly track: number | null;
  /** What it has answered. */
  answered: Taken;
  /** What it has taken when the thread first comes to it. */
  readonly joins: Taken;
  /** The thread's state while it runs here. */
  state: State | null;
  activity: string;
  source: Source | null;
}
export interface Scene {
  readonly harts: readonly StageHart[];
  /** Is this micro-operation done? */
  readonly done: (micro: number) => boolean;
}

export class Snapshots {
  constructor(
    readonly scenario: Scenario,
    readonly layout: Layout,
    readonly program: Program,
    readonly readings: Readings,
    readonly words: Words,
  ) {}

  take(scene: Scene): Snapshot {
    return { harts: scene.harts.map((hart) => this.#hart(hart, scene.done)), memory: this.#memory(scene.done) };
  }

  #hart(hart: StageHart, done: Scene['done']): HartState {
    const thread = hart.state?.thread ?? null;
    return {
      name: hart.name,
      pc: thread === null ? null : hex(thread.pc),
      activity: hart.activity,
      source: hart.source,
      registers:
        thread === null
          ? []
          : [...thread.registers]
              .sort(([a], [b]) => a - b)
              .map(([register, value]) => ({ name: registerName(register), value: this.words.value(value) })),
      fetch: hart.state === null || hart.state.place === 'out' ? [] : this.#fetch(hart.state, done),
    };
  }

  /** What the next fetch may yield, unit by unit, of what has been stored by now. */
  #fetch(state: State, done: Scene['done']): FetchCandidate[] {
    const { pc, holding } = state.thread;
    if (holding) return [];
    const views = viewsOf(state);
    if (views === null || this.layout.initialByte(pc) === null) return [];
    const size = this.readings.rules.ziccif ? 4 - Number(pc % 4n) : 2;
    const words: { bytes: string; text: string; from: string }[] = [];
    for (const reading of this.readings.of(state.order, pc, size, views.vI, none)) {
      if (members(reading.seen).some((id) => !done(this.program.messages[id]?.micro ?? 0))) continue;
      const bytes = reading.bytes.filter((byte) => typeof byte === 'number');
      const whole = instructionAt((address) => bytes[Number(address - pc)] ?? null, pc);
      const newest = members(reading.seen).at(-1);
      const operation =
        newest === undefined ? undefined : this.program.operations[this.program.messages[newest]?.operation ?? -1];
      words.push({
        bytes: reading.bytes.includes('freed') ? 'freed' : wordText(whole ?? bytes),
        text: whole
          ? this.words.whole(pc, whole)
          : reading.bytes.includes('freed')
            ? 'memory that has been freed'
            : 'the first half of an instruction',
        from: operation
          ? `${operation.step === null ? '' : `${operation.step}: `}${operation.text}`
          : 'as it stood at first',
      });
    }
    return [{ address: hex(pc), words }];
  }

  /** Memory in program order of what is done: the patched words as the patchers mean them to stand. */
  #memory(done: Scene['done']): Snapshot['memory'] {
    const written = new Map<bigint, number>();
    for (const message of this.program.messages)
      if (done(message.micro))
        message.bytes.forEach((byte, i) => {
          written.set(message.address + BigInt(i), byte);
        });
    const byteAt = (address: bigint): number | null => written.get(address) ?? this.layout.initialByte(address);
    const rows: { address: string; bytes: string; text: string }[] = [];
    for (const site of this.scenario.sites)
      for (let at = site.address; at < site.address + BigInt(site.size); ) {
        const bytes = instructionAt(byteAt, at) ?? Uint8Array.of(byteAt(at) ?? 0, byteAt(at + 1n) ?? 0);
        rows.push({ address: hex(at), bytes: wordText(bytes), text: this.words.whole(at, bytes) });
        at += BigInt(bytes.length);
      }
    for (const region of this.scenario.regions)
      if (region.kind === 'data')
        for (let i = 0; i < region.bytes.length; i += 8) {
          const at = region.address + BigInt(i);
          const bytes = Array.from(
            { length: Math.min(8, region.bytes.length - i) },
            (_, k) => byteAt(at + BigInt(k)) ?? 0,
          );
          let value = 0n;
          for (let k = bytes.length - 1; k >= 0; k--) value = (value << 8n) | BigInt(bytes[k] ?? 0);
          rows.push({ address: hex(at), bytes: hex(value), text: this.words.value(value) });
        }
    return rows;
  }
}
