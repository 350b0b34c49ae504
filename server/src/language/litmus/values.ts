import { assembleBlock, decode, type Isa, parseStatement } from '../../isa';
import { effectOf, unmodelled } from '../../machine';
import type { LitmusContext } from './context';
import { type CType, fits } from './ctypes';
import { shorten } from './cursor';
import type { PlacedLocation } from './data';
import type { Names } from './names';
import type { NumberWord, ValueNode, Word } from './syntax';
import { codeOf, type PlacedThread } from './threads';

/** Numbers that values of a test stand for. Zero with a message where there is none. */
export class Values {
  /** What was written as `instr:"..."`, by code word. */
  readonly words = new Map<number, string>();
  /** Whether any value is an instruction or a label's address. */
  patchesCode = false;

  constructor(
    private readonly context: LitmusContext,
    private readonly isa: Isa,
    private readonly names: Names,
    private readonly locations: ReadonlyMap<string, PlacedLocation>,
    private readonly threads: readonly PlacedThread[],
  ) {}

  /**
   * The value of a node for a place of this type, as a signed or unsigned number.
   * @param thread Whose register it is for, or null.
   * @param owner What the message says that the value is for.
   */
  of(node: ValueNode, type: CType, thread: number | null, owner: string): bigint {
    switch (node.k) {
      case 'number':
        if (fits(node.value, type)) return node.value;
        this.context.add('value', node, `${node.text} does not fit ${owner}: ${describe(type)}`);
        return 0n;
      case 'address': {
        const label = this.names.labelMeant(node, thread);
        if (label !== null) {
          this.names.refer('label', `P${label.thread}:${label.name}`, node.name, false);
          return this.code(label.thread, node.name);
        }
        return this.addressOf(node.name, node.index);
      }
      case 'code':
        if (this.names.checkThread(node.thread, node.threadRange) === null) return 0n;
        this.names.refer('label', `P${node.thread}:${node.name.text}`, node.name, false);
        return this.code(node.thread, node.name);
      case 'instruction':
        return this.instruction(node.word);
      case 'list':
        this.context.add('value', node, `${owner} is no array, and takes one value`);
        return 0n;
      case 'place':
        this.context.add('value', node, 'an initial value is a number, an address or an instruction');
        return 0n;
    }
  }

  /** The address of a location, or of an element of an array. */
  addressOf(name: Word, index: NumberWord | null): bigint {
    const placed = this.locations.get(name.text);
    if (placed === undefined) return 0n;
    return placed.address + (index === null ? 0n : this.offset(placed, index));
  }

  /** In bytes, of an element of an array; 0 with a message where there is no such element. */
  offset({ entry, type }: PlacedLocation, index: NumberWord): bigint {
    const count = entry.count ?? 0;
    if (count === 0) this.context.add('type', index, `\`${entry.name}\` is no array`);
    else if (index.value < 0n || index.value >= BigInt(count)) {
      this.context.add('type', index, `\`${entry.name}\` has the elements 0 to ${count - 1}`);
    } else return index.value * BigInt(type.size);
    return 0n;
  }

  private code(thread: number, name: Word): bigint {
    this.patchesCode = true;
    const address = this.threads[thread]?.labels.get(name.text);
    if (address !== undefined) return address;
    const labels = this.names.listings[thread]?.labels.keys() ?? [];
    const near = this.context.closest(name.text, labels);
    const asked = near === null ? '' : `; did you mean \`${near}\`?`;
    this.context.add('unknown-name', name, `P${thread} has no label \`${shorten(name.text)}\`${asked}`, near);
    return 0n;
  }

  /** The code word of `instr:"..."`. */
  private instruction({ text, start, end }: Word): bigint {
    this.patchesCode = true;
    const statement = parseStatement(text);
    const at = (place: { start: number; end: number }): { start: number; end: number } => ({
      start: start + place.start,
      end: Math.max(start + place.end, Math.min(end, start + place.start + 1)),
    });
    for (const problem of statement.problems) {
      this.context.add('assembly', at(problem), problem.message, problem.suggestion ?? null);
    }
    if (statement.problems.length > 0) return 0n;
    if (statement.body?.k !== 'instruction' || statement.labels.length > 0) {
      this.context.add('assembly', { start, end: Math.max(end, start + 1) }, 'one instruction is expected here');
      return 0n;
    }
    const block = assembleBlock([statement], 0n, { isa: this.isa, symbol: () => undefined });
    for (const problem of block.problems) {
      if (problem.code === 'unknown-symbol') {
        const message = 'where this instruction will stand is not known: write the distance, as in `j .+8`';
        this.context.add('assembly', at(problem), message);
      } else this.context.add(codeOf(problem), at(problem), problem.message, problem.suggestion ?? null);
    }
    const [piece, ...more] = block.statements[0]?.pieces ?? [];
    if (more.length > 0) {
      this.context.add('assembly', { start, end }, `\`${shorten(text)}\` becomes ${more.length + 1} instructions`);
    }
    const word = piece?.decoded?.word ?? 0;
    const refused = piece?.decoded ? unmodelled(effectOf(decode(word, this.isa), this.isa)) : null;
    if (refused !== null) {
      this.context.add('unsupported', { start, end }, `\`${refused}\` is not supported: the model does not cover it`);
    }
    if (!this.words.has(word)) this.words.set(word, text.trim());
    return BigInt(word);
  }
}

/** `an int has 4 bytes`. */
const describe = ({ name, size }: CType): string => `${name} has ${size} byte${size === 1 ? '' : 's'}`;
