import type { Reader, Segment } from './operands';
import { TextPool } from './texts';

/** Where text goes, piece by piece. */
export interface Sink {
  /** One of these texts. */
  put(texts: TextPool, number: number): void;
  add(text: string): void;
  /** A number from 0 to 2^32 - 1 in hexadecimal. */
  hex(value: number): void;
}

/** Writes where an offset from the instruction leads. */
export type WriteTarget = (offset: number, sink: Sink) => void;

/** A piece of an instruction: `addi`, ` a0`, `, 5`. */
export type Part =
  /** One of the texts from `first` on, which a run of bits chooses. */
  | { readonly k: 'run'; readonly first: number; readonly lo: number; readonly mask: number }
  /** The same, with bits from several places; the lowest of the number that they make is `scale`. */
  | { readonly k: 'gathered'; readonly first: number; readonly segments: readonly Segment[]; readonly scale: number }
  | { readonly k: 'target'; readonly read: Reader }
  /** A run of bits in hexadecimal. */
  | { readonly k: 'hex'; readonly lo: number; readonly mask: number }
  /** An offset from the instruction. */
  | { readonly k: 'target'; readonly read: Reader }
  /** Made anew each time. */
  | { readonly k: 'written'; readonly text: (word: number) => string };

/** One way to print an instruction, for those of its words that it fits. */
export interface Form {
  readonly mask: number;
  readonly match: number;
  /** Whether fields are the same that must be; null where none must. */
  readonly equal: ((word: number) => boolean) | null;
  readonly parts: readonly Part[];
}

const RUN = 0;
const GATHERED = 1;
const HEX = 2;
const TARGET = 3;
const WRITTEN = 4;

/**
 * How instructions are printed, as numbers: most of the time of a disassembler goes into this, and objects that lie about in
 * memory take several times as long. A form is its mask, match, equality and end, then its parts: what kind, and three more.
 */
export class PrintProgram {
  readonly texts = new TextPool();
  private code = new Int32Array(1 << 12);
  private length = 0;
  private readonly equal: ((word: number) => boolean)[] = [];
  private readonly targets: Reader[] = [];
  private readonly written: ((word: number) => string)[] = [];

  /** Adds the ways to print an instruction, tried in this order; the last always fits. Gives where they begin. */
  add(forms: readonly Form[]): number {
    const start = this.length;
    for (const { mask, match, equal, parts } of forms) {
      const head = this.length;
      this.emit(mask, match, equal === null ? -1 : this.equal.push(equal) - 1, 0);
      for (const part of parts) this.part(part);
      this.code[head + 3] = this.length;
    }
    return start;
  }

  private emit(...numbers: readonly number[]): void {
    while (this.length + numbers.length > this.code.length) {
      const wider = new Int32Array(2 * this.code.length);
      wider.set(this.code);
      this.code = wider;
    }
    this.code.set(numbers, this.length);
    this.length += numbers.length;
  }

  private part(part: Part): void {
    switch (part.k) {
      case 'run':
        this.emit(RUN, part.first, part.lo, part.mask);
        break;
      case 'gathered':
        this.emit(GATHERED, part.first, part.segments.length, Math.log2(part.scale));
        for (const { hi, lo, at } of part.segments) this.emit(lo, 2 ** (hi - lo + 1) - 1, at, 0);
        break;
      case 'hex':
        this.emit(HEX, 0, part.lo, part.mask);
        break;
      case 'target':
        this.emit(TARGET, this.targets.push(part.read) - 1, 0, 0);
        break;
      case 'written':
        this.emit(WRITTEN, this.written.push(part.text) - 1, 0, 0);
    }
  }

  /** Prints a word by the first form from `start` on that fits. */
  write(start: number, word: number, sink: Sink, target: WriteTarget): void {
    const { code, texts } = this;
    let at = start;
    while (!this.fits(at, word)) at = code[at + 3] ?? 0;
    const end = code[at + 3] ?? 0;
    for (at += 4; at < end; at += 4) {
      const what = code[at + 1] ?? 0;
      switch (code[at]) {
        case RUN:
          sink.put(texts, what + ((word >>> (code[at + 2] ?? 0)) & (code[at + 3] ?? 0)));
          break;
        case GATHERED: {
          const shift = code[at + 3] ?? 0;
          let value = 0;
          for (let left = code[at + 2] ?? 0; left > 0; left--) {
            at += 4;
            value |= ((word >>> (code[at] ?? 0)) & (code[at + 1] ?? 0)) << (code[at + 2] ?? 0);
          }
          sink.put(texts, what + (value >>> shift));
          break;
        }
        case HEX:
          sink.hex((word >>> (code[at + 2] ?? 0)) & (code[at + 3] ?? 0));
          break;
        case TARGET:
          target(this.targets[what]?.(word) ?? 0, sink);
          break;
        default:
          sink.add(this.written[what]?.(word) ?? '');
      }
    }
  }

  private fits(form: number, word: number): boolean {
    const { code } = this;
    if (((word ^ (code[form + 1] ?? 0)) & (code[form] ?? 0)) !== 0) return false;
    const equal = code[form + 2] ?? 0;
    return equal < 0 || this.equal[equal]?.(word) === true;
  }
}
