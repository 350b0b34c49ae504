/**
 * Decodes and prints a file of RV64GC code in this process, again and again, and prints the best times as one JSON line:
 * `node decoding-process.mjs ROUNDS FILE`.
 */
import { readFileSync } from 'node:fs';
import { decode, format, instructionLength, parseIsa } from '../../server/src/isa';

export interface Decoding {
  /** Instructions in the file. */
  readonly words: number;
  /** All of them, in ms. */
  readonly decoded: number;
  /** The same, from what was decoded to text. */
  readonly printed: number;
}

const [, , rounds, file = ''] = process.argv;
const parsed = parseIsa('rv64gc');
if (!parsed.ok) throw new Error('rv64gc');
const bytes = readFileSync(file);
const words: number[] = [];
for (let at = 0; at + 4 <= bytes.length; ) {
  const length = instructionLength(bytes.readUInt16LE(at));
  words.push(length === 2 ? bytes.readUInt16LE(at) : bytes.readUInt32LE(at));
  at += length === 2 ? 2 : 4;
}
let [decoded, printed] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
// What is made is used, so that none of it is optimised away.
let used = 0;
for (let round = 0; round < Number(rounds); round++) {
  const start = performance.now();
  for (const word of words) used += decode(word, parsed.isa).length;
  decoded = Math.min(decoded, performance.now() - start);
  const instructions = words.map((word) => decode(word, parsed.isa));
  const printing = performance.now();
  for (const one of instructions) used += format(one, { address: 0x1000n }).length;
  printed = Math.min(printed, performance.now() - printing);
}
if (used === 0) throw new Error('nothing was decoded');
const result: Decoding = { words: words.length, decoded, printed };
process.stdout.write(`${JSON.stringify(result)}\n`);
