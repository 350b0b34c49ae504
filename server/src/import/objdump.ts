import { instructionLength } from '../isa';
import { nopEntries } from './entry';
import { type Code, type CodeSymbol, hex, ImportError, type Place, type Program, Symbols } from './program';

/** `  ffffffff80000008:\t0001   \tnop` (GNU), `ffffffff80000008: 0001 \tnop` and, before 15, `01 00` (LLVM). */
const line =
  /^\s*([0-9a-f]{1,16}):[ \t]+((?:[0-9a-f]{2} )*[0-9a-f]{2}|(?:[0-9a-f]{4} )*[0-9a-f]{4}|[0-9a-f]{8})(?=[ \t]|$)[ \t]*(.*)$/i;
const heading = /^\s*([0-9a-f]{1,16}) <([^>]+)>:\s*$/i;
const sectionHeading = /^\s*Disassembly of section (.+):\s*$/;
const formatLine = /file format (\S+)/;
/** An instruction whose bytes are left out. */
const bare = /^\s*[0-9a-f]{1,16}:[ \t]+[a-z]/i;
/** As mail programs quote. */
const quoted = /^(?:>[ \t]?)+/;

/** Longer texts are refused: the ELF file itself is smaller. */
const longest = 256 << 20;

/**
 * Reads what `objdump -d` prints, GNU's or LLVM's, also quoted in a mail. Lines of other kinds are passed over.
 * @throws ImportError where there is no instruction, or where the text is of another machine
 */
export function objdumpProgram(text: string): Program {
  if (text.length > longest) throw new ImportError('is too long a text; import the ELF file itself');
  const reader = new Reader();
  let number = 0;
  for (const raw of lines(text)) {
    number += 1;
    reader.line(raw.replace(quoted, ''), number);
  }
  return reader.program();
}

function* lines(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const stop = end < 0 ? text.length : end;
    // No line of objdump's is near this long.
    yield text.slice(start, Math.min(stop, start + 1000)).replace(/\r$/, '');
    start = stop + 1;
  }
}

/** A run of lines one after the other. */
class Run {
  length = 0;
  private room = new Uint8Array(64);

  constructor(
    readonly name: string,
    readonly place: Place,
  ) {}

  add(bytes: readonly number[]): void {
    if (this.length + bytes.length > this.room.length) {
      const larger = new Uint8Array(2 * this.room.length);
      larger.set(this.room);
      this.room = larger;
    }
    this.room.set(bytes, this.length);
    this.length += bytes.length;
  }

  get end(): bigint {
    return this.place.address + BigInt(this.length);
  }

  get bytes(): Uint8Array {
    return this.room.subarray(0, this.length);
  }
}

class Reader {
  private readonly runs: Run[] = [];
  private readonly symbols: CodeSymbol[] = [];
  private section = '.text';
  private space = 0;
  private width: 32 | 64 | null = null;
  private compressed = false;
  private withoutBytes = 0;
  private last = -1n;

  line(text: string, number: number): void {
    const format = formatLine.exec(text)?.[1];
    if (format !== undefined) {
      this.format(format);
      return;
    }
    const section = sectionHeading.exec(text)?.[1];
    if (section !== undefined) {
      this.section = section;
      this.space += 1;
      this.last = -1n;
      return;
    }
    const [, where, name = ''] = heading.exec(text) ?? [];
    if (where !== undefined) {
      if (!/[+-]0x[0-9a-f]+$/.test(name) && !/^\.(L|text)/.test(name)) {
        this.symbols.push({
          name,
          place: { space: this.space, address: BigInt(`0x${where}`) },
          size: 0n,
          function: true,
        });
      }
      return;
    }
    const [, address, digits, rest = ''] = line.exec(text) ?? [];
    if (address !== undefined && digits !== undefined) this.bytes(BigInt(`0x${address}`), digits, rest, number);
    else if (bare.test(text)) this.withoutBytes += 1;
  }

  private format(name: string): void {
    const parts = /^elf(32|64)-(littleriscv|bigriscv)$/.exec(name);
    if (parts === null) throw new ImportError(`is a disassembly of ${name}, not of little-endian RISC-V`);
    if (parts[2] === 'bigriscv') throw new ImportError('is a disassembly of big-endian code');
    this.width = parts[1] === '32' ? 32 : 64;
  }

  private bytes(address: bigint, digits: string, rest: string, number: number): void {
    if (address <= this.last)
      throw new ImportError(`line ${number}: address ${hex(address)} comes after ${hex(this.last)}`);
    const bytes = bytesOf(digits);
    const parcel = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
    const data = /^(\.|0x|<unknown>|unimp)/.test(rest) || rest === '';
    if (!data && (bytes.length === 1 || instructionLength(parcel) !== bytes.length)) {
      throw new ImportError(`line ${number}: ${digits} is no RISC-V instruction of ${bytes.length} bytes`);
    }
    // Nothing else puts anything there.
    this.compressed ||= (!data && bytes.length === 2) || (address % 4n === 2n && bytes.length > 1);
    this.last = address;
    const last = this.runs.at(-1);
    const near = last?.place.space === this.space ? last : null;
    if (near !== null && address < near.end) {
      throw new ImportError(`line ${number}: address ${hex(address)} is within what stands before it`);
    }
    const run = near?.end === address ? near : new Run(this.section, { space: this.space, address });
    if (run !== near) this.runs.push(run);
    run.add(bytes);
  }

  program(): Program {
    if (this.runs.length === 0) {
      throw new ImportError(
        this.withoutBytes > 0
          ? 'shows no bytes of instructions: run objdump without --no-show-raw-insn'
          : 'is neither an ELF file nor text as `objdump -d` prints it: it has no line `address: bytes instruction`',
      );
    }
    const begins = this.runs.filter((run, i) => run.place.space !== this.runs[i - 1]?.place.space);
    const linked = begins.some(({ place }) => place.address >= firstPage);
    const codes = this.runs.map((run): Code => ({ name: run.name, place: run.place, bytes: run.bytes }));
    const alignment = linked ? 4096 : this.compressed ? 2 : 4;
    return {
      what: 'a disassembly',
      linked,
      xlen: this.width ?? 64,
      arch: null,
      compressed: this.compressed,
      codes,
      symbols: new Symbols(this.symbols),
      entries: {
        where: 'the list of functions that begin with nops',
        all: nopEntries(codes, this.symbols),
        missing: 'no function begins with two nops',
      },
      branches: {
        where: '',
        all: [],
        missing: 'a disassembly does not show the section __jump_table: import the ELF file',
      },
      alignmentAt: ({ address }) => ({ remainder: Number(address % BigInt(alignment)), modulus: alignment }),
      relocated: () => new Map(),
    };
  }
}

/** Nothing is linked there; where all sections begin before it, they are an object file's. */
const firstPage = 0x1000n;

function bytesOf(digits: string): number[] {
  // Pairs are bytes as they stand in memory, longer ones numbers, of which one that is long is told as several.
  return digits
    .split(' ')
    .flatMap((number) => (number.match(/../g) ?? []).reverse())
    .map((pair) => Number.parseInt(pair, 16));
}
