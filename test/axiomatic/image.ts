/** Memory before anything has run: the named locations and the code. */
import type { LitmusInstruction, LitmusTest } from '../../server/src/checker/litmus/test';

export interface Image {
  /** The `size` bytes at an address; null where not all of them are memory whose contents are known. */
  read(address: bigint, size: number): bigint | null;
  /** Whether all of the bytes are memory. */
  has(address: bigint, size: number): boolean;
  /** Whether a byte is one of an instruction's. */
  isCode(address: bigint): boolean;
  /** The instruction that begins at an address. */
  instruction(address: bigint): LitmusInstruction | null;
}

export function imageOf(test: LitmusTest): Image {
  /** Null: an instruction that no encoding has. */
  const bytes = new Map<bigint, bigint | null>();
  const instructions = new Map<bigint, LitmusInstruction>();
  const put = (address: bigint, size: number, value: bigint | null): void => {
    for (let i = 0; i < size; i++) {
      bytes.set(address + BigInt(i), value === null ? null : (value >> BigInt(8 * i)) & 0xffn);
    }
  };
  for (const { address, size, initial } of test.locations) {
    initial.forEach((value, i) => {
      put(address + BigInt(i * size), size, value);
    });
  }
  for (const instruction of test.threads.flatMap((thread) => thread.instructions)) {
    instructions.set(instruction.address, instruction);
    put(instruction.address, instruction.length, instruction.bits === null ? null : BigInt(instruction.bits));
  }
  return {
    read(address, size) {
      let value = 0n;
      for (let i = size - 1; i >= 0; i--) {
        const byte = bytes.get(address + BigInt(i)) ?? null;
        if (byte === null) return null;
        value = (value << 8n) | byte;
      }
      return value;
    },
    has: (address, size) => Array.from({ length: size }, (_, i) => bytes.has(address + BigInt(i))).every(Boolean),
    isCode: (address) => test.threads.some(({ start, end }) => start <= address && address < end),
    instruction: (address) => instructions.get(address) ?? null,
  };
}
