import { fRegister, xRegister } from '../../isa';
import type { LitmusContext } from './context';
import { type LitmusToken, numberOf, quoted, tokenize } from './lexer';
import type { NumberWord, Place, Range, ValueNode, Word } from './syntax';

const THREAD = /^P[0-9]{1,3}$/;
/** Forms of herd7 for other architectures' features: words that a `(` follows. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ...['PTE', 'TTD', 'PA', 'oa'].map((word) => [word, 'virtual memory'] as const),
  ...['TAG', 'tag'].map((word) => [word, 'memory tags'] as const),
  ...['fault', 'Fault'].map((word) => [word, 'faults'] as const),
]);

/** `0:x5`, `P0:L0`: a thread and a name in it. */
interface ThreadName extends Range {
  readonly thread: number;
  readonly threadRange: Range;
  readonly name: Word;
}

// Spelt out: to spread an object here takes most of the time of reading a file.
const registerPlace = ({ thread, threadRange, name, start, end }: ThreadName): Place & { readonly k: 'register' } => ({
  k: 'register',
  thread,
  threadRange,
  name,
  start,
  end,
});

/** A place among the tokens of the initial state or the condition, and what both of them are made of. */
export class LitmusCursor {
  private readonly tokens: readonly LitmusToken[];
  private index = 0;

  constructor(
    readonly context: LitmusContext,
    private readonly range: Range,
  ) {
    this.tokens = tokenize(context.masked, range.start, range.end);
  }

  peek(ahead = 0): LitmusToken | undefined {
    return this.tokens[this.index + ahead];
  }

  next(): LitmusToken | undefined {
    return this.tokens[this.index++];
  }

  at(text: string, ahead = 0): boolean {
    return this.peek(ahead)?.text === text;
  }

  accept(text: string): LitmusToken | undefined {
    return this.at(text) ? this.next() : undefined;
  }

  get done(): boolean {
    return this.index >= this.tokens.length;
  }

  /** The next token's place; at the end, the last token's. */
  get here(): Range {
    const token = this.peek() ?? this.tokens.at(-1);
    return token ?? { start: this.range.start, end: this.range.start };
  }

  /** Where the last token taken ends. */
  get lastEnd(): number {
    return this.tokens[this.index - 1]?.end ?? this.range.start;
  }

  /** Notes that something else is expected at the next token. */
  expected(what: string): null {
    const token = this.peek();
    if (token === undefined) {
      const end = this.lastEnd;
      this.context.add('syntax', { start: Math.max(0, end - 1), end }, `${what} is missing behind this`);
    } else this.context.add('syntax', token, `${what} is expected here, not \`${shorten(token.text)}\``);
    return null;
  }

  /** Skips to behind the next `stop`. */
  skipPast(stop: string): void {
    while (!this.done && this.next()?.text !== stop);
  }

  /** Does a place begin here that a thread's register is: `0:x5`, `P0:x5`? */
  atRegister(): boolean {
    const token = this.peek();
    const thread = token?.kind === 'number' || (token?.kind === 'name' && THREAD.test(token.text));
    return thread && this.at(':', 1);
  }

  /** `0:x5`, `x`, `[x]`, `x[1]`; null with a message. */
  place(): Place | null {
    const token = this.peek();
    if (token === undefined) return this.expected('a location or register');
    if (this.atRegister()) return this.register();
    if (token.text === '[') return this.bracketed(token);
    if (this.refuse()) return null;
    if (token.kind !== 'name') return this.expected('a location or register');
    this.next();
    if (this.at(':')) {
      this.context.add('unsupported', token, `\`${shorten(token.text)}:\`: memory tags are not supported`);
      return null;
    }
    const index = this.at('[') ? this.subscript() : undefined;
    if (index === null) return null;
    return { k: 'memory', name: token, index: index ?? null, start: token.start, end: this.lastEnd };
  }

  /** `[1]` behind an array's name. */
  subscript(): NumberWord | null {
    this.next();
    const index = this.number('an index');
    if (index === null) return null;
    return this.accept(']') ? index : this.expected('`]`');
  }

  /** A number that fits 64 bits; null with a message. */
  number(what: string): NumberWord | null {
    const token = this.peek();
    if (token?.kind !== 'number') return this.expected(what);
    this.next();
    const value = numberOf(token.text);
    if (value !== null && value >= -(2n ** 63n) && value < 2n ** 64n) {
      return { text: token.text, value, start: token.start, end: token.end };
    }
    const why = value === null && token.text.length <= 66 ? 'is no number' : 'does not fit 64 bits';
    this.context.add('syntax', token, `\`${shorten(token.text)}\` ${why}`);
    return null;
  }

  private bracketed(open: LitmusToken): Place | null {
    this.next();
    if (this.refuse()) return null;
    const name = this.peek();
    if (name?.kind !== 'name') return this.expected('the name of a location');
    this.next();
    if (!this.accept(']')) return this.expected('`]`');
    return { k: 'memory', name, index: null, start: open.start, end: this.lastEnd };
  }

  private register(): Place | null {
    const head = this.threadAndName('a register');
    return head && registerPlace(head);
  }

