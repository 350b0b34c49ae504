import { describe, expect, it } from 'vitest';
import { assembleBlock } from '../../server/src/isa/asm/assemble';
import { parseStatement } from '../../server/src/isa/asm/statement';
import { parseIsa } from '../../server/src/isa/isa-string';
import { Hart, step } from '../../server/src/machine';
import { dice } from '../reference/generate';
import { operationsOf, scenarioOf } from './fixtures';

const slot = 0x80002000n;
const base = 0x90000000n;

/** A patcher that computes with registers that it has set, stores to data, and keeps some of it on its stack. */
function program(seed: number): string[] {
  const d = dice(seed);
  const registers = ['a0', 'a1', 'a2', 'a3', 't3', 't4', 's5'];
  const reg = (): string => d.of(registers);
  const three = [
    'add',
    'sub',
    'xor',
    'and',
    'or',
    'sll',
    'srl',
    'sra',
    'mul',
    'mulh',
    'slt',
    'sltu',
    'addw',
    'subw',
    'sllw',
    'sraw',
    'divu',
    'remw',
  ];
  const lines = registers.map(
    (name) => `li ${name}, ${BigInt.asIntN(64, BigInt(d.below(2 ** 31)) * BigInt(d.below(2 ** 31)))}`,
  );
  lines.push(
    'la s0, slot',
    'addi sp, sp, -64',
    ...Array.from({ length: 8 }, (_, i) => `sd a${i % 4}, ${8 * i}(sp)`),
    `li s1, ${d.of([1, 2, 3])}`,
    '1:',
  );
  for (let i = 0; i < 12; i++)
    lines.push(
      d.of([
        () => `${d.of(three)} ${reg()}, ${reg()}, ${reg()}`,
        () => `${d.of(['addi', 'xori', 'addiw', 'andi'])} ${reg()}, ${reg()}, ${d.below(4096) - 2048}`,
        () => `${d.of(['sb', 'sh', 'sw', 'sd'])} ${reg()}, ${d.below(56)}(s0)`,
        () => `sd ${reg()}, ${8 * d.below(8)}(sp)`,
        () => `${d.of(['bltu', 'beq', 'bge'])} ${reg()}, ${reg()}, 2f ; sb ${reg()}, (s0) ; 2:`,
        () => `ld ${reg()}, ${8 * d.below(8)}(sp)`,
        () => `ld ${reg()}, WORD`,
      ])(),
    );
  lines.push('addi s1, s1, -1', 'bnez s1, 1b', 'j 3f', 'WORD: .dword 0xfedcba9876543210', '3:');
  return lines;
}

/** The stores to data that the emulator sees, as `0x80002000 <- 0x01 by byte`. */
function emulated(lines: readonly string[]): string[] {
  const parsed = parseIsa('rv64gc');
  if (!parsed.ok) throw new Error('no such ISA');
  const { isa } = parsed;
  const statements = lines.flatMap((line) => line.split(';').map((one) => parseStatement(one, 0, one.length)));
  const block = assembleBlock(statements, base, { isa, symbol: (name) => (name === 'slot' ? slot : undefined) });
  expect(block.problems).toEqual([]);
  const memory = new Map<bigint, number>();
  for (const { address, bytes } of block.statements)
    bytes.forEach((byte, i) => void memory.set(address + BigInt(i), byte));
  const read = (address: bigint, size: number): bigint =>
    Array.from({ length: size }).reduceRight<bigint>(
      (value, _, i) => (value << 8n) | BigInt(memory.get(address + BigInt(i)) ?? 0),
      0n,
    );
  const stores: string[] = [];
  const hart = new Hart(base, isa);
  hart.write(2, 0x7000_0000n);
  const names: Readonly<Record<number, string>> = { 1: 'byte', 2: 'half', 4: 'word', 8: 'double' };
  while (hart.pc !== base + BigInt(block.size)) {
    const { kind } = step(
      hart,
      {
        load: read,
        fetch: (address) => Number(read(address, 2)),
        store: (address, size, value) => {
          for (let i = 0; i < size; i++) memory.set(address + BigInt(i), Number((value >> BigInt(8 * i)) & 0xffn));
          if (address >= slot)
            stores.push(
              `0x${address.toString(16)} <- 0x${read(address, size)
                .toString(16)
                .padStart(2 * size, '0')} by ${names[size]}`,
            );
          return true;
        },
      },
      isa,
    );
    expect(kind).toBe('retired');
  }
  return stores;
}

describe('a patcher in assembly stores what the emulator stores', () => {
  it.each(Array.from({ length: 20 }, (_, i) => i))('program %d', (seed) => {
    const lines = program(seed);
    const text = `machine { isa rv64gc }
site entry at 0x80001000 { version off { nop } }
data slot at 0x80002000 { .zero 64 }
protocol p patches entry from off {
  asm {
    ${lines.join('\n    ')}
  }
}
`;
    expect(operationsOf(scenarioOf(text))).toEqual(emulated(lines));
  });
});
