/** Random small programs that follow no pattern: what nobody would think of writing. */
import type { Dice } from '../reference/generate';
import { type GeneratedTest, type GeneratedThread, type Line, plain } from './generated';

/** Registers by use: values loaded or computed, addresses of data, of code, instructions to store. */
const values = ['x5', 'x6', 'x7'];
const addresses = ['x10', 'x11'];
const codeAddress = 'x12';
const words = ['x13', 'x14'];
const places = ['x', 'y'];

/** Instructions that may be patched in; none jumps backwards. */
const patches = [
  'nop',
  'li x5,2',
  'li x6,3',
  'mv x5,x6',
  'fence r,r',
  'fence rw,rw',
  'fence.i',
  'lw x5,0(x10)',
  'lw x6,0(x11)',
  'sw x5,0(x11)',
  'amoadd.w x6,x5,(x10)',
  'lr.w.aq x5,(x10)',
  'j .+8',
  'bne x5,x0,.+8',
];
const fences = [
  'fence rw,rw',
  'fence r,rw',
  'fence rw,w',
  'fence w,w',
  'fence r,r',
  'fence w,r',
  'fence.tso',
  'fence.i',
];

/** A test of 2 or 3 threads. Everything follows from the dice. */
export function programTest(d: Dice, name: string): GeneratedTest {
  const patching = d.chance(0.4);
  const mixed = !patching && d.chance(0.25);
  const count = d.of([2, 2, 2, 3]);
  const total = 9 - count;
  const threads = Array.from({ length: count }, (_, thread) =>
    oneThread(d, thread, count, 1 + d.below(Math.ceil(total / count) + 1), patching, mixed),
  );
  const type = mixed ? 'uint64_t' : 'int';
  return {
    name,
    locations: places.map((place) => `${type} ${place}${d.chance(0.2) ? '=1' : ''}`),
    threads,
    observed: [...threads.flatMap((_, thread) => values.map((register) => `${thread}:${register}`)), ...places],
    condition: `exists (0:${d.of(values)}=${d.below(3)} /\\ ${count - 1}:${d.of(values)}=${d.below(3)})`,
    patches: patching && threads.some(({ registers }) => registers.some((one) => one.includes(':'))),
  };
}

function oneThread(
  d: Dice,
  thread: number,
  count: number,
  length: number,
  patching: boolean,
  mixed: boolean,
): GeneratedThread {
  const registers = [
    ...values.map(
      (register, i) => `${mixed ? 'uint64_t ' : ''}${register}=${mixed ? `0x${String(i + 1).repeat(16)}` : i}`,
    ),
    ...addresses.map((register, i) => `${register}=${places[i]}`),
  ];
  if (patching) {
    registers.push(`${codeAddress}=P${d.below(count)}:L0`);
    for (const word of words) registers.push(`${word}=instr:"${d.of(patches)}"`);
  }
  const lines: Line[] = [];
  for (let i = 0; i < length; i++) {
    const label = lines.length === 0 && patching ? 'L0' : null;
    lines.push({ label, text: oneInstruction(d, thread, patching, mixed) });
  }
  // Where branches lead, and room for a patched jump over one instruction.
  lines.push(plain(patching ? d.of(['li x7,5', 'lw x7,0(x10)', 'nop']) : 'li x7,5'), { label: `E${thread}`, text: '' });
  return { registers, lines };
}

function oneInstruction(d: Dice, thread: number, patching: boolean, mixed: boolean): string {
  const value = d.of(values);
  const address = d.of(addresses);
  const size = mixed ? d.of([1, 2, 4, 8] as const) : 4;
  const letter = { 1: 'b', 2: 'h', 4: 'w', 8: 'd' }[size];
  const at = `${mixed ? size * d.below(8 / size) : 0}(${address})`;
  const big = size === 8 ? 'd' : 'w';
  const mark = d.of(['', '', '.aq', '.rl', '.aq.rl']);
  if (patching && d.chance(0.35)) {
    return d.of([
      `sw ${d.of(words)},0(${codeAddress})`,
      `sw ${d.of(words)},0(${codeAddress})`,
      `amoswap.w x7,${d.of(words)},(${codeAddress})`,
      `sh ${d.of(words)},2(${codeAddress})`,
      `lw ${value},0(${codeAddress})`,
      'fence.i',
    ]);
  }
  return d.of([
    `l${letter}${size === 8 ? '' : d.of(['', 'u'])} ${value},${at}`,
    `l${letter}${size === 8 ? '' : d.of(['', 'u'])} ${value},${at}`,
    `s${letter} ${value},${at}`,
    `s${letter} ${value},${at}`,
    `l${big}.aq ${value},0(${address})`,
    `s${big}.rl ${value},0(${address})`,
    `amoadd.${big}${mark} ${d.of(['x0', value])},${d.of(values)},(${address})`,
    `amoswap.${big}${mark} ${value},${d.of(values)},(${address})`,
    `lr.${big}${d.of(['', '.aq', '.aq.rl'])} ${value},(${address})`,
    `sc.${big}${d.of(['', '.rl', '.aq.rl'])} ${value},${d.of(values)},(${address})`,
    d.of(fences),
    d.of(fences),
    `xor ${value},${d.of(values)},${value}`,
    `addi ${value},${d.of(values)},1`,
    `andi ${value},${d.of(values)},1`,
    `bne ${value},${d.of(['x0', d.of(values)])},E${thread}`,
  ]);
}
