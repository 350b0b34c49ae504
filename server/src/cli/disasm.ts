import type { Isa } from '../isa';
import { defaultIsa } from '../language/machine';
import { type Elf, isElf } from '../machine/elf';
import { parseArguments, UsageError } from './arguments';
import { disassemble, type Line } from './disassembly';
import { elfOf, isaOfProgram, isaOfText, readProgram } from './elf-file';
import { type CliHost, type ExitCode, exitCodes, FileError } from './host';
import { Symbols } from './symbols';

/** One line of `cmodx disasm --json`. */
export interface DisassembledJson {
  readonly address: string;
  /** The instruction's bits as one number, as objdump writes them. */
  readonly bytes: string;
  readonly text: string;
  /** What the instruction belongs to, `c+d` where it needs both; null where it is none. */
  readonly extension: string | null;
  /** Whether it executes under the ISA; hints do. */
  readonly legal: boolean;
}

/** A range of code, where it runs. */
interface Code {
  readonly name: string;
  readonly address: bigint;
  readonly bytes: Uint8Array;
  /** Of the section. */
  readonly index: number;
}

/** `cmodx disasm`: the executable sections of an ELF file, or all of a raw binary. */
export function disasmCommand(args: readonly string[], host: CliHost): ExitCode {
  const { flags, texts, operands } = parseArguments(args, { '--json': 'flag', '--isa': 'text', '--base': 'text' });
  const [file, ...more] = operands;
  if (file === undefined || more.length > 0) throw new UsageError('`cmodx disasm` needs one file');
  const base = texts.has('--base') ? addressOf(texts.get('--base') ?? '') : null;
  const isaText = texts.get('--isa');
  try {
    const bytes = readProgram(host, file);
    const elf = isElf(bytes) ? elfOf(bytes) : null;
    if (elf !== null && base !== null) throw new UsageError('`--base` is for raw binaries: an ELF file has addresses');
    const isa = isaText !== undefined ? isaOfText(isaText) : elf !== null ? isaOfProgram(elf) : isaOfText(defaultIsa);
    const codes = elf === null ? [{ name: '.data', address: base ?? 0n, bytes, index: -1 }] : codesOf(elf);
    if (!flags.has('--json')) host.stdout(headText(file, elf));
    for (const code of codes) {
      const symbols = new Symbols(elf, code.index);
      const lines = disassemble(code.bytes, code.address, isa, symbols);
      if (flags.has('--json')) printJson(lines, isa, host);
      else printText(code, lines, symbols, isa, host);
    }
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    host.stderr(`cmodx: ${file} ${error.message}\n`);
    return exitCodes.cannotCheck;
  }
}

function codesOf(elf: Elf): Code[] {
  return elf.sections.flatMap(({ name, address, bytes, executable }, index) =>
    executable && bytes.length > 0 ? [{ name, address, bytes, index }] : [],
  );
}

/** @throws UsageError where `text` is no address */
function addressOf(text: string): bigint {
  if (!/^(0x[0-9a-f_]+|[0-9_]+)$/i.test(text)) throw new UsageError(`\`--base\` needs an address, not \`${text}\``);
  const address = BigInt(text.replaceAll('_', ''));
  if (address >= 1n << 64n) throw new UsageError(`\`--base ${text}\` has more than 64 bits`);
  return address;
}

function printJson(lines: Iterable<Line>, isa: Isa, host: CliHost): void {
  const pieces = new Pieces(host);
  for (const { address, bits, length, decoded, text } of lines) {
    const line: DisassembledJson = {
      address: `0x${address.toString(16).padStart(isa.xlen / 4, '0')}`,
      bytes: `0x${bits.toString(16).padStart(2 * length, '0')}`,
      text,
      extension: decoded?.spec?.extensions[0]?.join('+') ?? null,
      legal: decoded?.legality === 'legal' || decoded?.legality === 'hint',
    };
    pieces.add(`${JSON.stringify(line)}\n`);
  }
  pieces.flush();
}

const headText = (file: string, elf: Elf | null): string =>
  `\n${file}:     file format ${elf === null ? 'binary' : `elf${elf.xlen}-littleriscv`}\n\n`;

function printText(code: Code, lines: Iterable<Line>, symbols: Symbols, isa: Isa, host: CliHost): void {
  const pieces = new Pieces(host);
  const digits = isa.xlen / 4;
  const whole = (address: bigint): string => address.toString(16).padStart(digits, '0');
  const column = columnOf(whole(code.address + BigInt(code.bytes.length)));
  pieces.add(`\nDisassembly of section ${code.name}:\n`);
  for (const { address, bits, length, text } of lines) {
    const name = symbols.at(address) ?? (address === code.address ? (symbols.near(address) ?? code.name) : null);
    if (name !== null) pieces.add(`\n${whole(address)} <${name}>:\n`);
    const number = bits.toString(16).padStart(2 * length, '0');
    const place = address.toString(16).padStart(column);
    // A tab between mnemonic and operands.
    pieces.add(`${place}:\t${number.padEnd(length === 2 ? 20 : 18)}\t${text.replace(' ', '\t')}\n`);
  }
  pieces.flush();
}

/** How wide objdump prints addresses: without the groups of four zeros before all of them. */
function columnOf(end: string): number {
  let width = end.length;
  while (/^0{5}/.test(end.slice(end.length - width))) width -= 4;
  return width;
}

/** Writes in pieces: a program may have millions of lines. */
class Pieces {
  private text = '';
  constructor(private readonly host: CliHost) {}

  add(text: string): void {
    this.text += text;
    if (this.text.length > 1 << 16) this.flush();
  }

  flush(): void {
    this.host.stdout(this.text);
    this.text = '';
  }
}
