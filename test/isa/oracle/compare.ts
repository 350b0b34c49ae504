import { csrNumber, type Decoded, decode, format, type Isa, type Xlen } from '../../../server/src/isa/index';
import { bytesOf } from './corpus';
import type { Judge, Machine } from './judges';
import { gnuDisassembly, llvmDisassembly } from './tools';

/** What is shown to a judge, and whether it is to name pseudo-instructions. */
export interface Corpus {
  readonly words: Uint32Array;
  readonly length: 2 | 4;
  readonly aliases: boolean;
}

/** A word of which a judge does not say what we say. */
export interface Difference {
  readonly judge: Judge;
  readonly xlen: Xlen;
  readonly aliases: boolean;
  readonly word: number;
  readonly decoded: Decoded;
  /** What each prints, in the one notation of `canonical`; null for what is no instruction to it. */
  readonly ours: string | null;
  readonly theirs: string | null;
  /** What we would print if what we decode were not reserved; null where we decode nothing. */
  readonly otherwise: string | null;
}

const signedValue = (text: string): bigint => (text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));

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

const NO_INSTRUCTION = /^(\.|0x|<unknown>|(c\.)?unimp$)/;

/** Both say so of what is set aside to be illegal. */
const UNIMP = /^(c\.)?unimp$/;

/** What a disassembler printed, with our spacing and its targets (`8 <.text+0x8>` in objdump) recognisable; null for data. */
function cleaned(printed: string): string | null {
  if (NO_INSTRUCTION.test(printed)) return null;
  const text = printed
    .replace('\t', ' ')
    .replaceAll(', ', ',')
    .replace(/\b([0-9a-f]+)(?= <)/, '0x$1')
    .replace('0x0x', '0x');
  // objdump has no name for an empty fence set.
  return text.startsWith('fence ') ? text.replaceAll('unknown', '0') : text;
}

/** Two texts in the one notation where they are not the same, or null. */
function told(ours: string | null, theirs: string | null): readonly [string | null, string | null] | null {
  if (ours === theirs) return null;
  const both = [ours, theirs].map((text) => (text === null ? null : canonical(text)));
  const [our = null, their = null] = both;
  return our === their ? null : [our, their];
}

/** What a corpus shows of how a judge's disassembly and ours differ. */
export interface Comparison {
  readonly differences: readonly Difference[];
  /** The mnemonics of which some word is the same instruction to both, whatever its operands. */
  readonly agreed: ReadonlySet<string>;
}

const isInstruction = ({ legality }: Decoded): boolean => legality === 'legal' || legality === 'hint';

/** Shows a corpus to a judge and to us. */
export async function compared(corpus: Corpus, { isa, march, judge }: Machine): Promise<Comparison> {
  const { words, length, aliases } = corpus;
  const code = bytesOf(words, length);
  const printed = await (judge === 'gnu' ? gnuDisassembly : llvmDisassembly)(code, march, aliases);
  const differences: Difference[] = [];
  const agreed = new Set<string>();
  words.forEach((word, index) => {
    const address = index * length;
    const decoded = decode(word, isa);
    const text = (): string => shown(decoded, isa, address, aliases);
    const ours = isInstruction(decoded) ? text() : null;
    const line = printed.get(address);
    const theirs = line === undefined ? null : cleaned(line);
    const both = told(ours, theirs);
    if (both) {
      const [our, their] = both;
      const otherwise = decoded.spec ? canonical(text()) : null;
      differences.push({ judge, xlen: isa.xlen, aliases, word, decoded, ours: our, theirs: their, otherwise });
    } else if (ours !== null || UNIMP.test(line ?? '')) agreed.add(decoded.spec?.mnemonic ?? '');
  });
  return { differences, agreed };
}

/** As objdump prints it. */
const shown = (decoded: Decoded, { xlen }: Isa, address: number, aliases: boolean): string =>
  format(decoded, { aliases, numeric: !aliases, separator: ',', xlen, address: BigInt(address) });

/** For people. */
export const differenceText = ({ word, ours, theirs, decoded, judge, xlen }: Difference): string =>
  `0x${word.toString(16)} on RV${xlen}: we say ${ours ?? decoded.reason}, ${judge} says ${theirs ?? 'nothing'}`;
