import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodesOf, parse, print, type SyntaxNode, textOf, tokenAt, tokensOf } from '../../server/src/language';
import { examples } from './examples';

/** Words and signs out of which hostile and half-typed files are made. */
const pieces = [
  'machine',
  'isa',
  'symbol',
  'site',
  'version',
  'protocol',
  'patches',
  'from',
  'over',
  'to',
  'step',
  'write',
  'fence',
  'fence.i',
  'sync',
  'stop_machine',
  'without',
  'expect',
  'when',
  'safe',
  'unsafe',
  'on',
  'trap',
  'return',
  'if',
  'or',
  'at',
  'mod',
  'match',
  'too',
  'swap',
  'forbid',
  'then',
  'executors',
  'wait',
  'lock',
  'by',
  'half',
  'code',
  'import',
  '{',
  '}',
  '(',
  ')',
  ',',
  ';',
  ':',
  '=',
  '+',
  '-',
  '.',
  '*',
  '%',
  '"',
  "'",
  '#',
  '//',
  '/*',
  '*/',
  '\n',
  '\r\n',
  ' ',
  '\t',
  'x',
  "A'",
  '1',
  '0x',
  '1f',
  'é',
  '\u{1f600}',
  '\ud800',
  '\0',
  '"a"',
  'nop',
  'auipc t0, 1',
];
const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 200 }).map((words) => words.join(''));
const spacedSoup = fc.array(fc.constantFrom(...pieces), { maxLength: 200 }).map((words) => words.join(' '));

/** What is wrong with the tree of a text: every token must be there once, in order, and every node around its children. */
function faults(text: string): string[] {
  const tree = parse(text, 'fuzz.cmodx');
  const found: string[] = [];
  let end = 0;
  for (const token of tokensOf(tree.root)) {
    if (token.start !== end || token.end <= token.start) found.push(`token at ${token.start}`);
    if (token.text !== text.slice(token.start, token.end)) found.push(`text of the token at ${token.start}`);
    end = token.end;
  }
  if (end !== text.length) found.push('length');
  const visit = (node: SyntaxNode): void => {
    for (const child of nodesOf(node)) {
      if (child.start < node.start || child.end > node.end) found.push(`${child.kind} at ${child.start}`);
      visit(child);
    }
  };
  visit(tree.root);
  for (const { start, end, message } of tree.problems)
    if (start < 0 || end < start || end > text.length) found.push(message);
  return found;
}

function checkCovers(text: string): void {
  expect(faults(text)).toEqual([]);
  expect(print(parse(text, 'fuzz.cmodx'))).toBe(text);
}

describe('the tree is lossless, whatever the text', () => {
  it('of any characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), checkCovers), { numRuns: 300 });
  });
  it("of the language's own words in any order", () => {
    fc.assert(fc.property(soup, checkCovers), { numRuns: 500 });
    fc.assert(fc.property(spacedSoup, checkCovers), { numRuns: 500 });
  });
  it('of examples with a stretch cut out, doubled or replaced', () => {
    const mutation = fc.record({
      example: fc.constantFrom(...examples),
      from: fc.nat(),
      length: fc.nat({ max: 60 }),
      instead: fc.oneof(fc.constant(''), fc.constantFrom(...pieces), fc.string({ maxLength: 5 })),
    });
    fc.assert(
      fc.property(mutation, ({ example, from, length, instead }) => {
        const at = from % (example.text.length + 1);
        checkCovers(example.text.slice(0, at) + instead + example.text.slice(at + length));
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});

describe('hostile texts', () => {
  const n = 20_000;
  for (const [what, text] of [
    ['nested blocks', 'protocol p patches s { '.concat('stop_machine { '.repeat(n))],
    ['opening braces', '{'.repeat(n)],
    ['closing braces', '}'.repeat(n)],
    ['parentheses', `site s at 0 { version v { ${'('.repeat(n)}`],
    ['quotes', '"'.repeat(n)],
    ['comment starts', '/*'.repeat(n)],
    ['comment starts and one end', `${'/*'.repeat(n)}*/${'/*'.repeat(n)}`],
    ['comments on one line', '/**/'.repeat(n)],
    ['commas', `protocol p patches s { expect safe when ${','.repeat(n)}`],
    ['declarations', 'site s '.repeat(n)],
    ['one long word', 'a'.repeat(n * 10)],
    ['primes', "'".repeat(n)],
  ] as const) {
    it(`${what}: in linear time, without overflowing the stack`, () => {
      const started = performance.now();
      expect(print(parse(text, 'x'))).toBe(text);
      expect(performance.now() - started).toBeLessThan(10_000);
    }, 60_000);
  }
});

describe('the shape of the tree', () => {
  it('knows which blank space belongs to no construct', () => {
    const tree = parse('  // first\n\n site s at 0 { } // last\n', 'x');
    const [site] = nodesOf(tree.root);
    expect(site?.kind).toBe('site');
    expect(textOf(tree, site as SyntaxNode)).toBe('site s at 0 { }');
  });
  it('finds the word at a cursor, before it, in it or behind it', () => {
    const tree = parse('symbol abc=1', 'x');
    for (const offset of [7, 8, 10]) expect(tokenAt(tree, offset)?.text).toBe('abc');
    expect(tokenAt(tree, 6)?.text).toBe('symbol');
    expect(tokenAt(tree, 11)?.text).toBe('1');
  });
  it('goes on after a misspelt keyword as if it had been right', () => {
    const tree = parse('sit entry at 0 {\n versoin old { nop }\n}\n', 'x');
    expect(tree.problems.map((p) => p.suggestion)).toEqual(['site', 'version']);
    expect(nodesOf(tree.root).map((node) => node.kind)).toEqual(['site']);
  });
  it('ends a block at a line that can only stand further out', () => {
    const tree = parse(
      'site s at 0 {\n version old {\n nop\n version new { nop }\n}\nprotocol p patches s from old { }\n',
      'x',
    );
    expect(tree.problems.map((p) => [p.message, p.start])).toEqual([['this `{` has no `}`', 27]]);
    expect(nodesOf(tree.root).map((node) => node.kind)).toEqual(['site', 'protocol']);
  });
});
