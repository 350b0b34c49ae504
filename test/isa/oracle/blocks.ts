import { assembleBlock, parseStatements } from '../../../server/src/isa/index';
import { isa } from '../harness';
import { gnuAssembly } from './tools';

/** Whole blocks, assembled here and by GNU as at one address. */

const BASE = 0x10000000n;
const SYMBOLS: ReadonlyMap<string, bigint> = new Map([['ext', 0x10000010n]]);

/** Bytes in hexadecimal, or what is wrong. */
export function ours(source: string, march: string): string {
  const machine = isa(march);
  const block = assembleBlock(parseStatements(source), BASE, {
    isa: machine,
    rvc: machine.extensions.has('c'),
    symbol: (name) => SYMBOLS.get(name),
  });
  if (block.problems.length > 0) return `refused: ${block.problems.map(({ message }) => message).join('; ')}`;
  return Buffer.concat(block.statements.map(({ bytes }) => bytes)).toString('hex');
}

/** The same of GNU as and ld, which relax nothing. */
export function theirs(source: string, march: string): string {
  const made = gnuAssembly(`.option norelax\n${source}\n`, march, BASE, SYMBOLS);
  return made.ok ? Buffer.from(made.code).toString('hex') : `refused: ${made.errors}`;
}

/** As far as it is the block's: GNU as fills a section's end up to its alignment. */
export function withoutPadding(bytes: string, length: number): string {
  const padding = bytes.slice(length);
  return padding.length < 80 && /^(?:0100)?(?:13000000)*$|^0*$/.test(padding) ? bytes.slice(0, length) : bytes;
}

type Random = () => number;
const pick = <T>(random: Random, all: readonly T[]): T => all[random() % all.length] as T;

const REGISTERS = ['a0', 'a1', 's0', 's1', 't0', 't6', 'sp', 'zero', 'a5', 'x31'];
/** Around the reach of short and long branches and jumps. */
const GAPS = [2, 4, 120, 240, 242, 252, 254, 256, 2020, 2040, 2044, 2046, 2048, 4080, 4088, 4092, 4094, 4096, 4098];
const PLAIN = (
  'add a0,a0,a1; sub s0,s0,s1; mv t0,t1; ret; jr t0; jalr t0; ebreak; and a0,a1,a0; slli a0,a0,3; srai s0,s0,4; ' +
  'lui a0,5; andi a0,a0,-3; nop; .half 1; .uleb128 300'
).split('; ');

/** A block of branches, jumps, gaps, alignment and what else moves a layout, with labels that all are defined. */
export function randomBlock(random: Random, march: string): string {
  const compressed = march.includes('c');
  const labels = Array.from({ length: 1 + (random() % 4) }, (_, i) => `L${i}`);
  const pending = [...labels];
  const lines: string[] = [];
  let pushed = 0;
  const register = (): string => pick(random, REGISTERS);
  const label = (): string => pick(random, labels);
  /** What has no C must stay at multiples of 4. */
  const size = (bytes: number): number => (compressed ? bytes : 4 * Math.ceil(bytes / 4));
  const makers: readonly (() => string)[] = [
    () =>
      `${pick(random, ['beq', 'bne', 'blt', 'bge', 'bltu', 'bgeu', 'bgt', 'bleu'])} ${register()}, ${register()}, ${label()}`,
    () => `${pick(random, ['beqz', 'bnez', 'blez', 'bgez', 'bltz', 'bgtz'])} ${register()}, ${label()}`,
    () => `${pick(random, ['beqz', 'bnez'])} ${pick(random, ['a0', 's1'])}, ${label()}`,
    () => `${pick(random, ['j', 'jal', 'jal t0,', 'call', 'tail', 'la a0,', 'lw a0,'])} ${label()}`,
    () => `.balign ${2 ** (1 + (random() % 5))}, ${random() % 256}`,
    () => `.p2align ${compressed ? random() % 6 : 2 + (random() % 4)},,${4 * (random() % 6)}`,
    () => `.skip ${size(pick(random, GAPS))}`,
    () => `.word ${label()} - ${label()}, ${label()}`,
    () =>
      `li ${register()}, ${pick(random, [0, 1, 31, 32, -32, -33, 2047, 2048, -2049, 4096, 0x12345, 0x1f000, -4096])}`,
    () =>
      `${pick(random, ['lw', 'sw'])} ${pick(random, ['a0', 's1', 't0'])}, ${4 * ((random() % 70) - 3)}(${pick(random, ['sp', 'a0', 't1'])})`,
    () => `addi sp, sp, ${16 * ((random() % 68) - 34)}`,
    () => `.rept ${random() % 4}\nxor a0, a0, a1\n.endr`,
    () => `.set N, ${random() % 40}\naddi a0, a0, N`,
    () => (compressed ? pick(random, PLAIN) : 'nop'),
    () => {
      if (!compressed || random() % 2) return '.option norelax';
      if (pushed > 0 && random() % 2) {
        pushed--;
        return '.option pop';
      }
      pushed++;
      return `.option push\n.option ${pick(random, ['rvc', 'norvc'])}`;
    },
  ];
  for (let i = 4 + (random() % 24); i > 0; i--) {
    if (random() % 3 === 0 && pending.length > 0) lines.push(`${pending.pop()}:`);
    lines.push(pick(random, makers)());
    // Odd bytes are followed by a place for instructions.
    if (/\.(?:uleb128|balign|p2align)/.test(lines.at(-1) ?? '')) lines.push(compressed ? '.balign 2' : '.balign 4');
  }
  return [...lines, ...pending.map((name) => `${name}:`)].join('\n');
}
