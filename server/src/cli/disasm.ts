import { type Isa, Text } from '../isa';
import { defaultIsa } from '../language/machine';
import { type Elf, isElf } from '../machine/elf';
import { parseArguments, UsageError } from './arguments';
import { Columns } from './columns';
import { disassembler, type Line } from './disassembly';
import { elfOf, isaOfProgram, isaOfText, readProgram } from './elf-file';
import { type CliHost, type ExitCode, exitCodes, FileError } from './host';
import { Output } from './output';
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

/** Of the input, in bytes: what is made of so many is taken before the next. */
const pieceLength = 1 << 16;

/** A range of code, where it runs. */
interface Code {
  readonly name: string;
  readonly address: bigint;
  readonly bytes: Uint8Array;
  /** Of the section. */
  readonly index: number;
}

/** `cmodx disasm`: the executable sections of an ELF file, or all of a raw binary. */
export async function disasmCommand(args: readonly string[], host: CliHost): Promise<ExitCode> {
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
    for (const code of codes) demandRoom(code, isa, elf === null);
    if (!flags.has('--json')) host.stdout(headText(file, elf));
    for (const code of codes) {
      const symbols = new Symbols(elf, code.index);
      const output = new Output(host);
      const advance = flags.has('--json')
        ? printJson(code, isa, symbols, output)
        : printText(code, isa, symbols, output);
      while (advance(pieceLength)) await host.drained();
      output.flush();
      await host.drained();
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

/** @throws UsageError or FileError where the code reaches beyond the last address */
function demandRoom({ name, address, bytes }: Code, { xlen }: Isa, raw: boolean): void {
  if (address + BigInt(bytes.length) <= 1n << BigInt(xlen)) return;
  const beyond = `reaches beyond the last address of RV${xlen}`;
  if (raw) throw new UsageError(`\`--base 0x${address.toString(16)}\`: the file ${beyond}`);
  throw new FileError(`has a section ${name} that ${beyond}`);
}

/** @throws UsageError where `text` is no address */
function addressOf(text: string): bigint {
  if (!/^(0x[0-9a-f_]+|[0-9_]+)$/i.test(text)) throw new UsageError(`\`--base\` needs an address, not \`${text}\``);
  const address = BigInt(text.replaceAll('_', ''));
  if (address >= 1n << 64n) throw new UsageError(`\`--base ${text}\` has more than 64 bits`);
  if (address % 2n !== 0n) throw new UsageError(`\`--base ${text}\` is odd: instructions lie at multiples of 2`);
  return address;
}

function printJson({ bytes, address }: Code, isa: Isa, symbols: Symbols, output: Output): (count: number) => boolean {
  return disassembler(bytes, address, isa, symbols, ' ', (line) => {
    const decoded = line.decoded();
    const json: DisassembledJson = {
      address: `0x${(address + BigInt(line.offset)).toString(16).padStart(isa.xlen / 4, '0')}`,
      bytes: `0x${line.bits.toString(16).padStart(2 * line.length, '0')}`,
      text: textOf(line),
      extension: decoded?.spec?.extensions[0]?.join('+') ?? null,
      legal: decoded?.legality === 'legal' || decoded?.legality === 'hint',
    };
    output.add(`${JSON.stringify(json)}\n`);
  });
}

function textOf(line: Line): string {
  const sink = new Text();
  line.write(sink);
  return sink.text;
}

const headText = (file: string, elf: Elf | null): string =>
  `\n${file}:     file format ${elf === null ? 'binary' : `elf${elf.xlen}-littleriscv`}\n\n`;

function printText(
  { name: section, bytes, address }: Code,
  isa: Isa,
  symbols: Symbols,
  output: Output,
): (count: number) => boolean {
  const whole = (here: bigint): string => here.toString(16).padStart(isa.xlen / 4, '0');
  const columns = new Columns(
    address,
    columnOf(whole(BigInt.asUintN(isa.xlen, address + BigInt(bytes.length)) || address)),
  );
  output.add(`\nDisassembly of section ${section}:\n`);
  // A tab between mnemonic and operands.
  return disassembler(bytes, address, isa, symbols, '\t', (line) => {
    const { offset, bits, length } = line;
    if (line.first) {
      const here = address + BigInt(offset);
      const name = symbols.at(here) ?? (offset === 0 ? (symbols.near(here) ?? section) : null);
      if (name !== null) output.add(`\n${whole(here)} <${name}>:\n`);
    }
    columns.write(offset, bits, length, output);
    line.write(output);
    output.byte(NEWLINE);
  });
}

const NEWLINE = 0x0a;

/** How wide objdump prints addresses: without the groups of four zeros before all of them. */
function columnOf(end: string): number {
  let width = end.length;
  while (/^0{5}/.test(end.slice(end.length - width))) width -= 4;
  return width;
}
