import { type Decoded, type Decoder, decode, decoderOf, type Isa, instructionLength, Printer, type Sink } from '../isa';
import type { Symbols } from './symbols';
import { type Role, roleOf, Targets } from './targets';

/** One instruction, or a piece of data, where it runs. The object is used again for the next line. */
export interface Line {
  /** From the beginning of the code. */
  readonly offset: number;
  /** The bits as one number, unsigned. */
  readonly bits: number;
  readonly length: 1 | 2 | 4;
  /** Whether something that has a name may begin here. */
  readonly first: boolean;
  /** Writes mnemonic and operands. */
  write(sink: Sink): void;
  /** Null: data, or half an instruction. */
  decoded(): Decoded | null;
}

/**
 * Shows the lines of a range of code one after another. What is cut off by the end, or by a symbol, is shown as data.
 * @param gap between mnemonic and operands
 * @returns shows the lines of so many bytes more; whether there are others
 */
export function disassembler(
  bytes: Uint8Array,
  address: bigint,
  isa: Isa,
  symbols: Symbols,
  gap: string,
  show: (line: Line) => void,
): (count: number) => boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const line = new CurrentLine(isa, address, symbols, gap);
  let isData = false;
  let next = 0;
  let start = 0;
  const advance = (count: number): boolean => {
    const end = Math.min(bytes.length, start + count);
    let at = start;
    for (; at < end; at += line.length) {
      line.first = at >= next;
      if (line.first) {
        const here = address + BigInt(at);
        const following = symbols.next(here);
        next = following === null ? Number.POSITIVE_INFINITY : Number(following - address);
        isData = symbols.isData(here);
      }
      const left = bytes.length - at;
      const parcel = left >= 2 ? view.getUint16(at, true) : 0;
      const length = left >= 2 ? instructionLength(parcel) : 1;
      if (isData || length === 1 || (length === 4 && left < 4)) {
        const room = Math.min(left, next - at);
        const size = room >= 4 ? 4 : room >= 2 ? 2 : 1;
        const value = size === 4 ? view.getUint32(at, true) : size === 2 ? view.getUint16(at, true) : view.getUint8(at);
        line.data(at, value, size);
      }
      // Of the longer formats, of which there are no instructions, one parcel is shown at a time.
      else if (length === 4) line.instruction(at, view.getUint32(at, true), 4);
      else line.instruction(at, parcel, 2);
      show(line);
    }
    start = at;
    return at < bytes.length;
  };
  return advance;
}

/** What is known of an instruction. */
interface Known {
  /** How it is printed, and where it is a hint. */
  readonly plain: number;
  readonly hint: number;
  readonly role: Role;
}

const DIRECTIVES = { 1: '.byte', 2: '.short', 4: '.word' } as const;

class CurrentLine implements Line {
  offset = 0;
  bits = 0;
  length: 1 | 2 | 4 = 4;
  first = false;
  /** The instruction's index, or -1. */
  private found = -1;
  private directive = '';
  private readonly decoder: Decoder;
  private readonly printer: Printer;
  private readonly targets: Targets;
  private readonly known: (Known | undefined)[] = [];
  private readonly target = (offset: number, sink: Sink): void => this.targets.write(this.offset + offset, sink);

  constructor(
    private readonly isa: Isa,
    address: bigint,
    symbols: Symbols,
    private readonly gap: string,
  ) {
    this.decoder = decoderOf(isa);
    this.printer = new Printer({ xlen: isa.xlen, aliases: true, numeric: false, separator: ',', gap });
    this.targets = new Targets(address, isa.xlen, symbols);
  }

  data(offset: number, bits: number, length: 1 | 2 | 4): void {
    this.offset = offset;
    this.bits = bits;
    this.length = length;
    this.found = -1;
    this.directive = DIRECTIVES[length];
  }

  /** Where an instruction ought to stand. */
  instruction(offset: number, bits: number, length: 2 | 4): void {
    this.offset = offset;
    this.bits = bits;
    this.length = length;
    this.found = this.decoder.find(bits);
    this.directive = length === 2 ? '.2byte' : '.4byte';
  }

  write(sink: Sink): void {
    const { found, bits } = this;
    if (found < 0) {
      sink.add(`${this.directive}${this.gap}0x${bits.toString(16).padStart(2 * this.length, '0')}`);
      return;
    }
    const hint = this.decoder.isHint(found, bits);
    const known = this.known[found] ?? this.learn(found);
    this.printer.write(hint ? known.hint : known.plain, bits, sink, this.target);
    this.targets.note(known.role, bits, this.offset, hint, sink);
  }

  private learn(index: number): Known {
    const found = this.decoder.candidate(index);
    if (found === null) throw new Error(`no instruction ${index}`);
    const { spec } = found;
    const known = { plain: this.printer.of(spec, false), hint: this.printer.of(spec, true), role: roleOf(found) };
    this.known[index] = known;
    return known;
  }

  decoded(): Decoded | null {
    return this.found < 0 ? null : decode(this.bits, this.isa);
  }
}
