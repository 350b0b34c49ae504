import { deposit, type OperandKindSpec, type Reader } from './operands';
import type { Part } from './program';
import type { TextPool } from './texts';
import { type ValueStyle, valueText } from './value-text';

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
/** Kinds with more values than this share their texts, without the text around them, which each instruction has its own of. */
const mostOwnTexts = 64;

const ORDERINGS: readonly string[] = ['', '.rl', '.aq', '.aqrl'];

/** A field, and the text before and behind it. */
interface Group {
  readonly lead: string;
  readonly field: Value | Ordering;
  readonly tail: string;
}

/** Makes the parts that print pieces. */
export class PartMaker {
  /** The numbers of texts that several instructions share, by what they are made from. */
  private readonly shared = new Map<string, number>();

  constructor(
    private readonly style: ValueStyle,
    private readonly pool: TextPool,
  ) {}

  /** @param list the source of the register list on which a stack adjustment depends */
  of(pieces: readonly Piece[], list: Source | undefined): Part[] {
    const groups: Group[] = [];
    let text = '';
    for (const piece of pieces) {
      if (typeof piece === 'string') text += piece;
      else if ('source' in piece && typeof piece.source === 'number' && piece.kind.class !== 'target')
        text += textOf(piece, piece.source, this.style);
      else {
        groups.push({ lead: text, field: piece, tail: '' });
        text = '';
      }
    }
    const last = groups.pop();
    if (!last) return [this.fixed(text)];
    return [...groups, { ...last, tail: text }].flatMap((group) => this.partsOf(group, list));
  }

  private partsOf({ lead, field, tail }: Group, list: Source | undefined): Part[] {
    if ('aq' in field) return this.around(lead, this.ordering(field), tail);
    const { kind, source, before } = field;
    if (kind.class === 'target') return this.around(lead + before, { k: 'target', read: readerOf(source) }, tail);
    const count = typeof source === 'number' || kind.class === 'spimm' ? Number.POSITIVE_INFINITY : countOf(source);
    if (typeof source !== 'number' && count <= mostOwnTexts) return [this.chosen(field, source, lead, tail)];
    if (typeof source !== 'number' && count <= mostTexts)
      return this.around(lead, this.chosen(field, source, '', ''), tail);
    const run =
      kind.class === 'upper' && typeof source !== 'number' && source.class === 'upper' ? onlyRun(source) : null;
    if (run) return this.around(`${lead}${before}0x`, { k: 'hex', ...run }, tail);
    const [read, listed] = [readerOf(source), list === undefined ? () => undefined : readerOf(list)];
    const text = (word: number): string => valueText(kind, read(word), this.style, listed(word));
    return this.around(lead + before, { k: 'written', text }, tail);
  }

  private around(lead: string, part: Part, tail: string): Part[] {
    return [...(lead === '' ? [] : [this.fixed(lead)]), part, ...(tail === '' ? [] : [this.fixed(tail)])];
  }

  private fixed(text: string): Part {
    return { k: 'run', first: this.textsOf(`'${text}`, 1, () => text), lo: 0, mask: 0 };
  }

  private ordering({ aq, rl }: Ordering): Part {
    const first = this.textsOf('ordering', ORDERINGS.length, (index) => ORDERINGS[index] ?? '');
    const segments = [...rl.segments, ...aq.segments.map((segment) => ({ ...segment, at: 1 }))];
    return { k: 'gathered', first, segments, scale: 1 };
  }

  /** One of the texts of a field, each with the text around it. */
  private chosen(field: Value, source: OperandKindSpec, lead: string, tail: string): Part {
    const { kind, before, optional } = field;
    const { segments, scale, read } = source;
    const shift = Math.log2(scale);
    const key = JSON.stringify([lead, before, tail, optional, kind.kind, source.kind]);
    const first = this.textsOf(key, countOf(source), (index) => {
      const value = read(deposit(segments, index << shift));
      return lead + textOf(field, value, this.style) + tail;
    });
    const run = onlyRun(source);
    return run ? { k: 'run', first, ...run } : { k: 'gathered', first, segments, scale };
  }

  /** Texts that are numbered once for all that have the same key. */
  private textsOf(key: string, count: number, make: (index: number) => string): number {
    let first = this.shared.get(key);
    if (first === undefined) {
      first = this.pool.add(count, make);
      this.shared.set(key, first);
    }
    return first;
  }
}

/** A value with what comes before it. */
function textOf({ kind, before, optional }: Value, value: number, style: ValueStyle): string {
  return optional && value === (kind.omitted ?? 0) ? '' : before + valueText(kind, value, style);
}

/** How many patterns of bits there are. */
const countOf = ({ segments, scale }: OperandKindSpec): number =>
  2 ** Math.max(...segments.map(({ hi, lo, at }) => at + hi - lo + 1)) / scale;

/** The one run of bits that a field consists of; null where there are several. */
function onlyRun({ segments }: OperandKindSpec): { readonly lo: number; readonly mask: number } | null {
  const [segment, ...more] = segments;
  return segment && more.length === 0 ? { lo: segment.lo, mask: 2 ** (segment.hi - segment.lo + 1) - 1 } : null;
}

const readerOf = (source: Source): Reader => (typeof source === 'number' ? () => source : source.read);
