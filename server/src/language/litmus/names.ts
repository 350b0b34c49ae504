import type { Source } from '../../checker/scenario';
import { fRegister, registerNames, xRegister } from '../../isa';
import type { LitmusReference } from './analysis';
import type { LitmusContext } from './context';
import { type CType, cTypes, defaultType, pointerTo, refusedTypes } from './ctypes';
import { shorten } from './cursor';
import { type Listing, operandNames } from './listing';
import type { InitialItem, Place, Program, Range, ValueNode, Word } from './syntax';

/** Larger arrays are refused. */
const MAX_ELEMENTS = 4096n;

/** What the initial state says of one location. */
export interface LocationEntry {
  readonly name: string;
  /** Null: none was written. */
  type: CType | null;
  /** Elements of an array; null for a single value. */
  count: number | null;
  value: ValueNode | null;
  /** The first place that names it. */
  readonly source: Source;
  /** Whether the initial state names it, as a place or an address. */
  readonly known: boolean;
}

export interface RegisterEntry {
  readonly thread: number;
  readonly register: number;
  type: CType | null;
  value: ValueNode | null;
  readonly source: Source;
}

/** A label that a value means. */
export interface LabelName {
  readonly thread: number;
  readonly name: string;
}

/** All that has a name in a test: locations, registers with something said of them, labels. */
export class Names {
  readonly locations = new Map<string, LocationEntry>();
  /** By `0:x5`. */
  readonly registers = new Map<string, RegisterEntry>();
  readonly references: LitmusReference[] = [];
  /** Words among the instructions that are no labels and no registers: locations, as in `la x5,x`. */
  readonly inCode: Word[] = [];

  constructor(
    readonly context: LitmusContext,
    readonly program: Program,
    readonly listings: readonly Listing[],
  ) {
    for (const thread of program.threads) this.refer('thread', thread.text, thread, true);
    listings.forEach(({ labels, cells }, thread) => {
      for (const label of labels.values()) this.refer('label', `P${thread}:${label.text}`, label, true);
      for (const word of cells.flatMap(({ statement }) => operandNames(statement))) {
        if (labels.has(word.text)) this.refer('label', `P${thread}:${word.text}`, word, false);
        else if (xRegister(word.text) === undefined) this.inCode.push(word);
      }
    });
  }

  /** Takes in the initial state: first what it declares, then the addresses that its values name. */
  declare(items: readonly InitialItem[]): void {
    for (const item of items) {
      const type = this.typeOf(item.type, item.pointer);
      if (type === undefined) continue;
      if (item.place.k === 'register') this.declareRegister(item, type);
      else this.declareLocation(item, type);
    }
    for (const { place, value } of items) {
      if (value !== null) this.useAddresses(value, place.k === 'register' ? place.thread : null);
    }
    for (const word of this.inCode) if (this.locations.has(word.text)) this.refer('location', word.text, word, false);
  }

  /** The type that was written; null where none was, undefined with a message where there is no such type. */
  typeOf(word: Word | null, pointer: boolean): CType | null | undefined {
    if (word === null) return pointer ? pointerTo(defaultType.name) : null;
    const type = cTypes.get(word.text);
    this.refer('type', word.text, word, false);
    if (type !== undefined) return pointer ? pointerTo(word.text) : type;
    // What a pointer points to may be anything.
    if (pointer && word.text === 'void') return pointerTo(word.text);
    const refused = refusedTypes.get(word.text);
    if (refused !== undefined) this.context.add('unsupported', word, `type \`${word.text}\`: ${refused}`);
    else {
      const near = this.context.closest(word.text, cTypes.keys());
      const asked = near === null ? '' : `; did you mean \`${near}\`?`;
      this.context.add('type', word, `\`${shorten(word.text)}\` is no type that is known${asked}`, near);
    }
    return undefined;
  }

  /** The register that a place names, checked; null with a message. */
  register(place: Place & { readonly k: 'register' }): { thread: number; register: number } | null {
    const { thread, threadRange, name } = place;
    if (this.checkThread(thread, threadRange) === null) return null;
    const register = xRegister(name.text);
    if (register === undefined) {
      this.refuseRegister(name);
      return null;
    }
    return { thread, register };
  }

  checkThread(thread: number, place: Range): number | null {
    if (thread < this.program.threads.length) return thread;
    // Without a table there is a message already.
    if (this.program.threads.length > 0) {
      const last = this.program.threads.length - 1;
      const range = last === 0 ? 'there is only P0' : `there are P0 to P${last}`;
      this.context.add('unknown-name', place, `there is no thread P${thread}: ${range}`);
    }
    return null;
  }

