import type { OperandKindSpec } from './operands';
import { type ValueStyle, valueText } from './value-text';

/** Where text goes, piece by piece. */
export interface Sink {
  add(text: string): void;
}

/** Says where an offset from the instruction leads. */
export type TargetText = (offset: number) => string;

/** Prints a piece of an instruction: `addi a0`, `, 5`. */
export type Part = (word: number, sink: Sink, target: TargetText) => void;

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
/** The texts of kinds with more values than this are without the mnemonic, so that all instructions share them. */
const mostOwnTexts = 64;

const ORDERINGS: readonly string[] = ['', '.rl', '.aq', '.aqrl'];

/** Makes the parts that print pieces. The text of a value is made once, together with what comes before it. */
export class PartMaker {
  /** By what comes before it, the kind and whose bits they are; then by number. */
  private readonly texts = new Map<string, (string | undefined)[]>();

  constructor(private readonly style: ValueStyle) {}

  /** @param list the source of the register list on which a stack adjustment depends */
  of(pieces: readonly Piece[], list: Source | undefined): Part[] {
    const parts: Part[] = [];
    let text = '';
    const flush = (): void => {
      const fixed = text;
      if (fixed !== '') parts.push((_word, sink) => sink.add(fixed));
      text = '';
    };
    for (const piece of pieces) {
      if (typeof piece === 'string') text += piece;
      else if ('aq' in piece) {
        const { aq, rl } = piece;
        flush();
        parts.push((word, sink) => sink.add(ORDERINGS[(aq.read(word) << 1) | rl.read(word)] ?? ''));
      } else if (typeof piece.source === 'number' && piece.kind.class !== 'target') {
        if (!isLeftOut(piece, piece.source)) text += piece.before + valueText(piece.kind, piece.source, this.style);
      } else if (!piece.optional && countOf(piece.source) <= mostOwnTexts) {
        parts.push(this.part({ ...piece, before: text + piece.before }, list));
        text = '';
      } else {
        flush();
        parts.push(this.part(piece, list));
      }
    }
    flush();
    return parts;
  }

  private part(value: Value, list: Source | undefined): Part {
    const { kind, source, before } = value;
    const { style } = this;
    const read = typeof source === 'number' ? () => source : source.read;
    if (kind.class === 'target') return (word, sink, target) => sink.add(before + target(read(word)));
    if (kind.class === 'spimm') {
      const listed = typeof list === 'object' ? list.read : () => list;
      return (word, sink) => sink.add(before + valueText(kind, read(word), style, listed(word)));
    }
    if (typeof source === 'number' || countOf(source) > mostTexts)
      return (word, sink) => sink.add(before + valueText(kind, read(word), style));
    const texts = this.textsOf(value, source);
    const textOf = (number: number): string =>
      isLeftOut(value, number) ? '' : before + valueText(kind, number, style);
    const [segment, ...more] = source.segments;
    if (segment && more.length === 0) {
      // One run of bits is its own index.
      const { lo } = segment;
      const mask = 2 ** (segment.hi - lo + 1) - 1;
      return (word, sink) => {
        const index = (word >>> lo) & mask;
        let text = texts[index];
        if (text === undefined) {
          text = textOf(read(word));
          texts[index] = text;
        }
        sink.add(text);
      };
    }
    const { min } = source;
    const shift = Math.log2(source.scale);
    return (word, sink) => {
      const number = read(word);
      const index = (number - min) >> shift;
      let text = texts[index];
      if (text === undefined) {
        text = textOf(number);
        texts[index] = text;
      }
      sink.add(text);
    };
  }

  private textsOf({ kind, before, optional }: Value, source: OperandKindSpec): (string | undefined)[] {
    const key = JSON.stringify([before, optional, kind.kind, source.kind]);
    let texts = this.texts.get(key);
    if (!texts) {
      texts = new Array<string | undefined>(countOf(source)).fill(undefined);
      this.texts.set(key, texts);
    }
    return texts;
  }
}

/** How many values there are. */
const countOf = (source: Source): number =>
  typeof source === 'number' ? 1 : (source.max - source.min) / source.scale + 1;

const isLeftOut = ({ optional, kind }: Value, value: number): boolean => optional && value === (kind.omitted ?? 0);
