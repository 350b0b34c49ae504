import type { Observable, Proposition } from '../../checker/litmus/test';
import { xRegister } from '../../isa';
import type { LitmusContext } from './context';
import { type CType, defaultType } from './ctypes';
import { shorten } from './cursor';
import type { PlacedLocation } from './data';
import type { Listing } from './listing';
import { type Names, registerName } from './names';
import type { ConditionNode, Constraints, Place, Range, ShownItem, ValueNode, Word } from './syntax';
import type { Values } from './values';

type Within = (Observable & { readonly kind: 'memory' })['within'];
type And = { readonly kind: 'and' | 'or'; readonly a: Proposition; readonly b: Proposition };

/**
 * Makes the locations that only conditions name, before locations get their places: herd7 takes such a one for a
 * location that is 0 for ever. Each has a warning.
 */
export function nameLocations(names: Names, { shown, filter, condition }: Constraints): void {
  for (const { place } of shown) namePlace(names, place);
  for (const node of [filter, condition?.proposition]) if (node) nameNode(names, node);
}

function nameNode(names: Names, node: ConditionNode): void {
  switch (node.k) {
    case 'constant':
      return;
    case 'not':
      nameNode(names, node.a);
      return;
    case 'implies':
      nameNode(names, node.a);
      nameNode(names, node.b);
      return;
    case 'and':
    case 'or':
      for (const part of node.parts) nameNode(names, part);
      return;
    case 'atom':
      namePlace(names, node.place);
      nameValue(names, node.value, node.place);
  }
}

function namePlace(names: Names, place: Place): void {
  if (place.k === 'memory') nameLocation(names, place.name);
}

function nameValue(names: Names, value: ValueNode, place: Place): void {
  if (value.k === 'place') namePlace(names, value.place);
  if (value.k === 'list') for (const item of value.items) nameValue(names, item, place);
  if (value.k !== 'address') return;
  const thread = place.k === 'register' ? place.thread : null;
  if (names.labelMeant(value, thread) === null) nameLocation(names, value.name);
}

function nameLocation(names: Names, word: Word): void {
  const isNew = !names.locations.has(word.text);
  names.location(word, false);
  if (!isNew || names.context.full || names.inCode.some(({ text }) => text === word.text)) return;
  const known = [...names.locations.values()].flatMap((one) => (one.known ? [one.name] : []));
  const register = xRegister(word.text);
  const thread = register === undefined ? -1 : names.listings.findIndex((listing) => mentions(listing, word.text));
  const near = thread >= 0 ? `${thread}:${word.text}` : names.context.closest(word.text, known);
  const asked = near === null ? '' : `; did you mean \`${near}\`?`;
  const message = `\`${shorten(word.text)}\` is 0 for ever: the initial state gives no thread its address${asked}`;
  names.context.add('never-written', word, message, near);
}

/** Whether a thread's code names a register in this way. */
const mentions = ({ cells }: Listing, name: string): boolean =>
  cells.some(({ statement }) => new RegExp(`\\b${name}\\b`).test(statement.text));

/** What a condition, a filter and `locations` speak of, resolved. */
export class Conditions {
  /** By name: what conditions and `locations` show. */
  readonly shown = new Map<string, Observable>();
  /** Registers that something reads, by name, with the first place. */
  readonly read = new Map<string, { readonly thread: number; readonly register: number; readonly place: Range }>();

  constructor(
    private readonly context: LitmusContext,
    private readonly names: Names,
    private readonly locations: ReadonlyMap<string, PlacedLocation>,
    private readonly values: Values,
  ) {}

  /** `locations [...]`: an array stands for its elements. */
  show(items: readonly ShownItem[]): void {
    for (const { place, type, pointer } of items) {
      const written = this.names.typeOf(type, pointer);
      if (written === undefined) continue;
      this.showAll(this.observables(place, written));
    }
  }

  private showAll(observables: readonly Observable[]): void {
    for (const one of observables) {
      const whole = one.kind === 'memory' && one.within !== null;
      this.shown.set(whole ? `${one.name} of a whole` : one.name, one);
    }
  }

  /** @param shows Whether what it speaks of is shown: not so for a filter. */
  proposition(node: ConditionNode, shows: boolean): Proposition {
    switch (node.k) {
      case 'constant':
        return { kind: 'constant', value: node.value };
      case 'not':
        return { kind: 'not', a: this.proposition(node.a, shows) };
      case 'implies':
        return { kind: 'implies', a: this.proposition(node.a, shows), b: this.proposition(node.b, shows) };
      case 'and':
      case 'or':
        return balanced(
          node.k,
          node.parts.map((part) => this.proposition(part, shows)),
        );
      case 'atom': {
        const equal = this.equality(node.place, node.value, shows);
        return node.equal ? equal : { kind: 'not', a: equal };
      }
    }
  }

