import type { LitmusTest, Witness, WitnessStep } from '../../checker/litmus/test';
import type { HartState, Recording, Snapshot } from '../../checker/verdict';
import { xRegisterName } from '../../isa';
import { hex } from '../numbers';

/** What a thread is at: its next instruction as it was written at first, or its end. */
function hartAt(test: LitmusTest, index: number, pc: bigint, registers: HartState['registers']): HartState {
  const thread = test.threads[index];
  const at = thread?.instructions.find(({ address }) => address === pc);
  const elsewhere = test.threads.flatMap(({ instructions }) => instructions).find(({ address }) => address === pc);
  const next = at ?? elsewhere ?? null;
  return {
    name: `P${index}`,
    pc: hex(pc),
    activity: next ? `is at ${next.text}` : 'has ended',
    source: next?.source ?? thread?.source ?? null,
    registers,
    fetch: [],
  };
}

/** Memory as the model has it: all stores in their order, numbered by their timestamps, 0 being the initial state. */
function memoryOf(test: LitmusTest, messages: readonly string[]): Snapshot['memory'] {
  const initially = test.locations.map(({ name, size, signed, initial }) => {
    const values = initial.map((value) => `${signed ? BigInt.asIntN(8 * size, value) : value}`);
    return `[${name}] = ${values.length === 1 ? values[0] : `{${values.join(', ')}}`}`;
  });
  return [`initially ${initially.join(', ') || 'nothing'}`, ...messages].map((text, timestamp) => ({
    address: `${timestamp}`,
    bytes: '',
    text,
  }));
}

function snapshotAfter(test: LitmusTest, { registers, pcs, memory }: WitnessStep): Snapshot {
  return {
    harts: test.threads.map((_thread, index) => hartAt(test, index, pcs[index] ?? 0n, registers[index] ?? [])),
    memory: memoryOf(test, memory),
  };
}

function snapshotBefore(test: LitmusTest): Snapshot {
  const harts = test.threads.map(({ start, registers }, index) => {
    const shown = registers.map(({ register, value }) => ({
      name: xRegisterName(register, true),
      value: test.locations.find(({ address }) => address === value)?.name ?? `${BigInt.asIntN(64, value)}`,
    }));
    return hartAt(test, index, start, shown);
  });
  return { harts, memory: memoryOf(test, []) };
}

/** A witness as a debugger or a page plays it. Plain JSON. */
export function recordingOf(test: LitmusTest, { state, steps }: Witness): Recording {
  return {
    code: null,
    message: state,
    before: snapshotBefore(test),
    trace: steps.map((step) => ({
      hart: `P${step.thread}`,
      text: step.text,
      source: step.source,
      after: snapshotAfter(test, step),
    })),
  };
}
