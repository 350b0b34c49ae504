/** What TextMate grammars are made of. */

/** A rule of a TextMate grammar (https://macromates.com/manual/en/language_grammars). */
export interface Rule {
  readonly name?: string;
  readonly include?: string;
  readonly match?: string;
  readonly captures?: Captures;
  readonly begin?: string;
  readonly beginCaptures?: Captures;
  readonly end?: string;
  readonly endCaptures?: Captures;
  readonly patterns?: readonly Rule[];
}
type Captures = Readonly<Record<number, { readonly name: string }>>;

/** One of these words: the longest first, for an alternation takes the first that fits. */
export const any = (words: readonly string[]): string =>
  [...words]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replaceAll('.', '\\.'))
    .join('|');

/** Every name of an integer register. */
export const xRegisters = 'zero|ra|sp|gp|tp|fp|t[0-6]|s(?:1[01]|[0-9])|a[0-7]|x(?:3[01]|[12]?[0-9])';
