/** Says in words what a step does and what a thread's registers hold. */
import { decode, format, xRegisterName } from '../../isa';
import type { Machine } from './machine';
import type { Memory, Message } from './memory';
import type { Access, Step } from './steps';
import type { ThreadState } from './thread';

export class Telling {
  constructor(readonly machine: Machine) {}

  /** `[x] = 1 by P0`. */
  message = (one: Message): string =>
    `${this.#place(one.address, one.size)} = ${this.value(one.value, one.size)} by P${one.thread}`;

  /** Registers that are not 0: `x5 = 1`. */
  registers(thread: number, state: ThreadState): { name: string; value: string }[] {
    const shown = new Set([
      ...(this.machine.outcomes.registers[thread] ?? []),
      ...state.values.flatMap((value, register) => (value === 0n ? [] : [register])),
    ]);
    return [...shown]
      .sort((a, b) => a - b)
      .map((register) => ({ name: xRegisterName(register, true), value: this.value(state.values[register] ?? 0n, 8) }));
  }

  /** `lw x5,0(x6): reads [x] = 1 of P0`. */
  step(before: ThreadState, step: Step, memory: Memory): string {
    const written = this.machine.code.at(before.pc);
    const fetched = step.accesses.flatMap((one) => (one.kind === 'fetch' ? [one] : []));
    const patched = fetched.some((one) => one.sources.some((source) => source > 0));
    const text = patched ? this.#fetchedText(fetched) : (written?.text ?? 'an instruction');
    const parts = step.accesses.flatMap((one) => this.#access(one, memory, patched));
    return parts.length > 0 ? `${text}: ${parts.join(', ')}` : text;
  }

  #access(one: Access, memory: Memory, patched: boolean): string[] {
    if (one.kind === 'write') {
      const stored = `${this.#place(one.message.address, one.message.size)} = ${this.value(one.message.value, one.message.size)}`;
      return [`stores ${stored}`];
    }
    if (one.kind === 'fetch' && !patched) return [];
    const writers = [...new Set(one.sources.map((source) => this.#writer(memory, source)))].join(' and ');
    if (one.kind === 'fetch') return [`fetched from ${writers}`];
    return [`reads ${this.#place(one.address, one.size)} = ${this.value(one.value, one.size)} from ${writers}`];
  }

  #writer = (memory: Memory, source: number): string =>
    source === 0 ? 'the initial state' : `P${memory[source - 1]?.thread ?? 0}’s store`;

  #fetchedText(fetched: readonly { readonly value: bigint; readonly size: number }[]): string {
    let bits = 0n;
    let shift = 0n;
    for (const one of fetched) {
      bits |= one.value << shift;
      shift += BigInt(8 * one.size);
    }
    const { isa } = this.machine.test;
    const first = Number(bits & 0xffffn);
    const word = (first & 3) === 3 ? Number(bits & 0xffffffffn) : first;
    const decoded = decode(word, isa);
    return decoded.spec === null ? `0x${word.toString(16)}` : format(decoded, { numeric: true });
  }

  /** `[x]`, `[x+4]`, `[P1:L0]`. */
  #place(address: number, size: number): string {
    const { locations, labels, threads } = this.machine.test;
    const at = BigInt(address);
    const whole = (known: bigint, name: string, length: number): string => {
      const part = size === length ? '' : `:${size}`;
      return at === known ? `[${name}${part}]` : `[${name}+${at - known}${part}]`;
    };
    for (const one of locations)
      if (one.address <= at && at < one.address + BigInt(one.size * one.initial.length))
        return whole(one.address, one.name, one.size);
    const label = labels.find((one) => one.address === at);
    if (label) return whole(at, `P${label.thread}:${label.name}`, 4);
    const thread = threads.find((one) => one.start <= at && at < one.end);
    return thread ? whole(thread.start, thread.name, 4) : `[0x${address.toString(16)}]`;
  }

  /** A pointer by its name, code as its text, otherwise a signed number. */
  value(value: bigint, size: number): string {
    const { locations, labels, words, patchesCode } = this.machine.test;
    const location = locations.find((one) => one.address === value);
    if (location) return location.name;
    const label = labels.find((one) => one.address === value);
    if (label) return `P${label.thread}:${label.name}`;
    const word = patchesCode ? words.find((one) => BigInt(one.bits) === BigInt.asUintN(32, value)) : undefined;
    return word ? `instr:"${word.text}"` : BigInt.asIntN(8 * size, value).toString();
  }
}
