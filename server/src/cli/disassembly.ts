import { type Decoded, decode, format, type Isa, instructionLength } from '../isa';
import type { Symbols } from './symbols';

/** One instruction, or a piece of data, where it runs. */
export interface Line {
  readonly address: bigint;
  /** The bits as one number, unsigned. */
  readonly bits: bigint;
  readonly length: number;
  /** Null: data, or half an instruction. */
  readonly decoded: Decoded | null;
  /** Mnemonic and operands, with a space between them. */
  readonly text: string;
}

/** The lines of a range of code. What is cut off by the end, or by a symbol, is shown as data. */
export function* disassemble(bytes: Uint8Array, address: bigint, isa: Isa, symbols: Symbols): Generator<Line> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const targets = new Targets(isa, symbols);
  let next = symbols.next(address);
  for (let at = 0; at < bytes.length; ) {
    const here = address + BigInt(at);
    if (next !== null && here >= next) next = symbols.next(here);
    const room = Math.min(bytes.length - at, next === null ? Number.POSITIVE_INFINITY : Number(next - here));
    const parcel = bytes.length - at >= 2 ? view.getUint16(at, true) : null;
    const length = parcel === null ? 1 : instructionLength(parcel);
    // Of the longer formats, of which there are no instructions, one parcel is shown at a time.
    if (parcel !== null && length > 4 && !symbols.isData(here)) {
      yield unknown(here, parcel, 2);
      at += 2;
      continue;
    }
    if (parcel === null || length > bytes.length - at || symbols.isData(here)) {
      const size = room >= 4 ? 4 : room >= 2 ? 2 : 1;
      const value = size === 4 ? view.getUint32(at, true) : size === 2 ? view.getUint16(at, true) : view.getUint8(at);
      yield data(here, value, size);
      at += size;
      continue;
    }
    const decoded = decode(length === 2 ? parcel : view.getUint32(at, true), isa);
    yield decoded.spec === null
      ? unknown(here, decoded.word, length === 2 ? 2 : 4)
      : { address: here, bits: BigInt(decoded.word), length, decoded, text: targets.text(decoded, here) };
    at += length;
  }
}

/** Where an instruction ought to stand, and none does. */
function unknown(address: bigint, value: number, length: 2 | 4): Line {
  return { ...data(address, value, length), text: `.${length}byte ${hex(value, length)}` };
}

function data(address: bigint, value: number, size: 1 | 2 | 4): Line {
  const directive = { 1: '.byte', 2: '.short', 4: '.word' }[size];
  return { address, bits: BigInt(value), length: size, decoded: null, text: `${directive} ${hex(value, size)}` };
}

const hex = (value: number, bytes: number): string => `0x${value.toString(16).padStart(2 * bytes, '0')}`;

const relativeJumps = new Set(['jal', 'beq', 'bne', 'blt', 'bge', 'bltu', 'bgeu', 'c.j', 'c.jal', 'c.beqz', 'c.bnez']);
/** Instructions whose address objdump tells beside them: immediate and register make it. */
const additions = /^((c\.)?addiw?|jalr|l[bhwd]u?|s[bhwd]|fl[hwdq]|fs[hwdq])$/;
/** What they are printed as where nothing is told. */
const bare = /^(mv|sext\.w|nop|li|ret)\b/;
const [gp, tp] = [3, 4];

/** Prints instructions with the addresses that they name, as objdump does: also those built in two steps. */
class Targets {
  /** What the last `auipc` or `lui` put into each register, until it has been used. */
  private readonly upper = new Map<number, bigint>();

  constructor(
    private readonly isa: Isa,
    private readonly symbols: Symbols,
  ) {}

  text(decoded: Decoded, address: bigint): string {
    const { xlen } = this.isa;
    const near = (target: bigint): string | null => this.symbols.near(target);
    const text = format(decoded, { address, symbol: near, separator: ',', xlen });
    const mnemonic = decoded.spec?.mnemonic ?? '';
    // objdump prints the targets of jumps as bare addresses.
    if (relativeJumps.has(mnemonic)) return text.replace(/0x([0-9a-f]+ <[^>]*>)$/, '$1');
    const { rd = 0, imm = 0 } = decoded.fields;
    if (mnemonic === 'auipc' || mnemonic === 'lui' || mnemonic === 'c.lui') {
      const base = mnemonic === 'auipc' ? address : 0n;
      this.upper.set(rd, BigInt.asUintN(xlen, base + BigInt(imm)));
      return text;
    }
    if (!additions.test(mnemonic) || bare.test(text)) return text;
    const base = this.baseOf(decoded.fields.rs1 ?? rd, mnemonic.includes('addi'));
    if (base === null || decoded.legality === 'hint') return text;
    const sum = base + BigInt(imm);
    const target = BigInt.asUintN(
      xlen,
      mnemonic.endsWith('w') && mnemonic.includes('addi') ? BigInt.asIntN(32, sum) : sum,
    );
    const name = near(target);
    return `${text} # ${name === null ? '0x' : ''}${target.toString(16)}${name === null ? '' : ` <${name}>`}`;
  }

  /** What is known of a base register: the upper part of an address, which is used once; `gp`; or 0. */
  private baseOf(register: number, adds: boolean): bigint | null {
    const upper = this.upper.get(register);
    this.upper.delete(register);
    if (upper !== undefined && register !== 0) return upper;
    if (register === gp) return this.symbols.globalPointer;
    return (register === tp || register === 0) && !(adds && register === 0) ? 0n : null;
  }
}