  private equality(place: Place, value: ValueNode, shows: boolean): Proposition {
    const left = this.observables(place, null);
    if (shows) this.showAll(left);
    const [first] = left;
    const isArray = place.k === 'memory' && place.index === null && this.countOf(place) !== null;
    if (first === undefined) return { kind: 'constant', value: false };
    if (value.k === 'place') {
      const right = this.observables(value.place, null);
      if (shows) this.showAll(right);
      if (right.length !== left.length) {
        this.context.add('type', value, 'an array and a single value are never equal');
        return { kind: 'constant', value: false };
      }
      return balanced(
        'and',
        left.flatMap((a, i): Proposition[] => {
          const b = right[i];
          return b === undefined ? [] : [{ kind: 'same', a, b }];
        }),
      );
    }
    if (!isArray) return this.compare(first, this.typeAt(place), value, place);
    if (value.k !== 'list' || value.items.length !== left.length) {
      this.context.add('type', value, `\`${first.name.replace(/\[.*/, '')}\` has ${left.length} elements: \`{...}\``);
      return { kind: 'constant', value: false };
    }
    return balanced(
      'and',
      left.flatMap((of, i): Proposition[] => {
        const item = value.items[i];
        return item === undefined ? [] : [this.compare(of, this.typeAt(place), item, place)];
      }),
    );
  }

  private compare(of: Observable, type: CType, value: ValueNode, place: Place): Proposition {
    const thread = place.k === 'register' ? place.thread : null;
    const number = this.values.of(value, type, thread, `\`${of.name}\``);
    return { kind: 'value', of, value: BigInt.asUintN(64, number) };
  }

  private countOf(place: Place & { readonly k: 'memory' }): number | null {
    return this.locations.get(place.name.text)?.entry.count ?? null;
  }

  private typeAt(place: Place): CType {
    if (place.k === 'memory') return this.locations.get(place.name.text)?.shown ?? defaultType;
    const register = xRegister(place.name.text) ?? 0;
    return this.names.registers.get(registerName(place.thread, register))?.type ?? defaultType;
  }

  /** What a place shows: one value, or all of an array; nothing with a message where it is not possible. */
  private observables(place: Place, written: CType | null): Observable[] {
    if (place.k === 'register') return this.registerAt(place, written);
    const { text } = place.name;
    const placed = this.locations.get(text);
    if (placed === undefined) return [];
    const { entry, address } = placed;
    const type = written ?? placed.shown;
    const { size, signed } = type;
    if (size > placed.type.size) {
      this.context.add('type', place, `\`${text}\` has ${placed.type.size} bytes, \`${type.name}\` has ${size}`);
      return [];
    }
    const at = (offset: bigint, name: string, within: Within): Observable => {
      return { kind: 'memory', name, address: address + offset, size, signed, within };
    };
    if (place.index !== null) {
      return [at(this.values.offset(placed, place.index), `${text}[${place.index.value}]`, null)];
    }
    const { count } = entry;
    if (count === null) return [at(0n, `[${text}]`, null)];
    return Array.from({ length: count }, (_, i) =>
      at(BigInt(i * placed.type.size), `${text}[${i}]`, { array: text, first: i === 0, last: i === count - 1 }),
    );
  }

  private registerAt(place: Place & { readonly k: 'register' }, written: CType | null): Observable[] {
    const found = this.names.register(place);
    if (found === null) return [];
    const { thread, register } = found;
    const name = registerName(thread, register);
    if (register === 0) {
      this.context.add('value', place, '`x0` is always 0: there is nothing to ask of it');
      return [];
    }
    this.names.refer('register', name, place, false);
    if (!this.read.has(name)) this.read.set(name, { thread, register, place });
    const { size, signed } = written ?? this.names.registers.get(name)?.type ?? defaultType;
    return [{ kind: 'register', name, thread, register, size, signed }];
  }
}

/** A chain as a tree of little depth. */
function balanced(kind: And['kind'], parts: readonly Proposition[]): Proposition {
  const [first] = parts;
  if (first === undefined) return { kind: 'constant', value: kind === 'and' };
  if (parts.length === 1) return first;
  const half = Math.ceil(parts.length / 2);
  return { kind, a: balanced(kind, parts.slice(0, half)), b: balanced(kind, parts.slice(half)) };
}

/** In herd7's order: registers by thread and number, then locations by name, then single elements of arrays. */
export function inOrder(observables: Iterable<Observable>): Observable[] {
  return [...observables].sort((a, b) => {
    if (a.kind === 'register' && b.kind === 'register') return a.thread - b.thread || a.register - b.register;
    if (a.kind === 'register' || b.kind === 'register') return a.kind === 'register' ? -1 : 1;
    const elements = Number(isElement(a)) - Number(isElement(b));
    if (elements !== 0) return elements;
    const [x, y] = [nameOf(a), nameOf(b)];
    if (x !== y) return x < y ? -1 : 1;
    return Number(a.address - b.address);
  });
}

/** `a[1]` by itself. */
const isElement = ({ name, within }: Observable & { readonly kind: 'memory' }): boolean =>
  within === null && !name.startsWith('[');

/** `x` of `[x]`, `a` of `a[1]`. */
const nameOf = ({ name }: Observable): string => name.replace(/^\[|\[.*$|\]$/g, '');