  private refuseRegister(name: Word): void {
    if (fRegister(name.text) !== undefined) {
      this.context.add('unsupported', name, `\`${name.text}\`: floating-point registers are not supported`);
      return;
    }
    const near = this.context.closest(name.text, xNames);
    const asked = near === null ? '' : `; did you mean \`${near}\`?`;
    this.context.add('unknown-name', name, `\`${shorten(name.text)}\` is no register${asked}`, near);
  }

  private declareRegister(item: InitialItem, type: CType | null): void {
    const place = item.place;
    if (place.k !== 'register') return;
    const found = this.register(place);
    if (found === null) return;
    if (item.count !== null) {
      this.context.add('type', place, 'a register is no array');
      return;
    }
    const { thread, register } = found;
    if (register === 0) {
      this.context.add('value', place, '`x0` is always 0');
      return;
    }
    const name = registerName(thread, register);
    const source = this.context.source(place);
    const old = this.registers.get(name);
    this.refer('register', name, place, old === undefined);
    if (old === undefined) this.registers.set(name, { thread, register, type, value: item.value, source });
    else this.complete(name, old, item, type);
  }

  private declareLocation(item: InitialItem, type: CType | null): void {
    const place = item.place;
    if (place.k !== 'memory') return;
    const name = place.name.text;
    const count = this.countOf(item);
    if (count === undefined) return;
    const value = this.checkElements(item, count) ? item.value : null;
    const old = this.locations.get(name);
    this.refer('location', name, place.name, old === undefined);
    if (old !== undefined) {
      this.complete(name, old, { ...item, value }, type);
      return;
    }
    const source = this.context.source(place.name);
    this.locations.set(name, { name, type, count, value, source, known: true });
  }

  /** How many elements an item declares; null where it is no array, undefined with a message. */
  private countOf({ count }: InitialItem): number | null | undefined {
    if (count === null) return null;
    if (count.value >= 1n && count.value <= MAX_ELEMENTS) return Number(count.value);
    this.context.add('type', count, `an array has 1 to ${MAX_ELEMENTS} elements`);
    return undefined;
  }

  /** An array takes as many values as it has elements, in braces; anything else one. */
  private checkElements({ value }: InitialItem, count: number | null): boolean {
    if (value === null || (count === null && value.k !== 'list')) return true;
    if (value.k === 'list' && value.items.length === count) return true;
    const message =
      count === null
        ? 'this is no array, and takes one value'
        : `an array of ${count} takes ${count} values in braces: \`{...}\``;
    this.context.add('value', value, message);
    return false;
  }

  /** A second item for a name: `uint64_t x; x=1;` is one declaration in two, anything else two. */
  private complete(name: string, old: LocationEntry | RegisterEntry, item: InitialItem, type: CType | null): void {
    const related = [{ message: 'the first', source: old.source }];
    if (item.count !== null || (type !== null && old.type !== null)) {
      this.context.add('duplicate-name', item.place, `\`${name}\` is declared already`, null, related);
      return;
    }
    if (item.value !== null && old.value !== null) {
      this.context.add('duplicate-name', item.place, `\`${name}\` has a value already`, null, related);
      return;
    }
    old.type ??= type;
    old.value ??= item.value;
  }

  /** Makes the locations whose addresses a value takes and that nothing declares: `0:x5=x`. */
  private useAddresses(value: ValueNode, thread: number | null): void {
    if (value.k === 'list') {
      for (const item of value.items) this.useAddresses(item, thread);
    } else if (value.k === 'address' && this.labelMeant(value, thread) === null) this.location(value.name, true);
  }

  /** The location of a name, made where there is none. @param known Whether the initial state names it. */
  location(word: Word, known: boolean): LocationEntry {
    const old = this.locations.get(word.text);
    this.refer('location', word.text, word, old === undefined);
    if (old !== undefined) return old;
    const source = this.context.source(word);
    const made = { name: word.text, type: null, count: null, value: null, source, known };
    this.locations.set(word.text, made);
    return made;
  }

  /**
   * The label that a bare name means as a value: where no location has the name, one of the thread whose register it is
   * for, or else the only one.
   */
  labelMeant(value: ValueNode & { readonly k: 'address' }, thread: number | null): LabelName | null {
    const name = value.name.text;
    if (this.locations.has(name) || value.index !== null || value.marked) return null;
    if (thread !== null && this.listings[thread]?.labels.has(name)) return { thread, name };
    const having = [...this.listings.keys()].filter((one) => this.listings[one]?.labels.has(name));
    return having.length === 1 && having[0] !== undefined ? { thread: having[0], name } : null;
  }

  refer(kind: LitmusReference['kind'], name: string, place: Range, definition: boolean): void {
    this.references.push({ kind, name, definition, source: this.context.source(place) });
  }
}

/** As herd7 prints it: `0:x5`. */
export const registerName = (thread: number, register: number): string => `${thread}:x${register}`;

const xNames = registerNames().flatMap(({ file, name }) => (file === 'x' ? [name] : []));
