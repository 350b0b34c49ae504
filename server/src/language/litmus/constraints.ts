import type { LitmusContext } from './context';
import { LitmusCursor } from './cursor';
import { conditionWords } from './program';
import type { ConditionNode, Constraints, Range, ShownItem } from './syntax';

/** Deeper nesting than this is refused, so that no input exhausts the stack. */
const MAX_DEPTH = 200;
/** As are conditions with more comparisons, and more locations shown. */
const MAX_ATOMS = 10_000;

/** Parses what follows the table: `locations [...]`, `filter ...`, and the condition with its quantifier. */
export function parseConstraints(context: LitmusContext, range: Range): Constraints {
  return new ConstraintParser(context, range).parse();
}

class ConstraintParser {
  private readonly cursor: LitmusCursor;
  private shown: readonly ShownItem[] = [];
  private filter: ConditionNode | null = null;
  private condition: Constraints['condition'] = null;
  private atoms = 0;

  constructor(
    private readonly context: LitmusContext,
    range: Range,
  ) {
    this.cursor = new LitmusCursor(context, range);
  }

  parse(): Constraints {
    const { cursor } = this;
    // herd7 reads nothing behind `<<`, and takes what `with` says of single models aside.
    while (!cursor.done && !cursor.at('<<') && !cursor.at('with')) {
      if (!this.section()) break;
      cursor.accept(';');
    }
    return { shown: this.shown, filter: this.filter, condition: this.condition };
  }

  /** One section; false with a message where nothing more can be read. */
  private section(): boolean {
    const { cursor, context } = this;
    const word = cursor.peek();
    switch (word?.text) {
      case 'locations':
        cursor.next();
        return this.locations();
      case 'filter':
        cursor.next();
        if (this.filter !== null) context.add('duplicate-name', word, 'there is a `filter` already');
        this.filter = this.or(0);
        return this.filter !== null;
      case 'exists':
      case 'final':
      case 'forall':
      case '~':
      case 'not':
        return this.quantified(word);
      case '(':
        return this.conclude('exists', word);
      case 'observed':
      case 'Observed':
      case 'cases':
        context.add(
          'unsupported',
          word,
          `\`${word.text}\` is not supported: write \`exists\`, \`~exists\` or \`forall\``,
        );
        return false;
      default: {
        const near = word?.kind === 'name' ? context.closest(word.text, conditionWords) : null;
        const asked = near === null ? '' : `; did you mean \`${near}\`?`;
        if (word) {
          const message = `\`locations\`, \`filter\`, \`exists\`, \`~exists\` or \`forall\` is expected here${asked}`;
          context.add('syntax', word, message, near);
        }
        return false;
      }
    }
  }

  private quantified(word: Range & { readonly text: string }): boolean {
    const { cursor } = this;
    cursor.next();
    if (word.text === '~' || word.text === 'not') {
      const exists = cursor.accept('exists');
      if (exists === undefined) {
        cursor.expected('`exists`');
        return false;
      }
      return this.conclude('not-exists', { start: word.start, end: exists.end });
    }
    return this.conclude(word.text === 'forall' ? 'forall' : 'exists', word);
  }

  private conclude(quantifier: 'exists' | 'not-exists' | 'forall', { start, end }: Range): boolean {
    const quantifierRange = { start, end };
    if (this.condition !== null) {
      const related = [{ message: 'the first', source: this.context.source(this.condition.quantifierRange) }];
      this.context.add('duplicate-name', quantifierRange, 'there is a condition already', null, related);
    }
    const proposition = this.or(0);
    if (proposition === null) return false;
    this.condition = { quantifier, quantifierRange, proposition };
    return true;
  }

  private locations(): boolean {
    const { cursor } = this;
    if (!cursor.accept('[')) {
      cursor.expected('`[`');
      return false;
    }
    const shown: ShownItem[] = [];
    while (!cursor.accept(']')) {
      if (cursor.accept(';')) continue;
      if (shown.length === MAX_ATOMS) {
        this.context.add('unsupported', cursor.here, `more than ${MAX_ATOMS} names are not supported`);
        return false;
      }
      const place = cursor.place();
      if (place === null) return false;
      const type = cursor.peek()?.kind === 'name' ? (cursor.next() ?? null) : null;
      const pointer = cursor.accept('*') !== undefined;
      shown.push({ place, type, pointer, start: place.start, end: cursor.lastEnd });
      if (!cursor.at(']') && !cursor.accept(';')) {
        cursor.expected('`;` or `]`');
        return false;
      }
    }
    this.shown = [...this.shown, ...shown];
    return true;
  }

  // Precedence as in herd7: `\/` binds loosest, then `/\`, then `=>` (to the right), then `~`.

  private or(depth: number): ConditionNode | null {
    return this.chain('or', '\\/', () => this.and(depth));
  }

  private and(depth: number): ConditionNode | null {
    return this.chain('and', '/\\', () => this.implies(depth));
  }

  private chain(k: 'and' | 'or', sign: string, operand: () => ConditionNode | null): ConditionNode | null {
    const parts: ConditionNode[] = [];
    do {
      const part = operand();
      if (part === null) return null;
      parts.push(part);
    } while (this.cursor.accept(sign));
    const [first] = parts;
    if (first === undefined || parts.length === 1) return first ?? null;
    return { k, parts, start: first.start, end: this.cursor.lastEnd };
  }

  private implies(depth: number): ConditionNode | null {
    const a = this.not(depth);
    if (a === null || !this.cursor.accept('=>')) return a;
    const b = this.tooDeep(depth) ? null : this.implies(depth + 1);
    return b && { k: 'implies', a, b, start: a.start, end: b.end };
  }

  private not(depth: number): ConditionNode | null {
    const { cursor } = this;
    const { start } = cursor.here;
    if (!cursor.at('~') && !cursor.at('not')) return this.primary(depth);
    if (this.tooDeep(depth)) return null;
    cursor.next();
    const a = this.not(depth + 1);
    return a && { k: 'not', a, start, end: a.end };
  }

  private primary(depth: number): ConditionNode | null {
    const { cursor } = this;
    const token = cursor.peek();
    if (token === undefined) return cursor.expected('a condition');
    const { start, end } = token;
    if (token.text === 'true' || token.text === 'false') {
      cursor.next();
      return { k: 'constant', value: token.text === 'true', start, end };
    }
    if (token.text !== '(') return this.atom();
    if (this.tooDeep(depth)) return null;
    cursor.next();
    const inner = this.or(depth + 1);
    if (inner === null) return null;
    return cursor.accept(')') ? { ...inner, start, end: cursor.lastEnd } : cursor.expected('`)`, `/\\` or `\\/`');
  }

  private atom(): ConditionNode | null {
    const { cursor } = this;
    if (++this.atoms > MAX_ATOMS) {
      this.context.add('unsupported', cursor.here, `more than ${MAX_ATOMS} comparisons are not supported`);
      return null;
    }
    const place = cursor.place();
    if (place === null) return null;
    const sign = cursor.peek();
    const equal = sign?.text === '=' || sign?.text === '==';
    if (!equal && sign?.text !== '!=' && sign?.text !== '<>') return cursor.expected('`=`');
    cursor.next();
    const value = cursor.value(true);
    return value && { k: 'atom', place, equal, value, start: place.start, end: value.end };
  }

  private tooDeep(depth: number): boolean {
    if (depth < MAX_DEPTH) return false;
    this.context.add('syntax', this.cursor.here, 'the condition is nested too deeply');
    return true;
  }
}
