import type { LitmusContext } from './context';
import { LitmusCursor, shorten } from './cursor';
import type { InitialItem, NumberWord, Place, Range, Word } from './syntax';

/** Types of C that are two words, and what they are called here. */
const ONE_WORD: ReadonlyMap<string, string> = new Map([
  ['unsigned char', 'uint8_t'],
  ['signed char', 'int8_t'],
  ['unsigned short', 'uint16_t'],
  ['unsigned int', 'uint32_t'],
  ['unsigned long', 'uint64_t'],
  ['long long', 'int64_t'],
  ['long int', 'int64_t'],
]);

/** Longer states are refused. */
const MAX_ITEMS = 10_000;

/** Parses what stands between the braces: items with `;` between them. What cannot be read is told and left out. */
export function parseState(context: LitmusContext, range: Range): InitialItem[] {
  const cursor = new LitmusCursor(context, range);
  const items: InitialItem[] = [];
  while (!cursor.done && !context.full) {
    if (cursor.accept(';')) continue;
    if (items.length === MAX_ITEMS) {
      context.add('unsupported', cursor.here, `more than ${MAX_ITEMS} initial values are not supported`);
      break;
    }
    const item = parseItem(cursor);
    if (item !== null) items.push(item);
    if (item === null) cursor.skipPast(';');
    else if (!cursor.done && !cursor.accept(';')) {
      cursor.expected('`;`');
      cursor.skipPast(';');
    }
  }
  return items;
}

/** Does a place begin `ahead` tokens on, behind a type? */
function placeFollows(cursor: LitmusCursor): boolean {
  const next = cursor.peek(1);
  if (next === undefined) return false;
  if (next.kind === 'name' || next.kind === 'number') return true;
  if (next.text === '*') return true;
  return next.text === '[' && cursor.peek(2)?.kind === 'name';
}

function parseItem(cursor: LitmusCursor): InitialItem | null {
  const { start } = cursor.here;
  if (cursor.at('_Atomic')) cursor.next();
  const first = cursor.peek();
  let type: Word | null = null;
  if (first?.kind === 'name' && !cursor.at(':', 1) && placeFollows(cursor)) {
    type = first;
    cursor.next();
    const second = cursor.peek();
    if (second?.kind === 'name' && cursor.peek(1)?.kind === 'name') {
      const words = `${first.text} ${second.text}`;
      const meant = ONE_WORD.get(words) ?? null;
      const asked = meant === null ? '' : `; did you mean \`${meant}\`?`;
      const place = { start: first.start, end: second.end };
      cursor.context.add('type', place, `a type is one word, not \`${shorten(words)}\`${asked}`, meant);
      return null;
    }
  }
  const pointer = cursor.accept('*') !== undefined;
  if (cursor.at('*')) {
    cursor.context.add(
      'unsupported',
      cursor.here,
      'pointers to pointers are not supported as types: one `*` is enough',
    );
    return null;
  }
  const place = cursor.place();
  if (place === null) return null;
  const declared = arrayOf(cursor, place, type);
  if (declared === null) return null;
  let value: InitialItem['value'] = null;
  if (cursor.accept('=')) {
    const wrapped = cursor.accept('ATOMIC_INIT') !== undefined && cursor.accept('(') !== undefined;
    value = cursor.value(false);
    if (value === null) return null;
    if (wrapped && !cursor.accept(')')) return cursor.expected('`)`');
  }
  const { place: declaredPlace, count } = declared;
  return { type, pointer, place: declaredPlace, count, value, start, end: cursor.lastEnd };
}

/** `int x[2]` declares two elements, where `x[1]` elsewhere names one. */
function arrayOf(
  cursor: LitmusCursor,
  place: Place,
  type: Word | null,
): { place: Place; count: NumberWord | null } | null {
  if (place.k === 'register' || place.index === null) return { place, count: null };
  if (type !== null) return { place: { ...place, index: null, end: place.name.end }, count: place.index };
  const { text } = place.name;
  cursor.context.add(
    'type',
    place,
    `an array is declared with its type and all its values: \`int ${shorten(text)}[2]={0,0}\``,
  );
  return null;
}
