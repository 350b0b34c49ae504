import { assembleBlock, decode, format, type Isa, instructionLength, parseStatements } from '../isa';
import { hex, type Place, type Program } from './program';

/** One instruction, or data, as it is written in a block. */
export interface ListedLine {
  /** GNU as, free of symbols: what it assembles to at its place is what stands there. */
  readonly text: string;
  /** Address and bits: `0xffffffff80000008: 0001`. */
  readonly comment: string;
}

/** The bytes of a place as assembly that gives these bytes again, whatever they are. */
export function listing(program: Program, isa: Isa, place: Place, bytes: Uint8Array): ListedLine[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const relocated = program.relocated(place, bytes.length);
  const lines: ListedLine[] = [];
  for (let at = 0; at < bytes.length; ) {
    const address = place.address + BigInt(at);
    const left = bytes.length - at;
    const whole = left >= 2 ? instructionLength(view.getUint16(at, true)) : 1;
    const length = left === 1 ? 1 : whole === 4 && left >= 4 ? 4 : 2;
    const piece = bytes.subarray(at, at + length);
    const later = relocated.get(address);
    const digits = [...piece].reverse().map(digitsOf).join('');
    const comment = `${hex(address)}: ${digits}${later === undefined ? '' : `, before ${later}`}`;
    lines.push({ text: instruction(piece, address, isa) ?? data(digits), comment });
    at += length;
  }
  return lines;
}

const digitsOf = (byte: number): string => byte.toString(16).padStart(2, '0');
const data = (digits: string): string =>
  `${{ 2: '.byte', 4: '.half', 8: '.word' }[digits.length] ?? '.byte'} 0x${digits}`;

/** An instruction whose text assembles to just these bytes; null where there is no such text. */
function instruction(bytes: Uint8Array, address: bigint, isa: Isa): string | null {
  if (bytes.length === 1) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = bytes.length === 2 ? view.getUint16(0, true) : view.getUint32(0, true);
  const decoded = decode(word, isa);
  if (decoded.spec === null || decoded.length !== bytes.length) return null;
  // Compressed instructions by their own names: nothing is compressed where `.option rvc` is off.
  const text = format(decoded, { aliases: bytes.length === 4, xlen: isa.xlen });
  const { statements, problems } = assembleBlock(parseStatements(text), address, { isa, symbol: () => undefined });
  const [one, ...more] = statements;
  const same = one?.bytes.length === bytes.length && one.bytes.every((byte, i) => byte === bytes[i]);
  return same && more.length === 0 && problems.length === 0 ? text : null;
}
