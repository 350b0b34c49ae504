import { describe, expect, test } from 'vitest';
import { folding } from '../../server/src/features/folding';
import { inlayHints } from '../../server/src/features/inlay-hints';
import { type OutlineItem, outline } from '../../server/src/features/outline';
import { semanticTokens, tokenTypes } from '../../server/src/features/semantic-tokens';
import { mail } from '../mail';
import { analyzed, expectGolden, underlined } from './support';

const whole = { start: 0, end: Number.MAX_SAFE_INTEGER };

describe('the outline', () => {
  const lines = (items: readonly OutlineItem[], depth = 0): string[] =>
    items.flatMap(({ name, kind, detail, children }) => [
      `${'  '.repeat(depth)}${kind} ${name}${detail ? ` -- ${detail}` : ''}`,
      ...lines(children, depth + 1),
    ]);

  test('shows what a file declares, as it is nested', () => {
    expectGolden('outline.txt', lines(outline(analyzed(mail('expect safe\n  expect unsafe when ipi sbi')))).join('\n'));
  });

  test('holds each selection within its construct, and each construct within its parent', () => {
    const within = (items: readonly OutlineItem[], start: number, end: number): void => {
      for (const { name, span, selection, children } of items) {
        expect(name).not.toBe('');
        expect(span.start >= start && span.end <= end).toBe(true);
        expect(selection.start >= span.start && selection.end <= span.end).toBe(true);
        within(children, span.start, span.end);
      }
    };
    for (const text of [mail(), 'site', 'protocol {', 'machine', 'step x { y', 'symbol = \nsite a {\nversion\n']) {
      within(outline(analyzed(text)), 0, text.length);
    }
  });
});

describe('folding', () => {
  /** The text with each fold's first and last line marked by its number. */
  const check = (text: string): string => {
    const folds = folding(analyzed(text));
    return text
      .split('\n')
      .map((line, i) => {
        const opens = folds.flatMap(({ startLine }, n) => (startLine === i ? [`<${n}`] : []));
        const closes = folds.flatMap(({ endLine }, n) => (endLine === i ? [`${n}>`] : []));
        return [line, ...opens, ...closes].join(' ');
      })
      .join('\n');
  };

  test('blocks fold down to their closing brace, runs of comments to their first line', () => {
    expect(
      check(`# one
# two

# alone
site s at 0x80000000 {
  version v {
    nop # not a line of its own
    # within
    # a block
    nop
  }
  version one_line { nop }
}`),
    ).toBe(`# one <0
# two 0>

# alone
site s at 0x80000000 { <1
  version v { <2
    nop # not a line of its own
    # within <3
    # a block 3>
    nop 2>
  }
  version one_line { nop } 1>
}`);
  });

  test('a block without its brace folds to the end of what belongs to it', () => {
    expect(check('machine {\n  ipi sbi\n')).toBe('machine { <0\n  ipi sbi 0>\n');
  });
});

describe('semantic tokens', () => {
  test('tell what each name means', () => {
    const text = mail('expect safe when without redirect.sync');
    const tokens = semanticTokens(analyzed(text));
    expectGolden(
      'tokens.txt',
      underlined(
        text,
        tokens.map(({ start, end, type, declaration }) => ({
          start,
          end,
          words: `${type}${declaration ? ' declared' : ''}`,
        })),
      ),
    );
  });

  test('come in order, without overlap, each of one line', () => {
    for (const text of [
      mail(),
      mail().replaceAll('\n', ' '),
      'site a.b at {\nversion a.b { a.b: }\n',
      mail().slice(0, 700),
    ]) {
      let end = 0;
      for (const token of semanticTokens(analyzed(text))) {
        expect(token.start).toBeGreaterThanOrEqual(end);
        expect(token.end).toBeGreaterThan(token.start);
        expect(text.slice(token.start, token.end)).not.toContain('\n');
        expect(tokenTypes).toContain(token.type);
        end = token.end;
      }
    }
  });
});

describe('inlay hints', () => {
  const check = (text: string, options = { addresses: true, bytes: true }): string[] =>
    inlayHints(analyzed(text), whole, options).map(({ offset, text: hint }) => {
      const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
      return `${line.trim().replace(/\s+/g, ' ')} # ${hint}`;
    });

  test('address and bytes behind each instruction', () => {
    expect(check(mail()).slice(0, 3)).toEqual([
      'AUIPC: auipc t0, %pcrel_hi(old_tramp) # ffffffff80a00000: ff612297',
      'JALR: jalr t0, %pcrel_lo(AUIPC)(t0) # ffffffff80a00004: 000282e7',
      'JUMP: j .+8 # ffffffff80a00000: 0080006f',
    ]);
  });

  test('two-byte instructions, pseudo-instructions of two, 32-bit addresses', () => {
    const text =
      'machine { isa rv32imac }\nsymbol far = 0x90000000\nsite s at 0x80000000 {\n  version v {\n    c.nop\n    call far\n  }\n}\n';
    const [first, second] = check(text);
    expect(first).toBe('c.nop # 80000000: 0001');
    expect(second).toMatch(/^call far # 80000002: [0-9a-f]{8} [0-9a-f]{8}$/);
  });

  test('can be had in part, and only for what is in sight', () => {
    expect(check(mail(), { addresses: true, bytes: false })[0]).toMatch(/# ffffffff80a00000$/);
    expect(check(mail(), { addresses: false, bytes: true })[0]).toMatch(/# ff612297$/);
    expect(check(mail(), { addresses: false, bytes: false })).toEqual([]);
    const start = mail().indexOf('j     .+8');
    expect(inlayHints(analyzed(mail()), { start, end: start + 1 }, { addresses: true, bytes: true })).toHaveLength(1);
  });
});