  /** `0:` or `P0:` and a name. */
  private threadAndName(what: string): ThreadName | null {
    const token = this.next();
    const thread = Number(token?.text.replace(/^P/, ''));
    this.next();
    if (this.at('%')) {
      this.context.add('unsupported', this.here, 'symbolic registers (`%a`) are not supported: name the register');
      return null;
    }
    const name = this.peek();
    if (token === undefined || name?.kind !== 'name') return this.expected(what);
    this.next();
    if (!Number.isInteger(thread) || thread < 0) {
      this.context.add('syntax', token, `\`${shorten(token.text)}\` is no thread`);
      return null;
    }
    return { thread, threadRange: token, name, start: token.start, end: name.end };
  }

  /** Refuses by name what herd7 has and this checker does not; true where there was such a thing. */
  private refuse(): boolean {
    const token = this.peek();
    if (token === undefined) return false;
    const subject = this.at('(', 1) ? REFUSED.get(token.text) : undefined;
    const what =
      subject ?? (token.text === '%' ? 'symbolic registers' : token.text === '`' ? 'a quoted value' : undefined);
    if (what === undefined) return false;
    const verb = what.endsWith('s') ? 'are' : 'is';
    const shown = subject === undefined ? '' : `\`${token.text}(...)\`: `;
    this.context.add('unsupported', token, `${shown}${what} ${verb} not supported`);
    return true;
  }

  /**
   * What a place begins with or is compared with; null with a message.
   * @param places Whether `1:x6`, `*x` and `[x]` are allowed: what another place holds.
   */
  value(places: boolean): ValueNode | null {
    const token = this.peek();
    if (token === undefined) return this.expected('a value');
    const { start, end } = token;
    if (token.kind === 'instruction') {
      this.next();
      const word = quoted(token);
      if (!word.closed) {
        this.context.add('syntax', token, 'this string has no closing `"`');
        return null;
      }
      return { k: 'instruction', word, start, end };
    }
    if (token.kind === 'label') return this.quotedLabel(token);
    if (this.atRegister()) return this.other(places);
    if (token.kind === 'number') {
      const number = this.number('a number');
      return number && { k: 'number', value: number.value, text: number.text, start, end };
    }
    switch (token.text) {
      case 'nop':
      case 'NOP':
        this.next();
        return { k: 'instruction', word: { text: 'nop', start, end }, start, end };
      case '{':
        return this.list(token);
      case '&':
        this.next();
        return this.address(true, start);
      case '*':
      case '[':
        if (places) {
          if (token.text === '*') this.next();
          const place = this.place();
          return place && { k: 'place', place, start, end: place.end };
        }
        return this.expected('a value');
      case '(':
        this.context.add('unsupported', token, '`(...)` values (page table entries) are not supported');
        return null;
      default:
        return this.address(false, start);
    }
  }

  private address(marked: boolean, start: number): ValueNode | null {
    if (this.refuse()) return null;
    const name = this.peek();
    if (name?.kind !== 'name') return this.expected('a value');
    this.next();
    if (this.at(':')) {
      this.context.add('unsupported', name, `\`${shorten(name.text)}:\`: memory tags are not supported`);
      return null;
    }
    const index = this.at('[') ? this.subscript() : undefined;
    if (index === null) return null;
    return { k: 'address', name, index: index ?? null, marked, start, end: this.lastEnd };
  }

  /** `1:x6` or `1:L0`: which of them, the name tells; here every one is code but where places are allowed. */
  private other(places: boolean): ValueNode | null {
    const head = this.threadAndName('a label');
    if (head === null) return null;
    const { thread, threadRange, name, start, end } = head;
    if (places && isRegister(name.text)) return { k: 'place', place: registerPlace(head), start, end };
    return { k: 'code', thread, threadRange, name, start, end };
  }

  private quotedLabel(token: LitmusToken): ValueNode | null {
    this.next();
    const inside = quoted(token);
    const match = /^P?([0-9]{1,3}):([\w.$]+)$/.exec(inside.text);
    const [, thread = '', text = ''] = match ?? [];
    if (match === null || !inside.closed) {
      this.context.add('syntax', token, 'a label is written `label:"P0:L0"`');
      return null;
    }
    const name = { text, start: inside.end - text.length, end: inside.end };
    const threadRange = { start: inside.start, end: name.start - 1 };
    return { k: 'code', thread: Number(thread), threadRange, name, start: token.start, end: token.end };
  }

  private list(open: LitmusToken): ValueNode | null {
    this.next();
    const items: ValueNode[] = [];
    if (!this.at('}')) {
      do {
        if (this.at('{')) return this.expected('a value');
        const item = this.value(false);
        if (item === null) return null;
        items.push(item);
      } while (this.accept(','));
    }
    if (!this.accept('}')) return this.expected('`,` or `}`');
    return { k: 'list', items, start: open.start, end: this.lastEnd };
  }
}

/** A text as it is shown in a message. */
export const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text);

const isRegister = (name: string): boolean => xRegister(name) !== undefined || fRegister(name) !== undefined;
