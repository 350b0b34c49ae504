import { decode, format, type Isa, parseIsa } from '../isa';
import { defaultIsa } from '../language/machine';
import { parseArguments, UsageError } from './arguments';
import { type CliHost, type ExitCode, exitCodes } from './host';
import { styleFor } from './style';

/** One line of `cmodx decode --json`. */
export interface DecodedJson {
  /** From the first word's first byte on. */
  readonly address: string;
  /** The instruction's bits as one number, as objdump writes them. */
  readonly bytes: string;
  readonly text: string;
  /** What the instruction belongs to, `c+d` where it needs both; null where it is none. */
  readonly extension: string | null;
  /** Whether it executes under the ISA; hints do. */
  readonly legal: boolean;
  /** Why it is not legal; null where it is. */
  readonly reason: string | null;
}

/** The bytes that a word stands for: 2 for up to four hex digits, else 4. */
interface Word {
  readonly value: number;
  readonly length: 2 | 4;
}

/** @throws UsageError where `text` is no hex number of up to 32 bits */
function parseWord(text: string): Word {
  const digits = /^(?:0x)?([0-9a-f]+)$/i.exec(text.replaceAll('_', ''))?.[1];
  if (digits === undefined) throw new UsageError(`\`${text}\` is no hex number`);
  if (digits.length > 8) throw new UsageError(`\`${text}\` has more than 32 bits; write it as several words`);
  return { value: Number.parseInt(digits, 16), length: digits.length <= 4 ? 2 : 4 };
}

/** @throws UsageError */
function isaOf(text: string): Isa {
  const result = parseIsa(text);
  if (!result.ok)
    throw new UsageError(`\`--isa ${text}\`: ${result.problems.map(({ message }) => message).join('; ')}`);
  return result.isa;
}

function hexNumber(value: number, bytes: number): string {
  return `0x${value.toString(16).padStart(bytes * 2, '0')}`;
}

/** The instructions of one word: one, or two parcels. */
function decodeWord({ value, length }: Word, address: number, isa: Isa): DecodedJson[] {
  const parcel = value & 0xffff;
  const short = (parcel & 3) !== 3 || length === 2;
  const size = short ? 2 : 4;
  const decoded = decode(short ? parcel : value, isa);
  const half = short && decoded.length !== 2;
  const legal = !half && (decoded.legality === 'legal' || decoded.legality === 'hint');
  const line: DecodedJson = {
    address: hexNumber(address, 4),
    bytes: hexNumber(short ? parcel : value >>> 0, size),
    text: half ? `.half ${hexNumber(parcel, 2)}` : format(decoded, { xlen: isa.xlen }),
    extension: half ? null : extensionOf(decoded.spec?.extensions),
    legal,
    reason: half ? 'the first half of a longer instruction' : legal ? null : (decoded.reason ?? decoded.legality),
  };
  if (!short || length === 2) return [line];
  return [line, ...decodeWord({ value: value >>> 16, length: 2 }, address + 2, isa)];
}

function extensionOf(extensions: readonly (readonly string[])[] | undefined): string | null {
  return extensions?.[0]?.join('+') ?? null;
}

/** `cmodx decode`: what the words execute as, one after the other. */
export function decodeCommand(args: readonly string[], host: CliHost): ExitCode {
  const { flags, texts, operands } = parseArguments(args, { '--json': 'flag', '--isa': 'text' });
  if (operands.length === 0) throw new UsageError('`cmodx decode` needs a word in hex, such as 0x000282e7');
  const isa = isaOf(texts.get('--isa') ?? defaultIsa);
  const words = operands.map(parseWord);
  const style = styleFor(host.colour);
  let address = 0;
  for (const word of words) {
    for (const line of decodeWord(word, address, isa)) {
      if (flags.has('--json')) host.stdout(`${JSON.stringify(line)}\n`);
      else {
        const { bytes, text, extension, legal, reason } = line;
        const note = legal ? style.faint(extension ?? '') : style.bad(reason ?? 'illegal');
        host.stdout(`${bytes.padEnd(10)}  ${text.padEnd(28)}  ${note}\n`);
      }
    }
    address += word.length;
  }
  return exitCodes.ok;
}
