import { assembleBlock, type Isa, parseIsa, parseStatements, xRegister } from '../../server/src/isa/index';
import { Hart, Ram, step, type Trap } from '../../server/src/machine/index';

const isas = new Map<string, Isa>();

/** One object for each text, because a decoder is made for each. */
export function isaOf(text: string): Isa {
  const known = isas.get(text);
  if (known) return known;
  const result = parseIsa(text);
  if (!result.ok) throw new Error(`not an ISA string: ${text}`);
  isas.set(text, result.isa);
  return result.isa;
}

/** Where assembled code stands. */
export const codeAddress = 0x8000_0000n;
/** 256 bytes of zeros that code may use, filled with `Setting.memory`. */
export const dataAddress = 0x8001_0000n;

export interface Setting {
  /** Default `rv64imac_zicsr_zifencei`. */
  readonly isa?: string;
  /** Values before the code, by name; all others 0. Negative ones are wrapped. */
  readonly registers?: Readonly<Record<string, bigint>>;
  /** What stands at `dataAddress`, little-endian doublewords. */
  readonly memory?: readonly bigint[];
}

export interface Outcome {
  /** A register's value, unsigned, by name. */
  readonly x: (name: string) => bigint;
  /** The doubleword at an offset from `dataAddress`. */
  readonly memory: (offset: bigint) => bigint;
  /** Relative to the code. */
  readonly pc: bigint;
  readonly trap: Trap | null;
  readonly retired: bigint;
  readonly hart: Hart;
}

/** Assembles code and runs it until it leaves its end or traps. */
export function run(assembly: string, setting: Setting = {}): Outcome {
  const isa = isaOf(setting.isa ?? 'rv64imac_zicsr_zifencei');
  const bytes = assemble(assembly, isa);
  return runBytes(bytes, isa, setting);
}

export function assemble(assembly: string, isa: Isa): Uint8Array {
  const statements = parseStatements(assembly);
  const block = assembleBlock(statements, codeAddress, { isa, symbol: () => undefined });
  const problem = [...statements.flatMap((s) => s.problems), ...block.problems][0];
  if (problem !== undefined) throw new Error(`${problem.message}: ${assembly.slice(problem.start, problem.end)}`);
  return Uint8Array.from(block.statements.flatMap((s) => [...s.bytes]));
}

/** Runs bytes as code, whatever they are. */
export function runBytes(bytes: Uint8Array, isa: Isa, setting: Setting = {}): Outcome {
  const memory = new Ram();
  memory.map(codeAddress, bytes);
  memory.map(dataAddress, new Uint8Array(new BigUint64Array(setting.memory ?? []).buffer), 256);
  const hart = new Hart(codeAddress, isa);
  for (const [name, value] of Object.entries(setting.registers ?? {})) {
    hart.write(numberOf(name), BigInt.asUintN(isa.xlen, value));
  }
  const end = codeAddress + BigInt(bytes.length);
  let trap: Trap | null = null;
  for (let steps = 0; trap === null && hart.pc !== end; steps++) {
    if (steps > 10_000) throw new Error('the code does not come to an end');
    const result = step(hart, memory, isa);
    if (result.kind === 'trap') trap = result.trap;
  }
  return {
    x: (name) => hart.read(numberOf(name)),
    memory: (offset) => memory.load(dataAddress + offset, 8) ?? -1n,
    pc: hart.pc - codeAddress,
    trap,
    retired: hart.retired,
    hart,
  };
}

function numberOf(name: string): number {
  const number = xRegister(name);
  if (number === undefined) throw new Error(`no register is named ${name}`);
  return number;
}
