import { closest, didYouMean } from './suggest';
import type { Token } from './syntax';
import type { TreeBuilder } from './tree-builder';

/** Where a block stands: which lines belong to a construct further out and so show that its `}` is missing. */
export type BlockPlace = 'file' | 'assembly' | 'protocol' | 'step';

const onlyInFiles = new Set(['import', 'machine', 'symbol', 'code', 'data', 'site', 'sites', 'protocol']);
const onlyInProtocols = new Set(['step', 'executors', 'expect', 'forbid', 'allow', 'reach', 'never']);

/** Does a line that begins so belong further out than to this block? */
function belongsOutside(b: TreeBuilder, place: BlockPlace): boolean {
  const word = b.peek()?.text ?? '';
  const next = b.peek(1);
  if (next?.text === ':') return false;
  const follows = next !== null && (next.kind === 'word' || next.kind === 'string' || next.text === '{');
  if (onlyInFiles.has(word) && follows) return true;
  if (word === 'version') return place === 'assembly' && follows;
  if (word === 'on')
    return (place === 'assembly' || place === 'file') && ['trap', 'ebreak', 'ipi'].includes(next?.text ?? '');
  return onlyInProtocols.has(word) && place !== 'protocol' && place !== 'file' && follows;
}

/**
 * `{ item; item }` with one item a line or `;` between them. Says so where a brace is missing, and stops at a line
 * that can only belong further out.
 */
export function block(b: TreeBuilder, place: BlockPlace, item: (b: TreeBuilder) => void): void {
  if (b.peekSolid()?.text === '{') b.skipNewlines();
  if (!b.at('{')) {
    b.problemHere('expected `{`');
    return;
  }
  b.node('block', () => {
    const brace = b.bump() as Token;
    for (;;) {
      const token = b.peek();
      if (token === null || belongsOutside(b, place)) return b.problem('this `{` has no `}`', brace.start, brace.end);
      if (b.eat('}')) return;
      if (token.kind === 'newline' || token.text === ';') {
        b.bump();
        continue;
      }
      item(b);
      endStatement(b);
      // Whatever an item makes of its text, a block always comes to its end.
      if (b.peek() === token) b.skipStatement();
    }
  });
}

/** After a statement: nothing more up to the line end, `;` or `}`. */
export function endStatement(b: TreeBuilder): void {
  const token = b.peek();
  if (token === null || token.kind === 'newline' || token.text === ';' || b.atStatementStart()) return;
  if (token.text === '}' && token.kind === 'punctuation') return;
  b.problemHere(`unexpected \`${token.text}\`: one statement a line, or \`;\` between them`);
  b.skipStatement();
}

/** Reports a word that should be one of `candidates`, and answers which one was most likely meant. */
export function misspelt(
  b: TreeBuilder,
  candidates: readonly string[],
  message: (guess: string) => string,
): string | null {
  const word = b.peek();
  const meant = word === null ? null : closest(word.text, candidates);
  b.problemHere(message(didYouMean(meant)), meant);
  return meant;
}

export function quoted(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

/** The name of what is being declared. */
export function nameOf(b: TreeBuilder, what: string): void {
  const token = b.peek();
  if (token === null || token.kind !== 'word') {
    b.problemHere(`the ${what}'s name is missing`);
    return;
  }
  if (/[.$]/.test(token.text))
    b.problemHere(
      `a name has no \`${token.text.includes('.') ? '.' : '$'}\` in it: dots join names, as in \`SITE.LABEL\``,
    );
  b.leaf('name');
}

/** The clauses that several declarations share. */
export const clauses = {
  /** An expression, or `A mod M`, up to a clause word or the end of the statement. */
  address(b: TreeBuilder, enders: readonly string[] = ['returns', 'clobbers']): void {
    const over = (): boolean => b.atEnd() || enders.some((word) => b.at(word));
    if (over()) {
      b.problemHere('an address is missing');
      return;
    }
    b.node('address', () => {
      while (!over()) b.bump();
    });
  },

  /** `at ADDRESS`. */
  at(b: TreeBuilder): void {
    if (b.eat('at')) clauses.address(b);
    else b.problemHere('an address is missing: `at 0x80000000`, or `at 0 mod 4` where any such place will do');
  },

  /** `to ADDRESS every NUMBER`. */
  progression(b: TreeBuilder, enders: readonly string[]): void {
    if (b.eat('to')) clauses.address(b, [...enders, 'every']);
    else b.problemHere('the end is missing: `to ADDRESS`');
    if (!b.eat('every')) b.problemHere('the distance is missing: `every 8`');
    else if (b.peek()?.kind === 'number') b.bump();
    else b.problemHere('a number of bytes is missing: `every 8`');
  },

  /** `returns ra`, `clobbers t0, t1`, in any order. */
  registers(b: TreeBuilder): void {
    for (;;) {
      const word = b.peek()?.text;
      if (word !== 'returns' && word !== 'clobbers') return;
      b.node(word, () => {
        b.bump();
        if (b.atEnd()) b.problemHere(`\`${word}\` wants a register`);
        while (!b.atEnd() && !b.at('returns') && !b.at('clobbers')) b.bump();
      });
    }
  },

  /** A name that is used. `enders` are words that show it is missing. */
  reference(b: TreeBuilder, what: string, enders: readonly string[]): void {
    const token = b.peek();
    if (token === null || token.kind !== 'word' || enders.includes(token.text))
      b.problemHere(`${what} is missing here`);
    else b.leaf('reference');
  },
};

/** One line of a block of assembly: labels, then a statement; what it means is the assembler's business. */
export function assembly(b: TreeBuilder): void {
  while (b.peek(1)?.text === ':' && (b.peek()?.kind === 'word' || b.peek()?.kind === 'number')) {
    b.node('label', () => {
      b.leaf('name');
      b.bump();
    });
  }
  if (!b.atEnd()) {
    b.node('assembly', () => {
      while (!b.atEnd() || b.at('{')) {
        if (b.at('{')) registerList(b);
        else b.bump();
      }
    });
  }
}

/** `{ra, s0-s3}` of Zcmp: braces that are no block. */
function registerList(b: TreeBuilder): void {
  b.bump();
  while (!b.atEnd()) b.bump();
  if (!b.eat('}')) b.problemHere('this list of registers has no `}`');
}
