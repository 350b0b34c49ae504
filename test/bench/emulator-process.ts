/**
 * Runs a bare-metal program in the emulator in this process, and prints how it went as one JSON line:
 * `node emulator-process.mjs FILE`.
 */
import { readFileSync } from 'node:fs';
import { parseIsa } from '../../server/src/isa';
import { readElf } from '../../server/src/machine/elf';
import { loadMachine } from '../../server/src/machine/system';

export interface Emulation {
  readonly instructions: number;
  /** From the loaded program to its end, in ms. */
  readonly ms: number;
  readonly exitCode: number;
}

const parsed = parseIsa('rv64imac_zicsr_zifencei');
const read = readElf(readFileSync(process.argv[2] ?? ''));
if (!parsed.ok || !read.ok) throw new Error('no program');
const loaded = loadMachine(read.elf, { isa: parsed.isa, misaligned: true }, { write: () => undefined });
if (!loaded.ok) throw new Error(loaded.message);
const { machine } = loaded;
const start = performance.now();
const end = machine.run(Number.MAX_SAFE_INTEGER);
const ms = performance.now() - start;
if (end.kind !== 'exited') throw new Error(`the program ended otherwise: ${end.kind}`);
const result: Emulation = { instructions: machine.hart.counters.retired, ms, exitCode: Number(end.code) };
process.stdout.write(`${JSON.stringify(result)}\n`);
