import type { OperandKindSpec } from './operands';
import { Pool, Texts } from './texts';
import { type ValueStyle, valueText } from './value-text';

/** Where text goes, piece by piece. */
export interface Sink {
  /** One of these texts. */
  put(texts: Texts, index: number): void;
  add(text: string): void;
  /** A number from 0 to 2^32 - 1 in hexadecimal. */
  hex(value: number): void;
}

/** Writes where an offset from the instruction leads. */
export type WriteTarget = (offset: number, sink: Sink) => void;

type Read = OperandKindSpec['read'];

/** A piece of an instruction: one of some texts, which the word chooses. */
interface Choice {
  readonly texts: Texts;
  /** A run of bits that is the index, */
  readonly lo: number;
  readonly mask: number;
  /** or what makes the index of a word. */
  readonly index: Read | null;
}

/** What is written anew each time. */
type Write = (word: number, sink: Sink, target: WriteTarget) => void;

/** Prints a piece of an instruction: `addi`, ` a0`, `, 5`. All are of one shape: most of the time goes into these. */
export class Part {
  private readonly texts: Texts | null;
  private readonly lo: number;
  private readonly mask: number;
  private readonly index: Read | null;
  private readonly anew: Write | null;

  constructor(how: Choice | Write) {
    const choice = typeof how === 'function' ? null : how;
    this.texts = choice?.texts ?? null;
    this.lo = choice?.lo ?? 0;
    this.mask = choice?.mask ?? 0;
    this.index = choice?.index ?? null;
    this.anew = typeof how === 'function' ? how : null;
  }

  write(word: number, sink: Sink, target: WriteTarget): void {
    const { texts, index } = this;
    if (texts !== null) sink.put(texts, index === null ? (word >>> this.lo) & this.mask : index(word));
    else this.anew?.(word, sink, target);
  }
}

/** Where the value of a field comes from: bits of the word, or it is always the same. */
export type Source = OperandKindSpec | number;

/** A field to be written. */
export interface Value {
  /** How it is written; its bits may be those of another kind. */
  readonly kind: OperandKindSpec;
  readonly source: Source;
  /** A separator before it. */
  readonly before: string;
  /** Whether both are left out where it has the usual value. */
  readonly optional: boolean;
}

/** The ordering of an atomic access, part of its mnemonic. */
export interface Ordering {
  readonly aq: OperandKindSpec;
  readonly rl: OperandKindSpec;
}

/** What is written one after another: text and fields. */
export type Piece = string | Value | Ordering;

/** Kinds with more values than this are written anew each time. */
const mostTexts = 4096;

const ORDERINGS: readonly string[] = ['', '.rl', '.aq', '.aqrl'];

/** Makes the parts that print pieces. */
export class PartMaker {
  private readonly pool = new Pool();
  /** By what comes before it, the kind and whose bits they are. */
  private readonly texts = new Map<string, Texts>();
  private readonly orderings = new Texts(this.pool, ORDERINGS.length, (index) => ORDERINGS[index] ?? '');

  constructor(private readonly style: ValueStyle) {}

  /** @param list the source of the register list on which a stack adjustment depends */
  of(pieces: readonly Piece[], list: Source | undefined): Part[] {
    const parts: Part[] = [];
    let text = '';
    const flush = (): void => {
      const fixed = text;
      if (fixed !== '')
        parts.push(new Part({ texts: new Texts(this.pool, 1, () => fixed), lo: 0, mask: 0, index: null }));
      text = '';
    };
    for (const piece of pieces) {
      if (typeof piece === 'string') text += piece;
      else if ('aq' in piece) {
        const { aq, rl } = piece;
        flush();
        parts.push(
          new Part({ texts: this.orderings, lo: 0, mask: 0, index: (word) => (aq.read(word) << 1) | rl.read(word) }),
        );
      } else if (typeof piece.source === 'number' && piece.kind.class !== 'target') {
        if (!isLeftOut(piece, piece.source)) text += piece.before + valueText(piece.kind, piece.source, this.style);
      } else {
        flush();
        parts.push(new Part(this.choice(piece) ?? this.writing(piece, list)));
      }
    }
    flush();
    return parts;
  }

  /** Null where there are too many values, or where more than the value decides. */
  private choice(value: Value): Choice | null {
    const { kind, source } = value;
    if (typeof source === 'number' || kind.class === 'target' || kind.class === 'spimm') return null;
    if (countOf(source) > mostTexts) return null;
    const { min, segments, read } = source;
    const [segment, ...more] = segments;
    if (segment && more.length === 0) {
      // One run of bits is its own index.
      const { lo } = segment;
      const mask = 2 ** (segment.hi - lo + 1) - 1;
      return { texts: this.textsOf(value, source, (index) => read(index << lo)), lo, mask, index: null };
    }
    const shift = Math.log2(source.scale);
    const texts = this.textsOf(value, source, (index) => min + (index << shift));
    return { texts, lo: 0, mask: 0, index: (word) => (read(word) - min) >> shift };
  }

  private writing({ kind, source, before }: Value, list: Source | undefined): Write {
    const { style } = this;
    const read = typeof source === 'number' ? () => source : source.read;
    if (kind.class === 'target')
      return (word, sink, target) => {
        sink.add(before);
        target(read(word), sink);
      };
    const listed = typeof list === 'object' ? list.read : () => list;
    return (word, sink) => sink.add(before + valueText(kind, read(word), style, listed(word)));
  }

  /** The texts of a value with what comes before it; all that print it so share them. */
  private textsOf(value: Value, source: OperandKindSpec, numberOf: (index: number) => number): Texts {
    const { kind, before, optional } = value;
    const key = JSON.stringify([before, optional, kind.kind, source.kind]);
    let texts = this.texts.get(key);
    if (!texts) {
      texts = new Texts(this.pool, countOf(source), (index) => {
        const number = numberOf(index);
        return isLeftOut(value, number) ? '' : before + valueText(kind, number, this.style);
      });
      this.texts.set(key, texts);
    }
    return texts;
  }
}

/** How many values there are. */
const countOf = (source: Source): number =>
  typeof source === 'number' ? 1 : (source.max - source.min) / source.scale + 1;

const isLeftOut = ({ optional, kind }: Value, value: number): boolean => optional && value === (kind.omitted ?? 0);
