/** The vtype of `vsetvli` as it is written: `e32, m1, ta, ma` (ISA manual, volume I, "V: Vector type register, vtype"). */

const WIDTHS = ['e8', 'e16', 'e32', 'e64'];
/** Register groups by bits 2:0; 4 is reserved. */
const GROUPS = ['m1', 'm2', 'm4', 'm8', '', 'mf8', 'mf4', 'mf2'];
/** Each kind of word with its place in the number, in the order in which they are written. */
const PARTS: readonly (readonly [number, readonly string[]])[] = [
  [3, WIDTHS],
  [0, GROUPS],
  [6, ['tu', 'ta']],
  [7, ['mu', 'ma']],
];

/** `e32, m1, ta, ma`, or a number where the value has no such name. */
export function vtypeText(value: number): string {
  const sew = (value >> 3) & 7;
  const group = GROUPS[value & 7] ?? '';
  if (value > 0xff || sew >= WIDTHS.length || group === '') return String(value);
  return PARTS.map(([at, names]) => names[(value >> at) & (at === 3 || at === 0 ? 7 : 1)]).join(', ');
}

/** The number of words in their order, of which all but the first may be left out (`m1, tu, mu` are meant); or undefined. */
export function vtypeOf(words: readonly string[]): number | undefined {
  let value = 0;
  let rest = words;
  for (const [at, names] of PARTS) {
    const index = rest[0] === undefined || rest[0] === '' ? -1 : names.indexOf(rest[0]);
    if (index < 0 && at === 3) return undefined;
    if (index < 0) continue;
    value |= index << at;
    rest = rest.slice(1);
  }
  return rest.length === 0 ? value : undefined;
}

/** Every word, for completion and messages. */
export const vtypeWords: readonly string[] = PARTS.flatMap(([, names]) => names.filter((name) => name !== ''));
