import { csrNumber, type Decoded, decode, format, type Isa } from '../../../server/src/isa/index';

/** An instruction as all disassemblers agree on it: mnemonic, then operands with every number in decimal. */
function canonical(text: string): string {
  const [mnemonic = '', operands = ''] = text.trim().split(/\s+(.*)/s);
  const words = operands
    .replace(/<[^>]*>|#.*$/g, '')
    .split(/[\s,()]+/)
    .filter((word) => word !== '')
    .map((word) => {
      const number = csrNumber(word);
      if (number !== undefined) return String(number);
      return /^-?(0x[0-9a-f]+|\d+)$/.test(word) ? BigInt.asIntN(64, signedValue(word)).toString() : word;
    });
  // The dynamic rounding mode is written or left out, by taste.
  return [mnemonic, ...words.filter((word) => word !== 'dyn')].join(' ');
}

const signedValue = (text: string): bigint => (text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));

const NO_INSTRUCTION = /^(\.|0x|<unknown>|(c\.)?unimp$)/;

/** What a disassembler printed, with our spacing and its targets (`8 <.text+0x8>` in objdump) recognisable; null for data. */
export function cleaned(printed: string): string | null {
  if (NO_INSTRUCTION.test(printed)) return null;
  const text = printed
    .replace('\t', ' ')
    .replaceAll(', ', ',')
    .replace(/\b([0-9a-f]+)(?= <)/, '0x$1')
    .replace('0x0x', '0x');
  // objdump has no name for an empty fence set.
  return text.startsWith('fence ') ? text.replaceAll('unknown', '0') : text;
}

/** A word and what we make of it. */
export interface Ours {
  readonly word: number;
  readonly address: number;
  readonly decoded: Decoded;
  /** As objdump would print it; null for what is neither legal nor a hint. */
  readonly text: string | null;
}

/** Our disassembly of words that are placed one after another. */
export function disassemble(words: Uint32Array, length: 2 | 4, isa: Isa, aliases = false): Ours[] {
  return Array.from(words, (word, index) => {
    const address = index * length;
    const decoded = decode(word, isa);
    const good = decoded.legality === 'legal' || decoded.legality === 'hint';
    const style = { aliases, numeric: !aliases, separator: ',', xlen: isa.xlen, address: BigInt(address) };
    return { word, address, decoded, text: good ? format(decoded, style) : null };
  });
}

/**
 * Counts the differences from an oracle's output by what differs: `accepts` and `rejects` say what the oracle does with an
 * instruction of which we think otherwise, `prints` that the texts differ.
 */
export function differences(
  ours: readonly Ours[],
  theirs: ReadonlyMap<number, string>,
): { readonly counts: Record<string, number>; readonly examples: Record<string, string> } {
  const counts: Record<string, number> = {};
  const examples: Record<string, string> = {};
  for (const { word, address, decoded, text: our } of ours) {
    const printed = theirs.get(address);
    const their = printed === undefined ? null : cleaned(printed);
    if (our === their || (our !== null && their !== null && canonical(our) === canonical(their))) continue;
    const key = keyOf(decoded, our, their);
    counts[key] = (counts[key] ?? 0) + 1;
    examples[key] ??= `0x${word.toString(16)}: we say ${our ?? decoded.reason}, they say ${printed}`;
  }
  return { counts, examples };
}

const mnemonicOf = (text: string | null): string => text?.split(' ')[0] ?? '';

function keyOf(decoded: Decoded, our: string | null, their: string | null): string {
  if (our === null) {
    if (decoded.reason?.startsWith('reserved with rm=')) return 'accepts rm 5 and 6';
    if (decoded.reason === 'reserved with vm=0&vd=0') return 'accepts a masked v0';
    if (decoded.reason?.startsWith('reserved with vd=vs')) return 'accepts an overlap of vector registers';
    if (decoded.reason === 'reserved with vd=0') return 'accepts v0 as destination beside a carry or choice in v0';
    if (/ei64\.v\b/.test(their ?? '')) return 'accepts 64-bit vector indices';
    if (/^v(l|s|mv)[248]r/.test(their ?? '')) return 'accepts a group of vector registers from any register on';
    return `accepts ${mnemonicOf(their)}`;
  }
  if (their === null) return `rejects ${mnemonicOf(our)}`;
  return `prints ${mnemonicOf(our)} as ${mnemonicOf(their)}`;
}
