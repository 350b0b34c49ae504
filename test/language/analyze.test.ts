import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze, type Diagnostic, format, parse, tokensOf } from '../../server/src/language';
import { lintKinds } from '../../server/src/language/lints';
import { examples, readExample } from './examples';

describe('the examples', () => {
  for (const { path, text } of examples) {
    it(`${path}: no messages but lints of what is unsafe, and a scenario for every check`, () => {
      const { diagnostics, checks, protocols } = analyze(path, text, readExample);
      const unsafe = protocols.filter(({ name }) =>
        checks
          .filter(({ protocol, when }) => protocol === name && when === null)
          .some(({ expectations }) => expectations.some(({ verdict }) => verdict === 'unsafe')),
      );
      const inUnsafe = ({ source }: Diagnostic): boolean =>
        unsafe.some(({ extent }) => source.start >= extent.start && source.end <= extent.end);
      expect(diagnostics.filter((one) => !(one.code in lintKinds && inUnsafe(one)))).toEqual([]);
      expect(checks.length).toBeGreaterThan(0);
      expect(checks.filter(({ scenario }) => scenario === null)).toEqual([]);
    });
    it(`${path}: says in three lines what it is, whence, and what it teaches`, () => {
      expect(text).toMatch(/^# [^\n]+\n# From: [^\n]+\n# Teaches: [^\n]+\n\n/);
    });
    it(`${path}: is formatted`, () => {
      expect(format(text)).toBe(text);
    });
  }
});

/** An example with tokens of another taken away, doubled, or put in the place of its own: mostly near misses. */
const mutated = fc
  .record({
    example: fc.constantFrom(...examples),
    other: fc.constantFrom(...examples),
    edits: fc.array(
      fc.record({ at: fc.nat(), how: fc.constantFrom('drop', 'double', 'replace', 'swap'), from: fc.nat() }),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
  })
  .map(({ example, other, edits }) => {
    const tokens = [...tokensOf(parse(example.text, '').root)].map(({ text }) => text);
    const words = [...tokensOf(parse(other.text, '').root)].map(({ text }) => text);
    for (const { at, how, from } of edits) {
      const i = at % tokens.length;
      const word = words[from % words.length] ?? '';
      if (how === 'drop') tokens.splice(i, 1);
      if (how === 'double') tokens.splice(i, 0, tokens[i] ?? '');
      if (how === 'replace') tokens[i] = word;
      if (how === 'swap') [tokens[i], tokens[i + 1]] = [tokens[i + 1] ?? '', tokens[i] ?? ''];
    }
    return { path: example.path, text: tokens.join('') };
  });

describe('any text', () => {
  it('is read without a crash; what has errors has no scenario, and messages lie within the text', () => {
    fc.assert(
      fc.property(mutated, ({ path, text }) => {
        const { diagnostics, checks } = analyze(path, text, readExample);
        for (const { source } of diagnostics) {
          if (source.file !== path) continue;
          if (source.start < 0 || source.end < source.start || source.end > text.length)
            expect.fail(`message at ${source.start}`);
        }
        const broken = diagnostics.some(({ severity }) => severity === 'error');
        if (!broken && checks.some(({ scenario }) => scenario === null))
          expect.fail('a check without scenario, and no error');
      }),
      { numRuns: 300 },
    );
  }, 120_000);
  it('of any characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        analyze('x.cmodx', text, () => null);
      }),
      { numRuns: 100 },
    );
  }, 120_000);
});

describe('hostile texts', () => {
  const n = 20_000;
  for (const [what, text] of [
    ['a chain of symbols', Array.from({ length: 2000 }, (_, i) => `symbol s${i} = s${i + 1} + 1\n`).join('')],
    ['a long sum', `symbol s = ${'1+'.repeat(n)}1`],
    ['nested parentheses', `symbol s = ${'('.repeat(n)}`],
    ['a long sum in assembly', `site s at 0 { version v { addi a0, a0, ${'1+'.repeat(n)}1 } }`],
    ['a huge number', `symbol s = ${'9'.repeat(n)}`],
    ['a huge shift', 'symbol s = 1 << 0xffffffffffffffff'],
    ['a huge space', 'site s at 0 { version v { .zero 0xffffffffffff } }'],
    ['a huge alignment', 'site s at 0 { version v { .balign 0x100000000 } }'],
    [
      'many names alike',
      Array.from({ length: 1500 }, (_, i) => `symbol aaaaaaaa${i} = 1\nsymbol b${i} = aaaaaaab${i}\n`).join(''),
    ],
    [
      'many conditions',
      `site s at 0 { version v { A: nop } }\nprotocol p patches s from v {\n${Array.from({ length: 300 }, (_, i) => `expect safe when s at ${2 * i} mod 1024\n`).join('')}}`,
    ],
    ['a file that imports itself', 'import "self.cmodx"'],
  ] as const) {
    it(`${what}: read in time`, () => {
      const started = performance.now();
      analyze('self.cmodx', text, () => ({ file: 'self.cmodx', text }));
      expect(performance.now() - started).toBeLessThan(10_000);
    }, 60_000);
  }
  it('a chain of imports of any length', () => {
    const { imports } = analyze('0', 'import "1"', (path) => ({
      file: path,
      text: Number(path) < 3000 ? `import "${Number(path) + 1}"` : '',
    }));
    expect(imports).toHaveLength(3000);
  });
});
